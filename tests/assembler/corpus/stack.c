int large(int n) { volatile char room[5000]; for (int i = 0; i < n; i++) room[i] = i; return room[n / 2] + room[4999]; }
int dynamic(int n) { volatile int room[n]; room[0] = n; room[n - 1] = 1; return room[0]; }
long many(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) { return a + b * c - d + e * f - g + h * i - j; }
long call(void) { return many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10); }
