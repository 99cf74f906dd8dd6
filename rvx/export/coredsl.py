"""Extensions as CoreDSL, the language of Seal5, M2-ISA-R and Longnail.

An instruction set stands on RV32I, as the published description of RISC-V has it: that declares
the registers `X`, their width `XLEN`, and `raise`. What is of one register width only is a set of
its own beside it.

A body becomes a function of the section `functions`, with all functions that it calls; the
behaviour of the instruction calls it with registers and immediates. All values are `signed<64>`:
as in rvx, registers of RV32 come sign-extended. CoreDSL widens the results of its arithmetic
instead of wrapping, so each is cast back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from rvx.bodies.kinds import Basic
from rvx.bodies.problem import BodyProblem
from rvx.bodies.written import Made, Text
from rvx.export.cbody import Untranslatable, one_line, safe
from rvx.export.integerbody import SIGNS, Function, Functions, identifier
from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, MaskKind, Operand, RegisterKind
from rvx.isa.registers import F, V, X
from rvx.isa.vector.own import recipe_of

_WORD = "signed<64>"
_ILLEGAL = "raise(0, 2)"
"""The exception of an illegal instruction, by its number in `mcause`."""

_HELPERS = {
    "shift_left": "(W a, W n) { return n > 63 ? (W)0 : (W)(a << n); }",
    "shift_right": "(W a, W n) { return a >> (n > 63 ? (W)63 : n); }",
    "floor_divide": """(W a, W b) {
            if (b == -1) return (W)(0 - a);
            W quotient = (W)(a / b);
            return a % b != 0 && (a % b < 0) != (b < 0) ? (W)(quotient - 1) : quotient;
        }""",
    "modulo": """(W a, W b) {
            if (b == -1) return 0;
            W rest = (W)(a % b);
            return rest != 0 && (rest < 0) != (b < 0) ? (W)(rest + b) : rest;
        }""",
    "absolute": "(W a) { return a < 0 ? (W)(0 - a) : a; }",
    "min": "(W a, W b) { return b < a ? b : a; }",
    "max": "(W a, W b) { return b > a ? b : a; }",
}
"""The helpers, with `W` for their type."""


def export(extensions: Sequence[Extension]) -> Export:
    """One file for each extension."""
    made = Export()
    for extension in extensions:
        sets: dict[tuple[int, ...], list[str]] = {}
        functions: dict[tuple[int, ...], _Functions] = {}
        for instruction in extension.instructions.values():
            if _is_of_vectors(instruction):
                made.left_out.append(
                    f"{instruction.mnemonic}: it works on vector registers, which the base that "
                    f"is built upon has not"
                )
                continue
            width = instruction.xlens
            known = functions.setdefault(width, _Functions(extension, width=width))
            try:
                behaviour = _behaviour(instruction, known)
            except (Untranslatable, BodyProblem) as error:
                made.left_out.append(
                    f"{instruction.mnemonic}: written without its behaviour: {error}"
                )
                reason = " ".join(str(error).split())
                behaviour = [f"// The behaviour is left out: {reason}", "{}"]
            sets.setdefault(width, []).extend(_instruction(instruction, behaviour))
        if sets:
            made.files[f"{extension.name}.core_desc"] = _file(extension, sets, functions)
    return made


def _is_of_vectors(made: Instruction) -> bool:
    return (
        "v" in made.requests
        or (made.body is not None and recipe_of(made.body) is not None)
        or any(
            isinstance(operand.kind, MaskKind)
            or (isinstance(operand.kind, RegisterKind) and operand.kind.file is V)
            for operand in made.operands.values()
        )
    )


def _file(
    extension: Extension,
    sets: dict[tuple[int, ...], list[str]],
    functions: dict[tuple[int, ...], _Functions],
) -> str:
    has_shared = any(len(width) > 1 for width in sets)
    base = "RV64I" if (64,) in sets and not has_shared else "RV32I"
    lines = [
        f"// {extension.name} {extension.version}: {one_line(extension.doc)}".rstrip(": "),
        f'import "{base}.core_desc"',
    ]
    # What is of both widths first: the others extend it. A set extends one only.
    for width, instructions in sorted(sets.items(), key=lambda item: (-len(item[0]), item[0])):
        name, parent = extension.name, "RV32I"
        if len(width) == 1:
            name = f"{name}_RV{width[0]}"
            parent = extension.name if has_shared else f"RV{width[0]}I"
        lines += ["", f"InstructionSet {name} extends {parent} {{"]
        if functions[width].parts:
            lines += ["    functions {", *functions[width].parts, "    }"]
        lines += ["    instructions {", *instructions, "    }", "}"]
    return "\n".join([*lines, ""])


# -- instructions ----------------------------------------------------------------------------


def _instruction(made: Instruction, behaviour: Sequence[str]) -> list[str]:
    pad = " " * 12
    *comments, last = behaviour
    lines = [f"        // {one_line(made.doc)}"] if made.doc else []
    lines += [
        f"        {identifier(made.mnemonic).upper()} {{",
        f"{pad}encoding: {' :: '.join(_encoding(made))};",
        f"{pad}assembly: {_assembly(made)};",
    ]
    lines += [pad + comment for comment in comments]
    return [*lines, f"{pad}behavior: {last}", "        }"]


def _encoding(made: Instruction) -> list[str]:
    """The word, from its highest bit: digits, and pieces of fields."""
    fields = {
        piece.word_lsb + piece.bits - 1: (operand.name, piece)
        for operand in made.operands.values()
        for piece in operand.field.pieces
    }
    parts, bit, unused = [], made.pattern.bits - 1, 0
    while bit >= 0:
        if bit in fields:
            name, piece = fields[bit]
            high = piece.value_lsb + piece.bits - 1
            parts.append(f"{name}[{high}:{piece.value_lsb}]")
            bit -= piece.bits
            continue
        low, is_fixed = bit, made.pattern.mask >> bit & 1
        while low and low - 1 not in fields and made.pattern.mask >> low - 1 & 1 == is_fixed:
            low -= 1
        width = bit - low + 1
        if is_fixed:
            digits = made.pattern.match >> low & (1 << width) - 1
            parts.append(f"{width}'b{digits:0{width}b}")
        else:
            parts.append(f"unused{unused}[{width - 1}:0]")
            unused += 1
        bit = low - 1
    return parts


def _assembly(made: Instruction) -> str:
    """The mnemonic, and the operands as the language's disassemblers put them in."""

    def shown(match: re.Match[str]) -> str:
        operand = made.operands.get(match[1])
        return match[0] if operand is None else _shown(operand)

    syntax = re.sub(r":[^,()\s]+", "", made.syntax.shape.partition(" ")[2])
    listed = re.sub(r"([A-Za-z_]\w*)", shown, syntax)
    return f'{{"{made.mnemonic}", "{listed}"}}'


