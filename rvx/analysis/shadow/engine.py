"""The shadow of a run: takes what retires, and follows what every number would be.

A machine that is traced gives away what has retired, in batches; nothing of the machine is changed,
so that counts and results are those of any other run. Most instructions are integer code that
touches no number: of these only the registers that they write are noted, all at once. The others
have a plan (`rvx.analysis.shadow.plans`), made once a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rvx.analysis.shadow.plans import (
    WORD_NUMBER,
    Access,
    Carry,
    Chosen,
    Column,
    Elementwise,
    Layout,
    Packed,
    Place,
    Plan,
    Record,
    Unit,
    column,
)
from rvx.analysis.shadow.pointed import Gathered, Moved
from rvx.analysis.shadow.sites import Judge
from rvx.analysis.shadow.store import Store
from rvx.emulator import Machine
from rvx.emulator.core import F0, X0
from rvx.emulator.native.retire import Kind, Retired, Write
from rvx.emulator.tracing.records import Batch
from rvx.isa import Decoded, Instruction, Isa
from rvx.isa.bits import Word
from rvx.isa.memory import ACCESS_ADDRESS, ACCESS_KIND, ACCESS_VALUE
from rvx.isa.operands import RegisterKind
from rvx.isa.real import (
    MEMORY,
    ZEROS,
    GatheredReal,
    Lanes,
    MovedReal,
    Real,
    VectorReal,
    either,
    no_number,
)
from rvx.isa.streams import STATE as STREAMS
from rvx.isa.streams import STREAMS as COUNT
from rvx.isa.vector.plan import Access as VectorAccess
from rvx.isa.vector.plan import plan_of
from rvx.isa.vector.state import HEADER, MTYPE, VSTART, VTYPE
from rvx.isa.vector.state import STATE as VECTOR

FLOAT64, EXACT = "float64", "exact"
MODES = (FLOAT64, EXACT)
_OF_UNIT = {
    0x008 << 4 | Kind.CSR: VSTART,
    0xC21 << 4 | Kind.CSR: VTYPE,
    0xC23 << 4 | Kind.CSR: MTYPE,
}
"""Keys of the vector unit's own CSRs that say how an instruction is performed, and their words."""
_VSTART, _VTYPE, _MTYPE = _OF_UNIT
_MASK64 = (1 << 64) - 1
_NUMBER = (1 << WORD_NUMBER) - 1
"""The bits of a key of a word that say of which state it is."""


