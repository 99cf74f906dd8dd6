"""What is done with the shadows where an instruction retires: a plan for each word."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rvx.analysis.shadow.numbers import Numbers, Real, numbers_of
from rvx.analysis.shadow.sites import Given, Judge, Shadow
from rvx.analysis.shadow.store import Lane, Lanes, Store
from rvx.emulator.native.retire import Kind
from rvx.isa.real import LANE, VectorReal, either, parameters
from rvx.isa.vector.plan import Access as VectorAccess
from rvx.records import dataclass

Access = tuple[int, int, int]
"""Address, bytes, and the value without sign."""


@dataclass
class Record:
    """An instruction that has retired.

    Attributes:
        pc: its address.
        keys: what it has written, as in a trace.
        values: new values; of more than 64 bits without sign.
        loads: from memory.
        stores: to memory.
    """

    pc: int
    keys: Sequence[int]
    values: Sequence[int]
    loads: Sequence[Access]
    stores: Sequence[Access]

    def written(self, key: int) -> int | None:
        """The new value of a register; None if it was not written."""
        try:
            return self.values[self.keys.index(key)]
        except ValueError:
            return None


@dataclass(frozen=True)
class Place:
    """A register that an operand is.

    Attributes:
        name: of the operand.
        key: as in a trace; None for x0; of a tile file, which is noted word by word, the first.
        bits: that count.
        boxed: bits that have to be ones above a single number that is narrower; 0 where nobody
            looks at them.
        stream: which stream it is while streams are enabled; None for other registers.
    """

    name: str
    key: int | None
    bits: int
    boxed: int = 0
    stream: int | None = None

    def at(self, bit: int) -> tuple[int | None, int]:
        """The key under which a bit is noted, and its place there."""
        if self.key is not None and self.key & 15 == _WORD:
            return self.key + (bit >> 6 << WORD_NUMBER), bit & 63
        return self.key, bit


_WORD, WORD_NUMBER = int(Kind.WORD), 20
"""The kind of a key of a word, and the bit from which on the key has its number."""


class Plan(ABC):
    """What happens to shadows.

    Attributes:
        is_integer_code: whether nothing happens while no x register has some.
    """

    is_integer_code = False

    @abstractmethod
    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """An instruction has retired; `store.registers` is as before it.

        Returns:
            Whether shadows of its operands end there, since nobody knows what it means.
        """


# -- numbers in the lanes of registers --------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """The numbers of an operand, for each number of the result.

    Attributes:
        numbers: of the format.
        mask: of a code.
        places: positions of lowest bits: of one, or of the group, for each number of the result.
        is_group: whether there is a group.
        above: ones above the code that make it a number.
    """

    numbers: Numbers
    mask: int
    places: tuple[tuple[int, ...], ...]
    is_group: bool
    above: int


def column(lanes: Any, place: Place, count: int) -> Column:
    """The column of an operand whose format is known."""
    numbers = numbers_of(lanes.format)
    pitch = lanes.pitch or numbers.bits
    places = tuple(
        tuple(pitch * lanes.lane(result, member) for member in range(lanes.group))
        for result in range(count)
    )
    is_single = count == 1 and lanes.group == 1 and lanes.first == 0
    above = 0
    if place.boxed and is_single and numbers.bits < place.boxed:
        above = (1 << place.boxed) - (1 << numbers.bits)
    return Column(numbers, (1 << numbers.bits) - 1, places, lanes.group > 1, above)


@dataclass(frozen=True)
class Layout:
    """All columns of an instruction, and that of its result."""

    columns: tuple[Column, ...]
    result: Column


class Packed(Plan):
    """An instruction that computes numbers from those in the lanes of its operands.

    Args:
        function: its meaning.
        sources: the operands of the function, in its order.
        to: the result.
        layout: gives the columns, of the bits of operands and CSRs by name.
        seen: CSRs by name, and their keys.
        is_layout_fixed: whether that is always the same.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        sources: Sequence[Place],
        to: Place,
        layout: Callable[[Mapping[str, int]], Layout],
        seen: Mapping[str, int],
        is_layout_fixed: bool,
        operands: Sequence[Place] = (),
    ) -> None:
        self._function, self._sources, self._to = function, sources, to
        self._make, self._seen = layout, seen
        self._operands = operands or sources
        self._fixed = layout({}) if is_layout_fixed else None
        self._takes_lane = LANE in parameters(function)
        streams = {one.stream for one in sources if one.stream is not None}
        self._streams = sorted(streams)

    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """Judges the result, and notes its shadows."""
        registers = store.registers
        raws: list[int] = []
        held: list[Lanes | None] = []
        streamed = bool(record.loads) and bool(self._streams)
        for source in self._sources:
            if streamed and source.stream is not None:
                at = self._streams.index(source.stream)
                if at >= len(record.loads):
                    return False
                address, size, value = record.loads[at]
                raws.append(value)
                held.append(store.load(address, size) if store.has_memory else None)
                continue
            raws.append(registers.get(source.key, 0) if source.key is not None else 0)
            held.append(store.lanes(source.key))
        out = record.written(self._to.key) if self._to.key is not None else None
        target: Access | None = None
        if record.stores and self._to.stream is not None:
            target = record.stores[0]
            out = target[2]
        elif out is None:
            if self._to.key is None:
                return False
            out = registers.get(self._to.key, 0)
        layout = self._fixed or self._layout(registers)
        kept: Lanes = {}
        before = store.lanes(self._to.key) if target is None else None
        for result, places in enumerate(layout.result.places):
            lane = self._one(judge, record.pc, layout, result, raws, held, out)
            if lane is not None:
                kept[places[0]] = lane
        if before:
            # Lanes that are no result are what they were.
            width = layout.result.numbers.bits
            own = [places[0] for places in layout.result.places]
            for position, lane in before.items():
                is_result = any(position < at + width and at < position + lane.bits for at in own)
                if not is_result and out >> position & (1 << lane.bits) - 1 == lane.code:
                    kept[position] = lane
        if target is not None:
            store.store(target[0], target[1], kept)
        else:
            assert self._to.key is not None
            store.put(self._to.key, kept)
        return False

    def _layout(self, registers: Mapping[int, int]) -> Layout:
        values = {
            one.name: registers.get(one.key, 0) if one.key is not None else 0
            for one in self._operands
        }
        values |= {name: registers.get(key, 0) for name, key in self._seen.items()}
        return self._make(values)

    def _one(
        self,
        judge: Judge,
        pc: int,
        layout: Layout,
        result: int,
        raws: list[int],
        held: list[Lanes | None],
        out: int,
    ) -> Lane | None:
        """One number of the result; its lane, if it has a shadow."""
        arguments: list[Any] = []
        shadows: list[Any] = []
        is_shadowed, is_finite = False, True
        for col, raw, lanes in zip(layout.columns, raws, held, strict=True):
            values: list[Any] = []
            theirs: list[Any] = []
            numbers, mask = col.numbers, col.mask
            for at in col.places[result]:
                code = raw >> at & mask
                value = numbers.value(code)
                if col.above and raw & col.above != col.above:
                    value = None
                shadow: Any = value
                if lanes:
                    lane = lanes.get(at)
                    found = None if lane is None else lane.of(numbers, code)
                    if found is not None:
                        shadow, is_shadowed = found, True
                if not isinstance(value, Fraction):
                    is_finite = False
                values.append(value)
                theirs.append(shadow)
            if col.is_group:
                arguments.append(tuple(values))
                shadows.append(tuple(theirs))
            else:
                arguments.append(values[0])
                shadows.append(theirs[0])
        at = layout.result.places[result][0]
        numbers = layout.result.numbers
        code = out >> at & layout.result.mask
        if not is_finite:
            return None
        function = self._function
        if self._takes_lane:
            function = _with_lane(function, result)
        shadow = judge.result(
            pc,
            function,
            arguments,
            as_numbers(judge, shadows) if is_shadowed else None,
            code,
            numbers,
            lambda: self._given(layout, result, raws, held),
        )
        return None if shadow is None else Lane(numbers.bits, code, shadow, numbers)

    def _given(
        self, layout: Layout, result: int, raws: list[int], held: list[Lanes | None]
    ) -> tuple[Given, ...]:
        found = []
        for source, col, raw, lanes in zip(self._sources, layout.columns, raws, held, strict=True):
            for at in col.places[result]:
                code = raw >> at & col.mask
                lane = lanes.get(at) if lanes else None
                shadow = None if lane is None else lane.of(col.numbers, code)
                is_only = not col.is_group and len(layout.result.places) == 1
                pitch = col.numbers.bits
                name = source.name if is_only else f"{source.name}[{at // pitch}]"
                found.append(Given(name, col.numbers, code, shadow))
        return tuple(found)


