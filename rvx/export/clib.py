"""Bodies as portable C: the same arithmetic for tests and models outside of rvx.

The text of a body in which all arithmetic is spelled out, see `rvx.bodies`, is written once more in
C. Integers are `int64_t`, and wrap; what a body raises ends the call with a number.
"""

from __future__ import annotations

import ast
import math
import re
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from rvx.bodies import BodyProblem
from rvx.bodies.form import HART, kind_of
from rvx.bodies.kinds import REAL, WORD, Array, Several
from rvx.bodies.translate import Translator
from rvx.bodies.written import Made, Text
from rvx.export.target import Export
from rvx.extensions.catalogue import with_required
from rvx.isa import Extension, Instruction

_RUNTIME = """\
#ifndef RVX_RUNTIME
#define RVX_RUNTIME
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

enum { RVX_DIVISION = 1, RVX_SHIFT, RVX_INDEX, RVX_CONVERSION, RVX_EXPONENT, RVX_ROOT, RVX_STEP,
       RVX_RANGE, RVX_RAISED = 16 };
typedef struct { jmp_buf jump; } rvx_hart;

static inline int64_t rvx_fail(rvx_hart *hart, int64_t error) { longjmp(hart->jump, (int)error); }
static inline int64_t rvx_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static inline int64_t rvx_sub(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
static inline int64_t rvx_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }
static inline int64_t rvx_shl(int64_t a, int64_t n)
{
    return n > 63 ? 0 : (int64_t)((uint64_t)a << n);
}
static inline int64_t rvx_shr(int64_t a, int64_t n)
{
    uint64_t sign = a < 0 ? ~(uint64_t)0 : 0;
    if (n > 63)
        return (int64_t)sign;
    return (int64_t)(((uint64_t)a ^ sign) >> n ^ sign);
}
static inline int64_t rvx_shift_left(int64_t a, int64_t n, rvx_hart *hart)
{
    return n < 0 ? rvx_fail(hart, RVX_SHIFT) : rvx_shl(a, n);
}
static inline int64_t rvx_shift_right(int64_t a, int64_t n, rvx_hart *hart)
{
    return n < 0 ? rvx_fail(hart, RVX_SHIFT) : rvx_shr(a, n);
}
static inline int64_t rvx_floor_divide(int64_t a, int64_t b, rvx_hart *hart)
{
    if (b == 0)
        rvx_fail(hart, RVX_DIVISION);
    if (b == -1)
        return rvx_sub(0, a);
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}
static inline int64_t rvx_modulo(int64_t a, int64_t b, rvx_hart *hart)
{
    if (b == 0)
        rvx_fail(hart, RVX_DIVISION);
    if (b == -1)
        return 0;
    return a % b + (a % b != 0 && (a % b < 0) != (b < 0) ? b : 0);
}
static inline int64_t rvx_power(int64_t base, int64_t n, rvx_hart *hart)
{
    int64_t result = 1;
    if (n < 0)
        rvx_fail(hart, RVX_EXPONENT);
    for (; n; n >>= 1) {
        if (n & 1)
            result = rvx_mul(result, base);
        base = rvx_mul(base, base);
    }
    return result;
}
static inline int64_t rvx_absolute(int64_t a) { return a < 0 ? rvx_sub(0, a) : a; }
static inline int64_t rvx_min(int64_t a, int64_t b) { return b < a ? b : a; }
static inline int64_t rvx_max(int64_t a, int64_t b) { return b > a ? b : a; }
static inline double rvx_real_min(double a, double b) { return b < a ? b : a; }
static inline double rvx_real_max(double a, double b) { return b > a ? b : a; }
static inline int64_t rvx_bit_length(int64_t a)
{
    uint64_t left = (uint64_t)rvx_absolute(a);
    int64_t count = 0;
    for (; left; left >>= 1)
        count++;
    return count;
}
static inline int64_t rvx_bit_count(int64_t a)
{
    uint64_t left = (uint64_t)rvx_absolute(a);
    int64_t count = 0;
    for (; left; left &= left - 1)
        count++;
    return count;
}
static inline int64_t rvx_index(int64_t at, int64_t size, rvx_hart *hart)
{
    if (at < -size || at >= size)
        rvx_fail(hart, RVX_INDEX);
    return at < 0 ? at + size : at;
}
static inline double rvx_divide(double a, double b, rvx_hart *hart)
{
    return b == 0.0 ? (double)rvx_fail(hart, RVX_DIVISION) : a / b;
}
static inline int64_t rvx_truncate(double a, rvx_hart *hart)
{
    if (!(a >= -9223372036854775808.0 && a < 9223372036854775808.0))
        rvx_fail(hart, RVX_CONVERSION);
    return (int64_t)a;
}
static inline int64_t rvx_floor(double a, rvx_hart *hart)
{
    int64_t whole = rvx_truncate(a, hart);
    return (double)whole > a ? whole - 1 : whole;
}
static inline int64_t rvx_ceil(double a, rvx_hart *hart)
{
    int64_t whole = rvx_truncate(a, hart);
    return (double)whole < a ? whole + 1 : whole;
}
static inline double rvx_square_root(double a, rvx_hart *hart)
{
    return a < 0.0 ? (double)rvx_fail(hart, RVX_ROOT) : sqrt(a);
}
static inline int64_t rvx_range_end(int64_t start, int64_t end, int64_t step, rvx_hart *hart)
{
    int64_t distance = rvx_sub(end, start), longest = (int64_t)1 << 62;
    if (step == 0)
        rvx_fail(hart, RVX_STEP);
    if ((step > 0 && end <= start) || (step < 0 && end >= start))
        return start;
    if ((distance > 0) != (step > 0) || distance > longest || distance < -longest
        || step > longest || step < -longest)
        rvx_fail(hart, RVX_RANGE);
    return end;
}
#endif
"""
_PLACED = {
    *("shift_left", "shift_right", "floor_divide", "modulo", "power", "divide", "truncate"),
    *("floor", "ceil", "square_root", "index", "range_end"),
}
"""Functions of the runtime that get the hart, and a place that C does not need."""
_PLAIN = {
    *("absolute", "bit_length", "bit_count", "min", "max", "real_min", "real_max"),
}
_REALS = {"divide", "square_root", "real_min", "real_max", "real"}


