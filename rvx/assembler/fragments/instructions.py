"""Written instructions to words: choice of form, compression, encoding, fixups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.compression import compress
from rvx.assembler.fragments.forms import Filled, Form, Mismatch, register_value
from rvx.assembler.fragments.recording import Encoded
from rvx.assembler.model.relocations import (
    PARTS,
    RELAXABLE,
    immediate_format,
    modifier_relocation,
    target_relocation,
)
from rvx.assembler.model.sections import Branch, Value
from rvx.assembler.model.values import wrap
from rvx.assembler.source.grammar import parse_operands
from rvx.assembler.source.syntax import Enclosed, Memory, Modified, Name, Operand
from rvx.isa import EncodingError, Instruction
from rvx.records import replace

Expander = Callable[[Assembly, str, list[Operand]], None]
"""Assembles a pseudo-instruction of that mnemonic."""
PSEUDO: dict[str, Expander] = {}
"""Those there are, as `pseudo` declares them: whoever does not know a mnemonic names these, too."""
INVERTIBLE = frozenset("beq bne blt bge bltu bgeu".split())
"""Branches whose condition is inverted by bit 12 of the word."""
_PRIVILEGED = frozenset("mret sret wfi sfence.vma".split())
"""Instructions that the privileged architecture defines, as far as GNU as notes its version."""


def emit_instruction(assembly: Assembly, mnemonic: str, rest: str) -> None:
    """Assembles one instruction of the ISA, or one of its aliases.

    Raises:
        SourceError: no form takes these operands.
    """
    operands = parse_operands(rest)
    emit_operands(assembly, mnemonic, operands)


def emit_operands(assembly: Assembly, mnemonic: str, operands: list[Operand]) -> None:
    """Assembles an instruction whose operands are parsed already."""
    forms = assembly.forms.forms(mnemonic)
    if not forms:
        raise unknown_mnemonic(assembly, mnemonic)
    if len(operands) == 4 and isinstance(operands[3], Modified):
        _emit_tprel_add(assembly, mnemonic, operands)
        return
    # For GNU as, (a0) is an offset and a register, although the offset is not written.
    count = len(operands) + sum(isinstance(operand, Memory | Enclosed) for operand in operands)
    best: Mismatch | None = None
    refused: SourceError | None = None
    for form in forms:
        try:
            values = form.match(operands, assembly.isa, assembly.evaluate)
        except Mismatch as problem:
            if best is None or problem.position > best.position:
                best = problem
            continue
        # Of several forms the first takes whatever registers are written, but not every number.
        is_only = len(forms) == 1 or (
            form is forms[0] and all(isinstance(operand, Name) for operand in operands)
        )
        if assembly.recording is not None and is_only:
            assembly.recording.encoded = Encoded(
                mnemonic, count, form.instruction, values, form.written_as
            )
        try:
            emit_values(assembly, mnemonic, count, form.instruction, values)
        except SourceError as problem:
            refused = refused or problem
            continue
        if form.names_csr or mnemonic in _PRIVILEGED:
            assembly.uses_privileged = True
        return
    if refused is not None:
        raise refused
    assert best is not None
    raise best if best.position >= 0 else _wrong_count(mnemonic, forms, len(operands))


def emit_values(
    assembly: Assembly, written: str, count: int, instruction: Instruction, values: Filled
) -> None:
    """Assembles an instruction with these operand values.

    Args:
        assembly: where to.
        written: the mnemonic that stands in the source; compression goes by it.
        count: how many operands were written, an address counting as two.
        instruction: which one.
        values: its operand values; on RV32, 32-bit patterns may stand for negative numbers.
    """
    late = [name for name, value in values.items() if isinstance(value, Value)]
    if not late:
        if assembly.options.rvc:
            # As in GNU as, a number that is written as a pattern, 0xffffffff, is not compressed.
            short = compress(assembly.isa, written, count, instruction, values)
            if short is not None:
                emit_encoded(assembly, *short)
                return
        if assembly.isa.xlen == 32 and instruction.size == 4:
            # GNU as has no patterns in short instructions, nor in the upper bits of lui.
            values = {
                name: register_value(value, 32)
                if isinstance(value, int)
                and immediate_format(instruction.operands[name].field) != 0
                else value
                for name, value in values.items()
            }
        emit_encoded(assembly, instruction, values)
        return
    name = late[0]
    value = values[name]
    assert isinstance(value, Value)
    place = instruction.operands[name]
    if instruction.target is place:
        _emit_target(assembly, written, count, instruction, values, name, value)
        return
    kind = modifier_relocation(value.modifier, place.field)
    plain = replace(value, modifier="")
    known = 0
    if kind in PARTS:
        check_part(plain)
        known = PARTS[kind][1](plain.number) << place.field.lsb
        if plain.is_constant:  # never compressed: GNU as takes no operator for a short field
            assembly.emit_word(encode(instruction, {**values, name: known}), instruction.size)
            if kind == "HI20":  # GNU as takes no distance across it for settled
                assembly.split()
            return
    elif value.is_constant and kind.startswith(("TPREL", "TLS")):
        raise SourceError(
            f"{value.modifier} takes a thread-local symbol, not a number", text=value.modifier
        )
    if kind.startswith("PCREL_LO12") and plain.number:
        raise SourceError(
            "%pcrel_lo takes the label of the auipc, without an offset",
            hint="put the offset into the %pcrel_hi of that auipc",
            text="%pcrel_lo",
        )
    # GNU as leaves the addend in the field as well as in the relocation.
    emit_encoded(assembly, instruction, {**values, name: known})
    assembly.fix(
        kind,
        plain,
        back=instruction.size,
        is_relaxable=assembly.options.relax and kind in RELAXABLE,
    )


def emit_encoded(assembly: Assembly, instruction: Instruction, values: Filled) -> None:
    """Emits the word of an instruction, and notes that the code needs its extension.

    Raises:
        SourceError: a value does not fit its field.
    """
    assembly.used_extensions.update(instruction.owners)
    assembly.emit_word(encode(instruction, values), instruction.size)


def check_part(value: Value) -> None:
    """Refuses the part of a number that lui and addi cannot make.

    Raises:
        SourceError: it has more than 32 bits.
    """
    if value.is_constant and not -(1 << 31) <= wrap(value.number) < 1 << 32:
        raise SourceError(f"{value.number:#x} has more than 32 bits, which %hi and %lo divide up")


def encode(instruction: Instruction, values: Mapping[str, int | Value]) -> int:
    """The word, or a sentence that says which operand does not fit.

    Raises:
        SourceError: a value does not fit its field.
    """
    numbers = {name: value for name, value in values.items() if isinstance(value, int)}
    try:
        return instruction.encode(numbers)
    except EncodingError:
        for name, operand in instruction.operands.items():
            try:
                operand.encode(numbers[name])
            except EncodingError as error:
                raise SourceError(
                    f"operand '{name}' of '{instruction.mnemonic}': {error}",
                    hint=f"the syntax is: {instruction.syntax.shape}",
                    text=str(numbers[name]),
                ) from None
        raise


def _emit_target(
    assembly: Assembly,
    written: str,
    count: int,
    instruction: Instruction,
    values: Filled,
    name: str,
    value: Value,
) -> None:
    """Assembles a branch or jump to a place."""
    kind = target_relocation(instruction, name)
    if value.minus is not None or value.tree is not None:
        number = assembly.final_distances.constant(value)
        if number is None:
            raise SourceError(
                "the target of a branch is a symbol plus or minus a number, not this expression"
            )
        value = Value(number)
    if value.is_constant and not -(1 << 31) <= value.number < 1 << 32:
        raise SourceError(f"the target {value.number:#x} is beyond any branch")
    zero = {**values, name: 0}
    plain = encode(instruction, zero)
    assembly.used_extensions.update(instruction.owners)
    if not kind:
        assembly.emit_word(plain, instruction.size)
        assembly.fix(f"FIELD:{instruction.mnemonic}:{name}", value, back=instruction.size)
        return
    made = branch(
        assembly,
        Encoded(written, count, instruction, zero, ()),
        kind,
        Value(value.number, value.plus),
    )
    assembly.note_use(value)
    assembly.begin_instruction()
    assembly.end_fragment(made)


def branch(assembly: Assembly, encoded: Encoded, kind: str, target: Value) -> Branch:
    """A branch or jump, to end a fragment with.

    Args:
        assembly: where it is.
        encoded: the instruction, its target 0.
        kind: of the relocation of its target.
        target: where it goes.

    Raises:
        SourceError: a value does not fit its field.
    """
    instruction, zero = encoded.instruction, encoded.values
    base, base_values = instruction, zero
    if instruction.size == 2 and instruction.expansion is not None:
        numbers = {key: item for key, item in zero.items() if isinstance(item, int)}
        base = instruction.expansion.target
        base_values = instruction.expansion.expand(numbers)
    is_jump = kind in ("JAL", "RVC_JUMP")
    is_fixed = base.size == 2 or (not is_jump and base.mnemonic not in INVERTIBLE)
    short = None
    if instruction.size == 4 and assembly.options.rvc:
        short = compress(assembly.isa, encoded.written, encoded.count, instruction, zero)
    if short is not None:
        assembly.used_extensions.update(short[0].owners)
    return Branch(
        short[0].encode(short[1]) if short else encode(instruction, zero),
        is_jump,
        short is not None or instruction.size == 2,
        encode(base, base_values),
        target,
        assembly.location,
        is_fixed,
    )


def _emit_tprel_add(assembly: Assembly, mnemonic: str, operands: list[Operand]) -> None:
    """`add rd, rs1, rs2, %tprel_add(symbol)`: a hint to the linker at a plain add."""
    last = operands[3]
    if mnemonic != "add" or not isinstance(last, Modified) or last.modifier != "%tprel_add":
        raise SourceError(
            f"'{mnemonic}' does not take four operands",
            hint="only add takes a fourth, which is %tprel_add(symbol)",
        )
    form = assembly.forms.forms("add")[0]
    values = form.match(operands[:3], assembly.isa, assembly.evaluate)
    emit_encoded(assembly, form.instruction, values)
    assembly.fix(
        "TPREL_ADD",
        assembly.evaluate(last.operand),
        back=form.instruction.size,
        is_relaxable=assembly.options.relax,
    )


def emit_base(assembly: Assembly, mnemonic: str, *operands: int) -> None:
    """Assembles a base instruction, its operands in the order of its syntax.

    Raises:
        SourceError: the ISA does not have it.
    """
    made = base_instruction(assembly, mnemonic)
    emit_values(
        assembly,
        mnemonic,
        len(operands),
        made,
        dict(zip(made.operands, operands, strict=True)),
    )


def base_instruction(assembly: Assembly, mnemonic: str) -> Instruction:
    """An instruction that a pseudo-instruction needs.

    Raises:
        SourceError: the ISA does not have it.
    """
    made = assembly.isa.instructions.get(mnemonic)
    if made is None:
        raise SourceError(f"this needs the instruction '{mnemonic}', which {assembly.isa} lacks")
    return made


def unknown_mnemonic(assembly: Assembly, mnemonic: str) -> SourceError:
    """The error for a word that is no instruction, with what may have been meant."""
    known = [*assembly.forms.mnemonics(), *PSEUDO]
    hint = assembly.isa.who_has(mnemonic) or did_you_mean(mnemonic, known)
    if not hint:
        hint = "loaded are " + ", ".join(assembly.isa.extensions)
    return SourceError(f"there is no instruction '{mnemonic}'", hint=hint, text=mnemonic)


def _wrong_count(mnemonic: str, forms: list[Form], count: int) -> SourceError:
    shapes = " or ".join(f"'{form.syntax.shape}'" for form in forms)
    operands = "1 operand" if count == 1 else f"{count} operands"
    return SourceError(f"'{mnemonic}' does not take {operands}", hint=f"the syntax is: {shapes}")


def register_number(assembly: Assembly, operand: Operand) -> int:
    """The number of an x register.

    Raises:
        SourceError: the operand is none.
    """
    if isinstance(operand, Name):
        found = assembly.isa.registers.get(operand.name)
        if found is not None and found[0].name == "x":
            return found[1]
    raise SourceError(
        f"'{operand}' is not an x register",
        hint=did_you_mean(str(operand), assembly.isa.registers) or "such as a0, t1 or x5",
        text=str(operand),
    )
