"""Softmax and layer normalisation: bit for bit, the same in every tier, and near to float64."""

import itertools

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load
from rvx.analysis.keys import KernelError

VARIANTS = [(name, variant) for name in ("softmax", "layernorm") for variant in load(name).variants]
SIZES = [(1, 8), (3, 16), (4, 72)]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_every_variant_is_exact(name, variant, sizes):
    kernel = load(name)
    inputs = draw(kernel, dict(zip("MN", sizes, strict=True)), seed=sum(sizes))
    assert run_variant(kernel, kernel.variants[variant], inputs).mismatches == 0


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_backends_and_tiers_agree(name, variant):
    kernel = load(name)
    chosen = kernel.variants[variant]
    inputs = draw(kernel, {"M": 2, "N": 8}, seed=3)
    numbers = arithmetic.find(chosen.arithmetic)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    runs = [
        execute(kernel, chosen, inputs.parameters, a, b, backend, tier)
        for backend, tier in (("python", "trap"), ("native", "trap"), ("native", "region"))
    ]
    for (one, raw), (other, wanted) in itertools.pairwise(runs):
        assert raw.tobytes() == wanted.tobytes()
        assert one.executions == other.executions


def test_softmax_of_numbers_below_zero_and_far_apart():
    kernel = load("softmax")
    for low, high in ((-9, -3), (-400, 300)):
        inputs = draw(kernel, {"M": 3, "N": 24}, low, high)
        for variant in kernel.variants.values():
            assert run_variant(kernel, variant, inputs).bit_exact


@pytest.mark.parametrize("name", ["softmax", "layernorm"])
def test_no_bit_of_vectors_depends_on_vlen(name):
    kernel = load(name)
    inputs = draw(kernel, {"M": 2, "N": 72})
    least = {"rvv_f64": 300, "rvv_f32": 130, "rvv_f16": 55, "rvv_bf16": 45}
    for variant in kernel.select(["rvv_*"], [128, 2048]):
        row = run_variant(kernel, variant, inputs)
        assert row.bit_exact
        assert row.total.sqnr_db > least[variant.name]


def test_softmax_adds_up_to_one_and_is_as_close_as_binary16_is():
    kernel = load("softmax")
    inputs = draw(kernel, {"M": 8, "N": 64}, -4, 4)
    row = run_variant(kernel, kernel.variants["fp16_opt"], inputs)
    # Three squarings of a number that is off by an ulp or so of binary16, and the cubic itself.
    assert row.total.max_abs < 0.02 * float(np.max(inputs.golden))
    assert row.total.sqnr_db > 30


def test_layernorm_is_as_close_as_its_formats_are():
    kernel = load("layernorm")
    inputs = draw(kernel, {"M": 8, "N": 64})
    half, eighth = (
        run_variant(kernel, kernel.variants[name], inputs).total.sqnr_db
        for name in ("fp16_opt", "fp8_opt")
    )
    # Eight bits of mantissa less are 48 dB less.
    assert half > 55
    assert 35 < half - eighth < 61


@pytest.mark.parametrize(("name", "variant"), [v for v in VARIANTS if v[1].endswith("_opt")])
def test_fetched_instructions_do_not_grow_with_the_row(name, variant):
    kernel = load(name)
    short, long = (
        run_variant(kernel, kernel.variants[variant], draw(kernel, {"M": 2, "N": n})).run
        for n in (32, 64)
    )
    assert short.fetched == long.fetched
    assert long.instructions > short.instructions


@pytest.mark.parametrize(("name", "step"), [("softmax", 4), ("layernorm", 8)])
def test_rows_are_whole_registers(name, step):
    with pytest.raises(KernelError, match=rf"N=18 is no multiple of {step}"):
        load(name).choose({"N": 18})
