typedef int q16; q16 mul(q16 a, q16 b) { return (long long)a * b >> 16; }
q16 sine(q16 x) { q16 s = mul(x, x); return mul(x, 65536 - mul(s, 10923 - mul(s, 546))); }
void fir(const short *in, const short *h, short *out, int n) {
    for (int i = 0; i < n; i++) { long s = 0; for (int j = 0; j < 8; j++) s += in[i + j] * h[j]; out[i] = s >> 15; }
}
