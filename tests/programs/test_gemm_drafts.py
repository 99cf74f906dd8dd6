"""Products by drafts: bit for bit those of accumulators, at sizes that leave something over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rvx.analysis.compare import GuestError, draw, execute, run_variant
from rvx.analysis.kernel import load
from rvx.emulator.handlers.interim import VARIABLE

KERNEL = load("gemm_drafts")
# Fewer rows, columns and products than a block has, and some more.
SMALL, LARGE = {"M": 5, "N": 3, "K": 7}, {"M": 9, "N": 18, "K": 37}


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No instruction is worth compiling in tests of single products."""
    monkeypatch.setenv(VARIABLE, "never")


@pytest.mark.parametrize("name", KERNEL.variants)
def test_results_have_the_bits_of_the_accumulator(name: str, watched_machine: Any) -> None:
    variant = KERNEL.variants[name]
    inputs = draw(KERNEL, SMALL, seed=1)
    assert run_variant(KERNEL, variant, inputs).mismatches == 0
    watched_machine.check()
    # Where lambda is 1, C has no more registers than the kernel takes at 256 bits and below.
    wider = 256 if name.startswith("zvvm1") else 1024
    inputs = draw(KERNEL, LARGE, -3, 3, seed=2)
    row = run_variant(KERNEL, replace(variant, vlen=wider), inputs)
    assert row.mismatches == 0
    assert row.results == 9 * 18
    products = sum(one.macs for one in row.run.elements.values())
    assert products >= row.macs


@pytest.mark.parametrize("name", ["vdot4a_int8", "zvbdota_bf16", "zvt_e4m3", "zvvm2_int8"])
def test_tiers_and_the_interpreted_backend_agree(name: str) -> None:
    variant = KERNEL.variants[name]
    inputs = draw(KERNEL, LARGE)
    numbers = KERNEL.numbers(variant)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    one, other = (
        execute(KERNEL, variant, inputs.parameters, a, b, backend, tier)
        for backend, tier in (("python", "trap"), ("native", "inline"))
    )
    assert other[1].tobytes() == one[1].tobytes()
    assert other[0].executions == one[0].executions
    assert other[0].elements == one[0].elements


def test_a_lambda_that_vlen_does_not_allow_ends_the_program() -> None:
    """Sums of floats would come about in another way than the variant says."""
    variant = replace(KERNEL.variants["zvvm1_e4m3"], vlen=1024)
    with pytest.raises(GuestError, match="unimp"):
        run_variant(KERNEL, variant, draw(KERNEL, SMALL))


@pytest.mark.long
@pytest.mark.parametrize("name", KERNEL.variants)
def test_compiled_loops_have_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them at 64 cubed, in regions; two minutes of compiling."""
    monkeypatch.delenv(VARIABLE)
    row = run_variant(KERNEL, KERNEL.variants[name], draw(KERNEL, {}))
    assert row.mismatches == 0
