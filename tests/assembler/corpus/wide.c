long long product(long long a, long long b) { return a * b + 0x123456789abcdef0LL; }
long long quotient(long long a, long long b) { return a / (b | 1) + a % (b | 1); }
unsigned long long shifted(unsigned long long a, int n) { return a << n | a >> (63 & -n); }
int less(long long a, unsigned long long b) { return a < 0 || (unsigned long long)a < b; }
