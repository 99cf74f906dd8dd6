"""The order-exact references of block formats against exact arithmetic, step by step."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.formats.block.mx import FORMATS
from rvx.formats.block.mx import exact as mx
from rvx.formats.block.mx.format import Mx
from rvx.formats.integer.exact import round_to_f32
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP32
from rvx.formats.minifloat.exact import decode
from rvx.formats.posit import POSIT8
from rvx.formats.posit import exact as posit

ROWS, COLUMNS, LENGTH = 2, 3, 96
UNIT = 127


def operands(name, scale=1.0):
    random = np.random.default_rng(5)
    numbers = arithmetic.find(name)
    sizes = scale * np.exp2(random.integers(-4, 4, (1, LENGTH)))
    a = numbers.encode(sizes * random.uniform(-1, 1, (ROWS, LENGTH)))
    b = numbers.encode_weights(sizes * random.uniform(-1, 1, (COLUMNS, LENGTH)))
    return numbers, a, b


def each(function):
    return np.array([[function(i, j) for j in range(COLUMNS)] for i in range(ROWS)], np.float32)


def chain(fmt, x, y, lanes, scales):
    """The binary32 code of a chain of dot products of `lanes` elements."""
    acc = 0
    for k in range(0, len(x), lanes):
        s, t = scales(k)
        acc, _ = mx.dot(fmt, x[k : k + lanes], y[k : k + lanes], s, t, acc, FP32)
    return float(decode(FP32, acc).value)


@pytest.mark.parametrize(
    ("name", "fmt"), [("mxfp8", "mxfp8_e4m3"), ("mxint8", "mxint8"), ("mxfp4", "mxfp4_e2m1")]
)
def test_blocks_are_rounded_once_a_word(name, fmt):
    numbers, a, b = operands(name)
    kind = FORMATS[fmt]
    lanes = 64 // kind.container

    def one(i, j):
        def scales(k):
            return int(a.parts[1][i, k // 32]), int(b.parts[1][j, k // 32])

        return chain(kind, a.parts[0][i].tolist(), b.parts[0][j].tolist(), lanes, scales)

    assert np.array_equal(numbers.product(a, b), each(one))


@pytest.mark.parametrize(("name", "element"), [("fp8_e4m3", E4M3FN), ("fp8_e5m2", FP8)])
def test_fp8_is_rounded_once_a_word_and_scaled(name, element):
    numbers, a, b = operands(name)
    kind = Mx("words", element, 8)

    def one(i, j):
        x, y = a.parts[0][i].tolist(), b.parts[0][j].tolist()
        return np.float32(chain(kind, x, y, 8, lambda k: (UNIT, UNIT)))

    assert np.array_equal(numbers.product(a, b), each(one) * np.float32(a.scale * b.scale))


def test_nvfp4_is_a_fused_multiply_add_a_vector():
    numbers, a, b = operands("nvfp4")

    def value(fmt, code):
        return decode(fmt, int(code)).value

    def one(i, j):
        total = Fraction(0)
        for v in range(LENGTH // 16):
            at = range(16 * v, 16 * v + 16)
            dot = sum(value(E2M1, a.parts[0][i, k]) * value(E2M1, b.parts[0][j, k]) for k in at)
            scale = value(E4M3FN, a.parts[1][i, v]) * value(E4M3FN, b.parts[1][j, v])
            total = Fraction(round_to_f32(total + dot * scale))
        return np.float32(float(total))

    assert np.array_equal(numbers.product(a, b), each(one) * np.float32(a.scale * b.scale))


def test_w4a8_rounds_the_scale_product_and_saturates_at_32_bits():
    numbers, a, b = operands("w4a8")
    assert np.abs(a.parts[0]).max() == 127
    assert np.abs(b.parts[0]).max() == 7
    assert a.parts[1].max() == 1023
    assert b.parts[1].max() == 63

    def one(i, j):
        total = 0
        for v in range(LENGTH // 16):
            at = slice(16 * v, 16 * v + 16)
            dot = int(a.parts[0][i, at] @ b.parts[0][j, at])
            product = int(a.parts[1][i, v]) * int(b.parts[1][j, v])
            total = min(max(total + dot * ((product + 128) >> 8), -(2**31)), 2**31 - 1)
        return np.float32(total)

    scale = np.float32(a.scale * b.scale * 2**8)
    assert np.array_equal(numbers.product(a, b), each(one) * scale)


def test_the_quire_of_posit8_rounds_once():
    numbers, a, b = operands("posit8_quire")
    found = numbers.product(a, b)
    for i in range(ROWS):
        for j in range(COLUMNS):
            pairs = zip(a.parts[0][i].tolist(), b.parts[0][j].tolist(), strict=True)
            products = (
                posit.decode(x % 256, POSIT8) * posit.decode(y % 256, POSIT8) for x, y in pairs
            )
            assert found[i, j] == posit.encode(sum(products, Fraction(0)), POSIT8)
