struct complex { float re, im; };
struct complex times(struct complex a, struct complex b) { return (struct complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
void butterflies(struct complex *x, const struct complex *w, int n) {
    for (int i = 0; i < n / 2; i++) {
        struct complex t = times(x[i + n / 2], w[i]), u = x[i];
        x[i] = (struct complex){u.re + t.re, u.im + t.im}; x[i + n / 2] = (struct complex){u.re - t.re, u.im - t.im};
    }
}
