/* POSIX regular expressions, glob patterns, and a search in a text. */
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
int main(void) { regex_t r; regmatch_t m[4]; const char *texts[] = {"2024-05-17 done", "no date", "on 1999-12-31, then"}; regcomp(&r, "([0-9]{4})-([0-9]{2})-([0-9]{2})", REG_EXTENDED);
    for (int i = 0; i < 3; i++) { int miss = regexec(&r, texts[i], 4, m, 0); printf("%d", miss); if (!miss) printf(" %.*s %.*s", (int)(m[1].rm_eo - m[1].rm_so), texts[i] + m[1].rm_so, (int)(m[3].rm_eo - m[3].rm_so), texts[i] + m[3].rm_so); puts(""); } regfree(&r);
    char e[100]; int bad = regcomp(&r, "(unclosed", REG_EXTENDED); regerror(bad, &r, e, 100); puts(e); printf("%d %d\n", fnmatch("*.c", "file.c", 0), fnmatch("[a-c]?x", "bzx", 0)); return 0; }
