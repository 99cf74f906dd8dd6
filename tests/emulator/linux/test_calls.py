"""System calls that the programs do not make, and what all of them have in common."""

from __future__ import annotations

import errno
import gc
import signal
import struct
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings
from rvx.emulator.linux.names import NAMES
from rvx.emulator.linux.scratch import erase_all
from rvx.emulator.linux.stack import TooManyArguments
from rvx.emulator.linux.table import table
from rvx.extensions import isa_for
from tests.emulator.linux.programs import build, by_rvx, machine_for

CODE = "_start: li a7, 93\n ecall\n.data\nroom: .space 8192\n"


def machine(xlen: int = 64, **given: Any) -> Machine:
    isa = isa_for(f"rv{xlen}gc")
    return Machine(assemble(CODE, isa), isa, settings=Settings(**given))


def call(made: Machine, name: str, *arguments: int) -> int:
    numbers = {row.name: number for number, row in table(made.isa.xlen).items()}
    padded = [value % (1 << made.isa.xlen) for value in (*arguments, 0, 0, 0, 0, 0, 0)][:6]
    return made.system.call(numbers[name], padded)[0]


def test_every_call_has_a_name_of_linux() -> None:
    for xlen in (32, 64):
        assert all(NAMES[number] == row.name for number, row in table(xlen).items())
    assert NAMES[64] == "write"
    assert NAMES[258] == "riscv_hwprobe"
    assert NAMES[293] == "rseq"


@pytest.mark.parametrize("xlen", [32, 64])
def test_bad_arguments_are_errors_and_nothing_else(xlen: int) -> None:
    """Every call with arguments that make no sense: a number comes back."""
    top = (1 << xlen) - 1
    for bad in (top, 1 << xlen - 1, 1, 0x123456789 & top, 4095):
        made = machine(xlen)
        for number, row in table(xlen).items():
            if row.name in ("exit", "exit_group", "kill", "tkill", "tgkill"):
                continue
            value, ended = made.system.call(number, [bad] * 6)
            assert isinstance(value, int), row.name
            assert ended in (None, 128 + signal.SIGKILL), row.name  # Some would wait for ever.
            made.system.begin()


def test_a_call_that_is_not_there_is_noted_once() -> None:
    notes: list[str] = []
    isa = isa_for("rv64gc")
    source = "_start: li s0, 2\n1: li a7, 198\n ecall\n mv s1, a0\n addi s0, s0, -1\n bnez s0, 1b\n"
    made = Machine(assemble(source + "li a7, 93\n ecall\n", isa), isa, on_note=notes.append)
    made.run()
    assert made.register("s1") == 2**64 - errno.ENOSYS
    assert len(notes) == 1
    assert notes[0].startswith(
        "system call 198, socket, is not there: it gives ENOSYS; there is no network (at 0x"
    )
    assert "<_start" in notes[0]


def test_random_numbers_come_from_the_seed() -> None:
    def drawn(seed: int) -> bytes:
        made = machine(seed=seed)
        at = made.symbol("room")
        assert call(made, "getrandom", at, 16) == 16
        return made.array(at, "uint8", 16).tobytes()

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize("xlen", [32, 64])
def test_the_stack_of_a_program(xlen: int) -> None:
    made = machine(xlen, arguments=["one", "two words"], environment=["A=B"])
    sp = made.register("sp")
    assert sp % 16 == 0
    longs = made.array(sp, f"uint{xlen}", 40)
    assert longs[0] == 3
    texts = [made.system.process.text(int(at)) for at in longs[1:6] if at]
    assert texts[1:] == [b"one", b"two words", b"A=B"]
    assert longs[4] == longs[6] == 0
    vector = dict(zip(longs[7::2].tolist(), longs[8::2].tolist(), strict=False))
    assert vector[6] == 4096
    assert vector[9] == made.executable.entry
    assert made.memory.holds(vector[25], 16)
    assert made.system.process.text(vector[31]) == b"<program>"


def test_arguments_that_do_not_fit() -> None:
    isa = isa_for("rv64gc")
    with pytest.raises(TooManyArguments, match="may take a quarter of the stack"):
        Machine(assemble(CODE, isa), isa, memory=1 << 16, settings=Settings(arguments=["x" * 9000]))


