"""The ways to write each instruction, and the match of written operands with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.model.relocations import modifier_relocation
from rvx.assembler.model.sections import Value
from rvx.assembler.model.values import wrap
from rvx.assembler.source.syntax import (
    Braced,
    Enclosed,
    Expression,
    Memory,
    Modified,
    Name,
    Number,
    Operand,
    Real,
    TypeName,
    hoisted,
)
from rvx.isa import Instruction, Isa
from rvx.isa import Operand as Place
from rvx.isa.operands import (
    FENCE_SETS,
    ROUNDING_MODES,
    CsrKind,
    FenceKind,
    FrameKind,
    ImmediateKind,
    LambdaKind,
    MaskKind,
    NumberKind,
    RegisterKind,
    RoundingKind,
    VtypeKind,
    frame_size,
)
from rvx.isa.registers import X
from rvx.isa.syntax import Slot, Syntax
from rvx.isa.vtype import ALTERNATIVE_WIDTHS, PARTS, parse_vtype
from rvx.records import dataclass, replace

Evaluate = Callable[[Expression], Value]
Filled = Mapping[str, "int | Value"]


class Mismatch(SourceError):
    """The operands do not have the shape of a form.

    Attributes:
        position: the operand that does not fit; the form that fits furthest is reported.
    """

    def __init__(self, position: int, message: str, *, hint: str = "", text: str = "") -> None:
        super().__init__(message, hint=hint, text=text)
        self.position = position


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an instruction: its own syntax, or an alias.

    Attributes:
        syntax: how it is written.
        instruction: what it stands for.
        bindings: for every operand of the instruction an operand of the syntax, or a number.
        places: the operands of the instruction by the names that the syntax gives them.
        required: how many slots must be written; a rounding mode or a mask at the end may be left
            out.
    """

    syntax: Syntax
    instruction: Instruction
    bindings: Mapping[str, str | int]
    places: Mapping[str, Place]
    required: int

    @property
    def names_csr(self) -> bool:
        """Whether a CSR is one of the operands that are written."""
        return any(isinstance(place.kind, CsrKind) for place in self.places.values())

    @property
    def written_as(self) -> tuple[tuple[str, ...], ...]:
        """The operands of the instruction that each operand in the source is, in its order."""
        order = [name for slot in self.syntax.slots for name in (slot.name, slot.base) if name]
        found = [tuple(k for k, bound in self.bindings.items() if bound == name) for name in order]
        return tuple(each for each in found if each)

    def match(self, operands: list[Operand], isa: Isa, evaluate: Evaluate) -> Filled:
        """The operand values of the instruction; those that need an address stay values.

        Raises:
            Mismatch: the operands do not have this form's shape.
        """
        slots = self.syntax.slots
        own: dict[str, int | Value] = {}
        if slots and len(operands) >= len(slots) and self._takes_rest():
            place, rest = self.places[slots[-1].name], operands[len(slots) - 1 :]
            if isinstance(place.kind, FrameKind):
                own[slots[-1].name] = _frame(place.kind, rest, isa, evaluate)
            else:
                own[slots[-1].name] = _vtype(place, rest, isa, evaluate)
            slots = slots[:-1]
            operands = operands[: len(slots)]
        if not min(self.required, len(slots)) <= len(operands) <= len(slots):
            raise Mismatch(-1, "")
        position, left_out = 0, len(slots) - len(operands)
        for slot in slots:
            optional = self._optional(slot)
            if left_out and optional and not _is_written(optional, operands[position:]):
                own[slot.name] = optional.default
                left_out -= 1
                continue
            try:
                self._fill(own, slot, operands[position], isa, evaluate)
            except Mismatch as problem:
                problem.position = position
                raise
            position += 1
        return {
            name: bound if isinstance(bound, int) else own[bound]
            for name, bound in self.bindings.items()
        }

    def _optional(self, slot: Slot) -> RoundingKind | MaskKind | LambdaKind | None:
        """The kind of an operand that may be left out at the end; None for others."""
        place = self.places.get(slot.name)
        return place.kind if place is not None and isinstance(place.kind, _Optional) else None

    def _takes_rest(self) -> bool:
        """Whether the last slot takes all that is left: a vtype has commas of its own."""
        place = self.places.get(self.syntax.slots[-1].name)
        return place is not None and isinstance(place.kind, VtypeKind | FrameKind)

    def _fill(
        self,
        own: dict[str, int | Value],
        slot: Slot,
        operand: Operand,
        isa: Isa,
        evaluate: Evaluate,
    ) -> None:
        if not slot.base:
            own[slot.name] = fill_place(self.places[slot.name], operand, isa, evaluate)
            return
        base = self.places[slot.base]
        if isinstance(operand, Memory):
            own[slot.base] = fill_place(base, operand.base, isa, evaluate)
            if slot.name:
                own[slot.name] = fill_place(self.places[slot.name], operand.offset, isa, evaluate)
            elif operand.offset != Number(0):
                raise Mismatch(
                    0,
                    f"'{operand}' has an offset, which '{self.syntax.mnemonic}' does not take",
                    hint=f"write ({operand.base})",
                )
        elif isinstance(operand, Enclosed) and operand.name in isa.registers:
            own[slot.base] = fill_place(base, Name(operand.name), isa, evaluate)
            if slot.name:
                own[slot.name] = 0
        else:
            raise Mismatch(
                0,
                f"'{operand}' is not an address such as {'0' if slot.name else ''}(a0)",
                hint=f"the syntax is: {self.syntax.shape}",
                text=str(operand),
            )


