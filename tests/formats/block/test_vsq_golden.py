"""Golden products: against Keller's datapath in Python integers, NumPy, and the packed kernels."""

import numpy as np
import numpy.typing as npt
import pytest

from rvx import jit
from rvx.formats.block.vsq import Vsq, exact, golden
from rvx.formats.block.vsq.array import VsqTensor, pack, quantise
from rvx.formats.block.vsq.golden import EXACT, KELLER, Datapath
from rvx.formats.integer import INT4, INT8, UINT4, Integer, accumulate, scalar
from rvx.formats.integer.array import matmul, words
from rvx.formats.integer.calibrate import quantise_tensor

V64 = Vsq(INT4, 64, 8)


def raw(codes: npt.NDArray[np.int64], scales: npt.NDArray[np.int64], fmt: Vsq) -> VsqTensor:
    return VsqTensor(codes, scales, np.ones((1, 1)), codes.shape[-1], fmt)


def random_tensor(rng: np.random.Generator, rows: int, vectors: int, fmt: Vsq) -> VsqTensor:
    low, high = fmt.element.minimum, fmt.element.maximum
    codes = rng.integers(low, high, (rows, vectors * fmt.vector), endpoint=True)
    return raw(codes, rng.integers(0, fmt.largest_scale + 1, (rows, vectors)), fmt)


