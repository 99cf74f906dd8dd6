"""Operand kinds: what may stand in the place of an operand, and how it maps to its field."""

from __future__ import annotations

from functools import cached_property

from rvx.isa.errors import DeclarationError, EncodingError
from rvx.isa.pattern import Field, Pattern
from rvx.isa.registers import F, RegisterFile, V, X
from rvx.records import dataclass, replace

ROUNDING_MODES = {"rne": 0, "rtz": 1, "rdn": 2, "rup": 3, "rmm": 4, "dyn": 7}
LAST_ROUNDING_MODE = 4
"""What frm may hold: 5 and 6 are reserved, and 7, which is `dyn` in a word, is no mode there."""
FENCE_SETS = "iorw"
_HALF = 16
"""As many of the x registers as RV32E has."""
_EVERY, _FEW = 15, 6
"""The longest list of Zcmp, and of those registers that RV32E has."""
_MOST_KNOWN = 1 << 13
"""Values of an operand that are remembered."""


@dataclass(frozen=True)
class RegisterKind:
    """A register of one file.

    Attributes:
        name: the kind's name in syntax strings.
        file: the register file.
        numbers: the registers that may stand here, in the order of their field values.
        group: how many registers are meant, the first of which is named.
        limit: if not 0, the first register that there is not: 16 for x registers of RV32E.
    """

    name: str
    file: RegisterFile
    numbers: tuple[int, ...]
    group: int = 1
    limit: int = 0

    @property
    def has_words(self) -> bool:
        """Whether a body gets words, and not one value."""
        return not self.file.is_by_number and (self.group > 1 or self.file.words > 1)

    def has(self, number: int) -> bool:
        """Whether this register may stand here."""
        return number in self.numbers and not 0 < self.limit < number + self.group

    def members(self, number: int) -> tuple[int, ...]:
        """The registers that are meant where this one is named: with x0, x0 alone, repeatedly."""
        if self.file is X and number == 0:
            return (0,) * self.group
        return tuple(range(number, number + self.group))

    @property
    def is_indexed(self) -> bool:
        """Whether the field holds a position in `numbers`, as compressed instructions do.

        A kind of a single register, such as the `sp` of c.lwsp, needs no field at all.
        """
        return self.group == 1 and len(self.numbers) in (1, 4, 8)


@dataclass(frozen=True)
class ImmediateKind:
    """A number.

    Attributes:
        name: the kind's name in syntax strings.
        signed: whether the field is two's complement.
        is_target: whether it is an offset from the instruction, written as a label.
        bias: what is added to the field to give the written value.
        is_nonzero: whether 0 is reserved.
        also: further written values that are accepted, as a half-open range, and taken modulo
            the width of the field; GNU as accepts -2048..4095 in some places, for example.
        is_hex: whether the disassembler prints it in hexadecimal.
        wrap: if not 0, negative values are written modulo `2**wrap`: c.lui takes 0xfffe0..0xfffff.
        least, most: if not 0, the smallest and the largest value; others that the field could hold
            are reserved.
    """

    name: str
    signed: bool
    is_target: bool = False
    bias: int = 0
    is_nonzero: bool = False
    also: tuple[int, int] | None = None
    is_hex: bool = False
    wrap: int = 0
    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class CsrKind:
    """The address of a CSR, written by name or by number."""

    name: str = "csr"


@dataclass(frozen=True)
class RoundingKind:
    """A static rounding mode; it may be left out and is then `dyn`, or `default`.

    Attributes:
        name: the kind's name in syntax strings.
        default: what it is where it is left out.
        modes: those that may stand here.
    """

    name: str = "rm"
    default: int = 7
    modes: tuple[int, ...] = tuple(ROUNDING_MODES.values())


@dataclass(frozen=True)
class FenceKind:
    """A set of letters of `iorw`."""

    name: str = "fence"


@dataclass(frozen=True)
class MaskKind:
    """Whether a vector instruction takes v0: written as `v0.t` (0), or left out (1).

    Attributes:
        name: the kind's name in syntax strings.
        default: what it is where it is left out.
        text: how it is written: `v0.t` for a mask, `v0.scale` for scales of blocks.
        is_required: whether it has to be written.
    """

    name: str = "vm"
    default: int = 1
    text: str = "v0.t"
    is_required: bool = False


@dataclass(frozen=True)
class LambdaKind:
    """The shape of a tile in vector registers: `L1` to `L64`, or left out where vtype says it."""

    name: str = "lambda"
    default: int = 0

    @property
    def spellings(self) -> tuple[str, ...]:
        """How each value is written; nothing for 0."""
        return ("", *(f"L{1 << i}" for i in range(7)))


