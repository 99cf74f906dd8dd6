int population(unsigned x) { int n = 0; while (x) x &= x - 1, n++; return n; }
unsigned reversed(unsigned x) { unsigned r = 0; for (int i = 0; i < 32; i++) r = r << 1 | (x >> i & 1); return r; }
int leading(unsigned long x) { return x ? __builtin_clzl(x) : 64; }
unsigned rotate(unsigned x, int n) { return x << (n & 31) | x >> (-n & 31); }
unsigned short swap16(unsigned short x) { return x << 8 | x >> 8; }
