int collatz(unsigned n) { int k = 0; do { n = n & 1 ? 3 * n + 1 : n / 2; k++; } while (n != 1); return k; }
unsigned primes(unsigned char *sieve, unsigned n) {
    unsigned count = 0;
    for (unsigned i = 2; i < n; i++) if (!sieve[i]) { count++; for (unsigned j = i * 2; j < n; j += i) sieve[j] = 1; }
    return count;
}
unsigned gcd(unsigned a, unsigned b) { while (b) { unsigned t = a % b; a = b; b = t; } return a; }
