static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
char *encode(char *out, const unsigned char *in, int n) {
    for (; n > 0; n -= 3, in += 3) {
        unsigned v = in[0] << 16 | (n > 1 ? in[1] << 8 : 0) | (n > 2 ? in[2] : 0);
        *out++ = digits[v >> 18]; *out++ = digits[v >> 12 & 63];
        *out++ = n > 1 ? digits[v >> 6 & 63] : '='; *out++ = n > 2 ? digits[v & 63] : '=';
    }
    *out = 0;
    return out;
}
