struct point { char tag; short x; int y; long z; double w; };
struct point origin = {'o', 1, 2, 3, 4.0}, others[3];
struct point moved(struct point p, int by) { p.x += by; p.y -= by; others[p.tag & 1] = p; return p; }
union word { unsigned whole; unsigned char bytes[4]; float number; };
unsigned swap(unsigned x) {
    union word a = {x}, b;
    for (int i = 0; i < 4; i++) b.bytes[i] = a.bytes[3 - i];
    return b.whole;
}
