"""Reads executables: segments and symbols."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rvx.disassembler.damage import damage
from rvx.emulator.linux.stack import Headers
from rvx.emulator.memory import HIGHEST, LARGEST_CODE, Segment
from rvx.errors import RvxError, damage_of
from rvx.isa.bits import Address
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE
from rvx.records import dataclass, replace

LARGEST_SEGMENT = 1 << 32
_NO_HEADERS = Headers(0, 0, 0)


class LoadError(RvxError, ValueError):
    """A file is not an executable that rvx can run; the sentence says why."""


class HasElf(Protocol):
    """Something that can give itself as the bytes of an ELF file, as an assembled program can."""

    def to_elf(self) -> bytes:
        """The ELF file."""
        ...


@dataclass(frozen=True)
class Symbol:
    """A named place in guest memory."""

    name: str
    address: Address
    size: int
    is_function: bool
    is_global: bool = True


class SymbolTable:
    """Symbols by name and by address."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self.by_name: dict[str, Symbol] = {}
        for symbol in symbols:
            self.by_name.setdefault(symbol.name, symbol)
        self._sorted = sorted(
            self.by_name.values(), key=lambda s: (s.address, s.is_function, s.size)
        )
        self._addresses = [symbol.address for symbol in self._sorted]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._sorted)

    @property
    def addresses(self) -> Sequence[Address]:
        """Of all symbols, ascending."""
        return self._addresses

    def find(self, address: Address) -> Symbol | None:
        """The nearest symbol at or below an address."""
        index = bisect_right(self._addresses, address)
        return self._sorted[index - 1] if index else None

    def describe(self, address: Address) -> str:
        """`symbol+offset`, or nothing where no symbol is near."""
        symbol = self.find(address)
        if symbol is None or address - symbol.address > 1 << 20:
            return ""
        offset = address - symbol.address
        return symbol.name if offset == 0 else f"{symbol.name}+{offset:#x}"


