"""Reads ISA strings such as `rv64gc_zfh_xposit`, which `-march` takes and ELF attributes hold."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rvx.isa import IsaError

SINGLE_LETTERS = "imafdcv"
GENERAL = ("i", "m", "a", "f", "d", "zicsr", "zifencei")
"""What the letter g stands for."""

WITHOUT_INSTRUCTIONS = frozenset({"zicntr", "zihpm", "ztso", "zkt"})
"""Extensions that promise something and declare no instruction; they are accepted as they are."""

WHOLES = {
    **{"zmmul": "m", "zaamo": "a", "zalrsc": "a"},
    **{"zca": "c", "zcf": "c", "zcd": "c", "zfhmin": "zfh"},
}
"""Parts of extensions that compilers list beside, or instead of, the whole; rvx takes the whole."""

_VERSION = r"[0-9]+(?:p[0-9]+)?"
_LONG = re.compile(rf"(?P<name>[a-z][a-z0-9]*?[a-z])(?P<version>{_VERSION})?")
_VECTOR_LENGTH = re.compile(r"zvl([0-9]+)b")
_LETTER = re.compile(rf"([a-z])({_VERSION})?")


@dataclass(frozen=True)
class March:
    """A parsed ISA string.

    Attributes:
        xlen: 32 or 64.
        names: the extensions in lower case, in the order written, `g` replaced by what it means.
        versions: those that were written, such as `2.1`, by name.
        vlen: the least width of vector registers that is asked for, 0 if none is.
    """

    xlen: int
    names: tuple[str, ...]
    versions: dict[str, str]
    vlen: int = 0


def parse_march(text: str, known: Collection[str] = ()) -> March:
    """Reads an ISA string.

    Args:
        text: such as `rv64gc_zfh1p0_xposit`.
        known: names of extensions, for those that end in a digit, which could be a version.

    Raises:
        IsaError: it does not begin with rv32 or rv64 and a base, or a part cannot be read.
    """
    found = re.fullmatch(r"rv(32|64)(.*)", text.strip().lower())
    if found is None:
        raise IsaError(
            f"'{text}' is not an ISA string; it begins with rv32 or rv64, as in rv64gc_xposit"
        )
    xlen, rest = int(found[1]), found[2]
    names: dict[str, None] = {}
    versions: dict[str, str] = {}
    for i, part in enumerate(rest.split("_")):
        for name, version in _parts(text, part, known, is_first=i == 0):
            if version:
                versions[name] = version.replace("p", ".")
            for each in GENERAL if name == "g" else (WHOLES.get(name, name),):
                names[each] = None
    if "i" not in names:
        raise IsaError(f"'{text}' names no base; after rv{xlen} comes i or g, as in rv{xlen}gc")
    widths = [int(found[1]) for name in names if (found := _VECTOR_LENGTH.fullmatch(name))]
    kept = tuple(
        name
        for name in names
        if name not in WITHOUT_INSTRUCTIONS and not _VECTOR_LENGTH.fullmatch(name)
    )
    return March(xlen, kept, versions, max(widths, default=0))


def _parts(text: str, part: str, known: Collection[str], is_first: bool) -> list[tuple[str, str]]:
    """The extensions of one stretch between underscores, with their versions as written."""
    names: list[tuple[str, str]] = []
    at = 0
    while at < len(part):
        if part[at] in "zsx" and not (is_first and at == 0):
            return [*names, _long_name(text, part[at:], known)]
        letter = _LETTER.match(part, at)
        if letter is None or letter[1] not in SINGLE_LETTERS + "g":
            raise IsaError(
                f"'{part[at]}' in '{text}' is not an extension that rvx knows; single letters are "
                f"{' '.join(SINGLE_LETTERS)} and g, and longer names follow an underscore"
            )
        names.append((letter[1], letter[2] or ""))
        at = letter.end()
    return names


def _long_name(text: str, part: str, known: Collection[str]) -> tuple[str, str]:
    """A name of several letters and its version; the longest known name wins."""
    for name in sorted(known, key=len, reverse=True):
        if part.startswith(name) and re.fullmatch(rf"({_VERSION})?", part[len(name) :]):
            return name, part[len(name) :]
    found = _LONG.fullmatch(part)
    if found is None:
        raise IsaError(
            f"'{part}' in '{text}' is not the name of an extension; "
            f"names are letters and digits and end in a letter, as zfh or xposit"
        )
    return found["name"], found["version"] or ""
