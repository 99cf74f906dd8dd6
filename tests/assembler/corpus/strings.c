const char *greeting = "hello, \"world\"\n\t\001";
unsigned long length(const char *s) { const char *p = s; while (*p) p++; return p - s; }
char *copy(char *to, const char *from) { char *out = to; while ((*to++ = *from++)); return out; }
int order(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}
const char *const names[] = {"zero", "one", "two", "three", 0};
