"""Xmxdotp through the emulator, against exact fractions rounded once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rvx.extensions import isa_for, load
from rvx.extensions.xmxdotp import FORMAT_CODES
from rvx.formats.block.mx import FORMATS, MXFP8_E4M3, MXFP8_E5M2, Mx, exact
from rvx.formats.integer.exact import wrap
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat

from .driver import Driver, Words
from .vsq_cases import mixed, random_words

ISA = isa_for("rv64gc_xmxdotp")
MXDOTP = "mxdotp.s"
CODES = {name: code for code, name in FORMAT_CODES.items()}
NAN = 0x7FC00000
SPECIAL_SCALES = np.array([0, 1, 126, 127, 128, 253, 254, 255])


@cache
def driver(backend: str) -> Driver:
    return Driver(ISA, [MXDOTP], 20_000, backend=backend)


def finite(fmt: Mx, words: Words) -> Words:
    if fmt is MXFP8_E4M3:
        return words & ~0x0101010101010101
    return words & ~0x0404040404040404 if fmt is MXFP8_E5M2 else words


def cases(
    fmt: Mx, count: int, seed: int, acc_format: Minifloat = FP32
) -> tuple[Words, Words, Words, Words]:
    """rd, rs1, rs2 and rs3: a third any bits, the rest finite with sums near the accumulator."""
    rng = np.random.default_rng(seed)
    a, b = mixed(rng, count), mixed(rng, count)
    third = count // 3
    a[third:], b[third:] = finite(fmt, a[third:]), finite(fmt, b[third:])
    acc = random_words(rng, count)
    exponents = rng.integers(100, 160, count - third) << 23
    acc[third:] = (acc[third:] & ~0x7F800000) | exponents
    scales = rng.integers(0, 256, (2, count))
    scales[:, third:] = rng.integers(118, 137, (2, count - third))
    is_special = rng.random((2, count)) < 0.05
    scales = np.where(is_special, rng.choice(SPECIAL_SCALES, (2, count)), scales)
    rubbish = random_words(rng, count) << 20
    if acc_format == FP16ALT:
        acc = acc >> 16
        rubbish |= 1 << 19
    return acc, a, b, rubbish | CODES[fmt.name] << 16 | scales[1] << 8 | scales[0]


def in_fractions(
    fmt: Mx, acc_format: Minifloat, acc: int, a: int, b: int, rs3: int
) -> tuple[int, int]:
    count = 64 // fmt.container
    left, right = ([(word >> fmt.container * i) for i in range(count)] for word in (a, b))
    mask = (1 << fmt.element.bits) - 1
    bits, flags = exact.dot(
        fmt,
        [x & mask for x in left],
        [x & mask for x in right],
        rs3 & 255,
        rs3 >> 8 & 255,
        acc % 2**acc_format.bits,
        acc_format,
    )
    return wrap(bits, acc_format.bits), flags


def test_it_is_in_the_space_that_was_kept_for_it() -> None:
    (made,) = load("xmxdotp").instructions.values()
    assert made.mnemonic == MXDOTP
    assert made.pattern.match == 0x0600702B
    assert made.pattern.mask == 0x0600707F
    assert list(FORMAT_CODES.values()) == list(FORMATS)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize(("backend", "count"), [("native", 1500), ("python", 60)])
@pytest.mark.parametrize("acc_format", [FP32, FP16ALT], ids=["float32", "bfloat16"])
def test_the_exact_sum_rounded_once(
    fmt: Mx, acc_format: Minifloat, backend: str, count: int
) -> None:
    columns = cases(fmt, count, 0, acc_format)
    guest = driver(backend)
    got = guest.run(MXDOTP, columns)
    flags = 0
    for value, *case in zip(got.tolist(), *(c.tolist() for c in columns), strict=True):
        wanted, raised = in_fractions(fmt, acc_format, *case)
        assert value == wanted, [hex(x) for x in case]
        flags |= raised
    assert guest.machine.fflags & flags == flags


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_both_backends_agree(fmt: Mx) -> None:
    columns = cases(fmt, 400, 1)
    native, python = (driver(backend).run(MXDOTP, columns) for backend in ("native", "python"))
    np.testing.assert_array_equal(native, python)


@pytest.mark.parametrize("code", [6, 7])
def test_reserved_formats_give_nan(code: int) -> None:
    zero = np.zeros(1, np.int64)
    guest = Driver(ISA, [MXDOTP], 1)
    (got,) = guest.run(MXDOTP, (zero, zero, zero, zero + (code << 16 | 127 << 8 | 127)))
    assert got == NAN
    assert guest.machine.fflags == 16
    (got,) = guest.run(MXDOTP, (zero, zero, zero, zero + (1 << 19 | code << 16 | 127 << 8 | 127)))
    assert got == NAN >> 16


def test_flags_accrue() -> None:
    guest = Driver(ISA, [MXDOTP], 1)
    one, scales = np.array([0x38]), np.array([127 << 8 | 127])
    third = np.array([0x3EAAAAAB])
    assert guest.run(MXDOTP, (np.zeros(1, np.int64), one, one, scales)) == 0x3F800000
    assert guest.machine.fflags == 0
    guest.run(MXDOTP, (third, one, one, scales))
    assert guest.machine.fflags == 1
