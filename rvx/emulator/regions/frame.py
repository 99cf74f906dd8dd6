"""The frame of a region: how state gets in and out of local variables.

The prologue fetches the registers that the region touches, the epilogue writes back those that it
has changed, together with the counts of its blocks and the flags that were raised.
"""

from __future__ import annotations

from rvx.emulator.context import VECTOR_DIRTY, Context, Field
from rvx.emulator.core import MSTATUS_FS_DIRTY
from rvx.emulator.native.elements import COLUMNS
from rvx.emulator.regions.floats import ALL_FLAGS, HOST_FLAGS
from rvx.emulator.regions.followed import Followed
from rvx.emulator.regions.select import Region
from rvx.emulator.regions.vectors import CONFIG_WORDS, config_at, registers_at
from rvx.isa import Isa, RegisterFile
from rvx.isa.bits import Address
from rvx.isa.memory import FAULT_WORDS
from rvx.isa.operands import LAST_ROUNDING_MODE
from rvx.isa.streams import ENABLED, STATE, STREAMS
from rvx.isa.vector.elements import Elements
from rvx.isa.vector.state import HEADER, VLENB, VSTART, VTYPE
from rvx.records import dataclass, field

MOST_RESULTS = 8
"""Registers that one instruction may write; none has as many operands."""


