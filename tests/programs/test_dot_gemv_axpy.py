"""Dot products, matrix times vector, and axpy: bit for bit at sizes that leave something over."""

from dataclasses import replace

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.arithmetic import bits_of
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load

KERNELS = ("dot", "gemv", "axpy")
VARIANTS = [(name, variant) for name in KERNELS for variant in load(name).variants.values()]
IDS = [f"{name}-{variant.name}" for name, variant in VARIANTS]
SIZES = {
    "dot": [{"K": 1}, {"K": 67}],
    "gemv": [{"M": 1, "K": 1}, {"M": 7, "K": 33}],
    "axpy": [{"N": 1}, {"N": 39}],
}


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=IDS)
def test_results_have_the_bits_of_the_reference(name, variant, watched_machine):
    kernel = load(name)
    vlens = (128, 1024) if variant.uses_vectors else (0,)
    for seed, sizes in enumerate(SIZES[name]):
        for vlen in vlens:
            inputs = draw(kernel, sizes, seed=seed)
            row = run_variant(kernel, replace(variant, vlen=vlen), inputs)
            assert row.mismatches == 0, (sizes, vlen)
            assert row.results == np.prod(kernel.data.output_shape(sizes))
            watched_machine.check()


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("dot", "rvv_f32"),
        ("dot", "rvv_int8"),
        ("dot", "vsq4"),
        ("gemv", "w4a8"),
        ("gemv", "rvv_int8"),
        ("gemv", "f16_exsdotp_tuned"),
        ("axpy", "f16"),
        ("axpy", "posit32_quire_tuned"),
        ("axpy", "rvv_f64"),
        ("axpy", "rvv_posit8"),
    ],
)
def test_the_interpreted_backend_gives_the_same_bits_and_counts(name, variant):
    kernel = load(name)
    inputs = draw(kernel, SIZES[name][1], -300, 300)
    rows = [
        run_variant(kernel, kernel.variants[variant], inputs, backend)
        for backend in ("native", "python")
    ]
    assert all(row.bit_exact for row in rows)
    assert rows[0].run.by_mnemonic == rows[1].run.by_mnemonic


@pytest.mark.parametrize("name", ["f64", "f32", "f16_exsdotp", "posit32_quire", "int8", "vsq4"])
def test_a_dot_product_is_an_element_of_a_matrix_product(name):
    numbers = arithmetic.find(name)
    random = np.random.default_rng(5)
    x, a = random.uniform(-1, 1, (1, 40)), random.uniform(-1, 1, (3, 40))
    encoded = numbers.encode(x), numbers.encode_weights(a)
    found = {}
    for kernel, sizes in (("gemm", {"M": 1, "N": 3, "K": 40}), ("gemv", {"M": 3, "K": 40})):
        made = load(kernel)
        _, raw = execute(made, made.variants[name], sizes, *encoded)
        found[kernel] = bits_of(raw).reshape(-1).tolist()
    assert found["gemv"] == found["gemm"]


@pytest.mark.parametrize("name", ["f64", "f32", "f16"])
def test_axpy_takes_its_factor_by_value(name):
    """NumPy's own arithmetic is the witness: products and sums of small integers are exact."""
    kernel, numbers = load("axpy"), arithmetic.find(name)
    x, y = np.arange(11.0), np.arange(11.0)[::-1] - 4
    for alpha in (3.0, -0.5):
        factor = numbers.encode(np.array([alpha]))
        _, raw = execute(
            kernel,
            kernel.variants[name],
            {"N": 11},
            numbers.encode(x),
            numbers.encode(y),
            scalars=[factor],
        )
        assert numbers.decode(raw).tolist() == (alpha * x + y).tolist()


def test_a_fused_axpy_rounds_once():
    numbers = arithmetic.find("f64")
    one = np.array([1 + 2.0**-30])
    parts = [numbers.encode(part) for part in (one, one, -(one * one))]
    # What the rounding of the product has lost.
    assert numbers.decode(numbers.multiply_add(*parts)).tolist() == [2.0**-60]
    posit = arithmetic.find("posit32_quire")
    parts = [posit.encode(part) for part in (np.array([1 + 2.0**-20]), one * 0 + 1, -one * 0 - 1)]
    assert posit.decode(posit.multiply_add(*parts)).tolist() == [2.0**-20]


def test_formats_without_a_multiply_add_of_one_product_say_so():
    numbers = arithmetic.find("f16_exsdotp")
    part = numbers.encode(np.ones(4))
    with pytest.raises(TypeError, match="Floating has no multiply-add"):
        numbers.multiply_add(part, part, part)


@pytest.mark.parametrize(
    ("kernel", "variant", "sizes", "most"),
    [
        ("dot", "f64_tuned", {"K": 4096}, 3.8),
        ("dot", "posit32_quire_tuned", {"K": 4096}, 3.8),
        ("gemv", "f64_tuned", {"M": 64, "K": 256}, 2.7),
        ("gemv", "int8_tuned", {"M": 64, "K": 256}, 0.45),
        ("axpy", "f64_tuned", {"N": 4096}, 5.3),
    ],
)
def test_tuned_forms_spend_less_on_the_loop(kernel, variant, sizes, most):
    made = load(kernel)
    plain, tuned = (
        run_variant(made, made.variants[name], draw(made, sizes))
        for name in (variant.removesuffix("_tuned"), variant)
    )
    assert tuned.bit_exact
    assert tuned.instructions_per_mac < most < plain.instructions_per_mac
