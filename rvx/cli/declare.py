"""Commands as plain functions: their parameters say what a command line may have.

A command is a function whose parameters are annotated with `Option` or `Argument`::

    def head(
        file: Annotated[Path, Argument(metavar="FILE", help="What to read.")],
        lines: Annotated[int, Option("--lines", "-n", min=1, help="How many.")] = 10,
    ) -> None:

Click reads the command line. A command is made, and its module imported, when somebody names it: a
program of a dozen commands starts as fast as one of a single command.
"""

from __future__ import annotations

import importlib
import inspect
import shlex
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import click
from click.core import ParameterSource
from click.exceptions import Exit as End

from rvx.errors import RvxError
from rvx.records import dataclass

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["Argument", "End", "Group", "Option", "command_line", "made_by"]


Function = TypeVar("Function", bound=Callable[..., Any])
Complete = Callable[[click.Context, str], "list[CompletionItem]"]
"""complete(context, text): the words that begin with a text. The context has the parameters that
stand before it."""
CONTEXT = "ctx"


@dataclass(frozen=True)
class Argument:
    """What stands on a command line without a name.

    Attributes:
        metavar: what it is called in texts.
        help: what it is, in a sentence.
        complete: what it may be, for shells that complete words.
    """

    metavar: str
    help: str
    complete: Complete | None = None


class Option:
    """What stands on a command line with a name in front of it.

    Args:
        names: such as `--lines` and `-n`, or `--colour/--no-colour`; by default that of the
            parameter.
        help: what it does, in a sentence.
        metavar: what its value is called in texts.
        min: the least value of a number.
        max: the largest value of a number.
        count: whether it is given several times to say more.
        is_eager: whether it is looked at before all others.
        callback: gets the value, in place of the command.
        complete: what its value may be, for shells that complete words.
    """

    def __init__(
        self,
        *names: str,
        help: str,
        metavar: str | None = None,
        min: float | None = None,
        max: float | None = None,
        count: bool = False,
        is_eager: bool = False,
        callback: Callable[[Any], None] | None = None,
        complete: Complete | None = None,
    ) -> None:
        self.names = names
        self.help = help
        self.metavar = metavar
        self.min = min
        self.max = max
        self.count = count
        self.is_eager = is_eager
        self.callback = callback
        self.complete = complete


