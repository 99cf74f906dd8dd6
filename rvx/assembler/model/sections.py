"""What a source becomes: sections of fragments, and the symbols and values that refer to them.

A fragment is fixed bytes with a stretchable tail.
"""

from __future__ import annotations

from array import array

from rvx.assembler.diagnostics import Location, Origin
from rvx.records import dataclass, field

WRITE, ALLOC, EXEC, MERGE, STRINGS = 0x1, 0x2, 0x4, 0x10, 0x20
LINK_ORDER, GROUP, TLS, RETAIN, EXCLUDE = 0x80, 0x200, 0x400, 0x200000, 0x80000000
PROGBITS, NOTE, NOBITS, INIT_ARRAY, FINI_ARRAY, PREINIT_ARRAY = 1, 7, 8, 14, 15, 16
MAX_BYTES, MAX_NOBITS = 1 << 27, 1 << 40
"""How large a section may become: with bytes, and without."""


@dataclass(slots=True, eq=False)
class Symbol:
    """A name for a place or a number.

    Attributes:
        name: as written; `.L1<0x02>3` for the third numeric label `1:`.
        fragment: where it is, with `offset` bytes of the fragment before it.
        value: of a symbol made by `.equ`, instead.
        binding: `local`, `global` or `weak`.
        type: `notype`, `object`, `func`, `tls`, `common` ...
        visibility: `default`, `hidden`, `internal` or `protected`.
        size: in bytes, a number or an expression.
        alignment: of a common symbol.
        defined_at: the statement that defines it.
        is_mentioned: whether a directive names it, so that it must be written.
        is_fixed: whether `.local` names it.
        is_predefined: whether the assembler defines it itself; it is not written.
        is_assigned: whether `.set` defines it, which may do so again, or a label instead.
        is_replaced: whether its name stands for something else from some line on.
        alias: the symbol that `.set` made it a name for; type and size are taken from there.
        is_weakly_used: whether an expression names it through a name of `.weakref`.
        is_directly_used: whether an expression names it itself.
        is_variant: whether `.variant_cc` names it.
    """

    name: str
    fragment: Fragment | None = None
    offset: int = 0
    value: Value | None = None
    binding: str = "local"
    type: str = "notype"
    visibility: str = "default"
    size: Value | None = None
    alignment: int = 0
    defined_at: Location | None = None
    used_at: Location | None = None
    is_mentioned: bool = False
    is_common: bool = False
    is_fixed: bool = False
    is_assigned: bool = False
    is_replaced: bool = False
    is_predefined: bool = False
    alias: Symbol | None = None
    is_weakly_used: bool = False
    is_directly_used: bool = False
    is_variant: bool = False

    @property
    def is_defined(self) -> bool:
        """Whether this source says what it is."""
        return self.fragment is not None or self.value is not None or self.is_common

    @property
    def is_place(self) -> bool:
        """Whether it is a place, here or elsewhere, and not a value that `.set` gave it."""
        return self.value is None


@dataclass(slots=True)
class Value:
    """`number + plus - minus`, or a tree of such values that only addresses can reduce.

    It is not changed; frozen, it would take three times as long to make.

    Attributes:
        number: the constant part.
        plus: a symbol that is added, or None.
        minus: a symbol that is taken away, or None.
        tree: operator and operands, where the shape above does not do.
        modifier: a relocation function around all of it, such as `%lo`.
        nodes: how many values the tree has.
    """

    number: int = 0
    plus: Symbol | None = None
    minus: Symbol | None = None
    tree: tuple[str, tuple[Value, ...]] | None = None
    modifier: str = ""
    nodes: int = 1

    @property
    def is_constant(self) -> bool:
        """Whether it is a number."""
        return self.plus is None and self.minus is None and self.tree is None


@dataclass(slots=True)
class Branch:
    """A branch or jump whose length depends on the distance.

    Attributes:
        word: the shortest encoding, its target field 0: 16 bits if `is_compressed`.
        is_jump: jal, c.j or c.jal.
        is_fixed: whether it has just one length.
        is_compressed: whether `word` is compressed; it grows to 4 bytes when it must.
        long_word: the 4-byte form with its target field 0.
        target: where it goes.
        location: the statement.
        length: 2, 4, 6 or 8; set by relaxation.
    """

    word: int
    is_jump: bool
    is_compressed: bool
    long_word: int
    target: Value
    location: Location
    is_fixed: bool = False
    length: int = 4


