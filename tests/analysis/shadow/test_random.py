"""Random programs of every format against a witness that knows nothing of the engine.

The witness reads what retired, keeps the bits of registers and their numbers without rounding, and
computes with its own table of operations, its own decoding (NumPy, ml_dtypes, the exact posits) and
its own steps: distances between neighbours in a list of all numbers, or of binades.
"""

from __future__ import annotations

import math
import random
import struct
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from rvx.extensions import isa_for
from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64
from rvx.formats.posit import exact as posits
from tests.analysis.shadow.following import EXIT, follow

Value = Fraction | None


@dataclass(frozen=True)
class Format:
    """A format as the witness knows it."""

    bits: int
    value: Callable[[int], Value]

    def ulp(self, x: Fraction) -> Fraction:
        """The distance of the numbers around."""
        if self.bits > 16:
            return _wide_ulp(self, x)
        table = _table(self)
        at = bisect_right(table, abs(x)) - 1
        return table[min(at + 1, len(table) - 1)] - table[min(at, len(table) - 2)]


@cache
def _table(fmt: Format) -> list[Fraction]:
    found = (fmt.value(code) for code in range(1 << fmt.bits))
    return sorted({one for one in found if one is not None and one >= 0})


def _wide_ulp(fmt: Format, x: Fraction) -> Fraction:
    """By two codes, one above the other, found by halving: positive codes are in order."""
    low, high = 0, 1 << fmt.bits - 1
    wanted = abs(x)
    while high - low > 1:
        middle = (low + high) // 2
        value = fmt.value(middle)
        if value is not None and value <= wanted:
            low = middle
        else:
            high = middle
    if fmt.value(low + 1) is None:
        low -= 1
    first, second = fmt.value(low), fmt.value(low + 1)
    assert first is not None
    assert second is not None
    return second - first


def _of_numpy(dtype: Any, bits: int) -> Format:
    unsigned = f"u{bits // 8}"

    def value(code: int) -> Value:
        number = float(np.array([code], unsigned).view(dtype)[0])
        return Fraction(number) if math.isfinite(number) else None

    if bits > 16:
        return Format(bits, value)
    with np.errstate(invalid="ignore"):
        every = np.arange(1 << bits).astype(unsigned).view(dtype).astype(np.float64).tolist()
    return Format(bits, [Fraction(x) if math.isfinite(x) else None for x in every].__getitem__)


FLOATS = {
    "s": _of_numpy(np.float32, 32),
    "d": _of_numpy(np.float64, 64),
    "h": _of_numpy(np.float16, 16),
    "ah": _of_numpy(ml_dtypes.bfloat16, 16),
    "b": _of_numpy(ml_dtypes.float8_e5m2, 8),
    "ab": _of_numpy(ml_dtypes.float8_e4m3, 8),
}
POSITS = {
    fmt.n: Format(fmt.n, lambda code, fmt=fmt: posits.decode(code, fmt))
    for fmt in (POSIT8, POSIT16, POSIT32, POSIT64)
}


@dataclass(frozen=True)
class Lanes:
    """A number, or several ones, in a register."""

    fmt: Format
    first: int = 0

    def bits(self, raw: int) -> int:
        """Of this lane."""
        return raw >> self.first & (1 << self.fmt.bits) - 1


@dataclass(frozen=True)
class Result:
    """What an instruction computes in one lane: of which lanes of which operands."""

    operands: tuple[tuple[str, Lanes], ...]
    to: Lanes
    function: Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """An instruction of the witness."""

    text: str
    results: tuple[Result, ...]
    picks: bool = False


BINARY: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}
FUSED: dict[str, Callable[..., Any]] = {
    "fmadd": lambda a, b, c: a * b + c,
    "fmsub": lambda a, b, c: a * b - c,
    "fnmsub": lambda a, b, c: -(a * b) + c,
    "fnmadd": lambda a, b, c: -(a * b) - c,
}