class Shadow:
    """Follows the numbers of one machine.

    Args:
        mode: what shadows are: `float64`, or `exact`, rational numbers.

    Attributes:
        mode: the same.
        judge: what has been found, by address.
        instructions: followed so far.
        progress: is told now and then how many that are.
        was_full: whether memory has had more shadows than are kept, in a part that is over.
        restarts: by mnemonic, how often shadows ended at an instruction without a meaning.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.judge = Judge(mode == EXACT)
        self.store = Store()
        self.instructions = 0
        self.was_full = False
        self.restarts: Counter[str] = Counter()
        self.progress: Callable[[int], None] | None = None
        self._plans: dict[Word, tuple[Plan, str]] = {}
        self._machine: Machine | None = None

    def attach(self, machine: Machine) -> None:
        """Follows a machine, which was made with `tracing` and with `take` as `on_retired`."""
        tracer = machine.hart.tracer
        assert tracer is not None
        self._machine = machine
        self._maker = _Maker(machine.isa, tracer.effects.key_of)
        tracer.on_begin, tracer.on_look = self._begin, self._look

    def _begin(self) -> None:
        """A part of the run begins: what comes into it is taken as it is."""
        self.was_full |= self.store.is_full
        self.store = Store()

    def _look(self) -> None:
        """Reads registers and states: somebody else may have changed them, as system calls do."""
        machine = self._machine
        assert machine is not None
        registers, core, context = self.store.registers, machine.core, machine.context
        isa, key_of = machine.isa, self._maker.key_of
        for number in range(1, 32):
            registers[number << 4 | Kind.X] = core.read(X0 + number)
        for number in range(32 if "F" in isa.extensions else 0):
            registers[number << 4 | Kind.F] = core.read(F0 + number)
        for file in isa.register_files.values():
            if file.is_core or file.is_by_number:
                continue
            words = context.state(file.name, file.count * file.words)
            for number, name in enumerate(file.abi):
                part = words[number * file.words : (number + 1) * file.words]
                registers[key_of(name)] = int.from_bytes(part.tobytes(), "little")
        for name, state in isa.states.items():
            if name in isa.tile_files:
                first = self._maker.first_word(name)
                words = context.state(name, state.words).tolist()
                registers |= {first + (i << WORD_NUMBER): word for i, word in enumerate(words)}
            elif name != VECTOR:
                content = context.state(name, state.words).tobytes()
                registers[key_of(name)] = int.from_bytes(content, "little")
        for csr in isa.csrs.values():
            if csr.state in context.offsets and csr.state != VECTOR:
                word = int(context.words[context.offsets[csr.state] + csr.word])
                registers[csr.address << 4 | Kind.CSR] = word >> csr.lsb & csr.mask
        if isa.vector is not None:
            vlenb = isa.vector.vlen // 8
            held = context.state(VECTOR, HEADER + 4 * vlenb).tobytes()
            for key, word in _OF_UNIT.items():
                registers[key] = int.from_bytes(held[8 * word : 8 * word + 8], "little")
            for number in range(32):
                begin = 8 * HEADER + number * vlenb
                register = held[begin : begin + vlenb]
                registers[number << 4 | Kind.V] = int.from_bytes(register, "little")

    def take(self, batch: Batch) -> None:
        """Follows what has retired."""
        records, writes = batch.records, batch.writes
        words, inverse = np.unique(records[:, Retired.WORD], return_inverse=True)
        plans = [self._plan(int(word) & _MASK64) for word in words]
        is_dull = np.array([plan.is_integer_code for plan, _ in plans])[inverse]
        write_ends, access_ends = records[:, Retired.WRITES], records[:, Retired.ACCESSES]
        has_access = np.diff(access_ends, prepend=0) > 0
        keys: list[int] = writes[:, Write.KEY].tolist()
        values: list[int] = writes[:, Write.VALUE].tolist()
        for at in np.flatnonzero(writes[:, Write.BITS] > 64).tolist():
            first, length = values[at], int(writes[at, Write.BITS]) // 64
            values[at] = int.from_bytes(batch.wide[first : first + length].tobytes(), "little")
        flow = _Flow(
            records[:, Retired.PC].tolist(),
            write_ends.tolist(),
            access_ends.tolist(),
            keys,
            values,
            _accesses(batch),
            [plans[one] for one in inverse.tolist()],
        )
        done = 0
        for index in np.flatnonzero(~is_dull | has_access).tolist():
            self._pass(flow, done, index)
            self._one(flow, index)
            done = index + 1
        self._pass(flow, done, len(flow.pcs))
        self.instructions += len(batch)
        if self.progress is not None:
            self.progress(self.instructions)

    def _pass(self, flow: _Flow, begin: int, end: int) -> None:
        """Integer code: what it writes is noted at once, unless one of its registers has a shadow.

        Such a register may be moved, so that every instruction counts.
        """
        if begin >= end:
            return
        if self.store.has_x:
            for index in range(begin, end):
                self._one(flow, index)
            return
        first = flow.write_ends[begin - 1] if begin else 0
        last = flow.write_ends[end - 1]
        self._note(flow.keys[first:last], flow.values[first:last])

    def _note(self, keys: list[int], values: list[int]) -> None:
        registers = self.store.registers
        registers.update(zip(keys, values, strict=True))
        for key, value in zip(keys, values, strict=True):
            if key & 15 == Kind.WORD and key & _NUMBER not in self._maker.tiles:
                number, word = key >> 4 & 0xFFFF, key >> WORD_NUMBER
                of = number << 4 | Kind.OWN
                whole = registers.get(of, 0) & ~(_MASK64 << 64 * word)
                registers[of] = whole | (value & _MASK64) << 64 * word

    def _one(self, flow: _Flow, index: int) -> None:
        """One instruction."""
        before = index - 1
        first = flow.write_ends[before] if index else 0
        last = flow.write_ends[index]
        begin = flow.access_ends[before] if index else 0
        loads: list[Access] = []
        stores: list[Access] = []
        for address, kind, value in flow.accesses[begin : flow.access_ends[index]]:
            size = kind >> 1
            (stores if kind & 1 else loads).append(
                (address & _MASK64, size, value & (1 << 8 * size) - 1)
            )
        keys, values = flow.keys[first:last], flow.values[first:last]
        if any(key & 15 == Kind.WORD for key in keys):
            keys, values = self._with_whole_states(keys, values)
        record = Record(flow.pcs[index], keys, values, loads, stores)
        plan, mnemonic = flow.plans[index]
        if plan.run(self.store, self.judge, record):
            self.restarts[mnemonic] += 1
        self._note(keys, values)

    def _with_whole_states(self, keys: list[int], values: list[int]) -> tuple[list[int], list[int]]:
        """Large states, of which only words are noted, as a whole."""
        whole: dict[int, int] = {}
        for key, value in zip(keys, values, strict=True):
            if key & 15 == Kind.WORD and key & _NUMBER not in self._maker.tiles:
                of, word = (key >> 4 & 0xFFFF) << 4 | Kind.OWN, key >> WORD_NUMBER
                known = whole.get(of, self.store.registers.get(of, 0))
                known &= ~(_MASK64 << 64 * word)
                whole[of] = known | (value & _MASK64) << 64 * word
        return [*keys, *whole], [*values, *whole.values()]

    @property
    def untold(self) -> list[str]:
        """What was performed, computes numbers, and does not say which."""
        return sorted(self._maker.untold)

    def _plan(self, word: Word) -> tuple[Plan, str]:
        """The plan of a word, and its mnemonic."""
        if word not in self._plans:
            self._plans[word] = self._maker.plan(word)
        return self._plans[word]


class _Flow:
    """A batch as lists, which Python reads faster than arrays."""

    def __init__(
        self,
        pcs: list[int],
        write_ends: list[int],
        access_ends: list[int],
        keys: list[int],
        values: list[int],
        accesses: Sequence[Access],
        plans: list[tuple[Plan, str]],
    ) -> None:
        self.pcs, self.write_ends, self.access_ends = pcs, write_ends, access_ends
        self.keys, self.values, self.accesses, self.plans = keys, values, accesses, plans


def _accesses(batch: Batch) -> list[Access]:
    rows = batch.accesses[:, [ACCESS_ADDRESS, ACCESS_KIND, ACCESS_VALUE]]
    return list(map(tuple, rows.tolist()))


class _Maker:
    """Makes plans of words.

    Args:
        isa: what words mean.
        key_of: the key of a register of an extension, or of a state, by its name.

    Attributes:
        untold: mnemonics of what computes numbers, and does not say which.
        tiles: keys of the first words of tile files, which are large and followed word by word.
    """

    def __init__(self, isa: Isa, key_of: Callable[[str], int]) -> None:
        self._isa, self.key_of = isa, key_of
        self._flen = 64 if "D" in isa.extensions else 32
        self._seen = {csr.name: csr.address << 4 | Kind.CSR for csr in isa.csrs.values()}
        self.untold: set[str] = set()
        self._unit: Unit | None = None
        if isa.vector is not None:
            self._unit = Unit(
                isa.vector.vlen,
                lambda number: number << 4 | Kind.V,
                lambda number: number << 4 | Kind.X,
                int(Kind.SETTING),
                _VSTART,
                _VTYPE,
                _MTYPE,
                isa.xlen,
                isa.vector.edge,
            )
        self.tiles = {self.first_word(name) for name in isa.tile_files}

    def first_word(self, name: str) -> int:
        """The key of the first word of a state that is noted word by word."""
        return self.key_of(name) & ~15 | Kind.WORD

    def plan(self, word: Word) -> tuple[Plan, str]:
        """The plan of a word, and its mnemonic."""
        decoded = self._isa.decode(word)
        if decoded is None:
            return Carry((), False), ""
        decoded = decoded.expanded
        made = decoded.instruction
        real = made.real
        name = made.mnemonic
        if isinstance(real, VectorReal) and self._unit is not None:
            return self._elementwise(decoded, real), name
        if isinstance(real, GatheredReal) and self._unit is not None:
            return self._gathered(decoded, real), name
        if isinstance(real, MovedReal) and self._unit is not None:
            ends = (self._pointed(decoded, one) for one in (real.to, real.source))
            return Moved(real, self._unit, decoded.values, *ends), name
        if isinstance(real, Real) and real.function is not no_number:
            return self._packed(decoded, real) or self._carry(decoded), name
        is_own = made.is_custom and "v" in made.requests
        if real is None and made.kind not in ("load", "store") and (made.macs or is_own):
            self.untold.add(name)
        return self._carry(decoded), name

    def _is_integer_code(self, made: Instruction) -> bool:
        """Whether it only knows x registers."""
        if "v" in made.requests or any(name in self._isa.states for name in made.requests):
            return False
        kinds = [one.kind for one in made.operands.values()]
        return all(
            kind.file.name == "x" for kind in kinds if isinstance(kind, RegisterKind)
        ) and made.kind not in ("load", "store")

    def _place(self, decoded: Decoded, name: str) -> Place | None:
        """Where an operand or a state is; None if it is more than one register."""
        operand = decoded.instruction.operands.get(name)
        if operand is None:
            is_tiled = name in self._isa.tile_files
            key = self.first_word(name) if is_tiled else self.key_of(name)
            return Place(name, key, 64 * self._isa.states[name].words)
        kind = operand.kind
        if not isinstance(kind, RegisterKind) or kind.group > 1 or kind.file.is_by_number:
            return None
        number, file = decoded.values[name], kind.file
        if file.name == "x":
            return Place(name, number << 4 | Kind.X if number else None, self._isa.xlen)
        if file.name == "f":
            is_stream = STREAMS in self._isa.states and number < COUNT
            stream = number if is_stream else None
            return Place(name, number << 4 | Kind.F, 64, self._flen, stream)
        return Place(name, self.key_of(file.abi[number]), file.bits)

    def _packed(self, decoded: Decoded, real: Real) -> Plan | None:
        made = decoded.instruction
        names: Sequence[str] = real.sources
        if real.function is either:
            listed = made.operands if real.format is not None else real.places
            names = [
                name
                for name in listed
                if name in made.requests and isinstance(made.operands[name].kind, RegisterKind)
            ]
        sources = [self._place(decoded, name) for name in names]
        to = self._place(decoded, real.to)
        if to is None or any(one is None for one in sources):
            return None
        places = [one for one in sources if one is not None]
        operands = [
            place
            for name, one in made.operands.items()
            if isinstance(one.kind, RegisterKind)
            and (place := self._place(decoded, name)) is not None
        ]
        declared = [real.lanes(one.name) for one in (*places, to)]
        is_fixed = not any(callable(one.format) for one in declared)
        known: dict[Any, Layout] = {}

        def layout(values: Mapping[str, int]) -> Layout:
            resolved = tuple(_resolved(one, values) for one in declared)
            if resolved not in known:
                count = resolved[-1].count
                columns: tuple[Column, ...] = tuple(
                    column(lanes, place, count)
                    for lanes, place in zip(resolved, (*places, to), strict=True)
                )
                known[resolved] = Layout(columns[:-1], columns[-1])
            return known[resolved]

        if real.function is either:
            return Chosen(places, to, layout, self._seen, is_fixed)
        return Packed(real.function, places, to, layout, self._seen, is_fixed, operands)

    def _elementwise(self, decoded: Decoded, real: VectorReal) -> Plan:
        assert self._unit is not None
        values = decoded.values
        third: int | None = None
        scalar: Place | None = None
        if real.third == "vs1":
            third = values["vs1"]
        elif real.third == "rs1":
            scalar = self._place(decoded, "rs1")
        is_masked = values.get("vm", 1) == 0
        return Elementwise(
            real, self._unit, values["vd"], values.get("vs2", 0), third, scalar, is_masked
        )

    def _gathered(self, decoded: Decoded, real: GatheredReal) -> Plan:
        assert self._unit is not None
        places = [self._pointed(decoded, name) for name in (real.to, *real.sources)]
        is_masked = decoded.values.get("vm", 1) == 0
        return Gathered(real, self._unit, decoded.values, places, is_masked)

    def _pointed(self, decoded: Decoded, name: str) -> Place | None:
        """Where numbers are that a declaration points to; None for vector registers and memory."""
        operand = decoded.instruction.operands.get(name)
        kind = None if operand is None else operand.kind
        if name in (MEMORY, ZEROS) or (isinstance(kind, RegisterKind) and kind.file.is_vector):
            return None
        return self._place(decoded, name)

    def _carry(self, decoded: Decoded) -> Plan:
        made, values = decoded.instruction, decoded.values
        sources: list[Place] = []
        for name, operand in made.operands.items():
            kind = operand.kind
            if not isinstance(kind, RegisterKind) or name not in made.requests:
                continue
            if kind.file.is_vector:
                assert self._unit is not None
                # As many as a group may have: which it is, is said by vtype.
                sources += [
                    Place(name, self._unit.key(number), self._unit.vlen)
                    for number in range(values[name], min(values[name] + 8, 32))
                ]
            elif (place := self._place(decoded, name)) is not None:
                sources.append(place)
        for name in made.requests:
            is_tiled = name in self._isa.tile_files
            if name in self._isa.states and not is_tiled and name not in (VECTOR, "fcsr"):
                sources.append(Place(name, self.key_of(name), 64 * self._isa.states[name].words))
        plan = plan_of(made.body)
        is_number = made.real is None and self._writes_numbers(made)
        if isinstance(plan, VectorAccess):
            first = values.get("vd", values.get("vs3", 0))
            masked = values.get("vm", 1) == 0
            return Carry(sources, is_number, False, plan, self._unit, first, masked)
        return Carry(sources, is_number, self._is_integer_code(made))

    def _writes_numbers(self, made: Instruction) -> bool:
        """Whether somebody may take what it writes for a number: no x register, unless its own."""
        files = [
            made.operands[name].kind.file.name  # type: ignore[union-attr]
            for name in made.writes
        ]
        return made.is_custom or any(name != "x" for name in files) or "v" in made.requests


def _resolved(lanes: Lanes, values: Mapping[str, int]) -> Lanes:
    """The lanes of an operand whose format is chosen when the instruction is performed."""
    if not callable(lanes.format):
        return lanes
    found = lanes.format(values)
    if isinstance(found, Lanes):
        return found
    from dataclasses import replace

    return replace(lanes, format=found)
