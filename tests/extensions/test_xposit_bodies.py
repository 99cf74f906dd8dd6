"""What Xposit's instructions do, through the emulator, against exact rational arithmetic.

The kernels themselves are held against the same reference in tests/formats/posit on many more
operands; here it is the instructions of every extension: which kernel, which register, which
extension of the sign. A million cases a computing instruction:

    pytest -m long tests/extensions/test_xposit_bodies.py
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial

import pytest

from rvx.extensions import isa_for, load
from rvx.extensions.xposit import CUSTOM_1, Core, make_xposit
from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact, exact_convert
from rvx.formats.posit.exact_quire import ExactQuire
from rvx.formats.posit.scalar import posit8

from .posit_driver import (
    ADD,
    CLEAR,
    NEGATE,
    SUBTRACT,
    WORD,
    PositDriver,
    hard_posits,
    hard_words,
    pairs,
)

FORMATS = {
    "xposit": POSIT32,
    "xposit64": POSIT64,
    "xposit1": POSIT32,
    "xposit1p16": POSIT16,
    "xposit1p8": POSIT8,
    "xpositstd": POSIT32,
    "xposit64std": POSIT64,
    "xpercival": POSIT32,
    "xpositlog": POSIT32,
}
LOGARITHMIC_IN = {
    "xpercival": ("pdiv.s", "psqrt.s"),
    "xpositlog": ("pmul.s", "pdiv.s", "psqrt.s"),
}
"""Which instructions have a log-approximate unit, said apart from the declarations."""
BACKENDS = {"native": 200, "python": 24}
Two = Callable[[int, int, Posit], int]


def signed(bits: int, width: int) -> int:
    return bits - (1 << width) if bits >> (width - 1) & 1 else bits


def extended(bits: int, width: int) -> int:
    """The word of an x register that holds `width` bits, sign-extended."""
    return signed(bits, width) & WORD


def negated_if(condition: bool, a: int, fmt: Posit) -> int:
    return -a & fmt.mask if condition else a


def is_negative(a: int, fmt: Posit) -> bool:
    return bool(a >> (fmt.n - 1))


# Signed comparison of patterns, and two's complements, as PERCIVAL's integer ALU has them.
TWO: dict[str, Two] = {
    "padd.s": exact.add,
    "psub.s": exact.sub,
    "pmul.s": exact.mul,
    "pdiv.s": exact.div,
    "pmin.s": lambda a, b, f: a if signed(a, f.n) < signed(b, f.n) else b,
    "pmax.s": lambda a, b, f: b if signed(a, f.n) < signed(b, f.n) else a,
    "psgnj.s": lambda a, b, f: negated_if(is_negative(a, f) != is_negative(b, f), a, f),
    "psgnjn.s": lambda a, b, f: negated_if(is_negative(a, f) == is_negative(b, f), a, f),
    "psgnjx.s": lambda a, b, f: negated_if(is_negative(b, f), a, f),
    "pmv.s": lambda a, b, f: a,
    "pabs.s": lambda a, b, f: negated_if(is_negative(a, f), a, f),
    "pneg.s": lambda a, b, f: -a & f.mask,
}
LOGARITHMIC: dict[str, Two] = {
    "pmul.s": exact_convert.approximate_mul,
    "pdiv.s": exact_convert.approximate_div,
    "psqrt.s": lambda a, b, f: exact_convert.approximate_sqrt(a, f),
}
COMPARE: dict[str, Two] = {
    "peq.s": lambda a, b, f: int(a == b),
    "plt.s": lambda a, b, f: int(signed(a, f.n) < signed(b, f.n)),
    "ple.s": lambda a, b, f: int(signed(a, f.n) <= signed(b, f.n)),
}
TO_INTEGER = {
    "pcvt.w.s": (32, True),
    "pcvt.wu.s": (32, False),
    "pcvt.l.s": (64, True),
    "pcvt.lu.s": (64, False),
}
FROM_INTEGER = {
    "pcvt.s.w": (32, True),
    "pcvt.s.wu": (32, False),
    "pcvt.s.l": (64, True),
    "pcvt.s.lu": (64, False),
}
FROM_WORDS = (*FROM_INTEGER, "pmv.w.x")
COMPUTING = [m for m in TWO if m not in ("pmv.s", "pabs.s", "pneg.s")]
MNEMONICS = (*COMPUTING, "psqrt.s", *COMPARE, *TO_INTEGER, "pmv.x.w", *FROM_WORDS)
OWN = {
    "xpositstd": (*TO_INTEGER, *FROM_INTEGER),
    "xposit64std": (*TO_INTEGER, *FROM_INTEGER),
    "xpercival": ("padd.s", *LOGARITHMIC),
    "xpositlog": ("padd.s", *LOGARITHMIC),
}
"""Variants share the other instructions, body for body."""


def expected(name: str, mnemonic: str, a: int, b: int) -> int:
    """The word of t0 after the instruction; operands are patterns, or words of x registers."""
    fmt = FORMATS[name]
    percival = not name.endswith("std")
    if mnemonic in LOGARITHMIC_IN.get(name, ()):
        return extended(LOGARITHMIC[mnemonic](a, b, fmt), fmt.n)
    if mnemonic in TWO:
        return extended(TWO[mnemonic](a, b, fmt), fmt.n)
    if mnemonic in COMPARE:
        return COMPARE[mnemonic](a, b, fmt)
    if mnemonic in TO_INTEGER:
        width, is_signed = TO_INTEGER[mnemonic]
        return extended(exact_convert.to_int(a, fmt, width, is_signed, percival), width)
    if mnemonic in FROM_INTEGER:
        width, is_signed = FROM_INTEGER[mnemonic]
        word = a & ((1 << width) - 1)
        bits = exact_convert.from_int(word, fmt, width, is_signed, percival)
        return extended(bits, fmt.n)
    if mnemonic == "psqrt.s":
        return extended(exact.sqrt(a, fmt), fmt.n)
    assert mnemonic in ("pmv.x.w", "pmv.w.x")
    return extended(a & fmt.mask, fmt.n)


@cache
def driver(name: str, backend: str, most: int = 1000) -> PositDriver:
    return PositDriver(name, OWN.get(name, MNEMONICS), backend, most)


def check(name: str, mnemonic: str, guest: PositDriver, count: int, seed: int) -> None:
    rng = random.Random(f"{name} {mnemonic} {seed}")
    fmt = FORMATS[name]
    if mnemonic in FROM_WORDS:
        a = hard_words(rng, count)
        b = a
    elif mnemonic in TWO or mnemonic in COMPARE:
        a, b = pairs(fmt, rng, count)
    else:
        a = hard_posits(fmt, rng, count)
        b = a
    got = guest.run(mnemonic, a, b)
    for x, y, found in zip(a, b, got, strict=True):
        assert found == expected(name, mnemonic, x, y), (mnemonic, hex(x), hex(y))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_instruction(name: str, backend: str) -> None:
    for mnemonic in OWN.get(name, MNEMONICS):
        check(name, mnemonic, driver(name, backend), BACKENDS[backend], 0)


EXACT: dict[str, Two] = {**TWO, "psqrt.s": lambda a, b, f: exact.sqrt(a, f)}


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=3)), ids=str)
def test_each_unit_is_chosen_by_itself(flags: tuple[bool, bool, bool]) -> None:
    """All eight builds of a core of 8-bit posits."""
    isa = isa_for("rv64gc", extra=[make_xposit("Xmine", Core(posit8, CUSTOM_1, *flags))])
    guest = PositDriver(isa, tuple(LOGARITHMIC), "python", 200)
    a, b = pairs(POSIT8, random.Random(8), 64)
    differing = 0
    for mnemonic, is_log in zip(LOGARITHMIC, flags, strict=True):
        approximate, exactly = (
            [extended(table[mnemonic](x, y, POSIT8), 8) for x, y in zip(a, b, strict=True)]
            for table in (LOGARITHMIC, EXACT)
        )
        assert guest.run(mnemonic, a, b) == (approximate if is_log else exactly)
        differing += approximate != exactly
    assert differing == len(flags)


@pytest.mark.parametrize(
    ("preset", "name", "units"),
    [
        ("percival-2022", "Xpercival", "with log-approximate division and square root"),
        ("big-percival", "Xposit64", "posit64 with a quire of 1024 bits"),
        ("phee", "Xposit1", "posit32 with a quire of 512 bits"),
    ],
)
def test_published_hardware_has_a_name(preset: str, name: str, units: str) -> None:
    assert load(preset) is load(name)
    assert units in load(preset).doc
    assert name in isa_for(extra=[preset]).extensions


@pytest.mark.long
@pytest.mark.parametrize("name", ["xposit", "xposit64", "xposit1p16", "xposit1p8"])
@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_a_million_cases(name: str, mnemonic: str) -> None:
    guest = driver(name, "native", 50_100)
    for seed in range(20):
        check(name, mnemonic, guest, 50_000, seed + 1)


@pytest.mark.parametrize("name", ["xposit", "xposit64std", "xposit1p8"])
def test_the_words_that_decide(name: str) -> None:
    """NaR, the lowest integer and ties, said in numbers rather than by the reference."""
    fmt, is_standard = FORMATS[name], name.endswith("std")
    nar = fmt.nar
    run = partial(_one, driver_of_rules(name), fmt)
    number = partial(_number, fmt)
    for mnemonic in ("padd.s", "psub.s", "pmul.s", "pdiv.s"):
        assert run(mnemonic, nar, 0) == run(mnemonic, number(2), nar) == nar
    assert run("pdiv.s", fmt.one, 0) == run("pdiv.s", 0, 0) == nar
    assert run("psqrt.s", nar, 0) == run("psqrt.s", number(-1), 0) == nar
    assert run("psqrt.s", 0, 0) == 0
    assert run("pmin.s", nar, fmt.maxpos) == nar
    assert run("pmax.s", nar, fmt.nar + 1) == fmt.nar + 1
    assert run("peq.s", nar, nar) == run("plt.s", nar, fmt.nar + 1) == run("ple.s", nar, nar) == 1
    assert run("plt.s", nar, nar) == run("peq.s", nar, 0) == 0
    assert run("psgnjn.s", nar, nar) == nar
    assert run("psgnjn.s", 0, 0) == 0
    for value, rounded in ((0.5, 0), (1.5, 2), (2.5, 2), (3.5, 4), (-0.5, 0), (-1.5, -2)):
        assert signed(run("pcvt.w.s", number(value), 0, 64), 64) == rounded
    assert run("pcvt.w.s", nar, 0, 64) == extended(1 << 31, 32)
    assert run("pcvt.l.s", nar, 0, 64) == 1 << 63
    minus_one = number(-1)
    assert run("pcvt.wu.s", minus_one, 0, 64) == (extended(1 << 31, 32) if is_standard else 0)
    assert run("pcvt.lu.s", nar, 0, 64) == (1 << 63 if is_standard else 0)
    assert run("pcvt.wu.s", number(-0.5), 0, 64) == 0
    assert run("pcvt.s.w", 1 << 31, 0) == run("pcvt.s.l", 1 << 63, 0) == nar
    top = number(2**31)
    assert run("pcvt.s.wu", 1 << 31, 0) == (nar if is_standard else top)
    if fmt.n > 8:
        assert run("pcvt.wu.s", number(3 << 30), 0, 64) == extended(3 << 30, 32)


def driver_of_rules(name: str) -> PositDriver:
    return _all_of(name)


@cache
def _all_of(name: str) -> PositDriver:
    return PositDriver(name, MNEMONICS, "native", 8)


def _one(guest: PositDriver, fmt: Posit, mnemonic: str, a: int, b: int, bits: int = 0) -> int:
    (word,) = guest.run(mnemonic, [a], [b])
    return word & (WORD if bits else fmt.mask)


def _number(fmt: Posit, value: float) -> int:
    return exact.encode(Fraction(value), fmt)


def test_approximate_products_are_within_a_ninth() -> None:
    """Mitchell's product is at most 1/9 too small, and his quotient 1/8 too large."""
    guest = driver("xpositlog", "native")
    rng = random.Random(9)
    a, b = ([rng.randrange(0x38000000, 0x48000000) for _ in range(500)] for _ in range(2))
    limits = {"pmul.s": (Fraction(-1, 9), Fraction(0)), "pdiv.s": (Fraction(0), Fraction(1, 8))}
    slack = Fraction(1, 1 << 20)
    for mnemonic, (low, high) in limits.items():
        worst = Fraction(0)
        for x, y, bits in zip(a, b, guest.run(mnemonic, a, b), strict=True):
            true, found = TRUE[mnemonic](x, y), exact.decode(bits & POSIT32.mask, POSIT32)
            assert found is not None
            error = found / true - 1
            assert low - slack <= error <= high + slack
            worst = max(worst, abs(error))
        assert worst > Fraction(9, 100)


