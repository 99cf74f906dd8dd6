"""All registers of a machine by name: those of the core, of extensions, states and CSRs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from rvx.emulator import Machine
from rvx.emulator.context import Field
from rvx.emulator.native.pauses import Watched
from rvx.emulator.pauses import Watchpoint
from rvx.errors import RvxError
from rvx.extensions import load
from rvx.isa import Csr, RegisterFile
from rvx.isa.vector.state import STATE as VECTOR
from rvx.records import dataclass

LARGEST_STATE = 1 << 13
"""Bytes of a state, or of a tile, that is listed; larger ones are tables of the emulator's."""
QUIRES = ("quire", "vquire")
_ALWAYS = "it changes with every instruction; stepi and goto count those"
_FLOAT_BITS = {"fflags": 31, "frm": 7 << 5, "fcsr": 0xFF}
"""Bits of the word of fcsr that are these CSRs."""
_COUNTERS = 32
_HIDDEN = frozenset({"fcsr", VECTOR, "mcycle", "time", "minstret"})
"""States that are seen as CSRs and registers."""


class Group(StrEnum):
    """What a register is."""

    GENERAL = "general"
    FLOAT = "float"
    VECTOR = "vector"
    EXTENSION = "extension"  # of a register file that an extension brings along
    STATE = "state"
    CSR = "csr"


@dataclass(frozen=True)
class Register:
    """A register.

    Attributes:
        name: as it is printed.
        bits: its width.
        group: what it is.
        read: gives its bits, not negative.
        write: puts other bits there; None if nobody can.
        file: of the registers of a file.
        number: in that file, or the address of a CSR.
        host: host address of its bytes and how many they are; None where the run loop holds it, or
            where nobody can say that it changes.
        mask: of a word there, the bits that are the register's.
        unwatched: why nobody can say that it changes; empty if somebody can.
    """

    name: str
    bits: int
    group: Group
    read: Callable[[], int]
    write: Callable[[int], None] | None
    file: RegisterFile | None = None
    number: int = 0
    host: tuple[int, int] | None = None
    mask: int = -1
    unwatched: str = ""

    def watchpoint(self) -> Watchpoint:
        """What stops execution when it changes.

        Raises:
            WatchProblem: nothing can.
        """
        if self.unwatched:
            raise WatchProblem(f"{self.name} cannot be watched: {self.unwatched}")
        if self.host is not None:
            return Watchpoint(Watched.CHANGED, *self.host, name=self.name, mask=self.mask)
        size = (self.bits + 7) // 8
        return Watchpoint(Watched.CHANGED, 0, size, name=self.name, read=self.read)


class WatchProblem(RvxError, ValueError):
    """A register that nobody can say of that it changes; the sentence says why."""


