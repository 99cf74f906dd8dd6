/* Sorts the lines of standard input, as sort does under LC_ALL=C. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
int main(int argc, char **argv) {
    char **lines = NULL, *line = NULL;
    size_t count = 0, room = 0, size = 0;
    while (getline(&line, &size, stdin) > 0) {
        if (count == room) lines = realloc(lines, (room = room ? 2 * room : 4) * sizeof *lines);
        lines[count++] = strdup(line);
    }
    qsort(lines, count, sizeof *lines, compare);
    int backwards = argc > 1 && !strcmp(argv[1], "-r");
    for (size_t i = 0; i < count; i++) fputs(lines[backwards ? count - 1 - i : i], stdout);
    fprintf(stderr, "%zu lines\n", count);
    return 0;
}
