/* Code with many branches: a checksum, a sieve, a sort, a recursion and strings. */
typedef unsigned long size;
static unsigned table[256], numbers[4096];
static unsigned char sieve[20000], text[4096];

static unsigned crc(const unsigned char *data, size n) {
    unsigned c = ~0u;
    for (size i = 0; i < n; i++) c = table[(c ^ data[i]) & 255] ^ c >> 8;
    return ~c;
}

static int primes(int n) {
    int count = 0;
    for (int i = 2; i < n; i++) sieve[i] = 1;
    for (int i = 2; i < n; i++) {
        if (!sieve[i]) continue;
        count++;
        for (int j = 2 * i; j < n; j += i) sieve[j] = 0;
    }
    return count;
}

static void sort(unsigned *v, int low, int high) {
    if (low >= high) return;
    unsigned pivot = v[(low + high) / 2];
    int i = low, j = high;
    while (i <= j) {
        while (v[i] < pivot) i++;
        while (v[j] > pivot) j--;
        if (i <= j) { unsigned t = v[i]; v[i++] = v[j]; v[j--] = t; }
    }
    sort(v, low, j);
    sort(v, i, high);
}

static __attribute__((noinline)) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static size words(const unsigned char *s, size n) {
    size count = 0, inside = 0;
    for (size i = 0; i < n; i++) {
        size is_letter = (s[i] | 32) >= 'a' && (s[i] | 32) <= 'z';
        count += is_letter && !inside;
        inside = is_letter;
    }
    return count;
}

int main(void) {
    unsigned seed = 1, sum = 0;
    for (unsigned i = 0; i < 256; i++) {
        unsigned c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 4096; i++) {
            seed = seed * 1664525u + 1013904223u;
            numbers[i] = seed >> 8;
            text[i] = seed >> 24 & 127;
        }
        sum += crc(text, 4096);
        sum += primes(20000);
        sort(numbers, 0, 4095);
        sum += numbers[2048] + fib(15) + words(text, 4096);
    }
    return sum == 0;
}
