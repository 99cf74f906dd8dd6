"""A session for GDB: listens on this machine only, and answers its packets."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rvx.debugger.gdb.description import describe, size_of
from rvx.debugger.gdb.packets import LONGEST, Closed, Connection
from rvx.debugger.session import DebugProblem, Point, Session
from rvx.debugger.terminal import BY_GDB, Terminal, find_command
from rvx.emulator.native.pauses import Watched
from rvx.emulator.result import TrapKind
from rvx.emulator.rewind.timeline import Reason, Stop, Until
from rvx.errors import RvxError

_LOCAL = ("localhost", "127.0.0.1", "")
_SIGNALS = {
    TrapKind.ILLEGAL_INSTRUCTION: 4,
    TrapKind.BREAKPOINT: 5,
    TrapKind.MISALIGNED_FETCH: 10,
    TrapKind.MISALIGNED_LOAD: 10,
    TrapKind.MISALIGNED_STORE: 10,
}
_TRAP, _INTERRUPT, _FAULT = 5, 2, 11
_WATCHES = {2: Watched.CHANGED, 3: Watched.READ, 4: Watched.ACCESSED}
_KINDS = {Watched.CHANGED: "watch", Watched.READ: "rwatch", Watched.ACCESSED: "awatch"}
_FEATURES = (
    f"PacketSize={LONGEST:x};qXfer:features:read+;QStartNoAckMode+;vContSupported+;"
    f"ReverseStep+;ReverseContinue+"
)
_PIECE = LONGEST // 4
"""Bytes that one reply carries at most, each of them as two digits."""


class ServerProblem(RvxError, ValueError):
    """Nobody can be served there; the sentence says why."""


class _Malformed(Exception):
    """A packet that says nothing."""


class _Ended(Exception):
    """The other side wants no more."""


def serve(session: Session, where: str, say: Callable[[str], None]) -> None:
    """Serves one debugger until it leaves.

    Args:
        session: the program.
        where: a port of this machine, or the path of a Unix socket.
        say: tells the user where to connect.

    Raises:
        ServerProblem: that is an address of another machine, or of the network.
    """
    with _listening(where) as (listener, name):
        say(f"waiting for GDB; connect with: target remote {name}")
        line, _ = listener.accept()
        with line:
            if line.family == socket.AF_INET:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Server(session, Connection(line)).run()
    say("GDB has left")


@contextmanager
def _listening(where: str) -> Iterator[tuple[socket.socket, str]]:
    host, colon, port = where.rpartition(":")
    is_port = port.isascii() and port.isdigit()
    if "/" not in where and (colon or is_port):
        if host not in _LOCAL or not is_port or int(port[:6]) > 0xFFFF:
            raise ServerProblem(
                f"--gdb {where}: rvx listens on this machine only: write a port, such as 1234, or "
                f"the path of a Unix socket, such as ./gdb.sock"
            )
        with socket.create_server(("127.0.0.1", int(port))) as listener:
            yield listener, f"127.0.0.1:{listener.getsockname()[1]}"
        return
    path = Path(where)
    if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
        raise ServerProblem(f"--gdb {where}: there is a file that is no socket")
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        before = os.umask(0o177)
        try:
            listener.bind(where)
        except OSError as error:
            raise ServerProblem(f"--gdb {where}: {error.strerror or error}") from None
        finally:
            os.umask(before)
        listener.listen(1)
        try:
            yield listener, where
        finally:
            path.unlink(missing_ok=True)


class Server:
    """Answers the packets of one connection.

    Args:
        session: the program.
        connection: where packets come from.
    """

    def __init__(self, session: Session, connection: Connection) -> None:
        self._session, self._connection = session, connection
        self._registers = session.registers.all
        self._xml = describe(self._registers, session.machine.isa.xlen).encode()
        self._points: dict[tuple[int, int, int], Point] = {}
        self._said: list[str] = []
        self._terminal = Terminal(session, self._said.append)
        self._last = f"S{_TRAP:02x}"

    def run(self) -> None:
        """Answers until the other side leaves."""
        try:
            while True:
                packet = self._connection.receive()
                if packet is None:
                    continue
                answer = self.answer(packet)
                self._connection.send(answer.encode() if isinstance(answer, str) else answer)
                if packet == b"QStartNoAckMode":
                    self._connection.acknowledges = False
        except (Closed, _Ended):
            return

    def answer(self, packet: bytes) -> str | bytes:
        """What a packet is answered; nothing for those that are not understood."""
        try:
            text = packet.decode("latin-1")
            if text.startswith("X"):
                return self._write_memory(text[1:], packet.partition(b":")[2])
            return self._answer(text)
        except (_Malformed, DebugProblem):
            return "E01"

    def _answer(self, text: str) -> str | bytes:
        if text.startswith(("q", "Q")):
            return self._query(text)
        if text.startswith("v"):
            return self._verbose(text)
        handlers: dict[str, Callable[[str], str]] = {
            "?": lambda _: self._last,
            "g": lambda _: self._general(),
            "G": self._set_general,
            "p": self._register,
            "P": self._set_register,
            "m": self._memory,
            "M": self._set_memory,
            "Z": self._add_point,
            "z": self._remove_point,
            "c": lambda rest: self._go(rest, None),
            "C": lambda rest: self._go(rest.partition(";")[2], None),
            "s": lambda rest: self._go(rest, 1),
            "S": lambda rest: self._go(rest.partition(";")[2], 1),
            "b": self._back,
            "H": lambda _: "OK",
            "T": lambda _: "OK",
            "D": self._detach,
            "k": self._kill,
        }
        handler = handlers.get(text[:1])
        return "" if handler is None else handler(text[1:])

    def _query(self, text: str) -> str | bytes:
        name = text.partition(":")[0]
        if name == "qSupported":
            return _FEATURES
        if text == "QStartNoAckMode":
            return "OK"
        if text.startswith("qXfer:features:read:target.xml:"):
            begin, size = _numbers(text.rpartition(":")[2], 2)
            piece = self._xml[begin : begin + min(size, LONGEST - 16)]
            return (b"l" if begin + len(piece) >= len(self._xml) else b"m") + piece
        if text.startswith("qRcmd,"):
            return self._monitor(_bytes(text[6:]).decode("utf-8", "replace"))
        fixed = {
            "qC": "QC1",
            "qfThreadInfo": "m1",
            "qsThreadInfo": "l",
            "qAttached": "1",
            "qSymbol": "OK",
        }
        return fixed.get(name, "")

    def _verbose(self, text: str) -> str:
        if text == "vCont?":
            return "vCont;c;C;s;S;r"
        if text.startswith("vKill"):
            self._connection.send(b"OK")
            raise _Ended
        if not text.startswith("vCont;"):
            return ""
        action = text[6:].partition(";")[0].partition(":")[0]
        if action[:1] in ("c", "C"):
            return self._go("", None)
        if action[:1] in ("s", "S"):
            return self._go("", 1)
        if action[:1] == "r":
            begin, end = _numbers(action[1:], 2)
            return self._stopped(self._run(lambda: self._session.until((begin, end))))
        raise _Malformed

    def _go(self, address: str, count: int | None) -> str:
        if address:
            self._session.set_register("pc", _number(address))
        # Whoever steps does not want to hear of a breakpoint where the step leads to.
        return self._stopped(self._run(lambda: self._session.until(points=count is None), count))

    def _run(self, until: Callable[[], Until], count: int | None = None) -> Stop:
        with self._session.interruptible(self._connection.is_interrupted):
            return self._session.go(until(), count)

    def _back(self, how: str) -> str:
        session = self._session
        if how not in ("s", "c"):
            raise _Malformed
        is_step = how == "s"
        with session.interruptible(self._connection.is_interrupted):
            is_first = session.timeline.count == 0
            until = session.until(points=not is_step)
            stop = session.go_back(until, 1 if is_step else None)
        is_beginning = stop.reason == Reason.BEGINNING or is_first
        return self._stopped(Stop(Reason.BEGINNING) if is_beginning else stop, is_back=True)

    def _stopped(self, stop: Stop, *, is_back: bool = False) -> str:
        """The packet that says how execution has stopped."""
        if stop.reason == Reason.EXITED:
            if stop.signal:
                self._last = f"X{stop.signal:02x}"
            else:
                self._last = f"W{(stop.exit_code or 0) & 0xFF:02x}"
            return self._last
        number, more = _TRAP, ""
        if stop.trap is not None:
            number = _SIGNALS.get(stop.trap.kind, _FAULT)
            self._console(f"{stop.trap.message}\n")
        elif stop.reason == Reason.INTERRUPTED:
            number = _INTERRUPT
        elif stop.reason == Reason.BEGINNING:
            more = "replaylog:begin;"
        ours = set(map(id, self._points.values()))
        for point in self._session.met(stop):
            if id(point) not in ours:
                self._console(f"{self._terminal.of_point(point, stop)}\n")
            elif point.watch is not None and stop.paused is not None and not more:
                more = f"{_KINDS[point.watch.kind]}:{point.watch.address:x};"
                # GDB takes it that watchpoints of RISC-V stop in front of the access, in the
                # direction of execution, and makes the step itself to see what it changes.
                self._session.go_to(stop.paused.count if is_back else stop.paused.before)
        if self._session.timeline.is_lost:
            self._session.timeline.is_lost = False
            self._console("what you had changed is undone: it was done later than this moment\n")
        self._last = f"T{number:02x}thread:1;{more}"
        return self._last

    def _console(self, text: str) -> None:
        """Shows the user of GDB something."""
        data = text.encode()
        for at in range(0, len(data), _PIECE):
            self._connection.send(b"O" + data[at : at + _PIECE].hex().encode())

    def _monitor(self, line: str) -> str:
        """Does what a command of the terminal does, if it is none that moves the program."""
        self._said.clear()
        try:
            name = line.partition(" ")[0].partition("/")[0]
            if line.strip() and find_command(name).topic not in BY_GDB:
                raise DebugProblem(f"'{name}' is for GDB itself: it has to know of it")
            self._terminal.obey(line)
        except RvxError as error:
            self._said.append(f"error: {error}")
        text = "".join(f"{one}\n" for one in self._said)
        self._console(text)
        return "OK"

    def _bits(self, number: int) -> str:
        register = self._registers[number]
        return register.read().to_bytes(size_of(register), "little").hex()

    def _general(self) -> str:
        """The core's integer registers and pc; GDB asks for all others one by one."""
        return "".join(self._bits(i) for i in range(self._count))

    @property
    def _count(self) -> int:
        return next(i for i, one in enumerate(self._registers) if one.name == "pc") + 1

    def _set_general(self, text: str) -> str:
        data, at = _bytes(text), 0
        for one in self._registers[: self._count]:
            size = size_of(one)
            if at + size > len(data):
                raise _Malformed
            self._write(one.name, int.from_bytes(data[at : at + size], "little"))
            at += size
        return "OK"

    def _register(self, text: str) -> str:
        number = _number(text)
        if number >= len(self._registers):
            raise _Malformed
        return self._bits(number)

    def _set_register(self, text: str) -> str:
        number, _, data = text.partition("=")
        if _number(number) >= len(self._registers):
            raise _Malformed
        self._write(self._registers[_number(number)].name, int.from_bytes(_bytes(data), "little"))
        return "OK"

    def _write(self, name: str, value: int) -> None:
        register = self._session.registers[name]
        if register.read() != value & (1 << register.bits) - 1:
            self._session.set_register(name, value)

    def _memory(self, text: str) -> str:
        address, size = _numbers(text, 2)
        size = min(size, _PIECE)
        while size:
            try:
                return self._session.get_memory(address, size).hex()
            except DebugProblem:
                size //= 2  # As much as is there.
        raise _Malformed

    def _set_memory(self, text: str) -> str:
        head, _, data = text.partition(":")
        return self._write_memory(head, _bytes(data))

    def _write_memory(self, head: str, data: bytes) -> str:
        address, size = _numbers(head.partition(":")[0], 2)
        if size != len(data):
            raise _Malformed
        if data:
            self._session.set_memory(address, data)
        return "OK"

    def _add_point(self, text: str) -> str:
        kind, address, size = _numbers(text.partition(";")[0], 3)
        if kind > 4:
            return ""
        session = self._session
        key = (kind, address, size)
        if key in self._points:
            return "OK"
        if kind in _WATCHES:
            watch = session.memory_watchpoint(_WATCHES[kind], address, size)
            made = Point(0, f"{address:#x}", watch=watch)
        elif session.machine.memory.is_executable(address):
            made = Point(0, f"{address:#x}", address)
        else:
            raise _Malformed
        self._points[key] = session.add(made, is_numbered=False)
        return "OK"

    def _remove_point(self, text: str) -> str:
        kind, address, size = _numbers(text, 3)
        if kind > 4:
            return ""
        point = self._points.pop((kind, address, size), None)
        if point is not None:
            self._session.points.pop(point.number, None)
        return "OK"

    def _detach(self, _: str) -> str:
        self._connection.send(b"OK")
        raise _Ended

    def _kill(self, _: str) -> str:
        raise _Ended


def _number(text: str) -> int:
    if not re.fullmatch("[0-9a-fA-F]{1,16}", text):
        raise _Malformed
    return int(text, 16)


def _numbers(text: str, count: int) -> list[int]:
    parts = text.split(",")
    if len(parts) != count:
        raise _Malformed
    return [_number(part) for part in parts]


def _bytes(text: str) -> bytes:
    if len(text) % 2 or not re.fullmatch("[0-9a-fA-F]*", text):
        raise _Malformed
    return bytes.fromhex(text)
