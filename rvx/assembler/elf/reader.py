"""Relocatable ELF files, as compilers and GNU as write them, to objects."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location
from rvx.assembler.elf import attributes, image, notes
from rvx.assembler.elf.integrity import find_damage
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol, Relocation
from rvx.assembler.model.relocations import NAMES
from rvx.errors import damage_of

_DAMAGE = (
    *(ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError),
    *(MemoryError, AssertionError),
)
_SKIPPED = frozenset("SHT_NULL SHT_SYMTAB SHT_STRTAB SHT_RELA SHT_GROUP".split())
_NAMES_OF_TYPES = {number: name for name, number in image.TYPES.items()}


def read_object(source: str | Path | bytes, name: str = "") -> ObjectFile:
    """The object of a relocatable ELF file.

    Args:
        source: a path, or the bytes of the file.
        name: what the object is called in messages; the path by default.

    Raises:
        AssemblyError: it is not a relocatable RISC-V file.
        OSError: it cannot be read.
    """
    from elftools.common.exceptions import ELFError
    from elftools.construct import ConstructError
    from elftools.elf.elffile import ELFFile

    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    label = name or ("<object>" if isinstance(source, bytes) else str(source))
    try:
        file = ELFFile(io.BytesIO(data))
    except ELFError:
        raise _refusal(label, "is not an ELF file") from None
    if file["e_machine"] != "EM_RISCV" or file["e_type"] != "ET_REL":
        raise _refusal(label, "is not a relocatable RISC-V object")
    try:
        made = _Reader(file, label).read()
    except (ELFError, ConstructError, *_DAMAGE) as error:
        raise _refusal(label, f"is damaged: {damage_of(error)}") from error
    problem = find_damage(made)
    if problem:
        raise _refusal(label, f"is damaged: {problem}")
    return made


def _refusal(label: str, what: str) -> AssemblyError:
    message = f"'{label}' {what}; the linker takes sources and objects"
    return AssemblyError([Diagnostic("error", Location(label, 1), message)])


class _Reader:
    def __init__(self, file: Any, label: str) -> None:
        self.file = file
        self.object = ObjectFile(label, file.elfclass, file["e_flags"])
        self.location = Location(label, 1)
        self.sections: dict[int, ObjectSection] = {}
        self.symbols: list[ObjectSymbol | None] = []

    def read(self) -> ObjectFile:
        for index, section in enumerate(self.file.iter_sections()):
            self._section(index, section)
        table = self.file.get_section_by_name(".symtab")
        for symbol in table.iter_symbols() if table is not None else ():
            self.symbols.append(self._symbol(symbol))
        for section in self.file.iter_sections():
            if section["sh_type"] == "SHT_RELA" and section["sh_info"] in self.sections:
                self._relocations(section)
            elif section["sh_type"] == "SHT_GROUP":
                self._group(section)
        return self.object

    def _section(self, index: int, section: Any) -> None:
        kind = section["sh_type"]
        if section.name == attributes.SECTION:
            self.object.attributes = attributes.read_attributes(section.data())
            arch = self.object.attributes.get(attributes.ARCH)
            self.object.march = arch if isinstance(arch, str) else ""
            return
        if section.name == notes.SECTION:
            march, extensions = notes.read_extensions_note(section.data())
            self.object.extensions.update(extensions)
            self.object.march = self.object.march or march
            return
        if kind in _SKIPPED:
            return
        number = kind if isinstance(kind, int) else _type_number(kind)
        made = ObjectSection(
            section.name,
            section["sh_flags"],
            number,
            bytearray() if kind == "SHT_NOBITS" else bytearray(section.data()),
            section["sh_size"],
            max(section["sh_addralign"], 1),
            section["sh_entsize"],
        )
        self.sections[index] = made
        self.object.sections.append(made)

    def _symbol(self, symbol: Any) -> ObjectSymbol | None:
        place, info = symbol["st_shndx"], symbol["st_info"]
        type_ = info["type"].removeprefix("STT_").lower()
        if type_ == "file":
            self.object.files.append(symbol.name)
            return None
        made = ObjectSymbol(
            symbol.name,
            value=symbol["st_value"],
            size=symbol["st_size"],
            type=type_ if type_ in image.TYPES else "notype",
            binding=info["bind"].removeprefix("STB_").lower(),
            visibility=symbol["st_other"]["visibility"].removeprefix("STV_").lower(),
            used_at=self.location,
        )
        if place == "SHN_ABS":
            made.kind = "absolute"
        elif place == "SHN_COMMON":
            made.kind = "common"
        elif isinstance(place, int) and place in self.sections:
            made.kind, made.section = "defined", self.sections[place]
        is_mark = made.binding == "local" and symbol.name[:2] in ("$x", "$d")
        if symbol.name and not is_mark and type_ != "section":
            self.object.symbols.append(made)
        return made

    def _relocations(self, rela: Any) -> None:
        section = self.sections[rela["sh_info"]]
        for item in rela.iter_relocations():
            number = item["r_info_type"]
            index = item["r_info_sym"]
            symbol = self.symbols[index] if index else None
            section.relocations.append(
                Relocation(
                    item["r_offset"],
                    NAMES.get(number, str(number)),
                    symbol,
                    item["r_addend"],
                    self.location,
                )
            )

    def _group(self, section: Any) -> None:
        words = section.data()
        signature = self.symbols[section["sh_info"]]
        name = signature.name if signature is not None else ""
        self.object.groups[name] = bool(words[0] & 1)
        for at in range(4, len(words), 4):
            member = self.sections.get(int.from_bytes(words[at : at + 4], "little"))
            if member is not None:
                member.group = name


def _type_number(kind: str) -> int:
    from elftools.elf.enums import ENUM_SH_TYPE_BASE

    number: int = ENUM_SH_TYPE_BASE.get(kind, 1)
    return number
