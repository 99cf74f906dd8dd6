"""Extensions as C and C++ headers: one function or macro an instruction, for unmodified compilers.

An instruction becomes inline assembly with `.insn`, which GNU as and Clang's assembler encode
without knowing the mnemonic. The compiler chooses x and f registers. Numbers are constants of the
program, and so are registers of files that compilers do not know, such as v and an extension's own:
these are named by their numbers. What takes a constant is a macro, since a parameter of a function
is no constant at `-O0`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import (
    ImmediateKind,
    Operand,
    RegisterKind,
    RoundingKind,
)
from rvx.isa.pattern import Piece
from rvx.isa.registers import F, X

_SLOTS = {"rd": 7, "rs1": 15, "rs2": 20, "rs3": 27}
"""Where `.insn r` and `.insn r4` put registers."""

_COMMON = """\
#ifndef RVX_COMMON
#define RVX_COMMON

#ifdef __cplusplus
#define RVX_CHECK(condition, text) static_assert(condition, text)
#else
#define RVX_CHECK(condition, text) _Static_assert(condition, text)
#endif
#define RVX_INLINE static inline __attribute__((always_inline, unused))

/* The numbers of registers, for words that no form of .insn has. */
__asm__(
@NAMES@);

#ifdef __riscv_flen
/* An f register with all of its bits, whatever they mean. */
#if __riscv_flen == 64
typedef double rvx_f;
typedef unsigned long long rvx_bits;
#else
typedef float rvx_f;
typedef unsigned int rvx_bits;
#endif
RVX_INLINE rvx_f rvx_from_bits(rvx_bits bits)
{
    rvx_f value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}
RVX_INLINE rvx_bits rvx_to_bits(rvx_f value)
{
    rvx_bits bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}
#endif

#endif
"""


def export(extensions: Sequence[Extension]) -> Export:
    """One header for each extension."""
    made = Export()
    for extension in extensions:
        made.files[f"{extension.name.lower()}.h"] = _header(extension, made.left_out)
    return made


def _common() -> str:
    names = "".join(
        f'    "\\t.set .Lrvx_{name}, {number}\\n"\n'
        for file in (X, F)
        for number, name in enumerate(file.abi)
    )
    return _COMMON.replace("@NAMES@", names)


def _header(extension: Extension, left_out: list[str]) -> str:
    guard = f"RVX_{extension.name.upper()}_H"
    doc = _comment(f"{extension.name} {extension.version}: {extension.doc}".rstrip(": "))
    parts = [f"/* {doc} */", f"#ifndef {guard}\n#define {guard}\n", _common()]
    compressed = 0
    for made in extension.instructions.values():
        if made.size == 2:
            compressed += 1
            continue
        reason = _obstacle(made)
        if reason:
            left_out.append(f"{made.mnemonic}: {reason}")
            continue
        parts.append(_guarded(made, "\n".join(_definitions(made))))
    if compressed:
        left_out.append(
            f"{extension.name}: {compressed} compressed instructions, which the assembler chooses"
        )
    return "\n".join([*parts, "#endif\n"])


def _comment(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /").replace("/*", "/ *")


def _obstacle(made: Instruction) -> str:
    """Why an instruction cannot be a function of C; empty if it can."""
    if made.size > 4:
        return f"its word has {made.pattern.bits} bits, for which .insn of these years has no form"
    if made.target is not None and not _is_branch(made):
        return "it jumps, which no function of C can say"
    if made.target is None and set(made.requests) & {"next_pc", "repeat", "x_registers"}:
        return "it changes where the program goes, or registers that it does not name"
    groups = [
        operand.kind
        for operand in made.operands.values()
        if isinstance(operand.kind, RegisterKind) and operand.kind.group > 1
    ]
    if any(kind.file is F for kind in groups) or sum(kind.group for kind in groups) > len(_PAIRS):
        return "compilers keep no groups of so many registers, or of f registers"
    return ""


_PAIRS = ("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7")
"""Registers for groups, from x10 on: those of two may begin at each even one."""


def _is_branch(made: Instruction) -> bool:
    """Whether the distance stands where that of the branches of the base ISA does."""
    target = made.target
    assert target is not None
    bits = {p.word_lsb + i: p.value_lsb + i for p in target.field.pieces for i in range(p.bits)}
    wanted = {7: 11, 31: 12}
    wanted |= {at: at - 7 for at in range(8, 12)} | {at: at - 20 for at in range(25, 31)}
    return bits == wanted and made.pattern.mask & 0x7F == 0x7F


def _guarded(made: Instruction, text: str) -> str:
    """The definition, where the compiler's target has what it needs."""
    needs = [f"__riscv_xlen == {made.xlens[0]}"] if len(made.xlens) == 1 else []
    if any(_file_of(operand) is F for operand in made.operands.values()):
        needs.append("defined __riscv_flen")
    if not needs:
        return text + "\n"
    return f"#if {' && '.join(needs)}\n{text}\n#endif\n"


