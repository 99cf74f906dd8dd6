/* Products of matrices in double, float and int, on stack, heap and static memory. */
#include <stdio.h>
#include <stdlib.h>
enum { N = 48 };
static double a[N][N], b[N][N], c[N][N];
int main(void) {
    float fa[N][N], (*fb)[N] = malloc(sizeof fa), fc[N][N];
    int ia[N][N], ic[N][N];
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) {
        a[i][j] = i + j / 7.0; b[i][j] = i - j / 3.0; fa[i][j] = a[i][j]; fb[i][j] = b[i][j]; ia[i][j] = i * j % 17;
    }
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) {
        double s = 0; float f = 0; int n = 0;
        for (int k = 0; k < N; k++) { s += a[i][k] * b[k][j]; f += fa[i][k] * fb[k][j]; n += ia[i][k] * ia[k][j]; }
        c[i][j] = s; fc[i][j] = f; ic[i][j] = n;
    }
    double trace = 0; float ftrace = 0; long itrace = 0;
    for (int i = 0; i < N; i++) trace += c[i][i], ftrace += fc[i][i], itrace += ic[i][i];
    printf("%.17g %.9g %ld\n", trace, ftrace, itrace);
    return 0;
}
