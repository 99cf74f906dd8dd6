"""An object as a relocatable ELF file, which the GNU linker and lld take."""

from __future__ import annotations

import os
from pathlib import Path

from rvx.assembler.elf import attributes
from rvx.assembler.elf.image import (
    BINDINGS,
    ET_REL,
    RELOCATION_SIZE,
    SHN_ABS,
    SHN_COMMON,
    SHN_UNDEF,
    SHT,
    SYMBOL_SIZE,
    TYPES,
    VISIBILITIES,
    ImageSection,
    ImageSymbol,
    StringTable,
    image,
    relocation_table,
    symbol_table,
)
from rvx.assembler.elf.notes import SECTION as NOTE
from rvx.assembler.elf.notes import extensions_note
from rvx.assembler.garbage import without_collector
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol, is_local_label
from rvx.assembler.model.relocations import NUMBERS
from rvx.records import dataclass, field

_INFO_LINK = 0x40
_GROUP_COMDAT = 1


@dataclass
class _Writer:
    item: ObjectFile
    sections: list[ImageSection] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    entries: list[ImageSymbol] = field(default_factory=list)
    symbols: dict[int, int] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    signatures: dict[str, int] = field(default_factory=dict)
    first_global: int = 1

    def write(self) -> bytes:
        item = self.item
        self.sections.append(ImageSection("", SHT["null"], alignment=0))
        groups = self._reserve_groups()
        relocated = [self._add(section) for section in item.sections]
        if item.attributes:
            data = attributes.attributes_section(item.attributes)
            self._extra(attributes.SECTION, SHT["attributes"], data, 1)
        if item.extensions:
            data = extensions_note(item.march, item.extensions)
            self._extra(NOTE, SHT["note"], data, 4)
        strings = StringTable()
        self._collect_symbols()
        table = symbol_table(item.xlen, self.entries, strings)
        symtab = len(self.sections)
        self.sections.append(
            ImageSection(
                ".symtab",
                SHT["symtab"],
                data=table,
                size=len(table),
                link=symtab + 1,
                info=self.first_global,
                alignment=item.xlen // 8,
                entry_size=SYMBOL_SIZE[item.xlen],
            )
        )
        self._extra(".strtab", SHT["strtab"], bytes(strings.data), 1)
        for section in item.sections:
            if section.link is not None:
                self.sections[self.numbers[id(section)]].link = self.numbers[id(section.link)]
        for section, rela in zip(item.sections, relocated, strict=True):
            if rela is not None:
                self._fill_relocations(section, rela, symtab)
        self._fill_groups(groups, symtab)
        self.sections.append(ImageSection(".shstrtab", SHT["strtab"]))
        at = 64 if item.xlen == 64 else 52
        for made in self.sections[1:]:
            at += -at % max(made.alignment, 1)
            made.offset = at
            at += len(made.data)
        return image(
            item.xlen,
            ET_REL,
            self.sections,
            [],
            entry=0,
            flags=item.elf_flags,
            names=len(self.sections) - 1,
            is_gnu=item.is_gnu,
        )

    def _extra(self, name: str, kind: int, data: bytes, alignment: int) -> None:
        self.sections.append(
            ImageSection(name, kind, data=data, size=len(data), alignment=alignment)
        )

    def _add(self, section: ObjectSection) -> ImageSection | None:
        """Adds a section, and the one for its relocations if it has any."""
        number = self.numbers[id(section)] = len(self.sections)
        self.sections.append(
            ImageSection(
                section.name,
                section.type,
                section.flags,
                data=bytes(section.data),
                size=section.size,
                alignment=section.alignment,
                entry_size=section.entry_size,
            )
        )
        if not section.relocations:
            return None
        rela = ImageSection(
            f".rela{section.name}",
            SHT["rela"],
            _INFO_LINK | section.flags & 0x200,
            info=number,
            alignment=self.item.xlen // 8,
            entry_size=RELOCATION_SIZE[self.item.xlen],
        )
        self.sections.append(rela)
        return rela

    # --- Symbols

    def _collect_symbols(self) -> None:
        used = {id(r.symbol) for s in self.item.sections for r in s.relocations}
        known = {symbol.name for symbol in self.item.symbols}
        listed: list[ObjectSymbol] = [
            symbol
            for symbol in self.item.symbols
            if symbol.binding != "local" or id(symbol) in used or not is_local_label(symbol.name)
        ]
        for name in self.item.files:
            self.entries.append(ImageSymbol(name, 0, 0, TYPES["file"], 0, 0, SHN_ABS))
        for section in self.item.sections:
            number = self.numbers[id(section)]
            self.entries.append(ImageSymbol("", 0, 0, TYPES["section"], 0, 0, number))
            self.starts[id(section)] = len(self.entries)
            for offset, name in section.marks:
                self.entries.append(ImageSymbol(name, offset, 0, 0, 0, 0, number))
        for name in sorted(set(self.item.groups) - known):
            self.signatures[name] = len(self.entries) + 1
            self.entries.append(ImageSymbol(name, 0, 0, 0, 0, 0, self._group_number(name)))
        for symbol in sorted(listed, key=lambda s: s.binding != "local"):
            self.symbols[id(symbol)] = len(self.entries) + 1
            self.entries.append(self._entry(symbol))
        locals_ = [entry for entry in self.entries if entry.binding == 0]
        self.first_global = len(locals_) + 1

    def _entry(self, symbol: ObjectSymbol) -> ImageSymbol:
        if symbol.section is not None:
            place = self.numbers[id(symbol.section)]
        else:
            place = {"absolute": SHN_ABS, "common": SHN_COMMON}.get(symbol.kind, SHN_UNDEF)
        return ImageSymbol(
            symbol.name,
            symbol.value,
            symbol.size,
            TYPES[symbol.type],
            BINDINGS[symbol.binding],
            VISIBILITIES[symbol.visibility],
            place,
            symbol.is_variant,
        )

    # --- Relocations and groups

    def _fill_relocations(self, section: ObjectSection, rela: ImageSection, symtab: int) -> None:
        rela.data = relocation_table(
            self.item.xlen,
            (
                (
                    item.offset,
                    self._symbol_number(item.symbol) if item.symbol is not None else 0,
                    NUMBERS[item.kind],
                    item.addend,
                )
                for item in section.relocations
            ),
        )
        rela.size = len(rela.data)
        rela.link = symtab

    def _symbol_number(self, symbol: ObjectSymbol) -> int:
        if symbol.type == "section":
            return self.starts[id(symbol.section)]
        return self.symbols[id(symbol)]

    def _reserve_groups(self) -> dict[str, ImageSection]:
        made: dict[str, ImageSection] = {}
        for name in self.item.groups:
            made[name] = ImageSection(".group", SHT["group"], alignment=4, entry_size=4)
            self.sections.append(made[name])
        return made

    def _group_number(self, name: str) -> int:
        return 1 + list(self.item.groups).index(name)

    def _fill_groups(self, groups: dict[str, ImageSection], symtab: int) -> None:
        by_name = {symbol.name: symbol for symbol in self.item.symbols}
        for name, made in groups.items():
            words = [_GROUP_COMDAT if self.item.groups[name] else 0]
            for section in self.item.sections:
                if section.group == name:
                    number = self.numbers[id(section)]
                    words.append(number)
                    if section.relocations:
                        words.append(number + 1)
            made.data = b"".join(word.to_bytes(4, "little") for word in words)
            made.size = len(made.data)
            made.link = symtab
            known = by_name.get(name)
            made.info = self.signatures[name] if known is None else self.symbols[id(known)]


@without_collector
def relocatable(item: ObjectFile) -> bytes:
    """The bytes of a relocatable ELF file."""
    return _Writer(item).write()


def write_object(item: ObjectFile, path: str | Path) -> None:
    """Writes a relocatable ELF file."""
    write_whole(path, relocatable(item))


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes a file, or leaves none where there is no room for all of it.

    Raises:
        OSError: it cannot be written; the error names it.
    """
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        if error.filename is None:  # it was opened, and is not whole
            error.filename = str(path)
            if os.path.isfile(path):
                os.unlink(path)
        raise
