"""What a register holds, as a text in its format."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

from rvx.analysis.anatomy import decimal
from rvx.debugger.registers import QUIRES, Group, Register
from rvx.emulator import Machine
from rvx.formats.number.catalogue import parse as parse_format
from rvx.formats.number.format import Format, Value
from rvx.formats.posit import Posit
from rvx.formats.posit import parse as parse_posit
from rvx.isa.vtype import format_vtype

_FLAGS = ((16, "NV"), (8, "DZ"), (4, "OF"), (2, "UF"), (1, "NX"))
_MODES = ("rne", "rtz", "rdn", "rup", "rmm")
_DIGITS = 12


def show(machine: Machine, register: Register, format_name: str = "") -> str:
    """A register in the format that it has, or in one that is asked for.

    Args:
        machine: whose it is.
        register: which one.
        format_name: such as `posit16` or `e4m3`: all lanes of it; `x`, `d` and `b` are numbers.

    Raises:
        FormatError: there is no such format.
    """
    bits = register.read()
    if format_name:
        return lanes(machine, bits, register.bits, format_name)
    if register.group == Group.FLOAT:
        return _float(bits)
    if register.group == Group.VECTOR:
        return _vector(machine, bits, register.bits)
    if register.group == Group.EXTENSION:
        return _own(machine, register, bits)
    if register.group == Group.STATE:
        return _state(machine, register, bits)
    if register.group == Group.CSR:
        return _csr(machine, register.name, bits)
    return _integer(machine, bits, register.bits, is_address=register.name in ("pc", "ra"))


def lanes(machine: Machine, bits: int, width: int, format_name: str) -> str:
    """Bits as numbers of a format, of rvx or of an extension of the machine, the lowest first.

    Raises:
        FormatError: there is no such format.
    """
    if format_name in ("x", "hex"):
        return f"{bits:#0{width // 4 + 2}x}"
    if format_name in ("d", "u"):
        is_negative = format_name == "d" and bits >> width - 1
        return str(bits - (1 << width) if is_negative else bits)
    if format_name in ("b", "t"):
        return f"{bits:#0{width + 2}b}"
    fmt = parse_format(format_name, machine.isa.formats)
    each = fmt.bits
    count = max(width // each, 1)
    values = [_number(fmt, bits >> each * i & (1 << each) - 1) for i in range(count)]
    return values[0] if count == 1 else _list(values)


def width_of(machine: Machine, format_name: str) -> int:
    """Bits of a number of a format.

    Raises:
        FormatError: there is no such format.
    """
    return parse_format(format_name, machine.isa.formats).bits


def short(value: Value) -> str:
    """A number as it is, or where it has many digits about as it is."""
    text = decimal(value)
    if isinstance(value, str) or len(text) <= _DIGITS + 4:
        return text
    try:
        return f"{float(value):.{_DIGITS}g}"
    except OverflowError:
        sign = "-" if value < 0 else ""
        power = value.numerator.bit_length() - value.denominator.bit_length()
        return f"about {sign}2^{power}"


def _number(fmt: Format, code: int) -> str:
    return short(fmt.decode(code))


def _list(values: Sequence[str]) -> str:
    """Values in braces; a run of equal ones is said once, as GDB does."""
    parts: list[str] = []
    at = 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at]:
            end += 1
        run = end - at
        parts += [f"{values[at]} <{run} times>"] if run > 4 else [values[at]] * run
        at = end
    return "{" + ", ".join(parts) + "}"


def _integer(machine: Machine, bits: int, width: int, is_address: bool) -> str:
    signed = bits - (1 << width) if bits >> width - 1 else bits
    place = machine.executable.symbols.describe(bits)
    if not machine.memory.holds(bits, 1):
        place = ""
    if is_address:
        return f"{bits:#x}" + (f" <{place}>" if place else "")
    return f"{bits:#x}  {signed}" + (f"  <{place}>" if place else "")


def _float(bits: int) -> str:
    if bits >> 32 == 0xFFFFFFFF:
        low = bits & 0xFFFFFFFF
        if low >> 16 == 0xFFFF:
            half = struct.unpack("<e", struct.pack("<H", low & 0xFFFF))[0]
            return f"{half!r}  half, {bits:#018x}"
        single = struct.unpack("<f", struct.pack("<I", low))[0]
        return f"{single:.9g}  single, {bits:#018x}"
    return f"{struct.unpack('<d', struct.pack('<Q', bits))[0]!r}  double, {bits:#018x}"


def _vector(machine: Machine, bits: int, width: int) -> str:
    """By the element width of vtype; what vl leaves out stands behind a bar."""
    vtype = int(machine.state("vector")[1])
    sew = 8 << (vtype >> 3 & 7) if vtype >= 0 and vtype >> 3 & 7 <= 3 else 64
    values = [f"{bits >> sew * i & (1 << sew) - 1:#x}" for i in range(width // sew)]
    return f"{_list(values)}  {width // sew} x {sew} bits"


def _own(machine: Machine, register: Register, bits: int) -> str:
    """A register of an extension's file: a posit where it is one, a tile, else a number."""
    assert register.file is not None
    if register.file.is_tiled:
        rows = machine.tile(register.name, 8).tolist()
        lines = [" ".join(f"{value:02x}" for value in row) for row in rows]
        return f"{len(rows)} x {len(rows[0])} x 8 bits\n  " + "\n  ".join(lines)
    if register.file.name == "p":
        fmt = parse_format(f"posit{register.file.bits}")
        return f"{_number(fmt, bits)}  {fmt.name}, {bits:#0{register.file.bits // 4 + 2}x}"
    return f"{bits:#0{register.bits // 4 + 2}x}"


def _state(machine: Machine, register: Register, bits: int) -> str:
    name = register.name
    if name in QUIRES:
        fmt = _posit_of_quire(register.bits)
        if bits == 1 << register.bits - 1:
            return "NaR"
        signed = bits - (1 << register.bits) if bits >> register.bits - 1 else bits
        value = signed * Fraction(2) ** fmt.quire_scale
        return f"{short(value)}  quire of {fmt.name}, {register.bits} bits"
    words = [f"{bits >> 64 * i & (1 << 64) - 1:#x}" for i in range(register.bits // 64)]
    doc = machine.isa.states[name].doc
    return f"{words[0] if len(words) == 1 else _list(words)}" + (f"  {doc}" if doc else "")


def _posit_of_quire(bits: int) -> Posit:
    """The standard's formats have quires of 16 times their width."""
    return parse_posit(f"posit{bits // 16}")


def _csr(machine: Machine, name: str, bits: int) -> str:
    if name == "fflags":
        raised = " ".join(text for bit, text in _FLAGS if bits & bit)
        return f"{bits:#x}  {raised or 'no flags'}"
    if name == "frm":
        return (
            f"{bits:#x}  {_MODES[bits] if bits < len(_MODES) else 'no rounding mode of IEEE 754'}"
        )
    if name == "vtype":
        if bits >> machine.isa.xlen - 1:
            return f"{bits:#x}  vill"
        return f"{bits:#x}  {format_vtype(bits)}"
    return f"{bits:#x}  {bits}"