def fill_place(place: Place, operand: Operand, isa: Isa, evaluate: Evaluate) -> int | Value:
    """The value of one operand: a number, or what is left of it until addresses are known.

    Raises:
        Mismatch: it is of another kind than the place takes.
    """
    kind = place.kind
    operand = hoisted(operand)
    if isinstance(kind, NumberKind):
        return _number(kind, operand)
    if isinstance(operand, Memory | TypeName | Real | Braced):
        raise Mismatch(0, f"'{operand}' cannot stand here", hint=_wanted(place), text=str(operand))
    if isinstance(kind, RegisterKind):
        return _register(kind, operand, isa)
    if isinstance(kind, RoundingKind):
        if isinstance(operand, Name) and operand.name.lower() in ROUNDING_MODES:
            return ROUNDING_MODES[operand.name.lower()]
        modes = ", ".join(ROUNDING_MODES)
        raise Mismatch(
            0,
            f"'{operand}' is not a rounding mode",
            hint=f"valid are {modes}",
            text=str(operand),
        )
    if isinstance(kind, FenceKind):
        return _fence(operand)
    if isinstance(kind, MaskKind):
        if _may_stand(kind, operand):
            return 0
        raise Mismatch(
            0,
            f"'{operand}' is not a mask" if kind.name == "vm" else f"'{operand}' is not a scale",
            hint=f"{kind.text} stands here{'' if kind.is_required else ', or nothing'}",
            text=str(operand),
        )
    if isinstance(kind, LambdaKind):
        if _may_stand(kind, operand):
            return kind.spellings.index(str(operand).upper())
        raise Mismatch(
            0,
            f"'{operand}' is not the shape of a tile",
            hint=f"{', '.join(kind.spellings[1:])} stand here, or nothing",
            text=str(operand),
        )
    if isinstance(kind, CsrKind) and isinstance(operand, Name):
        number = isa.csr_names.get(operand.name)
        if number is not None:
            return number
    is_target = isinstance(kind, ImmediateKind) and kind.is_target
    if isinstance(operand, Name) and operand.name in isa.registers and not is_target:
        raise Mismatch(
            0,
            f"'{operand}' is a register, and a number is needed here",
            hint=_wanted(place),
            text=operand.name,
        )
    value = evaluate(operand.operand if isinstance(operand, Modified) else operand)
    if isinstance(operand, Modified):
        return _modified(place, operand, value)
    if is_target:
        return value
    if not value.is_constant:
        what = "CSR" if isinstance(kind, CsrKind) else "number"
        hint = "valid are a name such as mstatus or a number of 12 bits"
        if not isinstance(kind, CsrKind):
            hint = "for an address write %lo(...), %hi(...) or la; .equ a constant before its use"
        elif isinstance(operand, Name):
            hint = did_you_mean(operand.name, isa.csr_names) or hint
        raise Mismatch(
            0, f"'{operand}' is not a {what} that is known here", hint=hint, text=str(operand)
        )
    if isinstance(kind, ImmediateKind) and kind.is_nonzero and value.number == 0:
        raise Mismatch(0, "0 is reserved here", hint="any other value in range is valid")
    number = wrap(value.number) if value.number < 1 << 64 else value.number
    if isa.xlen == 32 and not -(1 << 31) <= number < 1 << 31:
        return number  # as it is written, see `emit_values`
    return register_value(number, isa.xlen)


def register_value(number: int, xlen: int) -> int:
    """The signed number that a pattern of a whole register holds, or of its sign extension."""
    number = wrap(number) if number < 1 << 64 else number
    if xlen == 32 and -(1 << 32) <= number < 1 << 32:
        number = (number + (1 << 31) & (1 << 32) - 1) - (1 << 31)
    return number


