"""`rvx asm`: assembles and links sources to an ELF executable, or shows their words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli.declare import Option
from rvx.cli.options import Defines, Ext, IncludeDirs, Inputs, Json, March
from rvx.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rvx.assembler import Program
    from rvx.cli.sources import Inputs as SourceInputs
    from rvx.disassembler import Line
    from rvx.isa import Isa

SCHEMA = "rvx.asm/1"


def asm(
    files: Inputs,
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="FILE", help="Write an ELF executable; - is stdout."),
    ] = None,
    march: March = None,
    ext: Ext = None,
    is_object: Annotated[
        bool,
        Option("-c", help="Write a relocatable object of one source, for a linker, instead."),
    ] = False,
    debug: Annotated[bool, Option("-g", help="Note the lines of the sources.")] = False,
    with_source: Annotated[
        bool, Option("--listing", help="Print address, bytes and source line by line.")
    ] = False,
    include_dirs: IncludeDirs = None,
    defines: Defines = None,
    as_json: Json = False,
) -> None:
    """Assemble and link sources to an ELF executable; without -o, print a listing.

    Objects and archives may stand among the sources; a source that ends in .S is preprocessed by
    the C compiler of the machine. With --json, what is wrong with a source is a JSON document too.
    """
    from rvx.cli import sources

    inputs = sources.Inputs.of(files, include_dirs, defines, debug)
    isa = inputs.choose_isa(march, ext)
    if is_object:
        _write_object(inputs, output, march, isa)
        return
    program = sources.assembled(inputs, isa, march)
    if output == sources.STDIN:
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


def _write_object(inputs: SourceInputs, output: Path | None, march: str | None, isa: Isa) -> None:
    """Writes a relocatable ELF file to where -o says."""
    from rvx.assembler import Assembler, ObjectFile, load
    from rvx.assembler.diagnostics import show
    from rvx.assembler.elf.relocatable import relocatable
    from rvx.cli.output import UsageProblem
    from rvx.cli.sources import STDIN, name_of
    from rvx.extensions import change_arch

    if output is None:
        raise UsageProblem("-c needs -o FILE, the object to write; - is stdout")
    if len(inputs.files) != 1:
        raise UsageProblem(f"-c makes an object of one source, not of {len(inputs.files)}")
    assembler = Assembler(
        isa,
        march=march or "",
        debug=inputs.debug,
        include_dirs=inputs.include_dirs,
        defines=inputs.defines,
        select_arch=change_arch,
    )
    made, diagnostics = load(assembler, inputs.sources()[0], name_of(STDIN))
    if not isinstance(made, ObjectFile):
        raise UsageProblem(f"'{inputs.files[0]}' is an archive; -c takes a source")
    show(diagnostics.found, sys.stderr)
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