def test_memory_that_is_taken_away_is_gone() -> None:
    """What was protected faults, in every way of reaching it; what is given back is zeros."""
    made = machine()
    at = call(made, "mmap", 0, 8192, 3, 0x22, -1, 0)
    made.array(at, "uint8", 8192)[:] = 7
    assert call(made, "mprotect", at, 4096, 0) == 0
    assert not made.memory.holds(at, 1)
    assert made.memory.holds(at + 4096, 1)
    assert call(made, "read", 0, at, 1) == -errno.EFAULT
    assert call(made, "write", 1, at, 1) == -errno.EFAULT
    assert call(made, "munmap", at, 8192) == 0
    assert call(made, "mmap", 0, 8192, 3, 0x22, -1, 0) == at
    assert not made.array(at, "uint8", 8192).any()


def test_no_bytes_go_anywhere() -> None:
    """As Linux does: the descriptor is looked at, the address of no bytes is not."""
    made = machine()
    for at in (0, 8, 1 << 40):
        assert call(made, "read", 0, at, 0) == 0
        assert call(made, "read", 1, at, 0) == -errno.EBADF
        assert call(made, "write", 1, at, 0) == 0
        assert call(made, "getrandom", at, 0) == 0


def test_a_guard_within_the_heap() -> None:
    """musl's allocator takes a page of the heap for nobody."""
    made = machine()
    first = -(-call(made, "brk", 0) // 4096) * 4096
    assert call(made, "brk", first + 4 * 4096) == first + 4 * 4096
    made.array(first, "uint8", 4 * 4096)[:] = 7
    assert call(made, "mmap", first + 4096, 4096, 0, 0x32, -1, 0) == first + 4096
    assert not made.memory.holds(first + 4096, 1)
    assert made.memory.holds(first + 8192, 1)
    assert call(made, "mprotect", first + 4096, 4096, 3) == 0
    assert not made.array(first + 4096, "uint8", 4096).any()
    assert made.array(first + 8192, "uint8", 1)[0] == 7


FAULTING = """
_start: li a0, 0
 li a1, 4096
 li a2, 3
 li a3, 0x22
 li a4, -1
 li a5, 0
 li a7, 222
 ecall
 mv s0, a0
 li t0, 500
1: sd t0, 0(s0)
 ld t1, 0(s0)
 addi t0, t0, -1
 bnez t0, 1b
 li a2, {protection}
 li a7, 226
 ecall
 li t0, 500
2: ld t1, 0(s0)
 {access}
 addi t0, t0, -1
 bnez t0, 2b
 li a0, 0
 li a7, 93
 ecall
"""


@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
@pytest.mark.parametrize(
    ("protection", "access", "kind"),
    [
        (0, "nop", "load from"),
        (1, "sd t1, 8(s0)", "store to"),
        (1, "nop", ""),
        (3, "sd t1, 8(s0)", ""),
    ],
)
def test_protected_pages_fault_in_every_tier(
    tier: Any, protection: int, access: str, kind: str
) -> None:
    isa = isa_for("rv64gc")
    source = FAULTING.format(protection=protection, access=access)
    result = Machine(assemble(source, isa), isa, tier=tier).run()
    if kind:
        assert result.trap is not None
        assert result.trap.message.startswith(kind)
        assert result.trap.message.endswith("8 bytes at 0x" + f"{_mapped(result.trap.message):x}")
    else:
        assert (result.trap, result.exit_code) == (None, 0)


def _mapped(message: str) -> int:
    return int(message.rpartition("0x")[2], 16)


def test_memory_is_bounded() -> None:
    """A program that asks for more than it may have is told so, and the user as well."""
    notes: list[str] = []
    isa = isa_for("rv64gc")
    made = Machine(assemble(CODE, isa), isa, memory=1 << 24, on_note=notes.append)
    assert call(made, "mmap", 0, 1 << 25, 3, 0x22, -1, 0) == -errno.ENOMEM
    assert notes == ["the program has asked for more memory than it may have; see --memory"]
    first = call(made, "brk", 0)
    assert call(made, "brk", first + (1 << 25)) == first
    taken = 0
    while call(made, "mmap", 0, 1 << 20, 3, 0x22, -1, 0) > 0:
        taken += 1
    assert taken == 11  # A quarter is the stack, and a part of it is kept free below.


@pytest.mark.parametrize(
    "options",
    [{"tier": "trap"}, {"tier": "region"}, {"backend": "python"}, {"by_pointer": False}],
    ids=str,
)
def test_what_is_read_over_code_is_what_runs_next(options: dict[str, Any]) -> None:
    source = """
            .section .made, "awx"
    made:   li a0, 1
            ret
            .text
            .globl _start
    _start: li s1, 3
    1:      call made
            add s2, s2, a0
            li a0, 0
            la a1, made
            li a2, 4
            li a7, 63
            ecall
            add s2, s2, a0
            addi s1, s1, -1
            bnez s1, 1b
            mv a0, s2
            li a7, 93
            ecall
    """
    isa = isa_for("rv64g")
    given = b"".join((value << 20 | 0x513).to_bytes(4, "little") for value in (10, 20, 30))
    machine = Machine(assemble(source, isa), isa, settings=Settings(stdin=given), **options)
    result = machine.run()
    assert (result.exit_code, result.trap) == (1 + 10 + 20 + 3 * 4, None)
    assert result.by_mnemonic["ecall"] == 4


@pytest.mark.parametrize("xlen", [64, 32])
@pytest.mark.parametrize("by_pointer", [True, False])
def test_errors_reach_the_program_as_negative_numbers(by_pointer: bool, xlen: int) -> None:
    source = """
    _start: li a0, -1
            li a7, 57       # close
            ecall
            addi a0, a0, 100
            li a7, 93
            ecall
    """
    isa = isa_for(f"rv{xlen}gc")
    result = Machine(assemble(source, isa), isa, by_pointer=by_pointer).run()
    assert (result.exit_code, result.trap) == (100 - errno.EBADF, None)


def test_sleeping_takes_no_time_and_moves_the_clock() -> None:
    made = machine()
    at = made.symbol("room")
    made.array(at, "int64", 2)[:] = (3600, 5)
    assert call(made, "nanosleep", at, 0) == 0
    assert call(made, "clock_gettime", 1, at) == 0
    assert tuple(made.array(at, "int64", 2)) == (3600, 5)


def test_rv32_has_times_of_both_sizes() -> None:
    made = machine(32)
    at = made.symbol("room")
    assert call(made, "clock_gettime64", 0, at) == 0
    seconds, nanoseconds = struct.unpack("<qq", made.array(at, "uint8", 16).tobytes())
    assert call(made, "clock_gettime", 0, at + 16) == 0
    assert struct.unpack("<Ii", made.array(at + 16, "uint8", 8).tobytes()) == (seconds, nanoseconds)


def test_hwprobe_says_what_the_isa_has() -> None:
    made = machine()
    at = made.symbol("room")
    made.array(at, "int64", 6)[:] = (4, 0, 3, 0, 999, 7)
    assert call(made, "riscv_hwprobe", at, 3, 0, 0, 0) == 0
    assert list(made.array(at, "int64", 6)) == [4, 3, 3, 1, -1, 0]


def test_folders_are_listed_in_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / name).touch()
    made = machine(readable=[str(tmp_path)])
    at = made.symbol("room")
    made.array(at, "uint8", 4096)[: len(str(tmp_path)) + 1] = list(str(tmp_path).encode() + b"\0")
    folder = call(made, "openat", -100, at, 0o200000, 0)
    names = []
    while size := call(made, "getdents64", folder, at, 64):
        data = made.array(at, "uint8", size).tobytes()
        while data:
            length = int.from_bytes(data[16:18], "little")
            names.append(data[19:length].split(b"\0")[0])
            data = data[length:]
    assert names == [b".", b"..", b"a", b"b", b"c"]


