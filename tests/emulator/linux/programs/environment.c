/* Arguments, environment, getopt, and what the auxiliary vector says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int c;
    while ((c = getopt(argc, argv, "ab:c")) != -1) printf("-%c %s\n", c, optarg && c == 'b' ? optarg : "");
    for (; optind < argc; optind++) printf("<%s>\n", argv[optind]);
    printf("%s %s\n", getenv("ONE") ? getenv("ONE") : "none", getenv("TWO") ? getenv("TWO") : "none");
    setenv("TWO", "2", 1); unsetenv("ONE");
    printf("%s %d\n", getenv("TWO"), getenv("ONE") == NULL);
    printf("%lu %lu %d %d\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_PHDR) != 0, getauxval(AT_ENTRY) != 0);
    printf("%d %d %ld %d\n", getauxval(AT_RANDOM) != 0, (int)getauxval(AT_SECURE), sysconf(_SC_PAGESIZE), sysconf(_SC_OPEN_MAX) > 100);
    printf("%d\n", (int)((unsigned long)__builtin_frame_address(0) % 16));
    return argc;
}
