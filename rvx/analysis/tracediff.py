"""The first difference of two traces in the format of Spike's commit log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest

from rvx.isa import Decoded, Isa
from rvx.isa.operands import RegisterKind
from rvx.records import dataclass

_LINE = re.compile(rb"core +\d+: (\d) 0x([0-9a-f]+) \(0x([0-9a-f]+)\)(.*)")
_LOOKED_AT = 1000
"""Lines within which the beginning of the other trace is looked for: Spike begins in a ROM."""


@dataclass(frozen=True)
class Line:
    """A line of a trace.

    Attributes:
        mode: privilege mode.
        pc: address of the instruction.
        word: of it.
        effects: what stands behind: registers, CSRs, states, memory.
    """

    mode: int
    pc: int
    word: int
    effects: str


@dataclass(frozen=True)
class Difference:
    """Where two traces part.

    Attributes:
        index: how many instructions are the same before.
        before: the last of them, None if there is none.
        left: of the first trace; None if it has ended.
        right: of the second.
    """

    index: int
    before: Line | None
    left: Line | None
    right: Line | None


def commits(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a log that say what has retired, without what Spike's -l writes beside."""
    return (
        line for line in lines if line.startswith(b"core") and line[9:10] == b" " == line[11:12]
    )


def parsed(line: bytes) -> Line | None:
    """A line of a trace; None if it is none."""
    found = _LINE.match(line)
    if found is None:
        return None
    mode, pc, word, effects = found.groups()
    return Line(int(mode), int(pc, 16), int(word, 16), effects.decode(errors="replace").strip())


def aligned(
    left: Iterator[bytes], right: Iterator[bytes]
) -> tuple[Iterator[bytes], Iterator[bytes], int, int]:
    """Both traces from where they begin alike, and how many lines of each are left out for that."""
    first, second = list(islice(left, _LOOKED_AT)), list(islice(right, _LOOKED_AT))
    skipped = [0, 0]
    if first and second:
        for which, (ours, theirs) in enumerate(((first, second), (second, first))):
            begin = parsed(theirs[0])
            places = (i for i, line in enumerate(ours) if _is_at(line, begin))
            if (place := next(places, None)) is not None:
                skipped[which] = place
                break
    return (
        chain(first[skipped[0] :], left),
        chain(second[skipped[1] :], right),
        skipped[0],
        skipped[1],
    )


def _is_at(line: bytes, other: Line | None) -> bool:
    found = parsed(line)
    return found is not None and other is not None and found.pc == other.pc


def first_difference(left: Iterator[bytes], right: Iterator[bytes]) -> Difference | int:
    """Where they part, or how many instructions they have if they do not."""
    before = None
    index = -1
    for index, (one, other) in enumerate(zip_longest(left, right)):
        if one != other and (one is None or other is None or one.split() != other.split()):
            return Difference(
                index,
                None if before is None else parsed(before),
                None if one is None else parsed(one),
                None if other is None else parsed(other),
            )
        before = one
    return index + 1


def operands(decoded: Decoded, isa: Isa) -> dict[str, str]:
    """What an instruction reads: names as they are written, and as they stand in a trace."""
    found: dict[str, str] = {}
    made = decoded.expanded.instruction
    for name, operand in made.operands.items():
        kind = operand.kind
        if name not in made.requests or not isinstance(kind, RegisterKind):
            continue
        if kind.file.is_vector and name == "vd":
            continue
        for number in kind.members(decoded.expanded.values[name]):
            written = kind.file.abi[number]
            is_numbered = kind.file.is_core or kind.file.is_vector
            found[written] = f"{kind.file.name}{number}" if is_numbered else written
    found |= {name: name for name in made.requests if name in isa.states and name != "vector"}
    return found


def last_values(lines: Iterable[bytes], names: Iterable[str]) -> dict[str, str]:
    """What registers and states hold behind some lines, of those that were written in them."""
    patterns = {name: b" " + name.encode() + b" " for name in names}
    found: dict[str, str] = {}
    for line in lines:
        for name, pattern in patterns.items():
            at = line.find(pattern)
            if at >= 0:
                found[name] = line[at + len(pattern) :].split(None, 1)[0].decode()
    return found
