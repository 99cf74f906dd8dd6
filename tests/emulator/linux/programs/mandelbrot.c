/* The Mandelbrot set as text, in double and in float. */
#include <stdio.h>
int main(void) {
    for (int y = 0; y < 20; y++) {
        for (int x = 0; x < 60; x++) {
            double cr = x / 20.0 - 2, ci = y / 10.0 - 1, r = 0, i = 0; int n = 0;
            while (n < 60 && r * r + i * i < 4) { double t = r * r - i * i + cr; i = 2 * r * i + ci; r = t; n++; }
            float fr = 0, fi = 0; int m = 0;
            while (m < 60 && fr * fr + fi * fi < 4) { float t = fr * fr - fi * fi + (float)cr; fi = 2 * fr * fi + (float)ci; fr = t; m++; }
            putchar(n == m ? " .:-=+*#%@"[n % 10] : '?');
        }
        putchar('\n');
    }
    return 0;
}
