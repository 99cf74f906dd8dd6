"""`rvx debug`: a program at a terminal that stops and goes back, or a server for GDB."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from rvx.cli.declare import End, Option, made_by
from rvx.cli.options import (
    Defines,
    Ext,
    IncludeDirs,
    Inputs,
    March,
    Memory,
    Stack,
    Vlen,
    parse_size,
    parse_stack,
)
from rvx.cli.output import say
from rvx.cli.run import ARGUMENTS, RunCommand, check_environment, parse_abi, room_for

if TYPE_CHECKING:
    from rvx.debugger.code import Places
    from rvx.debugger.session import Session
    from rvx.debugger.terminal import Terminal

_PROMPT = "(rvx) "


@made_by(RunCommand)
def debug(
    ctx: click.Context,
    files: Inputs,
    march: March = None,
    ext: Ext = None,
    vlen: Vlen = 0,
    gdb: Annotated[
        str | None,
        Option(
            "--gdb",
            metavar="PORT|SOCKET",
            help="Serve GDB on a port of this machine (0 takes a free one), or on a Unix socket at "
            "this path.",
        ),
    ] = None,
    command: Annotated[
        list[str] | None,
        Option("--command", "-c", metavar="COMMAND", help="A command to begin with. Repeatable."),
    ] = None,
    stdin: Annotated[
        Path | None,
        Option("--stdin", metavar="FILE", help="What the program reads from its standard input."),
    ] = None,
    include_dirs: IncludeDirs = None,
    defines: Defines = None,
    memory: Memory = None,
    stack: Stack = None,
    environment: Annotated[
        list[str] | None,
        Option("--env", metavar="NAME=VALUE", help="As for rvx run. Repeatable."),
    ] = None,
    readable: Annotated[
        list[str] | None,
        Option("--allow-read", metavar="DIR", help="As for rvx run. Repeatable."),
    ] = None,
    writable: Annotated[
        list[str] | None,
        Option("--allow-write", metavar="DIR", help="As for rvx run. Repeatable."),
    ] = None,
    board: Annotated[
        str | None, Option("--board", metavar="FILE|NAME", help="As for rvx run.")
    ] = None,
    abi: Annotated[str, Option("--abi", metavar="linux|rars", help="As for rvx run.")] = "linux",
    seed: Annotated[int, Option("--seed", help="Of the random numbers that the program gets.")] = 0,
) -> None:
    """Debug a program: breakpoints, watchpoints, steps, and all of that backwards.

    It takes what rvx run takes. Without --gdb it reads commands from the terminal, or from its
    standard input; help lists them. Words behind a -- that comes after the files are the program's
    arguments.
    """
    from rvx.cli.sources import Inputs as SourceInputs
    from rvx.emulator import Settings

    inputs = SourceInputs.of(files, include_dirs, defines, debug=True)
    most = None if memory is None else parse_size("--memory", memory)
    settings = Settings(
        arguments=ctx.meta.get(ARGUMENTS, ()),
        environment=check_environment(environment or []),
        stdin=_stdin(inputs, stdin, is_free=gdb is not None),
        readable=readable or [],
        writable=writable or [],
        seed=seed,
    )
    screen = _Screen()
    session = _session(
        inputs, march, ext, vlen, most, settings, board, abi, screen, parse_stack(stack)
    )
    if gdb is not None:
        from rvx.debugger.gdb.server import serve

        serve(session, gdb, say)
        return
    _converse(session, screen, " ".join(str(one) for one in inputs.files), command or [])


def _stdin(inputs: Any, path: Path | None, *, is_free: bool) -> bytes | int:
    """What the program reads: a file, or the terminal; what is piped here are commands."""
    from rvx.cli.sources import STDIN

    if path is not None:
        return path.read_bytes()
    if STDIN in inputs.files:
        return b""
    try:
        is_shared = is_free or sys.stdin.isatty()
        return sys.stdin.fileno() if is_shared else b""
    except (OSError, ValueError):
        return b""


def _session(
    inputs: Any,
    march: Any,
    ext: Any,
    vlen: int,
    most: int | None,
    settings: Any,
    board: str | None,
    abi: str,
    screen: _Screen,
    stack: int,
) -> Session:
    from rvx.analysis.profile.profile import places_in
    from rvx.cli.sources import ELF_MAGIC, STDIN, assembled, choose_isa, is_object, read_elf
    from rvx.debugger.code import Code
    from rvx.debugger.session import Session
    from rvx.disassembler.lines import LineTable
    from rvx.emulator import Machine, load_executable
    from rvx.emulator.board import load_board

    file = inputs.files[0]
    data = inputs.content(file) if len(inputs.files) == 1 else b""
    program: Any
    places: Places | None
    if data.startswith(ELF_MAGIC) and not is_object(data):
        program = data if file == STDIN else file
        isa = choose_isa(march, ext, read_elf(file, data), vlen)
        executable = load_executable(program)
        try:
            places = LineTable(executable.data).find
        except ValueError as error:
            say(f"note: {error}: there are no lines of sources")
            places = None
    else:
        isa = inputs.choose_isa(march, ext, vlen)
        program = assembled(inputs, isa, march)
        executable = load_executable(program)
        places = places_in(program)
    loaded = None if board is None else load_board(board)
    machine = Machine(
        executable,
        isa,
        memory=room_for(executable, most, loaded),
        stack=stack,
        on_note=_Notes().say,
        settings=settings,
        board=loaded,
        abi=parse_abi(abi),
        debugging=True,
    )
    return Session(machine, screen.write, Code(machine, places or (lambda _: None)))


class _Notes:
    """What the user should know, once, however often the program comes past it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            say(f"note: {sentence}")


class _Screen:
    """What the program writes and what the debugger says, in turns."""

    def __init__(self) -> None:
        self._is_within_line = False

    def write(self, descriptor: int, data: bytes) -> None:
        """Passes on what the program writes."""
        stream = sys.stdout if descriptor == 1 else sys.stderr
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
        self._is_within_line = not data.endswith(b"\n")

    def say(self, line: str) -> None:
        """Says something, on a line of its own."""
        print(f"\n{line}" if self._is_within_line else line, flush=True)
        self._is_within_line = False


def _converse(session: Session, screen: _Screen, name: str, commands: list[str]) -> None:
    """Reads and obeys commands until there are no more."""
    from rvx.debugger.terminal import Left, Terminal

    terminal = Terminal(session, screen.say)
    terminal.begin(name)
    is_watched = sys.stdin is not None and sys.stdin.isatty()
    if is_watched:
        _complete(terminal)
    try:
        for line in commands:
            screen.say(f"{_PROMPT}{line}")
            terminal.obey(line)
        for line in _lines(is_watched, screen.say):
            terminal.obey(line)
    except Left:
        pass
    raise End(0)


def _lines(is_watched: bool, say_line: Callable[[str], None]) -> Iterator[str]:
    """The lines of the terminal, or of what is piped, which are shown behind the prompt."""
    if not is_watched:
        for line in sys.stdin:
            say_line(f"{_PROMPT}{line.rstrip()}")
            if line.strip():  # Empty lines of scripts are no wish to step again.
                yield line
        return
    while True:
        try:
            yield input(_PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print("\nquit leaves the debugger")


def _complete(terminal: Terminal) -> None:
    """Has the terminal complete words, and remember lines."""
    try:
        import readline
    except ImportError:
        return

    def complete(text: str, state: int) -> str | None:
        line = readline.get_line_buffer()[: readline.get_endidx()]
        found = terminal.completions(text, line)
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n+-*/&|^()[]=:")
    readline.parse_and_bind("tab: complete")
