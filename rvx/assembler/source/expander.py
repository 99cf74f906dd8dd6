"""Lines to lines: macros, repetition, conditionals and includes are carried out.

The expander is lazy: when it comes to a condition, everything before that line has been assembled,
so conditions may ask for symbols and for the current place, as with GNU as.
"""

from __future__ import annotations

import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

from rvx import resources
from rvx.assembler.diagnostics import Location, Origin, SourceError, did_you_mean
from rvx.assembler.model.values import signed
from rvx.assembler.source import altmacro
from rvx.assembler.source.grammar import split_operands, symbol_name
from rvx.assembler.source.linewords import BLOCKS, COMPARE, CONDITIONS, ENDS, HANDLED, SAME
from rvx.assembler.source.macros import (
    Macro,
    is_name,
    parse_header,
    split_arguments,
    substitute,
    unquote,
)
from rvx.assembler.source.names import LATER, NAME
from rvx.assembler.source.reader import Line, SourceText
from rvx.records import dataclass, field
from rvx.regex import regex
from rvx.userfiles import why_no_text

MAX_DEPTH = 100
MAX_PASSING = 10_000
MAX_LINE = 1_000_000
_STRING_OR_BLANKS = regex(r'"(?:\\.|[^"\\])*"|\s+')
_IN_NAME = regex(f"[{LATER}]", re.ASCII)
_HEAD = regex(rf"((?:{NAME}|\d+):\s*)*({NAME})\s*", re.ASCII)


@dataclass(frozen=True)
class Limits:
    """What an expansion may take, so that every mistake comes to an end.

    Attributes:
        seconds: of computing.
        memory: bytes by which the process may grow.
        lines: more can neither be worked through nor kept; what is known to make more is refused
            at once.
    """

    seconds: float = 30
    memory: int = 3 << 30
    lines: int = 100_000_000


_LINES_A_LOOK, _LONG_LINE = 1 << 14, 1 << 8
"""How many lines are made between two looks at the clock and at the memory."""


