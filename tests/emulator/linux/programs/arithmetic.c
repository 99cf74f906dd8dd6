/* SIGFPE that integer division does not raise, overflow, shifts, wide numbers, bit fields, packed data. */
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void fpe(int s) { printf("signal %d\n", s); exit(9); }
struct __attribute__((packed)) P { char c; int i; short s; double d; long long l; };
struct B { unsigned a : 3; int b : 5; unsigned long long c : 40; signed d : 1; };
int main(void) {
    signal(SIGFPE, fpe); volatile int z = 0, m = INT_MIN, n = -1; volatile long M = LONG_MIN, N = -1; printf("%d %d %d %d %ld %ld\n", 7 / z, 7 % z, m / n, m % n, M / N, M % N);
    volatile unsigned u = 9, v = 0; printf("%u %u\n", u / v, u % v); struct P p = {1, 2, 3, 4.5, -6}; int x; memcpy(&x, &p.i, 4); p.l -= 7; printf("%zu %d %d %g %lld\n", sizeof p, x, p.s, p.d, p.l);
    struct B b = {9, 20, 1ull << 39, 1}; b.c += (1ull << 39) + 5; printf("%d %d %llu %d\n", b.a, b.b, (unsigned long long)b.c, b.d);
    int r; printf("%d %d\n", __builtin_add_overflow(INT_MAX, 1, &r), r); printf("%d %d\n", __builtin_mul_overflow(123456789, 1000, &r), r); __int128 w = (__int128)LONG_MAX * LONG_MAX / 12345; printf("%lx %lx\n", (long)(w >> 64), (long)w);
    printf("%d %d %d %d\n", __builtin_clzl(1), __builtin_ctz(64), __builtin_popcountl(-1L), __builtin_bswap32(0x01020304)); _Atomic int a = 5; atomic_fetch_add(&a, 3); int e = 8; printf("%d %d\n", atomic_compare_exchange_strong(&a, &e, 10), a); _Atomic unsigned char c = 250; atomic_fetch_add(&c, 10); printf("%d\n", c);
    unsigned long h = 14695981039346656037ul; for (int i = 0; i < 100000; i++) { h = (h ^ (i & 255)) * 1099511628211ul; h = h << 7 | h >> 57; } printf("%lx\n", h); for (int i = 0; i < 64; i += 13) printf("%lx %lx ", h >> i, (unsigned long)((long)h >> i)); puts("");
    printf("%d %d %u %d\n", (int)3.99, (int)-3.99, (unsigned)3e9, (short)70000); printf("%.17g %.9g %a\n", (double)ULONG_MAX, (float)123456789, (double)(float)0.1); volatile float f = 16777217; printf("%f\n", f); div_t d = div(-7, 2); printf("%d %d\n", d.quot, d.rem); raise(SIGFPE); return 0;
}
