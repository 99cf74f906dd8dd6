/* Streams of C over memory, buffers of all kinds, positions and what is pushed back. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    char text[] = "12 apples\n3.5 pears\nend", *made; size_t size; int n; double d; char word[20];
    FILE *in = fmemopen(text, strlen(text), "r"), *out = open_memstream(&made, &size); fscanf(in, "%d %19s", &n, word); fprintf(out, "<%d|%s>", n, word); fscanf(in, "%lf %19s", &d, word); fprintf(out, "<%.2f|%s>", d, word);
    ungetc('X', in); fprintf(out, "%c", fgetc(in)); long at = ftell(in); fseek(in, 3, SEEK_SET); fprintf(out, "%c%ld", fgetc(in), at); fseek(in, -3, SEEK_END); fgets(word, 20, in); fprintf(out, "%s%d%d", word, fgetc(in), feof(in)); fclose(in); fclose(out); printf("%zu %s\n", size, made); free(made);
    char own[64]; setvbuf(stdout, own, _IOFBF, sizeof own); for (int i = 0; i < 40; i++) printf("%d,", i * i); putchar('\n'); fflush(stdout); setvbuf(stdout, NULL, _IONBF, 0); fputs("unbuffered\n", stdout);
    int c, lines = 0; while ((c = getchar_unlocked()) != EOF) lines += c == '\n'; printf("%d %d %d\n", lines, feof(stdin), ferror(stdin)); clearerr(stdin); printf("%d\n", getchar()); char *line = NULL; asprintf(&line, "%*d|%-*d|%+.*e", 7, 42, 7, 42, 3, 1234.5); puts(line); free(line); perror("standard error"); return 0;
}
