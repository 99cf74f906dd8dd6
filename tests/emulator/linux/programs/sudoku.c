/* A sudoku, by trying. */
#include <stdio.h>
static int grid[81]; static long tries;
static int fits(int at, int v) { int r = at / 9, c = at % 9; for (int i = 0; i < 9; i++) if (grid[9 * r + i] == v || grid[9 * i + c] == v || grid[27 * (r / 3) + 9 * (i / 3) + 3 * (c / 3) + i % 3] == v) return 0; return 1; }
static int solve(int at) { while (at < 81 && grid[at]) at++; if (at == 81) return 1; for (int v = 1; v < 10; v++) if (tries++, fits(at, v)) { grid[at] = v; if (solve(at + 1)) return 1; grid[at] = 0; } return 0; }
int main(void) { const char *given = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"; for (int i = 0; i < 81; i++) grid[i] = given[i] == '.' ? 0 : given[i] - '0'; printf("%d %ld\n", solve(0), tries); for (int i = 0; i < 81; i++) printf("%d%s", grid[i], i % 9 == 8 ? "\n" : " "); return 0; }
