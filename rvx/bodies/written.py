"""What a function of a body is written out as, and what all functions of one body share."""

from __future__ import annotations

import ast
import types
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from rvx.bodies.kinds import Kind
from rvx.records import dataclass

HART = "_hart"
"""The last parameter of each function: the words by which a body and the run loop talk."""


@dataclass(frozen=True)
class Site:
    """A place where a body may raise.

    Attributes:
        where: file and line.
        says: what is raised there, where it is a `raise` of the body's own.
    """

    where: str
    says: str = ""


@dataclass(frozen=True)
class Made:
    """A function, written out.

    Attributes:
        interpreted: for the interpreter.
        compiled: for numba.
        result: kind of what it returns.
        sites: of the whole body.
        prints: where it prints or stops for a debugger.
        accesses: see `rvx.bodies.form.Form`.
        text: the function as it is written out, for translators into other languages.
    """

    interpreted: Callable[..., Any]
    compiled: Callable[..., Any]
    result: Kind
    sites: tuple[Site, ...] = ()
    prints: str = ""
    accesses: frozenset[tuple[frozenset[str], bool]] | None = None
    text: Text | None = None


@dataclass(frozen=True)
class Text:
    """A function that is written out, and what the names in it stand for.

    Attributes:
        tree: its tree.
        bound: what a name stands for, compiled.
        variables: kinds of parameters and variables.
    """

    tree: ast.FunctionDef
    bound: Mapping[str, object]
    variables: Mapping[str, Kind]


@dataclass(frozen=True)
class Value:
    """An expression, written out.

    Attributes:
        node: its tree.
        kind: what it is.
        constant: the number, where it is known.
    """

    node: ast.expr
    kind: Kind
    constant: int | float | None = None


class Whole(ABC):
    """What the functions of one body share.

    Args:
        mnemonic: the instruction, for messages.
        reads_own: whether rvx's own functions, except for those of memory, are read as those of
            users are. Compiled they are called as they stand, and may do more than bodies may; who
            wants the whole text for another language has to have them read.
    """

    def __init__(self, mnemonic: str, reads_own: bool = False) -> None:
        self.mnemonic = mnemonic
        self.reads_own = reads_own
        self.sites: dict[Site, int] = {}
        self.prints = ""
        self.accesses: set[tuple[frozenset[str], bool]] | None = set()
        self._open: list[types.FunctionType] = []

    @abstractmethod
    def helper(
        self,
        function: types.FunctionType,
        kinds: tuple[Kind, ...],
        known: Mapping[str, object],
    ) -> Made:
        """A function that the body calls, for arguments of these kinds.

        Args:
            function: as it is written.
            kinds: of the arguments that are values.
            known: the other arguments: functions that are passed, and None.
        """

    def entering(self, function: types.FunctionType) -> bool:
        """Notes that a function is being read; says whether it was not already."""
        if function in self._open:
            return False
        self._open.append(function)
        return True

    def leaving(self) -> None:
        """Notes that the function entered last is done."""
        self._open.pop()

    @property
    def is_in_helper(self) -> bool:
        """Whether the function being read is not the body itself."""
        return len(self._open) > 1


def name_node(name: str) -> ast.expr:
    """The tree that reads a variable."""
    return ast.Name(name, ast.Load())


def number_node(value: int) -> ast.expr:
    """The tree of a number."""
    return ast.Constant(value)


def identifier(text: str) -> str:
    """A text as a name of Python."""
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)


def text_of(node: ast.expr | None) -> str:
    """What a raise says, as it is written."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant):
        return str(node.value)
    text = ast.unparse(node)
    return text[2:-1] if isinstance(node, ast.JoinedStr) else text
