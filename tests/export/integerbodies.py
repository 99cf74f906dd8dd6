"""Writes random extension files whose bodies are integer arithmetic: what exports can say in full.

Nothing in them raises: places of shifts are masked, and divisors are odd.
"""

from __future__ import annotations

import random
from pathlib import Path

from rvx.bodies import BodyProblem, form_of
from rvx.extensions import load, load_file
from rvx.isa import Extension, Isa

HEAD = """from rvx.isa import Extension
from rvx.isa.bits import less_unsigned, sext, sext32, shift_right_logical
from rvx.isa.memory import load_s8, load_u16, load_s32, load_u32, store_8, store_16, store_32

X = Extension("Xplain", version="1")
"""
LITERALS = (0, 1, 2, 5, 31, 32, 63, 255, 4095, 4096, 1 << 31, (1 << 32) - 1, 1 << 62)
OPERATORS = ("+", "-", "*", "&", "|", "^")


class Writer:
    """Writes one file.

    Args:
        draw: what decides.
        bodies: how many instructions.
    """

    def __init__(self, draw: random.Random, bodies: int) -> None:
        self.draw = draw
        self.bodies = bodies
        self.names: list[str] = []
        self.frozen: list[str] = []
        self.helpers: list[tuple[str, int]] = []
        self.lines: list[str] = []
        self.has_memory = False

    def text(self) -> str:
        """The file."""
        parts = [HEAD]
        for number in range(self.draw.randrange(1, 4)):
            count = self.draw.randrange(1, 3)
            listed = ["x", "y"][:count]
            body = self._function(listed, 1, has_memory=False)
            parts.append(f"def helper{number}({', '.join(listed)}):\n{body}")
            self.helpers.append((f"helper{number}", count))
        return "\n\n".join([*parts, *map(self._body, range(self.bodies))])

    def _body(self, number: int) -> str:
        draw = self.draw
        asked = ["rs1", "rs2", "imm", *(["rd"] if draw.random() < 0.5 else [])]
        asked += ["xlen"] if draw.random() < 0.3 else []
        names = list(asked)
        has_memory = draw.random() < 0.3
        asked += ["mem"] if has_memory else []
        results = draw.choice((1, 1, 1, 2))
        pattern = f"imm[4:0] {number % 4:02b} rs2 rs1 {number // 4:03b} rd 1011011"
        writes = ', writes=("rd", "rs1")' if results == 2 else ""
        sign = draw.choice(("imm", "imm:u"))
        return (
            f'@X.instruction("op{number} rd, rs1, rs2, {sign}", "{pattern}"{writes})\n'
            f"def op{number}({', '.join(asked)}):\n{self._function(names, results, has_memory)}"
        )

    def _function(self, names: list[str], results: int, has_memory: bool) -> str:
        self.names, self.lines, self.has_memory, self.frozen = list(names), [], has_memory, []
        self._block(self.draw.randrange(4), 1, results, in_loop=False)
        self.lines.append(f"    return {self._results(results)}")
        return "\n".join(self.lines)

    def _results(self, count: int) -> str:
        return ", ".join(self.number(3) for _ in range(count))

    def _block(self, count: int, depth: int, results: int, in_loop: bool) -> None:
        known = list(self.names)
        for _ in range(count):
            self._statement(depth, results, in_loop)
        if depth > 1:
            self.names = known

    def _statement(self, depth: int, results: int, in_loop: bool) -> None:
        draw, pad = self.draw, "    " * depth
        free = [name for name in (*self.names, "a", "b", "c") if name not in self.frozen]
        chosen = draw.randrange(10)
        if chosen < 4 or depth > 3:
            name = draw.choice(free)
            self.lines.append(f"{pad}{name} = {self.number(3)}")
            self.names.append(name)
        elif chosen == 4:
            first, second = draw.sample(sorted(set(free)), 2)
            self.lines.append(f"{pad}{first}, {second} = {self.number(2)}, {self.number(2)}")
            self.names += [first, second]
        elif chosen == 5 and self.has_memory:
            bits = draw.choice((8, 16, 32))
            self.lines.append(f"{pad}store_{bits}(mem, {self._address()}, {self.number(2)})")
        elif chosen == 6:
            counter = f"i{depth}"
            ends = draw.choice(("4", "1, 9, 3", "xlen >> 3" if "xlen" in self.names else "2", "0"))
            self.lines.append(f"{pad}for {counter} in range({ends}):")
            self.names.append(counter)
            self.frozen.append(counter)
            self._block(draw.randrange(1, 3), depth + 1, results, in_loop=True)
            self.names = [name for name in self.names if name != counter]
            self.frozen.remove(counter)
        else:
            self.lines.append(f"{pad}if {self.truth(2)}:")
            self._branch(depth + 1, results, in_loop)
            if draw.random() < 0.5:
                self.lines.append(f"{pad}else:")
                self._branch(depth + 1, results, in_loop)

    def _branch(self, depth: int, results: int, in_loop: bool) -> None:
        self._block(self.draw.randrange(1, 3), depth, results, in_loop)
        if not in_loop and self.draw.random() < 0.3:
            self.lines.append("    " * depth + f"return {self._results(results)}")

    def _address(self) -> str:
        return f"rs1 + {self.draw.randrange(-64, 64)}"

    def number(self, depth: int) -> str:
        """An expression."""
        draw = self.draw
        if depth == 0 or draw.random() < 0.15:
            if draw.random() < 0.3:
                return str(draw.choice(LITERALS) * draw.choice((1, 1, -1)))
            return draw.choice(self.names)
        a, b = self.number(depth - 1), self.number(depth - 1)
        chosen = draw.randrange(16)
        if chosen < 5:
            return f"({a} {draw.choice(OPERATORS)} {b})"
        if chosen == 5:
            return f"({a} {draw.choice(('<<', '>>'))} ({b} & 63))"
        if chosen == 6:
            return f"({a} {draw.choice(('<<', '>>'))} {draw.randrange(64)})"
        if chosen == 7:
            return f"{draw.choice('~-')}({a})"
        if chosen == 8:
            return f"({a} if {self.truth(1)} else {b})"
        if chosen == 9:
            return f"{draw.choice(('min', 'max'))}({a}, {b})"
        if chosen == 10:
            return f"abs({a})"
        if chosen == 11:
            return f"({a} {draw.choice(('//', '%'))} ({b} | 1))"
        if chosen == 12:
            return draw.choice((f"sext32({a})", f"sext({a}, {draw.choice((1, 8, 20, 33))})"))
        if chosen == 13:
            return f"shift_right_logical({a}, {b} & 63)"
        if chosen == 14 and self.has_memory:
            kind = draw.choice(("s8", "u16", "s32", "u32"))
            return f"load_{kind}(mem, {self._address()})"
        if self.helpers:
            name, count = draw.choice(self.helpers)
            return f"{name}({', '.join([a, b][:count])})"
        return f"int({self.truth(1)})"

    def truth(self, depth: int) -> str:
        """A condition."""
        draw = self.draw
        a, b = self.number(depth), self.number(depth)
        chosen = draw.randrange(6)
        if chosen == 0:
            return f"less_unsigned({a}, {b})"
        if chosen == 1 and depth:
            return f"({self.truth(depth - 1)} {draw.choice(('and', 'or'))} {self.truth(0)})"
        if chosen == 2:
            return f"not ({a} == {b})"
        return f"{a} {draw.choice(('<', '<=', '==', '!=', '>', '>='))} {b}"


def random_extension(seed: int, bodies: int, folder: Path) -> Extension:
    """The extension of a random file, with those of its instructions that are such by the rules."""
    path = folder / f"random{seed}.py"
    path.write_text(Writer(random.Random(seed), bodies).text())
    (extension,) = load_file(path)
    plain = Isa([load("i"), extension], 64)
    for name in list(extension.instructions):
        try:
            form_of(extension.instructions[name], plain)
        except BodyProblem:
            del extension.instructions[name]
    return extension