class Untranslatable(ValueError):
    """Something that has no C here; the message says what."""


def export(extensions: Sequence[Extension]) -> Export:
    """One file of C for each extension, with a function an instruction."""
    made = Export()
    for extension in extensions:
        parts: list[str] = []
        for instruction in extension.instructions.values():
            try:
                parts.append(_instruction(extension, instruction))
            except (Untranslatable, BodyProblem) as error:
                made.left_out.append(f"{instruction.mnemonic}: {error}")
        if parts:
            doc = " ".join(extension.doc.split()).replace("*/", "* /")
            head = f"/* {extension.name} {extension.version}: {doc} */\n"
            made.files[f"{extension.name.lower()}.c"] = head + _RUNTIME + "\n" + "\n".join(parts)
    return made


def _instruction(extension: Extension, made: Instruction) -> str:
    if made.body is None:
        raise Untranslatable("it has no body")
    for name in ("mem", "v"):
        if name in made.requests:
            raise Untranslatable("its body works on guest memory, or on vectors, which C has not")
    states = {
        name: state.words
        for one in with_required([extension])
        for name, state in one.states.items()
    }
    kinds = [kind_of(made, name, states) for name in made.requests]
    width = f"_rv{made.xlens[0]}" if len(made.xlens) == 1 else ""
    name = re.sub(r"\W", "_", f"{extension.name}_{made.mnemonic}").lower() + width
    whole = Translator(made.mnemonic)
    body = whole.body(made.body, kinds, made.results)
    writer = _Writer(name, whole)
    inner = writer.function(body, "body")
    arguments = [
        f"int64_t *{_safe(each)}" if isinstance(kind, Array) else f"int64_t {_safe(each)}"
        for each, kind in zip(made.requests, kinds, strict=True)
    ]
    results = [f"int64_t *to_{each}" for each in made.results]
    passed = ", ".join([*(_safe(each) for each in made.requests), "&hart"])
    call = f"{inner}({passed})"
    if len(made.results) > 1:
        call = f"{writer.struct(len(made.results))} got = {call}"
    elif made.results:
        call = f"*to_{made.results[0]} = {call}"
    lines = [f"    {call};"]
    if len(made.results) > 1:
        lines += [f"    *to_{each} = got.item{i};" for i, each in enumerate(made.results)]
    doc = " ".join(made.doc.split("\n\n")[0].split()).replace("*/", "* /")
    return "\n".join(
        [
            *writer.parts,
            f"/** {made.syntax.shape}: {doc}",
            " *  Gives 0, or what the body has raised. */",
            f"int {name}({', '.join([*arguments, *results]) or 'void'})",
            "{",
            "    rvx_hart hart;",
            "    int raised = setjmp(hart.jump);",
            "    if (raised)",
            "        return raised;",
            *lines,
            "    return 0;",
            "}",
            "",
        ]
    )


