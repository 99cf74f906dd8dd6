"""Random operations in IDL, and files of the database with them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

OPCODES = ("0001011", "0101011", "1011011", "1111011")
WIDTHS = (1, 3, 5, 8, 13, 16, 31, 32, 33, 40)


def file_of(name: str, number: int, operation: str, is_signed: bool) -> str:
    """An instruction with two sources, a destination and a number of seven bits."""
    funct3, opcode = f"{number % 8:03b}", OPCODES[number // 8]
    lines = [
        "kind: instruction",
        f"name: {name}",
        f"long_name: Drawn {number}",
        "definedBy: {extension: {name: Xdrawn}}",
        "assembly: xd, xs1, xs2, imm",
        "encoding:",
        f"  match: '-----------------{funct3}-----{opcode}'",
        "  variables:",
        f"    - {{name: imm, location: 31-25{', sign_extend: true' * is_signed}}}",
        "    - {name: xs2, location: 24-20}",
        "    - {name: xs1, location: 19-15}",
        "    - {name: xd, location: 11-7}",
        "operation(): |",
        *(f"  {line}" for line in operation.splitlines()),
    ]
    return "\n".join(lines) + "\n"


@dataclass
class Operation:
    """Draws one operation; what it says has numbers of at most 64 bits where that is cheap to know.

    Attributes:
        draw: where it is drawn from.
        xlen: width of registers.
        names: variables and their widths.
        loops: variables of loops, which are below 8.
    """

    draw: random.Random
    xlen: int
    names: dict[str, int] = field(default_factory=dict)
    loops: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = self._block(self.draw.randrange(2, 6), 0)
        lines.append(f"X[xd] = {self.number(3)};")
        if self.draw.random() < 0.2:
            lines.append(f"X[xs1] = {self.number(2)};")
        return "\n".join(lines)

    def _block(self, count: int, depth: int) -> list[str]:
        lines = []
        for _ in range(count):
            lines += self._statement(depth)
        return lines

    def _statement(self, depth: int) -> list[str]:
        draw = self.draw
        chosen = draw.randrange(10)
        if chosen < 4 or not self.names:
            width = draw.choice([*WIDTHS, self.xlen, self.xlen])
            name = f"v{len(self.names)}{'abc'[depth]}"
            kind = "XReg" if width == self.xlen else f"Bits<{width}>"
            line = f"{kind} {name} = {self.number(3)};"
            self.names[name] = width
            return [line]
        name = draw.choice(list(self.names))
        width = self.names[name]
        if chosen < 6:
            return [f"{name} = {self.number(3)};"]
        if chosen == 6:
            high = draw.randrange(width)
            low = draw.randrange(high + 1)
            return [f"{name}[{high}:{low}] = {self.number(2)};"]
        if chosen == 7 and self.loops and width >= 8:
            return [f"{name}[{draw.choice(self.loops)}] = {self.number(2)};"]
        if depth == 2:
            return [f"X[xd] = {self.number(2)};"]
        inner = Operation(draw, self.xlen, dict(self.names), list(self.loops))
        if chosen == 8:
            index = f"i{depth}"
            inner.loops.append(index)
            body = inner._block(draw.randrange(1, 3), depth + 1)
            step = draw.choice((f"{index}++", f"{index} = {index} + 1", f"{index} = {index} + 2"))
            return [f"for (U32 {index} = {draw.randrange(3)}; {index} < 8; {step}) {{", *body, "}"]
        other = Operation(draw, self.xlen, dict(self.names), list(self.loops))
        lines = [f"if ({self.truth(2)}) {{", *inner._block(draw.randrange(1, 3), depth + 1), "}"]
        if draw.random() < 0.5:
            lines[-1] = "} else {"
            lines += [*other._block(draw.randrange(1, 3), depth + 1), "}"]
        return lines

    def number(self, depth: int) -> str:
        draw = self.draw
        if depth == 0 or draw.random() < 0.15:
            return self._leaf()
        chosen = draw.randrange(14)
        a = self.number(depth - 1)
        if chosen < 5:
            return f"({a} {draw.choice('+-*&|^')} {self.number(depth - 1)})"
        if chosen == 5:
            count = draw.choice(("imm", "3", self._leaf()))
            return f"({a} {draw.choice(('<<', '>>', '>>>'))} {count})"
        if chosen == 6:
            return f"{draw.choice('~-')}{a}" if a[0] not in "~-" else a
        if chosen == 7:
            return f"({self.truth(depth - 1)} ? {a} : {self.number(depth - 1)})"
        if chosen == 8:
            return f"{{{self._short()}, {self._short()}}}"
        if chosen == 9:
            return f"{{{draw.randrange(1, 4)}{{{self._short()}}}}}"
        if chosen == 10:
            bits = draw.choice((1, 5, 8, 16, 31, 32))
            return f"sext({a}, {bits})"
        if chosen == 11:
            return f"$signed({a})"
        if chosen == 12:
            return f"{draw.choice(('highest_set_bit', 'lowest_set_bit'))}({a})"
        return f"({self._short()} {draw.choice(('`+', '`-', '`*'))} {self._short()})"

    def truth(self, depth: int) -> str:
        draw = self.draw
        if depth and draw.random() < 0.3:
            op = draw.choice(("&&", "||"))
            return f"({self.truth(depth - 1)} {op} {self.truth(depth - 1)})"
        if draw.random() < 0.1:
            return f"!({self.truth(0)})"
        a, b = self.number(max(depth - 1, 0)), self.number(max(depth - 1, 0))
        if draw.random() < 0.4:
            a, b = f"$signed({a})", f"$signed({b})"
        return f"({a} {draw.choice(('<', '<=', '==', '!=', '>', '>='))} {b})"

    def _leaf(self) -> str:
        draw = self.draw
        chosen = draw.randrange(9)
        if chosen < 3:
            return draw.choice(("X[xs1]", "X[xs2]", "X[xd]"))
        if chosen < 5 and self.names:
            return draw.choice(list(self.names))
        if chosen == 5:
            return "imm"
        if chosen == 6:
            return self._short()
        if chosen == 7 and self.loops:
            return f"X[xs1][{draw.choice(self.loops)}]"
        return self._literal()

    def _literal(self) -> str:
        draw = self.draw
        width = draw.choice(WIDTHS)
        value = draw.choice((0, 1, (1 << width) - 1, draw.getrandbits(width)))
        spellings = (f"{width}'d{value}", f"{width}'h{value:x}", f"{value}", f"'s{value & 255}")
        return draw.choice(spellings)

    def _short(self) -> str:
        """Something of at most 20 bits."""
        draw = self.draw
        low = draw.randrange(self.xlen)
        high = min(low + draw.randrange(20), self.xlen - 1)
        return draw.choice(
            (f"X[xs1][{high}:{low}]", f"X[xs2][{low}]", f"{draw.randrange(1, 9)}'d1", "imm")
        )
