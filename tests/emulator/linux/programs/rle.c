/* LZ-like compression of standard input, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) { static unsigned char in[1 << 16], out[1 << 18], back[1 << 17]; size_t n = fread(in, 1, sizeof in, stdin), o = 0, b = 0;
    for (size_t i = 0; i < n;) { size_t best = 0, from = 0; for (size_t j = i > 255 ? i - 255 : 0; j < i; j++) { size_t k = 0; while (k < 255 && i + k < n && in[j + k] == in[i + k]) k++; if (k > best) best = k, from = i - j; } if (best > 3) out[o++] = 255, out[o++] = from, out[o++] = best, i += best; else { if (in[i] == 255) out[o++] = 255, out[o++] = 0; else out[o++] = in[i]; i++; } }
    for (size_t i = 0; i < o;) { if (out[i] != 255) back[b++] = out[i++]; else if (!out[i + 1]) back[b++] = 255, i += 2; else { for (int k = 0; k < out[i + 2]; k++, b++) back[b] = back[b - out[i + 1]]; i += 3; } }
    printf("%zu %zu %d\n", n, o, b == n && !memcmp(in, back, n)); return 0; }
