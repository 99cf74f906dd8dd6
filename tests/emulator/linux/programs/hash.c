/* Counts the words of standard input in a table that grows. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct entry { char *word; int count; };
static struct entry *table; static size_t room = 8, used;
static size_t find(const char *w) { size_t h = 5381; for (const char *p = w; *p; p++) h = h * 33 ^ (unsigned char)*p; for (h &= room - 1; table[h].word && strcmp(table[h].word, w); h = (h + 1) & (room - 1)); return h; }
static int order(const void *a, const void *b) { const struct entry *p = a, *q = b; return p->count != q->count ? q->count - p->count : strcmp(p->word, q->word); }
int main(void) {
    char word[100]; int n = 0, c; table = calloc(room, sizeof *table);
    do {
        c = getchar();
        if (c != EOF && isalpha(c)) { if (n < 99) word[n++] = tolower(c); continue; }
        if (!n) continue;
        word[n] = 0; n = 0; size_t at = find(word);
        if (!table[at].word) table[at].word = strdup(word), used++;
        table[at].count++;
        if (used * 2 > room) { struct entry *old = table; size_t size = room; table = calloc(room *= 2, sizeof *table); for (size_t i = 0; i < size; i++) if (old[i].word) table[find(old[i].word)] = old[i]; free(old); }
    } while (c != EOF);
    size_t kept = 0; for (size_t i = 0; i < room; i++) if (table[i].word) table[kept++] = table[i];
    qsort(table, kept, sizeof *table, order);
    for (size_t i = 0; i < used && i < 10; i++) printf("%4d %s\n", table[i].count, table[i].word);
    return 0;
}
