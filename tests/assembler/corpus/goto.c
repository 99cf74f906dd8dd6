int interpret(const unsigned char *code, int x) {
    static const void *const labels[] = {&&add, &&sub, &&dbl, &&end};
    goto *labels[*code];
add: x += 1; goto *labels[*++code & 3];
sub: x -= 1; goto *labels[*++code & 3];
dbl: x *= 2; goto *labels[*++code & 3];
end: return x;
}
