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
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from rvx.bodies.form import kind_of
from rvx.bodies.kinds import WORD, Basic, Kind
from rvx.bodies.problem import BodyProblem
from rvx.bodies.translate import Translator
from rvx.bodies.written import HART, Made, Text
from rvx.export.cbody import Untranslatable, callee_of, one_line, safe, states_of
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
"""What has no operator in CoreDSL that means the same.

A body that raises in Python, as division by zero does, is undefined there.
"""

_WRAPPED: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_BITWISE: dict[type, str] = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}
_CALLED: dict[type, str] = {
    ast.LShift: "shift_left",
    ast.RShift: "shift_right",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "modulo",
}
_COMPARED: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


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
            known = functions.setdefault(width, _Functions(extension, width))
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


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


# -- instructions ----------------------------------------------------------------------------


def _instruction(made: Instruction, behaviour: Sequence[str]) -> list[str]:
    pad = " " * 12
    *comments, last = behaviour
    lines = [f"        // {one_line(made.doc)}"] if made.doc else []
    lines += [
        f"        {_identifier(made.mnemonic).upper()} {{",
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
    operand = made.operands.get(name)
    if name == "xlen":
        return "XLEN"
    if operand is not None and _is_plain(operand):
        kind = operand.kind
        if isinstance(kind, RegisterKind):
            return f"({_WORD})(signed)X[{_number(operand, kind)}]"
        assert isinstance(kind, ImmediateKind)
        return f"({_WORD})({_immediate(operand, kind)})"
    raise Untranslatable(f"its body asks for '{name}', which is no x register and no immediate")


def _is_plain(operand: Operand) -> bool:
    """Whether it is a number, or one x register whose number the field tells simply."""
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        first = kind.numbers[0]
        is_in_order = kind.numbers == tuple(range(first, first + len(kind.numbers)))
        return kind.file is X and kind.group == 1 and (not kind.is_indexed or is_in_order)
    return isinstance(kind, ImmediateKind)


# -- bodies ----------------------------------------------------------------------------------


@dataclass
class _Functions:
    """The functions of one instruction set.

    Attributes:
        extension: that is written.
        width: the register widths of its instructions, which names tell where there is one only.
        parts: the functions that are written already, each before those that call it.
    """

    extension: Extension
    width: tuple[int, ...]
    parts: list[str] = field(default_factory=list)
    _whole: Translator = field(default_factory=lambda: Translator("", reads_own=True))
    _names: dict[object, str] = field(default_factory=dict)
    _kept: list[Made] = field(default_factory=list)

    @property
    def _prefix(self) -> str:
        width = f"rv{self.width[0]}_" if len(self.width) == 1 else ""
        return f"{width}{_identifier(self.extension.name).lower()}"

    def body(self, made: Instruction) -> str:
        """The name of the function that an instruction's body has become."""
        if made.expansion is not None:
            raise Untranslatable(
                f"it is short for '{made.expansion.target.mnemonic}', which has the body"
            )
        if made.body is None:
            raise Untranslatable("it has no body in rvx")
        for name in made.requests:
            _given(made, name)
        if made.writes != made.results or len(made.results) > 1:
            raise Untranslatable("it writes something else than one register")
        if made.results and not _is_plain(made.operands[made.results[0]]):
            raise Untranslatable(f"it writes '{made.results[0]}', which is no x register")
        states = states_of(self.extension)
        kinds = [kind_of(made, name, states) for name in made.requests]
        self._whole.mnemonic = made.mnemonic
        before = len(self.parts), dict(self._names)
        try:
            body = self._whole.body(made.body, kinds, made.results)
            return self.function(body, _identifier(made.mnemonic))
        except ValueError:
            # What was written for its sake goes with it.
            del self.parts[before[0] :]
            self._names = before[1]
            raise

    def function(self, made: Made, hint: str) -> str:
        """The name of a function, which is written if it is not yet."""
        key = id(made.compiled)
        if key not in self._names:
            assert made.text is not None
            name = self._names[key] = self._fresh(hint.removeprefix("call_"))
            self._kept.append(made)
            self.parts.append(_Function(self, made, made.text, name).written())
        return self._names[key]

    def helper(self, name: str) -> str:
        """The name of one of the helpers, which is written if it is not yet."""
        if name not in self._names:
            self._names[name] = self._fresh(name)
            text = re.sub(r"\bW\b", _WORD, _HELPERS[name])
            self.parts.append(f"        {_WORD} {self._names[name]}{text}")
        return self._names[name]

    def _fresh(self, hint: str) -> str:
        name = f"{self._prefix}_{hint}"
        return name if name not in self._names.values() else f"{name}_{len(self._names)}"

    def called(self, compiled: object) -> Made | None:
        """The function of a body whose compiled form this is."""
        return next((one for one in self._whole.helpers() if one.compiled is compiled), None)


@dataclass
class _Function:
    """Writes one function: assignments, conditions and loops over integers."""

    functions: _Functions
    made: Made
    text: Text
    name: str
    declared: set[str] = field(default_factory=set)

    def written(self) -> str:
        """The function in CoreDSL."""
        tree = self.text.tree
        for name, kind in self.text.variables.items():
            if not _is_integer(kind):
                raise Untranslatable(f"its body has {kind} in '{name.removeprefix('_rvx_')}'")
        result = self.made.result
        returned = "void" if result is Basic.NOTHING else _WORD
        if result is not Basic.NOTHING and not _is_integer(result):
            raise Untranslatable(f"its body calls what gives {result}")
        parameters = [each.arg for each in tree.args.args if each.arg != HART]
        body = self._block(tree.body, 3)
        declared = [
            f"            {_WORD} {safe(name)} = 0;"
            for name in sorted(self.declared - set(parameters))
        ]
        listed = ", ".join(f"{_WORD} {safe(name)}" for name in parameters)
        head = f"        {returned} {self.name}({listed}) {{"
        return "\n".join([head, *declared, *body, "        }"])

    def _block(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        return [line for one in statements for line in self._statement(one, depth)]

    def _statement(self, node: ast.stmt, depth: int) -> list[str]:
        pad = "    " * depth
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                self.declared.add(name)
                return [f"{pad}{safe(name)} = {self._expr(node.value)};"]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                return self._several(names, values, pad)
            case ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
                return [f"{pad}return;"]
            case ast.Return(value=ast.expr() as value):
                return [f"{pad}return {self._expr(value)};"]
            case ast.If():
                lines = [f"{pad}if ({self._test(node.test)}) {{"]
                lines += self._block(node.body, depth + 1)
                if node.orelse:
                    lines += [f"{pad}}} else {{", *self._block(node.orelse, depth + 1)]
                return [*lines, f"{pad}}}"]
            case ast.While(orelse=[]):
                lines = self._block(node.body, depth + 1)
                return [f"{pad}while ({self._test(node.test)}) {{", *lines, f"{pad}}}"]
            case ast.For(target=ast.Name(id=name), iter=ast.Call() as call, orelse=[]):
                return self._for(node, name, call, depth)
            case ast.Break():
                return [f"{pad}break;"]
            case ast.Continue():
                return [f"{pad}continue;"]
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Expr(value=ast.Call() as call):
                return [] if self._callee(call) == "poll" else [f"{pad}{self._call(call)};"]
        self._refuse(node)

    def _several(
        self, names: Sequence[ast.expr], values: Sequence[ast.expr], pad: str
    ) -> list[str]:
        """All values are there before the first of them is stored: a, b = b, a."""
        held, stored = [], []
        for i, (name, value) in enumerate(zip(names, values, strict=True)):
            if not isinstance(name, ast.Name):
                self._refuse(name)
            self.declared |= {name.id, f"_held{i}"}
            held.append(f"{pad}{safe(f'_held{i}')} = {self._expr(value)};")
            stored.append(f"{pad}{safe(name.id)} = {safe(f'_held{i}')};")
        return [*held, *stored]

    def _for(self, node: ast.For, name: str, call: ast.Call, depth: int) -> list[str]:
        """A loop over a range: the variable is set anew each time, whatever the body does to it."""
        given = [self._expr(each) for each in call.args]
        start, end, step = {1: ["0", *given, "1"], 2: [*given, "1"]}.get(len(given), given)
        # Which way it counts has to be known: other steps are negative, or are not known.
        if self._callee(call) not in ("range", "range_") or not step.strip("0").isdecimal():
            self._refuse(node)
        at = f"_at{len(self.declared)}"
        self.declared |= {name, at, f"{at}_end"}
        pad = "    " * depth
        return [
            f"{pad}{safe(at)} = {start};",
            f"{pad}{safe(at)}_end = {end};",
            f"{pad}while ({safe(at)} < {safe(at)}_end) {{",
            f"{pad}    {safe(name)} = {safe(at)};",
            # Counted before the body, so that `continue` needs nothing.
            f"{pad}    {safe(at)} = ({_WORD})({safe(at)} + {step});",
            *self._block(node.body, depth + 1),
            f"{pad}}}",
        ]

    def _test(self, node: ast.expr) -> str:
        match node:
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return sign.join(f"({self._test(each)})" for each in values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!({self._test(operand)})"
            case ast.Compare():
                return self._compare(node)
        return f"{self._expr(node)} != 0"

    def _compare(self, node: ast.Compare) -> str:
        # A middle operand stands twice: it has to be one that costs nothing and does nothing.
        if any(type(op) not in _COMPARED for op in node.ops) or not all(
            isinstance(each, ast.Name | ast.Constant) for each in node.comparators[:-1]
        ):
            self._refuse(node)
        given = [self._expr(each) for each in (node.left, *node.comparators)]
        parts = [
            f"{left} {_COMPARED[type(op)]} {right}"
            for left, op, right in zip(given, node.ops, given[1:], strict=False)
        ]
        return parts[0] if len(parts) == 1 else " && ".join(f"({part})" for part in parts)

    def _expr(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=int() as number):
                if -(1 << 31) <= number < 1 << 31:
                    return f"({int(number)})" if number < 0 else str(int(number))
                return f"({_WORD}){number & (1 << 64) - 1:#x}"
            case ast.Name(id=name) if _is_integer(self.text.variables.get(name, WORD)):
                if isinstance(self.text.bound.get(name), np.ndarray):
                    self._refuse(node)
                return safe(name)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return f"({_WORD})({self._test(node)})"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"({_WORD})(0 - {self._expr(operand)})"
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return f"(~({_WORD}){self._expr(operand)})"
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._expr(operand)
            case ast.BoolOp(op=op, values=[*firsts, last]):
                result = self._expr(last)
                for each in reversed(firsts):
                    value = self._expr(each)
                    chosen = (result, value) if isinstance(op, ast.And) else (value, result)
                    result = self._chosen(self._test(each), *chosen)
                return result
            case ast.IfExp():
                return self._chosen(
                    self._test(node.test), self._expr(node.body), self._expr(node.orelse)
                )
            case ast.Call():
                return self._call(node)
        self._refuse(node)

    def _chosen(self, test: str, then: str, otherwise: str) -> str:
        return f"(({test}) ? ({_WORD}){then} : ({_WORD}){otherwise})"

    def _binary(self, node: ast.BinOp) -> str:
        a, b, op = self._expr(node.left), self._expr(node.right), type(node.op)
        if op in _WRAPPED:
            return f"({_WORD})({a} {_WRAPPED[op]} {b})"
        if op in _BITWISE:
            return f"({a} {_BITWISE[op]} {b})"
        if op not in _CALLED:
            self._refuse(node)
        if b.isdecimal() and int(b) < 64 and op in (ast.LShift, ast.RShift):
            # The result of a shift has the width of what is shifted.
            return f"(({_WORD}){a} {'<<' if op is ast.LShift else '>>'} {b})"
        return f"{self.functions.helper(_CALLED[op])}({a}, {b})"

    def _callee(self, node: ast.Call) -> str:
        return callee_of(self.text, node)

    def _call(self, node: ast.Call) -> str:
        callee = self._callee(node)
        helper = self.functions.called(self.text.bound.get(ast.unparse(node.func)))
        if helper is not None:
            given = [self._expr(each) for each in node.args if ast.unparse(each) != HART]
            name = self.functions.function(helper, _identifier(callee))
            return f"{name}({', '.join(given)})"
        if callee == "fail":
            raise Untranslatable("its body may raise")
        if callee in ("wrap", "word", "position", "int"):
            return self._expr(node.args[0])
        if callee == "bool":
            return f"({_WORD})({self._test(node.args[0])})"
        if callee in ("min", "max"):
            result, *rest = [self._expr(each) for each in node.args]
            for text in rest:
                result = f"{self.functions.helper(callee)}({result}, {text})"
            return result
        name = "absolute" if callee == "abs" else callee
        if name not in _HELPERS:
            self._refuse(node)
        # The hart and the place, which come last where Python raises, say nothing here.
        count = _HELPERS[name].partition(")")[0].count("W ")
        given = [self._expr(each) for each in node.args[:count]]
        if name in ("shift_left", "shift_right") and given[1].isdecimal() and int(given[1]) < 64:
            return f"(({_WORD}){given[0]} {'<<' if name == 'shift_left' else '>>'} {given[1]})"
        return f"{self.functions.helper(name)}({', '.join(given)})"

    def _refuse(self, node: ast.AST) -> NoReturn:
        shown = ast.unparse(node).splitlines()[0].replace("_rvx_", "")
        raise Untranslatable(f"its body has something that is not plain arithmetic: {shown}")


def _is_integer(kind: Kind) -> bool:
    return kind in (Basic.WORD, Basic.TRUTH)
