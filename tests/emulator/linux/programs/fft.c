/* A Fourier transform, forth and back, in float and double. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
enum { N = 256 };
static void fft(double complex *x, int n, int step, int sign) {
    if (n == 1) return;
    double complex even[N / 2], odd[N / 2];
    for (int i = 0; i < n / 2; i++) even[i] = x[2 * i], odd[i] = x[2 * i + 1];
    fft(even, n / 2, step * 2, sign); fft(odd, n / 2, step * 2, sign);
    for (int i = 0; i < n / 2; i++) { double complex t = cexp(sign * 2 * M_PI * I * i / n) * odd[i]; x[i] = even[i] + t; x[i + n / 2] = even[i] - t; }
}
int main(void) {
    double complex x[N]; float worst = 0;
    for (int i = 0; i < N; i++) x[i] = sin(i * 0.3) + (i % 7) * I;
    double complex first = x[3]; fft(x, N, 1, -1);
    for (int i = 0; i < N; i += 32) printf("%.10f %.10f\n", creal(x[i]), cimag(x[i]));
    fft(x, N, 1, 1); for (int i = 0; i < N; i++) worst = fmaxf(worst, (float)cabs(x[i] / N - sin(i * 0.3) - (i % 7) * I));
    printf("%d %g\n", worst < 1e-12, cabs(x[3] / N - first) < 1e-12 ? 1.0 : 0.0); return 0;
}
