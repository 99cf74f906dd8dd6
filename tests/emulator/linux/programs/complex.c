/* Complex numbers, long doubles and the rounding modes of the C library. */
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <tgmath.h>
int main(void) {
    double complex z = 1.5 - 2.25 * I, w = cpow(z, 0.5 + I); printf("%.12f %.12f %.12f %.12f\n", creal(w), cimag(w), cabs(z), carg(z)); w = cexp(z) / csin(z) + csqrt(z) * conj(z); printf("%.12f %.12f\n", creal(w), cimag(w)); float complex f = cexpf(I * 0.5f) * 3; printf("%.6f %.6f\n", crealf(f), cimagf(f));
    for (int i = 0; i < 5; i++) z = z * z / (1 + z), printf("%.9g%+.9gi ", creal(z), cimag(z)); putchar('\n');
    int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}; for (int i = 0; i < 4; i++) { volatile double one = 1, three = 3, tiny = 1e-300; fesetround(modes[i]); feclearexcept(FE_ALL_EXCEPT); volatile double q = one / three, u = tiny * tiny; printf("%a %a %ld %.1f %x\n", q, u, lrint(2.5), rint(-2.5), fetestexcept(FE_INEXACT | FE_UNDERFLOW) != 0); } fesetround(FE_TONEAREST);
    long double l = 1; for (int i = 1; i < 25; i++) l = l * i / 3 + 1 / (long double)i; printf("%.20Lg %.15Lf\n", l, sqrtl(2.0L)); printf("%.15g %.15g %.15g %.15g %.15g\n", tgamma(4.5), erf(0.3), j0(1.5), cbrt(-27.5), fma(1e16, 1.0000001, -1e16)); printf("%d %d %d\n", fpclassify(0.0 / 1e300) == FP_ZERO, isnan(sqrt(-1.0)), signbit(-0.0) != 0); return 0;
}
