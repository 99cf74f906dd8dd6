/* Standard input in base64, and back again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
int main(void) {
    unsigned char data[4096], back[4096]; size_t n = fread(data, 1, sizeof data, stdin), m = 0; char *text = malloc(2 * n + 5), *end = text;
    for (size_t i = 0; i < n; i += 3) { unsigned v = data[i] << 16 | (i + 1 < n ? data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0); for (int k = 0; k < 4; k++) *end++ = i + k <= n || k < 2 ? digits[v >> (18 - 6 * k) & 63] : '='; }
    *end = 0; for (char *p = text; *p; p += 76) printf("%.76s\n", p), p += strlen(p) < 76 ? (long)strlen(p) - 76 : 0;
    for (char *p = text; p < end; p += 4) { unsigned v = 0; int k = 0; for (; k < 4 && p[k] != '='; k++) v = v << 6 | (unsigned)(strchr(digits, p[k]) - digits); v <<= 6 * (4 - k); for (int j = 0; j < k - 1; j++) back[m++] = v >> (16 - 8 * j); }
    fprintf(stderr, "%zu %zu %d\n", n, m, memcmp(data, back, n < m ? n : m)); free(text); return 0;
}
