/* Atomic operations of all widths, in one thread; a lock; once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
static _Atomic uint64_t wide = 1; static _Atomic uint32_t word = 7; static _Atomic uint16_t half = 0xfff0; static _Atomic uint8_t byte = 3; static atomic_flag flag = ATOMIC_FLAG_INIT; static pthread_once_t once = PTHREAD_ONCE_INIT; static int runs; static __thread int own = 5;
static void first(void) { runs++; }
int main(void) {
    for (int i = 1; i < 200; i++) { wide += i * wide; atomic_fetch_xor(&word, i * 0x9e3779b9u); half += 3; byte = byte * 5 + 1; uint32_t expected = i % 3 ? word : word + 1; if (atomic_compare_exchange_strong(&word, &expected, word + i)) atomic_fetch_or(&half, 1); uint8_t small = byte; atomic_compare_exchange_weak(&byte, &small, small ^ 0x55); atomic_fetch_sub(&wide, 3); atomic_fetch_and(&half, 0xfffe); own += atomic_exchange(&byte, byte + own); }
    printf("%llx %x %x %x %d\n", (unsigned long long)wide, word, half, byte, own); printf("%d", atomic_flag_test_and_set(&flag)); printf("%d\n", atomic_flag_test_and_set(&flag)); pthread_once(&once, first); pthread_once(&once, first); pthread_key_t key; pthread_key_create(&key, NULL); pthread_setspecific(key, &runs); printf("%d %d\n", runs, *(int *)pthread_getspecific(key)); pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER; printf("%d%d%d\n", pthread_rwlock_rdlock(&lock), pthread_rwlock_trywrlock(&lock) != 0, pthread_rwlock_unlock(&lock)); return 0;
}
