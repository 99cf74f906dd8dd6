/* Files in memory: private copies, and shared ones that the file follows. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    char name[] = "/tmp/rvx-mapXXXXXX"; int fd = mkstemp(name); char b[32] = {0};
    for (int i = 0; i < 3000; i++) { dprintf(fd, "%03d", i % 1000); }
    char *p = mmap(0, 9000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0); printf("%.6s %.6s\n", p + 3, p + 8994); p[0] = 'X'; pread(fd, b, 3, 0); printf("%s %c\n", b, p[0]);
    char *s = mmap(0, 9000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); if (s == MAP_FAILED) { printf("no shared %d\n", errno); return 1; }
    s[1] = 'Y'; msync(s, 9000, MS_SYNC); pread(fd, b, 3, 0); printf("%s\n", b);
    s[4097] = 'Z'; lseek(fd, 4096, SEEK_SET); read(fd, b, 3); printf("%s\n", b);
    pwrite(fd, "qq", 2, 10); printf("%.4s\n", s + 9);
    char *half = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 4096); printf("%.3s\n", half); s[4098] = '!'; msync(s, 9000, MS_SYNC); printf("%.3s\n", half);
    s[8999] = 'E'; munmap(s, 9000); lseek(fd, 8997, SEEK_SET); read(fd, b, 3); printf("%s\n", b);
    printf("%d\n", (int)lseek(fd, 0, SEEK_END)); 
    int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); shared[3] = 7; printf("%d %d\n", shared[3], shared[4]);
    char *g = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); strcpy(g, "kept");
    g = mremap(g, 4096, 64 << 12, MREMAP_MAYMOVE); printf("%s %d\n", g, g[200000]); memset(g, 5, 64 << 12);
    g = mremap(g, 64 << 12, 2 << 12, 0); printf("%d\n", g[8191]); char *to = mmap(0, 3 << 12, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    g = mremap(g, 2 << 12, 3 << 12, MREMAP_MAYMOVE | MREMAP_FIXED, to); printf("%d %d %d\n", g == to, g == MAP_FAILED ? 0 : g[5], g == MAP_FAILED ? 0 : g[9000]);
    void *m; printf("%d %d", posix_memalign(&m, 4096, 100), (int)((unsigned long)m % 4096)); printf(" %d", posix_memalign(&m, 3, 100)); m = aligned_alloc(1 << 16, 1 << 17); printf(" %d\n", (int)((unsigned long)m % (1 << 16)));
    unlink(name); return 0;
}
