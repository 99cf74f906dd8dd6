/* Primes by a sieve of bits, and their sum. */
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 200000; unsigned *bits = calloc(n / 32 + 1, 4); long sum = 0, count = 0;
    for (long i = 2; i <= n; i++) if (!(bits[i / 32] >> i % 32 & 1)) {
        sum += i, count++; for (long k = i * i; k <= n; k += i) bits[k / 32] |= 1u << k % 32;
    }
    printf("%ld %ld\n", count, sum); return 0;
}
