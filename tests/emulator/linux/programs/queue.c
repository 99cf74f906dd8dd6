/* Signals with values, those that queue up, handlers for once, and waiting for one. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static void tell(int s, siginfo_t *i, void *u) {
    printf("%d value %d code %d own %d\n", s - (s > 31 ? SIGRTMIN : 0), i->si_value.sival_int, i->si_code, i->si_pid == getpid());
}
static void once(int s) { printf("once %d\n", s); }
int main(void) {
    struct sigaction action = {0}, first = {0};
    action.sa_sigaction = tell; action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL); sigaction(SIGRTMIN + 2, &action, NULL);
    union sigval value = {.sival_int = 9};
    sigset_t blocked, before, pending, wanted, none;
    sigemptyset(&blocked); sigaddset(&blocked, SIGRTMIN + 2); sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    for (int i = 0; i < 3; i++) { value.sival_int = i; sigqueue(getpid(), SIGRTMIN + 2, value); sigqueue(getpid(), SIGUSR1, value); }
    sigpending(&pending);
    printf("%d %d\n", sigismember(&pending, SIGRTMIN + 2), sigismember(&pending, SIGUSR2));
    sigemptyset(&wanted); sigaddset(&wanted, SIGUSR1);
    siginfo_t told; int got = sigwaitinfo(&wanted, &told);
    printf("waited %d %d\n", got == SIGUSR1, told.si_value.sival_int);
    struct timespec soon = {0, 1000000};
    printf("nothing %d\n", sigtimedwait(&wanted, NULL, &soon));
    sigprocmask(SIG_SETMASK, &before, NULL);
    value.sival_int = 44; sigqueue(getpid(), SIGUSR1, value);
    first.sa_handler = once; first.sa_flags = SA_RESETHAND;
    sigaction(SIGUSR2, &first, NULL); raise(SIGUSR2); sigaction(SIGUSR2, NULL, &first);
    printf("%d\n", first.sa_handler == SIG_DFL);
    sigprocmask(SIG_BLOCK, &wanted, NULL); raise(SIGUSR1);
    sigemptyset(&none); printf("suspended %d\n", sigsuspend(&none));
    sigprocmask(SIG_BLOCK, NULL, &pending); printf("%d\n", sigismember(&pending, SIGUSR1));
    fflush(stdout); raise(SIGUSR2);
    return 0;
}
