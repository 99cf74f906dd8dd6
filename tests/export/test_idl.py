"""Operations in IDL beside the bodies that they come from.

Two readers judge them. The interpreter of `tests/udb` carries out the text by the description of
the language, with the width of every number; and `rvx isa import udb` makes bodies of it again,
which have to mean the same. UDB's own compiler is written in Ruby and is not run here.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rvx.export.targets import export
from rvx.extensions import load, load_file
from rvx.extensions.catalogue import SHIPPED, make_isa
from rvx.isa import Extension
from rvx.udb import database
from tests.export.integerbodies import random_extension
from tests.udb.lab import Pair, load_pairs

OWN = '''
from rvx.isa import Extension
from rvx.isa.memory import load_s8, load_s16, load_u32, store_16

X = Extension("Xidl", version="1")


@X.instruction("sum rd, rs1, imm", "imm[11:0] rs1 000 rd 0001011")
def sum_(rs1, imm):
    """A register and a number."""
    return rs1 + imm


@X.instruction("clip rd, rs1, imm:u", "0000000 imm[4:0] rs1 001 rd 0001011")
def clip(rs1, imm):
    """To so many bits, with early ends."""
    high = (1 << imm) - 1
    if rs1 > high:
        return high
    if rs1 < -high:
        return -high
    return rs1


def parity(word, xlen):
    odd = 0
    for place in range(xlen):
        odd ^= word >> place & 1
    return odd


@X.instruction("parity rd, rs1", "0000000 00000 rs1 010 rd 0001011")
def parity_(rs1, xlen):
    """By a function of its own, at each register width."""
    return parity(rs1, xlen)


@X.instruction("next rd, imm(rs1)", "imm[11:0] rs1 011 rd 0001011", writes=("rd", "rs1"))
def next_(rs1, imm, mem):
    """Loads, and moves on: both registers are read before one is written."""
    return load_s16(mem, rs1), rs1 + imm


@X.instruction("copy rs2, (rs1)", "0000000 rs2 rs1 100 00000 0001011")
def copy(rs1, rs2, mem):
    """A load and a store, one after the other."""
    store_16(mem, rs2, load_s8(mem, rs1) * 3)


@X.instruction("loop rs1, offset", "offset[12|10:5] 00000 rs1 101 offset[4:1|11] 0001011")
def loop(rs1, offset, pc, next_pc):
    """A branch."""
    if rs1 != 0:
        next_pc[0] = pc + offset


@X.instruction("call rd, rs1", "0000000 00000 rs1 110 rd 0001011")
def call(rs1, next_pc):
    """The address behind it, and a jump: the registers may be the same."""
    link = next_pc[0]
    next_pc[0] = rs1 & -2
    return link
'''
GOLD = {
    "sum": "X[xd] = X[xs1] + $signed(imm);",
    "clip": """\