def _file_of(operand: Operand) -> object:
    return operand.kind.file if isinstance(operand.kind, RegisterKind) else None


def _is_chosen(operand: Operand) -> bool:
    """Whether the compiler chooses the register."""
    kind = operand.kind
    return isinstance(kind, RegisterKind) and kind.file in (X, F) and kind.group == 1


def _definitions(made: Instruction) -> list[str]:
    rounding = [
        operand.name
        for operand in made.operands.values()
        if isinstance(operand.kind, RoundingKind) and len(operand.kind.modes) > 1
    ]
    plain = _Definition(made, frozenset(rounding)).text("")
    return [plain, _Definition(made, frozenset()).text("_rm")] if rounding else [plain]


@dataclass
class _Definition:
    """One function or macro.

    Attributes:
        made: the instruction.
        left_to_default: operands that are no parameters.
        parameters: of the function: their types, empty for a constant, by name.
        checks: what is wrong with constants, as conditions and texts.
        before: statements ahead of the assembly.
        outputs: of the assembly, as pairs of its name and the constraint with the variable.
        inputs: likewise.
        after: statements behind it.
        fixed: what is known of the word.
        constants: the rest of it: what is stored, and where.
        result: the variable that is returned, and its type.
    """

    made: Instruction
    left_to_default: frozenset[str]
    parameters: dict[str, str] = field(default_factory=dict)
    checks: list[tuple[str, str, str]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)
    inputs: list[tuple[str, str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    fixed: int = 0
    constants: list[tuple[str, Piece]] = field(default_factory=list)
    result: tuple[str, str] = ("", "")

    def text(self, suffix: str) -> str:
        """The definition in C."""
        made = self.made
        self.fixed = made.pattern.default
        used = 0
        for operand in made.operands.values():
            if operand is made.target or not operand.field.pieces:
                continue
            kind = operand.kind
            if _is_chosen(operand):
                self._register(operand)
            elif isinstance(kind, RegisterKind) and kind.file is X:
                self._group(operand, _PAIRS[used : used + kind.group])
                used += kind.group
            elif operand.name in self.left_to_default or (
                isinstance(kind, RoundingKind) and len(kind.modes) == 1
            ):
                assert isinstance(kind, RoundingKind)
                default = kind.default if kind.default in kind.modes else kind.modes[0]
                self.fixed |= operand.field.insert(default)
            else:
                self._constant(operand)
        name = re.sub(r"\W", "_", f"{made.extension}_{made.mnemonic}").lower() + suffix
        doc = _comment(f"{made.syntax.shape}: {made.doc.partition(chr(10) * 2)[0]}".rstrip(": "))
        is_function = all(self.parameters.values()) and made.target is None
        body = self._function(name) if is_function else self._macro(name)
        return f"/** {doc} */\n{body}"

    def _register(self, operand: Operand) -> None:
        name, made = operand.name, self.made
        is_float = _file_of(operand) is F
        kind, letter = ("rvx_f", "f") if is_float else ("long", "r")
        variable = f"rvx_{name}"
        is_read = name in made.requests or made.body is None
        if name not in made.writes:
            self.parameters[name] = kind
            self.before.append(f"{kind} {variable} = (@{name}@);")
            self.inputs.append((variable, f'"{letter}"({variable})'))
            return
        is_result = name == ("rd" if "rd" in made.writes else made.writes[0])
        is_read = is_read and not (made.body is None and is_result)
        constraint = f'"{"+" if is_read else "="}{letter}"({variable})'
        self.outputs.append((variable, constraint))
        if is_result:
            self.result = (kind, variable)
            if is_read:
                self.parameters[name] = kind
            self.before.append(f"{kind} {variable}" + (f" = (@{name}@);" if is_read else ";"))
            return
        self.parameters[name] = f"{kind} *"
        self.before.append(f"{kind} *rvx_to_{name} = (@{name}@);")
        self.before.append(f"{kind} {variable}" + (f" = *rvx_to_{name};" if is_read else ";"))
        self.after.append(f"*rvx_to_{name} = {variable};")

    def _group(self, operand: Operand, chosen: Sequence[str]) -> None:
        """Neighbouring registers: the compiler is told which, since it knows no groups."""
        name = operand.name
        is_written = name in self.made.writes
        self.parameters[name] = "long *" if is_written else "const long *"
        self.before.append(f"{self.parameters[name]}rvx_to_{name} = (@{name}@);")
        for i, register in enumerate(chosen):
            variable = f"rvx_{name}_{i}"
            self.before.append(
                f'register long {variable} __asm__("{register}") = rvx_to_{name}[{i}];'
            )
            if is_written:
                self.outputs.append((variable, f'"+r"({variable})'))
                self.after.append(f"rvx_to_{name}[{i}] = {variable};")
            else:
                self.inputs.append((variable, f'"r"({variable})'))
        self.fixed |= operand.field.insert(X.numbers()[chosen[0]])

    def _constant(self, operand: Operand) -> None:
        name = operand.name
        self.parameters[name] = ""
        low, high = (
            (0, operand.kind.file.count - 1)
            if isinstance(operand.kind, RegisterKind)
            else operand.range
        )
        self.checks.append(
            (name, f"(@{name}@) >= {low} && (@{name}@) <= {high}", f"{low} to {high}")
        )
        step = 1 << operand.field.lsb
        if step > 1:
            self.checks.append((name, f"(@{name}@) % {step} == 0", f"a multiple of {step}"))
        kind = operand.kind
        bias = kind.bias if isinstance(kind, ImmediateKind) else 0
        stored = f"((@{name}@) - {bias})" if bias else f"(@{name}@)"
        if isinstance(kind, RegisterKind) and kind.is_indexed and kind.numbers[0]:
            self.checks.append(
                (name, f"(@{name}@) >= {kind.numbers[0]}", f"from {kind.numbers[0]} on")
            )
            stored = f"((@{name}@) - {kind.numbers[0]})"
        self.constants += [(stored, piece) for piece in operand.field.pieces]

    def _part(self, low: int, bits: int) -> str:
        """Neighbouring bits of the word, from this one on: a number, or an expression of C."""
        found = self.fixed >> low & (1 << bits) - 1
        parts = [f"{found:#x}"] if found else []
        for stored, piece in self.constants:
            first = max(low, piece.word_lsb)
            count = min(low + bits, piece.word_lsb + piece.bits) - first
            if count > 0:
                shift = piece.value_lsb + first - piece.word_lsb
                shifted = f"({stored} >> {shift})" if shift else stored
                part = f"({shifted} & {(1 << count) - 1:#x}u)"
                parts.append(f"({part} << {first - low})" if first > low else part)
        return " | ".join(parts) or "0"

    def _assembly(self) -> str:
        """The statement, with the constants of the word put together by the compiler."""
        made = self.made
        registers = {
            operand.name: operand.field.pieces
            for operand in made.operands.values()
            if _is_chosen(operand) and operand.field.pieces
        }
        places = {
            pieces[0].word_lsb: f"%[rvx_{name}]"
            for name, pieces in registers.items()
            if len(pieces) == 1 and (pieces[0].bits, pieces[0].value_lsb) == (5, 0)
        }
        inputs = list(self.inputs)

        def shown(name: str, low: int, bits: int) -> str:
            """A part of the word in the template: a number, or a constant that is handed in."""
            part = self._part(low, bits)
            if part[-1].isalnum() and "(" not in part:
                return part
            inputs.append((f"rvx_{name}", f'"i"({part})'))
            return f"%[rvx_{name}]"

        if len(places) < len(registers) or not set(places) <= {*_SLOTS.values()}:
            shifted = [
                f"(((.Lrvx_%[rvx_{name}] >> {p.value_lsb}) & {(1 << p.bits) - 1}) << {p.word_lsb})"
                for name, pieces in registers.items()
                for p in pieces
            ]
            template = ".4byte " + " | ".join([shown("word", 0, 32), *shifted])
            return self._statement(template, inputs)
        form = "r4" if _SLOTS["rs3"] in places else "r"
        slots = ["rd", "rs1", "rs2", "rs3"][: 4 if form == "r4" else 3]
        numbers = [("opcode", 0, 7), ("funct3", 12, 3)]
        numbers.append(("funct2", 25, 2) if form == "r4" else ("funct7", 25, 7))
        if made.target is not None:
            form, slots, numbers = "sb", ["rs1", "rs2"], numbers[:2]
        parts = [shown(*number) for number in numbers]
        for slot in slots:
            at = _SLOTS[slot]
            parts.append(places.get(at) or "x" + _decimal(shown(f"at_{slot}", at, 5)))
        return self._statement(f".insn {form} {', '.join(parts)}", inputs)

    def _statement(self, template: str, inputs: Iterable[tuple[str, str]]) -> str:
        made = self.made
        is_pure = (
            made.body is not None
            and bool(self.outputs)
            and set(made.requests) <= {*made.operands, "xlen"}
            and not any(isinstance(o.kind, RoundingKind) for o in made.operands.values())
        )
        touches_memory = "mem" in made.requests or made.body is None or made.kind == "system"
        outputs = ", ".join(f"[{name}] {text}" for name, text in self.outputs)
        read = ", ".join(f"[{name}] {text}" for name, text in inputs)
        clobbers = '"memory"' if touches_memory else ""
        if made.target is not None:
            return (
                f'__asm__ goto("{template}, %l[" #@label@ "]" : : {read} : {clobbers} : @label@);'
            )
        how = "" if is_pure else " volatile"
        tail = f" : {clobbers}" if clobbers else ""
        return f'__asm__{how}("{template}" : {outputs} : {read}{tail});'

    def _function(self, name: str) -> str:
        kind, variable = self.result
        listed = ", ".join(
            each + ("" if each.endswith("*") else " ") + parameter
            for parameter, each in self.parameters.items()
        )
        lines = [*self.before, self._assembly(), *self.after]
        if variable:
            lines.append(f"return {variable};")
        body = "\n".join("    " + _filled(line, "") for line in lines)
        returned = kind or "void"
        return f"RVX_INLINE {returned} {name}({listed or 'void'})\n{{\n{body}\n}}"

    def _macro(self, name: str) -> str:
        listed = list(self.parameters) + ([self.made.target.name] if self.made.target else [])
        checks = [
            f'RVX_CHECK({condition}, "{self.made.mnemonic}: {parameter} is {valid}");'
            for parameter, condition, valid in self.checks
        ]
        lines = [*checks, *self.before, self._assembly(), *self.after]
        if self.result[1]:
            lines.append(f"{self.result[1]};")
        label = self.made.target.name if self.made.target else ""
        body = " \\\n".join("    " + _filled(line, label) for line in lines)
        head = f"#define {name}({', '.join(listed)})"
        if self.made.target:
            return f"{head} do {{ \\\n{body} \\\n}} while (0)"
        return f"{head} (__extension__({{ \\\n{body} \\\n}}))"


def _decimal(part: str) -> str:
    """A number of a register, as its name has it."""
    return part if part.startswith("%") else str(int(part, 0))


def _filled(line: str, label: str) -> str:
    """A statement with the names of parameters, which stand between @."""
    return re.sub(r"@(\w+)@", lambda found: label if found[1] == "label" else found[1], line)
