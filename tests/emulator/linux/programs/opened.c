/* What an open file knows of itself; bytes from file to file; places for mappings that one wishes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#define SHOW(call) do { errno = 0; long r = (long)(call); printf("%s: %ld %d\n", #call, r, errno); } while (0)
int main(int count, char **words) {
    if (chdir(words[1])) return perror("chdir"), 1;
    int a = open("a", O_RDWR | O_CREAT | O_CLOEXEC, 0644), b = open("b", O_RDWR | O_CREAT | O_TRUNC, 0644);
    int waiting = -1, ends[2]; off_t at = 0, to = 3; struct stat status;
    SHOW(write(a, "hello world\n", 12));
    SHOW(fcntl(a, F_GETFD)); SHOW(fcntl(b, F_GETFD)); SHOW(fcntl(dup(a), F_GETFD));
    SHOW(fcntl(b, F_SETFD, FD_CLOEXEC)); SHOW(fcntl(b, F_GETFD)); SHOW(fcntl(b, F_SETFD, 0)); SHOW(fcntl(b, F_GETFD));
    SHOW(fcntl(fcntl(b, F_DUPFD_CLOEXEC, 20), F_GETFD)); SHOW(fcntl(dup3(a, 30, O_CLOEXEC), F_GETFD));
    close(30); SHOW(fcntl(dup2(b, 30), F_GETFD)); SHOW(fcntl(30, F_GETFD));
    SHOW(fcntl(a, F_GETFL) & ~O_LARGEFILE); SHOW(fcntl(b, F_GETFL) & (O_TRUNC | O_CREAT | O_ACCMODE));
    SHOW(sendfile(b, a, &at, 5)); SHOW(at);
    lseek(a, 0, SEEK_SET); SHOW(copy_file_range(a, NULL, b, NULL, 6, 0)); SHOW(lseek(a, 0, SEEK_CUR));
    at = 1; SHOW(copy_file_range(a, &at, b, &to, 100, 0)); SHOW(at); SHOW(to); SHOW(copy_file_range(a, NULL, b, NULL, 6, 1));
    fstat(b, &status); SHOW(status.st_size);
    SHOW(fcntl(b, F_SETFL, O_APPEND)); SHOW(sendfile(b, a, NULL, 5)); SHOW(copy_file_range(a, NULL, b, NULL, 5, 0));
    SHOW(ftruncate(a, 100)); SHOW(lseek(a, 200, SEEK_DATA)); SHOW(lseek(a, 0, SEEK_HOLE) > 0); SHOW(lseek(a, 0, 9));
    lseek(a, 10, SEEK_SET); SHOW(ioctl(a, FIONREAD, &waiting)); SHOW(waiting);
    pipe2(ends, O_CLOEXEC); write(ends[1], "abc", 3); SHOW(fcntl(ends[0], F_GETFD));
    SHOW(ioctl(ends[0], FIONREAD, &waiting)); SHOW(waiting); SHOW(ioctl(0, FIONREAD, &waiting)); SHOW(waiting);
    SHOW(access("a", X_OK)); SHOW(access("a", R_OK)); chmod("a", 0755); SHOW(access("a", X_OK)); SHOW(access(".", X_OK));
    SHOW(access(".", W_OK)); SHOW(mkdir(".", 0700)); SHOW(unlink(".")); SHOW(rmdir(".")); SHOW(rename("a", ".")); SHOW(symlink("a", "."));
    SHOW(umask(077)); close(open("c", O_CREAT | O_WRONLY, 0666)); mkdir("d", 0777); SHOW(umask(022));
    stat("c", &status); SHOW(status.st_mode); stat("d", &status); SHOW(status.st_mode); SHOW(unlink("c")); SHOW(rmdir("d"));
    char *place = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *other;
    munmap(place, 65536);
    other = mmap(place + 5000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SHOW(other - place); other[0] = 5;
    SHOW(mmap(other, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == other);
    SHOW(other[0]);
    SHOW(mmap(other, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == other); SHOW(other[0]);
    return unlink("a") | unlink("b");
}