def _register(kind: RegisterKind, operand: Expression, isa: Isa) -> int:
    if isinstance(operand, Name) and not isinstance(operand, Enclosed):
        found = isa.registers.get(operand.name)
        if found is not None and found[0] == kind.file:
            return found[1]
    names = [name for name, (file, _) in isa.registers.items() if file == kind.file]
    hint = did_you_mean(str(operand), names)
    if not hint:
        last = kind.file.count - 1
        hint = f"valid are {kind.file.name}0 to {kind.file.name}{last} and their ABI names"
    raise Mismatch(
        0,
        f"'{operand}' is not a register of file {kind.file.name}",
        hint=hint,
        text=str(operand),
    )


def _number(kind: NumberKind, operand: Operand) -> int:
    """The place of a real number in the list of a kind."""
    written = str(operand).lower()
    if written in kind.spellings:
        return kind.spellings.index(written)
    if isinstance(operand, Real | Number):
        for place, spelling in enumerate(kind.spellings):
            if spelling[-1].isdecimal() and float.fromhex(spelling) == operand.value:
                return place
    names = [one for one in kind.spellings if not one[-1].isdecimal()]
    values = [f"{float.fromhex(one):g}" for one in kind.spellings if one not in names]
    raise Mismatch(
        0,
        f"'{operand}' is none of the numbers that can stand here",
        hint=f"valid are {', '.join([*values, *names])}",
        text=str(operand),
    )


def _frame(kind: FrameKind, operands: list[Operand], isa: Isa, evaluate: Evaluate) -> int:
    """The number of a list of registers and a change of sp.

    Raises:
        Mismatch: they are not of this form, or the change is not one that the list allows.
    """
    listed = operands[0]
    hint = "such as {ra}, {ra, s0}, {ra, s0-s1} and so on up to {ra, s0-s11}"
    rlist = _listed(listed.parts, isa) if isinstance(listed, Braced) else None
    if rlist is None:
        raise Mismatch(0, f"'{listed}' is not a list of registers", hint=hint, text=str(listed))
    sizes = [frame_size(rlist, more, isa.xlen) for more in range(4)]
    valid = [-size if kind.is_negative else size for size in sizes]
    number = None
    if len(operands) == 2 and not isinstance(
        operands[1], Memory | TypeName | Real | Braced | Modified
    ):
        number = evaluate(operands[1])
    if number is None or not number.is_constant or number.number not in valid:
        raise Mismatch(
            1,
            f"'{listed}' is not followed by a change of sp that it allows",
            hint=f"valid are {', '.join(map(str, valid))}",
            text=str(operands[-1]),
        )
    return rlist << 2 | valid.index(number.number)


def _listed(parts: Sequence[str], isa: Isa) -> int | None:
    """The four bits of a list of registers: ra, then a run of s registers from s0 on."""
    numbers: list[int] = []
    for part in parts:
        ends = [isa.registers.get(end.strip()) for end in part.split("-")]
        if not 1 <= len(ends) <= 2 or any(end is None or end[0] != X for end in ends):
            return None
        first, last = (end[1] for end in (ends[0], ends[-1]) if end is not None)
        if first in _SAVED and last in _SAVED:
            numbers += _SAVED[_SAVED.index(first) : _SAVED.index(last) + 1]
        elif len(ends) == 1:
            numbers.append(first)
        else:
            return None
    count = len(numbers)
    is_run = count >= 1 and numbers == [1, *_SAVED[: count - 1]]
    if not is_run or count == 12:  # without s11 there is no list with s10
        return None
    return 15 if count == 13 else count + 3


_SAVED = [8, 9, *range(18, 28)]
"""s0 to s11."""


def _vtype(place: Place, operands: list[Operand], isa: Isa, evaluate: Evaluate) -> int | Value:
    """The number of a vtype, in words or as one number.

    Raises:
        Mismatch: it is neither.
    """
    words = [operand.name.lower() for operand in operands if isinstance(operand, Name)]
    alternatives = 0 if isa.vector is None else isa.vector.alternatives
    found = parse_vtype(words, alternatives) if len(words) == len(operands) else None
    if found is not None:
        return found
    if len(operands) == 1 and not words:
        return fill_place(place, operands[0], isa, evaluate)
    wrong = next((word for word in words if all(word not in names for names, _ in PARTS)), "")
    if wrong in ALTERNATIVE_WIDTHS and parse_vtype([wrong], alternatives) is not None:
        wrong = ""
    written = wrong or ", ".join(str(operand) for operand in operands)
    hint = "such as e32, m1, ta, ma: " + "; then ".join(
        f"one of {' '.join(names)}" for names, _ in PARTS
    )
    if wrong in ALTERNATIVE_WIDTHS:
        hint = (
            "altfmt goes with the widths that an extension gives another format, such as Zvfofp8min"
        )
    raise Mismatch(0, f"'{written}' is not a vtype", hint=hint, text=wrong)


