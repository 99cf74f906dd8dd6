/* A pipe to oneself: order, room, ends that are closed; select, poll and epoll say what is ready. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>
static int ends[2];
static void tell(int s) { char c = s; write(ends[1], &c, 1); }
static int readable(int fd, int milliseconds) {
    fd_set set; FD_ZERO(&set); FD_SET(fd, &set);
    struct timeval time = {0, milliseconds * 1000};
    return select(fd + 1, &set, NULL, NULL, &time);
}
int main(void) {
    int p[2]; char text[64] = {0}, page[4096]; ssize_t n;
    if (pipe(p)) return perror("pipe"), 1;
    printf("%zd\n", write(p[1], "hello pipe", 10));
    printf("%zd %s\n", read(p[0], text, 5), text);
    struct pollfd polled[3] = {{p[0], POLLIN | POLLOUT}, {p[1], POLLIN | POLLOUT}, {99, POLLIN}};
    printf("poll %d: %x %x %x\n", poll(polled, 3, 0), polled[0].revents, polled[1].revents, polled[2].revents);
    int out = dup(1); fflush(stdout); dup2(p[1], 1); printf("captured\n"); fflush(stdout);
    dup2(out, 1); close(out);
    n = read(p[0], text, 63); text[n] = 0; printf("[%s]\n", text);
    fcntl(p[0], F_SETFL, O_NONBLOCK);
    n = read(p[0], text, 1); printf("%zd %d\n", n, errno == EAGAIN);
    struct stat status; fstat(p[0], &status); printf("fifo %d\n", S_ISFIFO(status.st_mode));
    n = lseek(p[0], 0, SEEK_CUR); printf("seek %zd %d\n", n, errno == ESPIPE);
    close(p[1]); printf("end %zd\n", read(p[0], text, 1));
    printf("hung up %d %x\n", poll(polled, 1, 0), polled[0].revents);
    close(p[0]);
    pipe2(p, O_CLOEXEC | O_NONBLOCK);
    memset(page, 1, sizeof page);
    int total = 0; while ((n = write(p[1], page, sizeof page)) > 0) total += n;
    printf("room %d %d\n", total, errno == EAGAIN);
    signal(SIGPIPE, SIG_IGN); close(p[0]);
    n = write(p[1], "x", 1); printf("broken %zd %d\n", n, errno == EPIPE);
    pipe(ends); signal(SIGUSR1, tell); raise(SIGUSR1);
    printf("told %d", readable(ends[0], 1000)); read(ends[0], text, 1);
    printf(" %d %d\n", text[0] == SIGUSR1, readable(ends[0], 1));
    int e = epoll_create1(0), v = eventfd(3, EFD_NONBLOCK), w = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    struct epoll_event wished = {EPOLLIN, {.u64 = 42}}, found[4];
    printf("add %d", epoll_ctl(e, EPOLL_CTL_ADD, v, &wished));
    wished.data.u64 = 43; wished.events = EPOLLIN | EPOLLONESHOT; epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &wished);
    n = epoll_ctl(e, EPOLL_CTL_ADD, v, &wished); printf(" %zd %d\n", n, errno == EEXIST);
    write(ends[1], "yz", 2);
    for (int i = 0; i < 3; i++) {
        n = epoll_wait(e, found, 4, 10); int bits = 0;
        for (int k = 0; k < n; k++) bits |= found[k].data.u64 == 42 ? 1 : found[k].data.u64 == 43 ? 2 : 4;
        uint64_t value = 0; ssize_t got = read(v, &value, 8);
        printf("epoll %zd %d, %zd %d\n", n, bits, got, (int)value);
    }
    uint64_t one; while (read(w, &one, 8) == 8) printf("one %d\n", (int)one);
    printf("room %d %d\n", fcntl(p[1], F_GETPIPE_SZ), fcntl(v, F_GETPIPE_SZ));
    printf("delete %d %d\n", epoll_ctl(e, EPOLL_CTL_DEL, v, NULL), epoll_wait(e, found, 4, 0));
    fflush(stdout); signal(SIGPIPE, SIG_DFL); write(p[1], "x", 1);
    return 0;
}
