"""LLVM text of a region: its blocks, with the bodies called and everything around them.

The function is `i64 region(i64 context, i64 address)`. It is entered at one of the region's
entries and gives the address where execution goes on. Registers are local variables in between;
they, the counts and the flags are written back in one place, where every exit comes by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rvx.emulator.calls import Calls
from rvx.emulator.context import Context, Field
from rvx.emulator.regions.bodies import BodyFunction, kernel_function
from rvx.emulator.regions.flow import Block, Step, ends_block
from rvx.emulator.regions.followed import Followed, moved
from rvx.emulator.regions.frame import CountedVector, Frame
from rvx.emulator.regions.select import Region, leading
from rvx.emulator.regions.settings import after, flow, may_change_length
from rvx.emulator.regions.steps import (
    StepEmitter,
    can_translate_under,
    sets_loops,
    uses_memory_freely,
)
from rvx.emulator.regions.vectors import is_vector, uses_host
from rvx.isa import Isa, loops
from rvx.isa.bits import Address
from rvx.isa.vector.elements import OF_SEW, Counted, body, capacity, elements_of
from rvx.isa.vector.state import MTYPE, VL


class Emitter(StepEmitter):
    """Makes the text of one region.

    Args:
        region: what to translate.
        isa: its instructions.
        context: where the state of extensions is, relative to the context.
        executable_begin: address of the first halfword that is counted.
        is_limited: whether to stop before the instruction limit is passed.
        calls: what follows calls, if they are followed.
    """

    def __init__(
        self,
        region: Region,
        isa: Isa,
        context: Context,
        executable_begin: Address,
        is_limited: bool,
        calls: Calls | None = None,
    ) -> None:
        frame = Frame(
            region,
            isa,
            context,
            executable_begin,
            is_limited,
            refuses_streams=bool(context.words[Field.SSR]),
        )
        super().__init__(isa, context, frame)
        self._region = region
        entries = {entry: region.settings.get(entry) for entry in region.entries}
        self._settings = flow(region.blocks, entries, self._goals, isa)
        self._frame.has_floats = any(
            self._lower(step) is not None
            or (vtype is not None and is_vector(step) and uses_host(step, isa, vtype))
            for block in region.blocks.values()
            for step, vtype in self._steps(block)
        )
        self._frame.vectors = {
            one.pc: one for block in region.blocks.values() for one in self._vectors_of(block)
        }
        self._is_limited = is_limited
        # A count that may live in a register is one more value at every join of every block.
        self._kept = "volatile " if len(region.blocks) > _MOST_COUNTS else ""
        if calls is not None:
            self._frame.followed = Followed(region.blocks, calls, self._goals, self._kept)
        self._exits: list[str] = []
        self._returns = _shared_returns(region.blocks)
        self._heads = _heads(region.blocks)
        self._place = next(iter(region.blocks.values())), 0

    def text(self) -> str:
        """The LLVM module; the functions in `bodies` have to be linked to it."""
        for block in self._region.blocks.values():
            self._block(block)
        if self._returns:
            labels = {goal: self._label(goal) for goal in self._returns}
            self._lines += ["returns:", *self._switch(self._returning(labels, ""))]
        bodies = self._body_declarations()
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

    # -- blocks ------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        tag = f"{block.start:x}"
        add = self._lines.append
        add(f"b{tag}:")
        if block.start in self._heads:
            self.next_unique()
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
        kept, followed = self._kept, self._frame.followed
        add(f"  %before{tag} = load {kept}i64, ptr %count{tag}")
        add(f"  %after{tag} = add i64 %before{tag}, 1")
        add(f"  store {kept}i64 %after{tag}, ptr %count{tag}")
        self._count_length(block, 0)
        if followed is not None:
            self._lines += followed.begin(block)
        for index, (step, vtype) in enumerate(self._steps(block)):
            if not can_translate_under(step, self._isa, vtype):
                add(f"  br label {self._exit_within(block, index)}")
                return
            self._step(block, index, step, vtype)
        if not ends_block(block.steps[-1]):
            self._arrive(block)
            add(f"  br label {self._label(block.end)}")

    def _steps(self, block: Block) -> Iterator[tuple[Step, int | None]]:
        """The instructions of a block, and the vtype that each finds."""
        vtype = self._settings.get(block.start)
        for step in block.steps:
            yield step, vtype
            vtype = after(step, vtype, self._isa)

    # -- elements of vector instructions --------------------------------------------------------

    def _vectors_of(self, block: Block) -> list[CountedVector]:
        """The vector instructions of a block whose elements are counted, as far as they are done.

        Those that lie between two settings of vl work on equally many elements, so that one sum of
        vl serves them all. What is left of a block when it is left early is taken back.
        """
        unit = self._isa.vector
        if unit is None:
            return []
        vlenb = unit.vlen // 8
        found: list[CountedVector] = []
        for index, (step, vtype) in enumerate(self._steps(block)):
            if not can_translate_under(step, self._isa, vtype):
                break
            asked = elements_of(step.decoded, unit, self._isa.xlen)
            if not asked.code:
                continue
            assert vtype is not None
            elements = asked.under(vtype, vlenb)
            counted, number = int(elements.counted), elements.number
            sizes = {OF_SEW: 1 << (vtype >> 3 & 7)}
            kinds = (Counted.BODY, Counted.BYTES, Counted.ONE, Counted.TILE)
            depends = elements.counted in kinds
            found.append(
                CountedVector(
                    step.pc,
                    block.start,
                    index,
                    elements,
                    None if depends else body(counted, number, 1, vtype, vlenb, 0),
                    capacity(counted, number, vtype, vlenb),
                    sizes.get(elements.size, elements.size),
                    1 if elements.counted == Counted.TILE else number,
                    asked.number if asked.counted == Counted.EIGHT else None,
                )
            )
        return found

    def _stretch(self, block: Block, first: int) -> list[CountedVector]:
        """The counted instructions from a place on to where vl changes next."""
        end = len(block.steps)
        for index in range(first, len(block.steps)):
            if may_change_length(block.steps[index]):
                end = index + 1
                break
        known = (self._frame.vectors.get(step.pc) for step in block.steps[first:end])
        return [one for one in known if one is not None and one.fixed is None]

    def _count_length(self, block: Block, first: int) -> None:
        """Sums up vl, for the instructions from a place on to where it changes next."""
        counted = self._stretch(block, first)
        if not counted:
            return
        for kind in dict.fromkeys(one.elements.counted for one in counted):
            name = f"%vls{block.start:x}.{first}.{int(kind)}"
            self._frame.lengths[name] = [one for one in counted if one.elements.counted == kind]
            value = self._length(kind, f"{name}.v")
            self._lines += [
                f"  {name}.o = load i64, ptr {name}",
                f"  {name}.n = add i64 {name}.o, {value}",
                f"  store i64 {name}.n, ptr {name}",
            ]

    def _length(self, kind: Counted, name: str, lines: list[str] | None = None) -> str:
        """vl as instructions of a kind count it."""
        lines = self._lines if lines is None else lines
        lines.append(f"  {name} = load i64, ptr %v.config{VL}")
        if kind == Counted.BYTES:
            lines += [f"  {name}.u = add i64 {name}, 7", f"  {name}.b = lshr i64 {name}.u, 3"]
            return f"{name}.b"
        if kind == Counted.ONE:
            lines += [
                f"  {name}.z = icmp ne i64 {name}, 0",
                f"  {name}.b = zext i1 {name}.z to i64",
            ]
            return f"{name}.b"
        if kind == Counted.TILE:
            lines += [
                f"  {name}.m = load i64, ptr %v.config{MTYPE}",
                f"  {name}.r = lshr i64 {name}.m, 10",
                f"  {name}.tm = and i64 {name}.r, {0x3FFF}",
                f"  {name}.d = lshr i64 {name}.m, 5",
                f"  {name}.tk = and i64 {name}.d, 7",
                f"  {name}.c = mul i64 {name}.tm, {name}.tk",
                f"  {name}.b = mul i64 {name}, {name}.c",
            ]
            return f"{name}.b"
        return name

    def _active_eight(self, pc: Address, byte: int) -> str:
        """How many products of one vector with eight are not masked off by a byte of v0."""
        tag = f"vm{pc:x}"
        self._declarations["declare i64 @llvm.ctpop.i64(i64)"] = None
        self._lines += [
            f"  %{tag}.vl = load i64, ptr %v.config{VL}",
            f"  %{tag}.p = getelementptr i8, ptr %v.base, i64 {byte}",
            f"  %{tag}.w = load i8, ptr %{tag}.p",
            f"  %{tag}.b = zext i8 %{tag}.w to i64",
            f"  %{tag}.c = call i64 @llvm.ctpop.i64(i64 %{tag}.b)",
            f"  %{tag}.all = mul i64 %{tag}.c, %{tag}.vl",
        ]
        return f"%{tag}.all"

    def _active_bits(self, pc: Address) -> str:
        """How many of the first vl bits of v0 are set."""
        tag = f"vm{pc:x}"
        self._lines += [
            f"  %{tag}.vl = load i64, ptr %v.config{VL}",
            f"  store i64 0, ptr %{tag}.sum",
            f"  %{tag}.up = add i64 %{tag}.vl, 63",
            f"  %{tag}.words = lshr i64 %{tag}.up, 6",
        ]
        with self._vectors.counted(tag, f"%{tag}.words") as word:
            self._lines += [
                f"  %{tag}.p = getelementptr i64, ptr %v.base, i64 {word}",
                f"  %{tag}.w = load i64, ptr %{tag}.p",
                f"  %{tag}.done = shl i64 {word}, 6",
                f"  %{tag}.rest = sub i64 %{tag}.vl, %{tag}.done",
                f"  %{tag}.whole = icmp uge i64 %{tag}.rest, 64",
                f"  %{tag}.few = and i64 %{tag}.rest, 63",
                f"  %{tag}.one = shl i64 1, %{tag}.few",
                f"  %{tag}.low = sub i64 %{tag}.one, 1",
                f"  %{tag}.k = select i1 %{tag}.whole, i64 -1, i64 %{tag}.low",
                f"  %{tag}.b = and i64 %{tag}.w, %{tag}.k",
                f"  %{tag}.c = call i64 @llvm.ctpop.i64(i64 %{tag}.b)",
                f"  %{tag}.s = load i64, ptr %{tag}.sum",
                f"  %{tag}.t = add i64 %{tag}.s, %{tag}.c",
                f"  store i64 %{tag}.t, ptr %{tag}.sum",
            ]
        self._declarations["declare i64 @llvm.ctpop.i64(i64)"] = None
        self._lines.append(f"  %{tag}.all = load i64, ptr %{tag}.sum")
        return f"%{tag}.all"

    def _taken_back(self, block: Block, index: int, label: str) -> list[str]:
        """Lines that take back what is counted of a block from a place on."""
        rest = [
            one
            for one in self._frame.vectors.values()
            if one.block == block.start and one.index >= index
        ]
        if not rest:
            return []
        first = next(
            (at + 1 for at in reversed(range(index)) if may_change_length(block.steps[at])), 0
        )
        summed = {one.pc for one in self._stretch(block, first)}
        lines = [
            f"  %{label}.ep = getelementptr i8, ptr %c, i64 {8 * Field.ELEMENTS}",
            f"  %{label}.e = load i64, ptr %{label}.ep",
        ]
        for one in rest:
            tag = f"{label}.{one.pc:x}"
            total = "0" if one.fixed is None else str(one.fixed)
            if one.pc in summed:
                value = self._length(one.elements.counted, f"%{tag}.v", lines)
                lines.append(f"  %{tag}.x = mul i64 {value}, {one.times}")
                total = f"%{tag}.x"
            done = "0" if one.elements.is_masked else total
            lines.append(f"  %{tag}.y = mul i64 {done}, {one.size}")
            values = (total, done, str(one.capacity), f"%{tag}.y")
            lines += [
                line.replace("%elements", f"%{label}.e")
                for line in self._frame.add_elements(tag, one.pc, values, "sub")
            ]
        return lines

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
        if self._frame.followed is not None:
            lines += moved("%total", f"%t{label}", index - len(block.steps))
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
        lines += self._taken_back(block, index, label)
        self._exits += [*lines, "  br label %leave"]
        return f"%{label}"

    def _leave_after(self, step: Step) -> str:
        block, index = self._place
        if index + 1 < len(block.steps):
            return self._exit_within(block, index + 1)
        return self._exit_at(block.end)

    def _leave_for_next(self) -> str:
        """The label where the region is left to go on where `next` says."""
        n = self.next_unique()
        self._exits += [
            f"gone{n}:",
            f"  %gone{n}.to = load i64, ptr %next",
            f"  store i64 %gone{n}.to, ptr %pc.out",
            "  br label %leave",
        ]
        return f"%gone{n}"

    # -- instructions ------------------------------------------------------------------------

    def _step(self, block: Block, index: int, step: Step, vtype: int | None) -> None:
        self._place = block, index
        counted = self._frame.vectors.get(step.pc)
        active = ""
        if counted is not None and counted.elements.is_masked:
            self._frame.masked[f"%vma{step.pc:x}"] = counted
            if counted.mask_byte is None:
                self._frame.locals.append(f"%vm{step.pc:x}.sum")
                active = self._active_bits(step.pc)
            else:
                active = self._active_eight(step.pc, counted.mask_byte)
        before = self._loops_before(step)
        self._instruction(step, lambda: self._exit_within(block, index), vtype)
        if before:
            self._check_loops(before, self._exit_within(block, index))
        if active:
            self._lines += [
                f"  %vma{step.pc:x}.o = load i64, ptr %vma{step.pc:x}",
                f"  %vma{step.pc:x}.n = add i64 %vma{step.pc:x}.o, {active}",
                f"  store i64 %vma{step.pc:x}.n, ptr %vma{step.pc:x}",
            ]
        if may_change_length(step) and index + 1 < len(block.steps):
            self._count_length(block, index + 1)
        if step.loops:
            self._follow_loops(step)
        if ends_block(step):
            self._branch(block, step)

    def _loops_before(self, step: Step) -> list[str]:
        """The words of the hardware loops before an instruction that may set one up."""
        if not sets_loops(step.decoded.instruction, self._isa):
            return []
        state = self._isa.loops
        assert state is not None
        n = self.next_unique()
        at = 8 * self._context.offsets[state.name]
        for word in range(state.words):
            self._lines += [
                f"  %lo{n}.{word}.p = getelementptr i8, ptr %c, i64 {at + 8 * word}",
                f"  %lo{n}.{word} = load i64, ptr %lo{n}.{word}.p",
            ]
        return [f"%lo{n}.{word}" for word in range(state.words)]

    def _check_loops(self, before: list[str], leave: str) -> None:
        """Leaves a setup to the tier below if it begins a loop whose end is not marked yet.

        The trap hook has to see that one. Regions know all ends that are marked, as those made
        before one was are dropped; so other loops may be set up here.
        """
        state = self._isa.loops
        assert state is not None
        kernel = self._loops_kernel(
            loops.first_unknown, "ends, size, begin", "int8_array(ends, size), begin"
        )
        n = self.next_unique()
        for name, index in (
            (f"le{n}", Field.LOOP_ENDS),
            (f"lh{n}", Field.EXEC_HALFWORDS),
            (f"lb{n}", Field.EXEC_BASE),
        ):
            self._lines += [
                f"  %{name}.p = getelementptr i8, ptr %c, i64 {8 * index}",
                f"  %{name} = load i64, ptr %{name}.p",
            ]
        words = self._state(self._context.offsets[state.name])
        self._lines += [
            f"  %ld{n} = call i32 @{kernel.name}(ptr %result, ptr %exception, i64 {words}, "
            f"i64 %le{n}, i64 %lh{n}, i64 %lb{n})",
            f"  %lr{n} = load i64, ptr %result",
            f"  %lk{n} = icmp slt i64 %lr{n}, 0",
            f"  br i1 %lk{n}, label %known{n}, label %new{n}",
            f"new{n}:",
            *(f"  store i64 {value}, ptr {value}.p" for value in before),
            f"  br label {leave}",
            f"known{n}:",
        ]

    def _loops_kernel(self, kernel: Any, parameters: str, values: str) -> BodyFunction:
        """A function of the words of the hardware loops, and of more."""
        state = self._isa.loops
        assert state is not None
        words = f"int64_array(words, {state.words})"
        source = (
            f"def op(words, {parameters}):\n    return body({words}, {state.loops}, {values})\n"
        )
        made = kernel_function(kernel, source, self._isa.xlen)
        self.bodies[kernel.__name__, None] = made
        return made

    def _follow_loops(self, step: Step) -> None:
        """Counts a round of the hardware loop that ends here, if one does."""
        state = self._isa.loops
        assert state is not None
        kernel = self._loops_kernel(loops.next_pc, "at", "at")
        words, n = self._state(self._context.offsets[state.name]), self.next_unique()
        self._lines += [
            f"  %done{n} = call i32 @{kernel.name}(ptr %result, ptr %exception, i64 {words}, "
            f"i64 {step.pc + step.size})",
            f"  %to{n} = load i64, ptr %result",
            f"  store i64 %to{n}, ptr %next",
        ]

    def _branch(self, block: Block, step: Step) -> None:
        self._arrive(block)
        if uses_memory_freely(step.decoded.instruction, self._isa):
            self._lines += self._note_code(self.next_unique(), self._leave_for_next())
        if block.is_return and self._returns:
            self._lines.append("  br label %returns")
            return
        labels = {goal: self._label(goal) for goal in self._goals(block)}
        if block.is_return:
            labels = self._returning(labels, f"{block.start:x}")
        if self._frame.followed is not None and block.end in labels:
            label, lines = self._frame.followed.not_taken(block, labels[block.end])
            labels[block.end] = label
            self._exits += lines
        self._lines += self._switch(labels)

    def _returning(self, labels: dict[Address, str], tag: str) -> dict[Address, str]:
        """The labels where returns go on, by way of what counts those of short calls."""
        followed = self._frame.followed
        if followed is None:
            return labels
        found = {}
        for goal, label in labels.items():
            found[goal], lines = followed.returning(goal, label, tag)
            self._exits += lines
        return found

    def _switch(self, labels: Mapping[Address, str]) -> list[str]:
        """Goes on where `next` says: at one of the goals, or outside of the region."""
        n = self.next_unique()
        cases = " ".join(f"i64 {goal}, label {label}" for goal, label in labels.items())
        self._exits += [
            f"dyn{n}:",
            f"  store i64 %went{n}, ptr %pc.out",
            "  br label %leave",
        ]
        return [
            f"  %went{n} = load i64, ptr %next",
            f"  switch i64 %went{n}, label %dyn{n} [ {cases} ]",
        ]

    def _arrive(self, block: Block) -> None:
        """Follows a call, a return or a jump to another function, which ends a block."""
        if self._frame.followed is not None:
            last = len(block.steps) - 1
            self._lines += self._frame.followed.end(block, lambda: self._exit_within(block, last))

    def _goals(self, block: Block) -> list[Address]:
        """Where the last instruction of a block leads, as far as that is known."""
        return goals_of(block, self._region.blocks)


def _heads(blocks: Mapping[Address, Block]) -> set[Address]:
    """Where loops come by: what blocks lead to that are not in front of it, or are returns."""
    return {
        goal
        for block in leading(blocks.values())
        for goal in block.successors
        if block.start >= goal or block.is_return
    }


_MOST_COUNTS = 32
"""Blocks of a region up to which LLVM may keep their counts in registers; there are 16."""
_MOST_RETURNS = 64
"""Edges from returns to where calls go on, up to which each return has its own."""


def _shared_returns(blocks: Mapping[Address, Block]) -> list[Address]:
    """Where the returns of a region go on, if they are to come by one place; else nothing.

    Every return may lead behind every call. LLVM's time grows with these edges, and faster than
    they do: a region of 900 instructions with 60 calls and 25 returns took it half a minute.
    """
    returns = [block for block in blocks.values() if block.is_return]
    goals = {start for block in returns for start in block.successors if start in blocks}
    return sorted(goals) if len(returns) * len(goals) > _MOST_RETURNS else []


def goals_of(block: Block, blocks: Mapping[Address, Block]) -> list[Address]:
    """Where a block of a region leads, as far as that is known; dynamic jumps leave the region."""
    last = block.steps[-1]
    after_last = last.pc + last.size
    if not ends_block(last):
        return [after_last]
    goals: dict[Address, None] = {}
    target = block.target
    if target is not None:
        goals[target] = None
    if last.decoded.instruction.mnemonic != "jal":
        goals[after_last] = None
    goals.update(dict.fromkeys(last.loops))
    if block.is_return:
        goals.update(dict.fromkeys(start for start in block.successors if start in blocks))
    return list(goals)
