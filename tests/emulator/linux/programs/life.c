/* Conway's game on a torus. */
#include <stdio.h>
#include <string.h>
enum { W = 40, H = 20 };
int main(void) { char a[H][W] = {0}, b[H][W]; const char *g[] = {" X", "  X", "XXX"}; for (int y = 0; y < 3; y++) for (int x = 0; g[y][x]; x++) a[y + 2][x + 3] = g[y][x] == 'X'; for (int i = 0; i < 5; i++) a[10][20 + i] = 1;
    for (int t = 0; t < 50; t++) { for (int y = 0; y < H; y++) for (int x = 0; x < W; x++) { int n = -a[y][x]; for (int i = -1; i < 2; i++) for (int j = -1; j < 2; j++) n += a[(y + i + H) % H][(x + j + W) % W]; b[y][x] = n == 3 || (n == 2 && a[y][x]); } memcpy(a, b, sizeof a); }
    for (int y = 0; y < H; y++) { for (int x = 0; x < W; x++) putchar(a[y][x] ? '#' : '.'); putchar('\n'); } return 0; }
