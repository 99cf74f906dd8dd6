typedef __builtin_va_list va_list;
int sum(int n, ...) {
    va_list list; int s = 0;
    __builtin_va_start(list, n);
    while (n--) s += __builtin_va_arg(list, int);
    __builtin_va_end(list);
    return s;
}
double mean(int n, ...) {
    va_list list; double s = 0;
    __builtin_va_start(list, n);
    for (int i = 0; i < n; i++) s += __builtin_va_arg(list, double);
    __builtin_va_end(list);
    return s / n;
}
int use(void) { return sum(3, 1, 2, 3) + (int)mean(2, 1.0, 2.0); }
