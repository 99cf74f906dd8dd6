"""Why execution cannot go on: what is said about it, and what exception it is to a program."""

from __future__ import annotations

from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS, Error
from rvx.emulator.context import Context, Field, Status
from rvx.emulator.core import FRM, Core
from rvx.emulator.handlers.interpreted import Failures
from rvx.emulator.handlers.rows import Rows, csr_refusal, needs_of, switched_off
from rvx.emulator.memory import GuestMemory
from rvx.emulator.privileged import Cause, Privilege
from rvx.emulator.registers import Registers
from rvx.emulator.report import (
    BREAKPOINT_WORDS,
    Reporter,
    fault_detail,
    kind_of_access,
    kind_of_cause,
    kind_of_fault,
)
from rvx.emulator.result import Trap, TrapKind
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.isa.memory import FAULT_ADDRESS, FAULT_EXCEPTION, FAULT_ILLEGAL
from rvx.isa.operands import RoundingKind

_SP = 2


class Endings:
    """Reads from what a hook or the core has left why it stopped.

    Args:
        isa: the instructions that the hart performs.
        core: Unicorn.
        context: what the hooks have left.
        memory: of the guest.
        registers: of the hart.
        reporter: makes the sentences of traps.
        rows: knows why a word has no body.
        privilege: knows why a CSR is refused.
        failures: what interpreted bodies have raised.

    Attributes:
        bad_access: the access that the core could not make: Unicorn's kind, address and size.
        is_stopping: whether somebody wants the run to end.
    """

    def __init__(
        self,
        isa: Isa,
        core: Core,
        context: Context,
        memory: GuestMemory,
        registers: Registers,
        reporter: Reporter,
        rows: Rows,
        privilege: Privilege,
        failures: Failures,
    ) -> None:
        self._isa = isa
        self._core = core
        self._words = context.words
        self._context = context
        self._memory = memory
        self._registers = registers
        self._reporter = reporter
        self._rows = rows
        self._privilege = privilege
        self._failures = failures
        self._repeats = any("repeat" in made.requests for made in isa.instructions.values())
        self.bad_access: tuple[int, int, int] | None = None
        self.is_stopping = False

    def exception(self, status: Status, error: str | None, pc: Address) -> tuple[int, int] | None:
        """The cause of an exception, and what mtval holds."""
        kind = self.kind(status, error, pc)
        if kind == TrapKind.ILLEGAL_INSTRUCTION:
            if self._words[Field.FAULT] == FAULT_EXCEPTION and status == Status.FAULT:
                return None  # A mistake in a body is nothing that a program could deal with.
            return Cause.ILLEGAL, self._memory.word(pc) or 0
        if kind == TrapKind.BREAKPOINT:
            return Cause.BREAKPOINT, pc
        cause = _CAUSES.get(kind)
        if cause is None:
            return None
        if cause == Cause.LOAD and self._reporter.stores(pc):
            cause = Cause.STORE
        if status == Status.FAULT:
            return cause, int(self._words[Field.FAULT + FAULT_ADDRESS])
        if self.bad_access is not None:
            return cause, self.bad_access[1]
        return cause, self._misaligned_address(pc)

    def refused_access(self, status: Status) -> tuple[Address, int, TrapKind] | None:
        """The access that was refused: address, size and kind."""
        if status == Status.RUNNING and self.bad_access is not None:
            access, address, size = self.bad_access
            return address, size, kind_of_access(access)
        if status == Status.FAULT and not self._repeats:
            address, size = (int(one) for one in self._words[Field.FAULT + 1 : Field.FAULT + 3])
            return address, size, kind_of_fault(int(self._words[Field.FAULT]))
        return None

    def trap(self, status: Status, error: str | None, pc: Address, limit: int | None) -> Trap:
        """The end of the run, as it is reported.

        Args:
            status: what a hook has left.
            error: Unicorn's.
            pc: where execution stands.
            limit: of instructions, if there is one.
        """
        kind = self.kind(status, error, pc)
        return self._reporter.trap(kind, pc, self._detail(status, pc), limit)

    def kind(self, status: Status, error: str | None, pc: Address) -> TrapKind:
        """What kind of end this is."""
        if status == Status.ILLEGAL:
            return TrapKind.ILLEGAL_INSTRUCTION
        if status == Status.FAULT:
            if int(self._words[Field.RAISED]) == Error.STOPPED:
                return TrapKind.INTERRUPTED
            return kind_of_fault(int(self._words[Field.FAULT]))
        if status == Status.CAUSE:
            return kind_of_cause(int(self._words[Field.CAUSE]))
        if self.bad_access is not None:
            return kind_of_access(self.bad_access[0])
        if error is not None and self._memory.word(pc) in BREAKPOINT_WORDS:
            return TrapKind.BREAKPOINT
        if self.is_stopping:
            return TrapKind.INTERRUPTED
        return TrapKind.EXCEPTION

    def _detail(self, status: Status, pc: Address) -> str:
        """What is known beyond the kind: the address of an access, the reason of a refusal."""
        words = self._words
        if status == Status.FAULT and words[Field.FAULT] == FAULT_EXCEPTION:
            return self._raised(pc)
        if status == Status.FAULT and words[Field.FAULT] == FAULT_ILLEGAL:
            decoded = self._isa.decode(self._memory.word(pc) or 0)
            if decoded is not None and "csr" in decoded.values:
                return self._privilege.refusal(decoded.values["csr"])
        if status == Status.FAULT:
            detail = fault_detail(words[Field.FAULT : Field.FAULT + 4])
            is_access = self.kind(status, None, pc) in (TrapKind.BAD_LOAD, TrapKind.BAD_STORE)
            address = int(words[Field.FAULT + FAULT_ADDRESS])
            return detail + self._overflow(address) if is_access else detail
        if status == Status.ILLEGAL:
            return self._why_illegal(pc)
        if self.bad_access is not None:
            _, address, size = self.bad_access
            return f"{size} bytes at {address:#x}" + self._overflow(address)
        return self._why_caused(pc, int(words[Field.CAUSE])) if status == Status.CAUSE else ""

    def _overflow(self, address: Address) -> str:
        """Whether the stack has outgrown its room, below which this address is."""
        memory = self._memory
        if not memory.heap_end <= address < memory.stack_bottom:
            return ""
        sp = self._registers.get(_SP) & (1 << self._isa.xlen) - 1
        return (
            f"; sp is {sp:#x}, and the stack, which has {memory.stack_size:,} bytes, ends at "
            f"{memory.stack_bottom:#x}: a recursion may have no end, or give the program a larger "
            f"--stack"
        )

    def _why_illegal(self, pc: Address) -> str:
        """What is known about an illegal instruction, beyond that it is one."""
        word = self._memory.word(pc) or 0
        known = self._rows.why_illegal(word)
        decoded = self._isa.decode(word)
        if decoded is not None and "csr" in decoded.values:
            known = self._privilege.refusal(decoded.values["csr"]) or known
        if known or decoded is None:
            return known
        decoded = decoded.expanded
        off = switched_off(needs_of(self._isa, decoded), self._core, self._context)
        if off:
            return off
        if "csr" in decoded.values:
            return csr_refusal(self._isa, decoded)
        if any(isinstance(one.kind, RoundingKind) for one in decoded.instruction.operands.values()):
            frm = self._core.read(FRM)
            last = decoded.instruction.last_rounding_mode
            return f"frm holds {frm}, which is no rounding mode" if frm > last else ""
        return ""

    def _why_caused(self, pc: Address, cause: int) -> str:
        """More about a trap of the core: the address of a misaligned atomic is in rs1."""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is None or kind_of_cause(cause) != TrapKind.MISALIGNED_STORE:
            return f"cause {cause}"
        size = 8 if ".d" in decoded.instruction.mnemonic else 4
        return f"{size} bytes at {self._misaligned_address(pc):#x}"

    def _misaligned_address(self, pc: Address) -> Address:
        """The address of a misaligned atomic of the core: it is in rs1."""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        return 0 if decoded is None else self._registers.get(decoded.values.get("rs1", 0))

    def _raised(self, pc: Address) -> str:
        """What the body of the instruction at pc has raised."""
        if int(self._words[Field.RAISED]) == Error.STOPPED:
            return ""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is not None and decoded.expanded.instruction.has_body:
            form = form_of(decoded.expanded.instruction, self._isa)
            said = form.raised(self._words[Field.STOP : Field.STOP + HART_WORDS])
            if said:
                return said
        return self._failures.said or "its body raised an exception"


_CAUSES = {
    TrapKind.BAD_LOAD: Cause.LOAD,
    TrapKind.BAD_STORE: Cause.STORE,
    TrapKind.BAD_FETCH: Cause.FETCH,
    TrapKind.MISALIGNED_FETCH: Cause.MISALIGNED_FETCH,
    TrapKind.MISALIGNED_LOAD: Cause.MISALIGNED_LOAD,
    TrapKind.MISALIGNED_STORE: Cause.MISALIGNED_STORE,
}
"""Of the ends that a program could not go on from, those that are exceptions."""
