"""Bodies as functions of C.

The text of a body in which all arithmetic is spelled out, see `rvx.bodies`, is written once more in
C, with all functions that it calls. Integers are `int64_t`, and wrap. What a body raises, and what
memory refuses, leaves through `rvx_fail`, which does not return; who uses these functions says in
`rvx_hart` what that means.
"""

from __future__ import annotations

import ast
import math
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from rvx.bodies.form import HART, kind_of
from rvx.bodies.kinds import MEMORY, REAL, Array, Kind, Several
from rvx.bodies.translate import Translator
from rvx.bodies.written import Made, Text
from rvx.extensions.catalogue import with_required
from rvx.isa import Extension, Instruction, memory
from rvx.isa.vector.own import recipe_of

ERRORS = """\
enum { RVX_DIVISION = 1, RVX_SHIFT, RVX_INDEX, RVX_CONVERSION, RVX_EXPONENT, RVX_ROOT, RVX_STEP,
       RVX_RANGE, RVX_MISALIGNED, RVX_ACCESS, RVX_RAISED = 16 };
"""
"""Numbers of what a body raises; a `raise` of its own gives the last."""

ARITHMETIC = """\
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
static inline int64_t rvx_is_aligned(int64_t at, int64_t size, rvx_hart *hart)
{
    if (at & (size - 1))
        rvx_fail(hart, RVX_MISALIGNED);
    return 1;
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
"""
"""What bodies are made of; it needs `rvx_hart` and `rvx_fail`."""

MEMORY_ACCESSES = """\
static inline int64_t rvx_load_u8(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (int64_t)(rvx_load(mem, at, 1, hart) & 0xFF);
}
static inline int64_t rvx_load_u16(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (int64_t)(rvx_load(mem, at, 2, hart) & 0xFFFF);
}
static inline int64_t rvx_load_u32(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (int64_t)(rvx_load(mem, at, 4, hart) & 0xFFFFFFFF);
}
static inline int64_t rvx_load_s8(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (rvx_load_u8(mem, at, hart) ^ 0x80) - 0x80;
}
static inline int64_t rvx_load_s16(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (rvx_load_u16(mem, at, hart) ^ 0x8000) - 0x8000;
}
static inline int64_t rvx_load_s32(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (rvx_load_u32(mem, at, hart) ^ INT64_C(0x80000000)) - INT64_C(0x80000000);
}
static inline int64_t rvx_load_64(rvx_memory *mem, int64_t at, rvx_hart *hart)
{
    return (int64_t)rvx_load(mem, at, 8, hart);
}
static inline void rvx_store_8(rvx_memory *mem, int64_t at, int64_t value, rvx_hart *hart)
{
    rvx_store(mem, at, 1, (uint64_t)value & 0xFF, hart);
}
static inline void rvx_store_16(rvx_memory *mem, int64_t at, int64_t value, rvx_hart *hart)
{
    rvx_store(mem, at, 2, (uint64_t)value & 0xFFFF, hart);
}
static inline void rvx_store_32(rvx_memory *mem, int64_t at, int64_t value, rvx_hart *hart)
{
    rvx_store(mem, at, 4, (uint64_t)value & 0xFFFFFFFF, hart);
}
static inline void rvx_store_64(rvx_memory *mem, int64_t at, int64_t value, rvx_hart *hart)
{
    rvx_store(mem, at, 8, (uint64_t)value, hart);
}
"""
"""Loads and stores of bodies; they need `rvx_load` and `rvx_store` of so many bytes."""
_MEMORY_FUNCTIONS = frozenset(re.findall(r"rvx_((?:load|store)_\w+)\(", MEMORY_ACCESSES))
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


