"""How many operations instructions perform, by what they mean."""

from __future__ import annotations

import pytest

from rvx.extensions import isa_for
from rvx.extensions.catalogue import load, names
from rvx.formats.minifloat.catalogue import FP32
from rvx.isa.operations import Operations, operations_of
from rvx.isa.real import Real, VectorReal, Whole, either, root

F, FLOAT = Whole(32), FP32


@pytest.mark.parametrize(
    ("mnemonic", "march", "macs", "flops"),
    [
        ("fadd.s", "rv64gc", 0, 1),
        ("fmul.d", "rv64gc", 0, 1),
        ("fnmsub.d", "rv64gc", 1, 2),
        ("fsqrt.s", "rv64gc", 0, 1),
        ("fsgnj.d", "rv64gc", 0, 0),
        ("fcvt.d.s", "rv64gc", 0, 0),
        ("feq.d", "rv64gc", 0, 0),
        ("add", "rv64gc", 0, 0),
        ("qmadd.s", "rv64gc_xposit", 1, 2),
        ("psub.s", "rv64gc_xposit", 0, 1),
        ("vfmac.h", "rv64gc_xsmallfloat", 4, 8),
        ("vfdotpex.s.h", "rv64gc_xsmallfloat", 4, 8),
        ("mxdotp.s", "rv64gc_xmxdotp", 8, 16),
        ("vmacc.vv", "rv64gcv", 1, 0),
        ("vfmacc.vv", "rv64gcv", 1, 2),
        ("vfredusum.vs", "rv64gcv", 0, 1),
        ("vfadd.vf", "rv64gcv", 0, 1),
        ("vle32.v", "rv64gcv", 0, 0),
    ],
)
def test_of_an_instruction(mnemonic: str, march: str, macs: int, flops: int) -> None:
    assert isa_for(march).instructions[mnemonic].operations == Operations(macs, flops)


def test_every_shipped_instruction_can_be_counted() -> None:
    wrong = []
    for name in names():
        for made in load(name).instructions.values():
            found, meant = made.operations, operations_of(made.real)
            # What is said twice is said alike.
            if made.macs and meant.macs not in (0, made.macs):
                wrong.append(made.mnemonic)
            if made.flops and meant.flops not in (0, made.flops):
                wrong.append(made.mnemonic)
            assert found.macs >= 0
    assert wrong == []


def test_terms_products_and_roots() -> None:
    assert operations_of(None) == Operations()
    assert operations_of(Real(either, FLOAT)) == Operations()
    assert operations_of(Real(lambda rs1, rs2: rs1 * rs2, FLOAT)) == Operations(0, 1)
    assert operations_of(Real(lambda rs1, rs2, rd: (rd, rs1 * rs2), F)) == Operations(1, 0)
    assert operations_of(Real(lambda rs1, rs2: rs1 * rs2 + rs1, FLOAT)) == Operations(1, 2)
    assert operations_of(Real(lambda rs1: -rs1 / 3, FLOAT)) == Operations(0, 1)
    assert operations_of(Real(lambda rs1: rs1 if rs1 > 0 else -rs1, FLOAT)) == Operations()
    assert operations_of(Real(root, FLOAT)) == Operations(0, 1)
    dot = VectorReal(
        lambda d, a, b: (d, *(x * y for x, y in zip(a, b, strict=True))),
        {32: (FLOAT, FLOAT, FLOAT)},
        is_dot=True,
    )
    assert operations_of(dot) == Operations(1, 2)
