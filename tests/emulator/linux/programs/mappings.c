/* mmap, mprotect, mremap, munmap, brk, and a file that is mapped (argv[1]). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv) {
    char *p = mmap(NULL, 100000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int clean = 1;
    for (int i = 0; i < 100000; i++) clean &= p[i] == 0;
    memset(p, 'x', 100000);
    char *q = mremap(p, 100000, 300000, MREMAP_MAYMOVE);
    printf("%d %c %c %d\n", clean, q[0], q[99999], q[200000]);
    printf("%d\n", mprotect(q, 4096, PROT_READ));
    printf("%c %d\n", q[10], mprotect(q, 4096, PROT_READ | PROT_WRITE));
    q[10] = 'y';
    char *r = mmap(q + 8192, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("%d %d %c\n", r == q + 8192, r[0], q[8191]);
    printf("%d %d\n", munmap(q, 300000), munmap(q + 1, 4096) < 0 ? errno == EINVAL : 0);
    char *s = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%d %d\n", s[0], s[8191]);
    char *old = sbrk(0); sbrk(10000); old[9999] = 1; sbrk(-10000); sbrk(10000);
    printf("%d %d\n", (char *)sbrk(0) == old + 10000, old[9999]);
    if (argc > 1) {
        int fd = open(argv[1], O_RDONLY);
        struct stat st; fstat(fd, &st);
        char *m = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        long sum = 0; for (long i = 0; i < st.st_size; i++) sum += (unsigned char)m[i];
        m[0] = '!';
        char c; pread(fd, &c, 1, 0);
        printf("%ld %ld %d %d\n", (long)st.st_size, sum, c == '!', m[st.st_size]);
    }
    return 0;
}