@dataclass(frozen=True)
class NumberKind:
    """One of a few real numbers, written as such; the field holds its place in the list.

    Attributes:
        name: the kind's name in syntax strings.
        spellings: of the numbers, as the disassembler prints them: `inf`, or hexadecimal digits
            as in 0x1.8p+1. Others of the same value are read as well.
    """

    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class FrameKind:
    """What Zcmp saves or restores: `{ra, s0-s2}, -48`, registers and the change of sp.

    The value is four bits for the list, from 4 on, and two for more room, in units of 16 bytes.

    Attributes:
        name: the kind's name in syntax strings.
        is_negative: whether sp becomes smaller.
        most: the longest list.
    """

    name: str
    is_negative: bool
    most: int = 15

    def text(self, value: int, xlen: int) -> str:
        """How a value is written."""
        count = frame_registers(value >> 2)
        saved = f"s0-s{count - 2}" if count > 2 else "s0"
        listed = "ra" if count == 1 else f"ra,{saved}"
        size = frame_size(value >> 2, value & 3, xlen)
        return f"{{{listed}}},{-size if self.is_negative else size}"


def frame_registers(rlist: int) -> int:
    """How many registers a list of Zcmp has: ra, then s0 and on; the last one has two more."""
    return 13 if rlist == 15 else rlist - 3


def frame_size(rlist: int, more: int, xlen: int) -> int:
    """Bytes of the stack that a list of Zcmp takes, in multiples of 16."""
    return (frame_registers(rlist) * (xlen >> 3) + 15 & -16) + 16 * more


@dataclass(frozen=True)
class VtypeKind:
    """A vtype: written as `e32, m1, ta, ma`, or as a number."""

    name: str = "vtype"


Kind = (
    RegisterKind
    | ImmediateKind
    | CsrKind
    | RoundingKind
    | FenceKind
    | MaskKind
    | LambdaKind
    | NumberKind
    | FrameKind
    | VtypeKind
)


def register_kinds(file: RegisterFile) -> dict[str, RegisterKind]:
    """The kinds of a register file: `p` for all of it, and for 32 registers also `pc` for 8..15.

    `x!0` is any x register but x0, `x!2` any but x2.
    """
    every = tuple(range(file.count))
    kinds = {file.name: RegisterKind(file.name, file, every)}
    if file.is_core:
        compressed = f"{file.name}c"
        kinds[compressed] = RegisterKind(compressed, file, tuple(range(8, 16)))
    if file is X:
        kinds["x!0"] = RegisterKind("x!0", file, every[1:])
        kinds["x!2"] = RegisterKind("x!2", file, (0, 1, *every[3:]))
        kinds["sp"] = RegisterKind("sp", file, (2,))
    if file is V:
        kinds["v0"] = RegisterKind("v0", file, (0,))
    return kinds


def group_kind(name: str, base: Kind | None, size: str) -> RegisterKind | None:
    """The kind of `x*2`: aligned groups of registers; None if there are none of this size."""
    if not isinstance(base, RegisterKind) or base.file.is_vector or base.file.words > 1:
        return None
    group = int(size)  # of tiles: those that elements of more than 8 bits take together
    if group < 2 or base.file.count % group or base.numbers != tuple(range(base.file.count)):
        return None
    return RegisterKind(name, base.file, base.numbers[::group], group)


_BASE_KINDS: dict[str, Kind] = {
    "s": ImmediateKind("s", signed=True),
    "u": ImmediateKind("u", signed=False),
    "s!0": ImmediateKind("s!0", signed=True, is_nonzero=True),
    "u!0": ImmediateKind("u!0", signed=False, is_nonzero=True),
    "shamt": ImmediateKind("shamt", signed=False, is_hex=True),
    "shamt!0": ImmediateKind("shamt!0", signed=False, is_nonzero=True, is_hex=True),
    "u20": ImmediateKind("u20", signed=False, is_hex=True),
    "s20!0": ImmediateKind("s20!0", signed=True, is_nonzero=True, is_hex=True, wrap=20),
    "count": ImmediateKind("count", signed=False, bias=1),
    "target": ImmediateKind("target", signed=True, is_target=True),
    "ahead": ImmediateKind("ahead", signed=False, is_target=True),
    "csr": CsrKind(),
    "rm": RoundingKind(),
    "rm0": RoundingKind("rm0", default=0),
    "rtz": RoundingKind("rtz", modes=(ROUNDING_MODES["rtz"],)),
    "fence": FenceKind(),
    "vm": MaskKind(),
    "scale": MaskKind("scale", text="v0.scale"),
    "scaled": MaskKind("scaled", text="v0.scale", is_required=True),
    "lambda": LambdaKind(),
    "vtype": VtypeKind(),
}
CORE_KINDS: dict[str, Kind] = {
    **_BASE_KINDS,
    **register_kinds(X),
    **register_kinds(F),
    **register_kinds(V),
}
DEFAULT_KINDS = {
    "rd": "x",
    "rs1": "x",
    "rs2": "x",
    "rs3": "x",
    "imm": "s",
    "uimm": "u",
    "shamt": "shamt",
    "offset": "target",
    "csr": "csr",
    "rm": "rm",
    "pred": "fence",
    "succ": "fence",
    "sp": "sp",
    **dict.fromkeys(("vd", "vs1", "vs2", "vs3"), "v"),
    "v0": "v0",
    "vm": "vm",
    "scale": "scale",
    "vtype": "vtype",
}


