"""Relocations of the RISC-V psABI: numbers, and the fields of words that they fill."""

from __future__ import annotations

from functools import cache, lru_cache

from rvx.isa import Field, Instruction, parse_pattern
from rvx.isa.pattern import Piece

NUMBERS: dict[str, int] = {
    "NONE": 0,
    "32": 1,
    "64": 2,
    "RELATIVE": 3,
    "COPY": 4,
    "JUMP_SLOT": 5,
    "TLS_DTPMOD32": 6,
    "TLS_DTPMOD64": 7,
    "TLS_DTPREL32": 8,
    "TLS_DTPREL64": 9,
    "TLS_TPREL32": 10,
    "TLS_TPREL64": 11,
    "BRANCH": 16,
    "JAL": 17,
    "CALL": 18,
    "CALL_PLT": 19,
    "GOT_HI20": 20,
    "TLS_GOT_HI20": 21,
    "TLS_GD_HI20": 22,
    "PCREL_HI20": 23,
    "PCREL_LO12_I": 24,
    "PCREL_LO12_S": 25,
    "HI20": 26,
    "LO12_I": 27,
    "LO12_S": 28,
    "TPREL_HI20": 29,
    "TPREL_LO12_I": 30,
    "TPREL_LO12_S": 31,
    "TPREL_ADD": 32,
    "ADD8": 33,
    "ADD16": 34,
    "ADD32": 35,
    "ADD64": 36,
    "SUB8": 37,
    "SUB16": 38,
    "SUB32": 39,
    "SUB64": 40,
    "ALIGN": 43,
    "RVC_BRANCH": 44,
    "RVC_JUMP": 45,
    "RELAX": 51,
    "SUB6": 52,
    "SET6": 53,
    "SET8": 54,
    "SET16": 55,
    "SET32": 56,
    "32_PCREL": 57,
    "IRELATIVE": 58,
    "SET_ULEB128": 60,
    "SUB_ULEB128": 61,
}
NAMES: dict[int, str] = {number: name for name, number in NUMBERS.items()}


def _field(pattern: str, name: str = "imm") -> Field:
    return parse_pattern(pattern).fields[name]


I_FIELD = _field("imm[11:0] 00000 000 00000 0000011")
S_FIELD = _field("imm[11:5] 00000 00000 000 imm[4:0] 0100011")
U_FIELD = _field("imm[31:12] 00000 0110111")
U20_FIELD = _field("imm[19:0] 00000 0110111")
FIELDS: dict[str, Field] = {
    "BRANCH": _field("imm[12|10:5] 00000 00000 000 imm[4:1|11] 1100011"),
    "JAL": _field("imm[20|10:1|11|19:12] 00000 1101111"),
    "RVC_BRANCH": _field("110 imm[8|4:3] 000 imm[7:6|2:1|5] 01"),
    "RVC_JUMP": _field("101 imm[11|4|9:8|10|6|7|3:1|5] 01"),
}
"""The fields of pc-relative targets, by the relocation that fills them."""

MODIFIERS: dict[str, tuple[str, str, str]] = {
    # modifier: relocation in a U-type, I-type and S-type word
    "%hi": ("HI20", "", ""),
    "%lo": ("", "LO12_I", "LO12_S"),
    "%pcrel_hi": ("PCREL_HI20", "", ""),
    "%pcrel_lo": ("", "PCREL_LO12_I", "PCREL_LO12_S"),
    "%got_pcrel_hi": ("GOT_HI20", "", ""),
    "%tprel_hi": ("TPREL_HI20", "", ""),
    "%tprel_lo": ("", "TPREL_LO12_I", "TPREL_LO12_S"),
    "%tls_ie_pcrel_hi": ("TLS_GOT_HI20", "", ""),
    "%tls_gd_pcrel_hi": ("TLS_GD_HI20", "", ""),
}
_WIDTHS = {"NONE": 0, "RELAX": 0, "ALIGN": 0, "CALL": 8, "CALL_PLT": 8, "SET6": 1, "SUB6": 1}


def width(kind: str) -> int:
    """How many bytes a relocation is about."""
    if kind in _WIDTHS:
        return _WIDTHS[kind]
    bits = kind.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
    return int(bits) // 8 if bits in ("8", "16", "64") else 2 if kind.startswith("RVC") else 4


RELAXABLE = frozenset(
    "HI20 LO12_I LO12_S PCREL_HI20 PCREL_LO12_I PCREL_LO12_S CALL CALL_PLT "
    "TPREL_HI20 TPREL_LO12_I TPREL_LO12_S TPREL_ADD".split()
)
"""Those that an R_RISCV_RELAX goes along with."""


def _layout(field: Field) -> frozenset[Piece]:
    """Where each bit of the value goes, whatever runs of bits the pattern wrote it in."""
    return frozenset(
        Piece(piece.word_lsb + i, 1, piece.value_lsb + i)
        for piece in field.pieces
        for i in range(piece.bits)
    )


_BY_LAYOUT = {_layout(field): name for name, field in FIELDS.items()}
_FORMATS = {
    _layout(U_FIELD): 0,
    _layout(U20_FIELD): 0,
    _layout(I_FIELD): 1,
    _layout(S_FIELD): 2,
}


@cache
def target_relocation(instruction: Instruction, name: str) -> str:
    """The relocation that fills the target field of that name; empty if there is none."""
    kind = _BY_LAYOUT.get(_layout(instruction.operands[name].field), "")
    # The field of a word of 48 bits may lie as that of a branch does; its length is another.
    return kind if kind and instruction.size == (2 if kind.startswith("RVC") else 4) else ""


@lru_cache(maxsize=1024)
def immediate_format(field: Field) -> int | None:
    """0, 1 or 2 for the immediate of a U-, I- or S-type word, None for another."""
    return _FORMATS.get(_layout(field))


def modifier_relocation(modifier: str, field: Field) -> str:
    """The relocation that a modifier asks for in such a field; empty if it has no place there."""
    form = immediate_format(field)
    return MODIFIERS[modifier][form] if form is not None and modifier in MODIFIERS else ""


def high_part(number: int) -> int:
    """The upper 20 bits that go with a sign-extended low part."""
    return (number + 0x800 >> 12) & 0xFFFFF


def low_part(number: int) -> int:
    """The low 12 bits, sign-extended."""
    return ((number & 0xFFF) ^ 0x800) - 0x800


PARTS = {
    "HI20": (U20_FIELD, high_part),
    "LO12_I": (I_FIELD, low_part),
    "LO12_S": (S_FIELD, low_part),
}
"""Fields that hold a part of a number, and which; where it is known, no relocation is left."""
