"""The products of Snitch's library: bit for bit, and as many instructions as the published ones."""

import itertools

import pytest

from rvx.analysis import arithmetic
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load
from rvx.analysis.keys import KernelError
from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

KERNEL = load("gemm_snitch")
SIZES = [(1, 8, 3), (3, 24, 17), (2, 16, 40)]

# Executed by the block of one tile of eight columns, K a multiple of what a step takes:
# floating-point instructions, whether the stores are among them.
TILES = {
    "fp8_opt_ex": (lambda k: k + 44, False),
    "fp16_opt_ex": (lambda k: 2 * k + 30, True),
    "fp16_opt": (lambda k: 2 * k + 46, True),
    "fp32_opt": (lambda k: 4 * k + 24, True),
    "fp64_opt": (lambda k: 8 * k, True),
}
# By the block of one element, with the branch over beta that these sources do without.
ELEMENTS = {
    "fp8_baseline": lambda k: 9 + 7 * k // 8,
    "fp16_baseline": lambda k: 7 + 7 * k // 4,
    "fp32_baseline": lambda k: 3 + 7 * k // 2,
}
ONE_BRANCH = 1


@pytest.mark.parametrize("variant", KERNEL.variants)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_every_variant_is_exact(variant, sizes):
    inputs = draw(KERNEL, dict(zip("MNK", sizes, strict=True)), seed=sum(sizes))
    row = run_variant(KERNEL, KERNEL.variants[variant], inputs)
    assert row.mismatches == 0
    assert row.results == sizes[0] * sizes[1]


@pytest.mark.parametrize("variant", KERNEL.variants)
def test_backends_and_tiers_agree(variant):
    inputs = draw(KERNEL, {"M": 2, "N": 8, "K": 9}, seed=5)
    chosen = KERNEL.variants[variant]
    numbers = arithmetic.find(chosen.arithmetic)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    runs = [
        execute(KERNEL, chosen, inputs.parameters, a, b, backend, tier)
        for backend, tier in (("python", "trap"), ("native", "trap"), ("native", "region"))
    ]
    for (one, raw), (other, wanted) in itertools.pairwise(runs):
        assert raw.tobytes() == wanted.tobytes()
        assert one.executions == other.executions
        assert one.fetched_by_mnemonic == other.fetched_by_mnemonic


def machine_and_run(variant, m, n, k):
    chosen = KERNEL.variants[variant]
    numbers = arithmetic.find(chosen.arithmetic)
    inputs = draw(KERNEL, {"M": m, "N": n, "K": k})
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    isa = isa_for(chosen.march)
    machine = Machine(assemble(chosen.source, isa), isa)
    c = machine.allocate(m * n * numbers.output.itemsize)
    run = machine.call("gemm", machine.place(a.memory[0]), machine.place(b.memory[0]), c, m, n, k)
    begin, end = machine.symbol("tile"), machine.symbol("tile_end")
    block = {at: times for at, times in run.executions.items() if begin <= at < end}
    return machine, run, block


def executed(machine, block, kinds):
    """Executions within the block of instructions of these kinds."""
    made = {at: machine.isa.decode(machine.memory.word(at)).instruction for at in block}
    return sum(times for at, times in block.items() if made[at].kind in kinds)


@pytest.mark.parametrize("k", [64, 128, 256])
@pytest.mark.parametrize("variant", TILES)
def test_instructions_of_a_tile_are_the_published_ones(variant, k):
    machine, run, block = machine_and_run(variant, 3, 16, k)
    formula, includes_stores = TILES[variant]
    kinds = {"float", "store"} if includes_stores else {"float"}
    assert executed(machine, block, kinds) == 3 * 16 // 8 * formula(k)
    # What is fetched does not grow with K.
    _, longer, _ = machine_and_run(variant, 3, 16, 2 * k)
    assert longer.fetched == run.fetched
    assert longer.instructions - run.instructions == 3 * 16 // 8 * (formula(2 * k) - formula(k))


@pytest.mark.parametrize("k", [64, 128])
@pytest.mark.parametrize("variant", ELEMENTS)
def test_instructions_of_an_element_are_the_published_ones(variant, k):
    _, run, block = machine_and_run(variant, 2, 8, k)
    assert sum(block.values()) == 2 * 8 * (ELEMENTS[variant](k) - ONE_BRANCH)
    assert run.fetched == run.instructions


def test_exsdotp_takes_half_the_instructions_of_its_twin():
    for fmt in ("fp8", "fp16"):
        inputs = draw(KERNEL, {"M": 1, "N": 8, "K": 512})
        one, two = (
            run_variant(KERNEL, KERNEL.variants[f"{fmt}_{unit}"], inputs).run.by_mnemonic
            for unit in ("opt_ex", "exfma")
        )
        dots = sum(times for name, times in one.items() if "dotpex" in name)
        products = sum(times for name, times in two.items() if "macex" in name)
        assert products == 2 * dots


def test_columns_come_in_eights():
    with pytest.raises(KernelError, match=r"N=12 is no multiple of 8, the columns of a tile"):
        KERNEL.choose({"N": 12})
