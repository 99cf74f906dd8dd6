"""Every register has a name of its own, and a text in its format, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from rvx.debugger import values
from rvx.debugger.registers import Group

from .conftest import session_of


@pytest.mark.parametrize(
    ("march", "vlen", "shown"),
    [
        (
            "rv64gcv_zvt16t",
            512,
            {"mt0": "16 x 16 x 8 bits\n  55 55", "v1": "{0x5555555555555555 <8 times>}  8 x 64"},
        ),
        ("rv64gcv_xvposit", 128, {"vquire": "2.52951678675e+81  quire of posit32, 512 bits"}),
        ("rv64gc_xposit64", 0, {"pt1": "0.416666666667  posit64, 0x3555555555555555"}),
        ("rv32imc_zfinx", 0, {"a0": "0x0  0"}),
        ("rv64gcv_zvt256t", 0, {}),
    ],
)
def test_every_register_can_be_shown(
    tmp_path: Path, march: str, vlen: int, shown: dict[str, str]
) -> None:
    session = session_of(tmp_path / "a.s", ".globl _start\n_start: nop\n", march, vlen=vlen)
    registers = session.registers
    names = [one.name for one in registers.all]
    assert len(names) == len(set(names))
    for one in registers.all:
        assert registers[one.name] is one
        assert values.show(session.machine, one)
        if one.write is not None and one.group not in (Group.GENERAL, Group.CSR):
            bits = (1 << one.bits) // 3 if one.name != "pt1" else 0x3555555555555555
            one.write(bits)
            assert one.read() == bits
        assert values.show(session.machine, one)
    for name, text in shown.items():
        assert values.show(session.machine, registers[name]).startswith(text)
    # Tiles of 64 KiB are not listed, and no other register has their names.
    assert ("mt0" in registers) == ("zvt16t" in march)