@dataclass(slots=True)
class Align:
    """Padding up to a multiple of `alignment`.

    Attributes:
        fill: the padding byte pattern; None means nops.
        nop_size: 2 or 4, the smallest nop where `fill` is None.
        maximum: if more bytes than this are needed, none are added; 0 is no limit.
        location: the statement, where the padding may not fit the pattern.
    """

    alignment: int
    fill: bytes | None
    nop_size: int
    maximum: int
    location: Location | None = None
    length: int = 0


@dataclass(slots=True)
class Space:
    """A run of fill bytes whose length is known late or large: `.space`, `.zero`, `.fill`."""

    count: Value
    fill: bytes
    location: Location
    length: int = 0


@dataclass(slots=True)
class Org:
    """Padding up to an offset of the section: `.org`."""

    target: Value
    fill: int
    location: Location
    length: int = 0


@dataclass(slots=True)
class Leb128:
    """A variable-length number that is known late."""

    value: Value
    is_signed: bool
    location: Location
    length: int = 1


INSTRUCTION, DATA, PADDING = b"xdn"
"""Kinds of statements."""

Tail = Branch | Align | Space | Org | Leb128


@dataclass(slots=True, eq=False)
class Fragment:
    """Fixed bytes and, at their end, what may stretch.

    Attributes:
        index: position in the subsection.
        shrinks: how many places before it the linker may shorten: two fragments with the same
            number are as far apart in the program as they are in the object.
        address: offset in the section, once laid out.
    """

    section: Section
    index: int
    shrinks: int = 0
    data: bytearray = field(default_factory=bytearray)
    tail: Tail | None = None
    address: int = 0

    @property
    def length(self) -> int:
        """Bytes, tail included."""
        return len(self.data) + (self.tail.length if self.tail else 0)


class Statements:
    """Where statements begin, in columns: there may be millions of them.

    Attributes:
        fragments: where each is.
        offsets: within the fragment's data.
        origins: the file.
        places: line and column there, see `packed`.
        kinds: `x` for instructions, `d` for data, `n` for nops that fill up.
    """

    __slots__ = ("fragments", "kinds", "offsets", "origins", "places")

    def __init__(self) -> None:
        self.fragments: list[Fragment] = []
        self.offsets = array("I")
        self.origins: list[Origin] = []
        self.places = array("Q")
        self.kinds = bytearray()

    def __len__(self) -> int:
        return len(self.kinds)

    def add(self, fragment: Fragment, origin: Origin, place: int, kind: int) -> None:
        """Appends a statement that begins at the end of a fragment."""
        self.fragments.append(fragment)
        self.offsets.append(len(fragment.data))
        self.origins.append(origin)
        self.places.append(place)
        self.kinds.append(kind)


def packed(line: int, column: int) -> int:
    """Line and column as one number."""
    return line << 32 | column


@dataclass(slots=True)
class Fixup:
    """A place whose bits depend on a value that is known late.

    Attributes:
        fragment: where it is.
        offset: within the fragment's data.
        kind: a relocation name without `R_RISCV_`, or `DATA8` .. `DATA64` for data.
        value: what is filled in.
        is_relaxable: whether the linker may relax the place (an R_RISCV_RELAX goes along).
        location: the statement.
    """

    fragment: Fragment
    offset: int
    kind: str
    value: Value
    is_relaxable: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Request:
    """A relocation that `.reloc` asks for.

    Attributes:
        section: the current one.
        offset: in the section, or a place of it.
        kind: a relocation name without `R_RISCV_`.
        value: symbol and addend.
        location: the statement.
    """

    section: Section
    offset: Value
    kind: str
    value: Value
    location: Location


