"""The syntax tree of a function, found in the file that it comes from."""

from __future__ import annotations

import ast
import linecache
import types
from functools import lru_cache

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class NoSource(ValueError):
    """The source of a function cannot be read, or is not what the function was made of."""


def tree_of(function: types.FunctionType) -> FunctionNode:
    """The function's node in the tree of its file.

    Raises:
        NoSource: there is no file, or it has been changed since.
    """
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise NoSource(
            "its source cannot be read; a body has to stand in a file, a notebook or a doctest"
        )
    wanted = _parameters(code)
    for node in _functions("".join(lines), code.co_filename):
        if _first_line(node) != code.co_firstlineno or _names(node) != wanted:
            continue
        if isinstance(node, ast.Lambda):
            if code.co_name == "<lambda>" and _holds(node, code):
                return node
        elif node.name == code.co_name:
            return node
    raise NoSource("its source is not what it was when it was imported; start anew")


@lru_cache(maxsize=16)
def _functions(text: str, name: str) -> tuple[FunctionNode, ...]:
    try:
        tree = ast.parse(text, name)
    except SyntaxError:
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, FunctionNode))


def _first_line(node: FunctionNode) -> int:
    if isinstance(node, ast.Lambda) or not node.decorator_list:
        return node.lineno
    return min(decorator.lineno for decorator in node.decorator_list)


def _names(node: FunctionNode) -> tuple[str, ...]:
    arguments = node.args
    return tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args))


def _parameters(code: types.CodeType) -> tuple[str, ...]:
    return code.co_varnames[: code.co_argcount]


def _holds(node: ast.Lambda, code: types.CodeType) -> bool:
    """Whether the code of a lambda comes from this one among several of a line."""
    body = node.body
    inside = [
        (line, column)
        for line, _, column, _ in code.co_positions()
        if line is not None and column is not None and column > 0
    ]
    begin, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    return bool(inside) and all(begin <= at <= end for at in inside)
