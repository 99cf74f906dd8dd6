"""Images: machine code that is loaded without a compiler and without a linker.

A compiler makes an object file, whose parts do not know yet where they and others will lie. MCJIT
settles that at each start, and importing it takes longer than a short program runs. So it is
settled once, when the code is made: an image is one run of bytes in which all distances are filled
in. What is left for the start are the words that depend on where the run lies (`rebased`), and the
addresses of functions outside of it, such as those of libm (`imports`).

Where this module does not know how to do that (another file format or processor than ELF for
x86-64, a symbol that only numba has), the object file is kept as it is and given to LLVM each time.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import mmap
import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx.records import dataclass, field, replace

_MAGIC = b"rvx image 2\n"
_DIGEST = 32
_PAGE = mmap.PAGESIZE

# The parts of ELF that objects of LLVM are made of; names as in the System V ABI.
_SHT_SYMTAB, _SHT_RELA, _SHT_NOBITS = 2, 4, 8
_SHF_WRITE, _SHF_ALLOC, _SHF_TLS = 1, 2, 0x400
_SHN_UNDEF, _SHN_ABS, _SHN_COMMON = 0, 0xFFF1, 0xFFF2
_ET_REL, _EM_X86_64 = 1, 62
_R_64, _R_PC32, _R_GOT32, _R_PLT32, _R_PC64 = 1, 2, 9, 4, 24
_R_RELAXED = (41, 42)
_JUMP_THROUGH_WORD = b"\xff\x25"


class CannotLinkError(ValueError):
    """An object file needs something that only a full linker knows."""


@dataclass(frozen=True)
class Image:
    """Machine code as it is kept on disk.

    Attributes:
        code: bytes that may be executed, and from a page boundary on those that may be written.
        executable: how many bytes of it are the former.
        entries: where its functions begin, by name.
        rebased: where words stand that count from the beginning of the image.
        imports: names of functions outside, and where their addresses are wanted.
        is_object: whether `code` is an object file, for LLVM to load.
        is_slow: whether LLVM has not optimised it for this processor, since it gets that wrong.
    """

    code: bytes
    executable: int
    entries: Mapping[str, int]
    rebased: tuple[int, ...] = ()
    imports: tuple[tuple[int, str], ...] = ()
    is_object: bool = False
    is_slow: bool = False

    def to_bytes(self) -> bytes:
        """The file: a line of JSON and the code, behind a digest of both."""
        head = {
            "executable": self.executable,
            "entries": dict(self.entries),
            "rebased": self.rebased,
            "imports": self.imports,
            "is_object": self.is_object,
            "is_slow": self.is_slow,
        }
        data = json.dumps(head).encode() + b"\n" + self.code
        return _MAGIC + hashlib.sha256(data).digest() + data

    @classmethod
    def from_bytes(cls, data: bytes) -> Image | None:
        """The image of a file; None if it is damaged: it would be executed."""
        begin = len(_MAGIC) + _DIGEST
        if data[: len(_MAGIC)] != _MAGIC:
            return None
        if hashlib.sha256(memoryview(data)[begin:]).digest() != data[len(_MAGIC) : begin]:
            return None
        end = data.index(b"\n", begin)
        head = json.loads(data[begin:end])
        return cls(
            data[end + 1 :],
            head["executable"],
            head["entries"],
            tuple(head["rebased"]),
            tuple((at, name) for at, name in head["imports"]),
            head["is_object"],
            head["is_slow"],
        )


# --- Symbols outside of an image

_libraries: list[Callable[[], Any]] = [
    lambda: ctypes.CDLL(None),
    lambda: ctypes.CDLL("libm.so.6"),
    lambda: ctypes.CDLL("libgcc_s.so.1"),
]


def provide(library: Callable[[], Any]) -> None:
    """Lets compiled code call the functions of one more library.

    Args:
        library: gives it, as `ctypes` loads it.
    """
    _libraries.append(library)


@cache
def address_of(symbol: str) -> int | None:
    """The host address of a function outside of compiled code; None if nobody has it."""
    for library in _libraries:
        try:
            found = getattr(library(), symbol)
        except (OSError, AttributeError, TypeError):
            continue
        return ctypes.cast(found, ctypes.c_void_p).value
    return None


# --- Loading


_kept: list[Any] = []
"""The memory of all code that was ever loaded: rows, hooks and functions hold plain addresses of
it, so that nobody can tell when the last one is gone."""


class Loaded:
    """Machine code in memory, where it stays until the process ends.

    Args:
        owner: whose end would free the memory.
        addresses: of the functions, by name.
        is_slow: see `Image`.
    """

    def __init__(self, owner: Any, addresses: Mapping[str, int], is_slow: bool = False) -> None:
        _kept.append(owner)
        self.addresses = addresses
        self.is_slow = is_slow


def load(image: Image) -> Loaded | None:
    """Maps an image into memory; None if a function that it calls is missing here."""
    room = mmap.mmap(-1, max(len(image.code), 1), prot=mmap.PROT_READ | mmap.PROT_WRITE)
    room[: len(image.code)] = image.code
    base = ctypes.addressof(ctypes.c_char.from_buffer(room))
    for at in image.rebased:
        (offset,) = struct.unpack_from("<q", room, at)
        struct.pack_into("<Q", room, at, base + offset)
    for at, symbol in image.imports:
        address = address_of(symbol)
        if address is None:
            return None
        (addend,) = struct.unpack_from("<q", room, at)
        struct.pack_into("<Q", room, at, address + addend)
    size = _pages(image.executable)
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protection = ctypes.c_int(mmap.PROT_READ | mmap.PROT_EXEC)
    if protect(ctypes.c_void_p(base), ctypes.c_size_t(size), protection):
        raise OSError(ctypes.get_errno(), "memory for compiled code cannot be made executable")
    addresses = {name: base + at for name, at in image.entries.items()}
    return Loaded(room, addresses, image.is_slow)


def _pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE


# --- Linking


@dataclass
class _Section:
    kind: int
    flags: int
    data: bytes
    size: int
    link: int
    info: int
    align: int
    at: int = -1
    """Where it lies in the image; -1 if it is no part of it."""


@dataclass
class _Symbol:
    name: str
    section: int
    value: int
    size: int


@dataclass
class _Linker:
    """One object on its way to an image."""

    sections: list[_Section]
    symbols: list[_Symbol]
    room: bytearray = field(default_factory=bytearray)
    words: dict[str, int] = field(default_factory=dict)
    jumps: dict[str, int] = field(default_factory=dict)
    rebased: list[int] = field(default_factory=list)
    imports: list[tuple[int, str]] = field(default_factory=list)


def image_of(data: bytes, entries: tuple[str, ...], is_slow: bool = False) -> Image:
    """Links an object file that LLVM has made for position-independent code.

    Args:
        data: an ELF file for x86-64; any other stays as it is.
        entries: names of the functions that are called from outside.
        is_slow: see `Image`.
    """
    try:
        made = _linked(data, entries)
    except (CannotLinkError, struct.error):
        made = Image(data, 0, dict.fromkeys(entries, 0), is_object=True)
    return replace(made, is_slow=is_slow)


def _linked(data: bytes, entries: tuple[str, ...]) -> Image:
    if data[:6] != b"\x7fELF\x02\x01":
        raise CannotLinkError("not a 64-bit ELF file")
    if struct.unpack_from("<HH", data, 16) != (_ET_REL, _EM_X86_64):
        raise CannotLinkError("not an object for x86-64")
    linker = _parsed(data)
    executable = _place(linker, entries)
    for section in linker.sections:
        if section.kind == _SHT_RELA and linker.sections[section.info].at >= 0:
            _relocate(linker, section)
    found = {symbol.name: symbol for symbol in linker.symbols if symbol.section != _SHN_UNDEF}
    places = {name: _place_of(linker, found[name]) for name in entries}
    missing = [name for _, name in linker.imports if address_of(name) is None]
    if missing:
        raise CannotLinkError(f"nobody has {missing[0]}")
    return Image(
        bytes(linker.room), executable, places, tuple(linker.rebased), tuple(linker.imports)
    )


def _parsed(data: bytes) -> _Linker:
    (header,) = struct.unpack_from("<Q", data, 40)
    size, count, _ = struct.unpack_from("<HHH", data, 58)
    sections = []
    for number in range(count):
        _, kind, flags, _, at, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", data, header + number * size
        )
        content = b"" if kind == _SHT_NOBITS else data[at : at + length]
        sections.append(_Section(kind, flags, content, length, link, info, max(align, 1)))
    symbols = []
    for table in sections:
        if table.kind != _SHT_SYMTAB:
            continue
        names = sections[table.link].data
        for at in range(0, table.size, 24):
            name, _, _, section, value, length = struct.unpack_from("<IBBHQQ", table.data, at)
            text = names[name : names.index(b"\0", name)].decode("latin-1")
            symbols.append(_Symbol(text, section, value, length))
    return _Linker(sections, symbols)


def _place(linker: _Linker, entries: tuple[str, ...]) -> int:
    """Lays sections out, and tables for what is outside; gives the size of what is read only."""
    parts = [one for one in linker.sections if one.flags & _SHF_ALLOC and one.size]
    # Tables for unwinding: nothing unwinds through compiled code.
    parts = [one for one in parts if not _is_unwinding(linker, one)]
    if any(one.flags & _SHF_TLS for one in parts):
        raise CannotLinkError("variables of threads")
    writable = [one for one in parts if one.flags & _SHF_WRITE]
    for one in parts:
        if not one.flags & _SHF_WRITE:
            _append(linker, one)
    outside = [s.name for s in linker.symbols if s.section == _SHN_UNDEF and s.name]
    for name in outside:
        linker.jumps[name] = len(linker.room)
        linker.room += bytes(8)
    executable = len(linker.room)
    linker.room += bytes(_pages(executable) - executable)
    for one in writable:
        _append(linker, one)
    for symbol in linker.symbols:
        if symbol.section == _SHN_COMMON:
            # Its value is its alignment.
            _align(linker.room, max(symbol.value, 1))
            symbol.section, symbol.value = _SHN_ABS, len(linker.room)
            linker.room += bytes(symbol.size)
    _align(linker.room, 8)
    for name in outside:
        at = linker.words[name] = len(linker.room)
        linker.imports.append((at, name))
        linker.room += bytes(8)
        jump = linker.jumps[name]
        linker.room[jump : jump + 6] = _JUMP_THROUGH_WORD + struct.pack("<i", at - jump - 6)
    return executable


def _is_unwinding(linker: _Linker, section: _Section) -> bool:
    sht_x86_64_unwind = 0x70000001
    if section.kind == sht_x86_64_unwind:
        return True
    # An older name of the same: read only, relocated, and nobody refers to it.
    return section.data[4:8] == bytes(4) and section.data[8:12] in (b"\1zR\0", b"\1zPL")


def _align(room: bytearray, align: int) -> None:
    room += bytes(-len(room) % align)


def _append(linker: _Linker, section: _Section) -> None:
    _align(linker.room, section.align)
    section.at = len(linker.room)
    linker.room += section.data if section.data else bytes(section.size)


def _place_of(linker: _Linker, symbol: _Symbol) -> int:
    if symbol.section == _SHN_ABS:
        return symbol.value
    if symbol.section >= len(linker.sections) or linker.sections[symbol.section].at < 0:
        raise CannotLinkError(f"{symbol.name} is in no section")
    return linker.sections[symbol.section].at + symbol.value


def _relocate(linker: _Linker, table: _Section) -> None:
    target = linker.sections[table.info]
    room = linker.room
    for entry in range(0, table.size, 24):
        offset, info, addend = struct.unpack_from("<QQq", table.data, entry)
        at, kind, symbol = target.at + offset, info & 0xFFFFFFFF, linker.symbols[info >> 32]
        is_outside = symbol.section == _SHN_UNDEF
        if kind == _R_64:
            if is_outside:
                struct.pack_into("<q", room, at, addend)
                linker.imports.append((at, symbol.name))
            else:
                struct.pack_into("<q", room, at, _place_of(linker, symbol) + addend)
                linker.rebased.append(at)
        elif kind in (_R_GOT32, *_R_RELAXED):
            struct.pack_into("<i", room, at, _word_of(linker, symbol) + addend - at)
        elif kind == _R_PLT32 and is_outside:
            struct.pack_into("<i", room, at, linker.jumps[symbol.name] + addend - at)
        elif kind in (_R_PC32, _R_PLT32):
            struct.pack_into("<i", room, at, _place_of(linker, symbol) + addend - at)
        elif kind == _R_PC64:
            struct.pack_into("<q", room, at, _place_of(linker, symbol) + addend - at)
        else:
            raise CannotLinkError(f"relocation {kind}")


def _word_of(linker: _Linker, symbol: _Symbol) -> int:
    """Where the word is that holds a symbol's address."""
    if symbol.section == _SHN_UNDEF:
        return linker.words[symbol.name]
    name = f"{symbol.name} {symbol.section} {symbol.value}"
    if name not in linker.words:
        at = linker.words[name] = len(linker.room)
        linker.room += struct.pack("<q", _place_of(linker, symbol))
        linker.rebased.append(at)
    return linker.words[name]
