"""Extensions as CoreDSL, the language of Seal5, M2-ISA-R and Longnail.

An instruction set stands on RV32I, as the published description of RISC-V has it: that declares
the registers `X` and `PC`, their width `XLEN`, the memory `MEM`, `INSTR_ALIGNMENT`, and `raise`.
What is of one register width only is a set of its own beside it.

A body becomes a function of the section `functions`, with all functions that it calls; the
behaviour of the instruction calls it with registers and immediates. One that jumps, or writes
several registers, has no such function, which gives one number only: its statements are the
behaviour. All values are `signed<64>`: as in rvx, registers of RV32 come sign-extended. CoreDSL
widens the results of its arithmetic instead of wrapping, so each is cast back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rvx.bodies.kinds import Basic
from rvx.bodies.problem import BodyProblem
from rvx.bodies.written import Made, Text
from rvx.export.cbody import Untranslatable, one_line, safe
from rvx.export.integerbody import (
    LOADS,
    SIGNS,
    STORES,
    Function,
    Functions,
    bound,
    ends,
    identifier,
    performed,
    returns,
)
from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, MaskKind, Operand, RegisterKind
from rvx.isa.registers import F, V, X
from rvx.isa.vector.own import recipe_of

_WORD = "signed<64>"
_ILLEGAL, _MISALIGNED = "raise(0, 2);", "raise(0, 0);"
"""The exceptions of an illegal instruction and of a jump, by their numbers in `mcause`."""

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
                behaviour = [f"// The behaviour is left out: {reason}", "behavior: {}"]
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
    lines = [f"        // {one_line(made.doc)}"] if made.doc else []
    lines += [
        f"        {identifier(made.mnemonic).upper()} {{",
        f"{pad}encoding: {' :: '.join(_encoding(made))};",
        f"{pad}assembly: {_assembly(made)};",
    ]
    return [*lines, *(pad + line for line in behaviour), "        }"]


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
    target = performed(made)
    if "next_pc" in target.requests or len(target.results) > 1:
        lines = functions.whole(made)
    else:
        given = ", ".join(_given(made, each) for each in target.requests if each != "mem")
        call = f"{functions.body(made)}({given})"
        accesses = "mem" in target.requests
        if not target.results:
            lines = [f"{call};"] if accesses else []
        elif accesses:
            # It loads even where x0 takes nothing: it may raise.
            value = f"new_{target.results[0]}"
            lines = [f"{_WORD} {value} = {call};", *_stored(made, target.results[0], value)]
        else:
            lines = _stored(made, target.results[0], call)
    checks = []
    for operand in made.operands.values():
        for mask, match in operand.reserved:
            if mask != operand.field.insert(-1):
                raise Untranslatable(f"some values of its operand '{operand.name}' are reserved")
            checks.append(f"if ({operand.name} == {operand.field.extract(match)}) {_ILLEGAL}")
    if len(lines) < 2:
        return [
            f"behavior: {{ {' else '.join([*checks, *lines])} }}"
            if checks or lines
            else "behavior: {}"
        ]
    if checks:
        lines = [f"{' else '.join(checks)} else {{", *(f"    {line}" for line in lines), "}"]
    return ["behavior: {", *(f"    {line}" for line in lines), "}"]


def _stored(made: Instruction, result: str, value: str) -> list[str]:
    """Writes a register; x0 stays as it is."""
    written = bound(made, result)
    if written == 0:
        return []
    number = _register(written)
    store = f"X[{number}] = (unsigned<XLEN>){value};"
    is_zero = isinstance(written, Operand) and 0 in _numbers(written)
    return [f"if ({number} != 0) {store}" if is_zero else store]


def _numbers(operand: Operand) -> tuple[int, ...]:
    assert isinstance(operand.kind, RegisterKind)
    return operand.kind.numbers


def _register(operand: Operand | int) -> str:
    """The number of a register that is performed upon."""
    if isinstance(operand, int):
        return str(operand)
    assert isinstance(operand.kind, RegisterKind)
    return _number(operand, operand.kind)


def _given(made: Instruction, name: str) -> str:
    """What a body asks for by a name."""
    match name:
        case "xlen":
            return "XLEN"
        case "pc":
            return f"({_WORD})PC"
        case "next_pc":
            return f"({_WORD})(unsigned<XLEN>)(PC + {made.size})"
    operand = bound(made, name)
    if performed(made).operands[name].is_register:
        return f"({_WORD})(signed)X[{_register(operand)}]"
    if isinstance(operand, int):
        return _literal(operand)
    assert isinstance(operand.kind, ImmediateKind)
    return f"({_WORD})({_immediate(operand, operand.kind)})"


def _literal(number: int) -> str:
    if -(1 << 31) <= number < 1 << 31:
        return f"({number})" if number < 0 else str(number)
    return f"({_WORD}){number & (1 << 64) - 1:#x}"


# -- bodies ----------------------------------------------------------------------------------


class _Functions(Functions):
    """The functions of one instruction set."""

    def whole(self, made: Instruction) -> list[str]:
        """The statements of an instruction, in which its body stands as it is."""
        with self.undone():
            body = self.read(made)
            assert body.text is not None
            return _Behaviour(self, body, body.text, instruction=made).lines()

    def write(self, made: Made, text: Text, name: str) -> str:
        return _Function(self, made, text, name=name).written()

    def write_helper(self, helper: str, name: str) -> str:
        if helper in LOADS or helper in STORES:
            return f"        {_accessing(helper, name)}"
        text = re.sub(r"\bW\b", _WORD, _HELPERS[helper])
        return f"        {_WORD} {name}{text}"


def _accessing(access: str, name: str) -> str:
    """A function that loads or stores."""
    bits = LOADS.get(access) or STORES[access]
    head = "unsigned<XLEN> a = (unsigned<XLEN>)at;"
    place = f"MEM[a + {bits // 8 - 1} : a]"
    if bits == 8:
        head, place = "", "MEM[(unsigned<XLEN>)at]"
    if access in STORES:
        body = f"{head} {place} = (unsigned<{bits}>)value;".strip()
        return f"void {name}({_WORD} at, {_WORD} value) {{ {body} }}"
    sign = "signed" if access.startswith("load_s") else "unsigned"
    body = f"{head} return ({_WORD})({sign}<{bits}>){place};".strip()
    return f"{_WORD} {name}({_WORD} at) {{ {body} }}"


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
        return _literal(number)

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


@dataclass
class _Behaviour(_Function):
    """The statements of an instruction that jumps, or writes several registers.

    What the registers get is held until the end of each way through the body. There is none within
    a loop, for want of a `return`.
    """

    instruction: Instruction = field(kw_only=True)

    def lines(self) -> list[str]:
        """The statements."""
        self.check()
        made, target = self.instruction, performed(self.instruction)
        statements: list[ast.stmt] = self.text.tree.body
        if not ends(statements):
            statements = [*statements, ast.Return()]
        body = self.tail(statements, 0)
        asked = [name for name in target.requests if name != "mem"]
        results = [f"new_{name}" for name in target.results]
        variables = sorted(self.declared - set(self.parameters))
        named = [*(self.named(name) for name in variables), *results]
        stores = [
            line
            for name, value in zip(target.results, results, strict=True)
            for line in _stored(made, name, value)
        ]
        if "next_pc" in asked:
            place = self.named("next_pc")
            # Registers are written where the jump does not raise.
            stores = [
                f"if ({place} % INSTR_ALIGNMENT != 0) {_MISALIGNED}",
                "else {",
                *(f"    {line}" for line in stores),
                f"    PC = (unsigned<XLEN>){place};",
                "}",
            ]
        return [
            *(
                f"{_WORD} {self.named(name)} = {_given(made, each)};"
                for name, each in zip(self.parameters, asked, strict=True)
            ),
            *(f"{_WORD} {name} = 0;" for name in named),
            *body,
            *stores,
        ]

    def is_split(self, node: ast.If) -> bool:
        return returns([node])

    def ended(self, value: ast.expr | None, pad: str) -> list[str]:
        results = performed(self.instruction).results
        given = value.elts if isinstance(value, ast.Tuple) else [value] if value else []
        if len(given) != len(results):
            reason = "it returns several registers from something that it calls"
            raise Untranslatable(reason if given else "its body has an end without a value")
        return [
            f"{pad}new_{name} = {self.expr(each)};"
            for name, each in zip(results, given, strict=True)
        ]

    def returned(self, value: str | None) -> str:
        raise Untranslatable("its body jumps or writes several registers, and returns in a loop")
