"""Lines to statements: labels, assignments, directives, instructions."""

from __future__ import annotations

import re

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.source.names import LATER, NAME
from rvx.records import dataclass
from rvx.regex import regex

_LABEL = regex(rf'({NAME}|[0-9]+|"(?:\\.|[^"\\])*")\s*:(?!=)\s*', re.ASCII)
_BARE_LABEL = regex(rf"(?:{NAME}|[0-9]+):", re.ASCII)
_ASSIGN = regex(rf"({NAME})\s*(==?)(?!=)\s*(.*)", re.ASCII | re.DOTALL)
_HEAD = regex(rf"({NAME})(?:\s+|(?=[^{LATER}\s])|$)(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one line says.

    Attributes:
        labels: what is defined here, as it is written.
        head: the mnemonic, directive or macro; `=` for an assignment; empty if there is none.
        rest: the text of the operands; for an assignment the expression.
        target: the symbol that an assignment sets.
    """

    labels: tuple[str, ...]
    head: str
    rest: str
    target: str = ""

    def __str__(self) -> str:
        labels = "".join(f"{label}: " for label in self.labels)
        if self.head == "=":
            return f"{labels}{self.target} = {self.rest}"
        return f"{labels}{self.head} {self.rest}".rstrip()


def is_label(text: str) -> bool:
    """Whether the text is a label without quotes, and nothing else."""
    return _BARE_LABEL.fullmatch(text) is not None


def parse_statement(text: str) -> Statement:
    """The statement that a line's text makes.

    Raises:
        SourceError: the line does not begin like a statement.
    """
    labels: list[str] = []
    at = 0
    while (label := _LABEL.match(text, at)) is not None:
        labels.append(label[1])
        at = label.end()
    body = text[at:]
    if not body:
        return Statement(tuple(labels), "", "")
    assign = _ASSIGN.fullmatch(body)
    if assign is not None:
        name, sign, expression = assign[1], assign[2], assign[3].strip()
        if sign == "==":
            return Statement(tuple(labels), ".eqv", f"{name}, {expression}")
        return Statement(tuple(labels), "=", expression, name)
    head = _HEAD.fullmatch(body)
    if head is None:
        raise SourceError(
            f"'{body}' does not begin with an instruction, a directive or a label",
            hint="a statement is 'label:', 'mnemonic operands' or '.directive operands'",
            text=body,
        )
    return Statement(tuple(labels), head[1], head[2].strip())
