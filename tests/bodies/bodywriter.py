"""Writes random extension files: bodies with helpers, tables, states, loads, stores and loops.

`reference` performs the same source with integers that wrap and nothing of rvx: it is the witness.
"""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable, Sequence
from typing import Any

EDGES = (0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 65, 127, 255, 4096, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LITERALS = (*EDGES, -1, -2, -8, -64, -0x80000000, 1 << 62, (1 << 63) - 1, -(1 << 63))
WORDS = 4
SCRATCH = 64
Pick = Callable[[Sequence[Any]], Any]
HEAD = """import math

import numpy as np

from rvx.isa import Extension
from rvx.isa import bits
from rvx.isa.bits import less_unsigned, sext, sext32, shift_right_logical, zext
from rvx.isa.memory import load_64, load_s8, load_s16, load_s32, load_u8, load_u16, load_u32
from rvx.isa.memory import store_8, store_16, store_32, store_64

X = Extension("Xrandom", version="1")
X.state("acc", 4)
TABLE = np.array([3, -1, 1 << 40, -(1 << 63), 77, 0, 12345, 2**63 - 1])
BYTES = np.array([0, 255, 128, 7, 1], np.uint8)
GRID = np.array([[1, -2, 3], [-4, 5, -6]], np.int16)
PRIMES = (2, 3, 5, 7, 11)
REALS = np.array([0.5, -2.25, 1e10, 3.0])
SHIFT = 5
BIG = -(1 << 62)
"""


class Writer:
    """Writes one file.

    Args:
        pick: chooses one of several.
        bodies: how many instructions.
    """

    def __init__(self, pick: Pick, bodies: int) -> None:
        self.pick = pick
        self.count = bodies
        self.lines: list[str] = []
        self.depth = 0
        self.loops = 0
        self.names: list[str] = []
        self.arrays: list[tuple[str, int]] = []
        self.helpers: list[tuple[str, int]] = []
        self.has_memory = False

    def text(self) -> str:
        """The file."""
        made = [HEAD]
        for number in range(self.pick((0, 1, 2))):
            made.append(self._helper(number))
        for number in range(self.count):
            made.append(self._body(number))
        return "\n\n".join(made)

    def _chance(self, out_of: int) -> bool:
        return bool(self.pick(range(out_of)) == 0)

    def _helper(self, number: int) -> str:
        arguments = ["x", "y"][: self.pick((1, 2))]
        self._start(arguments, [])
        self._block(self.pick((1, 2, 3)), 1)
        text = "\n".join(self.lines)
        default = " = 6" if len(arguments) == 2 and self._chance(3) else ""
        listed = ", ".join(arguments) + default
        returned = f"    return {self._number(2)}"
        self.helpers.append((f"helper{number}", len(arguments)))
        return f"def helper{number}({listed}):\n{text}\n{returned}"

    def _start(self, names: list[str], arrays: list[tuple[str, int]]) -> None:
        self.lines, self.names, self.arrays = [], list(names), list(arrays)
        self.has_memory = False
        self.loops = 0

    def _body(self, number: int) -> str:
        requests = ["rs1", "rs2"]
        arrays: list[tuple[str, int]] = []
        names = list(requests)
        if self._chance(3):
            requests.append("rd")
            names.append("rd")
        if self._chance(2):
            requests.append("acc")
            arrays.append(("acc", WORDS))
        if self._chance(3):
            requests.append("fflags")
            arrays.append(("fflags", 1))
        memory = self._chance(3)
        if memory:
            requests.append("mem")
        self._start(names, arrays)
        self.has_memory = memory
        for one in [*requests]:
            if one == "fflags":
                self.lines.append("    fflags[0] |= rs1 & 31")
        self._block(self.pick((1, 2, 3, 4, 5)), 1)
        text = "\n".join(self.lines)
        pattern = f"{number:07b} rs2 rs1 000 rd 1011011"
        return (
            f'@X.instruction("op{number} rd, rs1, rs2", "{pattern}")\n'
            f"def op{number}({', '.join(requests)}):\n{text}\n    return {self._result()}"
        )

    def _result(self) -> str:
        return self._truth(2) if self._chance(6) else self._number(3)

    # -- statements --------------------------------------------------------------------------

    def _add(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _block(self, count: int, depth: int) -> None:
        known = (list(self.names), list(self.arrays))
        for _ in range(count):
            self._statement(depth)
        if depth > 1:
            # What is named in a branch or loop may have no value after it.
            self.names, self.arrays = known

    def _statement(self, depth: int) -> None:
        kind = self.pick(range(14))
        if kind <= 2 or (depth > 3 and kind > 8):
            name = self.pick((*self.names, "a", "b", "c"))
            self._add(depth, f"{name} = {self._number(3)}")
            self._know(name)
        elif kind == 3:
            name = self.pick(self.names)
            self._add(depth, f"{name} {self._operator()}= {self._number(2)}")
        elif kind in (4, 5) and self._writable():
            array, size = self.pick(self._writable())
            target = f"{array}[{self._index(size)}]"
            sign = self.pick(("=", "=", "+=", "^=", "-=", "|=", "*=", ">>=", "<<="))
            self._add(depth, f"{target} {sign} {self._number(2)}")
        elif kind == 6 and self.has_memory:
            size = self.pick((8, 16, 32, 64))
            self._add(depth, f"store_{size}(mem, {self._address()}, {self._number(2)})")
        elif kind == 7 and depth == 1 and len(self.arrays) < 3:
            size = self.pick((1, 3, 8))
            name = f"own{len(self.arrays)}"
            made = self.pick(("np.zeros", "np.empty"))
            self._add(depth, f"{name} = {made}({size}, np.int64)")
            self.arrays.append((name, size))
        elif kind == 8:
            raised = self.pick(('ValueError("odd")', "OverflowError", "KeyError(rs1)"))
            raised = raised if "rs1" in self.names else "OverflowError"
            if self._chance(2):
                self._add(depth, f"if {self._number(1)} == {self.pick(LITERALS)}:")
                self._add(depth + 1, f"raise {raised}")
            else:
                self._add(depth, f"if {self._truth(1)} and {self._truth(1)}:")
                self._add(depth + 1, f"return {self._number(1)}")
        elif kind == 9:
            name = self.pick(self.names)
            other = self.pick(self.names)
            text = self.pick((f"{name}, {other} = {other}, {name}", f"{name} = {other} = SHIFT"))
            self._add(depth, text)
        elif kind in (10, 11):
            self._add(depth, f"if {self._truth(2)}:")
            self._block(self.pick((1, 2)), depth + 1)
            if self._chance(2):
                self._add(depth, "else:")
                self._block(1, depth + 1)
        elif self.loops < 3:
            self._loop(depth)
        else:
            self._add(depth, "pass")

    def _writable(self) -> list[tuple[str, int]]:
        return self.arrays

    def _know(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)

    def _loop(self, depth: int) -> None:
        self.loops += 1
        counter = f"i{self.loops}"
        known = (list(self.names), list(self.arrays))
        kind = self.pick(range(6))
        if kind == 0:
            self._add(depth, f"for {counter} in range({self.pick((0, 1, 3, 5))}):")
        elif kind == 1:
            self._add(depth, f"for {counter} in range({self._number(1)} & 7):")
        elif kind == 2:
            first, last = self.pick((-5, 0, 2)), self.pick(("9", f"{self._number(1)} & 7", "-9"))
            step = self.pick((1, 2, 3, -1, -4))
            self._add(depth, f"for {counter} in range({first}, {last}, {step}):")
        elif kind == 3:
            first, step = f"{self._number(1)} & 3", f"({self._number(1)} & 3) - 1"
            self._add(depth, f"for {counter} in range({first}, 8, {step}):")
        elif kind == 4:
            self._add(depth, f"for {counter} in {self.pick(('TABLE', 'BYTES', 'PRIMES'))}:")
        else:
            self._add(depth, f"{counter} = {self._number(1)} & 7")
            self._add(depth, f"while {counter} > 0:")
            self._add(depth + 1, f"{counter} -= 1")
        if kind < 5:  # What counts a while loop is left alone, so that the loop ends.
            self.names.append(counter)
        self._block(self.pick((1, 2)), depth + 1)
        if self._chance(3):
            self._add(depth + 1, f"if {self._truth(1)}:")
            self._add(depth + 2, self.pick(("break", "continue")))
        self.names, self.arrays = known

    # -- expressions -------------------------------------------------------------------------

    def _operator(self) -> str:
        return str(self.pick("+ - * & | ^ << >> // % + - * ^".split()))

    def _number(self, depth: int) -> str:
        if depth <= 0:
            kind = self.pick(range(4))
            if kind == 0:
                return str(self.pick(LITERALS)) if self._chance(2) else str(self.pick((1, 2, 5)))
            if kind == 1:
                return str(self.pick(("SHIFT", "BIG", *self.names)))
            return str(self.pick(self.names))
        a, b = self._number(depth - 1), self._number(depth - self.pick((1, 2)))
        kind = self.pick(range(22))
        if kind <= 7:
            return f"({a} {self._operator()} {b})"
        if kind == 8:
            return f"({a} {self.pick(('<<', '>>'))} ({b} & 63))"
        if kind == 9:
            return f"{self.pick('- ~ +'.split())}({a})"
        if kind == 10:
            return f"({a} if {self._truth(depth - 1)} else {b})"
        if kind == 11:
            return f"{self.pick(('min', 'max'))}({a}, {b})"
        if kind == 12:
            one = self.pick(("abs({})", "int({})", "({}).bit_length()", "np.int64({})"))
            return str(one).format(a)
        if kind == 13:
            return f"int({self._truth(depth - 1)})"
        if kind == 14:
            return f"({a} ** ({b} & 7))"
        if kind == 15 and self.arrays:
            array, size = self.pick(self.arrays)
            return f"{array}[{self._index(size)}]"
        if kind == 16:
            table, size = self.pick((("TABLE", 8), ("BYTES", 5), ("PRIMES", 5)))
            return f"{table}[{self._index(size)}]"
        if kind == 17:
            return f"GRID[{self._index(2)}, {self._index(3)}]"
        if kind == 18 and self.has_memory:
            name = self.pick("u8 u16 u32 s8 s16 s32 64".split())
            return f"load_{name}(mem, {self._address()})"
        if kind == 19 and self.helpers:
            name, count = self.pick(self.helpers)
            return f"{name}({', '.join([a, b][:count])})"
        if kind == 20:
            form = self.pick(
                (
                    "sext32({0})",
                    "sext({0}, 16)",
                    "zext({0}, {1} & 63)",
                    "shift_right_logical({0}, {1} & 63)",
                    "int(less_unsigned({0}, {1}))",
                    "bits.narrow({0}, 32)",
                )
            )
            return str(form).format(a, b)
        if kind == 21:
            return f"int({self._real(depth - 1)})"
        return f"({a} + {self._truth(depth - 1)})"

    def _real(self, depth: int) -> str:
        a = self._number(depth - 1)
        kind = self.pick(range(5))
        if kind == 0:
            return f"{a} / {self._number(0)}"
        if kind == 1:
            return f"float({a}) * {self.pick((0.5, -1.75, 1e-3, 3.0))}"
        if kind == 2:
            return f"REALS[{self._index(4)}] + {a}"
        if kind == 3:
            return f"math.sqrt({a})"
        return f"math.floor(float({a}) - 0.5)"

    def _truth(self, depth: int) -> str:
        kind = self.pick(range(8))
        a, b = self._number(depth - 1), self._number(depth - 1)
        if kind <= 3 or depth <= 0:
            return f"({a} {self.pick('< <= > >= == !='.split())} {b})"
        if kind == 4:
            return f"(not {a})"
        if kind == 5:
            return f"({self._truth(depth - 1)} {self.pick(('and', 'or'))} {self._truth(depth - 1)})"
        if kind == 6:
            return f"({a} in (1, -2, {b}))"
        return f"({a} < {b} <= {self._number(0)})"

    def _index(self, size: int) -> str:
        kind = self.pick(range(8))
        if kind <= 1:
            return str(self.pick(range(-size, size)))
        if kind == 2:
            return self._number(1)
        counters = [name for name in self.names if name.startswith("i")]
        if kind in (3, 4) and counters:
            return str(self.pick(counters))
        return f"{self._number(0)} % {size}"

    def _address(self) -> str:
        """Mostly within the scratch memory that rs2 is near to in half of all calls."""
        if self._chance(6):
            return self._number(1)
        return f"(rs2 & ~7) + ({self._number(0)} & 31)" if "rs2" in self.names else "0"


# -- the witness ------------------------------------------------------------------------------


def _wrapped(value: int) -> int:
    return ((value + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)


class Wrapping(int):
    """An integer of 64 bits: what the operators of Python give, wrapped."""

    def __new__(cls, value: Any = 0) -> Wrapping:
        return super().__new__(cls, _wrapped(int(value)))


def _operation(name: str) -> Any:
    plain = getattr(int, name)

    def operate(self: int, *others: Any) -> Any:
        if "shift__" in name and others:
            left, count = (others[0], self) if name[2:4] in ("rl", "rr") else (self, others[0])
            if int(count) > 200:
                if "lshift" in name:
                    return Wrapping(0)
                return Wrapping(-1 if int(left) < 0 else 0)
        given = plain(int(self), *(int(o) if isinstance(o, int) else o for o in others))
        return given if given is NotImplemented or isinstance(given, float) else Wrapping(given)

    return operate


for _name in (
    "add radd sub rsub mul rmul and rand or ror xor rxor lshift rlshift rshift rrshift "
    "floordiv rfloordiv mod rmod pow rpow neg invert pos abs"
).split():
    setattr(Wrapping, f"__{_name}__", _operation(f"__{_name}__"))


def _divide(self: int, other: Any) -> float:
    return float(self) / float(other)


Wrapping.__truediv__ = _divide  # type: ignore[method-assign, assignment]


class WrappingList(list[Any]):
    """An array whose elements wrap."""

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, tuple):
            return Wrapping(list.__getitem__(self, int(at[0]))[int(at[1])])
        given = list.__getitem__(self, int(at))
        return given if isinstance(given, float) else Wrapping(given)

    def __setitem__(self, at: Any, value: Any) -> None:
        list.__setitem__(self, int(at), _wrapped(int(value)))

    def __iter__(self) -> Any:
        return (v if isinstance(v, float) else Wrapping(v) for v in list.__iter__(self))


class Spaces:
    """Guest memory: a window of bytes."""

    def __init__(self, base: int, data: bytearray, mask: int) -> None:
        self.base, self.data, self.mask = base, data, mask
        self.fault: tuple[str, int, int] | None = None

    def at(self, address: int, size: int, kind: str) -> int | None:
        """Where an access goes; None, with the first fault noted, if it may not."""
        offset = (int(address) & self.mask) - self.base
        if 0 <= offset <= len(self.data) - size:
            return offset
        self.fault = self.fault or (kind, int(address) & self.mask, size)
        return None


def _load(size: int, is_signed: bool) -> Any:
    def load(mem: Spaces, address: int) -> int:
        at = mem.at(address, size, "load")
        if at is None:
            return Wrapping(0)
        return Wrapping(int.from_bytes(mem.data[at : at + size], "little", signed=is_signed))

    return load


def _store(size: int) -> Any:
    def store(mem: Spaces, address: int, value: int) -> None:
        at = mem.at(address, size, "store")
        if at is not None:
            low = int(value) & (1 << 8 * size) - 1
            mem.data[at : at + size] = low.to_bytes(size, "little")

    return store


def _sext(value: int, width: int) -> int:
    low = int(value) & (1 << int(width)) - 1
    return Wrapping(low - (1 << int(width)) if low >> int(width) - 1 else low)


def _checked_int(value: Any) -> int:
    made = int(value)
    if isinstance(value, float) and made != _wrapped(made):
        raise OverflowError
    return Wrapping(made)


def _sqrt(value: float) -> float:
    return math.sqrt(value)


def namespace_of(text: str) -> dict[str, Any]:
    """The functions of a file, over integers that wrap, and without anything of rvx."""
    import ast

    class Literals(ast.NodeTransformer):
        """Integers that stand in the text wrap, too; what is folded is exact."""

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            if type(node.value) is int:
                return ast.Call(ast.Name("_W", ast.Load()), [node], [])
            return node

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            node.decorator_list = []
            return self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> ast.AST:
            return ast.Pass()

        def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
            return ast.Pass()

    numpy = types.SimpleNamespace(
        array=lambda values, dtype=None: WrappingList(values),
        zeros=lambda size, dtype=None: WrappingList([0] * size),
        empty=lambda size, dtype=None: WrappingList([0] * size),
        int64=_checked_int,
        uint8=None,
        int16=None,
    )
    names: dict[str, Any] = {
        "_W": Wrapping,
        "np": numpy,
        "math": types.SimpleNamespace(
            sqrt=_sqrt, floor=lambda value: _checked_int(float(math.floor(value)))
        ),
        "Extension": lambda *_, **__: types.SimpleNamespace(state=lambda *_: None),
        "int": _checked_int,
        "range": lambda *given: (Wrapping(i) for i in builtins.range(*map(int, given))),
        "sext": _sext,
        "sext32": lambda value: _sext(value, 32),
        "zext": lambda value, width: Wrapping(int(value) & (1 << int(width)) - 1),
        "shift_right_logical": lambda value, count: Wrapping(
            (int(value) & (1 << 64) - 1) >> int(count)
        ),
        "less_unsigned": lambda a, b: int(a) & (1 << 64) - 1 < int(b) & (1 << 64) - 1,
        "bits": types.SimpleNamespace(narrow=lambda value, _: _sext(value, 32)),
    }
    for size in (1, 2, 4):
        names[f"load_u{8 * size}"] = _load(size, False)
        names[f"load_s{8 * size}"] = _load(size, True)
    names["load_64"] = _load(8, True)
    names |= {f"store_{8 * size}": _store(size) for size in (1, 2, 4, 8)}
    tree = ast.fix_missing_locations(Literals().visit(ast.parse(text)))
    exec(compile(tree, "<witness>", "exec"), names)
    names["PRIMES"] = WrappingList(names["PRIMES"])
    names["REALS"] = [float(value) for value in names["REALS"]]
    return names
