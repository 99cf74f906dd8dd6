double table[10] = {1.5, 2.25, -0.1, 1e300};
float dot(const float *a, const float *b, int n) {
    float s = 0;
    for (int i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}
double horner(double x) { return ((0.1 * x + 0.2) * x - 3.5) * x + table[2]; }
int compare(double a, float b) { return a < b ? 1 : a == b ? 2 : (int)(a - b); }
unsigned long to_integer(double x) { return (unsigned long)x; }
float from_integer(long x) { return x; }