def saturating_tensor(rng: np.random.Generator, rows: int, vectors: int) -> VsqTensor:
    """Extreme codes whose sign is the same over runs of vectors: sums run against both ends."""
    sign = rng.choice([-8, 7], (rows, vectors // 8)).repeat(8 * 64, axis=1)
    codes = np.where(rng.random(sign.shape) < 0.9, sign, rng.integers(-8, 8, sign.shape))
    return raw(codes, rng.integers(200, 256, (rows, vectors)), V64)


def numpy_sums(a: VsqTensor, b: VsqTensor, datapath: Datapath) -> npt.NDArray[np.int64]:
    """The same order of operations, one NumPy statement per step."""
    rows, vectors = a.scales.shape
    x = a.codes.reshape(rows, vectors, -1)
    y = b.codes.reshape(b.scales.shape[0], vectors, -1)
    psum = np.zeros((rows, y.shape[0]), np.int64)
    for v in range(vectors):
        product = np.multiply.outer(a.scales[:, v], b.scales[:, v])
        rounded = np.floor(product / 2**datapath.shift + 0.5).astype(np.int64)
        psum = psum + (x[:, v] @ y[:, v].T) * rounded
        if datapath.accumulator == "wrap32":
            psum = psum.astype(np.int32).astype(np.int64)
        else:
            top = 2 ** (int(datapath.accumulator[1:]) - 1)
            psum = psum.clip(-top, top - 1)
    return psum


def instruction_sums(a: VsqTensor, b: VsqTensor) -> npt.NDArray[np.int64]:
    """Keller's inner step as 1 dot + 3 sdot + sprod8 + sacc.s24 on packed words."""
    left, right = (words(pack(t).codes) for t in (a, b))
    psum = np.zeros((left.shape[0], right.shape[0]), np.int64)
    dot_kernel = jit.elementwise(scalar.dot_sp_n, 2)
    for v in range(a.scales.shape[1]):
        dot = np.zeros_like(psum)
        for word in range(4 * v, 4 * v + 4):
            step = dot_kernel(left[:, None, word], right[None, :, word])
            dot = jit.elementwise(accumulate.sdot, 2)(dot, step)
        product = jit.elementwise(accumulate.sprod8, 2)(a.scales[:, None, v], b.scales[None, :, v])
        psum = jit.elementwise(accumulate.sacc_s24, 3)(psum, dot, product)
    return psum


@pytest.mark.parametrize("kind", ["random", "saturating"])
def test_golden_equals_kellers_datapath_in_python_integers(kind: str) -> None:
    rng = np.random.default_rng(0)
    if kind == "random":
        a, b = (random_tensor(rng, 5, 30, V64) for _ in range(2))
    else:
        a, b = (saturating_tensor(rng, 5, 32) for _ in range(2))
    sums = golden.matmul(a, b)
    for i in range(5):
        for j in range(5):
            x, y = (t.codes[k].reshape(-1, 64).tolist() for t, k in ((a, i), (b, j)))
            want = exact.accumulate(x, a.scales[i].tolist(), y, b.scales[j].tolist())
            assert sums.values[i, j] == want
    assert (sums.narrowed > 0) == (kind == "saturating")


def test_golden_equals_the_instruction_kernels_where_it_saturates() -> None:
    rng = np.random.default_rng(1)
    a, b = saturating_tensor(rng, 24, 64), saturating_tensor(rng, 20, 64)
    sums = golden.matmul(a, b)
    np.testing.assert_array_equal(sums.values, instruction_sums(a, b))
    assert sums.narrowed > 1000
    assert sums.largest == 2**23
    assert {-(2**23), 2**23 - 1} <= set(sums.values.ravel().tolist())


@pytest.mark.parametrize("accumulator", ["s24", "s32", "wrap32"])
@pytest.mark.parametrize("shift", [0, 4, 8])
def test_golden_equals_numpy_in_every_mode(accumulator: str, shift: int) -> None:
    rng = np.random.default_rng(2)
    datapath = Datapath(shift, accumulator)
    fmt = Vsq(INT8, 64, 10)
    a, b = (random_tensor(rng, 16, 300, fmt) for _ in range(2))
    for t in (a, b):
        t.codes[:8] = np.where(rng.random((8, 300 * 64)) < 0.7, 127, t.codes[:8])
    sums = golden.matmul(a, b, datapath)
    np.testing.assert_array_equal(sums.values, numpy_sums(a, b, datapath))
    assert sums.narrowed > 0
    assert sums.largest <= 2 ** (23 if accumulator == "s24" else 31)


def test_no_saturation_up_to_k_512_at_the_extremes() -> None:
    codes = np.full((1, 512), -8)
    a = raw(codes, np.full((1, 8), 255), V64)
    sums = golden.matmul(a, a)
    assert (sums.values[0, 0], sums.narrowed) == (8 * 64 * 64 * 254, 0)
    longer = raw(np.full((1, 576), -8), np.full((1, 9), 255), V64)
    sums = golden.matmul(longer, longer)
    assert (sums.values[0, 0], sums.narrowed) == (2**23 - 1, 1)
    seven = raw(np.full((1, 640), 7), np.full((1, 10), 255), V64)
    assert golden.matmul(seven, seven).narrowed == 0


def test_scale_products_rounded_to_zero_are_counted() -> None:
    ones = raw(np.ones((1, 128), np.int64), np.array([[11, 0]]), V64)
    other = raw(np.ones((1, 128), np.int64), np.array([[11, 5]]), V64)
    sums = golden.matmul(ones, other)
    assert (sums.values[0, 0], sums.zeroed) == (0, 1)
    assert golden.matmul(ones, other, EXACT).values[0, 0] == 121 * 64


def test_unit_scales_give_the_integer_products() -> None:
    rng = np.random.default_rng(3)
    for a_fmt, b_fmt in ((INT8, INT8), (INT4, INT4), (INT8, INT4), (UINT4, INT4)):
        a = quantise_tensor(np.abs(rng.standard_normal((7, 50))), a_fmt)
        b = quantise_tensor(rng.standard_normal((5, 50)), b_fmt, channel=0)
        left, right = (golden.with_unit_scales(t, 16) for t in (a, b))
        sums = golden.matmul(left, right, EXACT)
        np.testing.assert_array_equal(sums.values, matmul(a.codes, b.codes))
        want = a.dequantise() @ b.dequantise().T
        got = golden.rescale(sums.values, left, right, EXACT)
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("scheme", [(INT4, 16, 4, INT4, 4), (INT8, 16, 10, INT4, 6)])
def test_rescaled_sums_are_the_product_of_the_dequantised_tensors(
    scheme: tuple[Integer, int, int, Integer, int],
) -> None:
    a_element, vector, a_bits, b_element, b_bits = scheme
    rng = np.random.default_rng(4)
    a = quantise(rng.standard_normal((9, 100)), Vsq(a_element, vector, a_bits))
    b = quantise(rng.standard_normal((6, 100)), Vsq(b_element, vector, b_bits, "channel"))
    sums = golden.matmul(a, b, EXACT)
    want = a.dequantise() @ b.dequantise().T
    np.testing.assert_allclose(golden.rescale(sums.values, a, b, EXACT), want, rtol=1e-5, atol=1e-5)


def test_kellers_rounding_costs_little() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((40, 512)), rng.standard_normal((30, 512))
    a, b = quantise(x, V64), quantise(y, Vsq(INT4, 64, 8, "channel"))
    want = x @ y.T

    def error(datapath: Datapath) -> float:
        values = golden.rescale(golden.matmul(a, b, datapath).values, a, b, datapath)
        return float(np.linalg.norm(values - want) / np.linalg.norm(want))

    assert error(KELLER) == pytest.approx(error(EXACT), rel=0.02)
    assert error(Datapath(12, "s24")) > error(KELLER)


def test_wrong_operands_are_answered_with_a_sentence() -> None:
    rng = np.random.default_rng(6)
    a = random_tensor(rng, 2, 3, V64)
    with pytest.raises(
        ValueError, match="192 elements in vectors of 64 and of 48 in vectors of 16"
    ):
        golden.matmul(a, random_tensor(rng, 2, 3, Vsq(INT4)))
    cube = quantise(rng.standard_normal((2, 2, 16)), Vsq(INT4))
    with pytest.raises(ValueError, match="these have 3 and 3 axes"):
        golden.matmul(cube, cube)
    real = quantise(rng.standard_normal((2, 16)), Vsq(INT4, 16, 0))
    with pytest.raises(ValueError, match="real vector scales, which are not summed"):
        golden.matmul(real, real)
    with pytest.raises(ValueError, match="cannot lose 33 bits; use 0 to 32"):
        Datapath(33)
    with pytest.raises(ValueError, match="'s16' is not an accumulator; use s24, s32, wrap32"):
        Datapath(0, "s16")


def test_the_exact_datapath_refuses_what_the_chip_has_no_wires_for() -> None:
    with pytest.raises(OverflowError, match="dot product 8192 does not fit 14 signed bits"):
        exact.accumulate([[64] * 128], [1], [[1] * 128], [1])
    with pytest.raises(OverflowError, match="scale product 65536 does not fit 16 unsigned bits"):
        exact.accumulate([[1]], [256], [[1]], [256])
