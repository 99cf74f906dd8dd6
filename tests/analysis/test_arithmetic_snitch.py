"""The references of the products of Snitch beside NumPy, ml_dtypes and those of gemm."""

import ml_dtypes
import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.arithmetic import bits_of

NARROW = {"fp16": np.float16, "fp8": ml_dtypes.float8_e5m2}


def product(name, scale=1.0):
    drawn = np.random.default_rng(7).uniform(-scale, scale, (9, 45))
    numbers = arithmetic.find(name)
    a, b = numbers.encode(drawn[:4]), numbers.encode(drawn[4:])
    return numbers.product(a, b)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("fp16_opt_ex", "f16_exsdotp"),
        ("fp16_exfma", "f16_exfma"),
        ("fp8_opt_ex", "f8_exsdotp"),
        ("fp8_exfma", "f8_exfma"),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 40.0, 1e-3])
def test_expanding_products_are_those_of_gemm_rounded_back(name, other, scale):
    kind = NARROW[name.split("_", maxsplit=1)[0]]
    with np.errstate(over="ignore"):
        wanted = product(other, scale).astype(kind)
    assert np.array_equal(bits_of(product(f"snitch_{name}", scale)), bits_of(wanted))


@pytest.mark.parametrize(("name", "other"), [("fp64_naive", "f64"), ("fp32_naive", "f32")])
def test_naive_products_are_those_of_gemm(name, other):
    assert np.array_equal(bits_of(product(f"snitch_{name}")), bits_of(product(other)))


@pytest.mark.parametrize("fmt", NARROW)
def test_one_by_one_is_what_the_type_computes(fmt):
    kind = NARROW[fmt]
    drawn = np.random.default_rng(7).uniform(-1, 1, (9, 45)).astype(kind)
    sums = np.zeros((4, 5), kind)
    for k in range(45):
        sums = (sums + (drawn[:4, k, None] * drawn[None, 4:, k]).astype(kind)).astype(kind)
    # Zeros of either sign may begin a sum: 0 + -0 is 0, as the type has it too.
    assert np.array_equal(bits_of(product(f"snitch_{fmt}_naive")), bits_of(sums))


@pytest.mark.parametrize("fmt", NARROW)
def test_the_scalar_twin_sums_in_binary32(fmt):
    drawn = np.random.default_rng(7).uniform(-1, 1, (9, 45)).astype(NARROW[fmt])
    exact = drawn.astype(np.float64)
    sums = np.zeros((4, 5), np.float32)
    for k in range(45):
        # Products and their sums with a single are exact in binary64 at these magnitudes.
        sums = (sums + exact[:4, k, None] * exact[None, 4:, k]).astype(np.float32)
    wanted = sums.astype(NARROW[fmt])
    assert np.array_equal(bits_of(product(f"snitch_{fmt}_fmacex")), bits_of(wanted))