def _shown(operand: Operand) -> str:
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        number = _number(operand, kind)
        if kind.file is X:
            return f"{{name({number})}}"
        if kind.file is F:
            return f"{{fname({number})}}"
        return f"{kind.file.name}{{{number}}}"
    if isinstance(kind, ImmediateKind):
        return f"{{{_immediate(operand, kind)}}}"
    return f"{{{operand.name}}}"


def _number(operand: Operand, kind: RegisterKind) -> str:
    """The number of a register."""
    if not operand.field.pieces:
        return str(kind.numbers[0])
    if not kind.is_indexed or kind.numbers[0] == 0:
        return operand.name
    return f"{operand.name} + {kind.numbers[0]}"


def _immediate(operand: Operand, kind: ImmediateKind) -> str:
    value = f"(signed){operand.name}" if kind.signed else operand.name
    if kind.wrap:
        value = f"({value} & {(1 << kind.wrap) - 1:#x})"
    return f"{value} + {kind.bias}" if kind.bias else value


def _behaviour(made: Instruction, functions: _Functions) -> list[str]:
    name = functions.body(made)
    call = f"{name}({', '.join(_given(made, each) for each in made.requests)})"
    checks = []
    for operand in made.operands.values():
        for mask, match in operand.reserved:
            if mask != operand.field.insert(-1):
                raise Untranslatable(f"some values of its operand '{operand.name}' are reserved")
            checks.append(f"if ({operand.name} == {operand.field.extract(match)}) {_ILLEGAL};")
    if not made.results:
        return [f"{{ {' else '.join(checks)} }}" if checks else "{}"]
    written = made.operands[made.results[0]]
    kind = written.kind
    assert isinstance(kind, RegisterKind)
    number = _number(written, kind)
    store = f"X[{number}] = (unsigned<XLEN>){call};"
    if 0 in kind.numbers:
        store = f"if ({number} != 0) {store}"
    return [f"{{ {' else '.join([*checks, store])} }}"]


