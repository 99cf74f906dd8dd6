/* Factorials and powers in numbers of any size; pi by a spigot. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    static uint32_t d[300]; int n = 1; d[0] = 1;
    for (int k = 2; k <= 200; k++) { uint64_t c = 0; for (int i = 0; i < n; i++) c += (uint64_t)d[i] * k, d[i] = c % 1000000000, c /= 1000000000; if (c) d[n++] = c; }
    printf("%u", d[n - 1]); for (int i = n - 2; i >= 0; i--) printf("%09u", d[i]); puts("");
    static int a[1000]; int predigit = 0, nines = 0, len = 330; for (int i = 0; i < len; i++) a[i] = 2;
    for (int k = 0; k < 99; k++) { int q = 0; for (int i = len; i > 0; i--) { int x = 10 * a[i - 1] + q * i; a[i - 1] = x % (2 * i - 1); q = x / (2 * i - 1); } a[0] = q % 10; q /= 10;
        if (q == 9) nines++; else if (q == 10) { printf("%d", predigit + 1); while (nines) putchar('0'), nines--; predigit = 0; } else { if (k) printf("%d", predigit); predigit = q; while (nines) putchar('9'), nines--; } }
    puts(""); return 0; }
