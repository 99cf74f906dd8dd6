/* string.h, ctype.h, wide characters and UTF-8. */
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
int main(void) {
    char text[200] = "The quick brown fox jumps over the lazy dog", copy[200];
    printf("%zu %s %s %s\n", strlen(text), strchr(text, 'q'), strrchr(text, 'o'), strstr(text, "fox"));
    printf("%zu %zu %s\n", strspn(text, "Teh "), strcspn(text, "xyz"), strpbrk(text, "jkl"));
    printf("%d %d %d\n", strcmp("a", "b") < 0, strncmp("abc", "abd", 2), strcasecmp("HeLLo", "hEllO"));
    strcpy(copy, text); for (char *p = strtok(copy, " "); p; p = strtok(NULL, " ")) printf("<%s>", p);
    puts(""); memmove(text + 4, text, 20); puts(text); memset(text, '-', 3); puts(text);
    strcpy(copy, "start"); strcat(copy, "-end"); strncat(copy, "123456", 3); puts(copy);
    for (int offset = 0; offset < 9; offset++) for (int size = 0; size < 40; size += 7) {
        char x[64], y[64]; for (int i = 0; i < 64; i++) x[i] = i, y[i] = 0;
        memcpy(y + offset, x + 1, size); if (memcmp(y + offset, x + 1, size) || y[offset + size]) puts("wrong");
    }
    int kinds = 0; for (int c = 0; c < 256; c++) kinds += isalpha(c) * 1 + isdigit(c) * 2 + !!ispunct(c) * 3 + !!isspace(c) + (toupper(c) == c);
    printf("%d\n", kinds);
    printf("%s\n", setlocale(LC_ALL, "C"));
    wchar_t wide[50]; size_t n = mbstowcs(wide, "abc", 50); printf("%zu %ls %d\n", n, wide, (int)wcslen(wide));
    printf("%lc %d %ls\n", (wint_t)towupper(L'x'), iswdigit(L'5') != 0, wcschr(wide, L'b'));
    char *end; printf("%ld %d\n", strtol("42abc", &end, 10), *end);
    printf("%s %s\n", strerror(2), strsignal(11));
    return 0;
}
