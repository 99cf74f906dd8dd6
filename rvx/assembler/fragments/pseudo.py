"""Pseudo-instructions that become more than one instruction: li, la, call, lw from a symbol."""

from __future__ import annotations

from collections.abc import Callable

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.compression import compress
from rvx.assembler.fragments.forms import register_value
from rvx.assembler.fragments.instructions import (
    PSEUDO,
    Expander,
    base_instruction,
    emit_base,
    emit_encoded,
    emit_operands,
    emit_values,
    register_number,
)
from rvx.assembler.fragments.recording import Encoded
from rvx.assembler.model.relocations import immediate_format, low_part
from rvx.assembler.model.sections import Value
from rvx.assembler.model.values import wrap
from rvx.assembler.source.syntax import (
    Braced,
    Enclosed,
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
from rvx.isa.operands import RegisterKind


def _pseudo(*names: str) -> Callable[[Expander], Expander]:
    def declare(expander: Expander) -> Expander:
        for name in names:
            PSEUDO[name] = expander
        return expander

    return declare


def _count(name: str, operands: list[Operand], allowed: tuple[int, ...], syntax: str) -> None:
    if len(operands) not in allowed:
        operand = "1 operand" if len(operands) == 1 else f"{len(operands)} operands"
        raise SourceError(f"'{name}' does not take {operand}", hint=f"the syntax is: {syntax}")


def _value(assembly: Assembly, operand: Operand) -> Value:
    if isinstance(operand, Memory | TypeName | Real | Braced | Modified):
        raise SourceError(
            f"'{operand}' is not a symbol or a number",
            hint="a symbol, possibly plus a number, is needed here",
            text=str(operand),
        )
    return assembly.evaluate(operand)


def _place(assembly: Assembly, operand: Operand) -> Value:
    value = _value(assembly, operand)
    if value.is_constant:
        raise SourceError(
            f"'{operand}' is a number, and the name of a place is needed here",
            hint="write an address as offset(register)",
            text=str(operand),
        )
    return value


@_pseudo("li")
def _li(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`li rd, number`: the shortest sequence as GNU as chooses it."""
    _count(name, operands, (2,), "li rd, number")
    if isinstance(hoisted(operands[1]), Modified):
        emit_operands(assembly, "li", operands)  # `li a0, %lo(x)` is an addi
        return
    rd = register_number(assembly, operands[0])
    value = _value(assembly, operands[1])
    number = assembly.final_distances.constant(value)
    if number is None:
        raise _not_a_number(assembly, operands[1], value)
    low, high = -(1 << 63), 1 << 64
    if not low <= number < high:
        raise SourceError(
            f"{number} does not fit a register of {assembly.isa.xlen} bits",
            hint=f"valid is {low} to {high - 1}",
            text=str(operands[1]),
        )
    load_constant(assembly, rd, number)


def _not_a_number(assembly: Assembly, operand: Operand, value: Value) -> SourceError:
    if assembly.distances.constant(value) is not None:
        return SourceError(
            f"'{operand}' goes across code that the linker may shorten",
            hint="load both addresses and subtract, or assemble what is between with "
            ".option norelax",
            text=str(operand),
        )
    return SourceError(
        f"'{operand}' is not a number that is known here",
        hint="use la for an address; .equ a constant before its use",
        text=str(operand),
    )


def load_constant(assembly: Assembly, rd: int, number: int) -> None:
    """Loads a constant into an x register.

    A constant of at most 32 bits takes lui and addi; a longer one is built from its upper part,
    shifted left past its trailing zeros, plus its low 12 bits.
    """
    written, number = number, register_value(number, assembly.isa.xlen)
    addi = base_instruction(assembly, "addi")
    if number & 0xFFF == 0 and number != 0 and -(1 << 31) <= number < 1 << 31:
        lui = base_instruction(assembly, "lui")
        upper = dict(zip(lui.operands, (rd, number >> 12 & 0xFFFFF), strict=True))
        short = compress(assembly.isa, "lui", 2, lui, upper) if assembly.options.rvc else None
        if short:
            emit_encoded(assembly, *short)
            return
    if -2048 <= number < 2048:
        is_pattern = assembly.isa.xlen == 32 and not -2048 <= wrap(written) < 2048
        # See emit_values: a pattern is not compressed.
        values = dict(zip(addi.operands, (rd, 0, written if is_pattern else number), strict=True))
        if assembly.recording is not None:
            assembly.recording.encoded = Encoded("li", 2, addi, values, (("rd",), ("imm",)))
        emit_values(assembly, "li", 2, addi, values)
        return
    if assembly.isa.xlen == 32 and not -(1 << 31) <= number < 1 << 31:
        # GNU as cuts what is longer than a register, but does not look for the shortest way then.
        emit_base(assembly, "lui", rd, (number - low_part(number) & 0xFFFFFFFF) >> 12)
        if low_part(number):
            emit_base(assembly, "addi", rd, rd, low_part(number))
        return
    _build(assembly, rd, number)


def _build(assembly: Assembly, rd: int, number: int) -> None:
    is_wide = assembly.isa.xlen == 64
    low = low_part(number)
    upper = wrap(number - low)
    if not is_wide or -(1 << 31) <= number < 1 << 31:
        if upper:
            emit_base(assembly, "lui", rd, (upper & 0xFFFFFFFF) >> 12)
        source = rd if upper else 0
        if low or source == 0:  # for x0 too, where GNU as cannot tell the two apart
            emit_base(assembly, "addiw" if is_wide else "addi", rd, source, low)
        return
    shift = 12
    while not upper >> shift & 1:
        shift += 1
    _build(assembly, rd, upper >> shift)
    emit_base(assembly, "slli", rd, rd, shift)
    if low:
        emit_base(assembly, "addi", rd, rd, low)


@_pseudo("scall", "sbreak")
def _old_name(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`scall`, `sbreak`: what ecall and ebreak were called."""
    emit_operands(assembly, "e" + name[1:], operands)


@_pseudo("sfence.vm")
def _old_fence(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`sfence.vm rs1`: the fence of privileged architecture 1.9, whose word has no name today."""
    _count(name, operands, (0, 1), "sfence.vm, or sfence.vm rs1")
    rs1 = register_number(assembly, operands[0]) if operands else 0
    assembly.uses_privileged = True
    assembly.emit_word(0x1040_0073 | rs1 << 15, 4)


@_pseudo("sext.b", "sext.h", "zext.h", "zext.w")
def _extend(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`sext.b rd, rs1`: an x register filled from its low bits, by two shifts if need be."""
    if _is_asked_for(assembly.isa, name):
        emit_operands(assembly, name, operands)
        return
    bits = {"b": 8, "h": 16, "w": 32}[name[-1]]
    if bits >= assembly.isa.xlen:
        raise SourceError(f"'{name}' is there for RV64 only", text=name)
    _count(name, operands, (2,), f"{name} rd, rs1")
    rd, rs1 = (register_number(assembly, operand) for operand in operands)
    emit_base(assembly, "slli", rd, rs1, assembly.isa.xlen - bits)
    emit_base(assembly, "srai" if name[0] == "s" else "srli", rd, rd, assembly.isa.xlen - bits)


def _is_asked_for(isa: Isa, mnemonic: str) -> bool:
    """Whether somebody asked for an extension that has a mnemonic, or an alias of that name."""
    targets = [alias.target for alias in isa.aliases.get(mnemonic, ())]
    found = [isa.instructions[name] for name in [mnemonic, *targets] if name in isa.instructions]
    return any(made.extension not in isa.unasked for made in found)


@_pseudo("la", "lla", "lga")
def _la(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`la rd, symbol`: auipc and addi; through the global offset table under `.option pic`."""
    _count(name, operands, (2,), f"{name} rd, symbol")
    rd = register_number(assembly, operands[0])
    value = _value(assembly, operands[1])
    if value.is_constant and name != "lga":
        # Unlike li, it is not an addi where that would do.
        _build(assembly, rd, register_value(value.number, assembly.isa.xlen))
        return
    is_far = not -(1 << 31) <= value.number < 1 << 31
    if is_far and value.plus is not None and value.minus is None and assembly.isa.xlen == 64:
        raise SourceError(
            f"the offset {value.number:#x} is beyond the range of auipc",
            hint="valid is -0x80000000 to 0x7fffffff from the symbol",
            text=str(operands[1]),
        )
    if name == "lga" or (name == "la" and assembly.options.pic):
        load = "ld" if assembly.isa.xlen == 64 else "lw"
        _pc_relative(assembly, "GOT_HI20", value, rd, load, {"rd": rd, "rs1": rd})
        return
    _pc_relative(assembly, "PCREL_HI20", value, rd, "addi", {"rd": rd, "rs1": rd})


@_pseudo("la.tls.ie", "la.tls.gd")
def _la_tls(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """The address of a thread-local symbol, or the argument to find it by."""
    _count(name, operands, (2,), f"{name} rd, symbol")
    rd = register_number(assembly, operands[0])
    value = _place(assembly, operands[1])
    if name == "la.tls.gd":
        _pc_relative(assembly, "TLS_GD_HI20", value, rd, "addi", {"rd": rd, "rs1": rd})
        return
    load = "ld" if assembly.isa.xlen == 64 else "lw"
    _pc_relative(assembly, "TLS_GOT_HI20", value, rd, load, {"rd": rd, "rs1": rd})


def _pc_relative(
    assembly: Assembly, high: str, value: Value, base: int, mnemonic: str, values: dict[str, int]
) -> None:
    """`auipc base, high(value)` and an instruction with the low part, which refers to the auipc."""
    made = base_instruction(assembly, mnemonic)
    label = assembly.hidden_label(".L0 ")
    relax = assembly.options.relax
    auipc = base_instruction(assembly, "auipc")
    emit_encoded(assembly, auipc, dict(zip(auipc.operands, (base, 0), strict=True)))
    # GNU as lets the linker relax neither a load from the GOT nor the two TLS forms.
    assembly.fix(high, value, back=4, is_relaxable=relax and high == "PCREL_HI20")
    name = _offset_operand(made)
    assert name is not None
    emit_encoded(assembly, made, {**values, name: 0})
    is_store = immediate_format(made.operands[name].field) == 2
    kind = "PCREL_LO12_S" if is_store else "PCREL_LO12_I"
    assembly.fix(kind, Value(0, label), back=made.size, is_relaxable=relax)


def _offset_operand(made: Instruction) -> str | None:
    """The operand that holds the low part: that of `offset(base)`, or the immediate of addi."""
    for name, operand in made.operands.items():
        if not operand.is_register and immediate_format(operand.field) in (1, 2):
            return name
    return None


@_pseudo("call", "tail", "jump")
def _call(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`call symbol`: auipc and jalr, which the linker may shorten."""
    link, scratch = {"call": (1, 1), "tail": (0, 6), "jump": (0, 0)}[name]
    if name == "call":
        _count(name, operands, (1, 2), "call symbol, or call rd, symbol")
        if len(operands) == 2:
            link, scratch = register_number(assembly, operands[0]), 6
            operands = operands[1:]
    elif name == "jump":
        _count(name, operands, (2,), "jump symbol, rt")
        scratch = register_number(assembly, operands[1])
        if isinstance(operands[0], Modified):
            raise SourceError("'jump' takes no relocation operator", text=operands[0].modifier)
    else:
        _count(name, operands, (1,), "tail symbol")
    target = operands[0]
    if isinstance(target, Modified) and target.modifier == "@plt":
        target = target.operand
    value = _value(assembly, target)
    auipc, jalr = base_instruction(assembly, "auipc"), base_instruction(assembly, "jalr")
    emit_encoded(assembly, auipc, dict(zip(auipc.operands, (scratch, 0), strict=True)))
    assembly.fix("CALL_PLT", value, back=4, is_relaxable=assembly.options.relax)
    emit_encoded(assembly, jalr, {"rd": link, "rs1": scratch, "imm": 0})
    assembly.split(may_shrink=assembly.options.relax)


def emit_symbol_access(assembly: Assembly, mnemonic: str, operands: list[Operand]) -> bool:
    """A load or store whose address is a symbol: `lw rd, symbol`, `sw rs2, symbol, rt`.

    Returns:
        Whether the operands have that shape; any instruction `x reg, offset(rs1)` may.
    """
    made = assembly.isa.instructions.get(mnemonic)
    if made is None or made.size != 4 or made.kind == "jump":
        return False
    if len(made.syntax.slots) != 2 or len(operands) not in (2, 3):
        return False
    first, address = made.syntax.slots
    if not address.base or not address.name or first.base:
        return False
    place, base = made.operands[first.name], made.operands[address.base]
    offset = made.operands[address.name]
    if not isinstance(place.kind, RegisterKind) or not isinstance(base.kind, RegisterKind):
        return False
    if offset.is_register or immediate_format(offset.field) not in (1, 2):
        return False
    target = operands[1]
    if isinstance(target, Memory | TypeName | Real | Braced | Modified):
        return False
    if isinstance(target, Enclosed) and target.name in assembly.isa.registers:
        return False
    if not isinstance(operands[0], Name):
        return False
    found = assembly.isa.registers.get(operands[0].name)
    if found is None or found[0] != place.kind.file:
        return False
    needs_scratch = place.kind.file.name != "x" or immediate_format(offset.field) == 2
    if needs_scratch != (len(operands) == 3):
        if needs_scratch:
            raise SourceError(
                f"'{mnemonic}' with a symbol needs a register for the address",
                hint=f"write: {mnemonic} {operands[0]}, {target}, t0",
            )
        return False
    scratch = register_number(assembly, operands[2]) if needs_scratch else found[1]
    value = _place(assembly, target)
    values = {first.name: found[1], address.base: scratch}
    _pc_relative(assembly, "PCREL_HI20", value, scratch, mnemonic, values)
    return True


@_pseudo("vmslt.vi", "vmsltu.vi", "vmsge.vi", "vmsgeu.vi")
def _vector_bound(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`vmslt.vi vd, vs2, 5`: the comparison that exists, with 4."""
    _count(name, operands, (3, 4), f"{name} vd, vs2, number, or ... number, v0.t")
    bound = assembly.distances.constant(_value(assembly, operands[2]))
    if bound is None or not -15 <= bound <= 16:
        raise SourceError(
            f"'{operands[2]}' is not a bound that '{name}' takes",
            hint="valid is a number from -15 to 16",
            text=str(operands[2]),
        )
    is_unsigned = name.endswith("u.vi")
    if is_unsigned and bound == 0:  # nothing is below 0, everything is at least 0
        other = "vmsne.vv" if "lt" in name else "vmseq.vv"
        emit_operands(assembly, other, [operands[0], operands[1], operands[1], *operands[3:]])
        return
    other = ("vmsle" if "lt" in name else "vmsgt") + ("u.vi" if is_unsigned else ".vi")
    emit_operands(assembly, other, [*operands[:2], Number(bound - 1), *operands[3:]])


@_pseudo("vmsge.vx", "vmsgeu.vx")
def _vector_at_least(assembly: Assembly, name: str, operands: list[Operand]) -> None:
    """`vmsge.vx vd, vs2, rs1`: the opposite of less, taken within the mask if there is one."""
    _count(name, operands, (3, 4, 5), f"{name} vd, vs2, rs1, or ... rs1, v0.t, or ... v0.t, vt")
    vd, mask = operands[0], Name("v0")
    less = name.replace("ge", "lt")
    if len(operands) == 3:
        emit_operands(assembly, less, operands)
        emit_operands(assembly, "vmnand.mm", [vd, vd, vd])
        return
    overwrites_mask = isinstance(vd, Name) and vd.name == "v0"
    if len(operands) == 4:
        if overwrites_mask:
            raise SourceError(
                f"'{name}' cannot write v0 while v0 is the mask",
                hint=f"name a register to be overwritten: {name} v0, vs2, rs1, v0.t, vt",
            )
        emit_operands(assembly, less, operands)
        emit_operands(assembly, "vmxor.mm", [vd, vd, mask])
        return
    scratch = operands[4]
    emit_operands(assembly, less, [scratch, *operands[1:4]])
    if overwrites_mask:
        emit_operands(assembly, "vmandn.mm", [vd, vd, scratch])
        return
    emit_operands(assembly, "vmandn.mm", [scratch, mask, scratch])
    emit_operands(assembly, "vmandn.mm", [vd, vd, mask])
    emit_operands(assembly, "vmor.mm", [vd, scratch, vd])
