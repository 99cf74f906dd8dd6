"""Vector instructions in regions: under a vtype that is known, as LLVM text.

The words that configure the unit are local variables of the region, filled when it is entered and
brought home when it is left; vstart is 0 all the while. Under a known vtype the widths of elements
and the register groups are numbers, so that legality is decided here, once, and the registers are
memory at fixed distances from the context.

An instruction of elements goes over its registers in chunks of as many lanes as the host's vector
unit likes: whole chunks as they are, the last one and masked ones with a bit for each lane. Lanes
of a register group behind vl are read and written back as they were, which nobody can tell.

Loads and stores check where all their elements lie before the first one moves. If some lie outside
of the memory that regions may use, the region is left before the instruction: the tier below
performs it, element by element, and faults where there is a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rvx.bodies import form_of
from rvx.emulator.regions.flow import Step
from rvx.emulator.regions.hostformats import lanes_of, splat
from rvx.emulator.regions.lanes import Lanes, element_expression, expressions_of, spread_lines
from rvx.emulator.regions.settings import Setting, setting_of, vector_under
from rvx.emulator.regions.trace import Expression
from rvx.isa import Isa
from rvx.isa.vector.plan import Access, Arithmetic, Loop, Plan, plan_of
from rvx.isa.vector.state import HEADER, MTYPE, STATE, VCSR, VL, VTYPE, most_elements, width

CONFIG_WORDS = (VL, VTYPE, VCSR, MTYPE)
"""Words of the header that change in a region: vstart is 0 in all of it."""
_LANES = 32
_WIDE_LANES = 16
"""Lanes of a chunk where elements have 64 bits."""
_FEW_LANES = 8
_LONG = 60
"""Operations of an expression from which on chunks are short, so that LLVM is done in time."""
_MOST_STRIDE = 1 << 40
_PIECE, _MOST_PIECES = 64, 16
"""Bytes that are copied at once, and how many times at most without a call."""


class Emitter(Protocol):
    """What a vector instruction needs of the function that a region becomes (`StepEmitter`)."""

    def next_unique(self) -> int:
        """A number that makes names unique."""

    def operand_value(self, step: Step, name: str) -> str:
        """The value of an operand: of a register, or the number that it is."""

    def write_result(self, step: Step, value: str) -> None:
        """Writes the register rd, if there is one."""

    def use_mode(self) -> None:
        """Notes that frm has to be a rounding mode."""


def plan_of_step(step: Step, isa: Isa) -> Plan | None:
    """What a vector instruction does, None if nobody has said it."""
    return plan_of(form_of(step.decoded.instruction, isa).function)


def plan_in_region(step: Step, isa: Isa, vtype: int) -> Arithmetic | Access | None:
    """What a vector instruction does under a vtype, where regions write it; else None."""
    values = step.decoded.values
    assert isa.vector is not None
    plan = plan_of_step(step, isa)
    v = vector_under(vtype, isa.vector)
    vm = values.get("vm", 1)
    if isinstance(plan, Access):
        is_legal = plan.is_legal(v, values["vd"], values.get("vs2", 0), vm, isa.xlen)
        return plan if is_legal else None
    if isinstance(plan, Arithmetic):
        vm = vm if plan.has_vm else plan.vm
        vs2 = values["vs2"] if plan.left else 0
        vs1 = values["vs1"] if plan.right == "vs1" else 0
        loop = plan.loops.get(width(v))
        if loop is None or not plan.is_legal(v, values["vd"], vs2, vs1, vm):
            return None
        return plan if expressions_of(loop, plan.has_floats) is not None else None
    return None


def is_illegal(step: Step, isa: Isa, vtype: int) -> bool:
    """Whether an instruction is known to be illegal under a vtype."""
    values = step.decoded.values
    assert isa.vector is not None
    plan = plan_of_step(step, isa)
    v = vector_under(vtype, isa.vector)
    vm = values.get("vm", 1)
    if isinstance(plan, Access):
        return not plan.is_legal(v, values["vd"], values.get("vs2", 0), vm, isa.xlen)
    if isinstance(plan, Arithmetic):
        vs2 = values["vs2"] if plan.left else 0
        vs1 = values["vs1"] if plan.right == "vs1" else 0
        return not plan.is_legal(v, values["vd"], vs2, vs1, vm if plan.has_vm else plan.vm)
    return vtype < 0


def is_vector(step: Step) -> bool:
    """Whether an instruction works with the vector unit."""
    return "v" in step.decoded.instruction.requests


def uses_host(step: Step, isa: Isa, vtype: int) -> bool:
    """Whether the host's floating-point unit computes an instruction, or a part of it."""
    plan = plan_in_region(step, isa, vtype)
    if not isinstance(plan, Arithmetic) or isa.vector is None:
        return False
    found = expressions_of(plan.loops[width(vector_under(vtype, isa.vector))], plan.has_floats)
    return found is not None and found[0].uses_host


