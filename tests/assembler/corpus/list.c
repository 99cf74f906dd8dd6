struct node { struct node *next; int value; };
static struct node pool[16], *spare = pool;
struct node *push(struct node *head, int value) {
    struct node *made = spare++;
    made->next = head; made->value = value;
    return made;
}
struct node *reversed(struct node *n) {
    struct node *out = 0;
    while (n) { struct node *next = n->next; n->next = out; out = n; n = next; }
    return out;
}
