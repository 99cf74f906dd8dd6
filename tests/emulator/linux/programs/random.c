/* Random numbers of C, and of the system: not all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
int main(void) { srand(42); for (int i = 0; i < 5; i++) printf("%d ", rand()); srandom(3); printf("%ld ", random()); srand48(9); printf("%f %ld\n", drand48(), lrand48()); unsigned char a[64] = {0}, b[64] = {0}; printf("%ld %ld ", (long)getrandom(a, 64, 0), (long)getrandom(b, 64, 0)); printf("%d\n", memcmp(a, b, 64) != 0); return 0; }
