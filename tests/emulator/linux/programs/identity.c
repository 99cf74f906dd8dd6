/* Who a process is, what it may do, and waits that nobody ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    char name[17] = ""; prctl(PR_SET_NAME, "a rather long name of it"); prctl(PR_GET_NAME, name); printf("%s\n", name);
    printf("%d %d\n", setuid(getuid()), setgid(getgid())); printf("%d\n", wait(NULL)); printf("%s\n", strerror(errno)); printf("%d %d\n", sched_getscheduler(0), sched_get_priority_max(SCHED_OTHER)); printf("%d\n", getpriority(PRIO_PROCESS, 0));
    struct timespec until; sem_t none; sem_init(&none, 0, 0); clock_gettime(CLOCK_REALTIME, &until); until.tv_nsec += 2000000; if (until.tv_nsec > 999999999) until.tv_nsec -= 1000000000, until.tv_sec++;
    printf("%d", sem_timedwait(&none, &until)); printf(" %s %d\n", strerror(errno), sem_trywait(&none)); sem_post(&none); printf("%d\n", sem_wait(&none));
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; pthread_cond_t cond = PTHREAD_COND_INITIALIZER; pthread_mutex_lock(&lock); clock_gettime(CLOCK_REALTIME, &until); printf("%s\n", strerror(pthread_cond_timedwait(&cond, &lock, &until))); pthread_mutex_unlock(&lock);
    sigset_t set; sigemptyset(&set); sigaddset(&set, SIGUSR1); sigaddset(&set, SIGUSR2); sigprocmask(SIG_BLOCK, &set, NULL); raise(SIGUSR2); raise(SIGUSR1); int got; printf("%d", sigwait(&set, &got)); printf(" %d", got == SIGUSR1); struct timespec zero = {0, 0}; printf(" %d", sigtimedwait(&set, NULL, &zero) == SIGUSR2); printf(" %d", sigtimedwait(&set, NULL, &zero)); printf(" %s\n", strerror(errno));
    struct rlimit limit; printf("%d\n", getrlimit(RLIMIT_NOFILE, &limit)); limit.rlim_cur = limit.rlim_max; printf("%d\n", setrlimit(RLIMIT_NOFILE, &limit)); return 0;
}