def _fence(operand: Expression) -> int:
    name = "" if operand == Number(0) else str(operand)  # the disassembler writes 0 for no access
    letters = [c for c in FENCE_SETS if c in name]
    if "".join(letters) != name:
        raise Mismatch(
            0,
            f"'{name}' is not a set of accesses",
            hint="valid are letters of iorw, in this order",
            text=name,
        )
    return sum(8 >> FENCE_SETS.index(letter) for letter in letters)


def _modified(place: Place, operand: Modified, value: Value) -> Value:
    is_number = isinstance(place.kind, ImmediateKind)
    is_known = is_number and modifier_relocation(operand.modifier, place.field)
    if not is_known:
        raise Mismatch(
            0,
            f"'{operand.modifier}' has no place in this operand",
            hint="%hi and %pcrel_hi go with lui and auipc, %lo and %pcrel_lo with the low 12 bits",
            text=operand.modifier,
        )
    return replace(value, modifier=operand.modifier)


def _wanted(place: Place) -> str:
    kind = place.kind
    if isinstance(kind, RegisterKind):
        return f"a register of file {kind.file.name} is needed here"
    if isinstance(kind, ImmediateKind) and not kind.is_target:
        low, high = place.range
        return f"a number from {low} to {high} is needed here"
    return "a symbol or a number is needed here"


class FormTable:
    """Every form of every mnemonic of an ISA."""

    def __init__(self, isa: Isa) -> None:
        self.isa = isa
        self._forms: dict[str, list[Form]] = {}

    def forms(self, mnemonic: str) -> list[Form]:
        """The forms of a mnemonic, the instruction's own syntax first; empty if unknown."""
        known = self._forms.get(mnemonic)
        if known is None:
            known = self._forms[mnemonic] = list(self._find(mnemonic))
        return known

    def _find(self, mnemonic: str) -> list[Form]:
        isa = self.isa
        found: list[Form] = []
        made = isa.instructions.get(mnemonic)
        if made is not None:
            same = {name: name for name in made.operands}
            required = _required(made.syntax.slots, made.operands)
            found.append(Form(made.syntax, made, same, made.operands, required))
        for alias in isa.aliases.get(mnemonic, ()):
            target = isa.instructions.get(alias.target)
            if target is None:
                continue
            reserved = {name for name, kind in alias.syntax.kinds if kind.endswith("!0")}
            places = {
                bound: _without_zero(target.operands[name], bound in reserved)
                for name, bound in alias.bindings.items()
                if isinstance(bound, str)
            }
            slots = alias.syntax.slots
            required = _required(slots, places)
            found.append(Form(alias.syntax, target, alias.bindings, places, required))
        return found

    def mnemonics(self) -> list[str]:
        """Every mnemonic, for did-you-mean."""
        return [*self.isa.instructions, *self.isa.aliases]


def _without_zero(place: Place, is_reserved: bool) -> Place:
    """The operand of an alias, which may reserve 0 where its instruction does not."""
    if is_reserved and isinstance(place.kind, ImmediateKind):
        return replace(place, kind=replace(place.kind, is_nonzero=True))
    return place


def _required(slots: Sequence[Slot], places: Mapping[str, Place]) -> int:
    """How many slots must be written: all, but for a last one that has a default."""
    required = len(slots)
    while required:
        last = places.get(slots[required - 1].name)
        if last is None or not isinstance(last.kind, _Optional):
            break
        if isinstance(last.kind, MaskKind) and last.kind.is_required:
            break
        required -= 1
    return required


_Optional = RoundingKind | MaskKind | LambdaKind
"""What may be left out at the end of an instruction."""


def _is_written(kind: RoundingKind | MaskKind | LambdaKind, operands: list[Operand]) -> bool:
    """Whether the next operand is one that may be left out; of several, each has its own words."""
    return bool(operands) and _may_stand(kind, operands[0])


def _may_stand(kind: RoundingKind | MaskKind | LambdaKind, operand: Operand) -> bool:
    """Whether what is written is of a kind that may be left out."""
    written = operand.name.lower() if isinstance(operand, Name) else ""
    if isinstance(kind, RoundingKind):
        return written in ROUNDING_MODES
    if isinstance(kind, MaskKind):
        return written == kind.text
    return written != "" and written.upper() in kind.spellings
