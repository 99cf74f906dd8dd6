"""Builds ELF files out of sections and symbols."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

from rvx.records import dataclass

SHT = {
    "null": 0,
    "progbits": 1,
    "symtab": 2,
    "strtab": 3,
    "rela": 4,
    "note": 7,
    "nobits": 8,
    "group": 17,
    "attributes": 0x70000003,
}
BINDINGS = {"local": 0, "global": 1, "weak": 2, "gnu_unique": 10}
TYPES = {
    "notype": 0,
    "object": 1,
    "func": 2,
    "section": 3,
    "file": 4,
    "common": 5,
    "tls": 6,
    "gnu_ifunc": 10,
}
VISIBILITIES = {"default": 0, "internal": 1, "hidden": 2, "protected": 3}
SHN_UNDEF, SHN_ABS, SHN_COMMON = 0, 0xFFF1, 0xFFF2
EM_RISCV = 243
_PT_LOAD = 1
ET_REL, ET_EXEC = 1, 2
SYMBOL_SIZE = {32: 16, 64: 24}
RELOCATION_SIZE = {32: 12, 64: 24}
# The records of gABI 4.1, by width. ELF32 orders the fields of symbols and of segments otherwise.
_HEADER = {32: Struct("<16sHHIIIIIHHHHHH"), 64: Struct("<16sHHIQQQIHHHHHH")}
_SECTION = {32: Struct("<IIIIIIIIII"), 64: Struct("<IIQQQQIIQQ")}
_SEGMENT = {32: Struct("<IIIIIIII"), 64: Struct("<IIQQQQQQ")}
_SYMBOL = {32: Struct("<IIIBBH"), 64: Struct("<IBBHQQ")}
_RELOCATION = {32: Struct("<IIi"), 64: Struct("<QQq")}
_CLASSES, _GNU = {32: 1, 64: 2}, 3
"""ELFCLASS, and ELFOSABI_GNU."""
_VARIANT = 0x80
"""STO_RISCV_VARIANT_CC, in `st_other`."""
_SYMBOL_BITS = {32: 8, 64: 32}
"""By how many bits the number of the symbol is shifted in `r_info`."""


@dataclass
class ImageSection:
    """A section header and its bytes.

    Attributes:
        data: what stands in the file.
        size: in memory; that of `data` where there is any.
        offset: in the file, set when the image is put together.
    """

    name: str
    type: int
    flags: int = 0
    address: int = 0
    data: bytes = b""
    size: int = 0
    link: int = 0
    info: int = 0
    alignment: int = 1
    entry_size: int = 0
    offset: int = 0


@dataclass(slots=True)
class ImageSymbol:
    """An entry of the symbol table; `section` is a section number or a reserved index."""

    name: str
    value: int
    size: int
    type: int
    binding: int
    visibility: int
    section: int
    is_variant: bool = False


@dataclass(frozen=True)
class ImageSegment:
    """A program header over a run of sections that are loaded."""

    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int
    alignment: int


class StringTable:
    """Strings one after the other, each once."""

    def __init__(self) -> None:
        self.data = bytearray(b"\0")
        self._places: dict[str, int] = {"": 0}

    def add(self, text: str) -> int:
        """Where the string stands."""
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self.data)
            self.data += text.encode("utf-8", "surrogateescape") + b"\0"
        return place


def symbol_table(xlen: int, symbols: Iterable[ImageSymbol], strings: StringTable) -> bytes:
    """The bytes of a symbol table, its first entry the empty one."""
    pack, low = _SYMBOL[xlen].pack, (1 << xlen) - 1
    out = bytearray(SYMBOL_SIZE[xlen])
    for symbol in symbols:
        name, value, size = strings.add(symbol.name), symbol.value & low, symbol.size & low
        info = symbol.binding << 4 | symbol.type
        other = _VARIANT * symbol.is_variant | symbol.visibility
        if xlen == 64:
            out += pack(name, info, other, symbol.section, value, size)
        else:
            out += pack(name, value, size, info, other, symbol.section)
    return bytes(out)


def relocation_table(xlen: int, entries: Iterable[tuple[int, int, int, int]]) -> bytes:
    """The bytes of a relocation section.

    Args:
        xlen: 32 or 64.
        entries: offset, number of the symbol, number of the relocation, and addend of each.
    """
    pack, shift = _RELOCATION[xlen].pack, _SYMBOL_BITS[xlen]
    half, whole = 1 << xlen - 1, 1 << xlen
    out = bytearray()
    for offset, symbol, kind, addend in entries:
        wrapped = addend if -half <= addend < half else (addend + half) % whole - half
        out += pack(offset, symbol << shift | kind, wrapped)
    return bytes(out)


def note(name: str, kind: int, text: bytes) -> bytes:
    """The bytes of a note."""
    label = name.encode() + b"\0"
    header = b"".join(n.to_bytes(4, "little") for n in (len(label), len(text), kind))
    return header + label + bytes(-len(label) % 4) + text + bytes(-len(text) % 4)


def image(
    xlen: int,
    kind: int,
    sections: list[ImageSection],
    segments: list[ImageSegment],
    *,
    entry: int,
    flags: int,
    names: int,
    is_gnu: bool = False,
) -> bytes:
    """The bytes of an ELF file whose sections have their offsets.

    Args:
        xlen: 32 or 64.
        kind: `e_type`.
        sections: all of them, the empty first one included, with offsets set.
        segments: program headers, right behind the ELF header.
        entry: where execution starts.
        flags: `e_flags`.
        names: number of the section with the names of sections.
        is_gnu: whether the ABI is GNU's rather than plain System V.
    """
    header, of_section, of_segment = _HEADER[xlen], _SECTION[xlen], _SEGMENT[xlen]
    strings = StringTable()
    places = [strings.add(section.name) for section in sections]
    sections[names].data = bytes(strings.data)
    sections[names].size = len(strings.data)
    end = max([s.offset + len(s.data) for s in sections] + [header.size])
    table = end + -end % (xlen // 8)
    out = bytearray(table)
    header.pack_into(
        out,
        0,
        b"\x7fELF" + bytes([_CLASSES[xlen], 1, 1, _GNU if is_gnu else 0]),
        kind,
        EM_RISCV,
        1,
        entry,
        header.size if segments else 0,
        table,
        flags,
        header.size,
        of_segment.size if segments else 0,
        len(segments),
        of_section.size,
        len(sections),
        names,
    )
    at = header.size
    for segment in segments:
        address = segment.address
        sizes = (segment.file_size, segment.memory_size)
        if xlen == 64:
            place = (_PT_LOAD, segment.flags, segment.offset, address, address, *sizes)
        else:
            place = (_PT_LOAD, segment.offset, address, address, *sizes, segment.flags)
        of_segment.pack_into(out, at, *place, segment.alignment)
        at += of_segment.size
    for section, name in zip(sections, places, strict=True):
        out[section.offset : section.offset + len(section.data)] = section.data
        out += of_section.pack(
            name,
            section.type,
            section.flags,
            section.address,
            section.offset,
            section.size,
            section.link,
            section.info,
            section.alignment,
            section.entry_size,
        )
    return bytes(out)
