/* Integers of 128 bits, overflow that is looked for, and bits that are counted. */
#include <stdint.h>
#include <stdio.h>
#ifdef __SIZEOF_INT128__
typedef unsigned __int128 wide;
#else
typedef struct { uint64_t low, high; } wide;
#endif
int main(void) {
#ifdef __SIZEOF_INT128__
    wide a = ((wide)0x123456789abcdef0 << 64) | 0xfedcba9876543210, b = 1; for (int i = 1; i < 40; i++) { b = b * 10 + i % 10; a ^= b * a; a = a >> 7 | a << 121; if (i % 8 == 0) printf("%016lx%016lx %lu %lu\n", (long)(a >> 64), (long)a, (long)(a / (b | 1)), (long)(a % 1000000007)); }
    __int128 s = -(__int128)a; printf("%ld %ld\n", (long)(s / 1000003), (long)(s % 1000003)); double d = (double)a; printf("%.10g %d\n", d, (wide)d == a);
#endif
    int64_t x; int32_t y; int bad = 0; for (int64_t i = -20; i <= 20; i++) bad += __builtin_mul_overflow(i * 0x1000000000000000 / 7, (int64_t)i, &x), bad += 3 * __builtin_add_overflow((int32_t)(i * 107374182), (int32_t)i * 99999999, &y), bad += 5 * __builtin_sub_overflow((int64_t)i << 59, (int64_t)-i << 59, &x); printf("%d %d\n", bad, y);
    uint64_t v = 0x0123456789abcdef; for (int i = 0; i < 64; i += 9, v = v * 6364136223846793005u + 1) printf("%d %d %d %d %016llx %08x\n", __builtin_popcountll(v), __builtin_clzll(v | 1), __builtin_ctzll(v | 1u << 30), __builtin_parityll(v), (long long)__builtin_bswap64(v), __builtin_bswap32(v)); return 0;
}
