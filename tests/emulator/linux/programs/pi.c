/* Digits of pi, one after the other, by a spigot. */
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    enum { DIGITS = 300, LENGTH = 10 * DIGITS / 3 + 1 }; int *a = malloc(LENGTH * sizeof *a), nines = 0, held = 0; for (int i = 0; i < LENGTH; i++) a[i] = 2;
    for (int j = 0; j < DIGITS; j++) { int q = 0; for (int i = LENGTH; i > 0; i--) { int x = 10 * a[i - 1] + q * i; a[i - 1] = x % (2 * i - 1); q = x / (2 * i - 1); } a[0] = q % 10; q /= 10; if (q == 9) nines++; else { if (j) printf("%d", held + (q == 10)); for (; nines; nines--) putchar(q == 10 ? '0' : '9'); held = q == 10 ? 0 : q; } }
    printf("%d\n", held); free(a); return 0;
}
