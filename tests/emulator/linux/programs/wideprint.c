/* Locales and wide characters: conversion, classification, printing and reading. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>
int main(void) {
    printf("%s\n", setlocale(LC_ALL, "")); printf("%d\n", setlocale(LC_ALL, "xx_YY") != NULL);
    printf("%d\n", setlocale(LC_ALL, "C.UTF-8") != NULL);
    wchar_t w[100]; size_t n = mbstowcs(w, "h\xc3\xa4ll\xc3\xb6 \xe2\x82\xac \xf0\x9f\x98\x80", 100); printf("%d %x\n", (int)n, n < 100 ? w[1] : 0);
    char b[100]; printf("%ls|%10ls|%-8ls|%.3ls\n", L"wide", L"abc", L"xy", L"long one"); swprintf(w, 100, L"%d %ls %s %.3f", 42, L"inner", "narrow", 2.5); printf("%ls\n", w);
    printf("%d %d %d\n", iswalpha(L'ä') != 0, towupper(L'ö') == L'Ö', iswdigit(L'7') != 0); printf("%d %d\n", wcscmp(L"abc", L"abd"), (int)wcslen(L"hello"));
    wchar_t *end; printf("%ld %f\n", wcstol(L"  -77xyz", &end, 10), wcstod(L"3.25e2", NULL)); printf("%ls\n", end); mbstate_t st = {0}; int k = wcrtomb(b, 0x20ac, &st); printf("%d\n", k);
    int x; wchar_t word[20]; int m = swscanf(L"12 words", L"%d %ls", &x, word); printf("%d %d %ls\n", m, x, word);
    wprintf(L"mixed?\n"); fflush(stdout); struct lconv *l = localeconv(); printf("[%s] [%s]\n", l->decimal_point, l->thousands_sep);
    printf("%2$s %1$d %3$*4$d|\n", 1, "two", 3, 6); printf("%'d %hhd %hd %jd %zu %td %p\n", 1234567, 300, 70000, (long long)-5, (size_t)9, (long)-3, (void *)0x1234);
    printf("%#x %#o %+d % d %05d %-5d| %e %G %a %%\n", 255, 8, 5, 5, -42, 42, 12345.678, 1e-10, 1.0); printf("%n%s\n", &x, "n"); printf("%d\n", x);
    return 0;
}
