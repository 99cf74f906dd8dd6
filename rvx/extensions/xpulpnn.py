"""Xpulpnn: the packed dot products of PULP's cores, for halfwords, bytes, nibbles and crumbs.

The published integer baselines that per-vector scaling is compared with. The forms for halfwords
and bytes are those of XpulpV2 (RI5CY), the forms for nibbles (4 bits) and crumbs (2 bits) those
of XpulpNN; both spend opcode 0x57, which is OP-V now, so that no V can be loaded beside them.
Lanes are those of a 32-bit register; on RV64 the upper half of a source does not count, and the
result is sign-extended as those of the *W instructions are.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.integer.scalar import SIGNEDNESS, Binary, make_dot
from rvx.isa import Extension, sext32

Xpulpnn = Extension(
    "Xpulpnn",
    version="1.0",
    doc="Packed dot products of 16-, 8-, 4- and 2-bit integers in 32-bit registers",
    source="pulp-platform/riscv-opcodes, opcodes-xpulpvect_CUSTOM (.h, .b); gvsoc-core "
    "isa_pulpnn.py and pulp_nn.hpp (.n, .c); Garofalo et al., XpulpNN, DATE 2020 "
    "(arXiv 2011.14325)",
    requires=("I",),
    conflicts={"Zve32x": "both use opcode 0x57"},
)

_LOW32 = 0xFFFFFFFF
_SIGNEDNESS_FIELD = {"up": "00", "usp": "01", "sp": "11"}
_SIGNEDNESS_DOC = {
    "up": "both unsigned",
    "usp": "rs1 unsigned, rs2 signed",
    "sp": "both signed",
}
# Suffix: bits of a lane, its name, low bits of funct7, funct3 for vectors and for scalars.
_WITH_NUMBERS = {"h": "110", "b": "111"}
"""funct3 of the forms of XpulpV2 whose right operand is a number in all lanes."""
_SIZES = {
    "h": (16, "halfwords", "00", "000", "100"),
    "b": (8, "bytes", "00", "001", "101"),
    "n": (4, "nibbles", "00", "010", "011"),
    "c": (2, "crumbs (2 bits)", "01", "010", "011"),
}


def _repeated(width: int) -> int:
    """What a lane is multiplied with to stand in all lanes of 32 bits."""
    return sum(1 << at for at in range(0, 32, width))


def _dot_body(dot: Binary) -> Callable[..., int]:
    def body(rs1: int, rs2: int) -> int:
        return sext32(dot(rs1 & _LOW32, rs2 & _LOW32))

    return body


def _sdot_body(dot: Binary) -> Callable[..., int]:
    def body(rd: int, rs1: int, rs2: int) -> int:
        return sext32(rd + dot(rs1 & _LOW32, rs2 & _LOW32))

    return body


def _scalar(dot: Binary, width: int) -> Binary:
    """The dot product with lane 0 of the second word in all lanes."""
    lane = (1 << width) - 1
    repeated = _repeated(width)

    def with_scalar(a: int, b: int) -> int:
        return dot(a, (b & lane) * repeated)

    return with_scalar


def _dot_body_with_number(dot: Binary, width: int) -> Callable[..., int]:
    lane = (1 << width) - 1
    repeated = _repeated(width)

    def body(rs1: int, imm: int) -> int:
        return sext32(dot(rs1 & _LOW32, (imm & lane) * repeated))

    return body


def _sdot_body_with_number(dot: Binary, width: int) -> Callable[..., int]:
    lane = (1 << width) - 1
    repeated = _repeated(width)

    def body(rd: int, rs1: int, imm: int) -> int:
        return sext32(rd + dot(rs1 & _LOW32, (imm & lane) * repeated))

    return body


def _declare_with_number(size: str, name: str) -> None:
    """Bit 0 of the number is bit 25 of the word; it is unsigned where the right lanes are."""
    width, lanes, _, _, _ = _SIZES[size]
    dot = make_dot(width, *SIGNEDNESS[name])
    what = f"dot product of the {32 // width} {lanes} of rs1 and the number in all lanes"
    what += f", {_SIGNEDNESS_DOC[name].replace('rs2', 'the number')}"
    operand = "imm:u" if name == "up" else "imm"
    rest = f"imm[5:1] rs1 {_WITH_NUMBERS[size]} rd 1010111"
    field = _SIGNEDNESS_FIELD[name]
    Xpulpnn.instruction(
        f"pv.dot{name}.sci.{size} rd, rs1, {operand}",
        f"100{field} 0 imm[0] {rest}",
        doc=f"rd = {what}, modulo 2^32.",
    )(_dot_body_with_number(dot, width))
    Xpulpnn.instruction(
        f"pv.sdot{name}.sci.{size} rd, rs1, {operand}",
        f"101{field} 0 imm[0] {rest}",
        doc=f"rd += {what}, modulo 2^32.",
    )(_sdot_body_with_number(dot, width))


def _declare(size: str, name: str, is_scalar: bool) -> None:
    width, lanes, low, of_vectors, of_scalars = _SIZES[size]
    dot = make_dot(width, *SIGNEDNESS[name])
    if is_scalar:
        dot = _scalar(dot, width)
    suffix = f"sc.{size}" if is_scalar else size
    right = "the lowest of rs2" if is_scalar else "those of rs2"
    what = f"dot product of the {32 // width} {lanes} of rs1 and {right}, {_SIGNEDNESS_DOC[name]}"
    rest = f"{low} rs2 rs1 {of_scalars if is_scalar else of_vectors} rd 1010111"
    field = _SIGNEDNESS_FIELD[name]
    Xpulpnn.instruction(
        f"pv.dot{name}.{suffix} rd, rs1, rs2",
        f"100{field} {rest}",
        doc=f"rd = {what}, modulo 2^32.",
    )(_dot_body(dot))
    Xpulpnn.instruction(
        f"pv.sdot{name}.{suffix} rd, rs1, rs2",
        f"101{field} {rest}",
        doc=f"rd += {what}, modulo 2^32.",
    )(_sdot_body(dot))


for _size in _SIZES:
    for _name in SIGNEDNESS:
        _declare(_size, _name, is_scalar=False)
        _declare(_size, _name, is_scalar=True)
        if _size in _WITH_NUMBERS:
            _declare_with_number(_size, _name)
