"""The system calls that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from rvx.emulator.linux import (
    file_calls as files,
)
from rvx.emulator.linux import (
    identity_calls as identity,
)
from rvx.emulator.linux import (
    memory_calls as memory,
)
from rvx.emulator.linux import (
    signal_calls as signals,
)
from rvx.emulator.linux import (
    time_calls as times,
)
from rvx.emulator.linux.names import NAMES
from rvx.emulator.linux.process import Process
from rvx.records import dataclass

Call = Callable[[Process, Sequence[int]], int]


@dataclass(frozen=True)
class Row:
    """A system call.

    Attributes:
        number: what a7 holds.
        name: as Linux calls it.
        call: performs it: gets the process and a0 to a5, and gives the result.
    """

    number: int
    name: str
    call: Call


_CALLS: dict[str, Call] = {
    # Files.
    "getcwd": files.getcwd,
    "dup": files.dup,
    "dup3": files.dup3,
    "fcntl": files.fcntl,
    "ioctl": files.ioctl,
    "mkdirat": files.mkdirat,
    "unlinkat": files.unlinkat,
    "renameat": files.renameat,
    "renameat2": files.renameat2,
    "ftruncate": files.ftruncate,
    "faccessat": files.faccessat,
    "faccessat2": files.faccessat,
    "chdir": files.chdir,
    "openat": files.openat,
    "close": files.close,
    "getdents64": files.getdents64,
    "lseek": files.lseek,
    "read": files.read,
    "write": files.write,
    "readv": files.readv,
    "writev": files.writev,
    "pread64": files.pread64,
    "pwrite64": files.pwrite64,
    "ppoll": files.poll(),
    "pipe2": files.pipe2,
    "eventfd2": files.eventfd2,
    "epoll_create1": files.epoll_create1,
    "epoll_ctl": files.epoll_ctl,
    "epoll_pwait": files.epoll_pwait,
    "epoll_pwait2": files.epoll_pwait2,
    "readlinkat": files.readlinkat,
    "newfstatat": files.newfstatat,
    "fstat": files.fstat,
    "statx": files.statx,
    "truncate": files.truncate,
    "fallocate": files.fallocate,
    "preadv": files.preadv,
    "pwritev": files.pwritev,
    "sendfile": files.sendfile,
    "copy_file_range": files.copy_file_range,
    "pselect6": files.select(),
    "fchdir": files.fchdir,
    "close_range": files.close_range,
    "flock": files.fsync,
    "symlinkat": files.symlinkat,
    "linkat": files.linkat,
    "mknodat": files.mknodat,
    "fchmod": files.fchmod,
    "fchmodat": files.fchmodat,
    "fchown": files.fchown,
    "fchownat": files.fchownat,
    "utimensat": files.utimensat(),
    "statfs": files.statfs,
    "fstatfs": files.fstatfs,
    **dict.fromkeys(
        """
        setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr
        flistxattr removexattr lremovexattr fremovexattr
        """.split(),
        files.without_attributes,
    ),
    "syncfs": files.fsync,
    "sync_file_range": files.fsync,
    "readahead": files.fsync,
    "fsync": files.fsync,
    "fdatasync": files.fsync,
    "sync": memory.nothing_to_do,
    "fadvise64": memory.nothing_to_do,
    "umask": identity.umask,
    # Memory.
    "brk": memory.brk,
    "munmap": memory.munmap,
    "mremap": memory.mremap,
    "mmap": memory.mmap,
    "mprotect": memory.mprotect,
    "madvise": memory.madvise,
    "mincore": memory.mincore,
    "msync": memory.nothing_to_do,
    "mlock": memory.nothing_to_do,
    "mlock2": memory.nothing_to_do,
    "mlockall": memory.nothing_to_do,
    "munlockall": memory.nothing_to_do,
    "munlock": memory.nothing_to_do,
    "riscv_flush_icache": memory.nothing_to_do,
    # Time.
    "nanosleep": times.nanosleep,
    "clock_gettime": times.clock_gettime(),
    "clock_getres": times.clock_getres(),
    "clock_nanosleep": times.clock_nanosleep(),
    "gettimeofday": times.gettimeofday,
    "clock_settime": identity.not_allowed,
    "settimeofday": identity.not_allowed,
    "getitimer": times.getitimer,
    "setitimer": times.setitimer,
    "timer_create": times.timer_create,
    "timer_settime": times.timer_settime(),
    "timer_gettime": times.timer_gettime(),
    "timer_getoverrun": times.timer_getoverrun,
    "timer_delete": times.timer_delete,
    "times": times.times,
    "getrusage": times.getrusage,
    # Signals.
    "kill": signals.kill,
    "tkill": signals.tkill,
    "tgkill": signals.tgkill,
    "sigaltstack": signals.sigaltstack,
    "rt_sigaction": signals.rt_sigaction,
    "rt_sigprocmask": signals.rt_sigprocmask,
    "rt_sigpending": signals.rt_sigpending,
    "rt_sigtimedwait": signals.rt_sigtimedwait(),
    "rt_sigsuspend": signals.rt_sigsuspend,
    "rt_sigqueueinfo": signals.rt_sigqueueinfo,
    # The process and its machine.
    "exit": identity.exit_process,
    "exit_group": identity.exit_process,
    "set_tid_address": identity.process_id,
    "set_robust_list": identity.constant(0),
    "futex": identity.futex,
    "clone3": identity.missing,  # C libraries then ask for clone, of which the user is told.
    "wait4": identity.no_children,
    "waitid": identity.no_children,
    "prctl": identity.prctl,
    "getpriority": identity.constant(20),
    "setpriority": identity.constant(0),
    "sched_setaffinity": identity.constant(0),
    "sched_setscheduler": identity.constant(0),
    "sched_getscheduler": identity.constant(0),
    "sched_setparam": identity.constant(0),
    "sched_getparam": identity.sched_getparam,
    "sched_get_priority_max": identity.constant(0),
    "sched_get_priority_min": identity.constant(0),
    "setsid": identity.not_allowed,
    "setpgid": identity.not_allowed,
    "chroot": identity.not_allowed,
    "sethostname": identity.not_allowed,
    "setdomainname": identity.not_allowed,
    "setgroups": identity.not_allowed,
    "getgroups": identity.constant(0),
    "setuid": identity.set_user,
    "setgid": identity.set_user,
    "setreuid": identity.set_two_users,
    "setregid": identity.set_two_users,
    "setresuid": identity.set_users,
    "setresgid": identity.set_users,
    "rseq": identity.missing,
    "membarrier": identity.missing,
    "sched_getaffinity": identity.sched_getaffinity,
    "sched_yield": identity.constant(0),
    "uname": identity.uname,
    "getcpu": identity.getcpu,
    "getpid": identity.process_id,
    "getppid": identity.constant(1),
    "gettid": identity.process_id,
    "getpgid": identity.process_id,
    "getsid": identity.process_id,
    "getuid": identity.user,
    "geteuid": identity.user,
    "getgid": identity.user,
    "getegid": identity.user,
    "getresuid": identity.three_users,
    "getresgid": identity.three_users,
    "sysinfo": identity.sysinfo,
    "prlimit64": identity.prlimit64,
    "getrandom": identity.getrandom,
    "riscv_hwprobe": identity.riscv_hwprobe,
}
_CALLS_OF_RV32: dict[str, Call] = {
    "clock_gettime64": times.clock_gettime(8),
    "clock_getres_time64": times.clock_getres(8),
    "clock_nanosleep_time64": times.clock_nanosleep(8),
    "clock_settime64": identity.not_allowed,
    "pselect6_time64": files.select(8),
    "ppoll_time64": files.poll(8),
    "timer_settime64": times.timer_settime(8),
    "timer_gettime64": times.timer_gettime(8),
    "rt_sigtimedwait_time64": signals.rt_sigtimedwait(8),
    "utimensat_time64": files.utimensat(8),
    "futex_time64": identity.futex_time64,
}
"""Calls with times of 64 bits, which RV64 has under other numbers."""


STOPPING = frozenset(
    "exit exit_group rt_sigreturn mmap munmap mremap mprotect setitimer timer_settime "
    "timer_settime64".split()
)
"""Calls for which the core is stopped.

Others are performed while it waits in a hook, where it must not see other pages than before.
"""


WITHOUT = {
    **dict.fromkeys(
        "clone execve execveat unshare setns".split(),
        "a program is one process with one thread",
    ),
    "signalfd4": "signals come to handlers, and to sigwait",
    **dict.fromkeys(
        """
        socket socketpair bind listen accept accept4 connect sendto recvfrom sendmsg recvmsg
        """.split(),
        "there is no network",
    ),
    "timerfd_create": "timers send signals",
    **dict.fromkeys("shmget memfd_create".split(), "memory is shared with nobody"),
}
"""Why there are no calls of some names that ordinary programs use."""


def _rows(xlen: int) -> Iterator[Row]:
    calls = _CALLS | (_CALLS_OF_RV32 if xlen == 32 else {})
    for number, name in NAMES.items():
        if name in calls:
            yield Row(number, name, calls[name])


@cache
def table(xlen: int) -> dict[int, Row]:
    """The calls of RV32 or RV64 by number."""
    return {row.number: row for row in _rows(xlen)}
