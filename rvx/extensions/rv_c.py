"""C: compressed instructions, each an abbreviation of a 32-bit one.

Hints, which the standard reserves for later use and which do nothing until then, are declared where
GNU as accepts them. Reserved words are not declared, so they are illegal.
"""

from rvx.extensions.rv_d import D
from rvx.extensions.rv_f import F
from rvx.extensions.rv_i import I
from rvx.isa import Extension

C = Extension(
    "C",
    version="2.0",
    doc="Compressed instructions",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 16",
    requires=("I",),
    is_core=True,
)

C.encoding("c.unimp", "0000000000000000", kind="system", doc="Illegal by definition.")
C.alias("unimp", "c.unimp")

# --- Quadrant 0: loads and stores with short register fields

_WORD = ("imm[5:3]", "imm[2|6]")
_DOUBLE = ("imm[5:3]", "imm[7:6]")
# name, funct3 of the load, of the store, pieces of the offset, register kind, extension, XLEN
_MEMORY: tuple[tuple[str, str, str, tuple[str, str], str, Extension, int | None], ...] = (
    ("lw sw", "010", "110", _WORD, "xc", I, None),
    ("ld sd", "011", "111", _DOUBLE, "xc", I, 64),
    ("flw fsw", "011", "111", _WORD, "fc", F, 32),
    ("fld fsd", "001", "101", _DOUBLE, "fc", D, None),
)

C.compressed(
    "c.addi4spn rd:xc, sp, imm:u!0",
    "000 imm[5:4|9:6|2|3] rd 00",
    "addi rd, sp, imm",
    of=I,
)
for _names, _load, _store, (_high, _low), _kind, _of, _xlen in _MEMORY:
    _get, _put = _names.split()
    C.compressed(
        f"c.{_get} rd:{_kind}, imm:u(rs1:xc)",
        f"{_load} {_high} rs1 {_low} rd 00",
        f"{_get} rd, imm(rs1)",
        of=_of,
        xlen=_xlen,
    )
    C.compressed(
        f"c.{_put} rs2:{_kind}, imm:u(rs1:xc)",
        f"{_store} {_high} rs1 {_low} rs2 00",
        f"{_put} rs2, imm(rs1)",
        of=_of,
        xlen=_xlen,
    )

# --- Quadrant 1: arithmetic, jumps and branches

_JUMP = "offset[11|4|9:8|10|6|7|3:1|5]"
C.compressed(
    "c.addi rd, imm", "000 imm[5] rd imm[4:0] 01", "addi rd, rd, imm", of=I, shown_as="add"
)
C.compressed("c.nop", "0000000000000001", "addi zero, zero, 0", of=I, overlaps=("c.addi",))
C.alias("c.nop imm:s!0", "c.addi zero, imm")
C.compressed("c.jal offset", f"001 {_JUMP} 01", "jal ra, offset", of=I, xlen=32)
C.compressed("c.addiw rd:x!0, imm", "001 imm[5] rd imm[4:0] 01", "addiw rd, rd, imm", of=I, xlen=64)
C.compressed("c.li rd, imm", "010 imm[5] rd imm[4:0] 01", "addi rd, zero, imm", of=I)
C.compressed(
    "c.addi16sp sp, imm:s!0", "011 imm[9] 00010 imm[4|6|8:7|5] 01", "addi sp, sp, imm", of=I
)
C.compressed("c.lui rd:x!2, imm:s20!0", "011 imm[5] rd imm[4:0] 01", "lui rd, imm", of=I)
for _name, _bits in (("srl", "00"), ("sra", "01")):
    for _xlen, _field in ((32, ("0", "shamt[4:0]")), (64, ("shamt[5]", "shamt[4:0]"))):
        C.compressed(
            f"c.{_name}i rd:xc, shamt:shamt!0",
            f"100 {_field[0]} {_bits} rd {_field[1]} 01",
            f"{_name}i rd, rd, shamt",
            of=I,
            xlen=_xlen,
        )
        C.compressed(
            f"c.{_name}i64 rd:xc",
            f"100 0 {_bits} rd 00000 01",
            f"{_name}i rd, rd, 0",
            of=I,
            shown_as=f"c.{_name}i64",
            xlen=_xlen,
        )
