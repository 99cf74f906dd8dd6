"""Reading what the user names: sources, ELF files, stdin."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvx.cli.output import UsageProblem, say

if TYPE_CHECKING:
    from rvx.isa import Extension, Isa

ELF_MAGIC = b"\x7fELF"
STDIN = Path("-")
_EXECUTABLE_FLAG = 4


@dataclass(frozen=True)
class Code:
    """A section of an ELF file that holds instructions."""

    name: str
    address: int
    data: bytes


@dataclass(frozen=True)
class Elf:
    """What the commands need of an ELF file.

    Attributes:
        xlen: 32 or 64.
        extensions: versions of the extensions that it was assembled for, as rvx notes them;
            empty for files of other tools.
        code: sections with instructions, in the order of the file.
        symbols: pairs of name and address.
    """

    xlen: int
    extensions: Mapping[str, str]
    code: tuple[Code, ...]
    symbols: tuple[tuple[str, int], ...]


def read(path: Path) -> bytes:
    """The bytes of a file, or of stdin for `-`."""
    return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()


def name_of(path: Path) -> str:
    """What messages call the file."""
    return "<stdin>" if path == STDIN else str(path)


def text_of(path: Path, data: bytes) -> str:
    """The text of a source.

    Raises:
        UsageProblem: it is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageProblem(
            f"'{name_of(path)}' is neither an ELF file nor a source in UTF-8: byte "
            f"{data[error.start]:#04x} at offset {error.start}"
        ) from None


def choose_isa(march: str | None, ext: Sequence[str] | None, elf: Elf | None = None) -> Isa:
    """The ISA that the user asks for, else the one that the file notes, else the default.

    Raises:
        IsaError: an extension is unknown or clashes.
        UsageProblem: the ISA is not for this file.
    """
    from rvx.extensions import isa_for

    if elf is None or march is not None:
        isa = isa_for(march, ext or ())
    elif elf.extensions:
        isa = _noted_isa(elf, ext or ())
    else:
        isa = isa_for(None if elf.xlen == 64 else "rv32gc", ext or ())
    if elf is not None and elf.xlen != isa.xlen:
        raise UsageProblem(f"this is an RV{elf.xlen} file, and the ISA is for RV{isa.xlen}")
    return isa


def _noted_isa(elf: Elf, ext: Sequence[str]) -> Isa:
    """The extensions that a file was assembled for; those in files of the user's come first."""
    from rvx import extensions

    shipped = extensions.names()
    own: dict[str, Extension] = {}
    for one in ext:
        given = (extensions.load(one),) if one.lower() in shipped else extensions.load_file(one)
        own |= {found.name: found for found in given}
    chosen = []
    for name, version in elf.extensions.items():
        if name not in own and name.lower() not in shipped:
            raise UsageProblem(
                f"the file was assembled for {name} {version}, which is not installed here; "
                f"name the file that declares it with --ext"
            )
        chosen.append(own.pop(name) if name in own else extensions.load(name))
        if chosen[-1].version != version:
            say(f"warning: assembled for {name} {version}, run with {chosen[-1].version}")
    return extensions.isa_for(f"rv{elf.xlen}i", [*chosen, *own.values()])


def assembled(path: Path, data: bytes, isa: Isa) -> Any:
    """The program of a source; warnings go to stderr.

    Raises:
        AssemblyError: the source is wrong.
    """
    from rvx.assembler import assemble

    folder = [] if path == STDIN else [path.parent]
    program = assemble(text_of(path, data), isa, name=name_of(path), include_dirs=folder)
    for warning in program.warnings:
        say(str(warning))
    return program


def read_elf(path: Path, data: bytes) -> Elf:
    """The sections, symbols and notes of an ELF file.

    Raises:
        UsageProblem: it is damaged, or not for RISC-V.
    """
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        return _parse(ELFFile(io.BytesIO(data)))
    except (ELFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageProblem(f"'{name_of(path)}' is not a valid RISC-V ELF file: {error}") from None


def _parse(elf: Any) -> Elf:
    from elftools.elf.sections import SymbolTableSection

    from rvx.assembler.elf.notes import SECTION, read_extensions_note

    if elf.header["e_machine"] != "EM_RISCV":
        raise ValueError(f"it is for {elf.header['e_machine']}")
    code = tuple(
        Code(section.name, int(section["sh_addr"]), section.data())
        for section in elf.iter_sections()
        if section["sh_flags"] & _EXECUTABLE_FLAG and section["sh_type"] == "SHT_PROGBITS"
    )
    symbols = tuple(
        (symbol.name, int(symbol["st_value"]))
        for section in elf.iter_sections()
        if isinstance(section, SymbolTableSection)
        for symbol in section.iter_symbols()
        if symbol.name
        and not symbol.name.startswith("$")
        and symbol["st_shndx"] not in ("SHN_UNDEF", "SHN_ABS")
        and symbol["st_info"]["type"] not in ("STT_SECTION", "STT_FILE")
    )
    note = elf.get_section_by_name(SECTION)
    extensions = {} if note is None else read_extensions_note(note.data())[1]
    return Elf(int(elf.elfclass), extensions, code, symbols)