def _memory() -> int:
    """The most bytes that the process has had so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@dataclass
class _Condition:
    is_active: bool
    was_taken: bool
    is_outer_active: bool
    location: Location
    has_else: bool = False


@dataclass
class _Frame:
    """A source of lines: a file, or one expansion."""

    lines: Iterator[Line]
    is_macro: bool
    conditions: int


@dataclass
class Expander:
    r"""Carries out what works on lines.

    Attributes:
        constant: the number that an expression is worth now; raises SourceError if none.
        is_defined: whether a symbol is defined by now.
        report: takes an error; expansion goes on behind it.
        include_dirs: where `.include` looks after the folder of the including file.
        take: is called between two statements of the source file itself, and may carry rows out
            that need no expansion; see `SourceText`.
        macros: by name.
        definitions: how many macros have been defined so far.
        count: of macro calls, for `\@`.
        produced: how many lines came out of macros, repetitions and includes.
        is_alternate: whether `.altmacro` holds.
        local_count: of names that `LOCAL` made.
        included: the files that `.include` and `.incbin` have found.
    """

    constant: Callable[[str, str], int]
    is_defined: Callable[[str], bool]
    report: Callable[[Line, SourceError], None]
    include_dirs: tuple[Path, ...] = ()
    take: Callable[[], None] = lambda: None
    macros: dict[str, Macro] = field(default_factory=dict)
    definitions: int = 0
    count: int = 0
    produced: int = 0
    is_alternate: bool = False
    local_count: int = 0
    included: list[Path] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self._started, self._memory = process_time(), _memory()
        self._frames: list[_Frame] = []
        self._conditions: list[_Condition] = []
        self._is_skipping = False
        # First words of lines that are neither for this stage nor calls of macros.
        self._passing: set[str] = set()
        self._unseen = 0

    def expand(self, lines: Iterator[Line]) -> Iterator[Line]:
        """The lines that are left to assemble, in order."""
        self._frames.append(_Frame(lines, False, 0))
        passing = self._passing
        while self._frames:
            is_inner = len(self._frames) > 1
            if not (is_inner or self._is_skipping):
                self.take()
            line = self._next()
            if line is None:
                self._close_frame()
                continue
            if is_inner:
                self._count_line(line)
            text = line.text
            first = text.split(None, 1)[0]
            if first in passing and not self._is_skipping:
                yield line
                continue
            head = _HEAD.match(text)
            name = head[2].lower() if head else ""
            name = SAME.get(name, name)
            macro = self.macros.get(head[2]) or self.macros.get(name) if head else None
            if name not in HANDLED and (macro is None or self._is_skipping):
                if not self._is_skipping:
                    if head and head[2] == first and macro is None and len(passing) < MAX_PASSING:
                        passing.add(first)
                    yield line
                continue
            assert head is not None
            if head.start(2) and not self._is_skipping:
                yield line.with_text(text[: head.start(2)].strip())
            try:
                if macro is not None:
                    self._call(macro, text[head.end() :], line)
                elif name == ".end" and not self._is_skipping:
                    self._frames.clear()
                    self._conditions.clear()
                    return
                else:
                    self._handle(name, text[head.end() :].strip(), line)
            except SourceError as problem:
                self.report(line, problem)

    # --- Frames

    def _next(self) -> Line | None:
        try:
            return next(self._frames[-1].lines, None)
        except SourceError as problem:
            self.report(Line.nowhere(Location("<source>", 1)), problem)
            return None

    def _close_frame(self) -> None:
        frame = self._frames.pop()
        while len(self._conditions) > frame.conditions:
            condition = self._conditions.pop()
            self._is_skipping = not condition.is_outer_active
            self.report(
                Line.nowhere(condition.location),
                SourceError("this .if has no .endif", hint="write .endif where it ends"),
            )

    def _push(self, lines: Iterator[Line], *, is_macro: bool) -> None:
        if len(self._frames) > MAX_DEPTH:
            raise SourceError(
                f"macros, repetitions and includes are nested more than {MAX_DEPTH} deep",
                hint="a macro that calls itself needs an .if that ends it",
            )
        self._frames.append(_Frame(lines, is_macro, len(self._conditions)))

    def _count_line(self, line: Line) -> None:
        """Counts a line that is not in the source file itself."""
        self.produced += 1
        self._unseen += 1 + len(line.text) // _LONG_LINE
        if self._unseen < _LINES_A_LOOK:
            return
        self._unseen = 0
        limits = self.limits
        what = ""
        if process_time() - self._started > limits.seconds:
            what = f"after {limits.seconds:g} seconds of computing"
        elif _memory() - self._memory > limits.memory:
            what = f"with {limits.memory >> 20} MiB of memory"
        elif self.produced > limits.lines:
            what = f"after {limits.lines} lines"
        if what:
            self._frames.clear()
            self._conditions.clear()
            raise TooManyLines(
                line,
                SourceError(
                    f"the source still expands {what}; it has made {self.produced} lines",
                    hint="use .fill or .space for large blocks of data",
                ),
            )

    def _block(self, opener: str, line: Line) -> list[Line]:
        """The lines up to the end of the block, which is taken away."""
        body: list[Line] = []
        depth = [BLOCKS[opener]]
        while (inner := self._next()) is not None:
            head = _HEAD.match(inner.text)
            name = head[2].lower() if head else ""
            name = SAME.get(name, name)
            if name in BLOCKS:
                depth.append(BLOCKS[name])
            elif name in ENDS:
                if ENDS[name] == depth[-1]:
                    depth.pop()
                if not depth:
                    return body
            body.append(inner)
        raise SourceError(
            f"this {opener} has no {BLOCKS[opener]}",
            hint=f"write {BLOCKS[opener]} where it ends",
            text=opener,
        )

    # --- Directives

    def _handle(self, name: str, rest: str, line: Line) -> None:
        if name in CONDITIONS:
            self._if(name, rest, line)
        elif name in (".else", ".elseif", ".endif"):
            self._else(name, rest)
        elif name in BLOCKS:
            body = self._block(name, line)
            if not self._is_skipping:
                self._repeat(name, rest, body, line)
        elif self._is_skipping:
            return
        elif name in ENDS:
            raise SourceError(f"{name} ends nothing", text=name)
        elif name == ".exitm":
            self._exit_macro()
        elif name == ".purgem":
            for macro in split_operands(rest):
                if self.macros.pop(macro, None) is None:
                    raise SourceError(f"there is no macro '{macro}'", text=macro)
        elif name == ".include":
            self._include(rest, line)
        elif rest:
            raise SourceError(f"{name} takes nothing, and not '{rest}'", text=rest)
        else:
            self.is_alternate = name == ".altmacro"

    def _if(self, name: str, rest: str, line: Line) -> None:
        outer = not self._is_skipping
        holds = False
        if outer:
            try:
                holds = self._holds(name, rest)
            except SourceError as problem:
                self.report(line, problem)
        self._conditions.append(_Condition(holds, holds, outer, line.location))
        self._is_skipping = not (outer and holds)

    def _holds(self, name: str, rest: str) -> bool:
        if name in COMPARE:
            return COMPARE[name](signed(self.constant(rest, f"the condition of {name}")))
        if name in (".ifdef", ".ifndef", ".ifnotdef"):
            return self.is_defined(symbol_name(rest)) == (name == ".ifdef")
        if name in (".ifb", ".ifnb"):
            return (not rest) == (name == ".ifb")
        if name in (".ifc", ".ifnc"):
            # Plain text up to the comma: what is no expression elsewhere, such as `(x8`, may stand.
            one, comma, other = _without_blanks(rest).partition(",")
            parts = [_unquote_single(part) for part in ((one, other) if comma else (one,))]
        else:
            parts = split_operands(rest)
        if len(parts) != 2:
            raise SourceError(f"{name} compares two strings", hint=f"write {name} one, other")
        return (parts[0] == parts[1]) == (name in (".ifc", ".ifeqs"))

    def _else(self, name: str, rest: str) -> None:
        if not self._conditions or len(self._conditions) <= self._frames[-1].conditions:
            raise SourceError(f"{name} has no .if before it", text=name)
        condition = self._conditions[-1]
        if name == ".endif":
            self._conditions.pop()
            self._is_skipping = not condition.is_outer_active
            if rest:
                raise SourceError(f".endif takes nothing, and not '{rest}'", text=rest)
            return
        if condition.has_else:
            raise SourceError(f"{name} follows the .else of the same .if", text=name)
        condition.has_else = name == ".else"
        may = condition.is_outer_active and not condition.was_taken
        if name == ".elseif" and may:
            may = signed(self.constant(rest, "the condition of .elseif")) != 0
        condition.is_active = may
        condition.was_taken = condition.was_taken or may
        self._is_skipping = not may

    def _repeat(self, name: str, rest: str, body: list[Line], line: Line) -> None:
        if name == ".macro":
            macro_name, parameters = parse_header(rest)
            if macro_name in self.macros:
                raise SourceError(
                    f"macro '{macro_name}' is defined already",
                    hint="end the old one with .purgem",
                    text=macro_name,
                )
            self._passing.clear()
            self.definitions += 1
            self.macros[macro_name] = Macro(macro_name, parameters, tuple(body), line.location)
            return
        if name in (".rept", ".rep"):
            times = self.constant(rest, f"the count of {name}")
            if times < 0:
                raise SourceError(f"the count of {name} is negative: {times}", text=rest)
            if times * max(len(body), 1) > self.limits.lines:
                raise SourceError(
                    f"{name} {times} would make more than {self.limits.lines} lines",
                    hint="use .fill or .space for large blocks of data",
                    text=rest,
                )
            self._push((inner for _ in range(times) for inner in body), is_macro=False)
            return
        parts = self._split(rest)
        variable = parts[0].lstrip("\\") if parts else ""
        if not is_name(variable):
            raise SourceError(f"{name} needs a name", hint=f"write {name} name, values")
        values = parts[1:] if self.is_alternate else [unquote(part) for part in parts[1:]]
        if name == ".irpc":
            values = list("".join(values))
        copies = [{variable: value} for value in values or [""]]
        self._push(_copies(body, copies, self.count, self._substitute()), is_macro=False)

    def _call(self, macro: Macro, rest: str, line: Line) -> None:
        rest = rest.strip()
        if self.is_alternate:
            bound = macro.bind(self._split(rest), is_quoted=False)
            texts = [inner.text for inner in macro.body]
            body = [macro.body[i] for i in altmacro.without_locals(texts, bound, self._new_local)]
        else:
            bound, body = macro.bind(self._split(rest)), list(macro.body)
        put = self._substitute()
        reason = f"in expansion of macro '{macro.name}'"
        count = self.count
        self.count += 1
        origins = {
            file: Origin(file, line.location, reason)
            for file in dict.fromkeys(inner.origin.file for inner in body)
        }
        lines = (
            Line(
                _checked(put(inner.text, bound, count)),
                origins[inner.origin.file],
                inner.number,
                inner.column,
                inner.source,
            )
            for inner in body
        )
        self._push(_resplit(lines), is_macro=True)

    def _split(self, rest: str) -> list[str]:
        if self.is_alternate:
            return altmacro.split(rest, self.constant)
        return split_arguments(rest)

    def _substitute(self) -> Callable[[str, dict[str, str], int], str]:
        return altmacro.substitute if self.is_alternate else substitute

    def _new_local(self) -> int:
        self.local_count += 1
        return self.local_count

    def _exit_macro(self) -> None:
        while self._frames and not self._frames[-1].is_macro:
            if len(self._frames) == 1:
                raise SourceError(".exitm stands outside of a macro", text=".exitm")
            self._frames.pop()
        frame = self._frames.pop()
        del self._conditions[frame.conditions :]
        last = self._conditions[-1] if self._conditions else None
        self._is_skipping = last is not None and not last.is_active

    def _include(self, rest: str, line: Line) -> None:
        path = self.find_file(unquote(rest), line.origin)
        data = path.read_bytes()
        problem = why_no_text(data)
        if problem:
            raise SourceError(f"'{path}' is not text in UTF-8: {problem}", text=rest)
        text = data.decode("utf-8", "surrogateescape")
        self._push(
            SourceText(text, str(path), via=line.location, reason="included from here"),
            is_macro=False,
        )

    def find_file(self, name: str, origin: Origin) -> Path:
        """The file that an `.include` or `.incbin` means.

        Raises:
            SourceError: there is none.
        """
        folders = [Path(origin.file).parent, *self.include_dirs, Path()]
        for folder in (*folders, resources.asm()):  # Last those that travel with rvx.
            if name and "\0" not in name and (folder / name).is_file():
                self.included.append(folder / name)
                return self.included[-1]
        tried = ", ".join(dict.fromkeys(str(folder) for folder in folders))
        names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
        raise SourceError(
            f"there is no file '{name}' in {tried}",
            hint=did_you_mean(name, names) or "further folders are given with -I",
            text=name,
        )


class TooManyLines(Exception):
    """The expansion does not end within reason; nothing after it is assembled."""

    def __init__(self, line: Line, problem: SourceError) -> None:
        super().__init__(problem.message)
        self.line = line
        self.problem = problem


def _copies(
    body: list[Line],
    copies: list[dict[str, str]],
    count: int,
    put: Callable[[str, dict[str, str], int], str],
) -> Iterator[Line]:
    for bound in copies:
        for line in body:
            yield line.with_text(_checked(put(line.text, bound, count)))


def _checked(text: str) -> str:
    if len(text) > MAX_LINE:
        raise SourceError(f"a line expands to more than {MAX_LINE} characters")
    return text


def _resplit(lines: Iterator[Line]) -> Iterator[Line]:
    """Lines anew where an argument brought a semicolon along."""
    for line in lines:
        if ";" not in line.text:
            yield line
            continue
        for part in SourceText(line.text, line.origin.file):
            yield line.with_text(part.text)


def _without_blanks(text: str) -> str:
    """The text with one blank between two words, and none elsewhere; strings stay as they are."""

    def replacement(found: re.Match[str]) -> str:
        if not found[0].isspace():
            return found[0]
        around = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
        return " " if len(around) == 2 and all(_IN_NAME.fullmatch(c) for c in around) else ""

    return _STRING_OR_BLANKS.sub(replacement, text)


def _unquote_single(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    return text