C.compressed("c.andi rd:xc, imm", "100 imm[5] 10 rd imm[4:0] 01", "andi rd, rd, imm", of=I)
for _name, _high, _low in (
    ("sub", "0", "00"),
    ("xor", "0", "01"),
    ("or", "0", "10"),
    ("and", "0", "11"),
    ("subw", "1", "00"),
    ("addw", "1", "01"),
):
    C.compressed(
        f"c.{_name} rd:xc, rs2:xc",
        f"100 {_high} 11 rd {_low} rs2 01",
        f"{_name} rd, rd, rs2",
        of=I,
        xlen=64 if _name.endswith("w") else None,
    )
C.compressed("c.j offset", f"101 {_JUMP} 01", "jal zero, offset", of=I)
for _name, _funct3 in (("beq", "110"), ("bne", "111")):
    C.compressed(
        f"c.{_name}z rs1:xc, offset",
        f"{_funct3} offset[8|4:3] rs1 offset[7:6|2:1|5] 01",
        f"{_name} rs1, zero, offset",
        of=I,
    )

# --- Quadrant 2: shifts, moves, and loads and stores on the stack

_WORD_LOAD = "imm[5] rd imm[4:2|7:6]"
_DOUBLE_LOAD = "imm[5] rd imm[4:3|8:6]"
_WORD_STORE = "imm[5:2|7:6] rs2"
_DOUBLE_STORE = "imm[5:3|8:6] rs2"
# name, funct3 of the load, of the store, patterns, kinds of rd and rs2, extension, XLEN
_STACK: tuple[tuple[str, str, str, str, str, str, str, Extension, int | None], ...] = (
    ("lw sw", "010", "110", _WORD_LOAD, _WORD_STORE, "x!0", "x", I, None),
    ("ld sd", "011", "111", _DOUBLE_LOAD, _DOUBLE_STORE, "x!0", "x", I, 64),
    ("flw fsw", "011", "111", _WORD_LOAD, _WORD_STORE, "f", "f", F, 32),
    ("fld fsd", "001", "101", _DOUBLE_LOAD, _DOUBLE_STORE, "f", "f", D, None),
)

for _xlen, _field in ((32, ("0", "shamt[4:0]")), (64, ("shamt[5]", "shamt[4:0]"))):
    C.compressed(
        "c.slli rd, shamt:shamt!0",
        f"000 {_field[0]} rd {_field[1]} 10",
        "slli rd, rd, shamt",
        of=I,
        xlen=_xlen,
    )
    C.compressed(
        "c.slli64 rd",
        "000 0 rd 00000 10",
        "slli rd, rd, 0",
        of=I,
        shown_as="c.slli64",
        xlen=_xlen,
    )
for _names, _load, _store, _load_bits, _store_bits, _rd, _rs2, _of, _xlen in _STACK:
    _get, _put = _names.split()
    C.compressed(
        f"c.{_get}sp rd:{_rd}, imm:u(sp)",
        f"{_load} {_load_bits} 10",
        f"{_get} rd, imm(sp)",
        of=_of,
        xlen=_xlen,
    )
    C.compressed(
        f"c.{_put}sp rs2:{_rs2}, imm:u(sp)",
        f"{_store} {_store_bits} 10",
        f"{_put} rs2, imm(sp)",
        of=_of,
        xlen=_xlen,
    )
C.compressed("c.jr rs1:x!0", "100 0 rs1 00000 10", "jalr zero, 0(rs1)", of=I)
C.compressed("c.mv rd, rs2:x!0", "100 0 rd rs2 10", "add rd, zero, rs2", of=I, shown_as="mv")
C.compressed("c.ebreak", "100 1 00000 00000 10", "ebreak", of=I)
C.compressed("c.jalr rs1:x!0", "100 1 rs1 00000 10", "jalr ra, 0(rs1)", of=I)
C.compressed("c.add rd, rs2:x!0", "100 1 rd rs2 10", "add rd, rd, rs2", of=I)
