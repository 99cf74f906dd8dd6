"""What instructions, traps and interrupts do to the privileged state.

Traps are delivered once a program has written the address of a handler to mtvec: until then the
machine has nobody to hand them to, and the run ends with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from rvx.emulator.context import Context, Field
from rvx.emulator.core import MSTATUS, MSTATUS_FS_DIRTY, Core
from rvx.emulator.privileged.protection import ENTRIES, Protection
from rvx.emulator.privileged.registers import (
    MACHINE_INTERRUPTS,
    SEED_IS_READY,
    SEED_OF_SUPERVISORS,
    SEED_OF_USERS,
    SUPERVISOR_INTERRUPTS,
    VS_SHIFT,
    Address,
    Mode,
    Status,
    registers,
)
from rvx.isa import Decoded, Isa
from rvx.records import dataclass

_COUNTERS = 0xC
"""The highest bits of addresses of counters for all modes."""
_FENCES = frozenset("sfence.vma sinval.vma sfence.w.inval sfence.inval.ir".split())
"""What orders address translation, of which there is none."""
_INTERRUPT_ORDER = (11, 3, 7, 9, 1, 5)
"""External before software before timer, and machine mode before supervisor mode."""


class Cause(IntEnum):
    """Exceptions, as mcause has them."""

    MISALIGNED_FETCH = 0
    FETCH = 1
    ILLEGAL = 2
    BREAKPOINT = 3
    MISALIGNED_LOAD = 4
    LOAD = 5
    MISALIGNED_STORE = 6
    STORE = 7
    ECALL = 8  # in user mode; one more for each mode above


@dataclass(frozen=True)
class Performed:
    """What came of an instruction.

    Attributes:
        next_pc: where execution goes on.
        waits: whether the hart waits for an interrupt there.
    """

    next_pc: int
    waits: bool = False


class Privilege:
    """The privileged state of one hart.

    Args:
        isa: its instructions.
        core: whose floating-point unit mstatus.FS switches.
        context: where mstatus.VS is, which switches the vector unit.
        read: gives a register of x.
        write: writes one.
        entropy: gives so many random bits.

    Attributes:
        mode: the privilege mode that the hart is in.
        lines: interrupts that devices raise, as bits of mip.
        protection: who may access what.
    """

    def __init__(
        self,
        isa: Isa,
        core: Core,
        context: Context,
        read: Callable[[int], int],
        write: Callable[[int, int], None],
        entropy: Callable[[int], int],
    ) -> None:
        self._xlen = xlen = isa.xlen
        self._everything = (1 << xlen) - 1
        self._core = core
        self._context = context
        self._read_x, self._write_x, self._entropy = read, write, entropy
        self.mode = Mode.MACHINE
        self.lines = 0
        has_entropy = "Zkr" in isa.extensions
        self._kept = {one.address: one for one in registers(xlen, isa.alignment, has_entropy)}
        self._names = isa.printed_csr_names
        self._values = {one.address: one.reset for one in self._kept.values()}
        letters = {name for name in isa.extensions if len(name) == 1} | {"S", "U"}
        self._misa = (xlen // 32) << xlen - 2
        self._misa |= sum(1 << ord(letter) - ord("A") for letter in letters)
        self._has_vectors = isa.vector is not None
        self._has_floats = "F" in letters
        self._status = 0
        self._pending = 0
        self.protection = Protection(xlen)

    def begin(self) -> None:
        """A run begins: in machine mode, with interrupts off."""
        self.mode = Mode.MACHINE
        self._status &= ~(Status.MIE | Status.SIE)

    @property
    def addresses(self) -> list[int]:
        """Of the CSRs that are held here, but for the one whose value changes when it is read."""
        return sorted({*self._kept, *_MADE_OF_OTHERS} - {Address.SEED})

    @property
    def accessing(self) -> Mode:
        """The mode that loads and stores are made in."""
        is_another = self._status & Status.MPRV
        return Mode(self._status >> 11 & 3) if is_another else self.mode

    @property
    def view(self) -> tuple[int, ...]:
        """What depends on mode and protection is the same as long as this is."""
        values = self._values
        enabled = (values[Address.MCOUNTEREN], values[Address.SCOUNTEREN])
        return (self.mode, self.accessing, self.protection.version, *enabled)

    @property
    def counters(self) -> int:
        """Which counters may be read in this mode, as bits of mcounteren."""
        values = self._values
        enabled = 0xFFFFFFFF if self.mode == Mode.MACHINE else values[Address.MCOUNTEREN]
        return enabled & values[Address.SCOUNTEREN] if self.mode == Mode.USER else enabled

    @property
    def takes_traps(self) -> bool:
        """Whether the program has a handler for traps."""
        return self._values[Address.MTVEC] > 3

    @property
    def pending(self) -> int:
        """mip: interrupts that wait, whether they are enabled or not."""
        return self._pending | self.lines

    def enables(self, interrupt: int) -> bool:
        """Whether mie has an interrupt enabled."""
        return bool(self._values[Address.MIE] >> interrupt & 1)

    def plan(self, decoded: Decoded, pc: int) -> Callable[[], Performed] | None:
        """What performs an instruction that has to do with privilege.

        Returns:
            A function to call; None if it is no such instruction, or illegal in this mode.
        """
        made, values = decoded.expanded.instruction, decoded.values
        if "csr" in values:
            return self._plan_csr(decoded, pc)
        status = self._status
        if made.mnemonic == "mret" and self.mode == Mode.MACHINE:
            return lambda: Performed(self._return_from_machine())
        if made.mnemonic == "sret" and self.mode >= Mode.SUPERVISOR:
            if self.mode == Mode.SUPERVISOR and status & Status.TSR:
                return None
            return lambda: Performed(self._return_from_supervisor())
        if made.mnemonic == "wfi" and self.mode >= Mode.SUPERVISOR:
            if self.mode == Mode.SUPERVISOR and status & Status.TW:
                return None
            is_over = self.pending & self._values[Address.MIE] != 0
            return lambda: Performed(pc + 4, waits=not is_over)
        if made.mnemonic in _FENCES and self.mode >= Mode.SUPERVISOR:
            is_trapped = made.mnemonic.endswith(".vma") and status & Status.TVM
            if self.mode == Mode.SUPERVISOR and is_trapped:
                return None
            return lambda: Performed(pc + 4)
        return None

    def _plan_csr(self, decoded: Decoded, pc: int) -> Callable[[], Performed] | None:
        values, mnemonic = decoded.values, decoded.instruction.mnemonic
        csr = values["csr"]
        source = values.get("rs1", values.get("uimm", 0))
        is_plain = mnemonic.startswith("csrrw")
        writes = is_plain or source != 0
        if not self._may_access(csr, writes):
            return None
        is_immediate = "uimm" in values

        def perform() -> Performed:
            operand = source if is_immediate else self._read_x(source)
            old = self.read(csr)
            if writes:
                if not is_plain:
                    # Setting and clearing bits of mip is about those that software has set.
                    before = self._pending if csr == Address.MIP else old
                    operand = before | operand if "s" in mnemonic[4:] else before & ~operand
                self.write(csr, operand)
            if values["rd"]:
                self._write_x(values["rd"], old)
            return Performed(pc + 4)

        return perform

    def _may_access(self, csr: int, writes: bool) -> bool:
        """Whether there is such a CSR here, and this mode may read, or write it."""
        if csr not in self._kept and csr not in _MADE_OF_OTHERS:
            return False
        if csr >> 8 & 3 > self.mode or (writes and csr >> 10 == 3):
            return False
        if csr == Address.SATP and self.mode == Mode.SUPERVISOR:
            return not self._status & Status.TVM
        if csr == Address.SEED:  # Whoever reads it wipes it, so that a plain read is illegal.
            opened = self._values[Address.MSECCFG]
            lower = SEED_OF_USERS if self.mode == Mode.USER else SEED_OF_SUPERVISORS
            return writes and (self.mode == Mode.MACHINE or bool(opened & lower))
        return csr >> 8 != _COUNTERS or bool(self.counters >> (csr & 31) & 1)

    def refusal(self, csr: int) -> str:
        """Why this mode may not access a CSR; empty if that is not the reason."""
        if (csr in self._kept or csr in _MADE_OF_OTHERS) and csr >> 8 & 3 > self.mode:
            name = self._names.get(csr, "")
            what = f"CSR {csr:#x} ({name})" if name else f"CSR {csr:#x}"
            return f"{what} is not for {self.mode.name.lower()} mode"
        if csr >> 8 == _COUNTERS and not self.counters >> (csr & 31) & 1:
            return f"mcounteren and scounteren do not let {self.mode.name.lower()} mode read it"
        return ""

    def read(self, csr: int) -> int:
        """The value of a CSR that there is."""
        if csr in (Address.MSTATUS, Address.SSTATUS):
            return self._read_status(csr == Address.SSTATUS)
        if csr == Address.MISA:
            return self._misa
        if csr == Address.SEED:
            return SEED_IS_READY | self._entropy(16)
        if csr == Address.MIP:
            return self.pending
        if csr == Address.SIP:
            return self.pending & self._values[Address.MIDELEG]
        if csr == Address.SIE:
            return self._values[Address.MIE] & self._values[Address.MIDELEG]
        if Address.PMPCFG <= csr < Address.PMPADDR:
            return self.protection.settings(csr - Address.PMPCFG)
        if Address.PMPADDR <= csr < Address.PMPADDR + ENTRIES:
            return self.protection.address(csr - Address.PMPADDR)
        return self._values[csr]

    def _read_status(self, is_supervisor: bool) -> int:
        found = self._status
        if self._has_floats:
            found |= self._core.read(MSTATUS) & MSTATUS_FS_DIRTY
        found |= int(self._context.words[Field.VECTOR_STATUS]) << VS_SHIFT
        if found & Status.FS == Status.FS or found & Status.VS == Status.VS:
            found |= 1 << self._xlen - 1
        if self._xlen == 64:
            found |= 0xA << 32  # UXL and SXL: 64 bits.
        visible = Status.SUPERVISOR | 1 << self._xlen - 1 | 3 << 32
        return found & (visible if is_supervisor else self._everything) & self._everything

    def write(self, csr: int, value: int) -> None:
        """Writes what of a CSR can be written."""
        value &= self._everything
        if csr == Address.MSTATUS:
            self._write_status(value, Status.WRITABLE)
        elif csr == Address.SSTATUS:
            self._write_status(value, Status.WRITABLE & Status.SUPERVISOR)
        elif csr == Address.MIP:
            self._pending = value & SUPERVISOR_INTERRUPTS
        elif csr == Address.SIP:
            software = self._values[Address.MIDELEG] & 2
            self._pending = self._pending & ~software | value & software
        elif csr == Address.SIE:
            chosen = self._values[Address.MIDELEG]
            self._values[Address.MIE] = self._values[Address.MIE] & ~chosen | value & chosen
        elif Address.PMPCFG <= csr < Address.PMPADDR:
            self.protection.set_settings(csr - Address.PMPCFG, value)
        elif Address.PMPADDR <= csr < Address.PMPADDR + ENTRIES:
            self.protection.set_address(csr - Address.PMPADDR, value)
        elif csr in self._kept:
            register = self._kept[csr]
            self._values[csr] = self._values[csr] & ~register.mask | value & register.mask

    def _write_status(self, value: int, mask: int) -> None:
        if mask & Status.MPP and value & Status.MPP == 2 << 11:  # There is no such mode.
            mask &= ~Status.MPP
        if not self._has_floats:
            mask |= Status.FS  # Supervisor mode has the field, whatever it is for.
        self._status = self._status & ~mask | value & mask
        if self._has_vectors:
            self._context.words[Field.VECTOR_STATUS] = (value & Status.VS) >> VS_SHIFT
        if self._has_floats:
            self._core.write(MSTATUS, value & MSTATUS_FS_DIRTY)

    def _return_from_machine(self) -> int:
        status = self._status
        self.mode = Mode(status >> 11 & 3)
        status = status & ~Status.MIE | (Status.MIE if status & Status.MPIE else 0)
        status = (status | Status.MPIE) & ~Status.MPP
        self._status = status & ~Status.MPRV if self.mode != Mode.MACHINE else status
        return self._values[Address.MEPC]

    def _return_from_supervisor(self) -> int:
        status = self._status
        self.mode = Mode.SUPERVISOR if status & Status.SPP else Mode.USER
        status = status & ~Status.SIE | (Status.SIE if status & Status.SPIE else 0)
        self._status = (status | Status.SPIE) & ~(Status.SPP | Status.MPRV)
        return self._values[Address.SEPC]

    def ecall(self) -> int:
        """The cause of an ecall in this mode."""
        return Cause.ECALL + self.mode

    def trap(self, cause: int, value: int, pc: int) -> int:
        """Takes an exception; gives where its handler begins.

        Args:
            cause: as mcause has it.
            value: for mtval.
            pc: of the instruction that was not performed.
        """
        delegated = self._values[Address.MEDELEG] >> cause & 1
        return self._enter(cause, value, pc, bool(delegated), is_interrupt=False)

    def interrupt(self, pc: int) -> int | None:
        """Takes an interrupt if there is one to be taken; gives where its handler begins.

        Args:
            pc: of the next instruction.
        """
        if not self.takes_traps:
            return None
        ready = self.pending & self._values[Address.MIE]
        if not ready:
            return None
        delegated = ready & self._values[Address.MIDELEG]
        of_machine = ready & ~delegated
        is_machine = of_machine and (self.mode < Mode.MACHINE or self._status & Status.MIE)
        is_supervisor = delegated and (
            self.mode < Mode.SUPERVISOR
            or (self.mode == Mode.SUPERVISOR and self._status & Status.SIE)
        )
        chosen = of_machine if is_machine else delegated if is_supervisor else 0
        for number in _INTERRUPT_ORDER:
            if chosen >> number & 1:
                return self._enter(number, 0, pc, not is_machine, is_interrupt=True)
        return None

    def _enter(
        self, cause: int, value: int, pc: int, is_delegated: bool, *, is_interrupt: bool
    ) -> int:
        values, status = self._values, self._status
        number = cause | (1 << self._xlen - 1 if is_interrupt else 0)
        if is_delegated and self.mode <= Mode.SUPERVISOR:
            values[Address.SEPC], values[Address.SCAUSE] = pc, number
            values[Address.STVAL] = value & self._everything
            vector = values[Address.STVEC]
            status = status & ~Status.SPIE | (Status.SPIE if status & Status.SIE else 0)
            status &= ~(Status.SIE | Status.SPP)
            self._status = status | (Status.SPP if self.mode == Mode.SUPERVISOR else 0)
            self.mode = Mode.SUPERVISOR
        else:
            values[Address.MEPC], values[Address.MCAUSE] = pc, number
            values[Address.MTVAL] = value & self._everything
            vector = values[Address.MTVEC]
            status = status & ~Status.MPIE | (Status.MPIE if status & Status.MIE else 0)
            self._status = status & ~(Status.MIE | Status.MPP) | self.mode << 11
            self.mode = Mode.MACHINE
        offset = 4 * cause if is_interrupt and vector & 1 else 0
        return (vector & -4) + offset & self._everything


_MADE_OF_OTHERS = frozenset(
    {Address.SSTATUS, Address.SIE, Address.SIP, Address.MSTATUS, Address.MISA, Address.MIP}
)
assert MACHINE_INTERRUPTS == SUPERVISOR_INTERRUPTS << 2