class Registers:
    """The registers of a machine.

    Args:
        machine: whose they are.

    Attributes:
        all: every one, in the order in which debuggers number them.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.all: list[Register] = list(self._listed())
        self._by_name = {one.name: one for one in self.all}
        for name, (file, number) in machine.isa.registers.items():
            if file.abi[number] in self._by_name:  # Those that are too large are not listed.
                self._by_name.setdefault(name, self._by_name[file.abi[number]])

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Register:
        return self._by_name[name]

    def get(self, name: str) -> Register | None:
        """The register with a name; None if there is none."""
        return self._by_name.get(name)

    def names(self) -> list[str]:
        """Every name that is understood."""
        return sorted(self._by_name)

    def of(self, group: Group) -> list[Register]:
        """Those of a group."""
        return [one for one in self.all if one.group == group]

    def _listed(self) -> Iterator[Register]:
        machine, isa = self._machine, self._machine.isa
        files = isa.register_files
        yield from self._file(files["x"], Group.GENERAL)
        yield Register(
            "pc",
            isa.xlen,
            Group.GENERAL,
            lambda: machine.pc,
            lambda v: machine.set_register("pc", v),
            unwatched=_ALWAYS,
        )
        for name, file in files.items():
            if name != "x":
                groups = {"f": Group.FLOAT, "v": Group.VECTOR}
                yield from self._file(file, groups.get(name, Group.EXTENSION))
        tiled = {name for name, file in files.items() if file.is_tiled}
        for name, state in isa.states.items():
            if name not in _HIDDEN and name not in tiled and 8 * state.words <= LARGEST_STATE:
                yield self._state(name)
        yield from self._csrs()

    def _file(self, file: RegisterFile, group: Group) -> Iterator[Register]:
        machine = self._machine
        for number, name in enumerate(file.abi):
            host = self._host(file, number)
            bits = file.bits or machine.isa.xlen
            if file.is_by_number:
                assert host is not None
                bits = 8 * host[1]
                if bits // 8 > LARGEST_STATE:
                    return
            yield Register(
                name,
                bits,
                group,
                lambda name=name: machine.register(name),  # type: ignore[misc]
                lambda value, name=name: machine.set_register(name, value),  # type: ignore[misc]
                file,
                number,
                host,
                unwatched="" if host is not None else "the core does not show where it holds it",
            )

    def _host(self, file: RegisterFile, number: int) -> tuple[int, int] | None:
        machine = self._machine
        if not file.is_core:
            held = machine.own_register(file, number)
            return int(held.ctypes.data), held.size
        if machine.core.pointers is None:
            return None
        if file.name == "f":
            return machine.core.pointers.f + 8 * number, 8
        size = machine.isa.xlen // 8
        return machine.core.pointers.x + size * number, size

    def _state(self, name: str) -> Register:
        held = self._machine.state(name)
        # The words of a quire have 32 bits each, so that carries stay within.
        each = 32 if name in QUIRES else 64
        mask = (1 << each) - 1

        def read() -> int:
            return sum((int(word) & mask) << each * i for i, word in enumerate(held))

        def write(value: int) -> None:
            held[:] = [_signed(value >> each * i & mask) for i in range(len(held))]

        return Register(
            name,
            each * len(held),
            Group.STATE,
            read,
            write,
            host=(int(held.ctypes.data), held.nbytes),
        )

    def _csrs(self) -> Iterator[Register]:
        """The CSRs that extensions hold, and those of the privileged architecture."""
        isa, unit = self._machine.isa, self._machine.hart.privilege
        taken = {name for file in isa.register_files.values() for name in file.abi} | {*isa.states}
        found: dict[int, Register] = {}
        for csr in isa.csrs.values():
            name = csr.name if csr.name not in taken - _HIDDEN else f"{csr.name}_csr"
            found[csr.address] = self._csr(csr, name)
        names = {**load("zicsr").printed_csr_names, **isa.printed_csr_names}
        for address in unit.addresses:
            name = names.get(address, f"csr{address:#x}")
            found.setdefault(
                address,
                Register(
                    name,
                    isa.xlen,
                    Group.CSR,
                    lambda address=address: unit.read(address) & (1 << isa.xlen) - 1,  # type: ignore[misc]
                    lambda value, address=address: unit.write(address, value),  # type: ignore[misc]
                    number=address,
                    unwatched=_ALWAYS if _is_counter(address) else "",
                ),
            )
        yield from (found[address] for address in sorted(found))

    def _csr(self, csr: Csr, name: str) -> Register:
        machine = self._machine
        xlen = machine.isa.xlen
        fields: dict[str, Callable[[], int]] = {
            "fflags": lambda: machine.fflags,
            "frm": lambda: machine.frm,
            "fcsr": lambda: machine.frm << 5 | machine.fflags,
        }
        writes: dict[str, Callable[[int], None]] = {
            "fflags": lambda value: setattr(machine, "fflags", value),
            "frm": lambda value: setattr(machine, "frm", value),
        }
        if csr.name in fields:
            is_held = bool(machine.context.words[Field.FCSR])
            return Register(
                name,
                32,
                Group.CSR,
                fields[csr.name],
                writes.get(csr.name),
                number=csr.address,
                host=(int(machine.state("fcsr").ctypes.data), 8) if is_held else None,
                mask=_FLOAT_BITS[csr.name],
                unwatched="" if is_held else "the core does not show where it holds it",
            )
        word = machine.state(csr.state)[csr.word : csr.word + 1]
        if csr.counts:

            def count() -> int:
                executed = machine.hart.counter.executed() // csr.counts
                return int(word[0]) + executed & (1 << xlen) - 1

            return Register(
                name, xlen, Group.CSR, count, None, number=csr.address, unwatched=_ALWAYS
            )

        def write(value: int) -> None:
            held = int(word[0]) & ~(csr.mask << csr.lsb)
            word[0] = _signed((held | (value & csr.mask) << csr.lsb) & (1 << 64) - 1)

        return Register(
            name,
            xlen,
            Group.CSR,
            lambda: int(word[0]) >> csr.lsb & csr.mask & (1 << xlen) - 1,
            None if csr.address >> 10 == 3 else write,
            number=csr.address,
            host=(int(word.ctypes.data), 8),
            mask=_signed((csr.mask << csr.lsb) & (1 << 64) - 1),
        )


def _is_counter(address: int) -> bool:
    """Whether a CSR is mcycle, minstret, time or one of their kind, or the upper half of one."""
    return address >> 8 in (0xB, 0xC) and address & 0x7F < _COUNTERS


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
