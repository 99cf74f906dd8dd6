volatile unsigned *const port = (volatile unsigned *)0x10000000;
void send(const char *s) { while (*s) { while (!(port[5] & 0x20)) ; port[0] = *s++; } }
volatile int flag; int wait(void) { int n = 0; while (!flag) n++; return n; }
