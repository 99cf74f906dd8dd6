"""`.insn`: words that are given by their format and fields."""

from __future__ import annotations

from functools import cache

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.directives.registry import directive
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.forms import Form
from rvx.assembler.fragments.instructions import emit_values
from rvx.assembler.source.grammar import parse_operands, split_operands
from rvx.assembler.source.syntax import Enclosed, Memory, Name, Number, Operand
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind
from rvx.isa.syntax import Slot

_OPCODES = {
    name: number
    for number, name in enumerate(
        "LOAD LOAD_FP CUSTOM_0 MISC_MEM OP_IMM AUIPC OP_IMM_32 _ STORE STORE_FP CUSTOM_1 AMO OP "
        "LUI OP_32 _ MADD MSUB NMSUB NMADD OP_FP OP_V CUSTOM_2 _ BRANCH JALR _ JAL SYSTEM _ "
        "CUSTOM_3 _".split()
    )
    if name != "_"
}
OPCODES = {name: number << 2 | 3 for name, number in _OPCODES.items()} | {"C0": 0, "C1": 1, "C2": 2}
_WIDE = "opcode[6:0]"
_SHORT = "opcode[1:0]"
_OP, _F3 = "opcode:u, funct3:u", "funct3[2:0]"
# format, syntax of the operands, pattern; `any` is a register of either file, `anyc` of 8 to 15.
_FORMATS: tuple[tuple[str, str, str], ...] = (
    (
        "r",
        f"{_OP}, funct7:u, rd:any, rs1:any, rs2:any",
        f"funct7[6:0] rs2 rs1 {_F3} rd {_WIDE}",
    ),
    (
        "r4",
        f"{_OP}, funct2:u, rd:any, rs1:any, rs2:any, rs3:any",
        f"rs3 funct2[1:0] rs2 rs1 {_F3} rd {_WIDE}",
    ),
    ("i", f"{_OP}, rd:any, rs1:any, imm:s", f"imm[11:0] rs1 {_F3} rd {_WIDE}"),
    ("im", f"{_OP}, rd:any, imm:s(rs1:any)", f"imm[11:0] rs1 {_F3} rd {_WIDE}"),
    ("s", f"{_OP}, rs2:any, imm:s(rs1:any)", f"imm[11:5] rs2 rs1 {_F3} imm[4:0] {_WIDE}"),
    (
        "sb",
        f"{_OP}, rs1:any, rs2:any, offset",
        f"offset[12|10:5] rs2 rs1 {_F3} offset[4:1|11] {_WIDE}",
    ),
    ("u", "opcode:u, rd:any, imm:u", f"imm[19:0] rd {_WIDE}"),
    ("uj", "opcode:u, rd:any, offset", f"offset[20|10:1|11|19:12] rd {_WIDE}"),
    ("cr", "opcode:u, funct4:u, rd:any, rs2:any", f"funct4[3:0] rd rs2 {_SHORT}"),
    ("ci", f"{_OP}, rd:any, imm:s", f"{_F3} imm[5] rd imm[4:0] {_SHORT}"),
    ("ciw", f"{_OP}, rd:anyc, imm:u", f"{_F3} imm[7:0] rd[2:0] {_SHORT}"),
    ("css", f"{_OP}, rs2:any, imm:u", f"{_F3} imm[5:0] rs2 {_SHORT}"),
    (
        "cl",
        f"{_OP}, rd:anyc, imm:u(rs1:anyc)",
        f"{_F3} imm[4:2] rs1[2:0] imm[1:0] rd[2:0] {_SHORT}",
    ),
    (
        "cs",
        f"{_OP}, rs2:anyc, imm:u(rs1:anyc)",
        f"{_F3} imm[4:2] rs1[2:0] imm[1:0] rs2[2:0] {_SHORT}",
    ),
    (
        "ca",
        "opcode:u, funct6:u, funct2:u, rd:anyc, rs2:anyc",
        f"funct6[5:0] rd[2:0] funct2[1:0] rs2[2:0] {_SHORT}",
    ),
    ("cb", f"{_OP}, rs1:anyc, offset", f"{_F3} offset[8|4:3] rs1[2:0] offset[7:6|2:1|5] {_SHORT}"),
    ("cj", f"{_OP}, offset", f"{_F3} offset[11|4|9:8|10|6|7|3:1|5] {_SHORT}"),
)
_REGISTERS = {"any": 0, "anyc": 8}
_SAME = {"b": "sb", "j": "uj"}


