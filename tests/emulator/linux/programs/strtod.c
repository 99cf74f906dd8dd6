/* Text to numbers: decimals that are hard to round, hexadecimals, bad input, and strtol. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    const char *texts[] = {"0", "1e23", "8.98846567431158e307", "2.2250738585072011e-308", "4.9406564584124654e-324",
        "2.4703282292062327e-324", "1.7976931348623159e308", "0.500000000000000166533453693773481063544750213623046875",
        "9007199254740993", "0x1.8p3", "0x1.fffffffffffff8p0", "inf", "nan", "-1.5e-10xyz", "abc", ".5", "5.", "1e", "1e+5",
        "6.0221409e+23", "3.518437208883201171875e13", "62.5364939768271845828", "8.10109172351e-10"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *end;
        errno = 0;
        double d = strtod(texts[i], &end);
        int range = errno == ERANGE;
        printf("%s: %a %.17g %d rest '%s'\n", texts[i], d, d, range, end);
        printf("  %a %La\n", strtof(texts[i], NULL), strtold(texts[i], NULL));
    }
    const char *numbers[] = {"123", "-0x1F", "0777", "99999999999999999999", "z9", "  +12 ", "1010"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        printf("%ld %ld %lu %ld\n", strtol(numbers[i], NULL, 0), strtol(numbers[i], NULL, 36), strtoul(numbers[i], NULL, 10), strtol(numbers[i], NULL, 2));
    return 0;
}
