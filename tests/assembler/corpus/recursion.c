unsigned ackermann(unsigned m, unsigned n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
long factorial(long n) { return n < 2 ? 1 : n * factorial(n - 1); }
void hanoi(int n, int from, int to, int via, void (*move)(int, int)) {
    if (!n) return;
    hanoi(n - 1, from, via, to, move); move(from, to); hanoi(n - 1, via, to, from, move);
}
