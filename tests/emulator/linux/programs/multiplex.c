/* pipe, dup2, poll, select, epoll, eventfd: who waits for what. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>
static volatile int pipes;
static void broken(int s) { pipes++; }
int main(void) {
    int p[2], q[2]; pipe(p); pipe2(q, O_NONBLOCK | O_CLOEXEC);
    struct pollfd f[3] = {{p[0], POLLIN}, {p[1], POLLOUT}, {99, POLLIN}};
    int n = poll(f, 3, 0); printf("%d %d %d %d\n", n, f[0].revents, f[1].revents, f[2].revents);
    write(p[1], "hello", 5); n = poll(f, 2, -1); printf("%d %d %d\n", n, f[0].revents, f[1].revents);
    char b[64]; n = read(q[0], b, 1); printf("%d %d\n", n, errno == EAGAIN);
    fd_set r, w; FD_ZERO(&r); FD_ZERO(&w); FD_SET(p[0], &r); FD_SET(q[0], &r); FD_SET(q[1], &w);
    struct timeval t = {1, 0}; n = select(q[1] + 1, &r, &w, 0, &t); printf("%d %d %d %d\n", n, !!FD_ISSET(p[0], &r), !!FD_ISSET(q[0], &r), !!FD_ISSET(q[1], &w));
    int e = epoll_create1(0), v = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = 77}, got[4];
    printf("%d", epoll_ctl(e, EPOLL_CTL_ADD, v, &ev)); ev.data.u64 = 88; ev.events = EPOLLIN | EPOLLET; printf(" %d", epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev));
    printf(" %d %d\n", epoll_ctl(e, EPOLL_CTL_ADD, v, &ev), errno == EEXIST);
    n = epoll_wait(e, got, 4, 10); printf("%d:", n); for (int i = 0; i < n; i++) printf(" %llu %x", (unsigned long long)got[i].data.u64, got[i].events); printf("\n");
    n = epoll_wait(e, got, 4, 0); printf("%d\n", n);
    unsigned long long c; for (int i = 0; i < 4; i++) { n = read(v, &c, 8); printf("%d %llu ", n, n > 0 ? c : 0); } printf("%d\n", errno == EAGAIN);
    fflush(stdout); int saved = dup(1); dup2(q[1], 1); printf("through the pipe\n"); fflush(stdout); dup2(saved, 1); close(saved);
    n = read(q[0], b, sizeof b); printf("%d %.*s", n, n, b);
    struct iovec io[3] = {{"ab", 2}, {"", 0}, {"cdef", 4}}; n = writev(q[1], io, 3); char x[2], y[9] = {0}; struct iovec in[2] = {{x, 2}, {y, 8}}; int m = readv(q[0], in, 2); printf("%d %d %.2s %s\n", n, m, x, y);
    close(p[1]); n = read(p[0], b, 64); int z = read(p[0], b + 8, 1); printf("%d %d\n", n, z); n = poll(f, 1, 0); printf("%d %d\n", n, f[0].revents);
    signal(SIGPIPE, broken); close(q[0]); n = write(q[1], "x", 1); printf("%d %d %d\n", n, errno == EPIPE, pipes);
    f[0].fd = q[1]; f[0].events = POLLOUT; n = poll(f, 1, 0); printf("%d %x\n", n, f[0].revents);
    printf("%d %d\n", fcntl(v, F_GETFL) & O_NONBLOCK, fcntl(q[1], F_GETFD)); 
    printf("%d %d\n", (int)lseek(v, 0, SEEK_SET), errno == ESPIPE);
    return 0;
}