HOLDING = """
#include <signal.h>
#include <stdio.h>
static volatile int seen, inside;
static void note(int s) { seen++; }
static void during(int s) { raise(SIGUSR2); inside = seen; }
int main(void) {
    struct sigaction holding = {0}; holding.sa_handler = during;
    sigaddset(&holding.sa_mask, SIGUSR2); sigaction(SIGHUP, &holding, NULL);
    signal(SIGUSR2, note); raise(SIGHUP); int now = seen;
    return printf("held %d, then %d\\n", inside, now) < 0;
}
"""


def test_what_a_handler_holds_back_comes_when_it_returns(tmp_path: Path) -> None:
    """QEMU 7.2 reads the mask of an action from another place, and is no witness here."""
    (tmp_path / "holding.c").write_text(HOLDING)
    ending, _ = by_rvx(build(tmp_path / "holding.c", tmp_path))
    assert ending.output == b"held 0, then 1\n"


WAITING = """
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static int order[9], count;
static void note(int s) { order[count++] = s; }
int main(void) {
    sigset_t all, before;
    sigfillset(&all); sigprocmask(SIG_BLOCK, &all, &before);
    signal(SIGHUP, note); signal(SIGUSR1, note); signal(SIGUSR2, note); signal(SIGSEGV, note);
    raise(SIGCHLD); raise(SIGWINCH); raise(SIGURG); raise(SIGCONT);
    kill(getpid(), SIGUSR1); kill(getpid(), SIGHUP); raise(SIGUSR2); raise(SIGUSR1);
    raise(SIGSEGV); raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < count; i++) printf("%d ", order[i]);
    return 0;
}
"""


