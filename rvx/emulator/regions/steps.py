"""LLVM text of single instructions, with registers as local variables.

What regions and repetitions have in common: a body is called as a function that LLVM inlines,
floating point of the base ISA goes to the host's unit, and memory is accessed after a check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rvx.bodies import form_of
from rvx.emulator.context import Context, Field
from rvx.emulator.handlers.arguments import X_REGISTERS, argument_of
from rvx.emulator.handlers.compiled import CompileError
from rvx.emulator.native.agnostic import fill_agnostic
from rvx.emulator.regions.bodies import BodyFunction, body_function, kernel_function
from rvx.emulator.regions.floats import Lowered, lower
from rvx.emulator.regions.flow import Step, ends_block
from rvx.emulator.regions.frame import MOST_RESULTS, Frame
from rvx.emulator.regions.settings import is_setting, setting_of
from rvx.emulator.regions.vectors import VectorWriter, is_illegal, plan_in_region
from rvx.isa import Instruction, Isa, RegisterFile
from rvx.isa.memory import CODE_WRITTEN, FAULT_EXCEPTION, FAULT_WORDS
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.registers import X
from rvx.isa.vector.agnostic import code_of
from rvx.isa.vector.plan import Access, Arithmetic, plan_of
from rvx.isa.vector.state import VL, VTYPE
from rvx.records import dataclass

_CHECKED_KINDS = ("load", "store", "atomic")
_FILL = f"""\
def op(context, code):
    body(int64_array(context, {int(Field.END)}), code)
    return 0