def _safe(name: str) -> str:
    """A name that is no word of C, nor one of the runtime."""
    return f"v_{name}"


@dataclass
class _Writer:
    """Writes the functions of one instruction.

    Attributes:
        prefix: of all names.
        whole: gives the functions that bodies call.
        parts: what is written already: tables, structures and functions.
    """

    prefix: str
    whole: Translator
    parts: list[str] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)

    def struct(self, count: int) -> str:
        """The structure for so many results."""
        name = f"struct {self.prefix}_{count}"
        fields = " ".join(f"int64_t item{i};" for i in range(count))
        text = f"{name} {{ {fields} }};"
        if text not in self.parts:
            self.parts.append(text)
        return name

    def table(self, values: Any) -> str:
        """The name of a table."""
        if id(values) not in self._names:
            name = f"{self.prefix}_table{len(self._names)}"
            self._kept.append(values)
            self._names[id(values)] = name
            kind = "double" if values.dtype.kind == "f" else "int64_t"
            listed = ", ".join(_number(each.item()) for each in values.ravel())
            self.parts.append(f"static const {kind} {name}[] = {{{listed}}};")
        return self._names[id(values)]

    def function(self, made: Made, hint: str) -> str:
        """The name of a function, which is written if it is not yet."""
        key = id(made.compiled)
        if key in self._names:
            return self._names[key]
        assert made.text is not None
        name = f"{self.prefix}_{hint}{len(self._names)}"
        self._kept.append(made)
        self._names[key] = name
        self.parts.append(_Function(self, made, made.text, name).written())
        return name

    def helper(self, compiled: object) -> Made | None:
        """The function of the body whose compiled form this is."""
        return next((one for one in self.whole.helpers() if one.compiled is compiled), None)


def _number(value: float) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Untranslatable(f"the number {value}")
        return value.hex()
    if value == -(2**63):
        return "INT64_MIN"
    return f"INT64_C({int(value)})"