@dataclass(frozen=True)
class Operand:
    """An operand of one instruction: its name, its kind, and the field that holds it.

    Operand *values* are what the assembler writes and the body sees: register numbers, signed
    numbers, CSR addresses.
    """

    name: str
    kind: Kind
    field: Field

    @property
    def is_register(self) -> bool:
        """Whether the value is a register number."""
        return isinstance(self.kind, RegisterKind)

    @cached_property
    def range(self) -> tuple[int, int]:
        """The smallest and the largest value of a number; multiples of `2**field.lsb` only."""
        width, step = self.field.width, 1 << self.field.lsb
        bias = self.kind.bias if isinstance(self.kind, ImmediateKind) else 0
        if isinstance(self.kind, ImmediateKind) and self.kind.signed:
            return -(1 << width - 1), (1 << width - 1) - step
        highest = (1 << width) - step + bias
        if isinstance(self.kind, ImmediateKind):
            return self.kind.least or bias, self.kind.most or highest
        return bias, highest

    @cached_property
    def _known_bits(self) -> dict[int, int | None]:
        """What `bits` has found: programs write few numbers often."""
        return {}

    def bits(self, value: int) -> int | None:
        """The bits of the word that hold this value; None if it does not fit."""
        known = self._known_bits
        if value in known:
            return known[value]
        try:
            found: int | None = self.encode(value)
        except EncodingError:
            found = None
        if len(known) < _MOST_KNOWN:
            known[value] = found
        return found

    def encode(self, value: int) -> int:
        """The bits of the word that hold this value.

        Raises:
            EncodingError: the value does not fit; the sentence says what would.
        """
        kind = self.kind
        if isinstance(kind, RegisterKind):
            if kind.has(value):
                is_position = kind.is_indexed
                word = self.field.insert(kind.numbers.index(value) if is_position else value)
                # The field may leave out the lowest bit of a number.
                if is_position or self.field.extract(word) == value:
                    return word
            raise EncodingError(
                f"register {kind.file.abi[value]} cannot stand here; "
                f"valid are {self._register_list(kind)}"
            )
        if isinstance(kind, ImmediateKind):
            if kind.wrap and value >> kind.wrap - 1 == 1:
                value -= 1 << kind.wrap
            value = self._accepted(value, kind) - kind.bias
        elif isinstance(kind, FrameKind) and not self.is_valid(value):
            raise EncodingError(
                "a list of registers has at least ra"
                + (", and no register beyond s1" if kind.most < _EVERY else "")
            )
        elif isinstance(kind, RoundingKind) and not self.is_valid(value):
            raise EncodingError(
                f"rounding mode {value} is reserved; valid are "
                + ", ".join(
                    f"{name} ({number})"
                    for name, number in ROUNDING_MODES.items()
                    if number in kind.modes
                )
            )
        elif not 0 <= value < 1 << self.field.width:
            raise EncodingError(
                f"{value} does not fit; valid is 0 to {(1 << self.field.width) - 1}"
            )
        return self.field.insert(value)

    def _has_room(self, register: int) -> bool:
        """Whether the field keeps all bits of its number: one may leave out the lowest."""
        kind = self.kind
        is_position = isinstance(kind, RegisterKind) and kind.is_indexed
        return is_position or self.field.extract(self.field.insert(register)) == register

    def _register_list(self, kind: RegisterKind) -> str:
        has = {n: kind.has(n) and self._has_room(n) for n in range(kind.file.count)}
        names = [kind.file.abi[number] for number in kind.numbers if has[number]]
        last = (kind.limit or kind.file.count) - 1
        missing = [kind.file.abi[i] for i in range(last + 1) if not has[i]]
        if len(names) <= 8 or len(missing) > 8:
            return ", ".join(names)
        every = f"{kind.file.name}0 to {kind.file.name}{last}"
        return f"all of {every} but {', '.join(missing)}" if missing else every

    def _accepted(self, value: int, kind: ImmediateKind) -> int:
        low, high = self.range
        if kind.also is not None and kind.also[0] <= value < kind.also[1]:
            return value
        step = 1 << self.field.lsb
        if not low <= value <= high or (value - kind.bias) % step:
            multiple = f" in multiples of {step}" if step > 1 else ""
            what = "the distance to the target of " if kind.is_target else ""
            raise EncodingError(f"{what}{value} does not fit; valid is {low} to {high}{multiple}")
        if kind.is_nonzero and value == 0:
            raise EncodingError("0 is reserved here; any other value in range is valid")
        return value

    def decode(self, word: int) -> int:
        """The value that the word holds."""
        raw = self.field.extract(word)
        kind = self.kind
        if isinstance(kind, RegisterKind):
            return kind.numbers[raw] if kind.is_indexed else raw
        if isinstance(kind, ImmediateKind):
            if kind.signed and raw >> self.field.width - 1:
                raw -= 1 << self.field.width
            if kind.wrap and raw < 0:
                raw += 1 << kind.wrap
            return raw + kind.bias
        return raw

    @cached_property
    def reserved(self) -> tuple[tuple[int, int], ...]:
        """What `is_valid` refuses, as (mask, match) of the word."""
        kind = self.kind
        stored = self.field.insert(-1)
        if isinstance(kind, ImmediateKind) and not kind.most and not kind.least:
            return ((stored, self.field.insert(-kind.bias)),) if kind.is_nonzero else ()
        if isinstance(kind, RegisterKind) and not kind.limit:
            if kind.is_indexed or len(kind.numbers) == 1 << self.field.width:
                return ()
        elif isinstance(kind, RegisterKind) and not kind.is_indexed and kind.limit == _HALF:
            # One bit says for half of the registers that there are none of them.
            beyond = self.field.insert(_HALF)
            rest = [v for v in range(_HALF) if not self.is_valid(v)]
            return ((beyond, beyond), *((stored, self.field.insert(v)) for v in rest))
        is_always_valid = not isinstance(
            kind, RegisterKind | RoundingKind | ImmediateKind | FrameKind | MaskKind
        )
        if is_always_valid or (isinstance(kind, MaskKind) and not kind.is_required):
            return ()
        if isinstance(kind, RegisterKind) and kind.is_indexed:
            bad = [raw for raw, number in enumerate(kind.numbers) if not self.is_valid(number)]
        else:
            values = range(0, 1 << self.field.width, 1 << self.field.lsb)
            bad = [value for value in values if not self.is_valid(value)]
        return tuple((stored, self.field.insert(raw)) for raw in bad)

    def with_half(self) -> Operand:
        """The same where there are but x0 to x15."""
        kind = self.kind
        if isinstance(kind, RegisterKind) and kind.file is X and max(kind.numbers) >= _HALF:
            return replace(self, kind=replace(kind, limit=_HALF))
        if isinstance(kind, FrameKind):
            return replace(self, kind=replace(kind, most=_FEW))
        return self

    def is_valid(self, value: int) -> bool:
        """Whether a decoded value may stand here; reserved ones make the word illegal."""
        if isinstance(self.kind, RegisterKind):
            return self.kind.has(value)
        if isinstance(self.kind, ImmediateKind):
            is_beyond = self.kind.most != 0 and value > self.kind.most
            return (
                not is_beyond
                and value >= (self.kind.least or value)
                and not (self.kind.is_nonzero and value == 0)
            )
        if isinstance(self.kind, RoundingKind):
            return value in self.kind.modes
        if isinstance(self.kind, FrameKind):
            return 4 <= value >> 2 <= self.kind.most
        if isinstance(self.kind, MaskKind) and self.kind.is_required:
            return value == 0
        return True


def make_operand(name: str, kind_name: str, kinds: dict[str, Kind], pattern: Pattern) -> Operand:
    """An operand of an instruction with this pattern.

    Raises:
        DeclarationError: the kind is unknown, or the pattern has no such field.
    """
    base, _, size = kind_name.partition("*")
    kind = group_kind(kind_name, kinds.get(base), size) if size else kinds.get(base)
    if kind is None and size:
        raise DeclarationError(
            f"operand '{name}': there is no operand kind '{kind_name}'; x*2 is an aligned pair of "
            f"x registers, x*4 four of them: the number divides that of the registers"
        )
    if kind is None:
        raise DeclarationError(
            f"operand '{name}': there is no operand kind '{kind_name}'; "
            f"known are {', '.join(sorted(kinds))}"
        )
    field = pattern.fields.get(name)
    if field is None and isinstance(kind, RegisterKind) and len(kind.numbers) == 1:
        field = Field(name, ())
    if field is None:
        raise DeclarationError(
            f"operand '{name}' has no field in the pattern '{pattern.text}'; "
            f"its fields are {', '.join(pattern.fields) or 'none'}"
        )
    return Operand(name, kind, field)
