/* Thread-local storage, once and mutexes in a program of one thread; errno is one of them. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
static __thread int local = 5; static __thread char text[50]; static pthread_once_t once = PTHREAD_ONCE_INIT; static int times;
static void init(void) { times++; }
int main(void) { pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER; pthread_key_t key; for (int i = 0; i < 3; i++) pthread_once(&once, init), pthread_mutex_lock(&m), local += i, pthread_mutex_unlock(&m);
    pthread_key_create(&key, NULL); pthread_setspecific(key, &local); snprintf(text, 50, "%d", *(int *)pthread_getspecific(key)); errno = 0; FILE *f = fopen("/no/such/file", "r");
    printf("%s %d %d %d %d\n", text, times, f == NULL, errno == ENOENT, pthread_mutex_trylock(&m)); return pthread_equal(pthread_self(), pthread_self()) ? 0 : 1; }
