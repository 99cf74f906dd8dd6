/* qsort and bsearch on integers, doubles and structures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct item { int key; char name[12]; double weight; };
static int by_int(const void *a, const void *b) { return (*(int *)a > *(int *)b) - (*(int *)a < *(int *)b); }
static int by_double(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }
static int by_item(const void *a, const void *b) {
    const struct item *p = a, *q = b;
    return p->key != q->key ? p->key - q->key : strcmp(p->name, q->name);
}
int main(void) {
    enum { N = 2000 };
    static int ints[N]; static double doubles[N]; static struct item items[N];
    srand(7);
    for (int i = 0; i < N; i++) {
        ints[i] = rand() % 1000; doubles[i] = rand() / 1e6;
        items[i].key = rand() % 50; snprintf(items[i].name, 12, "n%d", rand() % 100); items[i].weight = i;
    }
    qsort(ints, N, sizeof *ints, by_int);
    qsort(doubles, N, sizeof *doubles, by_double);
    qsort(items, N, sizeof *items, by_item);
    for (int i = 0; i < N; i += 250) printf("%d %.6f %d %s\n", ints[i], doubles[i], items[i].key, items[i].name);
    for (int i = 1; i < N; i++) if (ints[i-1] > ints[i] || doubles[i-1] > doubles[i] || by_item(items+i-1, items+i) > 0) return 1;
    int key = ints[777], *found = bsearch(&key, ints, N, sizeof *ints, by_int);
    printf("%d\n", found ? *found == key : -1);
    return 0;
}