@dataclass
class Writer:
    """Writes the bodies of one extension, which share the functions that they call.

    Attributes:
        prefix: of all names.
        states: words of the states that bodies may ask for, by name.
        parts: what is written already: tables, structures and functions.
    """

    prefix: str
    states: Mapping[str, int]
    parts: list[str] = field(default_factory=list)
    whole: Translator = field(default_factory=lambda: Translator("", reads_own=True))
    _names: dict[int, str] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)

    def body(self, made: Instruction) -> tuple[str, list[Kind]]:
        """The name of an instruction's body in C, and the kinds of what it asks for.

        It takes what the instruction requests, and the hart. It gives a number, or a structure
        with `item0`, `item1` where the instruction has several results.

        Raises:
            Untranslatable: it has no C.
            BodyProblem: it is no body by the rules of `rvx.bodies`.
        """
        if made.expansion is not None:
            raise Untranslatable(
                f"it is short for '{made.expansion.target.mnemonic}', which has the body"
            )
        if made.body is None:
            raise Untranslatable(
                "it has no body: it is only an encoding, or the CPU core performs it"
            )
        if "v" in made.requests or recipe_of(made.body) is not None:
            raise Untranslatable("its body works on registers of vectors, which C has not")
        kinds = [kind_of(made, name, self.states) for name in made.requests]
        self.whole.mnemonic = made.mnemonic
        before = len(self.parts), dict(self._names)
        try:
            body = self.whole.body(made.body, kinds, made.results)
            return self.function(body, re.sub(r"\W", "_", made.mnemonic)), kinds
        except ValueError:
            # What was written for its sake goes with it: some of it may be half done.
            del self.parts[before[0] :]
            self._names = before[1]
            raise

    def struct(self, kinds: Sequence[str]) -> str:
        """The structure for several results of these types, with a function that makes one."""
        letters = "".join(kind[0] for kind in kinds)
        name = f"{self.prefix}_{letters}"
        fields = " ".join(f"{kind} item{i};" for i, kind in enumerate(kinds))
        given = ", ".join(f"{kind} item{i}" for i, kind in enumerate(kinds))
        items = ", ".join(f"item{i}" for i in range(len(kinds)))
        text = (
            f"struct {name} {{ {fields} }};\n"
            f"static inline struct {name} {name}_of({given})\n"
            f"{{\n    struct {name} made = {{{items}}};\n    return made;\n}}"
        )
        if text not in self.parts:
            self.parts.append(text)
        return f"struct {name}"

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
        found = self.whole.called(compiled)
        return found[1] if found else None


def states_of(extension: Extension) -> dict[str, int]:
    """Words of all states that bodies of an extension may ask for."""
    return {
        name: state.words
        for one in with_required([extension])
        for name, state in one.states.items()
    }


def one_line(doc: str) -> str:
    """The first paragraph of a description, for a comment of C."""
    return " ".join(doc.split("\n\n", maxsplit=1)[0].split()).replace("*/", "* /")


def safe(name: str) -> str:
    """A name that is no word of C, nor one of the runtime."""
    return f"v_{name}"


def type_of(kind: object) -> str:
    """C's type of a value."""
    return "double" if kind is REAL else "int64_t"


def parameter(name: str, kind: Kind) -> str:
    """The declaration of what a body asks for."""
    if isinstance(kind, Array):
        return f"{type_of(kind.element)} *{safe(name)}"
    if kind is MEMORY:
        return f"rvx_memory *{safe(name)}"
    return f"{type_of(kind)} {safe(name)}"