@dataclass(slots=True, eq=False)
class Section:
    """A section under construction.

    Attributes:
        name: such as `.text`.
        flags: of the ELF section header.
        type: of the ELF section header.
        entry_size: of the ELF section header.
        group: name of the section group it belongs to, or empty.
        link: name of the section or symbol that it is ordered with; `0` for none, or empty.
        unique: number of one of several sections of a name, or empty.
        subsections: fragments by subsection number.
        fragments: all of them in order, once laid out.
        statements: where they begin; only of sections that are loaded.
        is_laid_out: whether its fragments have addresses, which relaxation may still correct.
    """

    name: str
    flags: int
    type: int
    entry_size: int = 0
    group: str = ""
    link: str = ""
    unique: str = ""
    alignment: int = 1
    subsections: dict[int, list[Fragment]] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    fixups: list[Fixup] = field(default_factory=list)
    statements: Statements = field(default_factory=Statements)
    size: int = 0
    is_laid_out: bool = False

    @property
    def is_code(self) -> bool:
        """Whether it holds instructions."""
        return bool(self.flags & EXEC)

    @property
    def has_places(self) -> bool:
        """Whether somebody asks where data in it comes from: where it is loaded, or holds code."""
        return bool(self.flags & (ALLOC | EXEC))

    def start_symbol(self) -> Symbol:
        """A nameless symbol for the first byte."""
        return Symbol(".L0 ", self.subsections[min(self.subsections)][0], 0)

    def end_symbol(self) -> Symbol:
        """A nameless symbol behind the last byte of a section that is laid out."""
        last = self.fragments[-1]
        return Symbol(".L0 ", last, last.length)

    @property
    def depends_on_others(self) -> bool:
        """Whether the length of something in it may depend on distances in other sections."""
        tails = (fragment.tail for each in self.subsections.values() for fragment in each)
        return any(isinstance(tail, Leb128 | Space) for tail in tails)

    def join(self) -> None:
        """Puts the fragments of all subsections in a row."""
        self.fragments = [
            fragment for number in sorted(self.subsections) for fragment in self.subsections[number]
        ]
        before = 0
        for number in sorted(self.subsections):
            fragments = self.subsections[number]
            for fragment in fragments:
                fragment.shrinks += before
            before = fragments[-1].shrinks
        for index, fragment in enumerate(self.fragments):
            fragment.index = index


def default_attributes(name: str) -> tuple[int, int, int]:
    """Flags, type and entry size that a section has by its name alone."""
    for prefix, attributes in _BY_NAME:
        if _has_prefix(name, prefix):
            return attributes
    return (0, NOTE if name.startswith(".note") else PROGBITS, 0)


def is_known_name(name: str) -> bool:
    """Whether a section of that name has flags and a type by its name."""
    return any(_has_prefix(name, prefix) for prefix, _ in _BY_NAME)


def _has_prefix(name: str, prefix: str) -> bool:
    is_longer = name.startswith(prefix + ".") and prefix not in _WHOLE_NAMES
    return name == prefix or is_longer


_BY_NAME: tuple[tuple[str, tuple[int, int, int]], ...] = (
    (".text", (ALLOC | EXEC, PROGBITS, 0)),
    (".init", (ALLOC | EXEC, PROGBITS, 0)),
    (".fini", (ALLOC | EXEC, PROGBITS, 0)),
    (".data", (ALLOC | WRITE, PROGBITS, 0)),
    (".data1", (ALLOC | WRITE, PROGBITS, 0)),
    (".sdata", (ALLOC | WRITE, PROGBITS, 0)),
    (".bss", (ALLOC | WRITE, NOBITS, 0)),
    (".sbss", (ALLOC | WRITE, NOBITS, 0)),
    (".gnu.linkonce.b", (ALLOC | WRITE, NOBITS, 0)),
    (".rodata", (ALLOC, PROGBITS, 0)),
    (".rodata1", (ALLOC, PROGBITS, 0)),
    (".srodata", (ALLOC, PROGBITS, 0)),
    (".tdata", (ALLOC | WRITE | TLS, PROGBITS, 0)),
    (".tbss", (ALLOC | WRITE | TLS, NOBITS, 0)),
    (".init_array", (ALLOC | WRITE, INIT_ARRAY, 0)),
    (".fini_array", (ALLOC | WRITE, FINI_ARRAY, 0)),
    (".preinit_array", (ALLOC | WRITE, PREINIT_ARRAY, 0)),
    (".eh_frame", (ALLOC, PROGBITS, 0)),
    (".gcc_except_table", (ALLOC, PROGBITS, 0)),
    (".persistent", (ALLOC | WRITE, PROGBITS, 0)),
    (".noinit", (ALLOC | WRITE, NOBITS, 0)),
    (".note.GNU-stack", (0, PROGBITS, 0)),
)
_WHOLE_NAMES = frozenset([".init", ".fini", ".data1", ".rodata1", ".note.GNU-stack"])
"""Names that stand for themselves only, not for those that go on with a dot."""
