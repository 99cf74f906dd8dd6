"""Reads instructions in the format of riscv-opcodes, as an extension of encodings without meaning.

A line has a mnemonic, its arguments, and its fixed bits::

    padd.s  rd rs1 rs2  31..27=0 26..25=2 14..12=0 6..2=0x02 1..0=3

The format does not say of which file a register is; rvx reads comments that do, and they hold from
their line on: `# rvx: rd=f rs1=f rs2=x`. All registers are x registers before the first of them.
Lines that only name instructions of other files (`$import`) and other spellings (`$pseudo_op`) add
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rvx.isa import DeclarationError, Extension, IsaError
from rvx.userfiles import read_text


@dataclass(frozen=True)
class _Argument:
    """An argument of the format: the operand it is a part of, and the bits that it takes.

    `bits` is how the value stands in the word, as in patterns; the word's highest and lowest bit
    are `msb` and `lsb`.
    """

    operand: str
    kind: str
    msb: int
    lsb: int
    bits: str


_REGISTERS = {"rd": (11, 7), "rs1": (19, 15), "rs2": (24, 20), "rs3": (31, 27)}
_NUMBERS: dict[str, tuple[int, int]] = {
    "shamtw": (24, 20),
    "shamtw4": (23, 20),
    "shamtd": (25, 20),
    "shamtq": (26, 20),
    "imm2": (21, 20),
    "imm3": (22, 20),
    "imm4": (23, 20),
    "imm5": (24, 20),
    "imm6": (25, 20),
    "imm8": (27, 20),
    "zimm": (19, 15),
    "zimm5": (19, 15),
    "zimm10": (29, 20),
    "zimm11": (30, 20),
    "aq": (26, 26),
    "rl": (25, 25),
    "aqrl": (26, 25),
    "fm": (31, 28),
    "bs": (31, 30),
    "rnum": (23, 20),
    "vm": (25, 25),
    "nf": (31, 29),
    "funct2": (26, 25),
    "funct3": (14, 12),
    "funct7": (31, 25),
}
_ARGUMENTS: dict[str, _Argument] = {
    **{name: _Argument(name, "x", *bits, name) for name, bits in _REGISTERS.items()},
    **{
        name: _Argument(name, "u", high, low, f"{name}[{high - low}:0]")
        for name, (high, low) in _NUMBERS.items()
    },
    "rm": _Argument("rm", "rm", 14, 12, "rm"),
    "csr": _Argument("csr", "csr", 31, 20, "csr[11:0]"),
    "pred": _Argument("pred", "fence", 27, 24, "pred[3:0]"),
    "succ": _Argument("succ", "fence", 23, 20, "succ[3:0]"),
    "simm5": _Argument("imm", "s", 19, 15, "imm[4:0]"),
    "imm12": _Argument("imm", "s", 31, 20, "imm[11:0]"),
    "imm12hi": _Argument("imm", "s", 31, 25, "imm[11:5]"),
    "imm12lo": _Argument("imm", "s", 11, 7, "imm[4:0]"),
    "imm20": _Argument("imm", "u20", 31, 12, "imm[19:0]"),
    "jimm20": _Argument("offset", "target", 31, 12, "offset[20|10:1|11|19:12]"),
    "bimm12hi": _Argument("offset", "target", 31, 25, "offset[12|10:5]"),
    "bimm12lo": _Argument("offset", "target", 11, 7, "offset[4:1|11]"),
}
_FIXED = re.compile(r"(\d+)(?:\.\.(\d+))?=(ignore|\w+)")
_HINT = re.compile(r"#\s*rvx:\s*(.*)")


@dataclass
class _Line:
    """What one line says: operands with their kinds in order, and the pieces of the word."""

    operands: dict[str, str] = field(default_factory=dict)
    pieces: list[tuple[int, int, str]] = field(default_factory=list)


def read_opcodes(path: Path) -> Extension:
    """The extension of a file; its name is that of the file without `rv_`, `rv32_` or `rv64_`.

    Raises:
        IsaError: a line is not in the format, an argument is unknown, or bits are missing; the
            sentence names the file and the line.
    """
    stem = re.sub(r"^rv(32|64)?_", "", path.stem)
    extension = Extension(
        stem.capitalize(),
        version="0",
        doc=f"Encodings of {path.name}, without semantics",
        source=str(path),
    )
    xlen = {"rv32_": 32, "rv64_": 64}.get(path.stem[:5])
    registers: dict[str, str] = {}
    for number, text in enumerate(read_text(path).splitlines(), 1):
        try:
            hint = _HINT.search(text)
            if hint:
                registers.update(_hints(hint[1]))
            line = text.partition("#")[0].split()
            if line and not line[0].startswith("$"):
                _declare(extension, line, registers, xlen)
        except DeclarationError as error:
            raise IsaError(f"{path}:{number}: {error}") from None
    if not extension.instructions:
        raise IsaError(
            f"'{path}' declares no instruction; a line is a mnemonic, its arguments and its bits, "
            f"as in: xadd rd rs1 rs2 31..25=0 14..12=0 6..2=0x02 1..0=3"
        )
    return extension


def _hints(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split()]
    for name, _, kind in pairs:
        if name not in _REGISTERS or not kind:
            raise DeclarationError(
                f"'{text}': after '# rvx:' stand the register files of "
                f"{', '.join(_REGISTERS)}, as in rd=f rs1=x"
            )
    return {name: kind for name, _, kind in pairs}


def _declare(
    extension: Extension, words: list[str], registers: dict[str, str], xlen: int | None
) -> None:
    line = _Line()
    for word in words[1:]:
        fixed = _FIXED.fullmatch(word)
        if fixed:
            line.pieces.append(_fixed_bits(word, fixed))
            continue
        argument = _ARGUMENTS.get(word)
        if argument is None:
            raise DeclarationError(
                f"'{word}' is neither bits such as 31..25=0 nor an argument that rvx knows; "
                f"those are {', '.join(_ARGUMENTS)}"
            )
        line.operands[argument.operand] = registers.get(argument.operand, argument.kind)
        line.pieces.append((argument.msb, argument.lsb, argument.bits))
    # In assembly the registers come first and the rounding mode last, whatever the file's order.
    order = sorted(line.operands, key=lambda name: (name == "rm", name not in _REGISTERS))
    operands = ", ".join(f"{name}:{line.operands[name]}" for name in order)
    extension.encoding(
        f"{words[0]} {operands}".strip(), _pattern(line.pieces), xlen=xlen, kind="custom"
    )


def _fixed_bits(word: str, fixed: re.Match[str]) -> tuple[int, int, str]:
    high = int(fixed[1])
    low = int(fixed[2] or high)
    width = high - low + 1
    if width < 1:
        raise DeclarationError(f"'{word}': the higher bit comes first, as in {low}..{high}=0")
    if fixed[3] == "ignore":
        return high, low, f"({'0' * width})"
    try:
        value = int(fixed[3], 0)
    except ValueError:
        raise DeclarationError(f"'{word}': '{fixed[3]}' is not a number") from None
    if value >> width:
        raise DeclarationError(f"'{word}': {value:#x} does not fit {width} bits")
    return high, low, f"{value:0{width}b}"


def _pattern(pieces: list[tuple[int, int, str]]) -> str:
    at = 32 if any(high > 15 for high, _, _ in pieces) else 16
    tokens = []
    for high, low, text in sorted(pieces, reverse=True):
        if high != at - 1:
            what = f"bits {at - 1} to {high + 1} are not given" if high < at - 1 else ""
            raise DeclarationError(what or f"bit {high} is given twice")
        tokens.append(text)
        at = low
    if at:
        raise DeclarationError(f"bits {at - 1} to 0 are not given")
    return " ".join(tokens)
