/* The devices that every system has, and what select and poll say of the standard streams. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    char buffer[64]; struct stat st; memset(buffer, 1, sizeof buffer);
    FILE *null = fopen("/dev/null", "r+"); printf("%d %d %d\n", null != NULL, fprintf(null, "gone") , fflush(null)); rewind(null); printf("%d\n", fgetc(null)); fclose(null);
    int zero = open("/dev/zero", O_RDONLY), random = open("/dev/urandom", O_RDONLY); printf("%zd %d\n", read(zero, buffer, 60), buffer[59] + buffer[60]); printf("%zd\n", read(random, buffer, 16));
    stat("/dev/null", &st); printf("%d %lx\n", S_ISCHR(st.st_mode), (long)st.st_rdev); fstat(zero, &st); printf("%d %lx\n", S_ISCHR(st.st_mode), (long)st.st_rdev); printf("%d %d\n", access("/dev/null", W_OK), isatty(zero));
    int out = open("/dev/stdout", O_WRONLY); if (write(out, "by its name\n", 12) != 12) return 1; dup2(out, 9); close(out); dprintf(9, "by a copy\n");
    fd_set in, to; FD_ZERO(&in); FD_ZERO(&to); FD_SET(0, &in); FD_SET(1, &to); FD_SET(9, &to); struct timeval none = {0, 0};
    printf("%d", select(10, &in, &to, NULL, &none)); printf(" %d%d%d\n", FD_ISSET(0, &in), FD_ISSET(1, &to), FD_ISSET(9, &to)); FD_SET(50, &in); printf("%d %s\n", select(51, &in, NULL, NULL, &none), strerror(errno));
    struct pollfd fds[] = {{0, POLLIN, 0}, {1, POLLOUT, 0}, {77, POLLIN, 0}, {-1, POLLIN, 0}}; printf("%d %d %d %d %d\n", poll(fds, 4, 0), fds[0].revents != 0, fds[1].revents == POLLOUT, fds[2].revents == POLLNVAL, fds[3].revents);
    return 0;
}