Bits<64> imm_value = imm;
Bits<64> rs1 = $signed(X[xs1]);
Bits<64> high = (64'd1 << imm_value) - 1;
if ($signed(rs1) > $signed(high)) {
  X[xd] = high;
} else if ($signed(rs1) < $signed(0 - high)) {
  X[xd] = -high;
} else {
  X[xd] = X[xs1];
}""",
    "parity": """\
if (xlen() == 32) {
  Bits<64> rs1 = $signed(X[xs1]);
  Bits<64> odd = 64'd0;
  for (Bits<64> place = 0; place < 32; place++) {
    odd = odd ^ ((rs1 >>> place) & 1);
  }
  X[xd] = odd;
} else {
  Bits<64> rs1 = $signed(X[xs1]);
  Bits<64> odd = 64'd0;
  for (Bits<64> place = 0; place < 64; place++) {
    odd = odd ^ ((rs1 >>> place) & 1);
  }
  X[xd] = odd;
}""",
    "next": """\
Bits<64> rs1 = $signed(X[xs1]);
XReg new_rd = sext(read_memory<16>(rs1, $encoding), 16);
XReg new_rs1 = rs1 + $signed(imm);
X[xd] = new_rd;
X[xs1] = new_rs1;""",
    "copy": "write_memory<16>(X[xs2], (sext(read_memory<8>(X[xs1], $encoding), 8) * 3)[15:0],"
    " $encoding);",
    "loop": "if (X[xs1] != 0) {\n  jump_halfword($pc + $signed(offset));\n}",
    "call": """\
Bits<64> link = $pc + 4;
XReg target = X[xs1] & ~64'd1;
X[xd] = link;
jump(target);""",
}
REFUSED = """
from rvx.isa import Extension

X = Extension("Xnot", version="1")
X.state("acc", 1)
TABLE = (3, 1, 4)


@X.instruction("state rd, rs1", "0000000 00000 rs1 000 rd 0001011")
def state(rs1, acc):
    return rs1 + acc[0]


@X.instruction("open rd, rs1", "0000000 00000 rs1 001 rd 0001011")
def open_(rs1):
    count = 0
    while rs1:
        rs1 &= rs1 - 1
        count += 1
    return count


@X.instruction("leave rd, rs1", "0000000 00000 rs1 010 rd 0001011")
def leave(rs1):
    for i in range(8):
        if rs1 >> i & 1:
            return i
    return 8


@X.instruction("fails rd, rs1", "0000000 00000 rs1 011 rd 0001011")
def fails(rs1):
    if rs1 < 0:
        raise ValueError("no")
    return rs1


@X.instruction("table rd, rs1", "0000000 00000 rs1 100 rd 0001011")
def table(rs1):
    return TABLE[rs1 & 1]
"""


def operations(extension: Extension) -> tuple[dict[str, str], list[str]]:
    """The texts by mnemonic, and what was left out."""
    made = export("riscv-unified-db", [extension])
    found = {}
    for path, text in made.files.items():
        _, head, lines = text.partition("operation(): |\n")
        if head:
            found[Path(path).stem] = "\n".join(line[2:] for line in lines.splitlines())
    return found, made.left_out


def carry_out(extension: Extension, folder: Path, count: int, seed: int) -> tuple[int, int]:
    """Compares all operations with their bodies, and with what is imported again.

    Returns how many were carried out, and how many came back as a body.
    """
    files = []
    for path, text in export("riscv-unified-db", [extension]).files.items():
        if "operation()" in text:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
            files.append(folder / path)
    if not files:
        return 0, 0
    described = {one.name: one for one in database.read(files).instructions}
    isas = {xlen: make_isa([extension], xlen) for xlen in (32, 64)}
    pairs = [
        Pair(made, described[made.mnemonic], isas[xlen])
        for made in extension.instructions.values()
        if made.mnemonic in described
        for xlen in made.xlens
    ]
    imported, back = load_pairs(files, folder / "back.py")
    assert not imported.notes
    for sentence in imported.without_body:
        # Division is written without signs; the reader has no such of 64 bits.
        assert "it divides" in sentence or "does not say" in sentence, sentence
    draw = random.Random(seed)
    done = 0
    for pair in [*pairs, *back]:
        done += pair.compare(count, draw)
    return done, imported.with_body


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Extension:
    path = tmp_path_factory.mktemp("own") / "own.py"
    path.write_text(OWN)
    (extension,) = load_file(path)
    return extension


def test_operations_read_as_people_write_them(own: Extension) -> None:
    found, left_out = operations(own)
    assert found == GOLD
    assert left_out == []


def test_what_is_short_for_another_means_that_one() -> None:
    found, _ = operations(load("c"))
    assert found["c.lwsp"] == "X[xd] = sext(read_memory<32>(X[2] + imm, $encoding), 32);"
    assert (
        found["c.beqz"]
        == "if (X[creg2reg(xs1)] == X[0]) {\n  jump_halfword($pc + $signed(offset));\n}"
    )
    assert (
        found["c.jr"] == "Bits<64> link = $pc + 2;\nXReg target = X[xs1] & ~64'd1;\njump(target);"
    )


def test_each_of_them_means_its_body(own: Extension, tmp_path: Path) -> None:
    done, back = carry_out(own, tmp_path, 20, 1)
    assert done > 20 * 2 * 2 * 5
    assert back >= len(GOLD)


@pytest.mark.parametrize("name", ["i", "c", "m", "zbb", "zbkx", "zicond", "xcvmem"])
def test_those_of_shipped_extensions_mean_their_bodies(name: str, tmp_path: Path) -> None:
    """Loads, stores and jumps, both widths, short registers, and registers that move on."""
    done, _ = carry_out(load(name), tmp_path, 4, 2)
    assert done > 20


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_all_shipped_extensions(name: str, tmp_path: Path) -> None:
    """Every operation that is written, on 200 words each, and what comes back: two minutes."""
    carry_out(load(name), tmp_path, 200, 3)


def random_bodies(seed: int, bodies: int, folder: Path) -> int:
    extension = random_extension(seed, bodies, folder)
    return carry_out(extension, folder / str(seed), 6, seed)[0]


def test_random_bodies_mean_the_same(tmp_path: Path) -> None:
    assert sum(random_bodies(seed, 2, tmp_path) for seed in range(4)) > 50


@pytest.mark.long
def test_many_random_bodies(tmp_path: Path) -> None:
    """Two hundred files of six bodies; some five minutes."""
    for seed in range(1000, 1200):
        random_bodies(seed, 6, tmp_path)


def test_what_an_operation_cannot_say_is_said(tmp_path: Path) -> None:
    path = tmp_path / "refused.py"
    path.write_text(REFUSED)
    found, left_out = operations(load_file(path)[0])
    assert found == {}
    reasons = [each.replace(": written without its operation: ", ": ") for each in left_out]
    assert reasons == [
        "state: its body asks for 'acc', which is no x register and no immediate",
        "open: its body has a loop that does not count, and IDL has no `while`",
        "leave: its body returns from within a loop, which IDL cannot",
        "fails: its body may raise",
        "table: its body reads a table",
    ]
