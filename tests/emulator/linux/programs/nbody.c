/* Planets around a sun: doubles, square roots, structures. */
#include <math.h>
#include <stdio.h>
struct body { double x[3], v[3], m; };
int main(void) {
    struct body b[4] = {{{0,0,0},{0,0,0},40},{{4.8,-1.1,-0.1},{0.6,2.8,-0.02},0.04},{{8.3,4.1,-0.4},{-1,1.8,0.008},0.011},{{12,-15,-0.2},{1,0.8,-0.01},0.002}};
    for (int step = 0; step < 2000; step++) {
        for (int i = 0; i < 4; i++) for (int j = i + 1; j < 4; j++) {
            double d[3], s = 0; for (int k = 0; k < 3; k++) d[k] = b[i].x[k] - b[j].x[k], s += d[k] * d[k];
            double f = 0.001 / (s * sqrt(s)); for (int k = 0; k < 3; k++) b[i].v[k] -= d[k] * b[j].m * f, b[j].v[k] += d[k] * b[i].m * f;
        }
        for (int i = 0; i < 4; i++) for (int k = 0; k < 3; k++) b[i].x[k] += 0.001 * b[i].v[k];
    }
    double e = 0; for (int i = 0; i < 4; i++) for (int k = 0; k < 3; k++) e += b[i].m * b[i].v[k] * b[i].v[k] / 2;
    printf("%.15f\n", e); return 0;
}
