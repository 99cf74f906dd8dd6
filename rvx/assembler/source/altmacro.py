"""Macros under `.altmacro`: parameters without a backslash, `LOCAL`, `%expression`, `<text>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.source.names import NAME
from rvx.regex import regex

_NAME = regex(rf"\\?&?{NAME}|\\@|\\\(\)|&", re.ASCII)
_LOCAL = regex(r"local\s+(.*)", re.IGNORECASE | re.DOTALL)
_OPERATOR = "-+*/%|&^~!=(,"


def local_names(text: str) -> list[str]:
    """The names that a line such as `LOCAL a, b` declares; empty for another line."""
    found = _LOCAL.fullmatch(text)
    return re.split(r"[\s,]+", found[1].strip()) if found else []


def local_label(number: int) -> str:
    """What a name of `LOCAL` stands for, as GNU as numbers them."""
    return f".LL{number:04x}"


def split(text: str, constant: Callable[[str, str], int]) -> list[str]:
    """The arguments of a call: `%expression` evaluated, the brackets of `<text>` taken off.

    Text in quotes keeps them, as with GNU as.

    Args:
        text: of the operands.
        constant: the number that an expression is worth; raises SourceError if none.
    """
    arguments: list[str] = []
    at = 0
    while at < len(text):
        argument, at = _argument(text, at, constant)
        arguments.append(argument)
        at = _blank(text, at)
        if text[at : at + 1] == ",":
            at = _blank(text, at + 1)
            if at == len(text):
                arguments.append("")
    return arguments


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _argument(text: str, at: int, constant: Callable[[str, str], int]) -> tuple[str, int]:
    """One argument and where it ends."""
    if text[at] == "%":
        end = text.find(",", at)
        end = len(text) if end < 0 else end
        return str(constant(text[at + 1 : end].strip(), "an argument with %")), end
    keyword = re.compile(rf"{NAME}=(?=[<%\"'])", re.ASCII).match(text, at)
    if keyword is not None:
        value, end = _argument(text, keyword.end(), constant)
        return keyword[0] + value, end
    if text[at] == "<":
        return _bracketed(text, at)
    if text[at] in "\"'":
        return _quoted(text, at)
    start = at
    while at < len(text) and text[at] != ",":
        if text[at].isspace():
            end = _blank(text, at)
            is_inside = text[end : end + 1] in _OPERATOR or text[at - 1] in _OPERATOR
            if end < len(text) and not is_inside:
                break
            at = end
        else:
            at += 1
    return re.sub(r"\s+", "", text[start:at]), at


def _bracketed(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    depth = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "!" and at < len(text):
            out.append(text[at])
            at += 1
            continue
        depth += (char == "<") - (char == ">")
        if depth == 0:
            return "".join(out), at
        if char != "<" or depth > 1:
            out.append(char)
    raise SourceError("a '<' in the arguments has no '>'", hint="write !< for the character")


def _quoted(text: str, at: int) -> tuple[str, int]:
    quote = text[at]
    out: list[str] = []
    at += 1
    while at < len(text):
        if text[at] == quote:
            if text[at + 1 : at + 2] != quote:
                return f'"{"".join(out)}"', at + 1
            at += 1
        elif text[at] == "!" and at + 1 < len(text):
            at += 1
        out.append(text[at])
        at += 1
    raise SourceError(f"a {quote} in the arguments is not closed", text=text)


def substitute(text: str, bound: dict[str, str], count: int) -> str:
    r"""The text with the names of parameters replaced, `\@` and `\()` as ever."""

    def replacement(found: re.Match[str]) -> str:
        word = found[0]
        if word == "\\@":
            return str(count)
        if word == "\\()":
            return ""
        return bound.get(word.lstrip("\\&"), word)

    return _NAME.sub(replacement, text)


def without_locals(
    lines: list[str], bound: dict[str, str], number: Callable[[], int]
) -> Iterator[int]:
    """The indices of lines that stay; names that the others declare are bound to new labels."""
    for index, text in enumerate(lines):
        names = local_names(text)
        if not names:
            yield index
        for name in names:
            bound[name] = local_label(number())
