/* Timers interrupt a loop, a pause, a sleep, a read and a poll; some go by the time that runs. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile sig_atomic_t seen, sum;
static int ends[2];
static void note(int s) { seen++; }
static void add(int s, siginfo_t *i, void *u) { sum += i->si_value.sival_int; }
static void tell(int s) { seen++; write(ends[1], "!", 1); }
static void without_restart(void (*what)(int)) {
    struct sigaction action = {.sa_handler = what};
    sigaction(SIGALRM, &action, NULL);
}
int main(void) {
    signal(SIGALRM, note);
    alarm(1);
    int result = pause();
    printf("pause %d %d, seen %d, left %u\n", result, errno == EINTR, (int)seen, alarm(0));
    struct itimerval every = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}}, before;
    setitimer(ITIMER_REAL, &every, NULL);
    while (seen < 6) ;
    setitimer(ITIMER_REAL, &never, &before);
    printf("ticks %d, every %ld\n", (int)seen, (long)before.it_interval.tv_usec);
    seen = 0; signal(SIGVTALRM, note); signal(SIGPROF, note);
    struct itimerval once = {{0, 0}, {0, 5000}};
    setitimer(ITIMER_VIRTUAL, &once, NULL); setitimer(ITIMER_PROF, &once, NULL);
    while (seen < 2) ;
    printf("running %d\n", (int)seen);
    alarm(2); printf("sleep %d\n", sleep(9) >= 6);
    pipe(ends); char c = 0;
    signal(SIGALRM, tell); alarm(1);
    printf("read %zd %c\n", read(ends[0], &c, 1), c);
    without_restart(note); alarm(1);
    result = read(ends[0], &c, 1);
    printf("interrupted %d %d\n", result, errno == EINTR);
    struct pollfd wished = {ends[0], POLLIN};
    printf("poll %d\n", poll(&wished, 1, 20));
    without_restart(tell); alarm(1);
    result = poll(&wished, 1, -1);
    printf("poll %d %d, then %d\n", result, errno == EINTR, poll(&wished, 1, 0));
    struct sigaction action = {.sa_sigaction = add, .sa_flags = SA_SIGINFO};
    sigaction(SIGRTMIN, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    event.sigev_value.sival_int = 5;
    timer_t timer;
    printf("create %d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec soon = {{0, 0}, {0, 1000000}}, rest;
    timer_settime(timer, 0, &soon, NULL);
    timer_gettime(timer, &rest);
    printf("left %d\n", rest.it_value.tv_nsec > 0 && rest.it_value.tv_nsec <= 1000000);
    while (!sum) ;
    printf("sum %d, overrun %d, delete %d\n", (int)sum, timer_getoverrun(timer), timer_delete(timer));
    return 0;
}
