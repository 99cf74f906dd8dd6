"""Files of riscv-unified-db: instructions, with what they take over from other files.

Both ways to write an encoding are read: a `match` of zeros, ones and dashes with the places of
variables, and a `format` that puts opcodes and variables together from `inst_type`, `inst_subtype`,
`inst_opcode` and `inst_var`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rvx.errors import Exit, RvxError

_BOTH = (32, 64)
_LENGTHS = (16, 32, 48, 64)
_MOST_FILES_DEEP = 20


class DatabaseError(RvxError):
    """A file that cannot be read; the message names it."""

    exit_code = Exit.SOURCE


@dataclass(frozen=True)
class Field:
    """A variable of an encoding.

    Attributes:
        name: as the operation calls it.
        pieces: bits of the word as (highest, lowest), those first that hold the highest bits.
        left_shift: how many zeros stand below the bits of the word.
        is_signed: whether its sign is extended.
        excluded: values that it does not have.
    """

    name: str
    pieces: tuple[tuple[int, int], ...]
    left_shift: int = 0
    is_signed: bool = False
    excluded: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """Bits of its value."""
        return sum(high - low + 1 for high, low in self.pieces) + self.left_shift


@dataclass(frozen=True)
class Encoding:
    """How an instruction is encoded: zeros, ones and dashes, the highest bit first."""

    match: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Described:
    """An instruction as the database describes it.

    Attributes:
        name: the mnemonic.
        title: what it does, in a line.
        extension: the first that defines it.
        assembly: its operands.
        encodings: by register width.
        operation: in IDL; empty where there is none.
        path: of its file.
    """

    name: str
    title: str
    extension: str
    assembly: str
    encodings: Mapping[int, Encoding]
    operation: str
    path: Path


@dataclass
class Found:
    """What files have.

    Attributes:
        instructions: in the order of the files.
        left_out: sentences about those that cannot be read.
    """

    instructions: list[Described] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read(paths: Sequence[Path]) -> Found:
    """The instructions of files, and of all files in folders.

    Raises:
        DatabaseError: there is no such file, or it is no YAML.
    """
    found = Found()
    for path, is_named in _files(paths):
        document = _document(path)
        kind = document.get("kind") if isinstance(document, dict) else None
        if kind != "instruction":
            if is_named:
                found.left_out.append(f"{path}: it describes no instruction")
            continue
        try:
            found.instructions.append(_described(document, path))
        except DatabaseError as error:
            found.left_out.append(f"{_text(document.get('name')) or path}: {error}")
    return found


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    for path in paths:
        if path.is_dir():
            yield from ((each, False) for each in sorted(path.rglob("*.yaml")))
        elif path.is_file():
            yield path, True
        else:
            raise DatabaseError(f"there is no file or folder '{path}'")


def _document(path: Path) -> Any:
    try:
        import yaml
    except ImportError:
        raise DatabaseError(
            "files of riscv-unified-db are YAML, which needs the package PyYAML: "
            "pip install 'rvx-emulator[udb]'"
        ) from None

    try:
        # Scalars stay as they are written: 0011 is no octal number, and 'no' a name.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        return yaml.load(path.read_text(encoding="utf-8"), loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise DatabaseError(f"'{path}'{where} is no YAML") from None
    except RecursionError:
        raise DatabaseError(f"'{path}' nests too deeply") from None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _table(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DatabaseError(f"{what} is missing, or no table")
    return value


def _integer(value: object, what: str) -> int:
    try:
        return int(str(value), 0) if not re.fullmatch(r"0[0-9]+", str(value)) else int(str(value))
    except ValueError:
        raise DatabaseError(f"{what} is no number: {str(value)[:40]}") from None


def _described(document: dict[str, Any], path: Path) -> Described:
    name = _text(document.get("name"))
    if not re.fullmatch(r"[a-z][a-z0-9_.]*", name):
        raise DatabaseError("its name is no mnemonic")
    names, xlens = _defined_by(document.get("definedBy"))
    if not names:
        raise DatabaseError("no extension defines it")
    if "base" in document:
        xlens = (_integer(document["base"], "its base"),)
    if not set(xlens) <= set(_BOTH):
        raise DatabaseError(f"it is for registers of {xlens[0]} bits")
    title = " ".join(_text(document.get("long_name")).split())
    described = " ".join(_text(document.get("description")).split())
    if not title or title == "No synopsis available":
        title = described.partition(". ")[0]
    return Described(
        name,
        title.rstrip("."),
        names[0],
        " ".join(_text(document.get("assembly")).split()),
        _encodings(document, xlens, path),
        _text(document.get("operation()")),
        path,
    )


def _defined_by(node: object) -> tuple[list[str], tuple[int, ...]]:
    """The extensions that define an instruction, those without a version first; its widths."""
    plain: list[str] = []
    versioned: list[str] = []
    xlens: list[int] = []

    def look(each: object, depth: int) -> None:
        if depth > _MOST_FILES_DEEP:
            raise DatabaseError("definedBy nests too deeply")
        if isinstance(each, str):
            plain.append(each)
        elif isinstance(each, list):
            for one in each:
                look(one, depth + 1)
        elif isinstance(each, dict):
            if "name" in each:
                (versioned if "version" in each else plain).append(_text(each["name"]))
            if "xlen" in each:
                xlens.append(_integer(each["xlen"], "xlen"))
            for key in ("extension", "allOf", "anyOf", "oneOf"):
                if key in each:
                    look(each[key], depth + 1)

    look(node, 0)
    names = [one for one in (*plain, *versioned) if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one)]
    return names, tuple(xlens[:1]) or _BOTH


# --- Encodings


def _encodings(document: dict[str, Any], xlens: Sequence[int], path: Path) -> dict[int, Encoding]:
    if "format" in document:
        made = _of_format(_table(_inherited(document["format"], path, 0), "its format"), path)
        return dict.fromkeys(xlens, made)
    given = _table(document.get("encoding"), "its encoding")
    if "match" in given:
        return dict.fromkeys(xlens, _of_match(given))
    made_of = {
        xlen: _of_match(_table(given[f"RV{xlen}"], f"its encoding for RV{xlen}"))
        for xlen in xlens
        if f"RV{xlen}" in given
    }
    if not made_of:
        raise DatabaseError("its encoding has no match")
    return made_of


def _of_match(given: dict[str, Any]) -> Encoding:
    match = _text(given.get("match"))
    if not re.fullmatch(r"[01-]+", match) or len(match) not in _LENGTHS:
        raise DatabaseError("its match is not 16, 32, 48 or 64 of 0, 1 and -")
    listed = given.get("variables") or []
    if not isinstance(listed, list):
        raise DatabaseError("its variables are no list")
    fields = [_field(_text(one.get("name")), one) for one in listed if isinstance(one, dict)]
    return _checked(Encoding(match, tuple(fields)))


def _of_format(given: dict[str, Any], path: Path) -> Encoding:
    opcodes = _table(given.get("opcodes"), "opcodes of its format")
    variables = given.get("variables") or {}
    bits: dict[int, str] = {}
    for name, one in opcodes.items():
        if not isinstance(one, dict) or "location" not in one:
            continue
        value = _integer(one.get("value"), f"the value of {name}")
        for high, low in reversed(_pieces(one["location"])):
            for bit in range(low, high + 1):
                bits[bit] = str(value & 1)
                value >>= 1
        if value:
            raise DatabaseError(f"the value of {name} does not fit its place")
    fields = [_field(name, one) for name, one in _table(variables, "variables").items()]
    highest = max([*bits, *(high for one in fields for high, _ in one.pieces)], default=0)
    length = next((one for one in _LENGTHS if one > highest), 64)
    match = "".join(bits.get(bit, "-") for bit in reversed(range(length)))
    return _checked(Encoding(match, tuple(fields)))


def _field(name: str, given: Mapping[str, Any]) -> Field:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise DatabaseError(f"a variable has no name: '{name}'")
    given = _table(given, f"the variable '{name}'")
    excluded = given.get("not", [])
    listed = excluded if isinstance(excluded, list) else [excluded]
    shift = _integer(given.get("left_shift", 0), f"left_shift of '{name}'")
    if not 0 <= shift < 64:
        raise DatabaseError(f"left_shift of '{name}' is {shift}")
    return Field(
        name,
        _pieces(given.get("location")),
        shift,
        str(given.get("sign_extend", "")).lower() == "true",
        frozenset(_integer(one, f"what '{name}' may not be") for one in listed),
    )


def _pieces(location: object) -> tuple[tuple[int, int], ...]:
    pieces = []
    for part in str(location).split("|"):
        found = re.fullmatch(r"\s*([0-9]{1,2})(?:-([0-9]{1,2}))?\s*", part)
        if found is None:
            raise DatabaseError(f"'{location}' is no place of bits, such as 31-25|11-7")
        high = int(found[1])
        low = int(found[2] or high)
        if high < low or high > 63:
            raise DatabaseError(f"'{location}' is no place of bits, such as 31-25|11-7")
        pieces.append((high, low))
    return tuple(pieces)


def _checked(made: Encoding) -> Encoding:
    """All bits of variables are dashes, and each is of one."""
    taken: dict[int, str] = {}
    for one in made.fields:
        for high, low in one.pieces:
            for bit in range(low, high + 1):
                if bit >= len(made.match) or made.match[-1 - bit] != "-":
                    raise DatabaseError(f"'{one.name}' stands at bit {bit}, which is none of it")
                if bit in taken:
                    raise DatabaseError(f"'{one.name}' and '{taken[bit]}' share bit {bit}")
                taken[bit] = one.name
    return made


# --- What files take over from others


def _inherited(node: Any, path: Path, depth: int) -> Any:
    """A part of a document, with what its `$inherits` name underneath."""
    if depth > _MOST_FILES_DEEP:
        raise DatabaseError("what it inherits goes round in circles")
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {}
    inherits = node.get("$inherits", [])
    for reference in inherits if isinstance(inherits, list) else [inherits]:
        made = _merged(made, _referred(str(reference), path, depth + 1))
    own = {
        key: _inherited(value, path, depth + 1) for key, value in node.items() if key != "$inherits"
    }
    return _merged(made, own)


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    made = dict(under)
    for key, value in over.items():
        made[key] = _merged(made[key], value) if key in made else value
    return made


def _referred(reference: str, path: Path, depth: int) -> Any:
    """`inst_opcode/OP.yaml#/data`: a part of a file that lies in the root of the database."""
    name, _, pointer = reference.partition("#")
    found = _beside(path, name)
    if found is None:
        raise DatabaseError(f"it inherits from '{name}', which is not in a folder above")
    node = _shared_document(found)
    for key in pointer.split("/")[1:]:
        if not isinstance(node, dict) or key not in node:
            raise DatabaseError(f"'{name}' has no '{pointer}', from which it inherits")
        node = node[key]
    return _inherited(node, found, depth)


@cache
def _shared_document(path: Path) -> Any:
    return _document(path)


def _beside(path: Path, name: str) -> Path | None:
    """A file of the database by its name from the root: extensions of others build on std/isa."""
    for folder in path.resolve().parents:
        for root in (folder, folder / "std" / "isa"):
            if (root / name).is_file():
                return root / name
    return None


@dataclass(frozen=True)
class About:
    """What the file of an extension says of it."""

    version: str = "0.1"
    title: str = ""


def about(name: str, path: Path) -> About:
    """What there is beside an instruction's file about its extension.

    Args:
        name: of the extension.
        path: of the instruction's file.
    """
    found = _beside(path, f"ext/{name}.yaml")
    document = _shared_document(found) if found else None
    if not isinstance(document, dict):
        return About()
    title = " ".join(_text(document.get("long_name")).split())
    listed = document.get("versions")
    versions = [_text(one.get("version")) for one in listed or [] if isinstance(one, dict)]
    fit = [one for one in versions if re.fullmatch(r"[0-9][0-9A-Za-z.+~-]*", one)]
    return About(fit[-1] if fit else About.version, title)