def _true(operation: Callable[[Fraction, Fraction], Fraction]) -> Callable[[int, int], Fraction]:
    def apply(a: int, b: int) -> Fraction:
        x, y = exact.decode(a, POSIT32), exact.decode(b, POSIT32)
        assert x is not None
        assert y is not None
        return operation(x, y)

    return apply


TRUE = {"pmul.s": _true(lambda x, y: x * y), "pdiv.s": _true(lambda x, y: x / y)}


def quire_steps(fmt: Posit, rng: random.Random, count: int) -> list[tuple[int, int, int]]:
    """Operations on the quire: products that fit or cancel; now and then NaR, and a clear."""
    steps = []
    values = [x for x in hard_posits(fmt, rng, 150) if x != fmt.nar]
    last = (0, 0)
    for i in range(count):
        kind = rng.random()
        a, b = rng.choice(values), rng.choice(values)
        if kind < 0.2:
            a, b = last[0], -last[1] & fmt.mask
        if i % 40 == 31:
            a = fmt.nar
        if i % 40 == 32:
            b = 0
        last = (a, b)
        operation = rng.choice((ADD, ADD, SUBTRACT, SUBTRACT, NEGATE))
        operation = {31: SUBTRACT, 38: CLEAR}.get(i % 40, operation)
        steps.append((operation, a, b))
    return steps


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["xposit", "xposit64", "xposit1", "xposit1p16", "xposit1p8"])
def test_the_quire(name: str, backend: str) -> None:
    fmt = FORMATS[name]
    steps = quire_steps(fmt, random.Random(name), 400 if backend == "native" else 80)
    guest = PositDriver(name, (), backend, len(steps))
    quire, seen_nar = ExactQuire(fmt), 0
    got = guest.run_quire(*zip(*steps, strict=True))
    for (operation, a, b), found in zip(steps, got, strict=True):
        if operation == CLEAR:
            quire = ExactQuire(fmt)
        elif operation == NEGATE:
            quire = quire.negate()
        elif operation == SUBTRACT:
            quire = quire.multiply_subtract(a, b)
        else:
            quire = quire.multiply_add(a, b)
        assert found == extended(quire.to_posit(), fmt.n)
        seen_nar += quire.units is None
    # A NaR product stays until the clear, even if later operands are numbers.
    assert seen_nar >= 6


def test_nar_in_the_quire_is_sticky() -> None:
    fmt = POSIT32
    steps = [(ADD, fmt.nar, 0), (ADD, fmt.one, fmt.one), (NEGATE, 0, 0), (CLEAR, 0, 0)]
    steps += [(SUBTRACT, 0, fmt.nar), (CLEAR, 0, 0), (ADD, fmt.one, fmt.one)]
    got = PositDriver("xposit", (), "native", 7).run_quire(*zip(*steps, strict=True))
    assert [word & fmt.mask for word in got] == [fmt.nar] * 3 + [0, fmt.nar, 0, fmt.one]
