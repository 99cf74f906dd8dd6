/* Clocks go on and never back; calendars; sleeping. */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    struct timespec a, b; struct timeval v; struct rusage u; struct tms t;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (volatile int i = 0; i < 100000; i++);
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%d\n", b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec > a.tv_nsec));
    time_t now = time(NULL); gettimeofday(&v, NULL);
    printf("%d %d\n", v.tv_sec - now <= 1, now > 1500000000);
    struct timespec nap = {0, 1000000}; printf("%d\n", nanosleep(&nap, NULL));
    time_t fixed = 1234567890; struct tm *tm = gmtime(&fixed); char text[100];
    strftime(text, 100, "%Y-%m-%d %H:%M:%S %a %b %j %U", tm); puts(text);
    tm->tm_mday += 40; printf("%ld %s", (long)mktime(tm), asctime(tm));
    printf("%d %d %d\n", getrusage(RUSAGE_SELF, &u), times(&t) != (clock_t)-1, clock() >= 0);
    clock_getres(CLOCK_REALTIME, &a); printf("%ld %ld\n", (long)a.tv_sec, (long)a.tv_nsec);
    printf("%.0f\n", difftime(fixed + 60, fixed));
    return 0;
}
