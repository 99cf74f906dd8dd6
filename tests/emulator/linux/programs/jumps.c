/* setjmp within calls within loops; values that survive; jumps out of qsort and of a handler of signals. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static jmp_buf stack[50]; static sigjmp_buf out; static int level;
static int enter(int n) {
    double kept = n * 1.5;
    int found = setjmp(stack[n]);
    if (found == 0) { level++; if (n == 30) longjmp(stack[7], 42); return enter(n + 1) + 1; }
    return (int)(kept * 2) + found;
}
static int compare(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b; if (x == 13 || y == 13) longjmp(stack[0], 13); return x - y;
}
static void fault(int s, siginfo_t *i, void *u) { siglongjmp(out, s); }
int main(void) {
    printf("%d", enter(1)); printf(" %d\n", level);
    int v[] = {5, 3, 13, 9}; if (!setjmp(stack[0])) { qsort(v, 4, 4, compare); printf("no\n"); } else printf("out of qsort\n");
    struct sigaction act = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO}; sigaction(SIGSEGV, &act, 0); sigaction(SIGFPE, &act, 0);
    volatile int count = 0;
    for (volatile int i = 0; i < 200; i++) { int s = sigsetjmp(out, 1); if (!s) *(volatile char *)(i * 16L) = 1; else count += s; }
    sigset_t now; sigprocmask(SIG_BLOCK, 0, &now); printf("%d %d\n", count, sigismember(&now, SIGSEGV));
    int s = sigsetjmp(out, 0); if (!s) raise(SIGFPE); sigprocmask(SIG_BLOCK, 0, &now); printf("%d %d\n", s, sigismember(&now, SIGFPE));
    volatile int zero = 0; printf("%d %d\n", 5 / zero, 5 % zero);
    int k = 0; jmp_buf b; volatile int n = 0; k = setjmp(b); if (n++ < 3) longjmp(b, n - 1); printf("%d %d\n", k, n);
    return 0;
}
