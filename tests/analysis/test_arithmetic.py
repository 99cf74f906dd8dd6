"""The order-exact references against exact rational arithmetic, operation by operation."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.arithmetic import CATALOGUE, bits_of
from rvx.formats.minifloat import exact as ieee
from rvx.formats.minifloat.array.accumulate import exsdotp_dot, fma_dot
from rvx.formats.minifloat.catalogue import FP8, FP16, FP32, FP64
from rvx.formats.posit import POSIT32
from rvx.formats.posit import exact as posit

RNE = 0
ROWS, COLUMNS = 2, 3


def operands(name, length=32, scale=1.0, seed=0):
    random = np.random.default_rng(seed)
    numbers = arithmetic.find(name)
    a = numbers.encode(scale * random.uniform(-1, 1, (ROWS, length)))
    b = numbers.encode_weights(scale * random.uniform(-1, 1, (COLUMNS, length)))
    return numbers, a, b


def pairs(a, b):
    for row in a.parts[0].tolist():
        for column in b.parts[0].tolist():
            yield row, column


def check(numbers, a, b, wanted):
    found = bits_of(numbers.product(a, b))
    assert found.shape == (ROWS, COLUMNS)
    width = 8 * numbers.output.itemsize
    assert found.ravel().tolist() == [code - (code >> 63 << width) for code in wanted]


@pytest.mark.parametrize(("name", "fmt"), [("f64", FP64), ("f32", FP32)])
def test_fused_multiply_adds(name, fmt):
    numbers, a, b = operands(name)
    wanted = []
    for row, column in pairs(a, b):
        total = 0
        for x, y in zip(row, column, strict=True):
            total = ieee.fma(fmt, x & (2**fmt.bits - 1), y & (2**fmt.bits - 1), total, RNE)[0]
        wanted.append(total)
    check(numbers, a, b, wanted)


def narrow_ending(sums):
    """Adds the sums of the lanes as the last instructions of the kernels do."""
    if len(sums) == 4:
        sums = [ieee.vsum(FP16, FP32, sums[i], sums[i + 1], 0, RNE)[0] for i in (0, 2)]
    return ieee.vsum(FP32, FP32, sums[0], sums[1], 0, RNE)[0]


@pytest.mark.parametrize(("name", "src", "dst"), [("f16", FP16, FP32), ("f8", FP8, FP16)])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 100.0])
def test_two_products_and_one_rounding_a_lane(name, src, dst, scale):
    numbers, a, b = operands(f"{name}_exsdotp", scale=scale)
    lanes = 64 // dst.bits
    wanted = []
    for row, column in pairs(a, b):
        sums = [0] * lanes
        for k in range(0, len(row), 2 * lanes):
            for lane in range(lanes):
                i = k + 2 * lane
                sums[lane] = ieee.exsdotp(
                    src, dst, row[i], column[i], row[i + 1], column[i + 1], sums[lane], RNE
                )[0]
        wanted.append(narrow_ending(sums))
    check(numbers, a, b, wanted)


@pytest.mark.parametrize(("name", "src", "dst"), [("f16", FP16, FP32), ("f8", FP8, FP16)])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 100.0])
def test_one_product_and_one_rounding_a_lane(name, src, dst, scale):
    numbers, a, b = operands(f"{name}_exfma", scale=scale)
    lanes = 64 // dst.bits
    wanted = []
    for row, column in pairs(a, b):
        sums = [0] * lanes
        for i, (x, y) in enumerate(zip(row, column, strict=True)):
            sums[i % lanes] = ieee.fma(src, x, y, sums[i % lanes], RNE, dst=dst)[0]
        wanted.append(narrow_ending(sums))
    check(numbers, a, b, wanted)


@pytest.mark.parametrize(("name", "src", "dst"), [("f16", FP16, FP32), ("f8", FP8, FP16)])
@pytest.mark.parametrize(("kind", "dot"), [("exsdotp", exsdotp_dot), ("exfma", fma_dot)])
def test_the_array_model_of_the_format_agrees(name, src, dst, kind, dot):
    numbers, a, b = operands(f"{name}_{kind}", length=512)
    lanes = 64 // dst.bits
    zeros = np.zeros((ROWS, COLUMNS, lanes), f"u{dst.bits // 8}")
    sums = dot(src, dst, a.memory[0][:, None], b.memory[0][None], zeros)
    wanted = [narrow_ending(row) for row in sums.reshape(-1, lanes).tolist()]
    check(numbers, a, b, wanted)


def test_the_quire_rounds_once():
    numbers, a, b = operands("posit32_quire")
    wanted = []
    for row, column in pairs(a, b):
        products = (
            posit.decode(x, POSIT32) * posit.decode(y, POSIT32)
            for x, y in zip(row, column, strict=True)
        )
        wanted.append(posit.encode(sum(products, Fraction(0)), POSIT32))
    check(numbers, a, b, wanted)


def test_posits_round_every_operation():
    numbers, a, b = operands("posit32")

    def rounded(value):
        return posit.decode(posit.encode(value, POSIT32), POSIT32)

    wanted = []
    for row, column in pairs(a, b):
        total = Fraction(0)
        for x, y in zip(row, column, strict=True):
            product = rounded(posit.decode(x, POSIT32) * posit.decode(y, POSIT32))
            total = rounded(total + product)
        wanted.append(posit.encode(total, POSIT32))
    check(numbers, a, b, wanted)


@pytest.mark.parametrize("name", ["int8", "int4"])
def test_integers_are_summed_exactly_and_scaled_in_binary32(name):
    numbers, a, b = operands(name)
    scale = np.float32(a.scale * b.scale)
    wanted = [
        [np.float32(sum(x * y for x, y in zip(row, column, strict=True))) * scale for column in b]
        for row, b in ((row, b.parts[0].tolist()) for row in a.parts[0].tolist())
    ]
    assert np.array_equal(numbers.product(a, b), np.array(wanted, np.float32))


@pytest.mark.parametrize(("name", "vector", "shift"), [("vsq4", 16, 0), ("vsq4_v64", 64, 8)])
def test_vectors_are_scaled_rounded_and_saturated(name, vector, shift):
    numbers, a, b = operands(name, length=3 * 64)
    scale = np.float32(a.scale * b.scale * 2**shift)
    wanted = np.zeros((ROWS, COLUMNS), np.float32)
    for i in range(ROWS):
        for j in range(COLUMNS):
            total = 0
            for v in range(a.length // vector):
                at = slice(v * vector, (v + 1) * vector)
                dot = int(a.parts[0][i, at] @ b.parts[0][j, at])
                product = int(a.parts[1][i, v]) * int(b.parts[1][j, v])
                product = product if shift == 0 else (product + 128) >> 8
                total = min(max(total + dot * product, -(2**23)), 2**23 - 1)
            wanted[i, j] = np.float32(total) * scale
    assert np.array_equal(numbers.product(a, b), wanted)


@pytest.mark.parametrize("name", CATALOGUE)
def test_filling_changes_no_value_and_reaches_whole_steps(name):
    numbers = arithmetic.find(name)
    x = np.random.default_rng(1).uniform(-1, 1, (3, 5))
    encoded = numbers.encode(x)
    assert encoded.values.shape == x.shape
    assert encoded.length % numbers.lanes == 0
    assert not encoded.parts[0][:, 5:].any()
    assert np.abs(encoded.values - x).max() < 0.2
    assert encoded.pitch * 8 % encoded.length == 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_zeros_stay_zeros(name):
    numbers = arithmetic.find(name)
    zero = numbers.encode(np.zeros((2, 3)))
    assert not numbers.decode(numbers.product(zero, zero)).any()


@pytest.mark.parametrize("name", CATALOGUE)
def test_inputs_must_be_finite(name):
    with pytest.raises(ValueError, match="must be finite numbers"):
        arithmetic.find(name).encode(np.array([[1.0, np.nan]]))


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_unit_of_the_last_place_is_the_spacing_of_the_output(name):
    numbers = arithmetic.find(name)
    spacing = {
        "f64": 2.0**-52,
        "f64_nofma": 2.0**-52,
        "f16": 2.0**-10,
        "bf16": 2.0**-7,
        "f8": 2.0**-2,
    }
    for n in (8, 16, 32, 64):
        spacing[f"posit{n}"] = spacing[f"posit{n}_quire"] = 2.0 ** (5 - n)
    for prefix, mantissa in (("fp64", 52), ("fp32", 23), ("fp16", 10), ("fp8", 2)):
        of_snitch = (other for other in CATALOGUE if other.startswith(f"snitch_{prefix}_"))
        spacing |= dict.fromkeys(of_snitch, 2.0**-mantissa)
    assert numbers.ulp(np.array([1.0, 1.5]))[0] == spacing.get(name, 2.0**-23)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="no arithmetic 'f65'; known are f64, f32"):
        arithmetic.find("f65")
