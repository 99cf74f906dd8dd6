"""The calls of the simulators of courses: RARS, and what Ripes and Venus share with it.

a7 holds the number, a0, a1 and fa0 the arguments and the result. Numbers that RARS shares with
Linux (read, write, exit with a code ...) are system calls. Source: RARS, wiki page "Environment
Calls".
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from rvx.emulator.linux.clock import EPOCH, SECOND
from rvx.emulator.linux.process import Process
from rvx.emulator.registers import Registers
from rvx.emulator.system import System

_A0, _A1, _FA0 = 10, 11, 10
_LARGEST_PLAIN, _SMALLEST_PLAIN = 1e7, 1e-3


def written(value: float, digits: str) -> str:
    """A floating-point number as Java writes it, which RARS is written in.

    Args:
        value: the number.
        digits: the shortest text in Python's form that stands for it.
    """
    if value != value:  # noqa: PLR0124
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        if "e" in digits:
            digits = f"{float(digits):.20f}".rstrip("0")
            digits += "0" if digits.endswith(".") else ""
        return digits if "." in digits else f"{digits}.0"
    mantissa, _, exponent = f"{float(digits):.17e}".partition("e")
    places = len(digits.partition("e")[0].replace(".", "").replace("-", "").strip("0")) - 1
    mantissa = f"{float(digits) / 10 ** int(exponent):.{max(places, 1)}f}"
    return f"{mantissa}E{int(exponent)}"


def _single(bits: int) -> float:
    value: float = struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0]
    return value


def _double(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


def _shortest_single(value: float) -> str:
    """The shortest decimal that is read as this binary32."""
    if value - value != 0:
        return str(value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return repr(float(text))
    return repr(value)


class Rars:
    """The calls of one program.

    Args:
        system: whose output and input they use.
        xlen: 32 or 64.
    """

    def __init__(self, system: System, xlen: int) -> None:
        self._system = system
        self._xlen = xlen
        self._calls: dict[int, Callable[[Registers], None]] = {
            1: lambda r: self._print(str(self._signed(r))),
            2: self._print_single,
            3: self._print_double,
            4: lambda r: self._system.write(1, self._process.text(r.get(_A0))),
            5: lambda r: r.put(_A0, int(self._line() or "0")),
            6: lambda r: r.put_float(
                _FA0,
                0xFFFFFFFF << 32
                | int.from_bytes(struct.pack("<f", float(self._line() or "0")), "little"),
            ),
            7: lambda r: r.put_float(
                _FA0, int.from_bytes(struct.pack("<d", float(self._line() or "0")), "little")
            ),
            8: self._read_text,
            9: self._more_heap,
            10: lambda r: self._exit(),
            11: lambda r: self._system.write(1, bytes([r.get(_A0) & 0xFF])),
            12: self._read_character,
            30: self._time,
            32: self._sleep,
            34: lambda r: self._print(f"0x{r.get(_A0):0{xlen // 4}x}"),
            35: lambda r: self._print(f"0b{r.get(_A0):0{xlen}b}"),
            36: lambda r: self._print(str(r.get(_A0))),
            40: lambda r: self._process.random.seed(r.get(_A1)),
            41: lambda r: r.put(_A0, self._process.random.getrandbits(32)),
            42: lambda r: r.put(_A0, self._process.random.randrange(max(r.get(_A1), 1))),
        }

    @property
    def _process(self) -> Process:
        return self._system.process

    def has(self, number: int) -> bool:
        """Whether this is a call of RARS, and none of Linux."""
        return number in self._calls

    def call(self, number: int, registers: Registers) -> int | None:
        """Performs a call; gives the exit code if the program ends here.

        Raises:
            CallError: a pointer leads nowhere.
            ValueError: what was read is no number.
            Stopped: the run was stopped while the call was waiting.
        """
        self._calls[number](registers)
        return self._process.ended

    def _signed(self, registers: Registers) -> int:
        return self._process.signed(registers.get(_A0))

    def _print(self, text: str) -> None:
        self._system.write(1, text.encode())

    def _print_single(self, registers: Registers) -> None:
        value = _single(registers.get_float(_FA0))
        self._print(written(value, _shortest_single(value)))

    def _print_double(self, registers: Registers) -> None:
        value = _double(registers.get_float(_FA0))
        self._print(written(value, repr(value)))

    def _line(self) -> str:
        found = b""
        while (byte := self._process.descriptors[0].read(1)) and byte != b"\n":
            found += byte
        return found.decode("utf-8", "replace").strip()

    def _read_text(self, registers: Registers) -> None:
        """A line with its end, as fgets: at most so many bytes, the zero included."""
        found, room = b"", self._process.signed(registers.get(_A1))
        while len(found) < room - 1:
            byte = self._process.descriptors[0].read(1)
            found += byte
            if byte in (b"", b"\n"):
                break
        if room > 0:
            self._process.write(registers.get(_A0), found + b"\0")

    def _read_character(self, registers: Registers) -> None:
        byte = self._process.descriptors[0].read(1)
        registers.put(_A0, byte[0] if byte else -1)

    def _more_heap(self, registers: Registers) -> None:
        """Gives where the new piece begins."""
        before = self._process.memory.taken
        self._process.space.set_break(before + self._signed(registers))
        registers.put(_A0, before)

    def _exit(self) -> None:
        self._process.ended = 0

    def _time(self, registers: Registers) -> None:
        milliseconds = EPOCH * 1000 + self._process.clock.monotonic() // (SECOND // 1000)
        registers.put(_A0, milliseconds & 0xFFFFFFFF if self._xlen == 32 else milliseconds)
        registers.put(_A1, milliseconds >> 32)

    def _sleep(self, registers: Registers) -> None:
        self._process.clock.slept += max(self._signed(registers), 0) * (SECOND // 1000)
