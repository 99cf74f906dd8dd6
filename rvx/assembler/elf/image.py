"""Builds ELF files out of sections and symbols, through the structs of pyelftools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any

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
ET_REL, ET_EXEC = 1, 2
SYMBOL_SIZE = {32: 16, 64: 24}
RELOCATION_SIZE = {32: 12, 64: 24}
# Symbols and relocations come in hundreds of thousands, for which the structs of pyelftools take
# too long: the same records as formats of `struct`. ELF32 orders the fields of a symbol otherwise.
_SYMBOL = {32: Struct("<IIIBBH"), 64: Struct("<IBBHQQ")}
_RELOCATION = {32: Struct("<IIi"), 64: Struct("<QQq")}
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
    """A program header over a run of sections."""

    type: str
    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int
    alignment: int


@cache
def structs(xlen: int) -> Any:
    """The structs of pyelftools for little-endian files of that width."""
    from elftools.elf.structs import ELFStructs

    made = ELFStructs(little_endian=True, elfclass=xlen)
    made.create_basic_structs()
    made.create_advanced_structs("ET_REL", "EM_RISCV", "ELFOSABI_SYSV")
    return made


def _build(construct: Any, **values: Any) -> bytes:
    from elftools.construct.lib.container import Container

    nested = {k: Container(**v) if isinstance(v, dict) else v for k, v in values.items()}
    data: bytes = construct.build(Container(**nested))
    return data


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
    known = structs(xlen)
    header_size, segment_size, section_size = (64, 56, 64) if xlen == 64 else (52, 32, 40)
    strings = StringTable()
    places = [strings.add(section.name) for section in sections]
    sections[names].data = bytes(strings.data)
    sections[names].size = len(strings.data)
    end = max([s.offset + len(s.data) for s in sections] + [header_size])
    table = end + -end % (xlen // 8)
    out = bytearray(table)
    out[:header_size] = _build(
        known.Elf_Ehdr,
        e_ident={
            "EI_MAG": list(b"\x7fELF"),
            "EI_CLASS": f"ELFCLASS{xlen}",
            "EI_DATA": "ELFDATA2LSB",
            "EI_VERSION": "EV_CURRENT",
            "EI_OSABI": "ELFOSABI_LINUX" if is_gnu else "ELFOSABI_SYSV",
            "EI_ABIVERSION": 0,
        },
        e_type=kind,
        e_machine=EM_RISCV,
        e_version=1,
        e_entry=entry,
        e_phoff=header_size if segments else 0,
        e_shoff=table,
        e_flags=flags,
        e_ehsize=header_size,
        e_phentsize=segment_size if segments else 0,
        e_phnum=len(segments),
        e_shentsize=section_size,
        e_shnum=len(sections),
        e_shstrndx=names,
    )
    at = header_size
    for segment in segments:
        out[at : at + segment_size] = _build(
            known.Elf_Phdr,
            p_type=segment.type,
            p_flags=segment.flags,
            p_offset=segment.offset,
            p_vaddr=segment.address,
            p_paddr=segment.address,
            p_filesz=segment.file_size,
            p_memsz=segment.memory_size,
            p_align=segment.alignment,
        )
        at += segment_size
    for section, place in zip(sections, places, strict=True):
        out[section.offset : section.offset + len(section.data)] = section.data
        out += _build(
            known.Elf_Shdr,
            sh_name=place,
            sh_type=section.type,
            sh_flags=section.flags,
            sh_addr=section.address,
            sh_offset=section.offset,
            sh_size=section.size,
            sh_link=section.link,
            sh_info=section.info,
            sh_addralign=section.alignment,
            sh_entsize=section.entry_size,
        )
    return bytes(out)
