/* Complex functions, with cancellation, branch cuts and infinities. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
static void show(const char *name, double complex z) { printf("%s %.15g %.15g\n", name, creal(z) + 0.0, cimag(z) + 0.0); }
int main(void) {
    double complex a = 1.5 - 2.25 * I, b = CMPLX(-1, 0.0), c = CMPLX(-1, -0.0), z = CMPLX(INFINITY, 1);
    show("mul", a * a); show("div", a / b); show("sqrt", csqrt(b)); show("sqrt-", csqrt(c));
    show("log", clog(a)); show("log-", clog(c)); show("exp", cexp(a)); show("pow", cpow(a, 0.5 + I));
    show("sin", csin(a)); show("tan", ctan(a)); show("acos", cacos(a)); show("atanh", catanh(a)); show("asinh", casinh(a));
    printf("%.15g %.15g %.15g\n", cabs(a), carg(a), cabs(z)); show("proj", cproj(z)); show("conj", conj(a));
    float complex f = 0.5f + 0.25f * I; printf("%.7g %.7g\n", crealf(csqrtf(f)), cimagf(cexpf(f)));
    long double complex l = 0.1L + 0.3L * I; l = cexpl(l) * l; printf("%.25Lf %.25Lf\n", creall(l), cimagl(l));
    double complex w = 0; for (int i = 0; i < 100; i++) w = w * w + (-0.4 + 0.6 * I); show("julia", w);
    show("inf", z * z); show("0/0", (0.0 + 0.0 * I) / CMPLX(0.0, 0.0) == 0 ? 1 : 2);
    return 0;
}
