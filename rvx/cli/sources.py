"""Reading what the user names: sources, ELF files, stdin."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvx.cli.output import UsageProblem, say

if TYPE_CHECKING:
    from rvx.isa import Isa

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
    """What a listing needs of an ELF file.

    Attributes:
        xlen: 32 or 64.
        march: the ISA string that the file notes, empty if there is none.
        code: sections with instructions, in the order of the file.
        symbols: pairs of name and address.
    """

    xlen: int
    march: str
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


def choose_isa(march: str | None, ext: Sequence[Path] | None, noted: str = "") -> Isa:
    """The ISA that the user asks for, else the one that a file notes, else the default.

    Raises:
        IsaError: an extension is unknown or clashes.
    """
    from rvx.extensions import isa_for

    return isa_for(march or noted or None, ext or ())


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
    return Elf(int(elf.elfclass), "", code, symbols)
