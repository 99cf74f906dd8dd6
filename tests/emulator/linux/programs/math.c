/* The functions of libm on a grid, in double and float together. */
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>
int main(void) {
    double sum = 0; float fsum = 0;
    for (double x = -3; x <= 3; x += 0.37) {
        printf("%.17g %.17g %.17g %.17g %.17g\n", sin(x), cos(x), tan(x), exp(x), atan(x));
        printf("%.17g %.17g %.17g %.17g %.17g\n", sinh(x), cbrt(x), erf(x), tgamma(x + 4), log1p(fabs(x)));
        printf("%.9g %.9g %.9g %.9g\n", sinf(x), expf(x), powf(fabsf(x), 1.5f), logf(fabsf(x) + 1));
        printf("%.17g %.17g %.17g %d %ld\n", fmod(x, 0.7), remainder(x, 0.7), hypot(x, 2), ilogb(x), lrint(x));
        printf("%g %g %g %g %g %g\n", floor(x), ceil(x), trunc(x), round(x), nearbyint(x), rint(x));
        sum += pow(fabs(x), x) + atan2(x, 2) + fma(x, x, x); fsum += sqrtf(fabsf((float)x)) * 1.1f;
    }
    for (int mode = 0; mode < 4; mode++) {
        static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
        fesetround(modes[mode]);
        volatile double one = 1, three = 3; volatile float f1 = 1, f3 = 3;
        printf("%a %a %g %ld\n", one / three, (double)(f1 / f3), rint(2.5), lrint(-2.5));
    }
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double zero = 0, big = 1e308;
    volatile double r = 1 / zero; r = big * big; r = zero / zero;
    printf("%d %d %d %d\n", !!fetestexcept(FE_DIVBYZERO), !!fetestexcept(FE_OVERFLOW), !!fetestexcept(FE_INVALID), !!fetestexcept(FE_UNDERFLOW));
    double complex z = cexp(1 + 2 * I);
    printf("%.15g %.15g %.17g %.9g\n", creal(z), cimag(z), sum, fsum);
    return 0;
}
