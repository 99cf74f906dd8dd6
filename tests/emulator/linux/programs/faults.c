/* Faults are signals: where, why, on a stack of their own; handlers leave, or mend what was wrong. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
static sigjmp_buf out;
static volatile int got, code, on_stack, mended;
static char *volatile where;
static char room[65536];
static void leave(int s, siginfo_t *i, void *u) {
    char here;
    got = s; code = i->si_code; where = i->si_addr;
    on_stack = &here >= room && &here < room + sizeof room;
    siglongjmp(out, 1);
}
static void mend(int s, siginfo_t *i, void *u) {
    mended++;
    mprotect((void *)((unsigned long)i->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
}
static void skip(int s, siginfo_t *i, void *u) {
    ucontext_t *context = u;
    context->uc_mcontext.__gregs[0] += 4;
    context->uc_mcontext.__gregs[10] = 77;
}
static int deep(int n) { volatile char b[4096]; b[0] = n; return n < 0 ? 0 : deep(n + 1) + b[0]; }
int main(void) {
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, old;
    sigaltstack(&stack, NULL); sigaltstack(NULL, &old);
    printf("%d %d %zu\n", old.ss_sp == room, old.ss_flags, (size_t)old.ss_size);
    struct sigaction action = {0};
    action.sa_sigaction = leave; action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    int signals[] = {SIGSEGV, SIGILL, SIGBUS, SIGTRAP};
    for (int i = 0; i < 4; i++) sigaction(signals[i], &action, NULL);
    if (!sigsetjmp(out, 1)) *(volatile int *)8 = 1;
    else printf("store %d %d %p %d\n", got, code, where, on_stack);
    if (!sigsetjmp(out, 1)) printf("%d\n", *(volatile int *)0x60000000);
    else printf("load %d %p\n", got, where);
    char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(page, "text"); mprotect(page, 4096, PROT_READ);
    if (!sigsetjmp(out, 1)) page[3] = 'x';
    else printf("protected %d %d %d\n", got, code, (int)(where - page));
    if (!sigsetjmp(out, 1)) __asm__ volatile(".word 0");
    else printf("illegal %d\n", got);
    if (!sigsetjmp(out, 1)) __asm__ volatile("ebreak");
    else printf("breakpoint %d\n", got);
    if (!sigsetjmp(out, 1)) ((void (*)(void))16)();
    else printf("jump %d %p\n", got, where);
    if (!sigsetjmp(out, 1)) printf("%d\n", deep(1));
    else printf("overflow %d\n", got);
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = mend; sigaction(SIGSEGV, &action, NULL);
    action.sa_sigaction = skip; sigaction(SIGILL, &action, NULL);
    char *pages = mmap(0, 16 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;
    for (int i = 0; i < 16; i++) pages[i * 4096 + i] = i;
    for (int i = 0; i < 16; i++) sum += pages[i * 4096 + i];
    printf("%d mended, %d\n", mended, sum);
    register long a0 __asm__("a0") = 1;
    __asm__ volatile(".word 0xffffffff" : "+r"(a0));
    printf("%ld\n", a0);
    return 0;
}