def test_signals_that_wait_are_taken_as_linux_takes_them(tmp_path: Path) -> None:
    """Of faults, of the thread, of the process; the last one's handler is the first to run.

    A second SIGUSR1 waits for the handler of the first; those that do nothing do nothing when they
    have waited. QEMU takes all of them by number alone.
    """
    (tmp_path / "waiting.c").write_text(WAITING)
    ending, result = by_rvx(build(tmp_path / "waiting.c", tmp_path))
    assert ending.output == b"1 12 10 10 11 "
    assert not result.ended_by


WAITS = {
    "pause": "pause();",
    "sigwait": "sigset_t set; int got; sigfillset(&set); sigwait(&set, &got);",
    "poll": "poll(NULL, 0, -1);",
    "pipe": "int ends[2]; char byte; pipe(ends); read(ends[0], &byte, 1);",
    "semaphore": "sem_t one; sem_init(&one, 0, 0); sem_wait(&one);",
}
WAIT = """
#define _GNU_SOURCE
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **words) {
    for (;;) switch (atoi(words[1])) {
"""


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waiting")
    cases = "".join(f"case {i}: {{ {code} }} break;\n" for i, code in enumerate(WAITS.values()))
    (folder / "waits.c").write_text(f"{WAIT}{cases}}}}}\n")
    return build(folder / "waits.c", folder)


@pytest.mark.parametrize("number", range(len(WAITS)), ids=list(WAITS))
def test_a_program_that_would_wait_for_ever_is_ended(waiting: Path, number: int) -> None:
    notes: list[str] = []
    made, _ = machine_for(waiting, arguments=[str(number)], on_note=notes.append)
    result = made.run(10_000_000)
    assert result.ended_by == signal.SIGKILL
    assert len(notes) == 1
    assert notes[0].startswith("the program waits for ever, as nobody else is there, and is ended")


def test_a_mapping_that_may_replace_nothing() -> None:
    """QEMU 7.2 does not know MAP_FIXED_NOREPLACE, and is no witness here."""
    made, flags = machine(), 0x100022
    at = call(made, "mmap", 0, 8192, 3, 0x22, -1, 0)
    assert call(made, "mmap", at, 4096, 3, flags, -1, 0) == -errno.EEXIST
    assert call(made, "mmap", at - 4096, 8192, 3, flags, -1, 0) == -errno.EEXIST
    assert call(made, "mmap", at - 4096, 4096, 3, flags, -1, 0) == at - 4096
    assert call(made, "mmap", made.memory.heap - 4096, 4096, 3, flags, -1, 0) == -errno.EEXIST


def _openat(made: Machine, path: bytes, flags: int = 0, mode: int = 0o600) -> int:
    at = made.symbol("room") + 4096
    made.array(at, "uint8", len(path) + 1)[:] = list(path + b"\0")
    return call(made, "openat", -100, at, flags, mode)


_CREATE, _WRITE, _READ_WRITE = 0o100, 1, 2


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *((name, 77) for name in "read write readv writev pread64 pwrite64 preadv pwritev".split()),
        *((name, 0) for name in "write writev pwrite64 pwritev".split()),
        *((name, 1) for name in "read readv pread64 preadv".split()),
    ],
)
def test_a_file_that_is_not_open_for_it_comes_before_a_bad_address(name: str, file: int) -> None:
    assert call(machine(), name, file, 8, 5) == -errno.EBADF
    good = 1 if file == 0 or (file == 77 and "write" in name) else 0
    if name in ("read", "write", "readv", "writev"):
        assert call(machine(stdin=b"text"), name, good, 8, 5) == -errno.EFAULT