class _Commands(dict[str, click.Command]):
    """Commands by name, each made when it is asked for."""

    def __init__(self, makers: dict[str, Callable[[], click.Command]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> click.Command:
        self[name] = self._makers[name]()
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The command with this name, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def keys(self) -> Any:
        """The names, in the order of their declaration."""
        return self._makers.keys()

    def values(self) -> Any:
        """All commands."""
        return [self[name] for name in self._makers]

    def items(self) -> Any:
        """All names and commands."""
        return [(name, self[name]) for name in self._makers]


class Group(click.Group):
    """Commands under one name, in the order of their declaration.

    Args:
        name: of the group.
        help: what they are about.
        places: of each command, by its name: where its function is, such as `rvx.cli.run:run`, or
            a function that gives a group.
        function: runs before a command, with options of the group's own.
        epilog: at the end of its help.
    """

    def __init__(
        self,
        name: str,
        help: str,
        places: dict[str, str | Callable[[], click.Command]],
        function: Callable[..., Any] | None = None,
        epilog: str | None = None,
    ) -> None:
        super().__init__(
            name,
            help=help,
            params=[] if function is None else parameters(function),
            callback=function,
            no_args_is_help=True,
            context_settings={"help_option_names": ["-h", "--help"]},
            epilog=epilog,
        )
        self.commands = _Commands(
            {
                each: (lambda each=each, place=place: _made(each, place))  # type: ignore[misc]
                for each, place in places.items()
            }
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of their declaration."""
        return list(self.commands)


def _made(name: str, place: str | Callable[[], click.Command]) -> click.Command:
    if callable(place):
        return place()
    module, _, variable = place.partition(":")
    return command(getattr(importlib.import_module(module), variable), name)


def command(function: Callable[..., Any], name: str) -> click.Command:
    """The command that a function is."""
    text = inspect.getdoc(function) or ""
    kind: type[click.Command] = getattr(function, _KIND, click.Command)
    return kind(
        name,
        help=text,
        short_help=" ".join(text.partition("\n\n")[0].split()),
        params=parameters(function),
        callback=click.pass_context(function) if _takes_context(function) else function,
        context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    )


_KIND = "kind_of_command"


def made_by(kind: type[click.Command]) -> Callable[[Function], Function]:
    """Marks a function whose command line is read by a class of its own."""

    def mark(function: Function) -> Function:
        setattr(function, _KIND, kind)
        return function

    return mark


def _takes_context(function: Callable[..., Any]) -> bool:
    """Whether the first parameter is to be Click's context of the command."""
    return next(iter(inspect.signature(function).parameters), "") == CONTEXT


def parameters(function: Callable[..., Any]) -> list[click.Parameter]:
    """What the parameters of a function stand for on a command line."""
    hints = get_type_hints(function, include_extras=True)
    return [
        _parameter(name, hints[name], parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
        if name != CONTEXT
    ]


def _parameter(name: str, hint: Any, default: Any) -> click.Parameter:
    kind, declared = get_args(hint)
    assert get_origin(hint) is Annotated, name
    is_optional = get_origin(kind) in (Union, types.UnionType)
    if is_optional:
        (kind,) = (part for part in get_args(kind) if part is not types.NoneType)
    is_repeated = get_origin(kind) is list
    if is_repeated:
        (kind,) = get_args(kind)
    is_required = default is inspect.Parameter.empty
    given = {} if is_required or default is None else {"default": default}
    if isinstance(declared, Argument):
        return click.Argument(
            [name],
            type=_type(kind, None, None),
            nargs=-1 if is_repeated else 1,
            required=is_required,
            metavar=declared.metavar,
            help=declared.help,
            shell_complete=_completed(declared.complete),
            **given,
        )
    extra: dict[str, Any] = dict(given)
    if declared.count:
        extra |= {"count": True, "show_default": False}
    elif kind is bool:
        extra |= {"is_flag": True}
    else:
        extra |= {"type": _type(kind, declared.min, declared.max), "multiple": is_repeated}
        # An empty text says that nothing is given; the help need not quote it.
        extra |= {"show_default": False} if default == "" else {}
    if declared.callback is not None:
        told = declared.callback
        extra["callback"] = lambda _context, _parameter, value: told(value)
    names = declared.names or (f"--{name.replace('_', '-')}",)
    return click.Option(
        [name, *names],
        required=is_required,
        help=declared.help,
        metavar=declared.metavar,
        is_eager=declared.is_eager,
        shell_complete=_completed(declared.complete),
        **extra,
    )


_TALK = frozenset({"as_json", "plot"})
"""Options that say how a result is told, and not what it is."""


def command_line() -> str:
    """The command that runs, for a shell, as far as its result depends on it.

    Raises:
        RuntimeError: no command runs.
    """
    context = click.get_current_context()
    words: list[str] = []
    arguments: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if name in _TALK or not is_given:
            continue
        value = context.params[name]
        values = [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
        if isinstance(parameter, click.Argument):
            arguments += values
        elif isinstance(value, bool):
            words.append((parameter.opts if value else parameter.secondary_opts)[0])
        else:
            option = max(parameter.opts, key=len)
            for one in values:
                words += [f"{option}={one}"] if one.startswith("-") else [option, one]
    names = [context.command.name or ""]
    while context.parent is not None:
        context = context.parent
        names.insert(0, context.command.name or "")
    if any(one.startswith("-") for one in arguments):
        return shlex.join([*names, *words, "--", *arguments])
    return shlex.join([*names, *arguments, *words])


def _completed(complete: Complete | None) -> Any:
    """What Click asks for the words that may stand in a place; None where it is to ask the type."""
    if complete is None:
        return None

    def completed(context: click.Context, _parameter: Any, text: str) -> list[CompletionItem]:
        try:
            return complete(context, text)
        except RvxError:  # what stands before is wrong, which the command itself will say
            return []

    return completed


def _type(kind: Any, least: float | None, most: float | None) -> Any:
    if kind is Path:
        return click.Path(path_type=Path)
    if kind is int and (least is not None or most is not None):
        return click.IntRange(least, most)  # type: ignore[arg-type]
    return kind
