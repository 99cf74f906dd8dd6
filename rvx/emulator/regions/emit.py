"""LLVM text of a region: its blocks, with the bodies called and everything around them.

The function is `i64 region(i64 context, i64 address)`. It is entered at one of the region's
entries and gives the address where execution goes on. Registers are local variables in between;
they, the counts and the flags are written back in one place, where every exit comes by.
"""

from __future__ import annotations

from collections.abc import Iterable

from rvx.emulator.context import Context, Field
from rvx.emulator.regions.bodies import BodyFunction, arguments_of, body_function
from rvx.emulator.regions.floats import Lowered, lower
from rvx.emulator.regions.flow import Block, Step, ends_block
from rvx.emulator.regions.frame import Frame
from rvx.emulator.regions.select import Region
from rvx.isa import Instruction, Isa, RegisterFile
from rvx.isa.bits import Address
from rvx.isa.operands import RegisterKind, RoundingKind

_CHECKED_KINDS = ("load", "store", "atomic")
_REFUSED_KINDS = ("csr", "system")


def can_translate(step: Step, is_boxed: bool) -> bool:
    """Whether an instruction may stand in a region.

    Args:
        step: the instruction.
        is_boxed: whether F and D are performed by their bodies in the tier below, with boxes.
    """
    made = step.decoded.instruction
    if made.body is None or made.kind in _REFUSED_KINDS:
        return False
    if any(name.startswith("csr_") for name in made.requests):
        return False
    if lower(made, is_boxed) is not None:
        # The host rounds to nearest even; otherwise the body does it, if that is the tier below.
        return is_boxed or _rounding(step) in (None, 0, 7)
    if made.extension in ("F", "D") and not is_boxed and not _is_as_in_unicorn(made):
        return False
    if "reservation" in made.requests:
        return False  # A pair of lr and sc is not to be split between the tiers.
    return "mem" not in made.requests or (made.kind in _CHECKED_KINDS and _base(made) is not None)


def _is_as_in_unicorn(made: Instruction) -> bool:
    """Whether the body of an instruction of F or D gives what Unicorn gives, boxes and all."""
    return "fflags" not in made.requests and made.mnemonic not in _SHOWS_BOX


_SHOWS_BOX = frozenset({"fsgnj.s", "fsgnjn.s", "fsgnjx.s", "fclass.s", "fmv.w.x"})


def _rounding(step: Step) -> int | None:
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