@cache
def _instructions() -> dict[str, Instruction]:
    formats = Extension("formats", version="1", doc="The instruction formats, for .insn")
    for name, bias in _REGISTERS.items():
        formats.operand_kind(ImmediateKind(name, signed=False, bias=bias))
    for name, operands, pattern in _FORMATS:
        formats.encoding(f"{name} {operands}", pattern)
    return formats.instructions


@directive(".insn")
def insn(assembly: Assembly, name: str, rest: str) -> None:
    """`.insn r opcode, funct3, funct7, rd, rs1, rs2` and the like; `.insn word`."""
    word, _, arguments = rest.partition(" ")
    kind = _SAME.get(word.lower(), word.lower())
    known = _instructions()
    if kind not in known or not arguments.strip() or kind == "im":
        if word[:1].isalpha() and word[:1] not in "\"'" and arguments:
            raise SourceError(
                f"there is no instruction format '{word}'",
                hint=did_you_mean(word, known) or "valid are " + " ".join([*known, *_SAME]),
                text=word,
            )
        _raw(assembly, rest)
        return
    operands = parse_operands(arguments)
    if kind == "r" and len(operands) == 7:
        kind = "r4"
    if kind == "i" and len(operands) == 4:
        kind = "im"
    made = known[kind]
    form = Form(made.syntax, made, {n: n for n in made.operands}, made.operands, len(operands))
    if len(operands) != len(made.syntax.slots):
        raise SourceError(
            f".insn {word} does not take {len(operands)} operands",
            hint=f"the syntax is: .insn {made.syntax.shape}",
        )
    written = [
        _filled(assembly, made, slot, operand)
        for slot, operand in zip(made.syntax.slots, operands, strict=True)
    ]
    values = form.match(written, assembly.isa, assembly.evaluate)
    if not isinstance(values["opcode"], int) or (made.size == 4) != (values["opcode"] & 3 == 3):
        raise SourceError(
            f"opcode {values['opcode']} does not go with format {kind}",
            hint="the low two bits of a 32-bit word are 11, of a 16-bit word 00, 01 or 10",
        )
    emit_values(assembly, ".insn", len(operands), made, values)


def _filled(assembly: Assembly, made: Instruction, slot: Slot, operand: Operand) -> Operand:
    """The operand with the registers and the opcode that it names replaced by their numbers."""
    if slot.base:
        if isinstance(operand, Enclosed) and made.size == 4:
            operand = Memory(Number(0), Name(operand.name))
        if not isinstance(operand, Memory):
            raise SourceError(
                f"'{operand}' is not an address such as 0(a0)",
                hint=f"the syntax is: .insn {made.syntax.shape}",
                text=str(operand),
            )
        return Memory(operand.offset, _register(assembly, operand.base))
    if made.operands[slot.name].kind.name in _REGISTERS:
        return _register(assembly, operand)
    if slot.name == "opcode" and isinstance(operand, Name) and operand.name in OPCODES:
        return Number(OPCODES[operand.name])
    return operand


def _register(assembly: Assembly, operand: Operand) -> Number:
    if isinstance(operand, Name) and not isinstance(operand, Enclosed):
        found = assembly.isa.registers.get(operand.name)
        if found is not None:
            return Number(found[1])
    raise SourceError(
        f"'{operand}' is not a register",
        hint="a register of any file is needed here, such as a0 or fa0",
        text=str(operand),
    )


def _raw(assembly: Assembly, rest: str) -> None:
    """`.insn word` and `.insn bytes, word`: the low bits of the word say how long it is."""
    parts = split_operands(rest)
    if not 1 <= len(parts) <= 2 or not parts[0]:
        raise SourceError(
            ".insn needs a format or a word",
            hint="such as .insn r CUSTOM_0, 0, 0, a0, a1, a2 or .insn 0x0000100b",
        )
    word = assembly.constant(parts[-1], "the word")
    size = _size(word)
    if len(parts) == 2 and assembly.constant(parts[0], "the length") != size:
        raise SourceError(
            f"the low bits of {word:#x} make a word of {size} bytes, not {parts[0]}", text=parts[0]
        )
    if not 0 <= word < 1 << 8 * size:
        raise SourceError(f"{word:#x} does not fit {size} bytes", text=parts[-1])
    assembly.emit_word(word, size)


def _size(word: int) -> int:
    """How many bytes an instruction has, by its low bits (RISC-V unprivileged, 1.5)."""
    if word & 3 != 3:
        return 2
    if word & 0x1F != 0x1F:
        return 4
    if word & 0x3F != 0x3F:
        return 6
    if word & 0x7F != 0x7F:
        return 8
    return 10 + 2 * (word >> 12 & 7)