"""
_REFUSED_KINDS = ("csr", "system")
_SP = 2


def can_translate(step: Step, isa: Isa) -> bool:
    """Whether an instruction may stand in a region; vector instructions if vtype is known there."""
    made = step.decoded.instruction
    if not made.has_body or made.kind in _REFUSED_KINDS:
        return False
    if len(made.results) > MOST_RESULTS or (
        sets_loops(made, isa) and not _can_be_undone(made, isa)
    ):
        return False
    if step.loops and "next_pc" in made.requests:
        return False
    if any(name.startswith("csr_") or name == "repeat" for name in made.requests):
        return False
    if "v" in made.requests:
        if is_setting(step):
            return made.mnemonic != "vsetvl"
        return True
    if lower(made, rounding(step)) is not None:
        return True
    # A pair of lr and sc is not to be split between the tiers.
    return "reservation" not in made.requests


def sets_loops(made: Instruction, isa: Isa) -> bool:
    """Whether an instruction may set up a hardware loop."""
    return isa.loops is not None and isa.loops.name in made.requests


def _can_be_undone(made: Instruction, isa: Isa) -> bool:
    """Whether a setup of hardware loops changes nothing else, so that it can be left to others."""
    assert isa.loops is not None
    changing = {"mem", "fault", "fflags", "next_pc", *isa.states}
    return not made.writes and not (changing - {isa.loops.name}) & set(made.requests)


def uses_memory_freely(made: Instruction, isa: Isa) -> bool:
    """Whether a body accesses memory where nobody can say it before."""
    if "mem" not in made.requests or isinstance(plan_of(made.body), Access):
        return False
    return not _is_checked_before(made, isa)


def can_translate_under(step: Step, isa: Isa, vtype: int | None) -> bool:
    """Whether an instruction may stand in a region where this is vtype, None if it may be any."""
    if not can_translate(step, isa):
        return False
    if "v" not in step.decoded.instruction.requests:
        return True
    if is_setting(step):
        return setting_of(step, vtype, isa) is not None
    return vtype is not None and not is_illegal(step, isa, vtype)


def _is_checked_before(made: Instruction, isa: Isa) -> bool:
    """Whether checking base plus offset is enough for all that the body loads or stores."""
    found = _base(made)
    if made.kind not in _CHECKED_KINDS or found is None:
        return False
    form = form_of(made, isa)
    if form.is_own:
        return True
    address = frozenset(name for name in found if name)
    return form.accesses == frozenset({(address, made.kind == "store")})


def rounding(step: Step) -> int | None:
    """The static rounding mode of an instruction, None if it has none."""
    for name, operand in step.decoded.instruction.operands.items():
        if isinstance(operand.kind, RoundingKind):
            return step.decoded.values[name]
    return None


def _base(made: Instruction) -> tuple[str, str] | None:
    """Names of the base and the offset of the memory operand; the offset may be empty."""
    for slot in made.syntax.slots:
        if slot.base:
            return slot.base, slot.name
    return None


class StepEmitter:
    """Collects the lines of a function.

    Args:
        isa: the instructions.
        context: where the state of extensions is, relative to the context.
        frame: holds the local variables.

    Attributes:
        bodies: the functions that are called, by mnemonic and vtype.
    """

    def __init__(self, isa: Isa, context: Context, frame: Frame) -> None:
        self._isa = isa
        self._context = context
        self._frame = frame
        self._registers = frame.registers
        self._lines: list[str] = []
        self._declarations: dict[str, None] = {}
        self._unique = 0
        self._vectors = VectorWriter(self, isa, self._lines, self._declarations)
        self.bodies: dict[tuple[str, int | None], BodyFunction] = {}

    def _body_declarations(self) -> str:
        """Declarations of the functions in `bodies`; instructions with the same body share one."""
        return "\n".join(
            dict.fromkeys(
                f"declare i32 @{body.name}(ptr, ptr" + ", i64" * body.arguments + ")"
                for _, body in sorted(self.bodies.items())
            )
        )

    def next_unique(self) -> int:
        """A number that makes names unique."""
        self._unique += 1
        return self._unique

    def operand_value(self, step: Step, name: str) -> str:
        """The value of an operand: of a register, or the number that it is."""
        kind, value = step.decoded.instruction.operands[name].kind, step.decoded.values[name]
        if isinstance(kind, RegisterKind) and not kind.file.is_by_number:
            return self._register_value(kind.file, value)
        return str(value)

    def write_result(self, step: Step, value: str) -> None:
        """Writes the register rd, if there is one."""
        result = step.decoded.instruction.operands.get("rd")
        if result is not None and isinstance(result.kind, RegisterKind):
            self._write(result.kind.file, step.decoded.values["rd"], value)

    def use_mode(self) -> None:
        """Notes that frm has to be a rounding mode."""
        self._frame.uses_mode = True

    def _instruction(self, step: Step, leave: Callable[[], str], vtype: int | None = None) -> None:
        """Emits one instruction, but for where it branches to.

        Args:
            step: the instruction.
            leave: gives the label where the function is left before this instruction.
            vtype: of vector instructions.
        """
        if "v" in step.decoded.instruction.requests:
            self._vector(step, leave, vtype)
            return
        made = step.decoded.instruction
        if "mem" in made.requests and not uses_memory_freely(made, self._isa):
            self._check_access(step, leave)
        lowered = self._lower(step)
        if lowered is not None:
            self._host_float(step, lowered, leave)
        else:
            self._call_body(step, leave)

    def _vector(self, step: Step, leave: Callable[[], str], vtype: int | None) -> None:
        self._frame.uses_vector = True
        if is_setting(step):
            self._vectors.setting(step, vtype)
            return
        assert vtype is not None
        plan = plan_in_region(step, self._isa, vtype)
        if "frm" in step.decoded.instruction.requests:
            self._frame.needs_unit = True
        if isinstance(plan, Arithmetic):
            # With an frm that is no rounding mode they are illegal.
            self._frame.uses_mode = self._frame.uses_mode or plan.has_floats
            self._vectors.arithmetic(step, plan, vtype)
        elif isinstance(plan, Access):
            self._vectors.access(step, plan, vtype, leave)
        else:
            self._call_body(step, leave, vtype)
        self._fill_agnostic(step)

    def _fill_agnostic(self, step: Step) -> None:
        """Fills what a vector instruction has left in its result with ones, if that is wanted."""
        code = code_of(step.decoded)
        if code == 0 or not self._context.words[Field.FILLS_AGNOSTIC]:
            return
        # The function looks at vl and vtype where they are at home.
        n = self.next_unique()
        for word in (VL, VTYPE):
            self._lines += [
                f"  %fill{n}.{word} = load i64, ptr %v.config{word}",
                f"  store i64 %fill{n}.{word}, ptr %v.home{word}",
            ]
        kernel = kernel_function(fill_agnostic, _FILL, self._isa.xlen)
        self.bodies[fill_agnostic.__name__, None] = kernel
        self._lines.append(
            f"  %fill{n} = call i32 @{kernel.name}(ptr %result, ptr %exception, "
            f"i64 %context, i64 {code})"
        )

    def _lower(self, step: Step) -> Lowered | None:
        return lower(step.decoded.instruction, rounding(step))

    def _register_value(self, file: RegisterFile, number: int) -> str:
        if file.name == "x" and number == 0:
            return "0"
        n = self.next_unique()
        name = self._registers.name(file, number)
        self._lines.append(f"  %v{n} = load i64, ptr {name}")
        return f"%v{n}"

    def _check_access(self, step: Step, leave: Callable[[], str]) -> None:
        """Leaves before a load or store that is not within the memory that needs no checks."""
        made = step.decoded.instruction
        found = _base(made)
        assert found is not None
        base, offset = found
        operand = made.operands[base]
        assert isinstance(operand.kind, RegisterKind)
        value = self._register_value(operand.kind.file, step.decoded.values[base])
        distance = str(step.decoded.values[offset]) if offset else "0"
        if offset and isinstance(kind := made.operands[offset].kind, RegisterKind):
            distance = self._register_value(kind.file, step.decoded.values[offset])
        n = self.next_unique()
        self._lines.append(f"  %a{n} = add i64 {value}, {distance}")
        if made.kind == "atomic":
            # funct3 is the size, as a power of two.
            self._lines += [
                f"  %al{n} = and i64 %a{n}, {(1 << (made.pattern.match >> 12 & 7)) - 1}",
                f"  %ok{n} = icmp eq i64 %al{n}, 0",
                f"  br i1 %ok{n}, label %even{n}, label {leave()}",
                f"even{n}:",
            ]
        runs = ["read" if made.kind == "load" else "write", "stack"]
        if step.decoded.values[base] == _SP and operand.kind.file.name == "x":
            runs.reverse()  # Where it most probably is comes first.
        self._check_range(f"%a{n}", runs, leave)

    def _check_range(self, address: str, runs: Sequence[str], leave: Callable[[], str]) -> str:
        """Leaves if an address is in none of the runs of memory that need no checks; else gives it.

        Args:
            address: value of the address.
            runs: `read` or `write`, and `stack`, in the order in which they are looked at.
            leave: gives the label to leave at.
        """
        n = self.next_unique()
        if self._isa.xlen == 32:
            self._lines.append(f"  %m{n} = and i64 {address}, 4294967295")
        else:
            self._lines.append(f"  %m{n} = or i64 {address}, 0")
        first, second = runs
        self._lines += [
            f"  %o{n} = sub i64 %m{n}, %{first}.begin",
            f"  %k{n} = icmp ule i64 %o{n}, %{first}.limit",
            f"  br i1 %k{n}, label %go{n}, label %far{n}, !prof !0",
            f"far{n}:",
            f"  %p{n} = sub i64 %m{n}, %{second}.begin",
            f"  %q{n} = icmp ule i64 %p{n}, %{second}.limit",
            f"  br i1 %q{n}, label %go{n}, label {leave()}, !prof !0",
            f"go{n}:",
        ]
        self._declarations['!0 = !{!"branch_weights", i32 100000, i32 1}'] = None
        return f"%m{n}"

    def _copied(self, name: str, file: RegisterFile, numbers: Sequence[int]) -> str:
        """Room of the function with copies of registers, a word each."""
        room = self._frame.room(name, len(numbers))
        for i, number in enumerate(numbers):
            value, n = self._register_value(file, number), self.next_unique()
            self._lines += [
                f"  %r{n} = getelementptr i64, ptr {room}, i64 {i}",
                f"  store i64 {value}, ptr %r{n}",
            ]
        return f"{room}.i"

    def _wide(self, name: str, file: RegisterFile, number: int, is_written: bool) -> str:
        """A register of several words where it is, or room of the function with a copy of it."""
        home = self._home(file, number)
        if not is_written:
            return f"{home}.i"
        room = self._frame.room(name, file.words)
        self._copy_words(room, home, file.words)
        return f"{room}.i"

    def _home(self, file: RegisterFile, number: int) -> str:
        n = self.next_unique()
        at = 8 * (self._context.offsets[file.name] + number * file.words)
        self._lines += [
            f"  %h{n} = getelementptr i8, ptr %c, i64 {at}",
            f"  %h{n}.i = ptrtoint ptr %h{n} to i64",
        ]
        return f"%h{n}"

    def _copy_words(self, target: str, source: str, words: int) -> None:
        copy = "@llvm.memcpy.p0.p0.i64"
        self._declarations[f"declare void {copy}(ptr, ptr, i64, i1)"] = None
        self._lines.append(
            f"  call void {copy}(ptr {target}, ptr {source}, i64 {8 * words}, i1 false)"
        )

    def _state(self, word: int) -> str:
        """The address of a word of the context."""
        n = self.next_unique()
        self._lines.append(f"  %w{n} = add i64 %context, {8 * word}")
        return f"%w{n}"

    def _call_body(self, step: Step, leave: Callable[[], str], vtype: int | None = None) -> None:
        made = step.decoded.instruction
        body = self.bodies.get((made.mnemonic, vtype))
        if body is None:
            is_free = uses_memory_freely(made, self._isa)
            body = body_function(made, self._isa, vtype, is_free)
            self.bodies[made.mnemonic, vtype] = body
        if ends_block(step):
            self._lines.append(f"  store i64 {step.pc + step.size}, ptr %next")
        is_free = uses_memory_freely(made, self._isa)
        asked = _Asked(self, step)
        arguments = [
            value
            for name in form_of(made, self._isa).requests
            for value in argument_of(made, name, self._isa, is_free).emit(asked)
        ]
        listed = "".join(f", i64 {value}" for value in arguments)
        n = self.next_unique()
        keeps_flags = body.may_raise and "fflags" in made.requests
        if keeps_flags:
            self._lines.append(f"  %g{n} = load i64, ptr %fflags")
        call = f"  %s{n} = call i32 @{body.name}(ptr %result, ptr %exception{listed})"
        if body.uses_floats and self._frame.has_floats:
            self._lines += self._frame.keeping_host_flags(f"{n}", f"{call} noinline")
        else:
            self._lines.append(call)
        if body.may_raise:
            # It must not be performed again, since it may have changed something by then: the
            # guest ends here. Like a fault in the tier below, it leaves no flags.
            self._lines += [
                f"  %ok{n} = icmp eq i32 %s{n}, 0",
                f"  br i1 %ok{n}, label %done{n}, label %bad{n}",
                f"bad{n}:",
                *([f"  store i64 %g{n}, ptr %fflags"] if keeps_flags else []),
                f"  %e{n} = getelementptr i8, ptr %c, i64 {8 * Field.FAULT}",
                f"  store i64 {FAULT_EXCEPTION}, ptr %e{n}",
                f"  br label {leave()}",
                f"done{n}:",
            ]
        if "fault" in made.requests or is_free:
            self._lines += self._deliver_fault(n, leave)
        if ends_block(step) and not (made.is_core and self._isa.alignment == 2):
            # The tier below says what is wrong with such a target.
            self._lines += [
                f"  %to{n} = load i64, ptr %next",
                f"  %odd{n} = and i64 %to{n}, {self._isa.alignment - 1}",
                f"  %good{n} = icmp eq i64 %odd{n}, 0",
                f"  br i1 %good{n}, label %right{n}, label {leave()}",
                f"right{n}:",
            ]
        for name in made.writes:
            self._write_operand(step, name)
        if X_REGISTERS in made.requests:
            self._write_copied(X_REGISTERS, X, range(X.count))
        if is_free and not ends_block(step):
            self._lines += self._note_code(n, self._leave_after(step))

    def _write_operand(self, step: Step, name: str) -> None:
        """Writes a register operand of what the body has returned, or has put into its copy."""
        made, number = step.decoded.instruction, step.decoded.values[name]
        kind = made.operands[name].kind
        assert isinstance(kind, RegisterKind)
        if not kind.has_words:
            self._write(kind.file, number, self._word_of("%result", made.results.index(name)))
        elif kind.group > 1:
            self._write_copied(name, kind.file, kind.members(number))
        else:
            room = self._frame.room(name, kind.file.words)
            self._copy_words(self._home(kind.file, number), room, kind.file.words)

    def _write_copied(self, name: str, file: RegisterFile, numbers: Sequence[int]) -> None:
        """Writes registers of which a body has got copies, and may have changed them."""
        room = self._frame.room(name, len(numbers))
        for i, number in enumerate(numbers):
            self._write(file, number, self._word_of(room, i))

    def _word_of(self, room: str, index: int) -> str:
        n = self.next_unique()
        self._lines += [
            f"  %y{n}.p = getelementptr i64, ptr {room}, i64 {index}",
            f"  %y{n} = load i64, ptr %y{n}.p",
        ]
        return f"%y{n}"

    def _leave_after(self, step: Step) -> str:
        """The label where the function is left behind an instruction."""
        raise CompileError(f"'{step.decoded.instruction.mnemonic}' accesses memory freely")

    def _note_code(self, n: int, leave: str) -> list[str]:
        """Leaves behind an instruction that has written code: that may be what comes next."""
        return [
            f"  %cw{n} = load i64, ptr %fault{CODE_WRITTEN}",
            f"  %cz{n} = icmp eq i64 %cw{n}, 0",
            f"  br i1 %cz{n}, label %data{n}, label %code{n}",
            f"code{n}:",
            f"  %cp{n} = getelementptr i8, ptr %c, i64 {8 * (Field.FAULT + CODE_WRITTEN)}",
            f"  store i64 1, ptr %cp{n}",
            f"  br label {leave}",
            f"data{n}:",
        ]

    def _deliver_fault(self, n: int, leave: Callable[[], str]) -> list[str]:
        """Ends the guest at this instruction if its body has noted a fault.

        The body may have changed something before, so that it must not be performed again.
        """
        lines = [
            f"  %fk{n} = load i64, ptr %fault0",
            f"  %ok{n}.f = icmp eq i64 %fk{n}, 0",
            f"  br i1 %ok{n}.f, label %fine{n}, label %fault{n}.b",
            f"fault{n}.b:",
        ]
        for word in range(FAULT_WORDS):
            lines += [
                f"  %fw{n}.{word} = load i64, ptr %fault{word}",
                f"  %fh{n}.{word} = getelementptr i8, ptr %c, i64 {8 * (Field.FAULT + word)}",
                f"  store i64 %fw{n}.{word}, ptr %fh{n}.{word}",
            ]
        return [*lines, f"  br label {leave()}", f"fine{n}:"]

    def _write(self, file: RegisterFile, number: int, value: str) -> None:
        if file.name == "x" and number == 0:
            return
        name = self._registers.name(file, number)
        self._registers.written.add(name)
        n = self.next_unique()
        if file.name == "x" and self._isa.xlen == 32:
            self._lines.append(f"  %z{n}.t = trunc i64 {value} to i32")
            self._lines.append(f"  %z{n} = sext i32 %z{n}.t to i64")
            value = f"%z{n}"
        elif not file.is_core and file.bits < 64:
            self._lines.append(f"  %z{n} = and i64 {value}, {(1 << file.bits) - 1}")
            value = f"%z{n}"
        self._lines.append(f"  store i64 {value}, ptr {name}")

    def _host_float(self, step: Step, lowered: Lowered, leave: Callable[[], str]) -> None:
        made, values = step.decoded.instruction, step.decoded.values
        operands = {
            name: self._register_value(operand.kind.file, values[name])
            for name, operand in made.operands.items()
            if name != "rd" and isinstance(operand.kind, RegisterKind)
        }
        n = self.next_unique()
        left = leave() if lowered.may_leave else ""
        for line in lowered.lines:
            made_of = line.format(n=n, leave=left, **operands)
            self._lines += [f"  {part}" for part in made_of.splitlines()]
        for declaration in lowered.declarations:
            self._declarations[declaration] = None
        if lowered.nan:
            flag = lowered.nan.format(n=n)
            self._lines.append(f"  br i1 {flag}, label {left}, label %num{n}")
            self._lines.append(f"num{n}:")
        result = made.operands["rd"]
        assert isinstance(result.kind, RegisterKind)
        self._write(result.kind.file, values["rd"], lowered.result.format(n=n))


@dataclass(frozen=True)
class _Asked:
    """A step, as what its body asks for is made of it (`rvx.emulator.handlers.arguments`)."""

    emitter: StepEmitter
    step: Step

    def value(self, operand: str) -> int:
        return self.step.decoded.values[operand]

    def register(self, file: RegisterFile, number: int) -> str:
        return self.emitter._register_value(file, number)

    def group(self, name: str, file: RegisterFile, numbers: Sequence[int]) -> str:
        return self.emitter._copied(name, file, numbers)

    def wide(self, name: str, file: RegisterFile, number: int, is_written: bool) -> str:
        return self.emitter._wide(name, file, number, is_written)

    def state(self, name: str) -> str:
        return self.emitter._state(self.emitter._context.offsets[name])

    def shared(self, field: Field) -> str:
        known = {Field.NEXT_PC: "%next.i", Field.FFLAGS: "%fflags.i", Field.FAULT: "%fault.i"}
        self.emitter._frame.notes_faults |= field == Field.FAULT
        return known.get(field) or self.emitter._state(field)

    def pc(self) -> int:
        return self.step.pc

    def rounding_mode(self, has_to_be_one: bool) -> str:
        self.emitter._frame.uses_mode |= has_to_be_one
        return "%frm"

    def vector_unit(self) -> tuple[str, str]:
        return "%v.base.i", "%v.config.i"

    def checked_memory(self) -> str:
        return "%bias"

    def context(self) -> str:
        return "%context"
