/* Handlers, masks, pending signals, and an alarm of one's own. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static volatile sig_atomic_t seen[65], order[10], count;
static sigjmp_buf out;
static void note(int s) { seen[s]++; order[count++ % 10] = s; }
static void info(int s, siginfo_t *i, void *u) { note(s); seen[64] = i->si_signo == s && u != NULL; }
static void leave(int s) { siglongjmp(out, s); }
int main(void) {
    struct sigaction action = {0}, old;
    action.sa_handler = note;
    double kept = 1.25; long word = 77;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_flags = SA_SIGINFO; action.sa_sigaction = info;
    sigaction(SIGUSR2, &action, &old);
    raise(SIGUSR1); kill(getpid(), SIGUSR2);
    printf("%d %d %d %g %ld\n", seen[SIGUSR1], seen[SIGUSR2], seen[64], kept, word);
    sigset_t set, before, pending;
    sigemptyset(&set); sigaddset(&set, SIGUSR1); sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &before);
    raise(SIGUSR2); raise(SIGUSR1); raise(SIGUSR1);
    sigpending(&pending);
    printf("%d %d %d\n", sigismember(&pending, SIGUSR1), seen[SIGUSR1], sigismember(&before, SIGUSR1));
    sigprocmask(SIG_SETMASK, &before, NULL);
    printf("%d %d, order %d %d\n", seen[SIGUSR1], seen[SIGUSR2], order[2] == SIGUSR1, order[3] == SIGUSR2);
    signal(SIGINT, SIG_IGN); raise(SIGINT);
    signal(SIGTERM, leave);
    int got = sigsetjmp(out, 1);
    if (!got) raise(SIGTERM);
    printf("left by %d\n", got);
    raise(SIGCHLD);
    printf("%s\n", signal(SIGINT, SIG_DFL) == SIG_IGN ? "ignored" : "?");
    fflush(stdout);
    raise(SIGKILL);
    return 0;
}
