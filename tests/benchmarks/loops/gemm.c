/* FP64 matrix product of size 64, ROUNDS times. */
#define N 64
static double a[N][N], b[N][N], c[N][N];

static void gemm(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++)
                sum = __builtin_fma(a[i][k], b[j][k], sum);
            c[i][j] = sum;
        }
}

int main(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 * 0.25;
            b[i][j] = (i * 5 + j) % 13 * 0.125;
        }
    for (int round = 0; round < ROUNDS; round++) {
        a[0][0] += 1;
        gemm();
    }
    return c[3][5] < 0;
}