def scalar(letter: str, fmt: Format) -> list[Operation]:
    """The instructions of one IEEE format."""
    one = Lanes(fmt)
    found = [
        Operation(
            f"f{name}.{letter} {{rd}}, {{a}}, {{b}}",
            (Result((("a", one), ("b", one)), one, function),),
        )
        for name, function in BINARY.items()
    ]
    found += [
        Operation(
            f"{name}.{letter} {{rd}}, {{a}}, {{b}}, {{c}}",
            (Result((("a", one), ("b", one), ("c", one)), one, function),),
        )
        for name, function in FUSED.items()
    ]
    signs = Result((("a", one), ("b", one)), one, lambda: 0)
    found += [
        Operation(f"{name}.{letter} {{rd}}, {{a}}, {{b}}", (signs,), picks=True)
        for name in ("fmin", "fmax", "fsgnj", "fsgnjn", "fsgnjx")
    ]
    return found


def posit(fmt: Format) -> list[Operation]:
    """The instructions of one posit format."""
    one = Lanes(fmt)
    found = [
        Operation(
            f"p{name}.s {{rd}}, {{a}}, {{b}}",
            (Result((("a", one), ("b", one)), one, function),),
        )
        for name, function in BINARY.items()
    ]
    chosen = Result((("a", one), ("b", one)), one, lambda: 0)
    found += [
        Operation(f"{name}.s {{rd}}, {{a}}, {{b}}", (chosen,), picks=True)
        for name in ("pmin", "pmax", "psgnj", "psgnjn")
    ]
    return found


