/* CRC-32, Adler-32 and FNV of standard input. */
#include <stdint.h>
#include <stdio.h>
int main(void) {
    uint32_t table[256], crc = ~0u, a = 1, b = 0; uint64_t fnv = 14695981039346656037u; int c;
    for (uint32_t i = 0; i < 256; i++) { uint32_t r = i; for (int k = 0; k < 8; k++) r = r >> 1 ^ (r & 1 ? 0xEDB88320u : 0); table[i] = r; }
    while ((c = getchar()) != EOF) { crc = table[(crc ^ c) & 255] ^ crc >> 8; a = (a + c) % 65521; b = (b + a) % 65521; fnv = (fnv ^ c) * 1099511628211u; }
    printf("%08x %08x %016lx\n", ~crc, b << 16 | a, (long)fnv); return 0;
}
