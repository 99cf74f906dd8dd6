/* Arrays of variable length, alloca, variadic functions, flexible members, compound literals. */
#include <alloca.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct flexible { int n; double values[]; };
static double total(int n, ...) { va_list list; va_start(list, n); double sum = 0; for (int i = 0; i < n; i++) sum += i % 2 ? va_arg(list, double) : va_arg(list, int); va_end(list); return sum; }
static int matrix(int n) { int m[n][n], s = 0; for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) m[i][j] = i * j; for (int i = 0; i < n; i++) s += m[i][n - 1 - i]; return s; }
struct big { long a[10]; }; static struct big twice(struct big b) { for (int i = 0; i < 10; i++) b.a[i] *= 2; return b; }
int main(void) { char *p = alloca(100); strcpy(p, "alloca"); struct flexible *f = malloc(sizeof *f + 5 * sizeof(double)); f->n = 5; for (int i = 0; i < 5; i++) f->values[i] = i * 1.5;
    printf("%s %g %d %g %ld\n", p, total(6, 1, 2.5, 3, 4.5, 5, 6.5), matrix(30), f->values[4], twice((struct big){{1, 2, 3, 4, 5, 6, 7, 8, 9, 21}}).a[9]); return 0; }
