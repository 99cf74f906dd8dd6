"""Bodies as operations in IDL, the language of riscv-unified-db.

An operation is one list of statements: it has no functions of its own, no `return`, and no loop but
one that counts. So what a body calls stands where it is called, and every way through it ends by
writing its results. What stands within, statements and expressions, is the affair of
`rvx.export.idlbody`; here are what the operation is given, and what it leaves behind.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from rvx.bodies.written import HART
from rvx.export.cbody import Untranslatable
from rvx.export.idlbody import (
    LITERAL,
    MOST_LINES,
    Argument,
    Fits,
    Function,
    Surroundings,
    constant,
    variable,
)
from rvx.export.integerbody import Bodies, bare, bound
from rvx.isa import Instruction
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind


def operation(bodies: Bodies, forms: Sequence[Instruction], names: Mapping[str, str]) -> str:
    """The operation of an instruction.

    Args:
        bodies: of its extension.
        forms: the instruction as it is encoded for one register width or another.
        names: what its operands are called.

    Raises:
        Untranslatable: it has none; the message says why.
        BodyProblem: its body is none by the rules of `rvx.bodies`.
    """
    texts = {}
    for made in forms:
        for xlen in made.xlens:
            texts[xlen] = _Operation(bodies, made, names, xlen).lines()
    first, *others = texts.values()
    if all(other == first for other in others):
        return "\n".join(first)
    parts = [f"if (xlen() == {xlen}) {{" for xlen in texts]
    blocks = [["  " + line for line in lines] for lines in texts.values()]
    return "\n".join([parts[0], *blocks[0], "} else {", *blocks[1], "}"])


class _Operation(Surroundings):
    """One operation at one register width.

    Attributes:
        bodies: of the extension.
        names: what its operands are called.
        head: the declarations of operands with all their bits, by the name of the operand.
    """

    def __init__(
        self, bodies: Bodies, made: Instruction, names: Mapping[str, str], xlen: int
    ) -> None:
        super().__init__(made, names.values(), xlen)
        self.bodies = bodies
        self.names = names
        self.head: dict[str, tuple[str, str]] = {}

    def lines(self) -> list[str]:
        """Its statements."""
        for operand in self.made.operands.values():
            for mask, _ in operand.reserved:
                if mask != operand.field.insert(-1):
                    raise Untranslatable(
                        f"some values of its operand '{operand.name}' are reserved"
                    )
        made = self.bodies.read(self.made)
        assert made.text is not None
        parameters = [each.arg for each in made.text.tree.args.args if each.arg != HART]
        arguments = dict(zip(parameters, map(self._argument, self.performed.requests), strict=True))
        writer = Function(self.bodies, made, made.text, operation=self, arguments=arguments)
        writer.end = self._written
        statements = writer.whole()
        head = [f"Bits<64> {name} = {bare(value)};" for name, value in self.head.values()]
        lines = [*head, *statements]
        if len(lines) > MOST_LINES:
            raise Untranslatable(f"its operation would have {len(lines)} lines")
        return lines

    # -- operands ------------------------------------------------------------------------------

    def _argument(self, name: str) -> Argument:
        if name == "xlen":
            return constant(self.xlen)
        if name in ("mem", "next_pc"):
            return variable(name)
        if name == "pc":
            return Argument(lambda: self._whole("pc", "$pc"), lambda: ("$pc", Fits.WIDE))
        operand = bound(self.made, name)
        if self.performed.operands[name].is_register:
            text = self._register(operand)
            if self._writes_many:
                # It may be overwritten before it is read.
                return _later(lambda: self._whole(name, f"$signed({text})"))
            return Argument(
                lambda: self._whole(name, f"$signed({text})"),
                lambda: (text, Fits.WIDE),
                register=text,
            )
        if isinstance(operand, int):
            return constant(operand)
        kind = operand.kind
        assert isinstance(kind, ImmediateKind)
        field_, fits = self.names[operand.name], Fits.PLAIN
        if not operand.field.pieces:
            raise Untranslatable(f"its operand '{name}' has no place in the word")
        if kind.signed:
            field_, fits = f"$signed({field_})", Fits.SIGNED
        text = field_
        if kind.wrap:
            text = f"({field_} & 64'h{(1 << kind.wrap) - 1:X})"
        if kind.bias:
            text = f"{text} + {LITERAL}d{kind.bias}"
        if text != field_:
            return _later(lambda: self._whole(name, text))
        return Argument(lambda: self._whole(name, text), lambda: (text, fits))

    @property
    def _writes_many(self) -> bool:
        return len(self.performed.results) > 1

    def _whole(self, name: str, value: str) -> str:
        """The variable of 64 bits that an operand is held in."""
        if name not in self.head:
            self.head[name] = self.fresh(f"{name}_value" if name in self.taken else name), value
        return self.head[name][0]

    def _register(self, operand: Operand | int) -> str:
        """A register: an own operand, or one by its number."""
        if isinstance(operand, int):
            return f"X[{operand}]"
        kind = operand.kind
        assert isinstance(kind, RegisterKind)
        first = kind.numbers[0]
        if not operand.field.pieces:
            return f"X[{first}]"
        name = self.names[operand.name]
        if not kind.is_indexed or first == 0:
            return f"X[{name}]"
        return f"X[creg2reg({name})]" if first == 8 else f"X[{name} + 6'd{first}]"

    # -- the end -------------------------------------------------------------------------------

    def _written(self, writer: Function, value: ast.expr | None, pad: str) -> list[str]:
        """Writes the results, and jumps."""
        lines = []
        results = self.performed.results
        if results and value is None:
            raise Untranslatable("its body has an end without a value")
        if len(results) == 1:
            assert value is not None
            text = bare(writer.low(value)[0])
            lines = [*writer.before(pad), *self._set(results[0], text, pad)]
        elif results:
            if not isinstance(value, ast.Tuple):
                raise Untranslatable("it returns several registers from something that it calls")
            held = []
            for name, each in zip(results, value.elts, strict=True):
                text = bare(writer.low(each)[0])
                held.append(self.fresh(f"new_{name}"))
                lines += [*writer.before(pad), f"{pad}XReg {held[-1]} = {text};"]
            for name, new in zip(results, held, strict=True):
                lines += self._set(name, new, pad)
        return [*lines, pad + self.jump] if self.jump else lines

    def _set(self, name: str, text: str, pad: str) -> list[str]:
        """Writes a register; x0 stays as it is."""
        register = self._register(bound(self.made, name))
        return [] if register == "X[0]" else [f"{pad}{register} = {text};"]


def _later(exact: Callable[[], str]) -> Argument:
    """What is nothing but a variable of 64 bits."""
    return Argument(exact, lambda: (exact(), Fits.WIDE))
