"""Objects: what assembling makes and linking takes."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import overload

from rvx.assembler.diagnostics import Location, Origin
from rvx.records import dataclass, field


@dataclass(slots=True, eq=False)
class ObjectSymbol:
    """A symbol of an object.

    Attributes:
        section: where it is; None if it is undefined, absolute or common.
        value: offset in the section, or its value; of a common symbol the alignment.
        kind: `defined`, `undefined`, `absolute` or `common`.
        size: in bytes.
        type: as in `rvx.assembler.model.values.Symbol`.
        used_at: a statement that uses it, for messages.
        is_variant: whether calls of it follow another convention (STO_RISCV_VARIANT_CC).
    """

    name: str
    section: ObjectSection | None = None
    value: int = 0
    kind: str = "undefined"
    size: int = 0
    type: str = "notype"
    binding: str = "local"
    visibility: str = "default"
    used_at: Location | None = None
    is_variant: bool = False


class LineRows(Sequence[tuple[int, Location]]):
    """Offsets or addresses, and the statements there: a sequence of pairs, kept in columns."""

    __slots__ = ("_origins", "_places", "_starts")

    def __init__(
        self,
        starts: array[int] | None = None,
        origins: list[Origin] | None = None,
        places: array[int] | None = None,
    ) -> None:
        self._starts = array("Q") if starts is None else starts
        self._origins = [] if origins is None else origins
        self._places = array("Q") if places is None else places

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> tuple[int, Location]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, Location]]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[int, Location] | Sequence[tuple[int, Location]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = self._places[index]
        return self._starts[index], self._origins[index].at(place >> 32, place & 0xFFFFFFFF)

    @property
    def starts(self) -> array[int]:
        """The offsets or addresses alone."""
        return self._starts

    def moved(self, move: Callable[[int], int]) -> LineRows:
        """The same statements at other places."""
        return LineRows(array("Q", map(move, self._starts)), self._origins, self._places)

    def chosen(self, is_chosen: Sequence[bool]) -> LineRows:
        """Some of the rows."""
        return LineRows(
            array("Q", compress(self._starts, is_chosen)),
            list(compress(self._origins, is_chosen)),
            array("Q", compress(self._places, is_chosen)),
        )

    @staticmethod
    def joined(parts: Iterable[LineRows]) -> LineRows:
        """All rows of several, in the order of their places."""
        starts, origins, places = array("Q"), list[Origin](), array("Q")
        for part in parts:
            starts.extend(part._starts)
            origins.extend(part._origins)
            places.extend(part._places)
        order = sorted(range(len(starts)), key=starts.__getitem__)
        return LineRows(
            array("Q", map(starts.__getitem__, order)),
            list(map(origins.__getitem__, order)),
            array("Q", map(places.__getitem__, order)),
        )


@dataclass(slots=True)
class Relocation:
    """A place that the linker fills in. It is not changed; frozen, it would be slow to make.

    Attributes:
        offset: in the section.
        kind: the name without `R_RISCV_`.
        symbol: None for the absolute number `addend`.
    """

    offset: int
    kind: str
    symbol: ObjectSymbol | None
    addend: int
    location: Location | None = None


@dataclass(slots=True, eq=False)
class ObjectSection:
    """A section of an object.

    Attributes:
        data: its bytes; empty for one that only has a size.
        size: in bytes.
        lines: offset and statement of instructions and data.
        marks: offsets where code (`$x`) and data (`$d`) begin in a section of code.
        group: name of its section group, or empty.
        link: the section that it is ordered with.
    """

    name: str
    flags: int
    type: int
    data: bytearray
    size: int
    alignment: int = 1
    entry_size: int = 0
    group: str = ""
    link: ObjectSection | None = None
    marks: list[tuple[int, str]] = field(default_factory=list)
    relocations: list[Relocation] = field(default_factory=list)
    lines: LineRows = field(default_factory=LineRows)


@dataclass(slots=True)
class ObjectFile:
    """An object.

    Attributes:
        name: of the source or the file.
        xlen: 32 or 64.
        elf_flags: `e_flags`: RVC and the float ABI.
        has_abi: whether somebody has chosen that ABI; otherwise it is that of what it is linked to.
        extensions: name and version of each that the code was assembled for.
        march: the architecture string of `.riscv.attributes`.
        attributes: of `.riscv.attributes`, by tag.
        files: names of the sources that a compiler read.
        included: the files that the source brought in.
        is_gnu: whether it says what only GNU's own ABI defines (ELFOSABI_GNU).
        groups: signature of each section group, and whether it is COMDAT.
    """

    name: str
    xlen: int
    elf_flags: int
    sections: list[ObjectSection] = field(default_factory=list)
    symbols: list[ObjectSymbol] = field(default_factory=list)
    extensions: dict[str, str] = field(default_factory=dict)
    march: str = ""
    attributes: dict[int, int | str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    groups: dict[str, bool] = field(default_factory=dict)
    has_abi: bool = True
    is_gnu: bool = False


def is_local_label(name: str) -> bool:
    """Whether a symbol is the assembler's own business, as GNU as sees it, and is left out."""
    return name.startswith((".L", "..", "_.L_")) or " " in name
