unsigned long cycles(void) { unsigned long x; __asm__ volatile("rdcycle %0" : "=r"(x)); return x; }
int both(int a, int b) { int r; __asm__("add %0, %1, %2\n\tslli %0, %0, 1" : "=r"(r) : "r"(a), "r"(b)); return r; }
void barrier(int *p) { __asm__ volatile("fence rw, rw" ::: "memory"); __asm__ volatile("sw zero, %0" : "=m"(*p)); }
__asm__(".pushsection .note.mine, \"a\"\n.word 1, 2\n.popsection");
