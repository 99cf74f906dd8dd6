int a = 1, b; short s = -2; char c = 'x'; long l = 0x1122334455667788; static int t[100]; const int k = 7;
extern int outside; int *where = &outside; int *inner = &t[5]; char text[] = "array"; char *pointer = text + 2;
int all(void) { return a + b + s + c + (int)l + t[a] + k + outside + *where + *pointer; }
