"""Filling agnostic elements with ones leaves what instructions of drafts have written.

Their results are not the elements below vl: eight elements of vd, a matrix, twice as many elements.
"""

from __future__ import annotations

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

ISA = isa_for("rv64gcv_zvzip_zvqwdota8i_zvqwbdota8i_xsmtvdot_zvl256b")


@pytest.mark.parametrize(
    ("instruction", "vl", "written"),
    [
        ("vqwbdotau.vv v4, v8, v16", 4, 32),
        ("vqwdotau.vv v4, v8, v16", 4, 4),
        ("smt.vmadot v4, v8, v16", 4, 64),
        ("vzip.vv v4, v8, v16", 8, 16),
    ],
)
def test_results_beyond_vl(instruction: str, vl: int, written: int) -> None:
    found = []
    for fills in (False, True):
        source = f"""
            .globl  run
run:        vsetvli t0, zero, e8, m8, ta, ma
            vmv.v.i v0, 1
            vid.v   v8
            vmv.v.i v16, 3
            vsetivli zero, {vl}, e8, m1, ta, ma
            {instruction}
            vs2r.v  v4, (a0)
            ret
"""
        machine = Machine(assemble(source, ISA), ISA, fills_agnostic=fills, tier="trap")
        place = machine.place(np.zeros(64, np.uint8))
        assert machine.call("run", place).trap is None
        found.append(machine.array(place, np.uint8, 64).copy())
    assert np.array_equal(found[0][:written], found[1][:written])
    assert any(found[0][:written] != 1)
