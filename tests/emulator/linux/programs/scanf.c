/* Reads numbers and words back. */
#include <stdio.h>
int main(void) {
    int i, n, c; unsigned u; long l; double d; float f; char word[20], set[20], two[3]; short s; long long q;
    c = sscanf("12 -7 0x1f 077 3.25e2 word abc123 xy", "%d %ld %x %o %lf %19s %19[a-c]%n%hd %2c",
               &i, &l, &u, (unsigned *)&n, &d, word, set, &n, &s, two);
    printf("%d: %d %ld %x %f %s %s %d %hd %.2s\n", c, i, l, u, d, word, set, n, s, two);
    c = sscanf("nan 1e400 -inf 0x1p-3", "%f %lf", &f, &d);
    printf("%d %f %f\n", c, f, d);
    c = sscanf("9223372036854775807 99", "%lld%*d", &q);
    printf("%d %lld\n", c, q);
    c = sscanf("only", "%d", &i);
    printf("%d\n", c);
    int sum = 0;
    while (scanf("%d", &i) == 1) sum += i;
    printf("%d %d\n", sum, scanf("%19s", word));
    puts(word);
    return 0;
}
