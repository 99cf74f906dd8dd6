/* A stack that overflows, a handler on another stack, recovery, again and again. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
static sigjmp_buf out; static char *volatile where; static volatile int depth; static char *top;
static void over(int s, siginfo_t *i, void *u) { where = i->si_addr; siglongjmp(out, i->si_code); }
static __attribute__((noinline)) int down(int n) { volatile char b[1000]; memset((void *)b, n, 1000); depth = n; return down(n + 1) + b[5]; }
int main(void) {
    char here; top = &here; stack_t s = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16}; sigaltstack(&s, 0); struct sigaction a = {.sa_sigaction = over, .sa_flags = SA_SIGINFO | SA_ONSTACK}; sigaction(SIGSEGV, &a, 0);
    char *heap = malloc(100000); memset(heap, 7, 100000); struct rlimit l; getrlimit(RLIMIT_STACK, &l);
    for (int k = 0; k < 3; k++) { int c = sigsetjmp(out, 1); if (!c) down(0); long used = top - where; printf("%d %d %d\n", c != 0, used > l.rlim_cur - 200000 && used < l.rlim_cur + 200000, depth > 7000 && depth < 9000); }
    int bad = 0; for (int i = 0; i < 100000; i++) bad += heap[i] != 7; printf("%d\n", bad); return 0;
}
