"""What a word costs on a core: a row of numbers for the scoreboard.

Which registers and states an instruction reads and writes follows from its declaration, as does
what a vector instruction works on; what it costs, from its class in the core's description.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Collection
from enum import IntEnum, IntFlag
from functools import cache
from typing import Any

from rvx.analysis.cycles.core import Class, Core
from rvx.isa import Decoded, Instruction, Isa
from rvx.isa import streams as ssr
from rvx.isa.operands import RegisterKind
from rvx.isa.vector.plan import Access, Arithmetic, moves_of, plan_of, result_of
from rvx.isa.vector.state import STATE as VECTOR


class Cost(IntEnum):
    """Position of each number in a row."""

    UNIT = 0
    LATENCY = 1
    INTERVAL = 2
    OVERHEAD = 3
    ELEMENTS = 4
    FLAGS = 5
    QUEUE = 6  # its number; -1 if there is none
    READS = 7  # how many operands are read, from OPERANDS on
    WRITES = 8  # how many are written, behind those
    OPERANDS = 9  # where they begin
    WIDTH = 10  # of vectors: how wide elements are, as in `Operand`
    REPEATED = 11  # bytes of code that are repeated behind it
    INSTRUCTIONS = 12  # how many these are
    END = 13


class Flag(IntFlag):
    """What an instruction is besides."""

    BRANCH = 1
    JUMP = 2
    JUMP_REGISTER = 4
    RETURN = 8
    LOAD = 16
    VECTOR = 32
    BLOCKS = 64
    STREAMS_ON = 128
    STREAMS_OFF = 256
    STREAM_SETUP = 512
    BACKWARD = 1024  # a branch whose target lies before it
    CHAINS = 2048
    DRAINS = 4096


class Width(IntEnum):
    """How many registers an operand is, or how wide its elements are."""

    ONE = 0  # one register
    SCALED = 1  # the value is the binary logarithm of EEW / SEW, plus 8
    ABSOLUTE = 2  # it is that of EEW in bytes
    FIXED = 3  # it is how many registers


# An operand is one number: a slot, and above it the rest.
WIDTH_SHIFT, VALUE_SHIFT, FIELDS_SHIFT, LATER_SHIFT = 16, 18, 26, 30
"""Where in it `Width`, its value, the fields of a segment, and whether the queue reads it stand."""

X, F, V = 0, 32, 64
"""The first slot of a register file; those of extensions follow."""
OWN = 96
_SILENT = (VECTOR, "fcsr", "reservation", ssr.STATE, "mcycle", "minstret", "time")
"""States whose order the scoreboard does not keep: nobody waits for them, or they are registers."""


class Slots:
    """Numbers of everything that is written and read.

    Args:
        isa: whose register files and states there are.
        free: states that nobody waits for.

    Attributes:
        count: how many there are.
    """

    def __init__(self, isa: Isa, free: Collection[str] = ()) -> None:
        self._firsts = {"x": X, "f": F, "v": V}
        at = OWN
        for file in isa.register_files.values():
            if file.name not in self._firsts:
                self._firsts[file.name] = at
                at += file.count
        self._states: dict[str, int] = {}
        for name in isa.states:
            if name not in _SILENT and name not in free:
                self._states[name] = at
                at += 1
        self.count = at

    def register(self, file: str, number: int) -> int:
        """Of a register."""
        return self._firsts[file] + number

    def state(self, name: str) -> int | None:
        """Of a state; None if nobody waits for it."""
        return self._states.get(name)


class Costs:
    """Makes the rows of words.

    Args:
        isa: what words mean.
        core: what they cost.

    Attributes:
        unclassified: mnemonics of no standard that only the last class takes.
    """

    def __init__(self, isa: Isa, core: Core) -> None:
        self._isa, self._core = isa, core
        self.slots = Slots(isa, core.issue.free_states)
        self.units = {name: number for number, name in enumerate(core.units)}
        self.queues = {name: number for number, name in enumerate(core.queues)}
        self.unclassified: set[str] = set()
        self._class_of: Callable[[Instruction], Class] = cache(core.class_of)

    def row(self, decoded: Decoded | None) -> tuple[list[int], list[int]]:
        """The row of a word, and its operands; of nothing known, an instruction without any."""
        if decoded is None:
            return self._fill(self._core.classes[-1], Flag(0)), []
        does = decoded.expanded
        made, values = does.instruction, does.values
        chosen = self._class_of(made)
        if chosen is self._core.classes[-1] and made.is_custom:
            self.unclassified.add(made.mnemonic)
        unit = self._core.units[chosen.unit]
        later = self._core.queues[unit.queue].files if unit.queue else ()
        reads, writes = self._operands(does, later)
        row = self._fill(chosen, self._flags(does) | (Flag.CHAINS if unit.chains else Flag(0)))
        row[Cost.READS], row[Cost.WRITES] = len(reads), len(writes)
        row[Cost.WIDTH] = _work_width(made, values, self._isa)
        if "repeat" in made.requests:
            count = values["n"] if "n" in values else values.get("field", 0) + 1
            row[Cost.INSTRUCTIONS] = count
            row[Cost.REPEATED] = 4 * count
        return row, [*reads, *writes]

    def _fill(self, chosen: Class, flags: Flag) -> list[int]:
        row = [0] * Cost.END
        unit = self._core.units[chosen.unit]
        row[Cost.UNIT] = self.units[chosen.unit]
        row[Cost.LATENCY], row[Cost.INTERVAL] = chosen.latency, chosen.interval
        row[Cost.OVERHEAD], row[Cost.ELEMENTS] = chosen.overhead, chosen.elements
        flags |= Flag.BLOCKS if chosen.blocks else Flag(0)
        row[Cost.FLAGS] = flags | (Flag.DRAINS if chosen.drains else Flag(0))
        row[Cost.QUEUE] = self.queues[unit.queue] if unit.queue else -1
        return row

    def _flags(self, does: Decoded) -> Flag:
        made, values = does.instruction, does.values
        flags = Flag(0)
        if made.kind == "branch":
            flags |= Flag.BRANCH
            target = made.target
            if target is not None and values[target.name] < 0:
                flags |= Flag.BACKWARD
        elif made.kind == "jump":
            if made.target is not None:
                flags |= Flag.JUMP
            else:
                # By convention a jump to ra that keeps no address is a return.
                is_return = values.get("rd", 0) == 0 and values.get("rs1") == 1
                flags |= Flag.RETURN if is_return else Flag.JUMP_REGISTER
        if made.kind == "load":
            flags |= Flag.LOAD
        if "v" in made.requests and not made.mnemonic.startswith("vset"):
            flags |= Flag.VECTOR
        if ssr.STATE in made.requests:
            flags |= Flag.STREAM_SETUP
        return flags | self._switch(does)

    def _switch(self, does: Decoded) -> Flag:
        """Whether the word enables or disables streams: a bit of a CSR does."""
        made, values = does.instruction, does.values
        if made.kind != "csr":
            return Flag(0)
        csr = next((c for c in self._isa.csrs.values() if c.address == values["csr"]), None)
        if csr is None or csr.state != ssr.STATE or csr.word != ssr.ENABLED:
            return Flag(0)
        bit = 1 << csr.lsb
        if made.mnemonic.endswith("i") and values.get("uimm", 0) & bit:
            return Flag.STREAMS_OFF if made.mnemonic == "csrrci" else Flag.STREAMS_ON
        return Flag.STREAMS_OFF if made.mnemonic == "csrrwi" else Flag(0)

    def _operands(self, does: Decoded, later: tuple[str, ...]) -> tuple[list[int], list[int]]:
        """What is read, and what is written."""
        made, values = does.instruction, does.values
        reads: list[int] = []
        writes: list[int] = []
        for name, operand in made.operands.items():
            kind = operand.kind
            if not isinstance(kind, RegisterKind):
                continue
            is_later = (kind.file.name in later) << LATER_SHIFT
            if kind.file.is_vector:
                self._vector_operand(made, name, values[name], is_later, reads, writes)
                continue
            members = set(kind.members(values[name]))
            if kind.file.name == "x":
                members.discard(0)
            found = [self.slots.register(kind.file.name, one) | is_later for one in members]
            if name in made.writes:
                writes += found
            if name not in made.writes or name in made.requests:
                reads += found
        if "vm" in values and values["vm"] == 0:
            reads.append(V | ("v" in later) << LATER_SHIFT)
        for name in made.requests:
            slot = self.slots.state(name)
            if slot is not None:
                reads.append(slot | 1 << LATER_SHIFT)
                writes.append(slot | 1 << LATER_SHIFT)
        return reads, writes

    def _vector_operand(
        self,
        made: Instruction,
        name: str,
        number: int,
        is_later: int,
        reads: list[int],
        writes: list[int],
    ) -> None:
        plan = plan_of(made.body)
        width, value, fields = _operand_width(made, name, plan)
        packed = (V + number) | width << WIDTH_SHIFT | value << VALUE_SHIFT
        packed |= fields << FIELDS_SHIFT | is_later
        is_store = plan.is_store if isinstance(plan, Access) else made.kind == "store"
        is_result = (name == "vd" and not is_store) or name in made.writes
        if is_result:
            writes.append(packed)
        if not is_result or (isinstance(plan, Arithmetic) and _adds_up(plan)):
            reads.append(packed)


def _adds_up(plan: Arithmetic) -> bool:
    """Whether elements of the result depend on what was there before."""
    loops = plan.loops.values()
    return any(loop.of_none is None and _reads(loop.element, "d") for loop in loops)


@cache
def _reads(function: Callable[..., Any], name: str) -> bool:
    """Whether a plain function uses a parameter."""
    return any(
        found.opname.startswith("LOAD_FAST")
        and (found.argval == name or (isinstance(found.argval, tuple) and name in found.argval))
        for found in dis.get_instructions(function)
    )


def _logarithm(eew: int) -> int:
    return eew.bit_length() - 4


def _operand_width(made: Instruction, name: str, plan: Any) -> tuple[Width, int, int]:
    """How many registers a vector operand is: how that is said, its value, fields less one."""
    if isinstance(plan, Arithmetic):
        if name == "vd":
            kind, wider = result_of(made.body)
            if kind in ("mask", "one"):
                return Width.ONE, 0, 0
            return Width.SCALED, 8 + plan.wider[0], 0
        return Width.SCALED, 8 + plan.wider[1 if name == "vs2" else 2], 0
    if isinstance(plan, Access):
        if name == "vs2":
            return Width.ABSOLUTE, _logarithm(plan.index_eew), 0
        if plan.pattern == "whole":
            return Width.FIXED, plan.fields, 0
        if plan.pattern == "mask":
            return Width.ONE, 0, 0
        if plan.eew:
            return Width.ABSOLUTE, _logarithm(plan.eew), plan.fields - 1
        return Width.SCALED, 8, plan.fields - 1
    if made.mnemonic.startswith("vmv") and made.mnemonic.endswith("r.v"):
        return Width.FIXED, int(made.mnemonic[3]), 0
    kind, wider = result_of(made.body)
    if kind in ("mask", "one", "tile") or made.mnemonic.endswith((".mm", ".x.s", ".f.s", ".s.x")):
        return Width.ONE, 0, 0
    return Width.SCALED, 8 + (wider if name == "vd" else 0), 0


def _work_width(made: Instruction, values: Any, isa: Isa) -> int:
    """How wide the elements are that a vector instruction works on: those of its widest operand."""
    if "v" not in made.requests:
        return 0
    plan = plan_of(made.body)
    if isinstance(plan, Access):
        width, value, fields = _operand_width(made, "vd" if "vd" in values else "vs3", plan)
    elif isinstance(plan, Arithmetic):
        width, value, fields = Width.SCALED, 8 + max(plan.wider), 0
    elif (eew := moves_of(made.body)) is not None:
        width, value, fields = (Width.ABSOLUTE, _logarithm(eew), 0) if eew else (Width.SCALED, 8, 0)
    else:
        width, value, fields = _operand_width(made, "vd", plan)
    return width << WIDTH_SHIFT | value << VALUE_SHIFT | fields << FIELDS_SHIFT
