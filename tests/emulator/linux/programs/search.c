/* Trees, tables and searches of the C library. */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int order(const void *a, const void *b) { return *(int *)a - *(int *)b; }
static long sum, depth;
static void visit(const void *node, VISIT which, int level) { if (which == postorder || which == leaf) sum = sum * 31 + **(int **)node, depth = level > depth ? level : depth; }
int main(void) {
    static int values[500]; void *root = NULL; unsigned s = 7; for (int i = 0; i < 500; i++) s = s * 1103515245 + 12345, values[i] = s >> 8 & 0xffff, tsearch(&values[i], &root, order);
    twalk(root, visit); printf("%ld %d\n", sum, depth < 20); for (int i = 0; i < 500; i += 2) tdelete(&values[i], &root, order); sum = 0; twalk(root, visit); printf("%ld %d\n", sum, tfind(&values[1], &root, order) != NULL);
    hcreate(100); static char names[60][8]; for (int i = 0; i < 60; i++) sprintf(names[i], "key%d", i), hsearch((ENTRY){names[i], (void *)(long)(i * i)}, ENTER); ENTRY *found = hsearch((ENTRY){"key33", NULL}, FIND); printf("%ld %d\n", (long)found->data, hsearch((ENTRY){"nokey", NULL}, FIND) == NULL); hdestroy();
    size_t count = 500; int key = values[250]; int *at = lfind(&key, values, &count, sizeof key, order); printf("%d\n", *at == key); qsort(values, 500, sizeof *values, order); at = bsearch(&key, values, 500, sizeof key, order); printf("%d %d %d\n", *at == key, values[0], values[499]); return 0;
}