class VectorWriter:
    """Writes vector instructions into a function.

    Args:
        emitter: the function.
        isa: its instructions.
        lines: its lines.
        declarations: of what it calls.
    """

    def __init__(
        self,
        emitter: Emitter,
        isa: Isa,
        lines: list[str],
        declarations: dict[str, None],
    ) -> None:
        self.emitter = emitter
        self.isa = isa
        self.lines = lines
        self.declarations = declarations

    # -- settings ------------------------------------------------------------------------------

    def setting(self, step: Step, before: int | None) -> Setting | None:
        """Writes vsetvli or vsetivli; gives what it does, None if it cannot be written."""
        made = setting_of(step, before, self.isa)
        if made is None:
            return None
        n = self.emitter.next_unique()
        add = self.lines.append
        add(f"  store i64 {made.vtype}, ptr %v.config{VTYPE}")
        add(f"  store i64 0, ptr %v.config{MTYPE}")
        if made.keeps:
            add(f"  %vl{n} = load i64, ptr %v.config{VL}")
        elif made.avl is not None:
            most = made.most if made.avl < 0 else min(made.avl, made.most)
            add(f"  %vl{n} = or i64 {most}, 0")
        else:
            avl = self.emitter.operand_value(step, "rs1")
            add(f"  %less{n} = icmp ult i64 {avl}, {made.most}")
            add(f"  %vl{n} = select i1 %less{n}, i64 {avl}, i64 {made.most}")
        add(f"  store i64 %vl{n}, ptr %v.config{VL}")
        self.emitter.write_result(step, f"%vl{n}")
        return made

    # -- arithmetic ----------------------------------------------------------------------------

    def arithmetic(self, step: Step, plan: Arithmetic, vtype: int) -> None:
        """Writes an instruction that works on registers."""
        assert self.isa.vector is not None
        v = vector_under(vtype, self.isa.vector)
        loop = plan.loops[width(v)]
        found = expressions_of(loop, plan.has_floats)
        assert found is not None
        element, scalar = found
        n = self.emitter.next_unique()
        values = step.decoded.values
        vm = values["vm"] if plan.has_vm else plan.vm
        eews = [loop.sew << by if by >= 0 else loop.sew >> -by for by in plan.wider]
        inputs = self._inputs(step, plan, scalar, element, f"x{n}")
        self.lines.append(f"  %vl{n} = load i64, ptr %v.config{VL}")
        written = _Elementwise(self, step, plan, loop, element, inputs, eews, vm, n)
        if loop.of_none is not None:
            written.reduction()
            return
        most = most_elements(v)
        nodes = len(element.nodes())
        lanes = _WIDE_LANES if max(eews) == 64 else _LANES
        if nodes > _LONG:
            lanes = _FEW_LANES
        written.chunks(min(most, lanes))

    def _inputs(
        self,
        step: Step,
        plan: Arithmetic,
        scalar: Expression | None,
        element: Expression,
        tag: str,
    ) -> dict[str, str]:
        """The values of an element function's parameters that are the same for all elements."""
        inputs: dict[str, str] = {}
        used = {node.name for node in element.nodes() if node.operation == "input"}
        if "mode" in used:
            inputs["mode"] = self._mode(plan, tag)
        if scalar is not None and "b" in used:
            value = "0"
            if plan.right in ("rs1", "imm"):
                value = self.emitter.operand_value(step, plan.right)
            names = [node.name for node in scalar.nodes() if node.operation == "input"]
            lanes = Lanes(
                self.lines, self.declarations, 1, dict.fromkeys(names, value), None, f"{tag}.b"
            )
            self.lines.append(f"  %{tag}.s = or i64 {lanes.uniform(scalar)}, 0")
            inputs["b"] = f"%{tag}.s"
        return inputs

    def _mode(self, plan: Arithmetic, tag: str) -> str:
        if plan.has_floats:
            self.emitter.use_mode()
            return "%frm"
        self.lines += [
            f"  %{tag}.vcsr = load i64, ptr %v.config{VCSR}",
            f"  %{tag}.shift = lshr i64 %{tag}.vcsr, 1",
            f"  %{tag}.mode = and i64 %{tag}.shift, 3",
        ]
        return f"%{tag}.mode"

    # -- memory --------------------------------------------------------------------------------

    def access(self, step: Step, plan: Access, vtype: int, leave: Callable[[], str]) -> None:
        """Writes a load or a store."""
        n = self.emitter.next_unique()
        _Transfer(self, step, plan, vtype, n, leave).write()

    # -- parts ---------------------------------------------------------------------------------

    def place(self, name: str, register: int, bits: int, index: str | None = None) -> str:
        """A pointer to an element of the group at a register."""
        assert self.isa.vector is not None
        at = register * self.isa.vector.vlen // 8
        self.lines.append(f"  {name} = getelementptr i8, ptr %v.base, i64 {at}")
        if index is None:
            return name
        self.lines.append(f"  {name}.x = getelementptr i{bits}, ptr {name}, i64 {index}")
        return f"{name}.x"

    @contextmanager
    def counted(self, tag: str, end: str, first: str = "0") -> Iterator[str]:
        """A loop over a number from `first` to below `end`; gives the number."""
        add = self.lines.append
        add(f"  store i64 {first}, ptr %v.at")
        add(f"  br label %{tag}.head")
        add(f"{tag}.head:")
        add(f"  %{tag}.i = load i64, ptr %v.at")
        add(f"  %{tag}.more = icmp slt i64 %{tag}.i, {end}")
        add(f"  br i1 %{tag}.more, label %{tag}.body, label %{tag}.end")
        add(f"{tag}.body:")
        yield f"%{tag}.i"
        add(f"  %{tag}.next = add nuw nsw i64 %{tag}.i, 1")
        add(f"  store i64 %{tag}.next, ptr %v.at")
        add(f"  br label %{tag}.head")
        add(f"{tag}.end:")

    def active_bit(self, tag: str, index: str) -> str:
        """Bit `index` of v0, as an i1."""
        byte = self.place(f"%{tag}.v0", 0, 8)
        self.lines += [
            f"  %{tag}.byte = lshr i64 {index}, 3",
            f"  %{tag}.bp = getelementptr i8, ptr {byte}, i64 %{tag}.byte",
            f"  %{tag}.bits = load i8, ptr %{tag}.bp",
            f"  %{tag}.low = trunc i64 {index} to i8",
            f"  %{tag}.sh = and i8 %{tag}.low, 7",
            f"  %{tag}.one = lshr i8 %{tag}.bits, %{tag}.sh",
            f"  %{tag}.is = trunc i8 %{tag}.one to i1",
        ]
        return f"%{tag}.is"

    def mask_bits(self, tag: str, register: int, lanes: int, chunk: str) -> str:
        """The bits of a chunk in a mask register: an integer of as many bits as lanes."""
        if lanes >= 8:
            pointer = self.place(f"%{tag}.mp", register, lanes, chunk)
            self.lines.append(f"  %{tag}.mb = load i{lanes}, ptr {pointer}, align 1")
            return f"%{tag}.mb"
        # Fewer lanes than bits of a byte: the group has no more, so that this is the only chunk.
        pointer = self.place(f"%{tag}.mp", register, 8)
        self.lines += [
            f"  %{tag}.mo = load i8, ptr {pointer}",
            f"  %{tag}.mb = trunc i8 %{tag}.mo to i{lanes}",
        ]
        return f"%{tag}.mb"

    def lanes_below(self, tag: str, lanes: int, count: str) -> str:
        """i1 of each lane: whether its number is below a count."""
        vector = lanes_of("i64", lanes)
        if lanes == 1:
            self.lines.append(f"  %{tag}.below = icmp sgt i64 {count}, 0")
            return f"%{tag}.below"
        numbers = ", ".join(f"i64 {lane}" for lane in range(lanes))
        self.lines += [
            *spread_lines(f"%{tag}.n", "i64", count, lanes),
            f"  %{tag}.below = icmp slt {vector} <{numbers}>, %{tag}.n",
        ]
        return f"%{tag}.below"


