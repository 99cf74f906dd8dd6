"""`rvx run`: runs a source or an ELF file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rvx.cli.options import BackendName, Ext, Json, March, Source
from rvx.cli.output import Exit, UsageProblem, command, print_json, print_table, say

if TYPE_CHECKING:
    from rich.table import Table

    from rvx.emulator import RunResult

SCHEMA = "rvx.run/1"


@command
def run(
    file: Source,
    march: March = None,
    ext: Ext = None,
    count: Annotated[
        bool, typer.Option("--count", help="Print executed instructions by mnemonic.")
    ] = False,
    max_instructions: Annotated[
        int | None, typer.Option("--max-instructions", min=1, help="Stop after so many.")
    ] = None,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Run an assembly source or an ELF executable until it exits.

    What the program writes goes to stdout and stderr; with --json its standard output is part of
    the document.
    """
    from rvx.analysis.versions import versions

    result = _execute(file, march, ext, max_instructions, backend, is_quiet=as_json)
    if as_json:
        print_json(to_json(result) | {"versions": versions()})
    elif count:
        print_table(table(result))
    _end(result)


def _execute(
    file: Any, march: Any, ext: Any, limit: int | None, backend: str, is_quiet: bool
) -> RunResult:
    from rvx.cli.sources import ELF_MAGIC, STDIN, assembled, choose_isa, read, read_elf
    from rvx.emulator import Machine

    if backend not in ("native", "python"):
        raise UsageProblem(f"--backend {backend}: there are native and python")
    data = read(file)
    program: Any
    if data.startswith(ELF_MAGIC):
        program = data if file == STDIN else file
        isa = choose_isa(march, ext, read_elf(file, data))
    else:
        isa = choose_isa(march, ext)
        program = assembled(file, data, isa)
    chosen: Literal["native", "python"] = "python" if backend == "python" else "native"
    machine = Machine(program, isa, backend=chosen, on_output=_writer(is_quiet))
    return machine.run(limit)


def _writer(is_quiet: bool) -> Any:
    """Passes the guest's output on; quietly, only what it says on standard error."""

    def write(descriptor: int, data: bytes) -> None:
        if descriptor == 1 and is_quiet:
            return
        stream = sys.stdout if descriptor == 1 else sys.stderr
        stream.buffer.write(data)
        stream.flush()

    return write


def to_json(result: RunResult) -> dict[str, Any]:
    """The document of the schema rvx.run/1, without the versions."""
    trap = result.trap
    return {
        "schema": SCHEMA,
        "exit_code": result.exit_code,
        "instructions": result.instructions,
        "custom_instructions": result.custom_instructions,
        "by_mnemonic": dict(result.by_mnemonic),
        "by_kind": dict(result.by_kind),
        "seconds": result.seconds,
        "output": result.output.decode("utf-8", "replace"),
        "trap": None
        if trap is None
        else {"kind": str(trap.kind), "pc": trap.pc, "message": trap.message},
    }


def table(result: RunResult) -> Table:
    """Executed instructions by mnemonic, the most frequent first."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    found = Table(box=SIMPLE_HEAD)
    found.add_column("mnemonic")
    found.add_column("executed", justify="right")
    found.add_column("share", justify="right")
    for mnemonic, executed in result.by_mnemonic.items():
        found.add_row(mnemonic, f"{executed:,}", f"{executed / result.instructions:.1%}")
    found.add_section()
    found.add_row("total", f"{result.instructions:,}", "")
    found.add_row("of these custom", f"{result.custom_instructions:,}", "")
    return found


def _end(result: RunResult) -> None:
    """Ends with the exit code that the outcome stands for."""
    from rvx.emulator import TrapKind

    if result.trap is not None:
        say(f"error: {result.trap.message}")
        codes = {TrapKind.LIMIT: Exit.LIMIT, TrapKind.INTERRUPTED: Exit.INTERRUPTED}
        raise typer.Exit(codes.get(result.trap.kind, Exit.TRAP))
    if result.exit_code:
        say(f"error: the program exited with code {result.exit_code}")
        raise typer.Exit(Exit.FAILED)
