"""Instructions that point to the numbers of each result: matrices, tiles, quires."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rvx.analysis.shadow.numbers import Numbers, numbers_of
from rvx.analysis.shadow.plans import (
    Candidate,
    Place,
    Plan,
    Record,
    Setting,
    Unit,
    as_numbers,
)
from rvx.analysis.shadow.sites import Given, Judge, Shadow
from rvx.analysis.shadow.store import Lane, Lanes, Store
from rvx.isa.real import MEMORY, ZEROS, GatheredReal, MovedReal, Performed


class _Pointed(Plan):
    """Knows what positions mean that a declaration gives.

    Args:
        unit: the vector unit.
        values: operands of the instruction.
        is_masked: whether v0 says which elements are active.
    """

    def __init__(self, unit: Unit, values: Mapping[str, int], is_masked: bool) -> None:
        self._unit, self._values, self._is_masked = unit, values, is_masked

    def run(self, store: Store, judge: Judge, record: Record) -> bool:
        """Follows the instruction, if it has begun with its first element."""
        setting = Setting.of(self._unit, record)
        if setting is None:
            return False
        if store.registers.get(self._unit.vstart, 0):
            store.drop_all(list(record.keys))
            return False
        self._follow(store, judge, record, setting)
        return False

    @abstractmethod
    def _follow(self, store: Store, judge: Judge, record: Record, setting: Setting) -> None:
        """The instruction has retired, with this setting."""

    def _performed(self, store: Store, setting: Setting) -> Performed:
        unit, registers = self._unit, store.registers
        mask = registers.get(unit.key(0), 0) if self._is_masked else -1
        return Performed(
            self._values,
            unit.vlen,
            setting.sew,
            setting.lmul,
            registers.get(unit.vtype, 0) >> (unit.xlen - 7) & 63,
            registers.get(unit.mtype, 0),
            unit.edge,
            setting.vl,
            lambda element: mask >> element & 1 == 1,
            lambda name: registers.get(unit.x(self._values[name]), 0) & (1 << unit.xlen) - 1,
        )

    def _where(self, place: Place | None, spot: int) -> tuple[int | None, int]:
        """The key of a register or a word, and the bit in it; no place is all vector registers."""
        if place is not None:
            return place.at(spot)
        vlen = self._unit.vlen
        return self._unit.key(spot // vlen), spot % vlen


class Gathered(_Pointed):
    """A vector instruction whose results are made of numbers that its declaration points to.

    Args:
        real: its meaning.
        unit: the vector unit.
        values: its operands.
        places: of the result and of each source; None for those in vector registers.
        is_masked: whether v0 says which elements are active.
    """

    def __init__(
        self,
        real: GatheredReal,
        unit: Unit,
        values: Mapping[str, int],
        places: Sequence[Place | None],
        is_masked: bool,
    ) -> None:
        super().__init__(unit, values, is_masked)
        self._real, self._places = real, places

    def _follow(self, store: Store, judge: Judge, record: Record, setting: Setting) -> None:
        """Judges all results, and notes their shadows."""
        real = self._real
        chosen = real.formats.get(setting.sew)
        if chosen is None:
            store.drop_all(list(record.keys))
            return
        how = self._performed(store, setting)
        values = {"vtype": setting.vtype, "shape": how.shape}
        formats = [numbers_of(fmt(values) if callable(fmt) else fmt) for fmt in chosen]
        to, into = formats[0], self._places[0]
        written = dict(zip(record.keys, record.values, strict=True))
        new: dict[int, Lanes] = {}
        judged: dict[int, list[int]] = {}
        # All is read before anything is noted: a result may be a source of the next one only in
        # the registers, which are as before.
        for spot, groups in real.spots(how):
            key, at = self._where(into, spot)
            out = None if key is None else written.get(key)
            if out is None and into is not None and key is not None:
                out = store.registers.get(key, 0)  # Of states, only what has changed is noted.
            if key is None or out is None:
                continue
            code = out >> at & (1 << to.bits) - 1
            old = self._candidate(store, into, spot, to)
            rest = [
                [self._candidate(store, place, one, numbers) for one in group]
                for place, group, numbers in zip(self._places[1:], groups, formats[1:], strict=True)
            ]
            judged.setdefault(key, []).append(at)
            shadow = self._judged(judge, record.pc, old, rest, groups, formats, code)
            if shadow is not None:
                new.setdefault(key, {})[at] = Lane(to.bits, code, shadow, to)
        for key, places in judged.items():
            out = written.get(key, store.registers.get(key, 0))
            lanes = new.get(key, {})
            for position, lane in (store.lanes(key) or {}).items():
                is_result = any(
                    position < at + to.bits and at < position + lane.bits for at in places
                )
                if not is_result and out >> position & (1 << lane.bits) - 1 == lane.code:
                    lanes[position] = lane
            store.put(key, lanes)

    def _candidate(
        self, store: Store, place: Place | None, spot: int, numbers: Numbers
    ) -> Candidate:
        key, at = self._where(place, spot)
        raw = 0 if key is None else store.registers.get(key, 0)
        code = raw >> at & (1 << numbers.bits) - 1
        lanes = store.lanes(key)
        lane = lanes.get(at) if lanes else None
        return code, numbers.value(code), None if lane is None else lane.of(numbers, code)

    def _judged(
        self,
        judge: Judge,
        pc: int,
        old: Candidate,
        rest: Sequence[Sequence[Candidate]],
        groups: Sequence[Sequence[int]],
        formats: Sequence[Numbers],
        code: int,
    ) -> Shadow | None:
        real = self._real
        everything = [old, *(one for group in rest for one in group)]
        if not all(isinstance(value, Fraction) for _, value, _ in everything):
            return None
        values = [old[1], *(tuple(value for _, value, _ in group) for group in rest)]
        shadows: list[Any] | None = None
        if any(shadow is not None for *_, shadow in everything):
            best = [
                tuple(value if shadow is None else shadow for _, value, shadow in group)
                for group in rest
            ]
            own = old[1] if old[2] is None else old[2]
            shadows = as_numbers(judge, [own, *best])

        def given() -> tuple[Given, ...]:
            found = [Given(real.to, formats[0], old[0], old[2])]
            for name, place, group, spots, numbers in zip(
                real.sources, self._places[1:], rest, groups, formats[1:], strict=True
            ):
                begin = 0 if place is not None else self._values[name] * self._unit.vlen
                found += [
                    Given(f"{name}[{(spot - begin) // numbers.bits}]", numbers, one[0], one[2])
                    for spot, one in zip(spots, group, strict=True)
                ]
            return tuple(found)

        return judge.result(pc, real.function, values, shadows, code, formats[0], given)


class Moved(_Pointed):
    """A vector instruction that moves numbers between places that its declaration points to.

    Args:
        real: its meaning.
        unit: the vector unit.
        values: its operands.
        to: where numbers go to; None for vector registers.
        source: where they come from, likewise.
    """

    def __init__(
        self,
        real: MovedReal,
        unit: Unit,
        values: Mapping[str, int],
        to: Place | None,
        source: Place | None,
    ) -> None:
        super().__init__(unit, values, is_masked=False)
        self._real, self._to, self._source = real, to, source

    def _follow(self, store: Store, judge: Judge, record: Record, setting: Setting) -> None:
        """Carries along what is moved; what is written over by something else ends."""
        if store.is_empty and not store.has_memory:
            return
        real = self._real
        how = self._performed(store, setting)
        width = real.width(how)
        accesses = iter(record.stores if real.to == MEMORY else record.loads)
        new: dict[int, Lanes] = {}
        for to, source in real.spots(how):
            lanes: Lanes = {}
            if real.source == MEMORY:
                address, size, value = next(accesses)
                lanes = _held(store.load(address, size), value, 0, width)
            elif real.source != ZEROS:
                key, at = self._where(self._source, source)
                if key is not None and (held := store.lanes(key)):
                    lanes = _held(held, store.registers.get(key, 0), at, width)
            if real.to == MEMORY:
                address, size, _ = next(accesses)
                store.store(address, size, lanes)
                continue
            key, at = self._where(self._to, to)
            if key is None:
                continue
            if key not in new:
                new[key] = dict(store.lanes(key) or {})
            kept = new[key]
            for position in [
                one for one, lane in kept.items() if at - lane.bits < one < at + width
            ]:
                del kept[position]
            kept |= {at + position: lane for position, lane in lanes.items()}
        for key, kept in new.items():
            store.put(key, kept)


def _held(lanes: Lanes, raw: int, at: int, width: int) -> Lanes:
    """The shadows that lie within some bits of what a register or memory holds."""
    return {
        position - at: lane
        for position, lane in lanes.items()
        if 0 <= position - at <= width - lane.bits
        and raw >> position & (1 << lane.bits) - 1 == lane.code
    }