def _with_lane(function: Callable[..., Any], lane: int) -> Callable[..., Any]:
    return lambda *arguments: function(*arguments, lane=lane)


def as_numbers(judge: Judge, shadows: list[Any]) -> list[Any]:
    """Shadows as what the judge computes with."""
    if judge.is_exact:
        return shadows
    return [tuple(map(float, one)) if isinstance(one, tuple) else float(one) for one in shadows]


class Chosen(Plan):
    """An instruction whose result is one of its operands, or its negative.

    Args:
        sources: the operands.
        to: the result.
        layout: as of `Packed`.
        seen: likewise.
        is_layout_fixed: likewise.
    """

    def __init__(
        self,
        sources: Sequence[Place],
        to: Place,
        layout: Callable[[Mapping[str, int]], Layout],
        seen: Mapping[str, int],
        is_layout_fixed: bool,
    ) -> None:
        self._packed = Packed(lambda: 0, sources, to, layout, seen, is_layout_fixed)
        self._sources, self._to = sources, to
        self._fixed = layout({}) if is_layout_fixed else None

    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """Takes the shadow of the operand that it was."""
        if self._to.key is None:
            return False
        out = record.written(self._to.key)
        if out is None:
            out = store.registers.get(self._to.key, 0)
        held = [store.lanes(one.key) for one in self._sources]
        kept: Lanes = {}
        if any(held):
            layout = self._fixed or self._packed._layout(store.registers)
            for result, places in enumerate(layout.result.places):
                candidates = []
                for source, lanes, col in zip(self._sources, held, layout.columns, strict=True):
                    raw = store.registers.get(source.key, 0) if source.key is not None else 0
                    for at in col.places[result]:
                        code = raw >> at & col.mask
                        lane = lanes.get(at) if lanes else None
                        shadow = None if lane is None else lane.of(col.numbers, code)
                        candidates.append((code, col.numbers.value(code), shadow))
                code = out >> places[0] & layout.result.mask
                shadow = pick(candidates, code, layout.result.numbers)
                if shadow is not None:
                    numbers = layout.result.numbers
                    kept[places[0]] = Lane(numbers.bits, code, shadow, numbers)
        store.put(self._to.key, kept)
        return False


