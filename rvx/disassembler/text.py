"""How a decoded instruction is written: the mnemonic or alias, and its operands.

Base instructions come out as GNU objdump 2.40 prints them, except where its text would not assemble
to the same word: an empty fence set is `0` (objdump: `unknown`), and a rounding mode of an exact
conversion is printed if it is not rne (objdump: `.4byte`). Without aliases, 0x0001 is `c.nop`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rvx.disassembler.symbols import Symbols
from rvx.isa import Address, Alias, Decoded, Instruction, Isa, Operand
from rvx.isa.operands import (
    FENCE_SETS,
    ROUNDING_MODES,
    CsrKind,
    FenceKind,
    FrameKind,
    ImmediateKind,
    Kind,
    LambdaKind,
    MaskKind,
    NumberKind,
    RegisterKind,
    RoundingKind,
    VtypeKind,
)
from rvx.isa.syntax import Syntax
from rvx.isa.vtype import format_vtype
from rvx.records import dataclass

_ROUNDING_NAMES = {number: name for name, number in ROUNDING_MODES.items()}
_NO_SYMBOLS = Symbols()


@dataclass(frozen=True)
class Written:
    """An instruction as it is written.

    Attributes:
        mnemonic: of the instruction or of an alias.
        operands: separated by commas, without spaces; may be empty.
    """

    mnemonic: str
    operands: str

    def __str__(self) -> str:
        return f"{self.mnemonic} {self.operands}".rstrip()


@dataclass(frozen=True)
class _Form:
    """A syntax with a value and an operand description for every name in it."""

    syntax: Syntax
    operands: Mapping[str, Operand]
    values: Mapping[str, int]


def format_instruction(
    decoded: Decoded,
    isa: Isa,
    address: Address | None = None,
    symbols: Symbols | None = None,
    aliases: bool = True,
) -> str:
    """The instruction in assembly.

    Args:
        decoded: what `Isa.decode` returned.
        isa: where it comes from.
        address: where it stands; without it, targets are written as `.+8`.
        symbols: to write targets as `101c4 <main+0x8>`.
        aliases: whether aliases such as `ret` and the long forms of compressed instructions are
            printed.
    """
    return str(write(decoded, isa, address, symbols, aliases))


def write(
    decoded: Decoded,
    isa: Isa,
    address: Address | None = None,
    symbols: Symbols | None = None,
    aliases: bool = True,
) -> Written:
    """Like `format_instruction`, with mnemonic and operands apart."""
    form = (_aliased_form(decoded, isa) if aliases else None) or _plain_form(decoded)
    parts = []
    for slot in form.syntax.slots:
        text = _operand(form, slot.name, isa, address, symbols) if slot.name else ""
        if text is None:
            continue
        if slot.base:
            text += f"({_operand(form, slot.base, isa, address, symbols)})"
        parts.append(text)
    return Written(form.syntax.mnemonic, ",".join(parts))


def _plain_form(decoded: Decoded) -> _Form:
    made = decoded.instruction
    return _Form(made.syntax, made.operands, decoded.values)


def _aliased_form(decoded: Decoded, isa: Isa) -> _Form | None:
    """The alias to print; for a compressed instruction, the instruction that it abbreviates."""
    made = decoded.instruction
    expansion = made.expansion
    if expansion is None or expansion.shown_as == made.mnemonic:
        return _first_match(decoded, isa.aliases_of.get(made.mnemonic, ()))
    long = decoded.expanded
    if expansion.shown_as:
        found = _first_match(long, isa.aliases.get(expansion.shown_as, ()))
    else:
        found = _first_match(long, isa.aliases_of.get(expansion.target.mnemonic, ()))
    if _writes_nothing(decoded):
        # A hint: its long form would be another word, with another meaning one day.
        return _first_match(decoded, isa.aliases_of.get(made.mnemonic, ()))
    return found or _plain_form(long)


def _writes_nothing(decoded: Decoded) -> bool:
    rd = decoded.instruction.operands.get("rd")
    if rd is None or decoded.instruction.kind != "alu":
        return False
    return (
        isinstance(rd.kind, RegisterKind) and rd.kind.file.name == "x" and not decoded.values["rd"]
    )


def _first_match(decoded: Decoded, aliases: list[Alias] | tuple[()]) -> _Form | None:
    for alias in aliases:
        if alias.target != decoded.instruction.mnemonic:
            continue
        own = alias.matches(decoded.values)
        if own is not None:
            return _Form(alias.syntax, _alias_operands(alias, decoded.instruction), own)
    return None


def _alias_operands(alias: Alias, target: Instruction) -> dict[str, Operand]:
    return {
        bound: target.operands[name]
        for name, bound in alias.bindings.items()
        if isinstance(bound, str)
    }


def _operand(
    form: _Form, name: str, isa: Isa, address: Address | None, symbols: Symbols | None
) -> str | None:
    """The text of one operand; None if it is left out."""
    value = form.values[name]
    kind = form.operands[name].kind
    match kind:
        case ImmediateKind(is_target=True):
            return _target(value, isa, address, symbols)
        case CsrKind():
            return isa.printed_csr_names.get(value, f"{value:#x}")
        case FrameKind() as frame:
            return frame.text(value, isa.xlen)
        case VtypeKind():
            return format_vtype(value, 0 if isa.vector is None else isa.vector.alternatives)
    return spelled(kind, value)


def spelled(kind: Kind, value: int) -> str | None:
    """The text of an operand where nothing but its kind has a say; None if it is left out."""
    match kind:
        case RegisterKind(file=file):
            return file.abi[value]
        case ImmediateKind(is_hex=is_hex):
            return f"{value:#x}" if is_hex else str(value)
        case RoundingKind(default=default):
            return None if value == default else _ROUNDING_NAMES[value]
        case FenceKind():
            return fence_set(value)
        case MaskKind(text=text):
            return None if value else text
        case LambdaKind(spellings=spellings):
            return spellings[value] or None
        case NumberKind(spellings=spellings):
            return spellings[value]
    raise AssertionError(f"an operand of kind '{kind.name}' has no text")


def _target(offset: int, isa: Isa, address: Address | None, symbols: Symbols | None) -> str:
    if address is None:
        return f".{offset:+d}"
    target = address + offset & (1 << isa.xlen) - 1
    return (symbols or _NO_SYMBOLS).describe(target)


def fence_set(value: int) -> str:
    """The letters of a fence operand; `0` for none."""
    letters = [name for i, name in enumerate(FENCE_SETS) if value >> (3 - i) & 1]
    return "".join(letters) or "0"
