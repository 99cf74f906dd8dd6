enum state { IDLE, RUN, STOP, ERROR } now;
static const signed char next[4][3] = {{1, 0, 3}, {1, 2, 3}, {0, 2, 3}, {3, 3, 0}};
enum state feed(const char *s) {
    for (; *s; s++) now = next[now][*s == 'g' ? 0 : *s == 's' ? 1 : 2];
    return now;
}
int parse(const char *s) { int n = 0, sign = 1; if (*s == '-') sign = -1, s++; while (*s >= '0' && *s <= '9') n = n * 10 + *s++ - '0'; return n * sign; }