def test_temporary_files_are_the_runs_own() -> None:
    made, other = machine(), machine()
    assert _openat(made, b"/tmp/rvx-one") == -errno.ENOENT
    number = _openat(made, b"/tmp/rvx-one", _CREATE | _READ_WRITE)
    room = made.symbol("room")
    made.array(room, "uint8", 5)[:] = list(b"words")
    assert call(made, "write", number, room, 5) == 5
    assert _openat(other, b"/tmp/rvx-one") == -errno.ENOENT
    assert not Path("/tmp/rvx-one").exists()
    scratch = made.system.process.sandbox._scratch
    assert scratch is not None
    folder = Path(scratch.path)
    assert (folder / "rvx-one").read_bytes() == b"words"
    assert _openat(made, b"/tmp/../etc/passwd") == -errno.EACCES
    (folder / "away").symlink_to("/etc/passwd")
    assert _openat(made, b"/tmp/away") == -errno.EACCES
    erase_all()
    assert not folder.exists()


def test_temporary_files_are_erased_with_the_machine() -> None:
    made = machine()
    assert _openat(made, b"/tmp/x", _CREATE | _READ_WRITE) > 0
    scratch = made.system.process.sandbox._scratch
    assert scratch is not None
    folder = Path(scratch.path)
    assert folder.exists()
    del made, scratch
    gc.collect()
    assert not folder.exists()


def test_temporary_files_are_as_large_as_the_memory() -> None:
    isa = isa_for("rv64gc")
    made = Machine(assemble(CODE, isa), isa, memory=4 << 20)
    piece, at = 1 << 20, made.memory.heap
    other = _openat(made, b"/tmp/y", _CREATE | _READ_WRITE)
    for flags in (_CREATE | _READ_WRITE, 0o1000 | _READ_WRITE):  # The second time cut off first.
        number = _openat(made, b"/tmp/x", flags)
        written = 0
        while (done := call(made, "write", number, at, piece)) > 0:
            written += done
        assert done == -errno.ENOSPC
        assert 3 * piece <= written <= 4 * piece
    assert call(made, "unlinkat", -100, made.symbol("room") + 4096) == 0
    assert call(made, "pwrite64", other, at, piece) == -errno.ENOSPC  # The first is still open.
    assert call(made, "close", number) == 0
    assert call(made, "close", number - 1) == 0
    assert call(made, "pwrite64", other, at, piece) == piece


@pytest.mark.parametrize("name", ["openat", "mkdirat", "mknodat", "symlinkat"])
def test_there_is_an_end_to_empty_temporary_files(name: str) -> None:
    isa = isa_for("rv64gc")
    made = Machine(assemble(CODE, isa), isa, memory=1 << 20)
    room = made.symbol("room")

    def make(path: bytes) -> int:
        at = room + 4096
        made.array(at, "uint8", len(path) + 1)[:] = list(path + b"\0")
        if name == "openat":
            number = call(made, name, -100, at, _CREATE | _READ_WRITE, 0o600)
            return call(made, "close", number) if number >= 0 else number
        made.array(room, "uint8", 2)[:] = list(b"x\0")
        arguments = (room, -100, at) if name == "symlinkat" else (-100, at, 0o700)
        return call(made, name, *arguments)

    results = [make(b"/tmp/%d" % number) for number in range(300)]
    assert results[:200] == [0] * 200
    assert results[-1] == -errno.ENOSPC
    if name == "openat":  # What is there is opened all the same.
        assert _openat(made, b"/tmp/7", _CREATE | _READ_WRITE) > 0
    for number in range(100):
        at = room + 4096
        path = b"/tmp/%d\0" % number
        made.array(at, "uint8", len(path))[:] = list(path)
        assert call(made, "unlinkat", -100, at, 0x200 if name == "mkdirat" else 0) == 0
    assert make(b"/tmp/again") == 0


