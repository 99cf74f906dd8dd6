"""The section .riscv.attributes: architecture, stack alignment and the like (psABI)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rvx.isa import Extension, Isa
from rvx.regex import regex

SECTION = ".riscv.attributes"
ARCH, PRIV_SPEC, PRIV_SPEC_MINOR = 5, 8, 10
PRIVILEGED_TAGS = (PRIV_SPEC, PRIV_SPEC_MINOR, 12)
PRIVILEGED_VERSIONS = ((0, 0, 0), (1, 9, 1), (1, 10, 0), (1, 11, 0), (1, 12, 0), (1, 13, 0))
"""Of the privileged specification; zeros name none."""
_VENDOR = b"riscv\0"
_FILE_TAG = 1
_LETTERS = "iemafdqlcbkjtpvnh"
_INCLUDED = {"m": "zmmul", "zfh": "zfhmin"}
"""Parts of an extension that GNU as lists beside it."""
_ARCH = regex(r"rv(?P<xlen>32|64)(?P<letters>(?:[a-y](?:\d+p\d+)?)+)(?P<rest>(?:_[a-z0-9]+)*)")
_LETTER = regex(r"([a-y])(\d+p\d+)?")
_LEAST_VLEN = 128
"""Bits of a vector register that the extension V promises."""
_GENERAL = ("i", "m", "a", "f", "d", "zicsr", "zifencei")
_VECTOR_LENGTH = regex(r"zvl\d+b")
_TOKEN = regex(r"([a-z][a-z0-9]*?)(\d+)p(\d+)")


def attributes_section(attributes: Mapping[int, int | str]) -> bytes:
    """The bytes of the section. Odd tags hold strings, even ones numbers of 32 bits.

    A value of 0 need not be said, and the tags 0 and 1 have other meanings there.
    """
    body = b""
    for tag, value in sorted(attributes.items()):
        number = value & 0xFFFFFFFF if isinstance(value, int) else 0
        if tag <= _FILE_TAG or not (value if isinstance(value, str) else number):
            continue
        body += _uleb128(tag)
        body += value.encode() + b"\0" if isinstance(value, str) else _uleb128(number)
    file_part = bytes([_FILE_TAG]) + (len(body) + 5).to_bytes(4, "little") + body
    length = 4 + len(_VENDOR) + len(file_part)
    return b"A" + length.to_bytes(4, "little") + _VENDOR + file_part


def read_attributes(data: bytes) -> dict[int, int | str]:
    """Tags and values out of the bytes of the section; empty if they cannot be read."""
    found: dict[int, int | str] = {}
    at = 1 + 4 + len(_VENDOR) + 5
    if data[:1] != b"A" or data[5 : 5 + len(_VENDOR)] != _VENDOR:
        return found
    while at < len(data):
        tag, at = _read_uleb128(data, at)
        if tag % 2:
            end = data.find(b"\0", at)
            if end < 0:
                break
            found[tag] = data[at:end].decode("utf-8", "replace")
            at = end + 1
        else:
            found[tag], at = _read_uleb128(data, at)
    return found


def merged(every: Iterable[Mapping[int, int | str]]) -> dict[int, int | str]:
    """The attributes of what is linked together: all extensions, each in its newest version.

    Of other strings the first one stays, and of numbers (stack alignment, whether there are
    unaligned accesses, versions of the privileged specification) the largest.
    """
    found: dict[int, int | str] = {}
    for attributes in every:
        for tag, value in attributes.items():
            known = found.get(tag)
            if known is None:
                found[tag] = value
            elif isinstance(value, str) and isinstance(known, str):
                found[tag] = _merged_arch(known, value) if tag == ARCH else known
            elif isinstance(value, int) and isinstance(known, int):
                found[tag] = max(known, value)
    return found


def _merged_arch(first: str, second: str) -> str:
    """The union of two architecture strings in full."""
    width = first[:4]
    versions: dict[str, tuple[int, int]] = {}
    for token in (*first[4:].split("_"), *second[4:].split("_")):
        parts = _TOKEN.fullmatch(token)
        if parts:
            version = int(parts[2]), int(parts[3])
            versions[parts[1]] = max(versions.get(parts[1], version), version)
    ordered = sorted(versions, key=_rank)
    return width + "_".join(f"{name}{versions[name][0]}p{versions[name][1]}" for name in ordered)


def arch_string(xlen: int, extensions: Iterable[Extension], vlen: int = 0) -> str:
    """The architecture in full, as `rv64i2p1_m2p0_zicsr2p0`, in canonical order.

    Args:
        xlen: 32 or 64.
        extensions: what it consists of.
        vlen: bits of a vector register, where there are any; all widths up to it are named.
    """
    return _joined(xlen, {e.name.lower(): e.version for e in extensions}, vlen)


def _joined(xlen: int, names: dict[str, str], vlen: int) -> str:
    for shift in range(5, vlen.bit_length()):
        names.setdefault(f"zvl{1 << shift}b", "1.0")
    for whole, part in _INCLUDED.items():
        if whole in names:
            names.setdefault(part, "1.0")
    if "e" in names:  # It is the base itself.
        names = {name: version for name, version in names.items() if name != "i"}
    ordered = sorted(names, key=_rank)
    return f"rv{xlen}" + "_".join(name + _version(names[name]) for name in ordered)


def named_extensions(arch: str) -> tuple[list[str], int]:
    """The extensions that an architecture in full names, and the least VLEN of it."""
    named = [found[1] for token in arch[4:].split("_") if (found := _TOKEN.fullmatch(token))]
    widths = [int(name[3:-1]) for name in named if _VECTOR_LENGTH.fullmatch(name)]
    kept = [name for name in named if not _VECTOR_LENGTH.fullmatch(name)]
    return kept, max(widths, default=0)


def canonical_arch(text: str, isa: Isa) -> str:
    """An architecture string in full, as GNU as writes it: versions, and what extensions require.

    Args:
        text: such as `rv64gc_zfh`; one that does not read like that is given back as it is.
        isa: which knows the extensions that it names.
    """
    found = _ARCH.fullmatch(text.lower())
    if found is None:
        return text
    known = {extension.name.lower(): extension for extension in isa.extensions.values()}
    names: dict[str, str] = {}

    def add(name: str, version: str) -> None:
        extension = known.get(name)
        names[name] = version.replace("p", ".") or (extension.version if extension else "1.0")
        for required in extension.requires if extension is not None else ():
            if required.lower() not in names:
                add(required.lower(), "")

    for letter, version in _LETTER.findall(found["letters"]):
        for name in _GENERAL if letter == "g" else (letter,):
            add(name, version)
    for part in filter(None, found["rest"].split("_")):
        token = _TOKEN.fullmatch(part)
        add(token[1] if token else part, f"{token[2]}p{token[3]}" if token else "")
    return _joined(int(found["xlen"]), names, _LEAST_VLEN if "v" in names else 0)


def _rank(name: str) -> tuple[int, int, str]:
    """Canonical order: single letters, z by the letter that follows, s, and x."""
    if len(name) == 1:
        return 0, _place(name), name
    if name[0] == "z":
        return 1, _place(name[1]), name
    return {"s": 2}.get(name[0], 3), 0, name


def _place(letter: str) -> int:
    found = _LETTERS.find(letter)
    return found if found >= 0 else len(_LETTERS)


def _version(text: str) -> str:
    found = re.search(r"(\d+)(?:\.(\d+))?", text)
    return f"{found[1]}p{found[2] or 0}" if found else "1p0"


def _uleb128(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _read_uleb128(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return number, at
