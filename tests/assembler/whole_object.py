"""Everything that an object holds, in a form that can be compared: headers, symbols, groups."""

import io
from typing import Any

from elftools.elf.elffile import ELFFile

from rvx.assembler.elf import attributes

NOT_COMPARED = {
    "": "the empty first section",
    ".symtab": "compared as symbols",
    ".strtab": "holds names in an order of its own",
    ".shstrtab": "holds names in an order of its own",
    ".note.rvx": "says which extensions of rvx the code has",
    ".debug_line": "has another form; what it says is compared on its own",
    ".debug_line_str": "belongs to .debug_line",
    ".debug_str": "names the assembler",
}
"""Sections that are left out, with the reason."""


TABLES = ("", ".symtab", ".strtab", ".shstrtab", ".note.rvx")
IMPLIED = ("zmmul1p0", "zicsr2p0", "zifencei2p0")
"""Parts of m and of the old i that GNU as adds to what `.attribute arch` says, and rvx does not."""


def whole_object(data: bytes, *, everything: bool = False) -> dict[str, Any]:
    """Flags, section headers, symbols, relocations and groups of an object.

    Left out are section symbols, which exist for more sections with GNU as, and the ISA that GNU as
    appends to `$x`, which its objdump reads and rvx leaves to .riscv.attributes.

    Args:
        data: of the file.
        everything: the bytes of all sections instead, those too that are not compared otherwise.
    """
    file = ELFFile(io.BytesIO(data))
    if everything:
        kept = [each for each in file.iter_sections() if each.name not in TABLES]
        return {each.name: each.data() for each in kept}
    table = file.get_section_by_name(".symtab")
    return {
        "flags": file["e_flags"],
        "OS and ABI": file["e_ident"]["EI_OSABI"],
        "sections": sorted(_header(file, section) for section in _compared(file)),
        "symbols": sorted(filter(None, (_symbol(file, one) for one in table.iter_symbols()))),
        "code and data": _marks(file, table),
        "relocations": [
            (section.name, one["r_offset"], one["r_info_type"], _name(table, one), one["r_addend"])
            for section in _compared(file)
            if section["sh_type"] == "SHT_RELA" and ".debug" not in section.name
            for one in section.iter_relocations()
        ],
        "groups": sorted(
            _group(file, table, section)
            for section in file.iter_sections()
            if section["sh_type"] == "SHT_GROUP"
        ),
    }


def _compared(file: Any) -> list[Any]:
    return [
        section
        for section in file.iter_sections()
        if section.name.removeprefix(".rela") not in NOT_COMPARED and section["sh_size"]
    ]


def _header(file: Any, section: Any) -> tuple[Any, ...]:
    kind = section["sh_type"]
    if section.name == attributes.SECTION:
        found = attributes.read_attributes(section.data())
        arch = str(found[attributes.ARCH])
        found[attributes.ARCH] = "_".join(p for p in arch.split("_") if p not in IMPLIED)
        return section.name, str(kind), (section["sh_addralign"],), "", str(found)
    held = kind not in ("SHT_NOBITS", "SHT_RELA", "SHT_GROUP")
    link = file.get_section(section["sh_link"]).name if section["sh_link"] else ""
    numbers = tuple(section[key] for key in ("sh_flags", "sh_size", "sh_addralign", "sh_entsize"))
    return section.name, str(kind), numbers, link, section.data().hex() if held else ""


def _symbol(file: Any, symbol: Any) -> tuple[Any, ...] | None:
    info, other, place = symbol["st_info"], symbol["st_other"], symbol["st_shndx"]
    if info["type"] == "STT_SECTION":
        return None
    home = file.get_section(place).name if isinstance(place, int) else place
    if home in NOT_COMPARED and home:
        return None
    if _is_mark(symbol):
        return None
    kinds = (info["type"], info["bind"], other["visibility"], other["local"])
    return symbol.name, symbol["st_value"], symbol["st_size"], *kinds, home


def _is_mark(symbol: Any) -> bool:
    return symbol.name.startswith(("$x", "$d"))


def _marks(file: Any, table: Any) -> list[tuple[str, int, str]]:
    """Where code becomes data and the other way round."""
    found: list[tuple[str, int, str]] = []
    marks = [one for one in table.iter_symbols() if _is_mark(one)]
    for one in sorted(marks, key=lambda one: (one["st_shndx"], one["st_value"])):
        section, kind = file.get_section(one["st_shndx"]).name, one.name[:2]
        if not found or (found[-1][0], found[-1][2]) != (section, kind):
            found.append((section, one["st_value"], kind))
    return sorted(found)


def _name(table: Any, relocation: Any) -> str:
    return str(table.get_symbol(relocation["r_info_sym"]).name)


def _group(file: Any, table: Any, section: Any) -> tuple[Any, ...]:
    words = section.data()
    numbers = [int.from_bytes(words[at : at + 4], "little") for at in range(4, len(words), 4)]
    members = sorted(file.get_section(number).name for number in numbers)
    return table.get_symbol(section["sh_info"]).name, words[0], members