class _Elementwise:
    """One instruction of elements."""

    def __init__(
        self,
        writer: VectorWriter,
        step: Step,
        plan: Arithmetic,
        loop: Loop,
        element: Expression,
        inputs: dict[str, str],
        eews: list[int],
        vm: int,
        n: int,
    ) -> None:
        self._w = writer
        self._values = step.decoded.values
        self._plan = plan
        self._loop = loop
        self._element = element
        self._inputs = inputs
        self._eews = eews
        self._vm = vm
        self._n = n
        self._used = {node.name for node in element.nodes() if node.operation == "input"}

    def chunks(self, lanes: int) -> None:
        """All chunks of so many lanes."""
        n, add = self._n, self._w.lines.append
        vl = f"%vl{n}"
        if "b" in self._inputs:
            self._w.lines += spread_lines(f"%b{n}", "i64", self._inputs["b"], lanes)
            self._inputs["b"] = f"%b{n}"
        if self._vm == 0:
            add(f"  %all{n}.up = add i64 {vl}, {lanes - 1}")
            add(f"  %all{n} = sdiv i64 %all{n}.up, {lanes}")
            with self._w.counted(f"w{n}", f"%all{n}") as chunk:
                add(f"  %first{n} = mul i64 {chunk}, {lanes}")
                add(f"  %rest{n} = sub i64 {vl}, %first{n}")
                self._chunk(f"m{n}", lanes, chunk, f"%rest{n}")
            return
        add(f"  %whole{n} = sdiv i64 {vl}, {lanes}")
        add(f"  %rest{n} = srem i64 {vl}, {lanes}")
        with self._w.counted(f"w{n}", f"%whole{n}") as chunk:
            self._chunk(f"f{n}", lanes, chunk, None)
        add(f"  %is.rest{n} = icmp ne i64 %rest{n}, 0")
        add(f"  br i1 %is.rest{n}, label %some{n}, label %none{n}")
        add(f"some{n}:")
        self._chunk(f"p{n}", lanes, f"%whole{n}", f"%rest{n}")
        add(f"  br label %none{n}")
        add(f"none{n}:")

    def _chunk(self, tag: str, lanes: int, chunk: str, rest: str | None) -> None:
        """One chunk; with `rest`, how many elements are left, only those and active ones."""
        w, add = self._w, self._w.lines.append
        bit = lanes_of("i1", lanes)
        active: str | None = None
        inputs = dict(self._inputs)
        if self._vm == 0:
            bits = w.mask_bits(f"{tag}.v0", 0, lanes, chunk)
            add(f"  %{tag}.m = bitcast i{lanes} {bits} to {bit}")
            if "m" in self._used:
                add(f"  %{tag}.mw = zext {bit} %{tag}.m to {lanes_of('i64', lanes)}")
                inputs["m"] = f"%{tag}.mw"
        elif "m" in self._used:
            inputs["m"] = splat("i64", 0, lanes)
        if rest is not None:
            active = w.lanes_below(tag, lanes, rest)
            if self._vm == 0 and not self._loop.takes_mask:
                add(f"  %{tag}.act = and {bit} {active}, %{tag}.m")
                active = f"%{tag}.act"
        old = self._load_inputs(tag, lanes, chunk, inputs, active is not None)
        written = Lanes(w.lines, w.declarations, lanes, inputs, active, tag)
        result, raised = written.write(self._element)
        self._raise(tag, lanes, raised, active)
        if self._loop.makes_mask:
            self._store_mask(tag, lanes, chunk, result, active)
        else:
            self._store(tag, lanes, chunk, result, active, old)

    def _load_inputs(
        self, tag: str, lanes: int, chunk: str, inputs: dict[str, str], needs_old: bool
    ) -> str:
        """Elements of the operands; gives the old ones of the result, as they are in registers."""
        old = ""
        sources = []
        if (needs_old and not self._loop.makes_mask) or "d" in self._used:
            sources.append(("d", "vd", self._eews[0]))
        if self._plan.left and "a" in self._used:
            sources.append(("a", "vs2", self._eews[1]))
        if self._plan.right == "vs1" and "b" in self._used:
            sources.append(("b", "vs1", self._eews[2]))
        for name, register, eew in sources:
            narrow = self._load(f"{tag}.{name}", self._values[register], eew, lanes, chunk)
            if name == "d":
                old = narrow
                if "d" not in self._used:
                    continue
            inputs[name] = self._widened(f"{tag}.{name}", narrow, eew, lanes)
        for name in self._used - set(inputs):
            inputs[name] = splat("i64", 0, lanes)
        return old

    def _load(self, tag: str, register: int, eew: int, lanes: int, chunk: str) -> str:
        kind = lanes_of(f"i{eew}", lanes)
        pointer = self._w.place(f"%{tag}.p", register, eew)
        size = lanes * eew // 8
        self._w.lines += [
            f"  %{tag}.o = mul i64 {chunk}, {size}",
            f"  %{tag}.q = getelementptr i8, ptr {pointer}, i64 %{tag}.o",
            f"  %{tag}.l = load {kind}, ptr %{tag}.q, align {eew // 8}",
        ]
        return f"%{tag}.l"

    def _widened(self, tag: str, value: str, eew: int, lanes: int) -> str:
        if eew == 64:
            return value
        kind, wide = lanes_of(f"i{eew}", lanes), lanes_of("i64", lanes)
        self._w.lines.append(f"  %{tag}.w = sext {kind} {value} to {wide}")
        return f"%{tag}.w"

    def _raise(self, tag: str, lanes: int, raised: str, active: str | None) -> None:
        if self._element.raised == 0:
            return
        bit, wide = lanes_of("i1", lanes), lanes_of("i64", lanes)
        if active is not None:
            zero = splat("i64", 0, lanes)
            self._w.lines.append(
                f"  %{tag}.ra = select {bit} {active}, {wide} {raised}, {wide} {zero}"
            )
            raised = f"%{tag}.ra"
        if lanes > 1:
            called = f"i64 @llvm.vector.reduce.or.v{lanes}i64({wide}"
            self._w.lines.append(f"  %{tag}.ro = call {called} {raised})")
            self._w.declarations[f"declare {called})"] = None
            raised = f"%{tag}.ro"
        target = "%fflags" if self._plan.has_floats else f"%v.config{VCSR}"
        self._w.lines += [
            f"  %{tag}.rl = load i64, ptr {target}",
            f"  %{tag}.rn = or i64 %{tag}.rl, {raised}",
            f"  store i64 %{tag}.rn, ptr {target}",
        ]

    def _store(
        self, tag: str, lanes: int, chunk: str, result: str, active: str | None, old: str
    ) -> None:
        eew = self._eews[0]
        kind, wide, bit = (lanes_of(one, lanes) for one in (f"i{eew}", "i64", "i1"))
        add = self._w.lines.append
        if eew < 64:
            add(f"  %{tag}.t = trunc {wide} {result} to {kind}")
            result = f"%{tag}.t"
        if active is not None:
            add(f"  %{tag}.bl = select {bit} {active}, {kind} {result}, {kind} {old}")
            result = f"%{tag}.bl"
        pointer = self._w.place(f"%{tag}.dp", self._values["vd"], eew)
        add(f"  %{tag}.do = mul i64 {chunk}, {lanes * eew // 8}")
        add(f"  %{tag}.dq = getelementptr i8, ptr {pointer}, i64 %{tag}.do")
        add(f"  store {kind} {result}, ptr %{tag}.dq, align {eew // 8}")

    def _store_mask(
        self, tag: str, lanes: int, chunk: str, result: str, active: str | None
    ) -> None:
        """Bits of a mask; those that are not written stay."""
        wide, bit = lanes_of("i64", lanes), lanes_of("i1", lanes)
        add = self._w.lines.append
        zero = splat("i64", 0, lanes)
        add(f"  %{tag}.nz = icmp ne {wide} {result}, {zero}")
        kind = f"i{lanes}"
        add(f"  %{tag}.nb = bitcast {bit} %{tag}.nz to {kind}")
        value = f"%{tag}.nb"
        if active is None and lanes >= 8:
            pointer = self._w.place(f"%{tag}.dp", self._values["vd"], lanes, chunk)
            add(f"  store {kind} {value}, ptr {pointer}, align 1")
            return
        if active is None:
            add(f"  %{tag}.ab = or {kind} -1, 0")
        else:
            add(f"  %{tag}.ab = bitcast {bit} {active} to {kind}")
        acting = f"%{tag}.ab"
        size = max(lanes, 8)
        if lanes < 8:
            add(f"  %{tag}.nx = zext {kind} {value} to i8")
            add(f"  %{tag}.ax = zext {kind} {acting} to i8")
            value, acting = f"%{tag}.nx", f"%{tag}.ax"
            pointer = self._w.place(f"%{tag}.dp", self._values["vd"], 8)
        else:
            pointer = self._w.place(f"%{tag}.dp", self._values["vd"], lanes, chunk)
        self._w.lines += [
            f"  %{tag}.ob = load i{size}, ptr {pointer}, align 1",
            f"  %{tag}.dx = xor i{size} {value}, %{tag}.ob",
            f"  %{tag}.dy = and i{size} %{tag}.dx, {acting}",
            f"  %{tag}.dz = xor i{size} %{tag}.ob, %{tag}.dy",
            f"  store i{size} %{tag}.dz, ptr {pointer}, align 1",
        ]

    def reduction(self) -> None:
        """vd[0] = vs1[0] and all active elements of vs2, combined one after the other."""
        n, w, add = self._n, self._w, self._w.lines.append
        vl = f"%vl{n}"
        wide_eew, eew = self._eews[2], self._eews[1]
        first = self._load(f"r{n}.b", self._values["vs1"], wide_eew, 1, "0")
        add(f"  store i64 {self._widened(f'r{n}.b', first, wide_eew, 1)}, ptr %v.total")
        add("  store i64 0, ptr %v.some")
        with w.counted(f"w{n}", vl) as index:
            if self._vm == 0:
                is_active = w.active_bit(f"k{n}", index)
                add(f"  br i1 {is_active}, label %do{n}, label %skip{n}")
                add(f"do{n}:")
            narrow = self._load(f"r{n}.a", self._values["vs2"], eew, 1, index)
            inputs = dict(self._inputs)
            inputs["a"] = self._widened(f"r{n}.a", narrow, eew, 1)
            add(f"  %r{n}.d = load i64, ptr %v.total")
            inputs["d"] = f"%r{n}.d"
            for name in self._used - set(inputs):
                inputs[name] = "0"
            written = Lanes(w.lines, w.declarations, 1, inputs, None, f"r{n}")
            result, raised = written.write(self._element)
            self._raise(f"r{n}", 1, raised, None)
            add(f"  store i64 {result}, ptr %v.total")
            add("  store i64 1, ptr %v.some")
            if self._vm == 0:
                add(f"  br label %skip{n}")
                add(f"skip{n}:")
        add(f"  %r{n}.any = icmp ne i64 {vl}, 0")
        add(f"  br i1 %r{n}.any, label %put{n}, label %nothing{n}")
        add(f"put{n}:")
        self._settle()
        add(f"  %r{n}.last = load i64, ptr %v.total")
        self._store(f"r{n}.z", 1, "0", f"%r{n}.last", None, "")
        add(f"  br label %nothing{n}")
        add(f"nothing{n}:")

    def _settle(self) -> None:
        """What becomes of the first value where no element was active."""
        n, w, add = self._n, self._w, self._w.lines.append
        assert self._loop.of_none is not None
        loop = self._loop
        settled = element_expression(loop.of_none, loop.sew, self._plan.has_floats, loop.words)
        assert settled is not None
        if self._vm != 0:
            return
        nodes = settled.nodes()
        if len(nodes) == 1 and nodes[0].operation == "input" and settled.raised == 0:
            return
        add(f"  %g{n}.some = load i64, ptr %v.some")
        add(f"  %g{n}.is = icmp eq i64 %g{n}.some, 0")
        add(f"  br i1 %g{n}.is, label %alone{n}, label %joined{n}")
        add(f"alone{n}:")
        add(f"  %g{n}.d = load i64, ptr %v.total")
        inputs = dict.fromkeys(("a", "b", "m", "mode"), "0") | {"d": f"%g{n}.d"}
        result, raised = Lanes(w.lines, w.declarations, 1, inputs, None, f"g{n}").write(settled)
        if settled.raised != 0:
            add(f"  %g{n}.fl = load i64, ptr %fflags")
            add(f"  %g{n}.fn = or i64 %g{n}.fl, {raised}")
            add(f"  store i64 %g{n}.fn, ptr %fflags")
        add(f"  store i64 {result}, ptr %v.total")
        add(f"  br label %joined{n}")
        add(f"joined{n}:")


