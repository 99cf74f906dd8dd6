int counter; long big;
int increment(void) { return __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST); }
int swap(int *p, int x) { return __atomic_exchange_n(p, x, __ATOMIC_ACQ_REL); }
int compare(int *p, int old, int x) { return __atomic_compare_exchange_n(p, &old, x, 0, 5, 0); }
void fence(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }
