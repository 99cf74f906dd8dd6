"""Elements of vector instructions are counted exactly, and in every tier alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.emulator.handlers.interim import VARIABLE as COMPILE_AFTER
from rvx.extensions import isa_for

from .test_vector_regions import entries, look

ISA = isa_for("rv64gcv_zvl256b")
SOURCE = """
        .globl  main
main:   vsetvli t0, a2, e32, m2, ta, ma  # a2 elements: strips of 16, the last one shorter
        vle32.v v8, (a0)
        vlse32.v v10, (a0), zero
        vmslt.vx v0, v8, a3
        vadd.vi v8, v8, 10, v0.t
        vmacc.vv v8, v10, v10
        vmslt.vx v0, v8, a3, v0.t       # it writes the mask that it is under
        vse32.v v8, (a0), v0.t
        vmv.x.s t2, v8
        vmv2r.v v12, v8
        vsetvli t3, t0, e8, mf2, ta, ma
        vlseg3e8.v v16, (a1)
        vsm.v   v0, (a1)
        vl1re16.v v20, (a1)
        vmerge.vvm v16, v17, v18, v0
        vredsum.vs v16, v17, v18, v0.t
        slli    t1, t0, 2
        add     a0, a0, t1
        sub     a2, a2, t0
        bnez    a2, main
        ret
"""


class Expected:
    """What is counted, as the manual defines it."""

    def __init__(self) -> None:
        self.rows: dict[str, list[int]] = {}

    def add(self, mnemonic: str, total: int, active: int, capacity: int, size: int = 0) -> None:
        row = self.rows.setdefault(mnemonic, [0, 0, 0, 0])
        for at, number in enumerate((active, total - active, capacity, active * size)):
            row[at] += number


def model(data: np.ndarray, limit: int) -> tuple[dict[str, list[int]], np.ndarray]:
    """Counts of `SOURCE` on an array, and what it leaves there."""
    found, left = Expected(), data.astype(np.int64)
    for at in range(0, data.size, 16):
        strip = left[at : at + 16]
        n = strip.size
        first = strip[0]
        mask = strip < limit
        before = strip.copy()
        found.add("vle32.v", n, n, 16, 4)
        found.add("vlse32.v", n, n, 16, 4)
        found.add("vmslt.vx", n, n, 16)
        found.add("vadd.vi", n, int(mask.sum()), 16)
        found.add("vmacc.vv", n, n, 16)
        found.add("vmslt.vx", n, int(mask.sum()), 16)
        strip[mask] += 10
        strip += first * first
        mask &= strip < limit
        active = int(mask.sum())
        found.add("vse32.v", n, active, 16, 4)
        strip[~mask] = before[~mask]
        found.add("vmv.x.s", 1, 1, 1)
        found.add("vmv2r.v", 16, 16, 16)
        found.add("vlseg3e8.v", 3 * n, 3 * n, 3 * 16, 1)
        found.add("vsm.v", (n + 7) // 8, (n + 7) // 8, 2, 1)
        found.add("vl1re16.v", 16, 16, 16, 2)
        found.add("vmerge.vvm", n, n, 16)
        found.add("vredsum.vs", n, active, 16)
    return found.rows, left


def counts(result: RunResult) -> dict[str, list[int]]:
    return {
        name: [one.active, one.masked_off, one.capacity, one.bytes]
        for name, one in result.elements.items()
        if not name.startswith("vset")
    }


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize(
    "options", [{"tier": "region"}, {"tier": "inline"}, {"tier": "trap"}, {"backend": "python"}]
)
def test_every_tier_counts_what_the_manual_says(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMPILE_AFTER, "never")  # Handlers that are compiled count alike, below.
    machine = Machine(assemble(SOURCE, ISA), ISA, memory=1 << 20, **options)
    room = machine.place(np.zeros(256, np.int8))
    for limit in (30, 1000):
        data = np.random.default_rng(limit).integers(0, 40, 83).astype(np.int32)
        place = machine.place(data)
        before = entries(machine) if machine.hart.regions is not None else 0
        result = machine.call("main", place, room, 83, limit)
        assert result.trap is None
        wanted, left = model(data, limit)
        assert counts(result) == wanted
        assert (machine.array(place, np.int32, 83) == left).all()
        assert result.elements["vmacc.vv"].macs == 83
        assert result.elements["vadd.vi"].macs == 0
        if options == {"tier": "region"} and limit == 30:
            look(machine)
    if machine.hart.regions is not None:
        assert entries(machine) > before


@pytest.mark.usefixtures("everything_is_hot")
def test_what_a_region_leaves_undone_is_not_counted() -> None:
    source = """
        .globl  fetch
fetch:  vsetivli x0, 8, e32, m1, ta, ma
1:      vadd.vi v9, v9, 1
        vlse32.v v8, (a0), a2
        vadd.vi v9, v9, 1
        vsetivli x0, 3, e32, m1, ta, ma
        vadd.vv v9, v9, v9
        vsetivli x0, 8, e32, m1, ta, ma
        add     a0, a0, a3
        addi    a1, a1, -1
        bnez    a1, 1b
        ret
"""
    found = []
    for tier in ("region", "inline"):
        machine = Machine(assemble(source, ISA), ISA, memory=1 << 20, tier=tier)
        data = machine.place(np.arange(64, dtype=np.int32))
        machine.call("fetch", data, 5, 4, 4)
        if tier == "region":
            look(machine)
        low = machine.memory.base
        result = machine.call("fetch", low + 80, 5, -4 & (1 << 64) - 1, -16 & (1 << 64) - 1)
        assert result.trap is not None
        found.append((counts(result), dict(result.by_mnemonic)))
    assert found[0] == found[1]
    assert found[0][0]["vlse32.v"] == [32, 0, 32, 128]
    assert found[0][0]["vadd.vi"] == [72, 0, 72, 0]
    assert found[0][0]["vadd.vv"] == [12, 0, 32, 0]


PRODUCTS_ISA = "rv64gcv_zvt_zvvmm_zvdot4a8i_zvqwdota8i_zvqwbdota8i_xsmtvdot_zvl1024b"
PRODUCTS = """
        .globl  main
main:   li      t0, 3 << 60 | 2 << 3 | 1        # lambda 4, 32 bits, LMUL 2: M = 8
        li      t1, 24                          # three columns
        vsetvl  zero, t1, t0
1:      vdot4a.vv v20, v10, v14, v0.t
        vqmmacc.vv v12, v8, v10                 # sums of 32
        vsetivli zero, 19, e8, m1, ta, ma
        vqwdotas.vv v4, v8, v9
        vqwbdotas.vv v16, v25, v8, v0.t         # elements 8 to 15
        vsetvl  zero, t1, t0
        addi    a0, a0, -1
        bnez    a0, 1b
        ret
        .globl  tiles
tiles:  li      t0, 3                           # sums of 32 bits
        msetmtype t0, zero
        li      t0, 3
        msettk  zero, t0
        li      t0, 7
        msettn  zero, t0
1:      msettm  t1, a0                          # as many rows as there are rounds to go, or 8
        vtmms.tvv mt4, v8, v16
        addi    a0, a0, -1
        bnez    a0, 1b
        vsetivli zero, 1, e8, m1, ta, ma
        smt.vmadot v12, v8, v9
        ret
"""


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize("options", [{"tier": "region"}, {"tier": "trap"}])
def test_every_product_of_matrices_counts(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMPILE_AFTER, "never")
    isa = isa_for(PRODUCTS_ISA + "_zvt8t")
    machine = Machine(assemble(PRODUCTS, isa), isa, memory=1 << 20, **options)
    machine.state("vector")[8] = 0x6D07  # of v0
    rounds = 10
    for function in ("main", "tiles"):
        machine.call(function, rounds)
        if options == {"tier": "region"}:
            look(machine)
    before = entries(machine) if options == {"tier": "region"} else 0
    products = machine.call("main", rounds)
    assert products.trap is None
    low, second = 0x6D07, 0x6D
    assert counts(products) == {
        "vdot4a.vv": [rounds * low.bit_count(), rounds * (24 - low.bit_count()), rounds * 64, 0],
        "vqmmacc.vv": [rounds * 8 * 3 * 32, 0, rounds * 8 * 8 * 32, 0],
        "vqwdotas.vv": [rounds * 19, 0, rounds * 128, 0],
        "vqwbdotas.vv": [
            rounds * 19 * second.bit_count(),
            rounds * 19 * (8 - second.bit_count()),
            rounds * 8 * 128,
            0,
        ],
    }
    macs = {name: one.macs for name, one in products.elements.items() if one.macs}
    assert macs == {
        "vdot4a.vv": 4 * rounds * low.bit_count(),
        "vqmmacc.vv": rounds * 768,
        "vqwdotas.vv": rounds * 19,
        "vqwbdotas.vv": rounds * 19 * second.bit_count(),
    }
    within = entries(machine) if options == {"tier": "region"} else 1
    tiles = machine.call("tiles", rounds)
    assert tiles.trap is None
    if options == {"tier": "region"}:
        assert before < within < entries(machine)
    rows = sum(min(to_go, 8) for to_go in range(1, rounds + 1))
    assert counts(tiles) == {
        "vtmms.tvv": [rows * 7 * 3, 0, rounds * 8 * 8 * 4, 0],
        "smt.vmadot": [1024, 0, 1024, 0],
    }
    assert tiles.elements["smt.vmadot"].macs == 1024
