"""Golden MX products: against a chain of exact dot products, and against float64."""

import numpy as np
import pytest

from rvx.formats.block.mx import MXFP4, MXFP8_E4M3, MXFP8_E5M2, MXINT8, Mx, exact
from rvx.formats.block.mx.array import quantise
from rvx.formats.block.mx.golden import matmul
from rvx.formats.minifloat.catalogue import E2M1, FP16ALT, FP32
from rvx.formats.minifloat.exact import decode
from rvx.formats.minifloat.format import Minifloat

FOUR = [MXFP8_E4M3, MXFP8_E5M2, MXFP4, MXINT8]
CASES = [(fmt, FP32) for fmt in FOUR] + [(MXFP4, FP16ALT)]


@pytest.mark.parametrize(("fmt", "destination"), CASES, ids=lambda v: getattr(v, "name", None))
def test_golden_is_a_chain_of_exact_dot_products(fmt: Mx, destination: Minifloat) -> None:
    rng = np.random.default_rng(0)
    scale = np.exp2(rng.integers(-6, 6, (1, 70)))
    a = quantise(rng.standard_normal((3, 70)) * scale, fmt)
    b = quantise(rng.standard_normal((2, 70)) * scale, fmt)
    got = matmul(a, b, destination)
    lanes = 64 // fmt.container
    for i in range(3):
        for j in range(2):
            acc = 0
            for k in range(0, 96, lanes):
                x, y = (t.codes[r, k : k + lanes].tolist() for t, r in ((a, i), (b, j)))
                s_x, s_y = int(a.scales[i, k // 32]), int(b.scales[j, k // 32])
                acc, _ = exact.dot(fmt, x, y, s_x, s_y, acc, destination)
            assert got[i, j] == float(decode(destination, acc).value)


@pytest.mark.parametrize("fmt", FOUR, ids=lambda f: f.name)
def test_golden_is_near_the_product_of_the_dequantised_tensors(fmt: Mx) -> None:
    rng = np.random.default_rng(1)
    a, b = (quantise(rng.standard_normal((n, 256)), fmt) for n in (10, 12))
    want = a.dequantise() @ b.dequantise().T
    np.testing.assert_allclose(matmul(a, b), want, rtol=0, atol=1e-5)


def test_a_nan_block_makes_its_row_nan() -> None:
    x = np.ones((2, 64))
    x[0, 40] = np.inf
    result = matmul(quantise(x, MXFP4), quantise(np.ones((3, 64)), MXFP4))
    assert np.isnan(result[0]).all()
    assert (result[1] == 64).all()


def test_operands_that_do_not_match_are_refused() -> None:
    a = quantise(np.ones((2, 64)), MXFP4)
    with pytest.raises(ValueError, match="64 elements and of mxfp8_e4m3 with 2 axes and 64"):
        matmul(a, quantise(np.ones((2, 64)), MXFP8_E4M3))
    with pytest.raises(ValueError, match="and 64 elements and of mxfp4_e2m1 with 2 axes and 32"):
        matmul(a, quantise(np.ones((2, 32)), MXFP4))
    odd = quantise(np.ones((2, 64)), Mx("mxfp4-b8", E2M1, 8))
    with pytest.raises(ValueError, match="blocks of 8 elements of mxfp4-b8 do not fill 64-bit"):
        matmul(odd, odd)
