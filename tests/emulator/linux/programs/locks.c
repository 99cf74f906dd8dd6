/* Locks, holes, vectors and flags of a file in the folder it is given. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#define SHOW(call) do { errno = 0; long r = (call); printf("%s: %ld %s\n", #call, r, errno ? strerror(errno) : ""); } while (0)
int main(int argc, char **argv) {
    char path[4096], other[4096]; snprintf(path, sizeof path, "%s/f", argv[1]); snprintf(other, sizeof other, "%s/g", argv[1]);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0640), to = open(other, O_RDWR | O_CREAT, 0600); struct stat st;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
    SHOW(fcntl(fd, F_SETLK, &lock)); SHOW(fcntl(fd, F_GETLK, &lock)); printf("%d\n", lock.l_type == F_UNLCK); SHOW(flock(fd, LOCK_EX | LOCK_NB)); SHOW(lockf(fd, F_TLOCK, 3));
    SHOW(open(path, O_RDWR | O_CREAT | O_EXCL, 0600)); SHOW(fallocate(fd, 0, 0, 1000)); SHOW(ftruncate(fd, 70000)); SHOW(lseek(fd, -8, SEEK_END)); SHOW(write(fd, "the end!", 8));
    char a[4], b[6]; struct iovec parts[] = {{a, 4}, {b, 6}};
    SHOW(preadv(fd, parts, 2, 69992)); printf("%.4s%.4s\n", a, b); SHOW(pwritev(fd, parts, 2, 3)); SHOW(pread(fd, b, 6, 3)); printf("%.6s\n", b); SHOW(preadv(-1, parts, 2, 0)); SHOW(writev(fd, parts, -1));
    off_t from = 69990; SHOW(sendfile(to, fd, &from, 100)); printf("%ld\n", (long)from); SHOW(lseek(to, 0, SEEK_CUR));
    SHOW(fcntl(fd, F_SETFL, O_APPEND)); SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND)); lseek(fd, 0, SEEK_SET); SHOW(write(fd, "more", 4)); SHOW(lseek(fd, 0, SEEK_CUR)); SHOW(fcntl(fd, F_DUPFD, 100)); SHOW(fcntl(fd, 9999));
    struct timespec times[] = {{1000, 5}, {2000, 7}}; SHOW(futimens(fd, times)); SHOW(fstat(fd, &st)); printf("%ld %ld %ld %ld %o\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_mode);
    SHOW(fchmod(fd, 0604)); SHOW(chmod(other, 0400)); SHOW(fstat(fd, &st)); printf("%o %ld\n", st.st_mode, (long)st.st_size); SHOW(truncate(path, 12)); SHOW(stat(path, &st)); printf("%ld\n", (long)st.st_size);
    SHOW(fchown(fd, -1, -1)); SHOW(readlink(path, a, 4)); SHOW(mkdir(path, 0700)); SHOW(rmdir(path)); SHOW(access(path, R_OK)); SHOW(chdir(path)); SHOW(open(path, O_DIRECTORY)); SHOW(link(path, other)); SHOW(symlink("f", other));
    SHOW(close(fd)); SHOW(close(fd)); SHOW(fsync(fd)); SHOW(unlink(path)); SHOW(unlink(path)); SHOW(unlink(other)); SHOW(pread(to, b, 6, 0)); SHOW(lseek(to, -1, SEEK_SET)); SHOW(lseek(1, 0, SEEK_CUR));
    return 0;
}
