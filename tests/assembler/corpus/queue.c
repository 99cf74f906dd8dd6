static int ring[32]; static unsigned head, tail;
int put(int x) { if (head - tail == 32) return 0; ring[head++ & 31] = x; return 1; }
int take(int *x) { if (head == tail) return 0; *x = ring[tail++ & 31]; return 1; }
