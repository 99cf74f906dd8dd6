/* long double of 128 bits: printing, reading, functions. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    long double x = 1; for (int i = 1; i <= 30; i++) x *= i;
    printf("%.0Lf %.30Lg %La\n", x, 1 / x, x);
    printf("%Lg %Lg %Lg %d %d\n", LDBL_MAX, LDBL_MIN, LDBL_EPSILON, LDBL_MANT_DIG, LDBL_DIG);
    const char *texts[] = {"3.14159265358979323846264338327950288419716939937510", "1e4932", "1e-4965", "1e5000", "-0x1.8p-3", "inf", "nan"};
    for (int i = 0; i < 7; i++) { char *end; long double v = strtold(texts[i], &end); printf("%.36Lg %d\n", v, (int)*end); }
    long double s = 0; for (int i = 1; i < 2000; i++) s += 1.0L / ((long double)i * i);
    printf("%.33Lf\n", s);
    printf("%.30Lf %.30Lf %.30Lf\n", sqrtl(2), expl(1), logl(10));
    printf("%.30Lf %.30Lf %.25Lf\n", sinl(1), atan2l(1, 2), powl(2, 0.5L));
    printf("%.20Lf %.20Lf %Lf\n", fmodl(10.5L, 3.2L), cbrtl(27.1L), floorl(-2.5L));
    long double v; int n = sscanf("  -1234567890.123456789012345678901 x", "%Lf", &v); printf("%d %.21Lf\n", n, v);
    printf("%d %d %.10f %f\n", (int)v, (int)(long long)1e18L, (double)v, (float)s);
    int e; printf("%.30Lf %d\n", frexpl(x, &e), e);
    printf("%Lf %Le %LG %+.3Lf|%30.4Lf|%-30.4Lf|%030.4Lf\n", v, v, v, v, v, v, v);
    return 0;
}
