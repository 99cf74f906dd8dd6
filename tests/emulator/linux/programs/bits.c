/* Builtins on bits, 128-bit arithmetic, rotations, overflow checks, byte orders. */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
int main(void) {
    uint64_t x = 0x123456789abcdef0; unsigned __int128 w = 1; long sum = 0;
    for (int i = 0; i < 64; i++) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; w = w * x + i; sum += __builtin_popcountl(x) + __builtin_clzl(x | 1) * 2 + __builtin_ctzl(x) * 3 + __builtin_parityl(x) + __builtin_ffsl(x); }
    printf("%016lx%016lx %ld\n", (long)(w >> 64), (long)w, sum);
    printf("%016lx %08x %04x\n", (long)__builtin_bswap64(x), htobe32((uint32_t)x), __builtin_bswap16(x));
    int r; long l; printf("%d %d %d\n", __builtin_add_overflow(INT32_MAX, 1, &r), __builtin_mul_overflow(1L << 40, 1L << 30, &l), __builtin_sub_overflow(5, 3, &r));
    printf("%ld %ld %lu %d\n", (long)((__int128)-12345678901234567 * 1000003 / 77), (long)(w % 1000000007), (unsigned long)(w / x % 1000), -7 / 2 * 10 + -7 % 3); return 0; }