def callee_of(text: Text, node: ast.Call) -> str:
    """What is called: a function of the arithmetic by its name, or a name as it stands."""
    name = ast.unparse(node.func)
    found = text.bound.get(name)
    if isinstance(found, types.FunctionType) and found.__module__ == "rvx.bodies.arithmetic":
        return found.__name__
    return name.removeprefix("_rvx_")


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
        loops: for every loop around a statement, the variable that notes a `break`, or nothing.
    """

    writer: Writer
    made: Made
    text: Text
    name: str
    declared: dict[str, str] = field(default_factory=dict)
    loops: list[str] = field(default_factory=list)

    def written(self) -> str:
        """The function in C."""
        tree = self.text.tree
        parameters = []
        for argument in tree.args.args:
            if argument.arg == HART or argument.arg == tree.args.args[-1].arg:
                parameters.append("rvx_hart *v__hart")
                continue
            parameters.append(parameter(argument.arg, self.text.variables[argument.arg]))
            self.declared[argument.arg] = ""
        body = self._block(tree.body, 1)
        result = self.made.result
        if isinstance(result, Several):
            returned = self.writer.struct([type_of(item) for item in result.items])
        else:
            returned = "void" if str(result) == "None" else type_of(result)
        variables = []
        for name, declared in self.declared.items():
            if declared.startswith("words "):
                variables.append(f"    int64_t {safe(name)}[{declared.split()[1]}] = {{0}};")
            elif declared:
                variables.append(f"    {declared} {safe(name)} = {{0}};")
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
            return [pad + f"return {self._expr(node.value)};"]
        if isinstance(node, ast.If):
            lines = [pad + f"if ({self._test(node.test)}) {{", *self._block(node.body, depth + 1)]
            if node.orelse:
                lines += [pad + "} else {", *self._block(node.orelse, depth + 1)]
            return [*lines, pad + "}"]
        if isinstance(node, ast.While):
            head = pad + f"while ({self._test(node.test)}) {{"
            body, before, after = self._loop(node, depth, depth + 1)
            return [*before, head, *body, pad + "}", *after]
        if isinstance(node, ast.For):
            return self._for(node, depth)
        if isinstance(node, ast.Break):
            left = self.loops[-1]
            return [*([pad + f"{safe(left)} = 1;"] if left else []), pad + "break;"]
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

    def _loop(
        self, node: ast.For | ast.While, depth: int, inside: int
    ) -> tuple[list[str], list[str], list[str]]:
        """The statements of a loop, and what stands before and after it for the sake of its else.

        C has no else of loops: a variable says whether `break` has left it.
        """
        left = f"_left{len(self.declared)}" if node.orelse else ""
        if left:
            self.declared[left] = "int64_t"
        self.loops.append(left)
        body = self._block(node.body, inside)
        self.loops.pop()
        if not left:
            return body, [], []
        pad = "    " * depth
        otherwise = self._block(node.orelse, depth + 1)
        after = [pad + f"if (!{safe(left)}) {{", *otherwise, pad + "}"]
        return body, [pad + f"{safe(left)} = 0;"], after

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
        inner, before, after = self._loop(node, depth, depth + 2)
        return [
            *before,
            pad + "{",
            pad + f"    int64_t {at} = {start}, {at}_end = {end}, {at}_step = {step};",
            pad + f"    for (; {at}_step > 0 ? {at} < {at}_end : {at} > {at}_end; "
            f"{at} = rvx_add({at}, {at}_step)) {{",
            pad + f"        {safe(node.target.id)} = {at};",
            *inner,
            pad + "    }",
            pad + "}",
            *after,
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
            kinds = self._types(value)
            temporary = f"got{len(self.declared)}"
            lines = [f"{self.writer.struct(kinds)} {temporary} = {self._expr(value)};"]
            for i, (each, kind) in enumerate(zip(target.elts, kinds, strict=True)):
                if not isinstance(each, ast.Name):
                    self._refuse(each)
                self._declare(each.id, kind)
                lines.append(f"{safe(each.id)} = {temporary}.item{i};")
            return ["{", *lines, "}"]
        if isinstance(target, ast.Subscript):
            place, stored = self._expr(target), self._expr(value)
            if "v__hart" not in stored:
                return [f"{place} = {stored};"]
            name = f"_stored{len(self.declared)}"
            self.declared[name] = "double" if self._is_real(value) else "int64_t"
            return [f"{safe(name)} = {stored};", f"{place} = {safe(name)};"]
        if not isinstance(target, ast.Name):
            self._refuse(target)
        if isinstance(value, ast.Call):
            words = re.fullmatch(r"_rvx_words_(\d+)", ast.unparse(value.func))
            if words:
                self._declare(target.id, f"words {words[1]}")
                return [f"memset({safe(target.id)}, 0, sizeof {safe(target.id)});"]
        if isinstance(self.text.variables.get(target.id), Array):
            self._refuse(target)
        self._declare(target.id, "double" if self._is_real(value) else "int64_t")
        return [f"{safe(target.id)} = {self._expr(value)};"]

    def _types(self, value: ast.expr) -> list[str]:
        """C's types of the items of a tuple."""
        if isinstance(value, ast.Tuple):
            return ["double" if self._is_real(each) else "int64_t" for each in value.elts]
        if isinstance(value, ast.IfExp):
            return self._types(value.body)
        helper = self._helper(value) if isinstance(value, ast.Call) else None
        if helper is None or not isinstance(helper.result, Several):
            self._refuse(value)
        return [type_of(item) for item in helper.result.items]

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
            first += f"{safe(name)} = {text}, "
            names.append(safe(name))
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
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call):
            item = node.slice.value if isinstance(node.slice, ast.Constant) else None
            return isinstance(item, int) and self._types(node.value)[item] == "double"
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
            return "v__hart" if node.id == "_hart" else safe(node.id)
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
        elif isinstance(node, ast.Tuple):
            maker = self.writer.struct(self._types(node)).removeprefix("struct ") + "_of"
            ahead, items = self._in_order(node.elts)
            made = f"{maker}({', '.join(items)})"
            return f"({ahead}{made})" if ahead else made
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
        if any(type(op) not in signs for op in node.ops):
            self._refuse(node)
        if len(node.ops) == 1:
            first, (a, b) = self._in_order([node.left, node.comparators[0]])
            return f"(int64_t)({first}{a} {signs[type(node.ops[0])]} {b})"
        # a < b < c computes b once, and c only where a < b holds.
        text, left = "", self._expr(node.left)
        for op, each in zip(node.ops, node.comparators, strict=True):
            name = f"_between{len(self.declared)}"
            self.declared[name] = "double" if self._is_real(each) else "int64_t"
            held = f"_before{len(self.declared)}"
            self.declared[held] = "double" if self._is_real(node.left) else "int64_t"
            ahead = f"{safe(held)} = {left}, {safe(name)} = {self._expr(each)}, "
            text += f"{' && ' if text else ''}({ahead}{safe(held)} {signs[type(op)]} {safe(name)})"
            left, node = safe(name), ast.Compare(each, [op], [each])
        return f"(int64_t)({text})"

    def _element(self, node: ast.Subscript) -> str:
        if isinstance(node.value, ast.Call) and isinstance(node.slice, ast.Constant):
            return f"{self._expr(node.value)}.item{node.slice.value!r}"
        if not isinstance(node.value, ast.Name):
            self._refuse(node)
        found = self.text.bound.get(node.value.id)
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(found, np.ndarray):
            name, shape = self.writer.table(found), found.shape
        else:
            name, shape = safe(node.value.id), (0,)
        if len(indices) != len(shape):
            self._refuse(node)
        at = self._expr(indices[0])
        for size, each in zip(shape[1:], indices[1:], strict=True):
            at = f"{at} * {size} + {self._expr(each)}"
        return f"{name}[{at}]"

    def _callee(self, node: ast.Call) -> str:
        return callee_of(self.text, node)

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
        if self._accesses_memory(node):
            return self._access(node)
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
            parts = [f"{safe(name)} == {self._expr(each)}" for each in numbers.elts]
            return f"(int64_t)({safe(name)} = {self._expr(value)}, {' || '.join(parts) or '0'})"
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
        self._refuse(node)

    def _accesses_memory(self, node: ast.Call) -> bool:
        found = self.text.bound.get(ast.unparse(node.func))
        return isinstance(found, types.FunctionType) and found.__module__ == memory.__name__

    def _access(self, node: ast.Call) -> str:
        """A call of `rvx.isa.memory`, whose memory comes first."""
        found = self.text.bound[ast.unparse(node.func)]
        assert isinstance(found, types.FunctionType)
        name = found.__name__
        mem, *others = node.args
        first, given = self._in_order(others)
        if name == "is_aligned":
            _, at, size = given
            call = f"rvx_is_aligned({at}, {size}, v__hart)"
        elif name in _MEMORY_FUNCTIONS:
            call = f"rvx_{name}({', '.join([self._expr(mem), *given, 'v__hart'])})"
        else:
            raise Untranslatable(f"its body calls rvx.isa.memory.{name}, which C has not")
        return f"({first}{call})" if first else call

    def _is_place(self, name: str) -> bool:
        kind = self.text.variables.get(name)
        return kind is MEMORY or isinstance(kind, Array) or name in self.text.bound

    def _in_order_but_arrays(self, nodes: Sequence[ast.expr]) -> tuple[str, list[str]]:
        """The same for arguments among which arrays and the hart may be."""
        plain = [
            node
            for node in nodes
            if not isinstance(node, ast.Name) or not (node.id == "_hart" or self._is_place(node.id))
        ]
        first, given = self._in_order(plain)
        texts = dict(zip(map(id, plain), given, strict=True))
        return first, [texts.get(id(node)) or self._expr(node) for node in nodes]

    def _refuse(self, node: ast.AST) -> NoReturn:
        raise Untranslatable(f"its body has something without a translation: {ast.unparse(node)}")
