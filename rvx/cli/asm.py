"""`rvx asm`: assembles a source to an ELF executable, or shows its words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rvx.cli.options import Ext, Json, March
from rvx.cli.output import command, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rvx.assembler import Program
    from rvx.disassembler import Line
    from rvx.isa import Isa

SCHEMA = "rvx.asm/1"


@command
def asm(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An assembly source; - is stdin.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write an ELF executable; - is stdout."
        ),
    ] = None,
    march: March = None,
    ext: Ext = None,
    is_object: Annotated[
        bool,
        typer.Option("-c", help="Write a relocatable object, for a linker, instead."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("-g", help="Note the lines of the source, for debuggers (with -c).")
    ] = False,
    with_source: Annotated[
        bool, typer.Option("--listing", help="Print address, bytes and source line by line.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Assemble a source and write an ELF executable; without -o, print a listing."""
    from rvx.cli.sources import STDIN, assembled, choose_isa, read

    isa = choose_isa(march, ext)
    if is_object:
        _write_object(file, output, march, isa, debug)
        return
    program = assembled(file, read(file), isa)
    if output == STDIN:
        sys.stdout.buffer.write(program.to_elf())
        return
    if output is not None:
        program.write_elf(output)
    if as_json:
        print_json(to_json(program, isa))
    elif with_source:
        from rvx.assembler.listing import listing as source_listing

        print(source_listing(program), end="")
    elif output is None:
        for text in listing(program, isa):
            print(text)


def _write_object(
    file: Path, output: Path | None, march: str | None, isa: Isa, debug: bool
) -> None:
    """Writes a relocatable ELF file: FILE.o beside nothing else, or what -o says."""
    from rvx.assembler import Assembler
    from rvx.assembler.elf.relocatable import relocatable
    from rvx.cli.output import UsageProblem, say
    from rvx.cli.sources import STDIN, name_of, read, text_of

    if output is None:
        raise UsageProblem("-c needs -o FILE, the object to write; - is stdout")
    assembler = Assembler(isa, march=march or "", debug=debug)
    made, diagnostics = assembler.object(text_of(file, read(file)), name_of(file))
    for diagnostic in diagnostics.found:
        say(str(diagnostic))
    data = relocatable(made)
    if output == STDIN:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


def code_lines(program: Program, isa: Isa) -> Iterator[Line]:
    """The instructions of a program, section by section."""
    from rvx.disassembler import Symbols, disassemble

    symbols = Symbols({s.name: s.address for s in program.all_symbols if s.section})
    for section in program.sections:
        if section.flags & 4:
            yield from disassemble(section.data, section.address, isa, symbols)


def listing(program: Program, isa: Isa) -> Iterator[str]:
    """Labels, addresses, words, and the lines of the source that they come from."""
    labels: dict[int, list[str]] = {}
    for symbol in program.all_symbols:
        if symbol.section:
            labels.setdefault(symbol.address, []).append(symbol.name)
    for line in code_lines(program, isa):
        for label in labels.get(line.address, ()):
            yield f"{label}:"
        where = program.line_at(line.address)
        place = f"{Path(where.file).name}:{where.line}" if where is not None else ""
        word = f"{line.word:0{2 * line.size}x}"
        yield f"{line.address:8x}  {word:8}  {line.text:32}  {place}".rstrip()


def to_json(program: Program, isa: Isa) -> dict[str, Any]:
    """The document of the schema rvx.asm/1."""
    return {
        "schema": SCHEMA,
        "xlen": program.xlen,
        "entry": program.entry,
        "march": program.march,
        "extensions": dict(program.extensions),
        "sections": [
            {"name": s.name, "address": s.address, "size": s.size} for s in program.sections
        ],
        "symbols": {
            name: symbol.address for name, symbol in program.symbols.items() if symbol.section
        },
        "lines": [_line(program, line) for line in code_lines(program, isa)],
        "warnings": [warning.as_dict() for warning in program.warnings],
    }


def _line(program: Program, line: Line) -> dict[str, Any]:
    where = program.line_at(line.address)
    return {
        "address": line.address,
        "word": f"0x{line.word:0{2 * line.size}x}",
        "text": str(line.written),
        "source": None if where is None else str(where),
    }
