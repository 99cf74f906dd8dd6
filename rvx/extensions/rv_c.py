"""C: compressed instructions, each an abbreviation of a 32-bit one.

Zca is C without loads and stores of floats, which are Zcf (singles, RV32) and Zcd (doubles).

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
    supersedes=("Zca", "Zcf", "Zcd"),
    is_core=True,
)
_NEWER = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zc"'
Zca = Extension(
    "Zca",
    version="1.0",
    doc="Compressed instructions without floats",
    source=_NEWER,
    requires=("I",),
    is_core=True,
)
Zcf = Extension(
    "Zcf",
    version="1.0",
    doc="Compressed loads and stores of singles",
    source=_NEWER,
    requires=("Zca", "F"),
    is_core=True,
)
Zcd = Extension(
    "Zcd",
    version="1.0",
    doc="Compressed loads and stores of doubles",
    source=_NEWER,
    requires=("Zca", "D"),
    is_core=True,
)

_WORD = ("imm[5:3]", "imm[2|6]")
_DOUBLE = ("imm[5:3]", "imm[7:6]")
# name, funct3 of the load, of the store, pieces of the offset, register kind, extension, XLEN
_MEMORY: tuple[tuple[str, str, str, tuple[str, str], str, Extension, int | None], ...] = (
    ("lw sw", "010", "110", _WORD, "xc", I, None),
    ("ld sd", "011", "111", _DOUBLE, "xc", I, 64),
    ("flw fsw", "011", "111", _WORD, "fc", F, 32),
    ("fld fsd", "001", "101", _DOUBLE, "fc", D, None),
)

_JUMP = "offset[11|4|9:8|10|6|7|3:1|5]"
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


def _declare_memory(extension: Extension, bases: tuple[Extension, ...]) -> None:
    """Loads and stores with short register fields, of instructions of the bases."""
    for names, load, store, (high, low), kind, of, xlen in _MEMORY:
        if of not in bases:
            continue
        get, put = names.split()
        extension.compressed(
            f"c.{get} rd:{kind}, imm:u(rs1:xc)",
            f"{load} {high} rs1 {low} rd 00",
            f"{get} rd, imm(rs1)",
            of=of,
            xlen=xlen,
        )
        extension.compressed(
            f"c.{put} rs2:{kind}, imm:u(rs1:xc)",
            f"{store} {high} rs1 {low} rs2 00",
            f"{put} rs2, imm(rs1)",
            of=of,
            xlen=xlen,
        )


def _declare_stack(extension: Extension, bases: tuple[Extension, ...]) -> None:
    """Loads and stores on the stack, of instructions of the bases."""
    for names, load, store, load_bits, store_bits, rd, rs2, of, xlen in _STACK:
        if of not in bases:
            continue
        get, put = names.split()
        extension.compressed(
            f"c.{get}sp rd:{rd}, imm:u(sp)",
            f"{load} {load_bits} 10",
            f"{get} rd, imm(sp)",
            of=of,
            xlen=xlen,
        )
        extension.compressed(
            f"c.{put}sp rs2:{rs2}, imm:u(sp)",
            f"{store} {store_bits} 10",
            f"{put} rs2, imm(sp)",
            of=of,
            xlen=xlen,
        )


def _declare_all(extension: Extension, bases: tuple[Extension, ...]) -> None:
    """Everything; of loads and stores those of instructions of the bases."""
    extension.encoding("c.unimp", "0000000000000000", kind="system", doc="Illegal by definition.")
    extension.alias("unimp", "c.unimp")

    # Quadrant 0: loads and stores with short register fields.
    extension.compressed(
        "c.addi4spn rd:xc, sp, imm:u!0",
        "000 imm[5:4|9:6|2|3] rd 00",
        "addi rd, sp, imm",
        of=I,
    )
    _declare_memory(extension, bases)

    # Quadrant 1: arithmetic, jumps and branches.
    extension.compressed(
        "c.addi rd, imm", "000 imm[5] rd imm[4:0] 01", "addi rd, rd, imm", of=I, shown_as="add"
    )
    extension.compressed(
        "c.nop", "0000000000000001", "addi zero, zero, 0", of=I, overlaps=("c.addi",)
    )
    extension.alias("c.nop imm:s!0", "c.addi zero, imm")
    extension.compressed("c.jal offset", f"001 {_JUMP} 01", "jal ra, offset", of=I, xlen=32)
    extension.compressed(
        "c.addiw rd:x!0, imm", "001 imm[5] rd imm[4:0] 01", "addiw rd, rd, imm", of=I, xlen=64
    )
    extension.compressed("c.li rd, imm", "010 imm[5] rd imm[4:0] 01", "addi rd, zero, imm", of=I)
    extension.compressed(
        "c.addi16sp sp, imm:s!0", "011 imm[9] 00010 imm[4|6|8:7|5] 01", "addi sp, sp, imm", of=I
    )
    extension.compressed(
        "c.lui rd:x!2, imm:s20!0", "011 imm[5] rd imm[4:0] 01", "lui rd, imm", of=I
    )
    for name, bits in (("srl", "00"), ("sra", "01")):
        for xlen, field in ((32, ("0", "shamt[4:0]")), (64, ("shamt[5]", "shamt[4:0]"))):
            extension.compressed(
                f"c.{name}i rd:xc, shamt:shamt!0",
                f"100 {field[0]} {bits} rd {field[1]} 01",
                f"{name}i rd, rd, shamt",
                of=I,
                xlen=xlen,
            )
            extension.compressed(
                f"c.{name}i64 rd:xc",
                f"100 0 {bits} rd 00000 01",
                f"{name}i rd, rd, 0",
                of=I,
                shown_as=f"c.{name}i64",
                xlen=xlen,
            )
    extension.compressed(
        "c.andi rd:xc, imm", "100 imm[5] 10 rd imm[4:0] 01", "andi rd, rd, imm", of=I
    )
    for name, high, low in (
        ("sub", "0", "00"),
        ("xor", "0", "01"),
        ("or", "0", "10"),
        ("and", "0", "11"),
        ("subw", "1", "00"),
        ("addw", "1", "01"),
    ):
        extension.compressed(
            f"c.{name} rd:xc, rs2:xc",
            f"100 {high} 11 rd {low} rs2 01",
            f"{name} rd, rd, rs2",
            of=I,
            xlen=64 if name.endswith("w") else None,
        )
    extension.compressed("c.j offset", f"101 {_JUMP} 01", "jal zero, offset", of=I)
    for name, funct3 in (("beq", "110"), ("bne", "111")):
        extension.compressed(
            f"c.{name}z rs1:xc, offset",
            f"{funct3} offset[8|4:3] rs1 offset[7:6|2:1|5] 01",
            f"{name} rs1, zero, offset",
            of=I,
        )

    # Quadrant 2: shifts, moves, and loads and stores on the stack.
    for xlen, field in ((32, ("0", "shamt[4:0]")), (64, ("shamt[5]", "shamt[4:0]"))):
        extension.compressed(
            "c.slli rd, shamt:shamt!0",
            f"000 {field[0]} rd {field[1]} 10",
            "slli rd, rd, shamt",
            of=I,
            xlen=xlen,
        )
        extension.compressed(
            "c.slli64 rd",
            "000 0 rd 00000 10",
            "slli rd, rd, 0",
            of=I,
            shown_as="c.slli64",
            xlen=xlen,
        )
    _declare_stack(extension, bases)
    extension.compressed("c.jr rs1:x!0", "100 0 rs1 00000 10", "jalr zero, 0(rs1)", of=I)
    extension.compressed(
        "c.mv rd, rs2:x!0", "100 0 rd rs2 10", "add rd, zero, rs2", of=I, shown_as="mv"
    )
    extension.compressed("c.ebreak", "100 1 00000 00000 10", "ebreak", of=I)
    extension.compressed("c.jalr rs1:x!0", "100 1 rs1 00000 10", "jalr ra, 0(rs1)", of=I)
    extension.compressed("c.add rd, rs2:x!0", "100 1 rd rs2 10", "add rd, rd, rs2", of=I)


_declare_all(C, (I, F, D))
_declare_all(Zca, (I,))
for _extension, _base in ((Zcf, F), (Zcd, D)):
    _declare_memory(_extension, (_base,))
    _declare_stack(_extension, (_base,))
