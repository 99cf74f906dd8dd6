"""Test vectors of an instruction for other implementations of it: operands, results and flags.

What is expected is what the interpreted body gives. A vector is a row of bit patterns, one for each
thing that the instruction reads and writes, of the width that it has in hardware.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS, BodyRaised
from rvx.bodies.form import HART, Form
from rvx.isa import Instruction, Isa
from rvx.isa.extension import State
from rvx.isa.instruction import NUMBER
from rvx.isa.operands import Operand, RegisterKind, RoundingKind
from rvx.isa.vector.state import STATE as VECTOR
from rvx.records import dataclass

_REFUSED = {
    "v": "vector registers",
    "mem": "memory",
    "pc": "the program counter",
    "next_pc": "where execution goes on",
    "repeat": "the instructions behind it",
    "x_registers": "all x registers at once",
    "csr_word": "CSRs",
    "fault": "traps that depend on the machine's state",
}
_MASK = (1 << 64) - 1
_BOXES = {"s": 32, "w": 32, "h": 16, "ah": 16, "b": 8, "ab": 8}
"""Bits of a scalar float, by the last part of a mnemonic."""


class NoVectors(ValueError):
    """An instruction has no test vectors; the message says why."""


@dataclass(frozen=True)
class Field:
    """A column of vectors.

    Attributes:
        name: of the operand or state; with `_out` behind it where it is a result.
        bits: its width.
        is_result: whether it is expected, and not given.
    """

    name: str
    bits: int
    is_result: bool


class Vectors:
    """Makes the vectors of an instruction.

    Args:
        made: the instruction.
        isa: where it is.

    Attributes:
        fields: the columns, what is given before what is expected.

    Raises:
        NoVectors: it has no body, or depends on more than operands and states.
    """

    def __init__(self, made: Instruction, isa: Isa) -> None:
        if not made.has_body:
            raise NoVectors(f"'{made.mnemonic}' has no body that says what to expect")
        self._made, self._isa = made, isa
        self._form: Form = form_of(made, isa)
        for name in self._form.requests:
            if name in _REFUSED or name == VECTOR or name.endswith(NUMBER):
                what = _REFUSED.get(name, "the number of a register")
                raise NoVectors(
                    f"'{made.mnemonic}' depends on {what}; test vectors are for what depends on "
                    f"operands and states alone"
                )
        self._states: dict[str, State] = {
            name: isa.states[name] for name in self._form.requests if name in isa.states
        }
        self.fields = [*self._given(), *self._expected()]

    def _given(self) -> Iterator[Field]:
        for name in self._form.requests:
            if (operand := self._made.operands.get(name)) is not None:
                yield Field(name, self._bits(operand), is_result=False)
            elif name in self._states:
                yield Field(name, 64 * self._states[name].words, is_result=False)
        if self._has_frm:
            yield Field("frm", 3, is_result=False)

    def _expected(self) -> Iterator[Field]:
        for name in self._made.writes:
            yield Field(f"{name}_out", self._bits(self._made.operands[name]), is_result=True)
        for name, state in self._states.items():
            yield Field(f"{name}_out", 64 * state.words, is_result=True)
        if "fflags" in self._form.requests:
            yield Field("fflags_out", 5, is_result=True)

    @property
    def _has_frm(self) -> bool:
        return "frm" in self._form.requests

    @property
    def _box(self) -> int:
        """Bits of a float that is boxed in a register: most operands should be such ones."""
        name = self._made.mnemonic
        return 64 if name.startswith("v") else _BOXES.get(name.rpartition(".")[2], 64)

    def _bits(self, operand: Operand) -> int:
        kind = operand.kind
        if isinstance(kind, RoundingKind):
            return 3
        if not isinstance(kind, RegisterKind):
            low, high = operand.range
            return max(abs(low) * 2 - 1, abs(high) * (2 if low < 0 else 1), 1).bit_length()
        width = {"x": self._isa.xlen, "f": 64}.get(kind.file.name, kind.file.bits)
        return width * kind.group

    def rows(self, count: int, seed: int, is_hard: bool) -> Iterator[list[int]]:
        """Vectors: bit patterns by column.

        Args:
            count: how many.
            seed: of the operands.
            is_hard: whether operands are drawn where implementations go wrong: ends of ranges,
                runs of equal bits, exponents and fractions of nothing but ones or zeros in lanes
                of every width, and operands that are nearly equal, or opposite.
        """
        draw = random.Random(f"{self._made.mnemonic} {seed} {is_hard}")
        done = 0
        refused = 0
        while done < count:
            row = self._row(draw, is_hard)
            if row is None:
                refused += 1
                if refused > 1000 + 100 * done:
                    raise NoVectors(f"'{self._made.mnemonic}' traps on nearly all operands")
                continue
            yield row
            done += 1

    def _row(self, draw: random.Random, is_hard: bool) -> list[int] | None:
        before: list[int] = []
        given: list[Any] = []
        frm = draw.randrange(self._made.last_rounding_mode + 1)
        words: dict[str, Any] = {}
        for name in self._form.requests:
            operand = self._made.operands.get(name)
            if operand is not None:
                bits = self._operand(operand, draw, is_hard, before, frm)
                before.append(bits)
                argument = self._argument(operand, bits)
                words[name] = argument
            elif name in self._states:
                bits = self._drawn(64 * self._states[name].words, draw, is_hard, [])
                before.append(bits)
                argument = words[name] = _words(bits, self._states[name].words)
            elif name == HART:
                argument = np.zeros(HART_WORDS, np.int64)
            elif name == "fflags":
                argument = words[name] = np.zeros(1, np.int64)
            else:
                argument = {"xlen": self._isa.xlen, "frm": frm}[name]
            given.append(argument)
        if self._has_frm:
            before.append(frm)
        results = _called(self._form, given)
        if results is None:
            return None
        after: list[int] = []
        for name, value in zip(self._made.writes, self._results(results, words), strict=True):
            after.append(value & (1 << self._bits(self._made.operands[name])) - 1)
        after += [_number(words[name]) for name in self._states]
        if "fflags" in words:
            after.append(int(words["fflags"][0]) & 31)
        return [*before, *after]

    def _operand(
        self, operand: Operand, draw: random.Random, is_hard: bool, others: list[int], frm: int
    ) -> int:
        bits = self._bits(operand)
        if isinstance(operand.kind, RoundingKind):
            return frm
        if isinstance(operand.kind, RegisterKind):
            box = self._box if operand.kind.file.name == "f" else bits
            if box == bits or draw.random() < 0.1:
                return self._drawn(bits, draw, is_hard, others)
            low = (1 << box) - 1
            return (1 << bits) - 1 - low | self._drawn(
                box, draw, is_hard, [o & low for o in others]
            )
        low, high = operand.range
        step = 1 << operand.field.lsb
        value = draw.choice([low, high, step * draw.randint(low // step, high // step)])
        return (value if operand.is_valid(value) else low) & (1 << bits) - 1

    def _argument(self, operand: Operand, bits: int) -> Any:
        """What a body gets for a bit pattern."""
        kind, width = operand.kind, self._bits(operand)
        if isinstance(kind, RegisterKind) and kind.has_words:
            one = width // kind.group
            parts = [bits >> one * i & (1 << one) - 1 for i in range(kind.group)]
            if kind.file.words > 1:
                return _words(bits, kind.file.words)
            return np.array([_signed(self._kept(kind, part), 64) for part in parts], np.int64)
        if isinstance(kind, RegisterKind):
            return np.int64(_signed(self._kept(kind, bits), 64))
        return np.int64(_signed(bits, width) if operand.range[0] < 0 else bits)

    def _kept(self, kind: RegisterKind, bits: int) -> int:
        """How the machine keeps it: x registers of RV32 arrive sign-extended."""
        is_short = kind.file.name == "x" and self._isa.xlen == 32
        return _signed(bits, 32) & _MASK if is_short else bits

    def _results(self, results: Sequence[Any], words: dict[str, Any]) -> Iterator[int]:
        at = 0
        for name in self._made.writes:
            kind = self._made.operands[name].kind
            assert isinstance(kind, RegisterKind)
            if kind.has_words:
                one = self._bits(self._made.operands[name]) // len(words[name])
                parts = [int(part) & (1 << one) - 1 for part in words[name]]
                yield sum(part << one * i for i, part in enumerate(parts))
            else:
                yield int(results[at]) & _MASK
                at += 1

    def _drawn(self, bits: int, draw: random.Random, is_hard: bool, others: list[int]) -> int:
        if not is_hard:
            return draw.getrandbits(bits)
        kind = draw.randrange(5)
        mask = (1 << bits) - 1
        if bits > 64 and draw.random() < 0.7:
            # An accumulator: what a few products may have left in it.
            return _signed(draw.getrandbits(64), 64) << draw.randrange(bits - 64) & mask
        if kind == 0 and others:
            near = draw.choice(others)
            near ^= draw.choice((0, 1 << bits - 1, mask))
            return near + draw.randrange(-2, 3) & mask
        if kind == 1:
            return _runs(bits, draw)
        lanes = [one for one in (8, 16, 32, 64) if one <= bits] or [bits]
        width = bits if kind == 2 else draw.choice(lanes)
        return sum(_edge(width, draw) << at for at in range(0, bits, width)) & mask


def _edge(width: int, draw: random.Random) -> int:
    """A pattern at the end of a range, or with an exponent or a fraction at one of its ends."""
    sign = draw.getrandbits(1) << width - 1
    cut = draw.randrange(1, width) if width > 1 else 1
    high = draw.choice((0, -1, 1, draw.getrandbits(width)))
    low = draw.choice((0, -1, 1, -2, 1 << cut - 1, draw.getrandbits(width)))
    value = (high << cut | low & (1 << cut) - 1) & (1 << width - 1) - 1
    return sign | value


def _runs(bits: int, draw: random.Random) -> int:
    value = 0
    at = 0
    bit = draw.getrandbits(1)
    while at < bits:
        length = draw.randrange(1, max(bits // 2, 2))
        value |= ((1 << length) - 1) * bit << at
        at += length
        bit ^= 1
    return value & (1 << bits) - 1


def _called(form: Form, given: list[Any]) -> Sequence[Any] | None:
    """The results of the body; None if it raises, so that the instruction would trap."""
    arguments = [one if form.is_own or not isinstance(one, np.int64) else int(one) for one in given]
    try:
        with np.errstate(all="ignore"):
            result = form.interpreted(*arguments)
    except (BodyRaised, ArithmeticError, IndexError, ValueError):
        return None
    return result if isinstance(result, tuple) else (result,)


def _signed(bits: int, width: int) -> int:
    return bits - (1 << width) if bits >> width - 1 else bits


def _words(bits: int, count: int) -> Any:
    return np.frombuffer(bits.to_bytes(8 * count, "little"), np.int64).copy()


def _number(words: Any) -> int:
    return int.from_bytes(np.asarray(words, np.int64).tobytes(), "little")


# -- formats ---------------------------------------------------------------------------------------


def _digits(field: Field) -> int:
    return field.bits + 3 >> 2


def as_csv(fields: Sequence[Field], rows: Iterable[Sequence[int]]) -> Iterator[str]:
    """A line of names, then one of hexadecimal numbers for each vector."""
    yield ",".join(field.name for field in fields)
    for row in rows:
        yield ",".join(f"0x{v:0{_digits(f)}x}" for f, v in zip(fields, row, strict=True))


def as_hex(fields: Sequence[Field], rows: Iterable[Sequence[int]]) -> Iterator[str]:
    """Digits of each column, with spaces between."""
    for row in rows:
        yield " ".join(f"{v:0{_digits(f)}x}" for f, v in zip(fields, row, strict=True))


def as_readmemh(fields: Sequence[Field], rows: Iterable[Sequence[int]]) -> Iterator[str]:
    """One number a vector for Verilog's $readmemh, the first column in its highest bits.

    Each column takes whole digits, so that a reader can tell them apart; comments say where.
    """
    total = 4 * sum(map(_digits, fields))
    yield f"// {total} bits"
    at = total
    for field in fields:
        at -= 4 * _digits(field)
        what = "expected" if field.is_result else "given"
        yield f"// [{at + field.bits - 1}:{at}] {field.name}, {what}"
    for row in rows:
        yield "".join(f"{v:0{_digits(f)}x}" for f, v in zip(fields, row, strict=True))


FORMATS: dict[str, Callable[[Sequence[Field], Iterable[Sequence[int]]], Iterator[str]]] = {
    "csv": as_csv,
    "hex": as_hex,
    "readmemh": as_readmemh,
}
"""By the name that the command line has for them."""
