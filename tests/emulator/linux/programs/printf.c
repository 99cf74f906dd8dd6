/* Every conversion of printf, with flags, widths and precisions. */
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stddef.h>
#include <wchar.h>
int main(void) {
    const long values[] = {0, 1, -1, 42, -12345, INT_MAX, INT_MIN, LONG_MAX, LONG_MIN};
    const double reals[] = {0.0, -0.0, 1.0, -1.5, 3.14159265358979, 1e-5, 123456789.125, 1e22, 5e-324,
                            1.7976931348623157e308, INFINITY, -INFINITY, 0.1, 2.5, 1e100};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        long v = values[i];
        printf("[%ld][%+ld][% ld][%08ld][%-12ld][%.5ld][%12.4ld][%'ld]\n", v, v, v, v, v, v, v, v);
        printf("[%lx][%#lX][%lo][%#lo][%lu][%d][%hd][%hhd][%u]\n", v, v, v, v, v, (int)v, (short)v, (char)v, (int)v);
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        double v = reals[i];
        printf("[%f][%e][%g][%G][%a][%A]\n", v, v, v, v, v, v);
        printf("[%.0f][%+.3e][%#g][%020.4f][%-20.2E][%.17g][%.40f]\n", v, v, v, v, v, v, v);
        printf("[%Lf][%Le][%Lg]\n", (long double)v, (long double)v, (long double)v);
    }
    int n;
    printf("%c%c%n|%s|%10s|%-10s|%.2s|%%|%p|%i\n", 'a', 'b', &n, "text", "text", "text", "text", (void *)0x1234, n);
    printf("%jd %zu %td %lld %llu %hhu\n", (intmax_t)-5, (size_t)6, (ptrdiff_t)-7, -8LL, ~0ULL, 300);
    printf("%2$s %1$s %2$*3$s|\n", "one", "two", 8);
    printf("%*d|%.*f|%-*d|\n", 6, 7, 2, 3.14159, -5, 4);
    printf("%ls %lc %m\n", L"wide", L'w');
    char buffer[16];
    int wanted = snprintf(buffer, sizeof buffer, "%s-%d", "a rather long text", 99);
    printf("%d %s\n", wanted, buffer);
    return 0;
}
