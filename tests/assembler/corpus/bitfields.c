struct flags { unsigned a : 3, b : 7; int c : 5; unsigned long d : 30; } state;
int get(struct flags *f) { return f->a + f->b * f->c; }
void set(struct flags *f, int x) { f->a = x; f->b = x >> 3; f->c = -x; f->d = x * 3; state = *f; }
