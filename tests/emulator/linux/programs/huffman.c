/* Codes of the characters of standard input. */
#include <stdio.h>
#include <stdlib.h>
struct node { long weight; int symbol, order; struct node *left, *right; };
static int lighter(const void *a, const void *b) { const struct node *p = *(struct node **)a, *q = *(struct node **)b; return p->weight != q->weight ? (p->weight < q->weight ? -1 : 1) : p->order - q->order; }
static long bits; static void walk(struct node *n, char *code, int depth) { if (!n->left) { code[depth] = 0; printf("%02x %ld %s\n", n->symbol, n->weight, code); bits += n->weight * depth; return; } code[depth] = '0'; walk(n->left, code, depth + 1); code[depth] = '1'; walk(n->right, code, depth + 1); }
int main(void) {
    long counts[256] = {0}; int c, n = 0, order = 0; while ((c = getchar()) != EOF) counts[c]++; struct node *heap[256]; char code[256];
    for (int i = 0; i < 256; i++) if (counts[i]) { heap[n] = calloc(1, sizeof **heap); *heap[n++] = (struct node){counts[i], i, order++, NULL, NULL}; }
    while (n > 1) { qsort(heap, n, sizeof *heap, lighter); struct node *both = malloc(sizeof *both); *both = (struct node){heap[0]->weight + heap[1]->weight, -1, order++, heap[0], heap[1]}; heap[1] = both; for (int i = 0; i < n - 1; i++) heap[i] = heap[i + 1]; n--; }
    if (n) walk(heap[0], code, 0); printf("%ld bits\n", bits); return 0;
}