def _given(made: Instruction, name: str) -> str:
    """What a body asks for by a name."""
    if name == "xlen":
        return "XLEN"
    operand = made.operands[name]
    if isinstance(operand.kind, RegisterKind):
        return f"({_WORD})(signed)X[{_number(operand, operand.kind)}]"
    assert isinstance(operand.kind, ImmediateKind)
    return f"({_WORD})({_immediate(operand, operand.kind)})"


# -- bodies ----------------------------------------------------------------------------------


class _Functions(Functions):
    """The functions of one instruction set."""

    def write(self, made: Made, text: Text, name: str) -> str:
        return _Function(self, made, text, name=name).written()

    def write_helper(self, helper: str, name: str) -> str:
        text = re.sub(r"\bW\b", _WORD, _HELPERS[helper])
        return f"        {_WORD} {name}{text}"


class _Function(Function):
    """One function in CoreDSL, whose results of arithmetic are wide and have to be cast back."""

    def written(self) -> str:
        """The function."""
        self.check()
        returned = "void" if self.made.result is Basic.NOTHING else _WORD
        body = self.block(self.text.tree.body, 3)
        declared = [
            f"            {_WORD} {safe(name)} = 0;"
            for name in sorted(self.declared - set(self.parameters))
        ]
        listed = ", ".join(f"{_WORD} {safe(name)}" for name in self.parameters)
        head = f"        {returned} {self.name}({listed}) {{"
        return "\n".join([head, *declared, *body, "        }"])

    def literal(self, number: int) -> str:
        if -(1 << 31) <= number < 1 << 31:
            return f"({number})" if number < 0 else str(number)
        return f"({_WORD}){number & (1 << 64) - 1:#x}"

    def arithmetic(self, op: type[ast.operator], a: str, b: str) -> str:
        text = f"({a} {SIGNS[op]} {b})"
        return f"({_WORD}){text}" if op in (ast.Add, ast.Sub, ast.Mult) else text

    def shifted(self, to_left: bool, a: str, places: int) -> str:
        # The result of a shift has the width of what is shifted.
        return f"(({_WORD}){a} {'<<' if to_left else '>>'} {places})"

    def inverted(self, a: str) -> str:
        return f"(~({_WORD}){a})"

    def compared(self, op: type[ast.cmpop], a: str, b: str) -> str:
        return f"{a} {SIGNS[op]} {b}"

    def all_or_any(self, is_all: bool, tests: Sequence[str]) -> str:
        return (" && " if is_all else " || ").join(f"({test})" for test in tests)

    def negated(self, test: str) -> str:
        return f"!({test})"

    def counted(self, test: str) -> str:
        return f"({_WORD})({test})"

    def chosen(self, test: str, then: str, otherwise: str) -> str:
        return f"(({test}) ? ({_WORD}){then} : ({_WORD}){otherwise})"

    def conditional(
        self, test: str, then: Sequence[str], otherwise: Sequence[str], pad: str
    ) -> list[str]:
        lines = [f"{pad}if ({test}) {{", *then]
        if otherwise:
            lines += [f"{pad}}} else {{", *otherwise]
        return [*lines, f"{pad}}}"]

    def repeated(self, test: str, body: Sequence[str], pad: str) -> list[str]:
        return [f"{pad}while ({test}) {{", *body, f"{pad}}}"]

    def jump(self, node: ast.Break | ast.Continue) -> str:
        return "break;" if isinstance(node, ast.Break) else "continue;"

    def returned(self, value: str | None) -> str:
        return "return;" if value is None else f"return {value};"