def test_a_folder_of_the_host_comes_before_temporary_files(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("host")
    made = machine(readable=[str(tmp_path)])
    assert _openat(made, bytes(tmp_path / "text")) > 0
    assert _openat(made, bytes(tmp_path / "text"), _WRITE) == -errno.EACCES


def test_proc_tells_of_the_program() -> None:
    made = machine(arguments=["one", "two"], environment=["A=1"])

    def contents(path: bytes) -> bytes:
        number, room = _openat(made, path), made.symbol("room")
        size = call(made, "read", number, room, 4096)
        return bytes(made.array(room, "uint8", size))

    assert contents(b"/proc/self/cmdline") == b"<program>\0one\0two\0"
    assert contents(b"/proc/1000/environ") == b"A=1\0"
    assert contents(b"/proc/self/exe")[:4] == b"\x7fELF"
    assert b"isa\t\t: rv64imafdc_zicsr_zifencei\n" in contents(b"/proc/cpuinfo")
    memory = made.memory
    rows = contents(b"/proc/self/maps").decode().splitlines()
    places = [[int(one, 16) for one in row.split()[0].split("-")] for row in rows]
    assert places == sorted(places)
    stack = next(row for row in rows if row.endswith("[stack]"))
    assert stack.startswith(f"{memory.stack_bottom:08x}-{memory.end:08x} rw-p ")
    assert not any(begin < memory.stack_bottom and memory.heap_end < end for begin, end in places)
    for path in (b"/proc/self/maps", b"/proc/cpuinfo"):
        assert _openat(made, path, _WRITE) == -errno.EACCES
    assert _openat(made, b"/proc/1/maps") == -errno.ENOENT
    assert _openat(made, b"/proc/self/root/etc/passwd") == -errno.ENOENT


def _shared(made: Machine, path: bytes, size: int) -> tuple[int, int]:
    """A new file of so many zeros, and where it is mapped."""
    number = _openat(made, path, _CREATE | _READ_WRITE)
    assert call(made, "ftruncate", number, size) == 0
    return number, call(made, "mmap", 0, size, 3, 1, number, 0)


@pytest.mark.parametrize("end", ["munmap", "msync", "close", "fault"])
def test_a_file_has_what_was_stored_in_shared_memory(tmp_path: Path, end: str) -> None:
    made = machine(writable=[str(tmp_path)])
    number, at = _shared(made, bytes(tmp_path / "file"), 5000)
    made.array(at + 4999, "uint8", 3)[:] = [7, 8, 9]
    assert (tmp_path / "file").read_bytes() == bytes(5000)
    if end == "fault":
        assert made.run(max_instructions=1).trap is not None
    else:
        arguments = (number,) if end == "close" else (at, 5000, 4)
        assert call(made, end, *arguments) == 0
    assert (tmp_path / "file").read_bytes() == bytes(4999) + b"\7"  # No longer than before.


def test_shared_memory_has_what_was_written_to_the_file(tmp_path: Path) -> None:
    made = machine(writable=[str(tmp_path)])
    number, at = _shared(made, bytes(tmp_path / "file"), 3 * 4096)
    made.array(at, "uint8", 12288)[:] = 5
    assert call(made, "munmap", at + 4096, 4096) == 0
    assert call(made, "pwrite64", number, at, 8, 8192) == 8
    assert call(made, "pwrite64", number, made.symbol("room"), 4, 4) == 4
    made.array(at + 8192, "uint8", 1)[0] = 6
    assert list(made.array(at, "uint8", 10)) == [5] * 4 + [0] * 4 + [5] * 2
    assert call(made, "ftruncate", number, 8200) == 0
    contents = (tmp_path / "file").read_bytes()
    assert contents == bytes([5] * 4 + [0] * 4 + [5] * 8184 + [6] + [5] * 7)


def test_who_may_share_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(4096))
    made = machine(writable=[str(tmp_path)])
    flags = (0, _WRITE, 0o2000 | _READ_WRITE)
    read_only, write_only, appending = (
        _openat(made, bytes(tmp_path / "file"), one) for one in flags
    )
    assert call(made, "mmap", 0, 4096, 1, 1, read_only, 0) > 0
    assert call(made, "mmap", 0, 4096, 3, 2, read_only, 0) > 0  # A copy of one's own.
    for number, protection in ((read_only, 3), (write_only, 1), (appending, 3)):
        assert call(made, "mmap", 0, 4096, protection, 1, number, 0) == -errno.EACCES


def test_a_mapping_moves_to_where_it_is_wished() -> None:
    made = machine()
    at, to = (call(made, "mmap", 0, 4 * 4096, 3, 0x22, -1, 0) for _ in range(2))
    made.array(at, "uint8", 8192)[:] = 3
    made.array(to, "uint8", 16384)[:] = 4
    assert call(made, "mremap", at, 8192, 12288, 2, to) == -errno.EINVAL
    assert call(made, "mremap", at, 8192, 12288, 3, at + 4096) == -errno.EINVAL
    assert call(made, "mremap", at, 8192, 12288, 3, to) == to
    assert list(made.array(to, "uint8", 16384)[::4096]) == [3, 3, 0, 4]
