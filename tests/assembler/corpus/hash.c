unsigned fnv(const char *s) { unsigned h = 2166136261u; while (*s) h = (h ^ (unsigned char)*s++) * 16777619u; return h; }
static struct { const char *key; int value; } slots[64];
int *find(const char *key) {
    for (unsigned i = fnv(key);; i++) {
        if (!slots[i & 63].key) slots[i & 63].key = key;
        if (slots[i & 63].key == key) return &slots[i & 63].value;
    }
}
