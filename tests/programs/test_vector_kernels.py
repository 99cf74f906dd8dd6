"""Kernels in vectors: bit for bit, whatever VLEN is, at sizes that leave something over."""

from dataclasses import replace

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load

KERNELS = ("gemm", "conv2d", "maxpool")
VARIANTS = [
    (name, variant)
    for name in KERNELS
    for variant in load(name).variants.values()
    if variant.uses_vectors
]
IDS = [f"{name}-{variant.name}" for name, variant in VARIANTS]
# Fewer rows, columns and products than a block has, and some more: strips that are not full, too.
SIZES = {
    "gemm": [(1, 1, 1), (5, 3, 7), (4, 71, 8), (7, 20, 13)],
    "conv2d": [
        {"N": 1, "C": 1, "H": 1, "W": 1, "F": 1, "K": 1, "S": 1},
        {"N": 2, "C": 3, "H": 5, "W": 9, "F": 4, "K": 3, "S": 2},
        {"N": 2, "C": 4, "H": 3, "W": 7, "F": 37, "K": 2, "S": 1},
    ],
    "maxpool": [
        {"N": 1, "C": 1, "H": 1, "W": 1, "K": 1, "S": 1},
        {"N": 2, "C": 70, "H": 5, "W": 6, "K": 3, "S": 2},
    ],
}


def sizes_of(name):
    sizes = SIZES[name]
    return sizes if name != "gemm" else [dict(zip("MNK", one, strict=True)) for one in sizes]


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=IDS)
def test_results_have_the_bits_of_the_reference_at_every_vlen(name, variant):
    kernel = load(name)
    for seed, sizes in enumerate(sizes_of(name)):
        inputs = draw(kernel, sizes, seed=seed)
        for vlen in (128, 1024):
            row = run_variant(kernel, replace(variant, vlen=vlen), inputs)
            assert row.mismatches == 0, (sizes, vlen)
            assert row.results == np.prod(kernel.data.output_shape(sizes))


@pytest.mark.parametrize("name", ["gemm", "conv2d"])
@pytest.mark.parametrize("variant", ["rvv_f32", "rvv_bf16_tuned", "rvv_int8_tuned"])
def test_tiers_and_the_interpreted_backend_agree(name, variant):
    kernel = load(name)
    chosen = replace(kernel.variants[variant], vlen=256)
    inputs = draw(kernel, sizes_of(name)[1], -300, 300)
    numbers = kernel.numbers(chosen)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    (one, raw), *others = (
        execute(kernel, chosen, inputs.parameters, a, b, backend, tier)
        for backend, tier in (("python", "trap"), ("native", "trap"), ("native", "region"))
    )
    for other, found in others:
        assert found.tobytes() == raw.tobytes()
        assert other.executions == one.executions


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=IDS)
def test_sources_keep_the_calling_convention(name, variant, watched_machine):
    kernel = load(name)
    inputs = draw(kernel, sizes_of(name)[1])
    numbers = arithmetic.find(variant.arithmetic)
    execute(
        kernel,
        variant,
        inputs.parameters,
        numbers.encode(inputs.a),
        numbers.encode_weights(inputs.b),
    )
    watched_machine.check()


@pytest.mark.parametrize(
    ("variant", "step", "per_row", "per_strip"),
    [("rvv_f32", 6, 7, 10), ("rvv_f16_wide", 6, 11, 10), ("rvv_int8", 7, 13, 10)],
)
def test_counts_follow_from_the_source(variant, step, per_row, per_strip):
    """Instructions are fixed + strips * (strip + M * (row + step * K)); VLEN makes strips."""
    kernel = load("gemm")
    lanes = 16  # of four registers of 128 bits, in 32 bits each

    def count(m, n, k, vlen=128):
        chosen = replace(kernel.variants[variant], vlen=vlen)
        sizes = {"M": m, "N": n, "K": k}
        return run_variant(kernel, chosen, draw(kernel, sizes)).run.instructions

    base = count(1, 1, 8)
    assert count(1, lanes, 8) == base
    assert count(1, 1, 40) - base == 32 * step
    assert count(2, 1, 8) - base == per_row + 8 * step
    assert count(1, lanes + 1, 8) - base == per_strip + per_row + 8 * step
    assert count(1, 2 * lanes, 8, vlen=256) == base


def test_tuned_kernels_spend_less_than_half_of_the_plain_ones():
    kernel = load("gemm")
    inputs = draw(kernel, {"M": 8, "N": 16, "K": 64})
    for name in ("rvv_f64", "rvv_f32", "rvv_f16", "rvv_int8"):
        plain, tuned = (
            run_variant(kernel, kernel.variants[each], inputs).run
            for each in (name, f"{name}_tuned")
        )
        assert 2 * tuned.instructions < plain.instructions + 500
        products = next(m for m in plain.by_mnemonic if m.startswith(("vfmacc", "vwmacc")))
        assert tuned.by_mnemonic[products] == plain.by_mnemonic[products]
