"""Directives that choose sections, and that align, fill and skip."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.registry import arguments, directive, no_arguments
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.repetition import DIRECT
from rvx.assembler.model import sections
from rvx.assembler.model.sections import Align, Org, Space, Value
from rvx.assembler.model.values import wrap
from rvx.assembler.source.grammar import parse_expression, plain_name, split_operands
from rvx.regex import regex

_FLAGS = {
    "a": sections.ALLOC,
    "w": sections.WRITE,
    "x": sections.EXEC,
    "M": sections.MERGE,
    "S": sections.STRINGS,
    "G": sections.GROUP,
    "T": sections.TLS,
    "e": sections.EXCLUDE,
    "o": sections.LINK_ORDER,
    "?": 0,
    "R": sections.RETAIN,
}
_TYPES = {
    "progbits": sections.PROGBITS,
    "nobits": sections.NOBITS,
    "note": sections.NOTE,
    "init_array": sections.INIT_ARRAY,
    "fini_array": sections.FINI_ARRAY,
    "preinit_array": sections.PREINIT_ARRAY,
}
_NUMBER = regex(r"0[xX][0-9a-fA-F]{1,8}|0|[1-9][0-9]{0,9}")
MAX_ALIGNMENT_BITS = 31
MAX_IN_LINE = 1 << 16


@directive(
    *(".text", ".data", ".bss", ".rodata", ".sdata", ".sbss", ".srodata"), is_repeatable=True
)
def standard_section(assembly: Assembly, name: str, rest: str) -> None:
    """`.text`, `.data` ...: goes to that section, `.text 1` to a part behind the others."""
    number = assembly.constant(rest, f"the subsection of {name}") if rest else 0
    subsection = _subsection(number, rest)
    assembly.do(lambda place: place.switch(place.section(name), subsection))


def _subsection(number: int, text: str) -> int:
    if not 0 <= number <= 8192:
        raise SourceError(f"there is no subsection {number}", hint="valid is 0 to 8192", text=text)
    return number


@directive(".section", ".pushsection", is_repeatable=True)
def section(assembly: Assembly, name: str, rest: str) -> None:
    """`.section name, "flags", @type, entry size, group, comdat`: goes to any section."""
    parts = split_operands(rest)
    if not parts or not parts[0]:
        raise SourceError(f"{name} needs the name of a section", hint=f"such as {name} .rodata")
    section_name, subsection = _name(parts[0]), 0
    if len(parts) == 2 and not parts[1].startswith('"') and not parts[1].startswith(("@", "%")):
        subsection = _subsection(assembly.constant(parts[1], "the subsection"), parts[1])
        parts = parts[:1]
    flags, letters = _read_flags(parts[1]) if len(parts) > 1 and parts[1] else (None, "")
    rest_parts = parts[2:]
    type_ = None
    if rest_parts and plain_name(rest_parts[0]) in _TYPES:
        type_ = _TYPES[plain_name(rest_parts.pop(0))]
    elif rest_parts and rest_parts[0][:1] in "@%":
        type_ = _read_type(rest_parts.pop(0))
    elif rest_parts and not rest_parts[0]:
        rest_parts.pop(0)
    entry_size = 0
    if "M" in letters:
        if not rest_parts:
            raise SourceError("a section with flag M needs the size of its entries")
        entry_size = assembly.constant(rest_parts.pop(0), "the entry size")
    if "o" in letters and not rest_parts:
        raise SourceError("a section with flag o needs the section that it is ordered with")
    link = _name(rest_parts.pop(0)) if "o" in letters else ""
    group = ""
    is_comdat = False
    if "G" in letters:
        if not rest_parts:
            raise SourceError("a section with flag G needs the name of its group")
        group = _name(rest_parts.pop(0))
        is_comdat = bool(rest_parts) and rest_parts[0] == "comdat"
        del rest_parts[: int(is_comdat)]
        is_comdat |= section_name.startswith(".gnu.linkonce")
    unique = ""
    if rest_parts and rest_parts[0] == "unique":
        number = assembly.constant(rest_parts[1] if len(rest_parts) > 1 else "", "the number")
        if not 0 <= number < 1 << 32:
            raise SourceError(f"the number {number} of a section is not one of 32 bits")
        unique = str(number)
        del rest_parts[:2]
    if rest_parts:
        raise SourceError(
            f"'{rest_parts[0]}' makes no sense in {name}",
            hint=f'the syntax is: {name} name, "flags", @type, entry size, linked-to, '
            "group, comdat, unique, number",
            text=rest_parts[0],
        )
    if flags is not None:
        flags &= ~sections.GROUP

    def open_(assembly: Assembly) -> None:
        if name == ".pushsection":
            assembly.push_section()
        own_group = group
        if group:
            assembly.groups[group] = assembly.groups.get(group, False) or is_comdat
        elif "?" in letters:
            own_group = assembly.current[0].group
        assembly.is_gnu |= bool((flags or 0) & sections.RETAIN)
        target = assembly.section(section_name, flags, type_, entry_size, own_group, link, unique)
        assembly.switch(target, subsection)

    assembly.do(open_)


def _name(text: str) -> str:
    """The name of a section or a group, in which anything may stand but blanks and quotes."""
    name = plain_name(text)
    if name == text and any(mark in text for mark in ' \t"'):
        raise SourceError(
            f"'{text}' is not the name of a section",
            hint="commas stand between operands; a name with blanks stands in quotes",
            text=text,
        )
    return name


def _read_flags(text: str) -> tuple[int, str]:
    letters = plain_name(text)
    if _NUMBER.fullmatch(letters):
        return int(letters, 0), ""
    flags = 0
    for letter in letters:
        if letter not in _FLAGS:
            raise SourceError(
                f"'{letter}' is not a flag of a section",
                hint="valid are " + " ".join(_FLAGS),
                text=text,
            )
        flags |= _FLAGS[letter]
    return flags, letters


def _read_type(text: str) -> int:
    name = text[1:]
    if _NUMBER.fullmatch(name):
        return int(name, 0)
    if name not in _TYPES:
        raise SourceError(
            f"'{text}' is not a type of a section",
            hint="valid are " + " ".join(f"@{known}" for known in _TYPES),
            text=text,
        )
    return _TYPES[name]


@directive(".previous", is_repeatable=True)
def previous(assembly: Assembly, name: str, rest: str) -> None:
    """`.previous`: goes back to the section before."""
    no_arguments(name, rest)
    assembly.do(Assembly.switch_back)


@directive(".popsection", is_repeatable=True)
def pop_section(assembly: Assembly, name: str, rest: str) -> None:
    """`.popsection`: goes back to where `.pushsection` stood."""
    no_arguments(name, rest)
    assembly.do(Assembly.pop_section)


@directive(".subsection")
def subsection(assembly: Assembly, name: str, rest: str) -> None:
    """`.subsection number`: goes to a part of the current section."""
    number = assembly.constant(rest, "the subsection")
    assembly.switch(assembly.current[0], _subsection(number, rest))


@directive(
    *(".align", ".p2align", ".p2alignw", ".p2alignl", ".balign", ".balignw", ".balignl"),
    is_repeatable=True,
)
def align(assembly: Assembly, name: str, rest: str) -> None:
    """`.align bits, fill, most` and `.balign bytes, fill, most`: pads up to a multiple."""
    parts = arguments(name, rest, 0, 3, "alignment, fill, most")
    number = assembly.constant(parts[0], f"the argument of {name}") if parts else 0
    if name.startswith(".balign"):
        if number & number - 1 or number < 0:
            raise SourceError(
                f"{number} is not a power of two", hint="valid are 1, 2, 4, 8 ...", text=parts[0]
            )
        number = max(number, 1).bit_length() - 1
    if not 0 <= number <= MAX_ALIGNMENT_BITS:
        raise SourceError(
            f"an alignment of 2 to the power {number} is out of range",
            hint=f"valid is 0 to {MAX_ALIGNMENT_BITS}; .balign takes bytes",
            text=parts[0],
        )
    width = {"w": 2, "l": 4}.get(name[-1], 1) if name[-2:] in ("nw", "nl") else 1
    fill = None
    if len(parts) > 1 and parts[1]:
        pattern = assembly.constant(parts[1], "the fill") & (1 << 8 * width) - 1
        fill = pattern.to_bytes(width, "little")
    most = assembly.constant(parts[2], "the limit") if len(parts) > 2 and parts[2] else 0
    assembly.do(lambda place: add_alignment(place, 1 << number, fill, max(most, 0)))


def add_alignment(assembly: Assembly, alignment: int, fill: bytes | None, most: int) -> None:
    """Pads up to a multiple: with nops in code unless a fill is given."""
    current = assembly.current[0]
    nop_size = 2 if assembly.options.rvc else 4
    if fill is None and not current.is_code:
        fill = b"\0"
    if fill is None and alignment <= nop_size:
        pass  # GNU as takes instructions for aligned, even where .option norvc follows a short one
    elif fill is None and assembly.options.relax:
        assembly.emit_nops(alignment - nop_size)  # the linker knows no limit of padding
    elif alignment > 1:
        if fill is not None:
            assembly.mark_data()
        else:
            assembly.mark_padding()
        location = assembly.location if fill is not None and len(fill) > 1 else None
        assembly.end_fragment(Align(alignment, fill, nop_size, most, location))
    current.alignment = max(current.alignment, alignment)


@directive(".zero", ".space", ".skip")
def space(assembly: Assembly, name: str, rest: str) -> None:
    """`.space bytes, fill`: a run of one byte."""
    parts = arguments(name, rest, 1, 2, "bytes, fill")
    fill = assembly.constant(parts[1], "the fill") & 0xFF if len(parts) > 1 and parts[1] else 0
    repeat(assembly, name, parts[0], bytes([fill]))


DIRECT[".zero"] = space  # what compilers write between the fields of records


@directive(".fill")
def fill(assembly: Assembly, name: str, rest: str) -> None:
    """`.fill count, size, value`: a run of numbers."""
    parts = arguments(name, rest, 1, 3, "count, size, value")
    size = wrap(assembly.constant(parts[1], "the size")) if len(parts) > 1 and parts[1] else 1
    value = assembly.constant(parts[2], "the value") if len(parts) > 2 and parts[2] else 0
    if size < 0:
        raise SourceError(f"a size of {size} bytes makes no sense", text=parts[1])
    size = min(size, 8)
    pattern = (value & 0xFFFFFFFF).to_bytes(8, "little")[:size]
    if size:
        repeat(assembly, name, parts[0], pattern)


def repeat(assembly: Assembly, name: str, text: str, pattern: bytes) -> None:
    """Writes a pattern as often as an expression says, which may be known late."""
    assembly.mark_data()
    value = assembly.evaluate(parse_expression(text))
    count = assembly.distances.constant(value)
    if count is None:
        assembly.end_fragment(Space(value, pattern, assembly.location))
        return
    if count < 0:
        raise SourceError(f"the count of {name} is negative: {count}", text=text)
    if count * len(pattern) <= MAX_IN_LINE and assembly.current[0].type != sections.NOBITS:
        assembly.emit(pattern * count)
        assembly.split()
    else:
        assembly.check_size(count * len(pattern), text)
        assembly.end_fragment(Space(Value(count), pattern, assembly.location))


@directive(".org")
def org(assembly: Assembly, name: str, rest: str) -> None:
    """`.org offset, fill`: goes on at an offset of the section."""
    parts = arguments(name, rest, 1, 2, "offset, fill")
    target = assembly.evaluate(parse_expression(parts[0]))
    fill_byte = assembly.constant(parts[1], "the fill") & 0xFF if len(parts) > 1 else 0
    assembly.end_fragment(Org(target, fill_byte, assembly.location))