@dataclass
class Registers:
    """Local variables of the registers that a region touches."""

    names: dict[str, tuple[RegisterFile, int]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def name(self, file: RegisterFile, number: int) -> str:
        """The local variable of a register."""
        name = f"%{file.name}{number}"
        self.names[name] = (file, number)
        return name


@dataclass(frozen=True)
class CountedVector:
    """A vector instruction in a region, and what is known of its elements under its vtype.

    Attributes:
        pc: its address.
        block: where its block begins.
        index: its place in the block.
        elements: how they are counted.
        fixed: how many there are in each execution, where that does not depend on vl.
        capacity: how many there could be in each execution.
        size: of a load or a store, bytes of an element.
        times: how many there are for each that is summed up.
        mask_byte: of products of one vector with eight, which byte of v0 says which are done; the
            sum of active ones is that of products then.
    """

    pc: Address
    block: Address
    index: int
    elements: Elements
    fixed: int | None
    capacity: int
    size: int
    times: int
    mask_byte: int | None


@dataclass
class Frame:
    """Everything of a region's function that is not its blocks.

    Attributes:
        region: what is translated.
        isa: its instructions.
        context: where the state of extensions is, relative to the context.
        first: address of the first halfword that is counted.
        is_limited: whether the region stops before the instruction limit is passed.
        has_floats: whether it uses the host's floating point.
        followed: what follows calls in it, if somebody wants to know them.
        refuses_streams: whether f0 to f2 have to be registers, and not streams.
        uses_mode: whether bodies get the rounding mode of frm, which has to be one.
        uses_vector: whether it works on vector registers.
        needs_unit: whether the floating-point unit has to be switched on, though no register of it
            is touched.
        notes_faults: whether bodies may note a fault.
        lengths: for local variables that sum up vl, the vector instructions that it counts for.
        masked: the local variables that sum up active elements, and for which instruction.
        vectors: the vector instructions that are counted, by address.
        locals: further local variables.
        rooms: copies of registers that bodies get as words: names of arrays, and how long they are.
        registers: filled while the blocks are translated.
        setup: further lines of the prologue, before anything is decided.
    """

    region: Region
    isa: Isa
    context: Context
    first: Address
    is_limited: bool
    has_floats: bool = False
    refuses_streams: bool = False
    followed: Followed | None = None
    uses_mode: bool = False
    uses_vector: bool = False
    needs_unit: bool = False
    notes_faults: bool = False
    lengths: dict[str, list[CountedVector]] = field(default_factory=dict)
    masked: dict[str, CountedVector] = field(default_factory=dict)
    vectors: dict[Address, CountedVector] = field(default_factory=dict)
    locals: list[str] = field(default_factory=list)
    rooms: dict[str, int] = field(default_factory=dict)
    registers: Registers = field(default_factory=Registers)
    setup: list[str] = field(default_factory=list)

    def room(self, operand: str, words: int) -> str:
        """The name of an array for what an operand holds; `.i` behind it is its address."""
        name = f"%{operand}.words{words}"
        self.rooms[name] = words
        return name

    def _field_pointer(self, name: str, index: Field) -> str:
        return f"  %{name} = getelementptr i8, ptr %c, i64 {8 * index}"

    def _load_field(self, name: str, index: Field) -> list[str]:
        return [self._field_pointer(f"{name}.p", index), f"  %{name} = load i64, ptr %{name}.p"]

    def prologue(self) -> list[str]:
        """From the entry of the function to the block that it is entered at."""
        lines = ["init:", "  %c = inttoptr i64 %context to ptr"]
        lines.append(f"  %result = alloca [{MOST_RESULTS} x i64]")
        for name in ("fflags", "next", "pc.out", "remaining"):
            lines.append(f"  %{name} = alloca i64")
        lines.append("  %exception = alloca ptr")
        lines += ["  store i64 0, ptr %fflags", "  %fflags.i = ptrtoint ptr %fflags to i64"]
        lines.append("  %next.i = ptrtoint ptr %next to i64")
        for name, index in (
            ("x.base", Field.X_REGISTERS),
            ("f.base", Field.F_REGISTERS),
            ("read.begin", Field.READ_BEGIN),
            ("read.limit", Field.READ_LIMIT),
            ("write.begin", Field.WRITE_BEGIN),
            ("write.limit", Field.WRITE_LIMIT),
            ("stack.begin", Field.STACK_BEGIN),
            ("stack.limit", Field.STACK_LIMIT),
            ("bias", Field.BIAS),
            ("frm.at", Field.FRM),
            ("budget", Field.REMAINING),
        ):
            lines += self._load_field(name, index)
        lines.append("  store i64 %budget, ptr %remaining")
        lines += ["  %frm.pointer = inttoptr i64 %frm.at to ptr"]
        lines += ["  %frm.word = load i32, ptr %frm.pointer", "  %frm.low = and i32 %frm.word, 7"]
        lines.append("  %frm = zext i32 %frm.low to i64")
        lines.append(self._field_pointer("stop", Field.STOP))
        if self.followed is not None:
            lines += [*self._load_field("calls", Field.CALLS), *self.followed.prologue()]
        for start in self.region.blocks:
            lines += [f"  %count{start:x} = alloca i64", f"  store i64 0, ptr %count{start:x}"]
        for name, (file, number) in sorted(self.registers.names.items()):
            lines += [f"  {name} = alloca i64", *self._fetch(name, file, number)]
        for name in (*self.lengths, *self.masked, *self.locals):
            lines += [f"  {name} = alloca i64", f"  store i64 0, ptr {name}"]
        for name, words in self.rooms.items():
            lines += [
                f"  {name} = alloca [{words} x i64]",
                f"  {name}.i = ptrtoint ptr {name} to i64",
            ]
        if self.notes_faults:
            lines.append(f"  %fault = alloca [{FAULT_WORDS} x i64]")
            lines.append("  %fault.i = ptrtoint ptr %fault to i64")
            for word in range(FAULT_WORDS):
                lines.append(f"  %fault{word} = getelementptr i64, ptr %fault, i64 {word}")
                lines.append(f"  store i64 0, ptr %fault{word}")
        if self.uses_vector:
            lines += self._vector_unit()
        lines += [*self.setup, *self._entry_conditions()]
        if self.has_floats:
            lines.append(f"  %cleared = call i32 @feclearexcept(i32 {ALL_FLAGS}) strictfp")
        entries = " ".join(f"i64 {start}, label %enter{start:x}" for start in self.region.entries)
        first = self.region.entries[0]
        lines.append(f"  switch i64 %address, label %enter{first:x} [ {entries} ]")
        for start in self.region.entries:
            lines += [f"enter{start:x}:", *self._setting_of_entry(start)]
            lines.append(f"  br label %b{start:x}")
        return [*lines, "refuse:", "  ret i64 %address"]

    def _vector_unit(self) -> list[str]:
        """The words of the vector unit's header, as local variables that bodies get as an array."""
        lines = [
            f"  %v.base = getelementptr i8, ptr %c, i64 {registers_at(self.context.offsets)}",
            "  %v.base.i = ptrtoint ptr %v.base to i64",
            f"  %v.config = alloca [{HEADER} x i64]",
            "  %v.config.i = ptrtoint ptr %v.config to i64",
            "  %v.at = alloca i64",
            "  %v.total = alloca i64",
            "  %v.some = alloca i64",
        ]
        for word in range(HEADER):
            at = config_at(self.context.offsets, word)
            lines += [
                f"  %v.config{word} = getelementptr i64, ptr %v.config, i64 {word}",
                f"  %v.home{word} = getelementptr i8, ptr %c, i64 {at}",
                f"  %v.first{word} = load i64, ptr %v.home{word}",
                f"  store i64 %v.first{word}, ptr %v.config{word}",
            ]
        assert self.isa.vector is not None
        # It never changes: bodies that were compiled for any VLEN become those for this one.
        lines.append(f"  store i64 {self.isa.vector.vlen // 8}, ptr %v.config{VLENB}")
        return lines

    def _setting_of_entry(self, start: Address) -> list[str]:
        """Leaves where the region is not made for the present vtype, and notes that vtype."""
        vtype = self.region.settings.get(start)
        if vtype is None or not self.uses_vector:
            return []
        return [
            f"  %set{start:x} = icmp eq i64 %v.first{VTYPE}, {vtype}",
            f"  br i1 %set{start:x}, label %as{start:x}, label %other{start:x}",
            f"other{start:x}:",
            *self._load_field(f"often{start:x}", Field.OTHER_SETTINGS),
            f"  %more{start:x} = add i64 %often{start:x}, 1",
            f"  store i64 %more{start:x}, ptr %often{start:x}.p",
            self._field_pointer(f"seen{start:x}", Field.OTHER_SETTING),
            f"  store i64 %v.first{VTYPE}, ptr %seen{start:x}",
            self._field_pointer(f"where{start:x}", Field.OTHER_SETTING_AT),
            f"  store i64 {start}, ptr %where{start:x}",
            "  br label %refuse",
            f"as{start:x}:",
            f"  store i64 {vtype}, ptr %v.config{VTYPE}",
        ]

    def _entry_conditions(self) -> list[str]:
        """Leaves at once where the region's assumptions do not hold: the tier below does it all."""
        conditions: list[str] = []
        lines: list[str] = []
        if self.has_floats:
            lines.append("  %is.rne = icmp eq i64 %frm, 0")
            conditions.append("%is.rne")
        elif self.uses_mode:
            lines.append(f"  %is.mode = icmp ule i64 %frm, {LAST_ROUNDING_MODE}")
            conditions.append("%is.mode")
        if self.needs_unit or any(name.startswith("%f") for name in self.registers.names):
            # With the unit switched on, and its state changed already, nothing is to be noted.
            lines += [
                *self._load_field("mstatus.at", Field.MSTATUS),
                "  %mstatus.pointer = inttoptr i64 %mstatus.at to ptr",
                "  %mstatus.word = load i32, ptr %mstatus.pointer",
                f"  %mstatus.fs = and i32 %mstatus.word, {MSTATUS_FS_DIRTY}",
                f"  %is.dirty = icmp eq i32 %mstatus.fs, {MSTATUS_FS_DIRTY}",
            ]
            conditions.append("%is.dirty")
        if self.refuses_streams and any(f"%f{n}" in self.registers.names for n in range(STREAMS)):
            at = 8 * (self.context.offsets[STATE] + ENABLED)
            lines += [
                f"  %ssr.p = getelementptr i8, ptr %c, i64 {at}",
                "  %ssr.word = load i64, ptr %ssr.p",
                "  %ssr.bit = and i64 %ssr.word, 1",
                "  %is.plain = icmp eq i64 %ssr.bit, 0",
            ]
            conditions.append("%is.plain")
        if self.uses_vector:
            lines += [
                f"  %is.whole = icmp eq i64 %v.first{VSTART}, 0",
                *self._load_field("vs", Field.VECTOR_STATUS),
                f"  %is.vs = icmp eq i64 %vs, {VECTOR_DIRTY}",
            ]
            conditions += ["%is.whole", "%is.vs"]
        if not conditions:
            return []
        may_enter = conditions[0]
        for number, condition in enumerate(conditions[1:]):
            lines.append(f"  %may.enter{number} = and i1 {may_enter}, {condition}")
            may_enter = f"%may.enter{number}"
        return [
            *lines,
            f"  br i1 {may_enter}, label %enter, label %refuse",
            "enter:",
        ]

    def _register_pointer(self, name: str, file: RegisterFile, number: int) -> list[str]:
        tag = name[1:]
        if not file.is_core:
            at = 8 * (self.context.offsets[file.name] + number)
            return [f"  %{tag}.home = getelementptr i8, ptr %c, i64 {at}"]
        step = 8 if file.name == "f" else self.isa.xlen // 8
        return [
            f"  %{tag}.at = add i64 %{file.name}.base, {step * number}",
            f"  %{tag}.home = inttoptr i64 %{tag}.at to ptr",
        ]

    def _fetch(self, name: str, file: RegisterFile, number: int) -> list[str]:
        tag = name[1:]
        lines = self._register_pointer(name, file, number)
        if file.name == "x" and self.isa.xlen == 32:
            lines += [
                f"  %{tag}.half = load i32, ptr %{tag}.home",
                f"  %{tag}.first = sext i32 %{tag}.half to i64",
            ]
        else:
            lines.append(f"  %{tag}.first = load i64, ptr %{tag}.home")
        return [*lines, f"  store i64 %{tag}.first, ptr {name}"]

    def epilogue(self) -> list[str]:
        """The one place where the function is left."""
        lines = ["leave:"]
        for name in sorted(self.registers.written):
            file, _ = self.registers.names[name]
            tag = name[1:]
            lines.append(f"  %{tag}.last = load i64, ptr {name}")
            if file.name == "x" and self.isa.xlen == 32:
                lines.append(f"  %{tag}.low = trunc i64 %{tag}.last to i32")
                lines.append(f"  store i32 %{tag}.low, ptr %{tag}.home")
            else:
                lines.append(f"  store i64 %{tag}.last, ptr %{tag}.home")
        if self.uses_vector:
            for word in CONFIG_WORDS:
                lines.append(f"  %v.last{word} = load i64, ptr %v.config{word}")
                lines.append(f"  store i64 %v.last{word}, ptr %v.home{word}")
        lines += self._load_field("differences", Field.DIFFERENCES)
        for start, block in self.region.blocks.items():
            lines.append(f"  %n{start:x} = load i64, ptr %count{start:x}")
            lines += self.add_difference(f"s{start:x}", start, f"%n{start:x}", "add")
            lines += self.add_difference(f"e{start:x}", block.end, f"%n{start:x}", "sub")
        lines += self._counted_elements()
        if self.is_limited:
            lines += ["  %left = load i64, ptr %remaining", "  store i64 %left, ptr %budget.p"]
        if self.followed is not None:
            lines += self.followed.epilogue()
        lines.append("  %flags.body = load i64, ptr %fflags")
        if self.has_floats:
            lines += self._host_flags()
        else:
            lines.append("  %flags.all = or i64 %flags.body, 0")
        lines += self._load_field("flags.old", Field.FFLAGS)
        lines.append("  %flags.new = or i64 %flags.old, %flags.all")
        lines.append("  store i64 %flags.new, ptr %flags.old.p")
        return [*lines, "  %went = load i64, ptr %pc.out", "  ret i64 %went"]

    def _counted_elements(self) -> list[str]:
        """Adds what vector instructions have worked on to their rows of the table."""
        if not self.vectors:
            return []
        lines = self._load_field("elements", Field.ELEMENTS)
        sums: dict[Address, str] = {}
        for name, counted in self.lengths.items():
            lines.append(f"  {name}.all = load i64, ptr {name}")
            sums |= {one.pc: f"{name}.all" for one in counted}
        active = {one.pc: name for name, one in self.masked.items()}
        for one in self.vectors.values():
            tag = f"el{one.pc:x}"
            times = f"%n{one.block:x}"
            body = sums.get(one.pc)
            if body is None:
                lines.append(f"  %{tag}.f = mul i64 {times}, {one.fixed}")
                body = f"%{tag}.f"
            else:
                lines.append(f"  %{tag}.b = mul i64 {body}, {one.times}")
                body = f"%{tag}.b"
            done = body
            if one.pc in active:
                lines += [
                    f"  %{tag}.m = load i64, ptr {active[one.pc]}",
                    f"  %{tag}.a = mul i64 %{tag}.m, {one.times if one.mask_byte is None else 1}",
                ]
                done = f"%{tag}.a"
            lines += [
                f"  %{tag}.c = mul i64 {times}, {one.capacity}",
                f"  %{tag}.s = mul i64 {done}, {one.size}",
                *self.add_elements(tag, one.pc, (body, done, f"%{tag}.c", f"%{tag}.s")),
            ]
        return lines

    def add_elements(
        self, tag: str, pc: Address, values: tuple[str, ...], operation: str = "add"
    ) -> list[str]:
        """Adds values to an instruction's row of the table at `%elements`."""
        lines = []
        for column, value in enumerate(values):
            offset = (pc - self.first) // 2 * 8 * COLUMNS + 8 * column
            lines += [
                f"  %{tag}.i{column} = add i64 %elements, {offset}",
                f"  %{tag}.p{column} = inttoptr i64 %{tag}.i{column} to ptr",
                f"  %{tag}.o{column} = load i64, ptr %{tag}.p{column}",
                f"  %{tag}.n{column} = {operation} i64 %{tag}.o{column}, {value}",
                f"  store i64 %{tag}.n{column}, ptr %{tag}.p{column}",
            ]
        return lines

    def _host_flags(self) -> list[str]:
        lines = [f"  %host = call i32 @fetestexcept(i32 {ALL_FLAGS}) strictfp"]
        total = "%flags.body"
        for i, (theirs, ours) in enumerate(sorted(HOST_FLAGS.items())):
            lines += [
                f"  %host.h{i} = and i32 %host, {theirs}",
                f"  %host.g{i} = icmp ne i32 %host.h{i}, 0",
                f"  %host.k{i} = select i1 %host.g{i}, i64 {ours}, i64 0",
                f"  %flags.{i} = or i64 {total}, %host.k{i}",
            ]
            total = f"%flags.{i}"
        return [*lines, f"  %flags.all = or i64 {total}, 0"]

    def keeping_host_flags(self, tag: str, call: str) -> list[str]:
        """A call of a body that computes on the host, whose flags there are none of the guest's."""
        return [
            f"  %flags{tag}.h = call i32 @fetestexcept(i32 {ALL_FLAGS}) strictfp",
            call,
            f"  %flags{tag}.k = xor i32 %flags{tag}.h, {ALL_FLAGS}",
            f"  %flags{tag}.c = call i32 @feclearexcept(i32 %flags{tag}.k) strictfp",
        ]

    def add_difference(self, tag: str, at: Address, value: str, operation: str) -> list[str]:
        """Adds to the number of executions that begin, or end, at an address."""
        offset = (at - self.first) * 4
        return [
            f"  %d{tag}.i = add i64 %differences, {offset}",
            f"  %d{tag}.p = inttoptr i64 %d{tag}.i to ptr",
            f"  %d{tag}.o = load i64, ptr %d{tag}.p",
            f"  %d{tag}.n = {operation} i64 %d{tag}.o, {value}",
            f"  store i64 %d{tag}.n, ptr %d{tag}.p",
        ]
