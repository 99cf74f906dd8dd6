"""SpacemiT's matrix instructions: words of LLVM, the manual's worked example, and NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.extensions import isa_for

from .drafts.lab import Lab

WORDS = {
    "smt.vmadot v16, v0, v8": 0xE280382B,
    "smt.vmadotu v18, v1, v9": 0xE290892B,
    "smt.vmadotsu v20, v2, v10": 0xE2A12A2B,
    "smt.vmadotus v22, v3, v11": 0xE2B19B2B,
    "smt.vmadot1 v24, v16, v12": 0xE6C83C2B,
    "smt.vmadot2 v0, v24, v4": 0xE64C702B,
    "smt.vmadot3 v8, v0, v8": 0xE680B42B,
}


def test_the_field_of_a_pair_of_registers_has_no_room_for_odd_ones() -> None:
    with pytest.raises(AssemblyError, match="register v9 cannot stand here; valid are v0, v2, v4"):
        assemble("_start: smt.vmadot v9, v0, v8\n", isa_for("rv64gcv_xsmtvdot"))


@pytest.mark.parametrize("line", WORDS)
def test_words_of_llvm(line: str) -> None:
    text = assemble(f"_start: {line}\n", isa_for("rv64gcv_xsmtvdot")).section(".text").data
    assert int.from_bytes(text[:4], "little") == WORDS[line]


def lab(vlen: int = 256) -> Lab:
    return Lab(isa_for(f"rv64gcv_xsmtvdot_zvl{vlen}b"))


def test_the_worked_example_of_the_manual() -> None:
    made = lab()
    registers = np.zeros(32 * 32, np.uint8)
    rows = [*(np.arange(first, first + 8) for first in (0, 1, 2, 4, 5, 6))]
    registers[8 * 32 :][:48] = np.concatenate(rows)
    registers[16 * 32 :][:32] = np.concatenate(
        [*(np.arange(first, first + 8) for first in (0, 1, 2)), [11, *range(4, 11)]]
    )
    operands = {"vd": 4, "vs1": 8, "vs2": 16}
    after, flags = made.perform("smt.vmadot", operands, registers, 0)
    assert flags == 0
    assert after[4 * 32 :].view(np.int32)[:16].tolist() == [
        *(140, 168, 196, 224),
        *(168, 204, 240, 284),
        *(196, 240, 284, 344),
        *(252, 312, 372, 464),
    ]
    after, _ = made.perform("smt.vmadot1", operands, after, 0)
    assert after[4 * 32 :].view(np.int32)[:3].tolist() == [308, 372, 436]


@pytest.mark.parametrize(("vlen", "rows", "length"), [(256, 4, 8), (1024, 8, 16)])
@pytest.mark.parametrize("slide", range(4))
@pytest.mark.parametrize("signs", ["", "u", "us", "su"])
def test_products_of_matrices(vlen: int, rows: int, length: int, slide: int, signs: str) -> None:
    made, rng = lab(vlen), np.random.default_rng([vlen, slide])
    registers = rng.integers(0, 256, 4 * vlen).astype(np.uint8)
    vlenb = vlen // 8
    types = {"": ("i1", "i1"), "u": ("u1", "u1"), "us": ("u1", "i1"), "su": ("i1", "u1")}[signs]
    a = registers[8 * vlenb :][slide * length :][: rows * length].view(types[0]).astype(np.int64)
    b = registers[16 * vlenb :][: rows * length].view(types[1]).astype(np.int64)
    c = registers[4 * vlenb :].view(np.int32)[: rows * rows].astype(np.int64)
    wanted = c + (a.reshape(rows, length) @ b.reshape(rows, length).T).reshape(-1)
    name = f"smt.vmadot{slide or ''}{signs}"
    after, flags = made.perform(name, {"vd": 4, "vs1": 8, "vs2": 16}, registers, 0)
    assert flags == 0
    expected = registers.copy()
    expected[4 * vlenb :].view(np.int32)[: rows * rows] = wanted.astype(np.int32)
    assert np.array_equal(after, expected)


@pytest.mark.parametrize(
    ("vlen", "operands", "vtype"),
    [
        (512, {"vd": 4, "vs1": 8, "vs2": 16}, 0),
        (256, {"vd": 4, "vs1": 8, "vs2": 16}, 1),
        (256, {"vd": 4, "vs1": 8, "vs2": 16}, 1 << 3),
        (256, {"vd": 8, "vs1": 9, "vs2": 16}, 0),
        (256, {"vd": 16, "vs1": 8, "vs2": 17}, 0),
    ],
)
def test_what_is_illegal(vlen: int, operands: dict[str, int], vtype: int) -> None:
    registers = np.zeros(4 * vlen, np.uint8)
    assert lab(vlen).perform("smt.vmadot", operands, registers, vtype)[1] == -1
