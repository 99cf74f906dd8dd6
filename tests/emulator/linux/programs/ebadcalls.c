/* Bad arguments: errors are given back as numbers, and nothing breaks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#define TRY(call) do { errno = 0; long r = (long)(call); printf("%s: %ld %d\n", #call, r < 0 ? -1L : 0L, errno); } while (0)
int main(void) { struct stat st; struct timespec t = {0, -1}; char b[4]; (void)b;
    TRY(write(99, "x", 1)); TRY(write(1, (void *)8, 4)); TRY(read(0, (void *)8, 4)); TRY(read(-1, b, 1)); TRY(close(-5)); TRY(lseek(1, 0, SEEK_SET)); TRY(open((char *)8, O_RDONLY)); TRY(open("", O_RDONLY));
    TRY(fstat(77, &st)); TRY(mmap(NULL, 0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); TRY(munmap((void *)1, 4096)); TRY(mprotect((void *)1, 4096, 1)); TRY(nanosleep(&t, NULL)); TRY(clock_gettime(999, &t)); TRY(dup(1234)); TRY(dup2(1, -1)); TRY(writev(1, (void *)8, 1)); TRY(getcwd(b, 1)); TRY(syscall(9999)); TRY(ftruncate(0, 5)); TRY(mkdir("/proc/nothing", 0777)); return 0; }
