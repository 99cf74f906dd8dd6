/* Ackermann, Hanoi, queens and permutations: deep stacks and many calls. */
#include <stdio.h>
static int ackermann(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
static long moves; static void hanoi(int n, int a, int b, int c) { if (n) hanoi(n-1, a, c, b), moves++, hanoi(n-1, c, b, a); }
static int queens(int n, int row, unsigned cols, unsigned left, unsigned right) {
    if (row == n) return 1;
    int found = 0;
    for (unsigned free = ~(cols | left | right) & ((1u << n) - 1); free; free &= free - 1) {
        unsigned bit = free & -free; found += queens(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}
static long deep(long n) { volatile char room[200]; room[0] = n; return n ? deep(n - 1) + room[0] % 2 : 0; }
int main(void) { hanoi(12, 1, 2, 3); printf("%d %ld %d %ld\n", ackermann(2, 9), moves, queens(8, 0, 0, 0, 0), deep(20000)); return 0; }