def packed(letter: str, fmt: Format) -> list[Operation]:
    """Of lanes within one width."""
    width = fmt.bits
    found = []
    for name, function in BINARY.items():
        for mark, step in (("", 1), (".r", 0)):
            results = tuple(
                Result(
                    (("a", Lanes(fmt, width * i)), ("b", Lanes(fmt, width * i * step))),
                    Lanes(fmt, width * i),
                    function,
                )
                for i in range(64 // width)
            )
            found.append(Operation(f"vf{name}{mark}.{letter} {{rd}}, {{a}}, {{b}}", results))
    for name, sign in (("vfmac", 1), ("vfmre", -1)):
        results = tuple(
            Result(
                tuple((one, Lanes(fmt, width * i)) for one in ("rd", "a", "b")),
                Lanes(fmt, width * i),
                lambda d, a, b, sign=sign: d + sign * a * b,
            )
            for i in range(64 // width)
        )
        found.append(Operation(f"{name}.{letter} {{rd}}, {{a}}, {{b}}", results))
    return found


def expanding(dst: str, src: str, wide: Format, narrow: Format) -> list[Operation]:
    """Dot products and sums from one width into the next, and twins of two instructions."""
    found = []
    for name, sign in (("vfdotpex", 1), ("vfndotpex", -1)):
        for mark in ("", ".r"):
            results = []
            for i in range(64 // wide.bits):
                pair = [Lanes(narrow, (2 * i + j) * narrow.bits) for j in (0, 1)]
                right = [Lanes(narrow)] * 2 if mark else pair
                results.append(
                    Result(
                        (
                            ("rd", Lanes(wide, i * wide.bits)),
                            *(("a", one) for one in pair),
                            *(("b", one) for one in right),
                        ),
                        Lanes(wide, i * wide.bits),
                        lambda d, a, c, b, e, sign=sign: d + sign * (a * b + c * e),
                    )
                )
            found.append(
                Operation(f"{name}.{dst}{mark}.{src} {{rd}}, {{a}}, {{b}}", tuple(results))
            )
    results = [
        Result(
            (
                ("rd", Lanes(wide, i * wide.bits)),
                ("a", Lanes(narrow, 2 * i * narrow.bits)),
                ("a", Lanes(narrow, (2 * i + 1) * narrow.bits)),
            ),
            Lanes(wide, i * wide.bits),
            lambda d, a, b: d + a + b,
        )
        for i in range(64 // wide.bits)
    ]
    found.append(Operation(f"vfsumex.{dst}.{src} {{rd}}, {{a}}", tuple(results)))
    return found


Shadows = dict[tuple[str, int, int], tuple[int, Any]]
"""By register, position and width: the bits, and the number without rounding."""


class Witness:
    """Follows a straight program by its own means."""

    def __init__(self, mode: str, registers: dict[str, int]) -> None:
        self.convert: Callable[[Any], Any] = float if mode == "float64" else Fraction
        self.registers = registers
        self.shadows: Shadows = {}
        self.local: list[tuple[int, float, float]] = []

    def _value(self, register: str, lanes: Lanes) -> tuple[int, Value, Any]:
        code = lanes.bits(self.registers[register])
        value = lanes.fmt.value(code)
        known = self.shadows.get((register, lanes.first, lanes.fmt.bits))
        if known is not None and known[0] == code:
            return code, value, known[1]
        return code, value, value

    def perform(self, operation: Operation, names: dict[str, str], after: int) -> None:
        """One instruction: what it was wrong by, and what is known afterwards."""
        total = peak = propagated = 0.0
        results = 0
        new: Shadows = {}
        for one in operation.results:
            given = [self._value(names[name], lanes) for name, lanes in one.operands]
            code = one.to.bits(after)
            value = one.to.fmt.value(code)
            place = (names["rd"], one.to.first, one.to.fmt.bits)
            if operation.picks:
                for other, _, shadow in given:
                    if other == code:
                        new[place] = code, shadow
                        break
                else:
                    for _, number, shadow in given:
                        if number is not None and number == (None if value is None else -value):
                            new[place] = code, -shadow
                            break
                continue
            if any(number is None for _, number, _ in given):
                continue
            results += 1
            try:
                exact = one.function(*(number for _, number, _ in given))
                wanted = one.function(*(self.convert(shadow) for *_, shadow in given))
                if all(shadow == number for _, number, shadow in given):
                    wanted = self.convert(exact)
            except (ZeroDivisionError, OverflowError):
                continue
            if value is not None:
                error = float(abs(value - exact) / one.to.fmt.ulp(exact or value))
                total, peak = total + error, max(peak, error)
                off = abs(value - Fraction(wanted))
                step = one.to.fmt.ulp(max(abs(value), abs(Fraction(wanted))))
                propagated = max(propagated, float(off / step))
                new[place] = code, wanted
        touched = [key for key in self.shadows if key[0] == names["rd"]]
        for key in touched:
            del self.shadows[key]
        self.shadows |= new
        self.registers[names["rd"]] = after
        self.results = results
        self.total, self.peak, self.propagated = total, peak, propagated


def _check(
    operations: Sequence[Operation],
    march: str,
    mode: str,
    codes: Callable[[random.Random], int],
    *,
    prefix: str = "f",
    load: str = "fld",
    names: Sequence[str] = tuple(f"f{number}" for number in range(3, 11)),
    first: str = "",
    length: int = 60,
) -> None:
    generator = random.Random(f"{march} {mode} {prefix} {first}")
    initial = [codes(generator) for _ in names]
    lines, chosen = [], []
    weights = [2 if at < len(names) // 2 else 1 for at in range(len(names))]
    for _ in range(length):
        operation = generator.choice(operations)
        # Half of the registers keep what they began with, so that not all becomes infinite.
        given = dict(zip("abc", generator.choices(names, weights, k=3), strict=True))
        given["rd"] = generator.choice(names[len(names) // 2 :])
        if operation.picks and given["a"] == given["b"] and "sgnj" not in operation.text:
            continue
        chosen.append((operation, given))
        lines.append(operation.text.format(**given))
    loads = [f"{load} {name}, {8 * at}(s0)" for at, name in enumerate(names)]
    source = "\n".join(
        [
            "la s0, data",
            first,
            *loads,
            "begin:",
            *lines,
            EXIT,
            ".data",
            ".balign 8",
            "data:",
            *(f".dword {code}" for code in initial),
        ]
    )
    run = follow(source, isa_for(march), mode)
    retired = {step.pc: step for step in run.steps}
    witness = Witness(mode, {name: retired_value(run.steps, name) for name in names})
    pc = run.machine.symbol("begin")
    judged = 0
    for operation, given in chosen:
        step = retired[pc]
        witness.perform(operation, given, step.writes[given["rd"]])
        site = run.shadow.judge.sites.get(pc)
        if site is None:
            assert witness.results == 0, operation.text
        else:
            expected = (witness.results, witness.total, witness.peak, witness.propagated)
            found = (site.results, site.total, site.peak, site.propagated)
            assert found == expected, (operation.text, given, hex(pc))
            judged += site.results
        pc += step.size
    assert judged > length // 3
    assert not run.shadow.restarts


def retired_value(steps: Sequence[Any], name: str) -> int:
    """What the first write of a register wrote."""
    return next(int(step.writes[name]) for step in steps if name in step.writes)


def _float_codes(letter: str) -> Callable[[random.Random], int]:
    kinds = {"s": ("<f", 0xFFFFFFFF << 32), "d": ("<d", 0)}

    def code(generator: random.Random) -> int:
        number = (
            generator.choice((1, -1))
            * generator.uniform(0.5, 2)
            * 2.0 ** generator.choice((0, 0, 0, 1, -1, -12, 9))
        )
        pack, above = kinds[letter]
        return int.from_bytes(struct.pack(pack, number), "little") | above

    return code


def _narrow_codes(fmt: Format) -> Callable[[random.Random], int]:
    """Numbers near 1 in all lanes, some far off; above a scalar they make a box all the same."""

    values = [(code, fmt.value(code)) for code in range(1 << fmt.bits)]
    near = [code for code, value in values if value is not None and 1 / 16 <= abs(value) <= 16]

    def code(generator: random.Random) -> int:
        found = 0
        for lane in range(64 // fmt.bits):
            found |= generator.choice(near) << lane * fmt.bits
        return found

    return code


def _boxed(fmt: Format) -> Callable[[random.Random], int]:
    inner = _narrow_codes(fmt)
    mask = (1 << fmt.bits) - 1
    return lambda generator: inner(generator) & mask | (1 << 64) - 1 & ~mask


@pytest.mark.parametrize("mode", ["exact", "float64"])
@pytest.mark.parametrize("letter", ["s", "d"])
def test_single_and_double(letter: str, mode: str) -> None:
    _check(scalar(letter, FLOATS[letter]), "rv64gc", mode, _float_codes(letter))


@pytest.mark.parametrize("mode", ["exact", "float64"])
@pytest.mark.parametrize(
    ("march", "letter", "format_name", "first"),
    [
        ("rv64gc_zfh", "h", "h", ""),
        ("rv64gc_xsmallfloat", "h", "ah", "csrwi fmode, 3"),
        ("rv64gc_xsmallfloat", "b", "b", ""),
        ("rv64gc_xsmallfloat", "b", "ab", "csrwi fmode, 1"),
    ],
)
def test_narrow_scalars(march: str, letter: str, format_name: str, first: str, mode: str) -> None:
    fmt = FLOATS[format_name]
    _check(scalar(letter, fmt), march, mode, _boxed(fmt), first=first)


@pytest.mark.parametrize(
    ("letter", "format_name", "first"),
    [
        ("h", "h", ""),
        ("h", "ah", "csrwi fmode, 1"),
        ("b", "b", ""),
        ("b", "ab", "csrwi fmode, 3"),
    ],
)
def test_lanes(letter: str, format_name: str, first: str) -> None:
    fmt = FLOATS[format_name]
    _check(
        packed(letter, fmt),
        "rv64gc_xsmallfloat",
        "exact",
        _narrow_codes(fmt),
        first=first,
    )


@pytest.mark.parametrize(
    ("dst", "src", "wide", "narrow", "first"),
    [
        ("s", "h", "s", "h", ""),
        ("h", "b", "h", "b", ""),
        ("h", "b", "ah", "ab", "csrwi fmode, 3"),
    ],
)
def test_dot_products(dst: str, src: str, wide: str, narrow: str, first: str) -> None:
    _check(
        expanding(dst, src, FLOATS[wide], FLOATS[narrow]),
        "rv64gc_xsmallfloat",
        "exact",
        _narrow_codes(FLOATS[narrow]),
        first=first,
    )


@pytest.mark.parametrize("mode", ["exact", "float64"])
@pytest.mark.parametrize(
    ("march", "bits", "load"),
    [
        ("rv64gc_xposit", 32, "plw"),
        ("rv64gc_xposit64", 64, "pld"),
        ("rv64gc_xposit1p16", 16, "plw"),
        ("rv64gc_xposit1p8", 8, "plw"),
    ],
)
def test_posits(march: str, bits: int, load: str, mode: str) -> None:
    def code(generator: random.Random) -> int:
        x = Fraction(generator.uniform(0.5, 2)) * Fraction(2) ** generator.choice((0, 0, 1, -7, 9))
        fmt = {8: POSIT8, 16: POSIT16, 32: POSIT32, 64: POSIT64}[bits]
        return posits.encode(generator.choice((1, -1)) * x, fmt)

    names = [f"pt{number}" for number in range(8)]
    _check(posit(POSITS[bits]), march, mode, code, prefix="p", load=load, names=names, length=40)
