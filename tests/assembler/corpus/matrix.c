enum { N = 8 };
static double a[N][N], b[N][N], c[N][N];
void multiply(void) {
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) {
        double s = 0;
        for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
        c[i][j] = s;
    }
}
void transpose(int (*m)[N]) {
    for (int i = 0; i < N; i++) for (int j = 0; j < i; j++) {
        int t = m[i][j]; m[i][j] = m[j][i]; m[j][i] = t;
    }
}