Candidate = tuple[int, Real | None, Shadow | None]
"""An operand: its code, its number, its shadow."""


def pick(candidates: Sequence[Candidate], code: int, numbers: Numbers) -> Shadow | None:
    """The shadow of the operand that a result is, or its negative; None if it has none."""
    for other, _, shadow in candidates:
        if other == code:
            return shadow
    value = numbers.value(code)
    if value is None:
        return None
    for _, number, shadow in candidates:
        if number is not None and number == -value:
            return None if shadow is None else -shadow
    return None


# -- elements of vector registers --------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """The vector unit.

    Attributes:
        vlen: bits of a register.
        key: gives the key of a vector register, by number.
        x: of an x register, likewise.
        setting: key of vtype and vl, as an instruction notes them.
        vstart: key of vstart.
        vtype: key of all of vtype.
        mtype: key of mtype.
        xlen: bits of vtype.
        edge: rows and columns of a tile of matrix state.
    """

    vlen: int
    key: Callable[[int], int]
    x: Callable[[int], int]
    setting: int
    vstart: int
    vtype: int
    mtype: int
    xlen: int
    edge: int


@dataclass(frozen=True)
class Setting:
    """vtype and vl as they were for an instruction."""

    sew: int
    lmul: int
    vl: int
    vtype: int

    @classmethod
    def of(cls, unit: Unit, record: Record) -> Setting | None:
        """From what an instruction has noted; None if it has not."""
        found = record.written(unit.setting)
        if found is None or found & 0x8000:
            return None
        vtype = found & 0xFFFF
        return cls(8 << (vtype >> 3 & 7), ((vtype & 7) ^ 4) - 4, found >> 16, vtype)


class Elementwise(Plan):
    """A vector instruction that computes elements.

    Args:
        real: its meaning.
        unit: the vector unit.
        vd: number of the result's register.
        vs2: of the first operand's.
        third: of the third operand's, if it is a vector.
        scalar: the third operand, if it is a register of another file.
        is_masked: whether v0 says which elements are active.
    """

    def __init__(
        self,
        real: VectorReal,
        unit: Unit,
        vd: int,
        vs2: int,
        third: int | None,
        scalar: Place | None,
        is_masked: bool,
    ) -> None:
        self._real, self._unit = real, unit
        self._vd, self._vs2, self._third = vd, vs2, third
        self._scalar, self._is_masked = scalar, is_masked
        self._asked = parameters(real.function)

    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """Judges all active elements, and notes their shadows."""
        unit, real = self._unit, self._real
        setting = Setting.of(unit, record)
        if setting is None:
            return False
        formats = real.formats.get(setting.sew)
        if formats is None or store.registers.get(unit.vstart, 0):
            return self._forget(store, record)
        values = {"vtype": setting.vtype}
        formats = tuple(fmt(values) if callable(fmt) else fmt for fmt in formats)
        wide_d, wide_2 = setting.sew << real.wider_d, setting.sew << real.wider_2
        to = numbers_of(formats[0])
        wanted = self._asked if real.function is not either else ("a", "b")
        if real.is_reduction or real.is_dot:
            self._reduce(store, judge, record, setting, formats)
            return False
        new: dict[int, Lanes] = {}
        for element in range(setting.vl):
            if self._is_masked and not store.registers.get(unit.key(0), 0) >> element & 1:
                continue
            position = element * wide_d
            register, at = self._vd + position // unit.vlen, position % unit.vlen
            out = record.written(unit.key(register))
            if out is None:
                continue
            code = out >> at & (1 << wide_d) - 1
            operands: dict[str, Candidate] = {}
            for name, fmt in zip("dab", formats, strict=True):
                if name not in wanted or fmt is None:
                    continue
                if name == "d":
                    operands[name] = self._element(store, self._vd, position, fmt)
                elif name == "a":
                    operands[name] = self._element(store, self._vs2, element * wide_2, fmt)
                elif self._third is not None:
                    operands[name] = self._element(store, self._third, element * setting.sew, fmt)
                elif self._scalar is not None:
                    operands[name] = self._single(store, fmt)
            lanes = new.setdefault(register, {})
            if real.function is either:
                shadow = pick(list(operands.values()), code, to)
            else:
                shadow = self._judged(judge, record.pc, element, operands, formats, code, to)
            if shadow is not None:
                lanes[at] = Lane(to.bits, code, shadow, to)
            else:
                lanes.pop(at, None)
        self._finish(store, record, setting, wide_d, new)
        return False

    def _forget(self, store: Store, record: Record) -> bool:
        store.drop_all(list(record.keys))
        return False

    def _finish(
        self,
        store: Store,
        record: Record,
        setting: Setting,
        width: int,
        new: dict[int, Lanes],
    ) -> None:
        """Notes new shadows; elements that are not active keep what they had."""
        unit = self._unit
        count = 1 if self._real.is_reduction or self._real.is_dot else setting.vl
        last = self._vd + max(count * width - 1, 0) // unit.vlen
        mask = store.registers.get(unit.key(0), 0)
        for register in range(self._vd, last + 1):
            key = unit.key(register)
            out = record.written(key)
            if out is None:
                continue
            lanes = new.get(register, {})
            for at, lane in (store.lanes(key) or {}).items():
                element = ((register - self._vd) * unit.vlen + at) // width
                is_active = element < count and not (self._is_masked and not mask >> element & 1)
                if not is_active and out >> at & (1 << lane.bits) - 1 == lane.code:
                    lanes[at] = lane
            store.put(key, lanes)

    def _element(self, store: Store, first: int, position: int, fmt: Any) -> Candidate:
        unit = self._unit
        key = unit.key(first + position // unit.vlen)
        at = position % unit.vlen
        numbers = numbers_of(fmt)
        code = store.registers.get(key, 0) >> at & (1 << numbers.bits) - 1
        lanes = store.lanes(key)
        lane = lanes.get(at) if lanes else None
        return code, numbers.value(code), None if lane is None else lane.of(numbers, code)

    def _single(self, store: Store, fmt: Any) -> Candidate:
        place = self._scalar
        assert place is not None
        numbers = numbers_of(fmt)
        raw = store.registers.get(place.key, 0) if place.key is not None else 0
        code = raw & (1 << numbers.bits) - 1
        above = (1 << place.boxed) - (1 << numbers.bits) if place.boxed > numbers.bits else 0
        lanes = store.lanes(place.key)
        lane = lanes.get(0) if lanes else None
        value = numbers.value(code) if raw & above == above else None
        return code, value, None if lane is None else lane.of(numbers, code)

    def _judged(
        self,
        judge: Judge,
        pc: int,
        element: int,
        operands: Mapping[str, Candidate],
        formats: tuple[Any, Any, Any],
        code: int,
        to: Numbers,
    ) -> Shadow | None:
        chosen = [operands[name] for name in self._asked]
        values = [value for _, value, _ in chosen]
        if not all(isinstance(value, Fraction) for value in values):
            return None
        shadows: list[Any] | None = None
        if any(shadow is not None for *_, shadow in chosen):
            shadows = [value if shadow is None else shadow for _, value, shadow in chosen]
            shadows = as_numbers(judge, shadows)
        names = {"d": "vd", "a": "vs2", "b": self._real.third}
        by_name = dict(zip("dab", formats, strict=True))

        def given() -> tuple[Given, ...]:
            is_scalar = self._scalar is not None
            return tuple(
                Given(
                    names[name] if name == "b" and is_scalar else f"{names[name]}[{element}]",
                    numbers_of(by_name[name]),
                    operand[0],
                    operand[2],
                )
                for name, operand in zip(self._asked, chosen, strict=True)
            )

        return judge.result(pc, self._real.function, values, shadows, code, to, given)

    def _reduce(
        self,
        store: Store,
        judge: Judge,
        record: Record,
        setting: Setting,
        formats: tuple[Any, Any, Any],
    ) -> None:
        """Of vs1[0] and all active elements of vs2; or of vd[0], and those of vs2 and vs1."""
        unit, is_dot = self._unit, self._real.is_dot
        wide_d = setting.sew << self._real.wider_d
        out = record.written(unit.key(self._vd))
        assert self._third is not None
        if out is None or not setting.vl:
            return
        to = numbers_of(formats[0])
        mask = store.registers.get(unit.key(0), 0)
        active = [
            element for element in range(setting.vl) if not self._is_masked or mask >> element & 1
        ]
        first = self._element(store, self._vd if is_dot else self._third, 0, formats[0])
        rest = [
            self._element(store, register, element * setting.sew, fmt)
            for register, fmt in ((self._vs2, formats[1]), (self._third, formats[2]))[: 1 + is_dot]
            for element in active
        ]
        half = len(active)
        code = out & (1 << wide_d) - 1
        shadow: Shadow | None = None
        if self._real.function is either:
            shadow = pick([first, *rest], code, to)
        elif all(isinstance(value, Fraction) for _, value, _ in (first, *rest)):
            shadows: list[Any] | None = None
            if any(one is not None for *_, one in (first, *rest)):
                best = [value if one is None else one for _, value, one in (first, *rest)]
                parts = [best[0], tuple(best[1 : 1 + half]), tuple(best[1 + half :])]
                shadows = as_numbers(judge, parts[: 2 + is_dot])

            def given() -> tuple[Given, ...]:
                own = Given("vd[0]" if is_dot else "vs1[0]", to, first[0], first[2])
                names = [f"vs2[{element}]" for element in active]
                names += [f"vs1[{element}]" for element in active] if is_dot else []
                sources = [numbers_of(formats[1])] * half
                sources += [numbers_of(formats[2])] * half if is_dot else []
                return (
                    own,
                    *(
                        Given(name, source, one[0], one[2])
                        for name, source, one in zip(names, sources, rest, strict=True)
                    ),
                )

            numbers = [value for _, value, _ in rest]
            values = [first[1], tuple(numbers[:half]), tuple(numbers[half:])][: 2 + is_dot]
            shadow = judge.result(record.pc, self._real.function, values, shadows, code, to, given)
        new = {} if shadow is None else {0: Lane(to.bits, code, shadow, to)}
        self._finish(store, record, setting, wide_d, {self._vd: new})


# -- what moves values, or what nobody has said a meaning of -----------------------------------


class Carry(Plan):
    """An instruction that moves values, or does something without a meaning in real numbers.

    What it writes has the shadow of an operand whose bits it has, if no other operand with other
    shadows has the same: so moves, loads, stores, packs, merges and permutations carry shadows.

    Args:
        sources: what it may read.
        is_number: whether somebody may take for a number what it writes.
        is_integer_code: whether it only knows x registers.
        vector: of a vector load or store, how it goes about it.
        unit: the vector unit.
        vd: number of the first register of a vector load or store.
        is_masked: whether v0 says which elements are active.
    """

    def __init__(
        self,
        sources: Sequence[Place],
        is_number: bool,
        is_integer_code: bool = False,
        vector: VectorAccess | None = None,
        unit: Unit | None = None,
        vd: int = 0,
        is_masked: bool = False,
    ) -> None:
        self._sources, self._is_number = sources, is_number
        self.is_integer_code = is_integer_code
        self._vector, self._unit, self._vd, self._is_masked = vector, unit, vd, is_masked

    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """Carries shadows along."""
        if self._vector is not None and (record.loads or record.stores):
            self._move_vector(store, record)
            return False
        found: list[tuple[int, Lane]] = []
        is_read = False
        for source in self._sources:
            lanes = store.lanes(source.key)
            if lanes:
                is_read = is_read or source.name != "vd"
                assert source.key is not None
                raw = store.registers.get(source.key, 0)
                found += [
                    (at, lane)
                    for at, lane in lanes.items()
                    if raw >> at & (1 << lane.bits) - 1 == lane.code
                ]
        for address, size, value in record.stores:
            self._store(store, found, address, size, value)
        loaded: list[tuple[int, Lane]] = []
        if store.has_memory:
            for address, size, value in record.loads:
                loaded += [
                    (at, lane)
                    for at, lane in store.load(address, size).items()
                    if value >> at & (1 << lane.bits) - 1 == lane.code
                ]
        is_carried = self._write(store, record, found + loaded, bool(loaded))
        return is_read and not is_carried and self._is_number and not record.stores

    def _store(
        self, store: Store, found: list[tuple[int, Lane]], address: int, size: int, value: int
    ) -> None:
        if not found and not store.has_memory:
            return
        lanes = {
            at: lane
            for at, lane in found
            if at + lane.bits <= 8 * size and value >> at & (1 << lane.bits) - 1 == lane.code
        }
        if lanes and not _is_clear(found):
            lanes = {}
        store.store(address, size, lanes)

    def _write(
        self, store: Store, record: Record, found: list[tuple[int, Lane]], is_load: bool
    ) -> bool:
        """Notes the shadows of what was written; says whether there are some."""
        is_carried = False
        unambiguous = _unambiguous(store, self._sources, found, is_load) if found else []
        for key, value in zip(record.keys, record.values, strict=True):
            if key & 15 in _NO_VALUES:
                continue
            if not unambiguous:
                store.drop(key)
                continue
            lanes: Lanes = {}
            length = max(value.bit_length(), 64) if value >= 0 else 64
            for at, lane in unambiguous:
                mask = (1 << lane.bits) - 1
                if value >> at & mask == lane.code:
                    lanes[at] = lane
                    continue
                if lane.code == 0 and not is_load:
                    continue  # Zeros are everywhere.
                for other in range(0, length, lane.bits):
                    if value >> other & mask == lane.code:
                        lanes.setdefault(other, lane)
            is_carried = is_carried or bool(lanes)
            store.put(key, lanes)
        return is_carried

    def _move_vector(self, store: Store, record: Record) -> None:
        """A vector load or store: element by element."""
        plan, unit = self._vector, self._unit
        assert plan is not None
        assert unit is not None
        setting = Setting.of(unit, record)
        if setting is None or (not store.has_memory and store.is_empty):
            return
        new: dict[int, Lanes] = {}
        accesses = record.stores if plan.is_store else record.loads
        for (register, at, bits), (address, size, value) in zip(
            self._positions(store, setting, plan, unit), accesses, strict=False
        ):
            if 8 * size != bits:
                break
            key = unit.key(register)
            if plan.is_store:
                kept: Lanes = {}
                for position, lane in (store.lanes(key) or {}).items():
                    inside = position - at
                    if not 0 <= inside <= bits - lane.bits:
                        continue
                    if value >> inside & (1 << lane.bits) - 1 == lane.code:
                        kept[inside] = lane
                store.store(address, size, kept)
                continue
            lanes = new.setdefault(register, {})
            for position, lane in store.load(address, size).items():
                if value >> position & (1 << lane.bits) - 1 == lane.code:
                    lanes[at + position] = lane
        if plan.is_store:
            return
        touched = {key: number for number in range(32) if (key := unit.key(number))}
        for key, out in zip(record.keys, record.values, strict=True):
            number = touched.get(key)
            if number is None:
                continue
            lanes = {
                at: lane
                for at, lane in new.get(number, {}).items()
                if out >> at & (1 << lane.bits) - 1 == lane.code
            }
            store.put(key, lanes)

    def _positions(
        self, store: Store, setting: Setting, plan: VectorAccess, unit: Unit
    ) -> list[tuple[int, int, int]]:
        """Register, position and bits of every element that is moved, in order."""
        eew = plan.eew or setting.sew
        vlen = unit.vlen
        if plan.pattern == "whole":
            return [
                (self._vd + at // vlen, at % vlen, eew) for at in range(0, plan.fields * vlen, eew)
            ]
        if plan.pattern == "mask":
            return [(self._vd, 8 * byte, 8) for byte in range((setting.vl + 7) // 8)]
        width = setting.sew if plan.pattern == "indexed" else eew
        emul = setting.lmul + width.bit_length() - setting.sew.bit_length()
        step = 1 << max(emul, 0)
        mask = store.registers.get(unit.key(0), 0)
        found = []
        for element in range(setting.vl):
            if self._is_masked and not mask >> element & 1:
                continue
            at = element * width
            found += [
                (self._vd + field * step + at // vlen, at % vlen, width)
                for field in range(plan.fields)
            ]
        return found


_NO_VALUES = (3, 4)
"""Kinds of keys that are no registers: settings and CSRs."""


def _is_clear(found: list[tuple[int, Lane]]) -> bool:
    """Whether no two lanes have the same code and other shadows."""
    known: dict[tuple[int, int], Shadow] = {}
    return all(
        known.setdefault((lane.bits, lane.code), lane.shadow) == lane.shadow for _, lane in found
    )


def _unambiguous(
    store: Store, sources: Sequence[Place], found: list[tuple[int, Lane]], is_load: bool
) -> list[tuple[int, Lane]]:
    """The lanes whose code nothing else has that might have been moved in their place."""
    if len(found) == 1 and (is_load or len(sources) == 1):
        return found
    shadows: dict[tuple[int, int], set[Shadow]] = {}
    for _, lane in found:
        shadows.setdefault((lane.bits, lane.code), set()).add(lane.shadow)
    clear = {known for known, all_of in shadows.items() if len(all_of) == 1}
    if not is_load and len(sources) > 1:
        have = {(at, lane.bits, lane.code) for at, lane in found}
        for source in sources:
            if source.key is None:
                continue
            raw = store.registers.get(source.key, 0)
            for bits, code in list(clear):
                for at in range(0, source.bits, bits):
                    if raw >> at & (1 << bits) - 1 == code and (at, bits, code) not in have:
                        clear.discard((bits, code))
    return [(at, lane) for at, lane in found if (lane.bits, lane.code) in clear]
