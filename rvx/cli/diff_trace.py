"""`rvx diff-trace`: the first difference of two traces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli.declare import Argument, End, Option
from rvx.cli.options import Ext, Json, March, Vlen
from rvx.cli.output import UsageProblem, print_json, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from rvx.analysis.tracediff import Difference, Line
    from rvx.emulator.loader import Executable
    from rvx.isa import Isa

SCHEMA = "rvx.trace.diff/1"


def diff_trace(
    traces: Annotated[
        list[str],
        Argument(
            metavar="A B",
            help="Two traces of rvx run --trace or of Spike, compressed or not.",
        ),
    ],
    program: Annotated[
        Path | None,
        Option(
            "--program",
            metavar="FILE",
            help="The ELF file that was traced: for its ISA, symbols and source lines.",
        ),
    ] = None,
    march: March = None,
    ext: Ext = None,
    vlen: Vlen = 0,
    as_json: Json = False,
) -> None:
    """Name the first instruction after which two traces are no longer the same.

    Where one of them begins earlier, as Spike's do, its beginning is left out. The exit code is 1
    if they differ.
    """
    from rvx.analysis.tracediff import aligned, first_difference
    from rvx.cli.sources import choose_isa, read, read_elf
    from rvx.cli.trace import reading
    from rvx.emulator.loader import load_executable

    if len(traces) != 2:
        raise UsageProblem(f"give two traces, not {len(traces)}")
    executable = None
    elf = None
    if program is not None:
        data = read(program)
        elf = read_elf(program, data)
        executable = load_executable(program)
    isa = choose_isa(march, ext, elf, vlen)
    paths = [Path(one) for one in traces]
    with reading(paths[0]) as first, reading(paths[1]) as second:
        left, right, *skipped = aligned(_lines(first, paths[0]), _lines(second, paths[1]))
        found = first_difference(left, right)
    for path, count in zip(paths, skipped, strict=True):
        if count:
            say(f"note: {count} lines of '{path}' are left out, in front of where the other begins")
    if isinstance(found, int):
        if as_json:
            print_json({"schema": SCHEMA, "same": True, "instructions": found})
        else:
            print(f"the same: {found:,} instructions")
        return
    document = _document(found, paths, skipped, isa, executable)
    if as_json:
        print_json({"schema": SCHEMA, "same": False, **document})
    else:
        _print(document, paths)
    raise End(Exit.FAILED)


def _lines(file: Any, path: Path) -> Iterator[bytes]:
    from rvx.analysis.tracediff import commits

    lines = commits(file)
    first = next(lines, None)
    if first is None:
        raise UsageProblem(f"'{path}' has no line of a commit log, such as {_SAMPLE}")
    yield first
    yield from lines


_SAMPLE = "'core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000'"


def _document(
    found: Difference,
    paths: list[Path],
    skipped: list[int],
    isa: Isa,
    executable: Executable | None,
) -> dict[str, Any]:
    """What is known about the first difference."""
    from rvx.analysis.tracediff import commits, last_values, operands
    from rvx.cli.trace import reading

    sides = {"left": found.left, "right": found.right}
    # Where they go different ways, what led there is what they still have in common.
    goes_apart = None in sides.values() or _place(found.left) != _place(found.right)
    at = found.before if goes_apart else found.left
    document: dict[str, Any] = {"instruction": found.index + 1, "goes_apart": goes_apart}
    if at is not None:
        document["at"] = _described(at, isa, executable)
        decoded = isa.decode(at.word)
        names = {} if decoded is None else operands(decoded, isa)
        count = found.index - 1 if goes_apart else found.index
        with reading(paths[0]) as file:
            lines = islice(commits(file), skipped[0], skipped[0] + count)
            values = last_values(lines, set(names.values()))
        document["operands"] = {
            written: values[name] for written, name in names.items() if name in values
        }
    for side, line in sides.items():
        document[side] = None if line is None else _described(line, isa, executable)
    return document


def _place(line: Line | None) -> tuple[int, int, int] | None:
    return None if line is None else (line.pc, line.word, line.mode)


def _described(line: Line, isa: Isa, executable: Executable | None) -> dict[str, Any]:
    """A line: where it is, what it is, and what it has changed."""
    from rvx.disassembler import format_instruction

    decoded = isa.decode(line.word)
    text = "" if decoded is None else format_instruction(decoded, isa, address=line.pc)
    found: dict[str, Any] = {
        "pc": f"{line.pc:#x}",
        "word": f"{line.word:#x}",
        "text": " ".join(text.split()) or "no instruction of this ISA",
        "effects": line.effects,
    }
    if executable is not None:
        found["symbol"] = executable.symbols.describe(line.pc)
        found["source"] = _source(executable, line.pc)
    return found


def _source(executable: Executable, pc: int) -> str | None:
    from rvx.disassembler.lines import LineTable

    where = LineTable(executable.data).find(pc) if executable.data else None
    return None if where is None else str(where)


def _print(document: dict[str, Any], paths: list[Path]) -> None:
    print(f"instruction {document['instruction']:,} is the first that differs")
    at = document.get("at")
    if at is not None:
        if document["goes_apart"]:
            print("behind the last one that is the same:")
        print(f"  {_where(at)}")
        print(f"  {at['text']}")
        for name, value in document["operands"].items():
            print(f"    {name} = {value}")
    for path, side in zip(paths, ("left", "right"), strict=True):
        line = document[side]
        if line is None:
            print(f"{path}: has ended")
        elif document["goes_apart"]:
            print(f"{path}: {_where(line)}: {line['text']}: {line['effects'] or 'nothing'}")
        else:
            print(f"{path}: {line['effects'] or 'nothing'}")


def _where(line: dict[str, Any]) -> str:
    symbol = f" <{line['symbol']}>" if line.get("symbol") else ""
    source = f", {line['source']}" if line.get("source") else ""
    return f"{line['pc']}{symbol}{source}"