@dataclass
class _Function:
    """Writes one function.

    Attributes:
        writer: of the instruction.
        made: the function, written out.
        text: its tree.
        name: in C.
        declared: C's types of its variables by name; empty for parameters.
    """

    writer: _Writer
    made: Made
    text: Text
    name: str
    declared: dict[str, str] = field(default_factory=dict)

    def written(self) -> str:
        """The function in C."""
        tree = self.text.tree
        parameters = []
        for argument in tree.args.args:
            if argument.arg == HART or argument.arg == tree.args.args[-1].arg:
                parameters.append("rvx_hart *v__hart")
                continue
            kind = self.text.variables[argument.arg]
            if isinstance(kind, Array):
                element = "double" if kind.element is REAL else "int64_t"
                parameters.append(f"{element} *{_safe(argument.arg)}")
            else:
                parameters.append(f"{_type(kind)} {_safe(argument.arg)}")
            self.declared[argument.arg] = ""
        body = self._block(tree.body, 1)
        result = self.made.result
        if isinstance(result, Several):
            returned = self.writer.struct(len(result.items))
            if any(item is REAL for item in result.items):
                raise Untranslatable("a function that returns several floats")
        else:
            returned = "void" if str(result) == "None" else _type(result)
        variables = []
        for name, declared in self.declared.items():
            if declared.startswith("words "):
                variables.append(f"    int64_t {_safe(name)}[{declared.split()[1]}] = {{0}};")
            elif declared:
                variables.append(f"    {declared} {_safe(name)} = {{0}};")
        head = f"static inline {returned} {self.name}({', '.join(parameters)})"
        unused = "    (void)v__hart;"
        return "\n".join([head, "{", *variables, unused, *body, "}"])

    # -- statements --------------------------------------------------------------------------

    def _block(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        return [line for one in statements for line in self._statement(one, depth)]

    def _statement(self, node: ast.stmt, depth: int) -> list[str]:
        pad = "    " * depth
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return [pad + line for line in self._assign(node.targets[0], node.value)]
        if isinstance(node, ast.Return):
            if node.value is None or (
                isinstance(node.value, ast.Constant) and node.value.value is None
            ):
                return [pad + "return;"]
            if isinstance(node.value, ast.Tuple):
                kind = self.writer.struct(len(node.value.elts))
                first, items = self._in_order(node.value.elts)
                ready = [pad + first.rstrip(", ") + ";"] if first else []
                return [*ready, pad + f"return ({kind}){{{', '.join(items)}}};"]
            return [pad + f"return {self._expr(node.value)};"]
        if isinstance(node, ast.If):
            lines = [pad + f"if ({self._test(node.test)}) {{", *self._block(node.body, depth + 1)]
            if node.orelse:
                lines += [pad + "} else {", *self._block(node.orelse, depth + 1)]
            return [*lines, pad + "}"]
        if isinstance(node, ast.While) and not node.orelse:
            head = pad + f"while ({self._test(node.test)}) {{"
            return [head, *self._block(node.body, depth + 1), pad + "}"]
        if isinstance(node, ast.For) and not node.orelse:
            return self._for(node, depth)
        if isinstance(node, ast.Break):
            return [pad + "break;"]
        if isinstance(node, ast.Continue):
            return [pad + "continue;"]
        if isinstance(node, ast.Raise):
            return []  # rvx_fail, which stands before it, has not returned
        if isinstance(node, ast.Pass):
            return []
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Call) and self._callee(node.value) == "poll":
                return []
            if isinstance(node.value, ast.Constant):
                return []
            return [pad + f"(void){self._expr(node.value)};"]
        self._refuse(node)

    def _for(self, node: ast.For, depth: int) -> list[str]:
        """A loop over a range: the variable is set anew each time, whatever the body does to it."""
        pad, call = "    " * depth, node.iter
        if not isinstance(node.target, ast.Name) or not isinstance(call, ast.Call):
            self._refuse(node)
        if self._callee(call) not in ("range", "range_"):
            self._refuse(node)
        given = [self._expr(each) for each in call.args]
        start, end, step = (
            ("0", given[0], "1") if len(given) == 1 else (given[0], given[1], (*given, "1")[2])
        )
        at = f"at{depth}_{len(self.declared)}"
        self._declare(node.target.id, "int64_t")
        inner = self._block(node.body, depth + 2)
        return [
            pad + "{",
            pad + f"    int64_t {at} = {start}, {at}_end = {end}, {at}_step = {step};",
            pad + f"    for (; {at}_step > 0 ? {at} < {at}_end : {at} > {at}_end; "
            f"{at} = rvx_add({at}, {at}_step)) {{",
            pad + f"        {_safe(node.target.id)} = {at};",
            *inner,
            pad + "    }",
            pad + "}",
        ]

    def _assign(self, target: ast.expr, value: ast.expr) -> list[str]:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            # All values are there before the first of them is stored: a, b = b, a.
            lines, stores = [], []
            for i, (each, given) in enumerate(zip(target.elts, value.elts, strict=True)):
                temporary = f"held{i}"
                kind = "double" if self._is_real(given) else "int64_t"
                lines.append(f"{kind} {temporary} = {self._expr(given)};")
                if isinstance(each, ast.Name):
                    self._declare(each.id, kind)
                stores.append(f"{self._expr(each)} = {temporary};")
            return ["{", *lines, *stores, "}"]
        if isinstance(target, ast.Tuple):
            if not isinstance(value, ast.Call):
                self._refuse(value)
            temporary = f"got{len(self.declared)}"
            kind = self.writer.struct(len(target.elts))
            lines = [f"{kind} {temporary} = {self._expr(value)};"]
            for i, each in enumerate(target.elts):
                if not isinstance(each, ast.Name):
                    self._refuse(each)
                self._declare(each.id, "int64_t")
                lines.append(f"{_safe(each.id)} = {temporary}.item{i};")
            return ["{", *lines, "}"]
        if isinstance(target, ast.Subscript):
            place, stored = self._expr(target), self._expr(value)
            if "v__hart" not in stored:
                return [f"{place} = {stored};"]
            name = f"_stored{len(self.declared)}"
            self.declared[name] = "double" if self._is_real(value) else "int64_t"
            return [f"{_safe(name)} = {stored};", f"{place} = {_safe(name)};"]
        if not isinstance(target, ast.Name):
            self._refuse(target)
        if isinstance(value, ast.Call):
            words = re.fullmatch(r"_rvx_words_(\d+)", ast.unparse(value.func))
            if words:
                self._declare(target.id, f"words {words[1]}")
                return [f"memset({_safe(target.id)}, 0, sizeof {_safe(target.id)});"]
        if isinstance(self.text.variables.get(target.id), Array):
            self._refuse(target)
        self._declare(target.id, "double" if self._is_real(value) else "int64_t")
        return [f"{_safe(target.id)} = {self._expr(value)};"]

    def _declare(self, name: str, kind: str) -> None:
        known = self.text.variables.get(name)
        if known is REAL:
            kind = "double"
        self.declared.setdefault(name, kind)

    # -- expressions -------------------------------------------------------------------------

    def _in_order(self, nodes: Sequence[ast.expr]) -> tuple[str, list[str]]:
        """Expressions, and assignments in front where Python's order of evaluation matters.

        C evaluates arguments in any order; which of two calls raises first would depend on it, and
        what an element holds that another call changes.
        """
        given = [self._expr(each) for each in nodes]
        calls = sum("v__hart" in each for each in given)
        if not calls or (calls == 1 and not any("[" in e and "v__hart" not in e for e in given)):
            return "", given
        first, names = "", []
        for node, text in zip(nodes, given, strict=True):
            name = f"_in_order{len(self.declared)}"
            self.declared[name] = "double" if self._is_real(node) else "int64_t"
            first += f"{_safe(name)} = {text}, "
            names.append(_safe(name))
        return first, names

    def _is_real(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return isinstance(node.value, float)
        if isinstance(node, ast.Name):
            known = self.text.variables.get(node.id)
            return known is REAL or self.declared.get(node.id) == "double"
        if isinstance(node, ast.BinOp):
            return (
                isinstance(node.op, ast.Div)
                or self._is_real(node.left)
                or self._is_real(node.right)
            )
        if isinstance(node, ast.UnaryOp):
            return not isinstance(node.op, ast.Not) and self._is_real(node.operand)
        if isinstance(node, ast.IfExp):
            return self._is_real(node.body) or self._is_real(node.orelse)
        if isinstance(node, ast.BoolOp):
            return any(self._is_real(each) for each in node.values)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            found = self.text.bound.get(node.value.id)
            return isinstance(found, np.ndarray) and found.dtype.kind == "f"
        if isinstance(node, ast.Call):
            callee = self._callee(node)
            if callee == "abs":
                return self._is_real(node.args[0])
            helper = self._helper(node)
            return callee in _REALS or (helper is not None and helper.result is REAL)
        return False

    def _test(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return "(" + sign.join(self._test(each) for each in node.values) + ")"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!{self._test(node.operand)}"
        return f"({self._expr(node)})"

    def _expr(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                return str(int(node.value))
            if isinstance(node.value, int | float):
                return _number(node.value)
        elif isinstance(node, ast.Name):
            return "v__hart" if node.id == "_hart" else _safe(node.id)
        elif isinstance(node, ast.BinOp):
            return self._binary(node)
        elif isinstance(node, ast.UnaryOp):
            return self._unary(node)
        elif isinstance(node, ast.BoolOp):
            *first, last = node.values
            result = self._expr(last)
            for each in reversed(first):
                value = self._expr(each)
                is_and = isinstance(node.op, ast.And)
                chosen = (result, value) if is_and else (value, result)
                result = f"({self._test(each)} ? {chosen[0]} : {chosen[1]})"
            return result
        elif isinstance(node, ast.Compare):
            return self._compare(node)
        elif isinstance(node, ast.IfExp):
            return (
                f"({self._test(node.test)} ? {self._expr(node.body)} : {self._expr(node.orelse)})"
            )
        elif isinstance(node, ast.Subscript):
            return self._element(node)
        elif isinstance(node, ast.Call):
            return self._call(node)
        self._refuse(node)

    def _binary(self, node: ast.BinOp) -> str:
        first, (a, b) = self._in_order([node.left, node.right])
        if first:
            return f"({first}{self._combined(node, a, b)})"
        return self._combined(node, a, b)

    def _combined(self, node: ast.BinOp, a: str, b: str) -> str:
        if self._is_real(node):
            signs: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
            if type(node.op) in signs:
                return f"((double){a} {signs[type(node.op)]} (double){b})"
            self._refuse(node)
        names: dict[type, str] = {
            ast.Add: "rvx_add",
            ast.Sub: "rvx_sub",
            ast.Mult: "rvx_mul",
            ast.LShift: "rvx_shl",
            ast.RShift: "rvx_shr",
        }
        if type(node.op) in names:
            return f"{names[type(node.op)]}({a}, {b})"
        bits: dict[type, str] = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}
        if type(node.op) in bits:
            return f"({a} {bits[type(node.op)]} {b})"
        if isinstance(node.op, ast.FloorDiv):
            return f"rvx_floor_divide({a}, {b}, v__hart)"
        if isinstance(node.op, ast.Mod):
            return f"rvx_modulo({a}, {b}, v__hart)"
        self._refuse(node)

    def _unary(self, node: ast.UnaryOp) -> str:
        value = self._expr(node.operand)
        if isinstance(node.op, ast.Not):
            return f"(int64_t)!{self._test(node.operand)}"
        if isinstance(node.op, ast.USub):
            return f"(-{value})" if self._is_real(node.operand) else f"rvx_sub(0, {value})"
        if isinstance(node.op, ast.Invert):
            return f"(~{value})"
        return value

    def _compare(self, node: ast.Compare) -> str:
        signs: dict[type, str] = {
            ast.Lt: "<",
            ast.LtE: "<=",
            ast.Gt: ">",
            ast.GtE: ">=",
            ast.Eq: "==",
            ast.NotEq: "!=",
        }
        if len(node.ops) != 1 or type(node.ops[0]) not in signs:
            self._refuse(node)
        first, (a, b) = self._in_order([node.left, node.comparators[0]])
        return f"(int64_t)({first}{a} {signs[type(node.ops[0])]} {b})"

    def _element(self, node: ast.Subscript) -> str:
        if not isinstance(node.value, ast.Name):
            self._refuse(node)
        found = self.text.bound.get(node.value.id)
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(found, np.ndarray):
            name, shape = self.writer.table(found), found.shape
        else:
            name, shape = _safe(node.value.id), (0,)
        if len(indices) != len(shape):
            self._refuse(node)
        at = self._expr(indices[0])
        for size, each in zip(shape[1:], indices[1:], strict=True):
            at = f"{at} * {size} + {self._expr(each)}"
        return f"{name}[{at}]"

    def _callee(self, node: ast.Call) -> str:
        """What is called: a function of the arithmetic by its name, or a name as it stands."""
        name = ast.unparse(node.func)
        found = self.text.bound.get(name)
        if isinstance(found, types.FunctionType) and found.__module__ == "rvx.bodies.arithmetic":
            return found.__name__
        return name.removeprefix("_rvx_")

    def _helper(self, node: ast.Call) -> Made | None:
        found = self.text.bound.get(ast.unparse(node.func))
        return None if found is None else self.writer.helper(found)

    def _call(self, node: ast.Call) -> str:
        callee = self._callee(node)
        helper = self._helper(node)
        if helper is not None:
            first, given = self._in_order_but_arrays(node.args)
            name = self.writer.function(helper, re.sub(r"\W", "_", callee))
            call = f"{name}({', '.join(given)})"
            return f"({first}{call})" if first else call
        if callee in ("wrap", "word", "position", "int", "bool"):
            inner = self._expr(node.args[0])
            return f"(int64_t)({inner} != 0)" if callee == "bool" else inner
        if callee in ("real", "float"):
            return f"(double){self._expr(node.args[0])}"
        if callee == "among":
            value, numbers = node.args
            assert isinstance(numbers, ast.Tuple)
            name = f"_among{len(self.declared)}"
            self.declared[name] = "int64_t"
            parts = [f"{_safe(name)} == {self._expr(each)}" for each in numbers.elts]
            return f"(int64_t)({_safe(name)} = {self._expr(value)}, {' || '.join(parts) or '0'})"
        if callee == "fail":
            return f"rvx_fail(v__hart, {self._expr(node.args[1])})"
        if callee == "abs":
            name = "fabs" if self._is_real(node.args[0]) else "rvx_absolute"
            return f"{name}({self._expr(node.args[0])})"
        if callee in ("isnan", "isinf"):
            return f"(int64_t)({callee}({self._expr(node.args[0])}) != 0)"
        if callee in _PLACED:
            first, given = self._in_order(node.args[:-2])
            call = f"rvx_{callee}({', '.join([*given, 'v__hart'])})"
            return f"({first}{call})" if first else call
        if callee in _PLAIN:
            ahead, (result, *rest) = self._in_order(node.args)
            if not rest:
                result = f"rvx_{callee}({result})"
            for each in rest:
                result = f"rvx_{callee}({result}, {each})"
            return f"({ahead}{result})" if ahead else result
        own = self.text.bound.get(ast.unparse(node.func))
        if isinstance(own, types.FunctionType):
            return self._own(own, node)
        self._refuse(node)

    def _in_order_but_arrays(self, nodes: Sequence[ast.expr]) -> tuple[str, list[str]]:
        """The same for arguments among which arrays and the hart may be."""
        plain = [
            node
            for node in nodes
            if not isinstance(node, ast.Name)
            or not (node.id == "_hart" or isinstance(self.text.variables.get(node.id), Array))
        ]
        first, given = self._in_order(plain)
        texts = dict(zip(map(id, plain), given, strict=True))
        return first, [texts.get(id(node)) or self._expr(node) for node in nodes]

    def _own(self, function: Callable[..., Any], node: ast.Call) -> str:
        """A function of rvx's own, read as those of a body are."""
        assert isinstance(function, types.FunctionType)
        if any(self._is_real(each) for each in node.args):
            self._refuse(node)
        made = self.writer.whole.helper(function, tuple(WORD for _ in node.args))
        name = self.writer.function(made, re.sub(r"\W", "_", function.__name__))
        first, given = self._in_order(node.args)
        call = f"{name}({', '.join([*given, 'v__hart'])})"
        return f"({first}{call})" if first else call

    def _refuse(self, node: ast.AST) -> NoReturn:
        raise Untranslatable(f"its body has something without a translation: {ast.unparse(node)}")


def _type(kind: object) -> str:
    return "double" if kind is REAL else "int64_t"