class _Transfer:
    """One load or store."""

    def __init__(
        self,
        writer: VectorWriter,
        step: Step,
        plan: Access,
        vtype: int,
        n: int,
        leave: Callable[[], str],
    ) -> None:
        unit = writer.isa.vector
        assert unit is not None
        v = vector_under(vtype, unit)
        self._w = writer
        self._step = step
        self._values = step.decoded.values
        self._plan = plan
        self._n = n
        self._leave = leave
        self._eew = plan.eew or width(v)
        self._size = self._eew // 8
        self._vm = self._values.get("vm", 1)
        self._vlenb = unit.vlen // 8
        self._most = most_elements(v) if vtype >= 0 else 0
        self._group = max(1, self._most * self._size // self._vlenb)
        self._run = f"%run{n}"

    def write(self) -> None:
        """The whole instruction."""
        n, add = self._n, self._w.lines.append
        base = self._w.emitter.operand_value(self._step, "rs1")
        if self._w.isa.xlen == 32:
            add(f"  %base{n} = and i64 {base}, 4294967295")
        else:
            add(f"  %base{n} = or i64 {base}, 0")
        # All of it lies in one run of memory: in the stack, or else in the other.
        run = "write" if self._plan.is_store else "read"
        add(f"  %sp{n}.o = sub i64 %base{n}, %stack.begin")
        add(f"  %sp{n}.k = icmp ule i64 %sp{n}.o, %stack.limit")
        for word in ("begin", "limit"):
            add(f"  {self._run}.{word} = select i1 %sp{n}.k, i64 %stack.{word}, i64 %{run}.{word}")
        if self._plan.pattern == "whole":
            total = self._plan.fields * self._vlenb
            self._check(f"%base{n}", str(total), f"c{n}")
            self._copy(str(total), total)
            return
        add(f"  %vl{n} = load i64, ptr %v.config{VL}")
        if self._plan.pattern == "mask":
            add(f"  %up{n} = add i64 %vl{n}, 7")
            add(f"  %count{n} = lshr i64 %up{n}, 3")
            self._check(f"%base{n}", f"%count{n}", f"c{n}")
            self._copy(f"%count{n}", max(1, self._most // 8))
            return
        add(f"  %is{n} = icmp eq i64 %vl{n}, 0")
        add(f"  br i1 %is{n}, label %over{n}, label %some{n}")
        add(f"some{n}:")
        if self._plan.pattern == "unit":
            self._unit()
        elif self._plan.pattern == "strided":
            self._strided()
        else:
            self._indexed()
        add(f"  br label %over{n}")
        add(f"over{n}:")

    def _check(self, address: str, total: str, tag: str) -> None:
        """Leaves unless so many bytes from an address on may be used."""
        self._w.lines += [
            f"  %{tag}.o = sub i64 {address}, {self._run}.begin",
            f"  %{tag}.k = icmp ule i64 %{tag}.o, {self._run}.limit",
            f"  %{tag}.left = sub i64 {self._run}.limit, %{tag}.o",
            f"  %{tag}.room = add i64 %{tag}.left, 8",
            f"  %{tag}.fits = icmp ule i64 {total}, %{tag}.room",
            f"  %{tag}.ok = and i1 %{tag}.k, %{tag}.fits",
            f"  br i1 %{tag}.ok, label %{tag}.go, label {self._leave()}, !prof !0",
            f"{tag}.go:",
        ]
        self._w.declarations['!0 = !{!"branch_weights", i32 100000, i32 1}'] = None

    def _host(self, tag: str, address: str) -> str:
        self._w.lines += [
            f"  %{tag}.h = add i64 {address}, %bias",
            f"  %{tag}.hp = inttoptr i64 %{tag}.h to ptr",
        ]
        return f"%{tag}.hp"

    def _copy(self, total: str, most: int) -> None:
        """So many bytes side by side; all of a group at once are what they mostly are."""
        n, add = self._n, self._w.lines.append
        own = self._w.place(f"%own{n}", self._values["vd"], 8)
        there = self._host(f"there{n}", f"%base{n}")
        target, source = (there, own) if self._plan.is_store else (own, there)
        called = "@llvm.memcpy.p0.p0.i64"
        self._w.declarations[f"declare void {called}(ptr, ptr, i64, i1)"] = None
        if total.isdecimal():
            self._copy_all(target, source, most)
            return
        add(f"  %full{n} = icmp eq i64 {total}, {most}")
        add(f"  br i1 %full{n}, label %all{n}, label %part{n}")
        add(f"all{n}:")
        self._copy_all(target, source, most)
        add(f"  br label %copied{n}")
        add(f"part{n}:")
        add(f"  call void {called}(ptr {target}, ptr {source}, i64 {total}, i1 false)")
        add(f"  br label %copied{n}")
        add(f"copied{n}:")

    def _copy_all(self, target: str, source: str, size: int) -> None:
        """So many bytes, in pieces as wide as whoever reads them takes at most.

        A host reads what has just been stored at once if one store has written all of it, and else
        waits until all that was stored before has arrived.
        """
        n, add = self._n, self._w.lines.append
        piece = min(size & -size, _PIECE)
        if size > _MOST_PIECES * piece:
            add(
                f"  call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {size}, "
                "i1 false)"
            )
            return
        for at in range(0, size, piece):
            tag = f"%b{n}.{at}"
            add(f"  {tag}.s = getelementptr i8, ptr {source}, i64 {at}")
            add(f"  {tag}.t = getelementptr i8, ptr {target}, i64 {at}")
            add(f"  {tag} = load {lanes_of('i8', piece)}, ptr {tag}.s, align 1")
            add(f"  store {lanes_of('i8', piece)} {tag}, ptr {tag}.t, align 1")

    def _unit(self) -> None:
        n, add = self._n, self._w.lines.append
        width = self._plan.fields * self._size
        add(f"  %total{n} = mul i64 %vl{n}, {width}")
        self._check(f"%base{n}", f"%total{n}", f"c{n}")
        if self._plan.fields == 1 and self._vm == 1:
            self._copy(f"%total{n}", self._most * width)
        elif self._plan.fields == 1 and self._size >= 4:
            self._masked()
        else:
            self._each(str(width))

    def _masked(self) -> None:
        """Elements side by side of which some move, a chunk at a time."""
        n, w, add = self._n, self._w, self._w.lines.append
        lanes = min(self._most, _LANES if self._eew == 32 else _WIDE_LANES)
        kind, bit = lanes_of(f"i{self._eew}", lanes), lanes_of("i1", lanes)
        if lanes == 1:
            self._each(str(self._size))
            return
        add(f"  %up{n} = add i64 %vl{n}, {lanes - 1}")
        add(f"  %chunks{n} = sdiv i64 %up{n}, {lanes}")
        with w.counted(f"w{n}", f"%chunks{n}") as chunk:
            bits = w.mask_bits(f"q{n}", 0, lanes, chunk)
            add(f"  %q{n}.m = bitcast i{lanes} {bits} to {bit}")
            add(f"  %q{n}.f = mul i64 {chunk}, {lanes}")
            add(f"  %q{n}.r = sub i64 %vl{n}, %q{n}.f")
            below = w.lanes_below(f"q{n}", lanes, f"%q{n}.r")
            add(f"  %q{n}.a = and {bit} {below}, %q{n}.m")
            add(f"  %q{n}.o = mul i64 {chunk}, {lanes * self._size}")
            add(f"  %q{n}.g = add i64 %base{n}, %q{n}.o")
            there = self._host(f"q{n}.t", f"%q{n}.g")
            own = w.place(f"%q{n}.p", self._values["vd"], 8, f"%q{n}.o")
            name = f"v{lanes}i{self._eew}"
            add(f"  %q{n}.old = load {kind}, ptr {own}, align {self._size}")
            if self._plan.is_store:
                called = f"@llvm.masked.store.{name}.p0"
                add(f"  call void {called}({kind} %q{n}.old, ptr {there}, i32 1, {bit} %q{n}.a)")
                w.declarations[f"declare void {called}({kind}, ptr, i32, {bit})"] = None
            else:
                called = f"@llvm.masked.load.{name}.p0"
                add(
                    f"  %q{n}.new = call {kind} {called}(ptr {there}, i32 1, {bit} %q{n}.a, "
                    f"{kind} %q{n}.old)"
                )
                add(f"  store {kind} %q{n}.new, ptr {own}, align {self._size}")
                w.declarations[f"declare {kind} {called}(ptr, i32, {bit}, {kind})"] = None

    def _strided(self) -> None:
        n, add = self._n, self._w.lines.append
        stride = self._w.emitter.operand_value(self._step, "rs2")
        width = self._plan.fields * self._size
        # Between the first and the last element there is no other: nothing overflows here.
        add(f"  %st{n}.u = add i64 {stride}, {_MOST_STRIDE}")
        add(f"  %st{n}.k = icmp ult i64 %st{n}.u, {2 * _MOST_STRIDE}")
        add(f"  br i1 %st{n}.k, label %st{n}.go, label {self._leave()}")
        add(f"st{n}.go:")
        add(f"  %st{n}.n = sub i64 %vl{n}, 1")
        add(f"  %st{n}.d = mul i64 %st{n}.n, {stride}")
        add(f"  %st{n}.last = add i64 %base{n}, %st{n}.d")
        self._check(f"%base{n}", str(width), f"c{n}")
        self._check(f"%st{n}.last", str(width), f"d{n}")
        self._each(stride)

    def _each(self, stride: str) -> None:
        """Element by element, evenly spaced."""
        n, add = self._n, self._w.lines.append
        with self._w.counted(f"w{n}", f"%vl{n}") as index:
            self._if_active(index)
            add(f"  %e{n}.o = mul i64 {index}, {stride}")
            add(f"  %e{n}.a = add i64 %base{n}, %e{n}.o")
            self._move(f"%e{n}.a", index)
            self._end_if_active()

    def _if_active(self, index: str, tag: str = "a") -> None:
        n = self._n
        if self._vm == 0:
            is_active = self._w.active_bit(f"{tag}{n}", index)
            self._w.lines.append(f"  br i1 {is_active}, label %{tag}do{n}, label %{tag}skip{n}")
            self._w.lines.append(f"{tag}do{n}:")

    def _end_if_active(self, tag: str = "a") -> None:
        if self._vm == 0:
            self._w.lines.append(f"  br label %{tag}skip{self._n}")
            self._w.lines.append(f"{tag}skip{self._n}:")

    def _move(self, address: str, index: str) -> None:
        """The fields of one element."""
        n, w, kind = self._n, self._w, f"i{self._eew}"
        there = self._host(f"t{n}", address)
        for field in range(self._plan.fields):
            register = self._values["vd"] + field * self._group
            own = w.place(f"%o{n}.{field}", register, self._eew, index)
            at = there
            if field:
                at = f"%t{n}.{field}"
                w.lines.append(f"  {at} = getelementptr i8, ptr {there}, i64 {field * self._size}")
            pair = [(own, self._size), (at, 1)]
            (source, align), (target, other) = pair if self._plan.is_store else pair[::-1]
            w.lines += [
                f"  %u{n}.{field} = load {kind}, ptr {source}, align {align}",
                f"  store {kind} %u{n}.{field}, ptr {target}, align {other}",
            ]

    def _indexed(self) -> None:
        n, w, add = self._n, self._w, self._w.lines.append
        width = self._plan.fields * self._size
        add("  store i64 0, ptr %v.total")
        add(f"  %far{n} = sub i64 {self._run}.limit, {width - 8}")
        with w.counted(f"y{n}", f"%vl{n}") as index:
            self._if_active(index, "k")
            address = self._address(f"y{n}", index)
            add(f"  %y{n}.o = sub i64 {address}, {self._run}.begin")
            add(f"  %y{n}.k = icmp ugt i64 %y{n}.o, %far{n}")
            add(f"  %y{n}.z = zext i1 %y{n}.k to i64")
            add(f"  %y{n}.t = load i64, ptr %v.total")
            add(f"  %y{n}.u = or i64 %y{n}.t, %y{n}.z")
            add(f"  store i64 %y{n}.u, ptr %v.total")
            self._end_if_active("k")
        add(f"  %bad{n} = load i64, ptr %v.total")
        add(f"  %ok{n} = icmp eq i64 %bad{n}, 0")
        add(f"  br i1 %ok{n}, label %go{n}, label {self._leave()}")
        add(f"go{n}:")
        with w.counted(f"w{n}", f"%vl{n}") as index:
            self._if_active(index)
            self._move(self._address(f"w{n}", index), index)
            self._end_if_active()

    def _address(self, tag: str, index: str) -> str:
        w, add, bits = self._w, self._w.lines.append, self._plan.index_eew
        pointer = w.place(f"%{tag}.ip", self._values["vs2"], bits, index)
        add(f"  %{tag}.in = load i{bits}, ptr {pointer}, align {bits // 8}")
        offset = f"%{tag}.in"
        if bits < 64:
            add(f"  %{tag}.iw = zext i{bits} {offset} to i64")
            offset = f"%{tag}.iw"
        add(f"  %{tag}.ad = add i64 %base{self._n}, {offset}")
        if w.isa.xlen == 64:
            return f"%{tag}.ad"
        add(f"  %{tag}.am = and i64 %{tag}.ad, 4294967295")
        return f"%{tag}.am"


def registers_at(offsets: dict[str, int]) -> int:
    """Distance of the registers from the context, in bytes."""
    return 8 * (offsets[STATE] + HEADER)


def config_at(offsets: dict[str, int], word: int) -> int:
    """Distance of a word of the header from the context, in bytes."""
    return 8 * (offsets[STATE] + word)
