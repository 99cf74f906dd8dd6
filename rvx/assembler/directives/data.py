"""Directives that write numbers and strings."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.registry import arguments, directive, string
from rvx.assembler.floats import binary_float
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.repetition import Ended, Sized
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.sections import Leb128, Value
from rvx.assembler.source.grammar import parse_expression, split_operands
from rvx.regex import regex

_SIZES = {
    ".byte": 1,
    ".dc.b": 1,
    ".half": 2,
    ".short": 2,
    ".hword": 2,
    ".2byte": 2,
    ".dc.w": 2,
    ".word": 4,
    ".long": 4,
    ".int": 4,
    ".4byte": 4,
    ".dc.l": 4,
    ".dword": 8,
    ".quad": 8,
    ".8byte": 8,
    ".octa": 16,
}
_PATTERN = regex(r"0[a-zA-Z]:([0-9a-fA-F_]+)")
"""A number given by its bits, from the highest on: `0f:3f80`."""
_INTEGER = regex(r"[+-]?0[xX][0-9a-fA-F]+")
_FLOATS = {
    ".float": (8, 23),
    ".single": (8, 23),
    ".dc.s": (8, 23),
    ".double": (11, 52),
    ".dc.d": (11, 52),
    ".float16": (5, 10),
    ".bfloat16": (8, 7),
}


@directive(*_SIZES, is_repeatable=True)
def integers(assembly: Assembly, name: str, rest: str) -> None:
    """`.word 1, symbol, a - b`: numbers of a fixed size."""
    emit_integers(assembly, name, rest, _SIZES[name])


@directive(".dc.a", is_repeatable=True)
def addresses(assembly: Assembly, name: str, rest: str) -> None:
    """`.dc.a symbol`: numbers as wide as an address."""
    emit_integers(assembly, name, rest, assembly.isa.xlen // 8)


def emit_integers(assembly: Assembly, name: str, rest: str, size: int) -> None:
    """Writes comma-separated numbers of `size` bytes."""
    if not rest:
        return
    assembly.mark_data()
    if assembly.recording is not None:
        assembly.recording.template = Sized(size)
    for part in split_operands(rest):
        emit_value(assembly, assembly.evaluate(parse_expression(part)), size, part)


def emit_value(assembly: Assembly, value: Value, size: int, text: str) -> None:
    """Writes a number of `size` bytes, or the room for one that is known later."""
    if value.modifier:
        raise SourceError(
            f"'{value.modifier}' has no place in data", hint="data takes symbols and differences"
        )
    number = value.number if value.is_constant else None
    if number is None:
        if size > 8:
            raise SourceError(f"'{text}' must be a number in data of {size} bytes", text=text)
        assembly.emit(bytes(size))
        assembly.fix(f"DATA{size * 8}", value, back=size)
        return
    bits = size * 8
    if not -(1 << bits) < number < 1 << bits:
        kept = number & (1 << bits) - 1
        assembly.warn(f"{number:#x} is cut to {kept:#x} to fit {size} bytes", text)
    assembly.emit((number & (1 << bits) - 1).to_bytes(size, "little"))


@directive(*_FLOATS, is_repeatable=True)
def floats(assembly: Assembly, name: str, rest: str) -> None:
    """`.float 1.5, -2e-3`: IEEE 754 numbers, each rounded once."""
    exponent_bits, fraction_bits = _FLOATS[name]
    size = (1 + exponent_bits + fraction_bits) // 8
    assembly.mark_data()
    for part in rest.split(",") if rest else ():
        literal = part.strip()
        found = _PATTERN.fullmatch(literal)
        if _INTEGER.fullmatch(literal):
            raise SourceError(
                f"'{literal}' may mean a number or its bits",
                hint=f"write 0f:{literal.lower().partition('x')[2]} for bits, "
                f"{literal}p0 for the number",
                text=literal,
            )
        if found:
            digits = found[1].replace("_", "")
            if len(digits) > 2 * size:
                raise SourceError(f"'{literal}' has more than {2 * size} digits", text=literal)
            pattern = int(digits.ljust(2 * size, "0"), 16)
        else:
            pattern = binary_float(literal, exponent_bits, fraction_bits)
        assembly.emit(pattern.to_bytes(size, "little"))


@directive(".ascii", is_repeatable=True)
def ascii_(assembly: Assembly, name: str, rest: str) -> None:
    """`.ascii "text"`: the bytes of strings."""
    _strings(assembly, rest, b"")


@directive(".asciz", ".string", ".string8", is_repeatable=True)
def asciz(assembly: Assembly, name: str, rest: str) -> None:
    """`.string "text"`: the bytes of strings, each with a zero behind it."""
    _strings(assembly, rest, b"\0")


def _strings(assembly: Assembly, rest: str, end: bytes) -> None:
    assembly.mark_data()
    if not rest:
        raise SourceError("a string is missing here", hint='write it in quotes: "text"')
    if assembly.recording is not None:
        assembly.recording.template = Ended(end)
    for part in split_operands(rest):
        assembly.emit(b"".join(string(piece) for piece in adjacent_strings(part)) + end)


def adjacent_strings(text: str) -> list[str]:
    """The string literals of `"a" "b"`, which stand for one string."""
    pieces: list[str] = []
    start, is_inside, at = 0, False, 0
    while at < len(text):
        if text[at] == "\\" and is_inside:
            at += 1
        elif text[at] == '"':
            is_inside = not is_inside
            if not is_inside:
                pieces.append(text[start : at + 1].strip())
                start = at + 1
        at += 1
    remainder = text[start:].strip()
    return [*pieces, remainder] if remainder or not pieces else pieces


@directive(".uleb128", ".sleb128", is_repeatable=True)
def leb128(assembly: Assembly, name: str, rest: str) -> None:
    """`.uleb128 number`: a number in as many groups of seven bits as it needs."""
    assembly.mark_data()
    is_signed = name == ".sleb128"
    for part in split_operands(rest):
        value = assembly.evaluate(parse_expression(part))
        if value.is_constant:
            if value.number < 0 and not is_signed:
                raise SourceError(
                    f".uleb128 takes no negative number, such as {value.number}",
                    hint="use .sleb128",
                    text=part,
                )
            assembly.emit(encode_leb128(value.number, is_signed))
        else:
            assembly.end_fragment(Leb128(value, is_signed, assembly.location))


@directive(".incbin")
def incbin(assembly: Assembly, name: str, rest: str) -> None:
    """`.incbin "file", skip, count`: the bytes of a file."""
    parts = arguments(name, rest, 1, 3, '"file", skip, count')
    path = assembly.find_file(string(parts[0]).decode("utf-8", "surrogateescape"))
    data = path.read_bytes()
    skip = assembly.constant(parts[1], "the bytes to skip") if len(parts) > 1 and parts[1] else 0
    count = assembly.constant(parts[2], "the byte count") if len(parts) > 2 else len(data) - skip
    if not (0 <= skip <= len(data) and 0 <= count <= len(data) - skip):
        raise SourceError(
            f"file '{path}' has {len(data)} bytes; {count} from {skip} on are not among them"
        )
    assembly.mark_data()
    assembly.emit(data[skip : skip + count])