@dataclass(frozen=True)
class Executable:
    """A program ready to be loaded.

    Attributes:
        segments: what to put into memory.
        entry: where `run` begins.
        xlen: 32 or 64.
        symbols: by name and by address.
        name: of the file, for messages.
        code: begin and end of each section of code; empty if the file does not say.
        headers: where its program headers lie in memory.
        data: the file itself.
    """

    segments: tuple[Segment, ...]
    entry: Address
    xlen: int
    symbols: SymbolTable
    name: str
    code: tuple[tuple[Address, Address], ...] = ()
    headers: Headers = _NO_HEADERS
    data: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of memory that the segments take."""
        return sum(segment.size for segment in self.segments)


def load_executable(source: Executable | HasElf | bytes | str | Path) -> Executable:
    """Reads an ELF executable.

    Args:
        source: an assembled program, the bytes of a file, or its path; what is read stays as it is.

    Raises:
        LoadError: it cannot be read, is damaged, or is not for RISC-V.
    """
    from elftools.elf.elffile import ELFFile

    if isinstance(source, Executable):
        return source
    if isinstance(source, bytes):
        name, data = "<bytes>", source
    elif isinstance(source, str | Path):
        name = str(source)
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise LoadError(f"{name}: cannot be read: {error.strerror}") from None
    else:
        name, data = "<program>", source.to_elf()
    with _damage_reported(name):
        return _read(ELFFile(io.BytesIO(data)), name, data)


@contextmanager
def _damage_reported(name: str) -> Iterator[None]:
    try:
        yield
    except LoadError as error:
        raise LoadError(f"{name}: {error}") from None
    except Exception as error:
        if not isinstance(error, damage()):
            raise
        raise LoadError(f"{name}: not a valid ELF file: {damage_of(error)}") from None


def _read(elf: Any, name: str, data: bytes) -> Executable:
    from elftools.elf.constants import SH_FLAGS

    header = elf.header
    if header["e_machine"] != "EM_RISCV":
        raise LoadError(f"this is an ELF file for {header['e_machine']}, not for RISC-V")
    if not elf.little_endian:
        raise LoadError("big-endian RISC-V is not supported")
    if header["e_type"] not in ("ET_EXEC", "ET_DYN"):
        raise LoadError(
            f"this is an ELF file of type {header['e_type']}; only a linked executable can be run"
        )
    segments: list[Segment] = []
    copies: list[Segment] = []
    for segment in elf.iter_segments():
        if segment["p_type"] == "PT_INTERP":
            raise LoadError("this is a dynamically linked executable; link it with -static")
        if segment["p_type"] != "PT_LOAD" or not segment["p_memsz"]:
            continue
        segments.append(_segment(segment, elf.elfclass, len(data)))
        copies.append(replace(segments[-1], address=int(segment["p_paddr"])))
    return Executable(
        (*segments, *_loaded_elsewhere(segments, copies, elf.elfclass)),
        int(header["e_entry"]),
        int(elf.elfclass),
        SymbolTable(_symbols(elf)),
        name,
        tuple(
            (int(section["sh_addr"]), int(section["sh_addr"] + section["sh_size"]))
            for section in elf.iter_sections()
            if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR
        ),
        _headers(elf),
        data,
    )


def _headers(elf: Any) -> Headers:
    """Where the program headers are loaded to: with the segment whose part of the file has them."""
    header = elf.header
    offset, size, count = header["e_phoff"], header["e_phentsize"], header["e_phnum"]
    for segment in elf.iter_segments():
        if segment["p_type"] != "PT_LOAD":
            continue
        begin = segment["p_offset"]
        if begin <= offset and offset + size * count <= begin + segment["p_filesz"]:
            return Headers(int(segment["p_vaddr"] + offset - begin), int(size), int(count))
    return Headers(0, int(size), int(count))


def _segment(segment: Any, xlen: int, size: int) -> Segment:
    offset, in_file, in_memory = segment["p_offset"], segment["p_filesz"], segment["p_memsz"]
    address = segment["p_vaddr"]
    if offset + in_file > size:
        raise LoadError(
            f"the segment at {address:#x} claims {in_file} bytes at offset {offset}, "
            f"the file has {size}"
        )
    if in_file > in_memory:
        raise LoadError(
            f"the segment at {address:#x} takes {in_file} bytes of the file and has {in_memory}"
        )
    if in_memory > LARGEST_SEGMENT or address + in_memory > 1 << xlen:
        raise LoadError(f"the segment at {address:#x} of {in_memory} bytes does not fit memory")
    flags = segment["p_flags"] or 7  # Without any, everything is allowed, as on Spike.
    permissions = READABLE
    permissions |= WRITABLE if flags & 2 else 0
    permissions |= EXECUTABLE if flags & 1 else 0
    return Segment(int(address), segment.data(), int(in_memory), permissions)


def _loaded_elsewhere(
    segments: Sequence[Segment], copies: Sequence[Segment], xlen: int
) -> Iterator[Segment]:
    """The images of segments that a program finds where `p_paddr` says, and copies itself.

    Start-up code of a ROM image copies its data to where they run. There is no address translation,
    so a segment lies at both addresses. An image is left out where memory has no place for it: many
    linkers write something into `p_paddr` that nobody is meant to use.
    """
    taken = sorted((segment.address, segment.end) for segment in segments)
    if not taken:
        return
    low, high = taken[0][0], max(end for _, end in taken)
    for segment, copy in zip(segments, copies, strict=True):
        image = replace(copy, size=len(copy.data))
        begin, end = image.address, image.end
        at = bisect_right(taken, (begin, end))
        is_free = (at == 0 or taken[at - 1][1] <= begin) and (
            at == len(taken) or end <= taken[at][0]
        )
        is_near = end <= HIGHEST[xlen] and max(high, end) - min(low, begin) <= LARGEST_CODE
        if image.size and begin != segment.address and is_free and is_near:
            taken.insert(at, (begin, end))
            yield image


def _symbols(elf: Any) -> Iterator[Symbol]:
    from elftools.elf.sections import SymbolTableSection

    for section in elf.iter_sections():
        if not isinstance(section, SymbolTableSection):
            continue
        for symbol in section.iter_symbols():
            kind = symbol["st_info"]["type"]
            if not symbol.name or kind in ("STT_SECTION", "STT_FILE"):
                continue
            if symbol["st_shndx"] in ("SHN_UNDEF", "SHN_ABS") or symbol.name.startswith("$"):
                continue
            yield Symbol(
                symbol.name,
                int(symbol["st_value"]),
                int(symbol["st_size"]),
                kind == "STT_FUNC",
                symbol["st_info"]["bind"] != "STB_LOCAL",
            )
