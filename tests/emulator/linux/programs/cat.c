/* Copies standard input to standard output by read and write, and says how much on standard error. */
#include <stdio.h>
#include <unistd.h>
int main(void) { char b[777]; long n, total = 0; while ((n = read(0, b, sizeof b)) > 0) { total += n; for (long done = 0; done < n;) { long k = write(1, b + done, n - done); if (k < 0) return 1; done += k; } } fprintf(stderr, "%ld bytes\n", total); return total & 0x7f; }