class Emitter:
    """Makes the text of one region.

    Args:
        region: what to translate.
        isa: its instructions.
        context: where the state of extensions is, relative to the context.
        executable_begin: address of the first halfword that is counted.
        is_limited: whether to stop before the instruction limit is passed.
    """

    def __init__(
        self,
        region: Region,
        isa: Isa,
        context: Context,
        executable_begin: Address,
        is_limited: bool,
    ) -> None:
        self._is_boxed = bool(context.words[Field.FCSR])
        has_floats = any(
            self._lower(step) is not None
            for block in region.blocks.values()
            for step in block.steps
        )
        self._frame = Frame(region, isa, context, executable_begin, is_limited, has_floats)
        self._region = region
        self._isa = isa
        self._context = context
        self._is_limited = is_limited
        self._registers = self._frame.registers
        self._lines: list[str] = []
        self._exits: list[str] = []
        self._declarations: dict[str, None] = {}
        self._unique = 0
        self.bodies: dict[str, BodyFunction] = {}

    def text(self) -> str:
        """The LLVM module; the functions in `bodies` have to be linked to it."""
        for block in self._region.blocks.values():
            self._block(block)
        # Instructions with the same body share its function.
        bodies = "\n".join(
            dict.fromkeys(
                f"declare i32 @{body.name}(ptr, ptr"
                + ", i64" * len(arguments_of(self._isa.instructions[mnemonic]))
                + ")"
                for mnemonic, body in sorted(self.bodies.items())
            )
        )
        declared = "\n".join(self._declarations)
        return "\n".join(
            (
                "define i64 @region(i64 %context, i64 %address) nounwind"
                + (" strictfp {" if self._frame.has_floats else " {"),
                *self._frame.prologue(),
                *self._lines,
                *self._exits,
                *self._frame.epilogue(),
                "}",
                bodies,
                declared,
                "declare i32 @feclearexcept(i32)\ndeclare i32 @fetestexcept(i32)"
                if self._frame.has_floats
                else "",
            )
        )

    def _lower(self, step: Step) -> Lowered | None:
        if _rounding(step) not in (None, 0, 7):
            return None
        return lower(step.decoded.instruction, self._is_boxed)

    # -- blocks ------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        tag = f"{block.start:x}"
        add = self._lines.append
        add(f"b{tag}:")
        if self._is_head(block):
            self._next_unique()
            n = self._unique
            add(f"  %stop{n} = load volatile i64, ptr %stop")
            add(f"  %go{n} = icmp eq i64 %stop{n}, 0")
            add(f"  br i1 %go{n}, label %run{tag}, label {self._exit_at(block.start)}")
            add(f"run{tag}:")
        if self._is_limited:
            add(f"  %have{tag} = load i64, ptr %remaining")
            add(f"  %less{tag} = sub i64 %have{tag}, {len(block.steps)}")
            add(f"  %enough{tag} = icmp sge i64 %less{tag}, 0")
            add(f"  br i1 %enough{tag}, label %in{tag}, label {self._exit_at(block.start)}")
            add(f"in{tag}:")
            add(f"  store i64 %less{tag}, ptr %remaining")
        add(f"  %before{tag} = load i64, ptr %count{tag}")
        add(f"  %after{tag} = add i64 %before{tag}, 1")
        add(f"  store i64 %after{tag}, ptr %count{tag}")
        for index, step in enumerate(block.steps):
            if not can_translate(step, self._is_boxed):
                add(f"  br label {self._exit_within(block, index)}")
                return
            self._step(block, index, step)
        if not ends_block(block.steps[-1]):
            add(f"  br label {self._label(block.end)}")

    def _is_head(self, block: Block) -> bool:
        """Whether a loop comes by here: some block that is not in front of it leads to it."""
        return any(
            block.start in other.successors and (other.start >= block.start or other.is_return)
            for other in self._region.blocks.values()
        )

    def _label(self, address: Address) -> str:
        if address in self._region.blocks:
            return f"%b{address:x}"
        return self._exit_at(address)

    def _exit_at(self, address: Address) -> str:
        """A label where the region is left to go on at an address."""
        label = f"to{address:x}"
        if f"{label}:" not in self._exits:
            self._exits += [f"{label}:", f"  store i64 {address}, ptr %pc.out", "  br label %leave"]
        return f"%{label}"

    def _exit_within(self, block: Block, index: int) -> str:
        """A label where the region is left before an instruction of a block that was counted."""
        step = block.steps[index]
        label = f"at{step.pc:x}"
        if f"{label}:" in self._exits:
            return f"%{label}"
        lines = [f"{label}:", f"  store i64 {step.pc}, ptr %pc.out"]
        if self._is_limited:
            lines += [
                f"  %r{label} = load i64, ptr %remaining",
                f"  %s{label} = add i64 %r{label}, {len(block.steps) - index}",
                f"  store i64 %s{label}, ptr %remaining",
            ]
        pointer = f"%q{label}"
        lines += [
            f"  {pointer}.p = getelementptr i8, ptr %c, i64 {8 * Field.DIFFERENCES}",
            f"  {pointer}.d = load i64, ptr {pointer}.p",
        ]
        for mark, at, operation in (("s", step.pc, "sub"), ("e", block.end, "add")):
            lines += [
                line.replace("%differences", f"{pointer}.d")
                for line in self._frame.add_difference(f"{label}{mark}", at, "1", operation)
            ]
        self._exits += [*lines, "  br label %leave"]
        return f"%{label}"

    # -- instructions ------------------------------------------------------------------------

    def _next_unique(self) -> int:
        self._unique += 1
        return self._unique

    def _step(self, block: Block, index: int, step: Step) -> None:
        made = step.decoded.instruction
        if "mem" in made.requests:
            self._check_access(block, index, step)
        lowered = self._lower(step)
        if lowered is not None:
            self._host_float(block, index, step, lowered)
        else:
            self._call_body(step)
        if ends_block(step):
            self._branch(block, step)

    def _register_value(self, kind: RegisterKind, number: int) -> str:
        if kind.file.name == "x" and number == 0:
            return "0"
        n = self._next_unique()
        name = self._registers.name(kind.file, number)
        self._lines.append(f"  %v{n} = load i64, ptr {name}")
        return f"%v{n}"

    def _check_access(self, block: Block, index: int, step: Step) -> None:
        """Leaves before a load or store that is not within the memory that needs no checks."""
        made = step.decoded.instruction
        found = _base(made)
        assert found is not None
        base, offset = found
        operand = made.operands[base]
        assert isinstance(operand.kind, RegisterKind)
        value = self._register_value(operand.kind, step.decoded.values[base])
        n = self._next_unique()
        distance = step.decoded.values[offset] if offset else 0
        run = "read" if made.kind == "load" else "write"
        lines = [f"  %a{n} = add i64 {value}, {distance}"]
        if self._isa.xlen == 32:
            lines.append(f"  %m{n} = and i64 %a{n}, 4294967295")
        else:
            lines.append(f"  %m{n} = or i64 %a{n}, 0")
        lines += [
            f"  %o{n} = sub i64 %m{n}, %{run}.begin",
            f"  %k{n} = icmp ule i64 %o{n}, %{run}.limit",
            f"  br i1 %k{n}, label %go{n}, label {self._exit_within(block, index)}, !prof !0",
            f"go{n}:",
        ]
        self._declarations['!0 = !{!"branch_weights", i32 100000, i32 1}'] = None
        self._lines += lines

    def _argument(self, name: str, step: Step) -> str:
        made, values = step.decoded.instruction, step.decoded.values
        operand = made.operands.get(name)
        if operand is not None:
            if isinstance(operand.kind, RegisterKind):
                return self._register_value(operand.kind, values[name])
            if isinstance(operand.kind, RoundingKind) and values[name] == 7:
                return "%frm"
            return str(values[name])
        if name in self._isa.states:
            n = self._next_unique()
            at = 8 * self._context.offsets[name]
            self._lines.append(f"  %w{n} = add i64 %context, {at}")
            return f"%w{n}"
        fixed = {
            "pc": str(step.pc),
            "next_pc": "%next.i",
            "fflags": "%fflags.i",
            "frm": "%frm",
            "mem": "%bias",
        }
        return fixed[name]

    def _call_body(self, step: Step) -> None:
        made = step.decoded.instruction
        body = self.bodies.get(made.mnemonic)
        if body is None:
            body = self.bodies[made.mnemonic] = body_function(made, self._isa)
        if ends_block(step):
            self._lines.append(f"  store i64 {step.pc + step.size}, ptr %next")
        arguments = [self._argument(name, step) for name in arguments_of(made)]
        listed = "".join(f", i64 {value}" for value in arguments)
        n = self._next_unique()
        call = f"  %s{n} = call i32 @{body.name}(ptr %result, ptr null{listed})"
        if body.uses_floats and self._frame.has_floats:
            self._lines += self._frame.keeping_host_flags(f"{n}", f"{call} noinline")
        else:
            self._lines.append(call)
        result = made.operands.get("rd")
        if result is not None and isinstance(result.kind, RegisterKind):
            self._lines.append(f"  %y{n} = load i64, ptr %result")
            self._write(result.kind.file, step.decoded.values["rd"], f"%y{n}")

    def _write(self, file: RegisterFile, number: int, value: str) -> None:
        if file.name == "x" and number == 0:
            return
        name = self._registers.name(file, number)
        self._registers.written.add(name)
        n = self._next_unique()
        if file.name == "x" and self._isa.xlen == 32:
            self._lines.append(f"  %z{n}.t = trunc i64 {value} to i32")
            self._lines.append(f"  %z{n} = sext i32 %z{n}.t to i64")
            value = f"%z{n}"
        elif not file.is_core and file.bits < 64:
            self._lines.append(f"  %z{n} = and i64 {value}, {(1 << file.bits) - 1}")
            value = f"%z{n}"
        self._lines.append(f"  store i64 {value}, ptr {name}")

    def _host_float(self, block: Block, index: int, step: Step, lowered: Lowered) -> None:
        made, values = step.decoded.instruction, step.decoded.values
        operands = {
            name: self._register_value(operand.kind, values[name])
            for name, operand in made.operands.items()
            if name != "rd" and isinstance(operand.kind, RegisterKind)
        }
        n = self._next_unique()
        for line in lowered.lines:
            self._lines += [f"  {part}" for part in line.format(n=n, **operands).splitlines()]
        for declaration in lowered.declarations:
            self._declarations[declaration] = None
        if lowered.nan:
            flag = lowered.nan.format(n=n)
            target = self._exit_within(block, index)
            self._lines.append(f"  br i1 {flag}, label {target}, label %num{n}")
            self._lines.append(f"num{n}:")
        result = made.operands["rd"]
        assert isinstance(result.kind, RegisterKind)
        self._write(result.kind.file, values["rd"], lowered.result.format(n=n))

    def _branch(self, block: Block, step: Step) -> None:
        n = self._next_unique()
        self._lines.append(f"  %went{n} = load i64, ptr %next")
        after = step.pc + step.size
        goals: dict[Address, None] = {}
        target = block.target
        if target is not None:
            goals[target] = None
        if step.decoded.instruction.mnemonic != "jal":
            goals[after] = None
        for address in self._returns(block):
            goals[address] = None
        cases = " ".join(f"i64 {goal}, label {self._label(goal)}" for goal in goals)
        self._lines.append(f"  switch i64 %went{n}, label %dyn{n} [ {cases} ]")
        self._exits += [
            f"dyn{n}:",
            f"  store i64 %went{n}, ptr %pc.out",
            "  br label %leave",
        ]

    def _returns(self, block: Block) -> Iterable[Address]:
        if not block.is_return:
            return ()
        return [start for start in block.successors if start in self._region.blocks]
