/* Rounding modes and what printing, conversion and arithmetic make of them; exceptions. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
static void flags(void) {
    int f = fetestexcept(FE_ALL_EXCEPT);
    printf("[%s%s%s%s%s]\n", f & FE_INVALID ? "V" : "", f & FE_DIVBYZERO ? "Z" : "", f & FE_OVERFLOW ? "O" : "",
           f & FE_UNDERFLOW ? "U" : "", f & FE_INEXACT ? "X" : "");
    feclearexcept(FE_ALL_EXCEPT);
}
int main(void) {
    volatile double a = 1, b = 3, big = 1e308, tiny = 5e-324, h = 2.5, n = -2.5; volatile float f = 1, g = 3;
    for (int i = 0; i < 4; i++) {
        fesetround(modes[i]);
        printf("%d %a %a %a ", fegetround(), a / b, -a / b, (double)(f / g)); flags();
        printf("%.3f %.0f %.1e %g ", 2.0005, 2.5, 1.25, 0.1); flags();
        printf("%.0f %.0f %ld %ld %ld ", rint(h), rint(n), lrint(h), lrint(n), lround(h)); flags();
        printf("%a %a ", strtod("0.1", NULL), strtod("-123456789012345678901234567890", NULL)); flags();
        printf("%g ", big * 10); flags();
        printf("%g ", tiny / 2); flags();
        printf("%a %.20Lf ", sqrt(2.0 * a), (long double)a / b); flags();
        printf("%a ", fma(a / b, b, -a)); flags();
        printf("%a %a ", exp(a), sin(a)); flags();
    }
    fesetround(FE_TONEAREST);
    printf("%g ", a / 0); flags();
    volatile double zero = 0; printf("%d ", isnan(zero / zero)); flags();
    printf("%g ", sqrt(-a) != 0 ? 1.0 : 0.0); flags();
    fenv_t e; feholdexcept(&e); fesetround(FE_UPWARD); printf("%a ", a / b); fesetenv(&e); flags();
    feraiseexcept(FE_DIVBYZERO | FE_INEXACT); flags();
    volatile int wide = (int)big; flags();
    return 0;
}
