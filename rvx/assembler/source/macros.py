"""Macros: their parameters, the arguments of a call, and the substitution."""

from __future__ import annotations

import re

from rvx.assembler.diagnostics import Location, SourceError
from rvx.assembler.source.names import NAME
from rvx.assembler.source.reader import Line
from rvx.records import dataclass
from rvx.regex import regex

_NAME = regex(NAME, re.ASCII)
_REFERENCE = regex(rf"\\(?:({NAME})|(@)|(\(\)))", re.ASCII)
_PARAMETER = regex(
    rf"\s*,?\s*({NAME})(?:\s*:\s*(req|vararg))?(?:\s*=\s*(\"(?:\\.|[^\"\\])*\"|[^\s,]*))?",
    re.ASCII,
)
_BLANK_NEAR_OPERATOR = regex(r"(?<=[-+*/%|&^~!<>=(,])\s+|\s+(?=[-+*/%|&^~!<>=(,)])")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a macro.

    Attributes:
        kind: `req` if it must be given, `vararg` if it takes all that is left, else empty.
        default: what it stands for when it is not given.
    """

    name: str
    kind: str = ""
    default: str = ""


@dataclass(frozen=True)
class Macro:
    """A macro as it was written."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Line, ...]
    location: Location

    def bind(self, arguments: list[str], *, is_quoted: bool = True) -> dict[str, str]:
        """The arguments of a call, by parameter.

        Args:
            arguments: as `split_arguments` gives them.
            is_quoted: whether quotes around them are still there.

        Raises:
            SourceError: there are too many, one is unknown, or a required one is missing.
        """
        bound: dict[str, str] = {}
        names = [parameter.name for parameter in self.parameters]
        position = 0
        clean = unquote if is_quoted else str
        for index, argument in enumerate(arguments):
            keyword = _NAME.match(argument)
            if keyword and argument[keyword.end() : keyword.end() + 1] == "=":
                if keyword[0] not in names:
                    raise SourceError(
                        f"macro '{self.name}' has no parameter '{keyword[0]}'",
                        hint=f"its parameters are {', '.join(names) or 'none'}",
                        text=keyword[0],
                    )
                bound[keyword[0]] = clean(argument[keyword.end() + 1 :])
                continue
            if position >= len(names):
                if index == len(arguments) - 1 > 0 and not argument:
                    break  # nothing follows the last comma, which GNU as takes for the end
                raise SourceError(
                    f"macro '{self.name}' takes {len(names)} arguments, not {len(arguments)}",
                    hint=f"its parameters are {', '.join(names) or 'none'}",
                )
            parameter = self.parameters[position]
            position += 1
            if parameter.kind == "vararg":
                bound[parameter.name] = ",".join(arguments[index:])
                break
            bound[parameter.name] = clean(argument)
        for parameter in self.parameters:
            if not bound.get(parameter.name):
                if parameter.kind == "req":
                    raise SourceError(
                        f"macro '{self.name}' needs a value for '{parameter.name}'",
                        hint=f"its parameters are {', '.join(names)}",
                    )
                bound[parameter.name] = parameter.default
        return bound


def parse_header(text: str) -> tuple[str, tuple[Parameter, ...]]:
    """Name and parameters of `.macro name a, b:req, c=1, d:vararg`.

    Raises:
        SourceError: it does not read like that.
    """
    found = _NAME.match(text)
    if found is None:
        raise SourceError(".macro needs a name", hint="write .macro name parameter, parameter=1")
    parameters: list[Parameter] = []
    at = found.end()
    while text[at:].strip():
        part = _PARAMETER.match(text, at)
        if part is None or part.end() == at:
            raise SourceError(
                f"'{text[at:].strip()}' is not a parameter of a macro",
                hint="a parameter is name, name=default, name:req or name:vararg",
                text=text[at:].strip(),
            )
        if any(known.name == part[1] for known in parameters):
            raise SourceError(f"parameter '{part[1]}' stands twice", text=part[1])
        parameters.append(Parameter(part[1], part[2] or "", unquote(part[3] or "")))
        at = part.end()
    for parameter in parameters[:-1]:
        if parameter.kind == "vararg":
            raise SourceError(
                f"parameter '{parameter.name}' takes all that is left, and is not the last",
                text=parameter.name,
            )
    return found[0], tuple(parameters)


def is_name(text: str) -> bool:
    """Whether a text can be the name of a parameter."""
    return _NAME.fullmatch(text) is not None


def split_arguments(text: str) -> list[str]:
    """Arguments of a macro call: between commas, or blanks that do not belong to an operator."""
    arguments: list[str] = []
    current = ""
    depth = 0
    for piece in re.findall(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'(?:\\.|[^\\])\'?|[^"\']+|.', text):
        if piece[0] in "\"'" and len(piece) > 1:
            current += piece
            continue
        for char in _BLANK_NEAR_OPERATOR.sub("", piece):
            depth += (char == "(") - (char == ")")
            if (char == "," or char.isspace()) and depth <= 0:
                if char == "," or current:
                    arguments.append(current)
                current = ""
            else:
                current += char
    if current or text.rstrip().endswith(","):
        arguments.append(current)
    return arguments


def unquote(text: str) -> str:
    """The argument without quotes around it; two quotes inside make one."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text


def substitute(text: str, bound: dict[str, str], count: int) -> str:
    r"""The text with `\name`, `\@` and `\()` replaced."""
    if "\\" not in text:
        return text

    def replacement(found: re.Match[str]) -> str:
        if found[2]:
            return str(count)
        if found[3]:
            return ""
        return bound.get(found[1], found[0])

    return _REFERENCE.sub(replacement, text)
