/* Wide characters, multibyte text in UTF-8, and conversions between them. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>
int main(void) {
    printf("%d\n", setlocale(LC_ALL, "C.UTF-8") != NULL); const char *text = "Gr\xc3\xbc\xc3\x9f"" dich, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x98\x80!"; wchar_t wide[64]; size_t n = mbstowcs(wide, text, 64); printf("%zu", n); for (size_t i = 0; i < n; i++) printf(" %lx", (long)wide[i]); putchar('\n');
    char back[100]; printf("%zu %d\n", wcstombs(back, wide, 100), strcmp(back, text)); for (size_t i = 0; i < n; i++) wide[i] = towupper(wide[i]); wcstombs(back, wide, 100); puts(back); printf("%d %d %d\n", mblen("\xc3\xbc", 2), mblen("\xff", 1), (int)mbrtowc(wide, "\xe4", 1, &(mbstate_t){0}));
    swprintf(wide, 64, L"%ls|%5d|%.2f|%s", L"wide", 42, 2.5, "narrow"); printf("%ls %zu %ld\n", wide, wcslen(wide), wcstol(L"  -77x", NULL, 10)); char16_t c16; mbstate_t state = {0}; size_t used = mbrtoc16(&c16, "\xf0\x9f\x98\x80", 4, &state); printf("%zu %x\n", used, c16); used = mbrtoc16(&c16, "", 0, &state); printf("%d %x\n", (int)used, c16); wchar_t *rest; printf("%.3f %ls\n", wcstod(L"3.25rest", &rest), rest); return 0;
}
