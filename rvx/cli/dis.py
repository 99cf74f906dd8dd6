"""`rvx dis`: the instructions of an ELF file, or of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rvx.cli.options import Ext, Json, March
from rvx.cli.output import UsageProblem, command, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rvx.cli.sources import Elf
    from rvx.disassembler import Line
    from rvx.isa import Isa

SCHEMA = "rvx.dis/1"


@command
def dis(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FILE|WORD...", help="An ELF file, or words such as 0x0400000b."),
    ],
    march: March = None,
    ext: Ext = None,
    aliases: Annotated[
        bool, typer.Option("--aliases/--no-aliases", help="Print aliases such as mv and ret.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Disassemble the code of an ELF file, or single words."""
    from rvx.cli.sources import choose_isa
    from rvx.disassembler import disassemble

    if all(text.lower().startswith("0x") for text in what):
        isa = choose_isa(march, ext)
        lines = list(disassemble(_words(what), 0, isa, aliases=aliases))
        if as_json:
            print_json({"schema": SCHEMA, "sections": [_section("", lines)]})
        else:
            _print(lines)
        return
    if len(what) > 1:
        raise UsageProblem("give one ELF file, or words that begin with 0x")
    _dis_file(what[0], march, ext, aliases, as_json)


def _words(texts: Sequence[str]) -> bytes:
    """The bytes of words: four, or two where the low bits say so."""
    data = b""
    for text in texts:
        try:
            word = int(text, 16)
        except ValueError:
            raise UsageProblem(f"'{text}' is not a word; write it as 0x0400000b") from None
        size = 4 if word & 3 == 3 else 2
        if word >> 8 * size:
            raise UsageProblem(f"{text} has more than the {8 * size} bits of such a word")
        data += word.to_bytes(size, "little")
    return data


def _dis_file(name: str, march: Any, ext: Any, aliases: bool, as_json: bool) -> None:
    from pathlib import Path

    from rvx.cli.sources import ELF_MAGIC, choose_isa, read, read_elf
    from rvx.disassembler import Symbols

    path = Path(name)
    data = read(path)
    if not data.startswith(ELF_MAGIC):
        raise UsageProblem(f"'{name}' is not an ELF file; rvx asm shows the words of a source")
    elf = read_elf(path, data)
    isa = choose_isa(march, ext, elf)
    symbols = Symbols(elf.symbols)
    sections = list(_sections(elf, isa, symbols, aliases))
    if as_json:
        print_json({"schema": SCHEMA, "sections": [_section(*each) for each in sections]})
        return
    for title, lines in sections:
        print(f"\nsection {title}:")
        _print(lines, symbols)


def _sections(elf: Elf, isa: Isa, symbols: Any, aliases: bool) -> Iterator[tuple[str, list[Line]]]:
    from rvx.disassembler import disassemble

    for code in elf.code:
        lines = disassemble(code.data, code.address, isa, symbols, aliases)
        yield code.name, list(lines)


def _print(lines: Sequence[Line], symbols: Any = None) -> None:
    for line in lines:
        label = symbols.at(line.address) if symbols is not None else None
        if label is not None:
            print(f"\n{line.address:016x} <{label}>:")
        word = f"{line.word:0{2 * line.size}x}"
        print(f"{line.address:8x}:  {word:8}  {line.text}")


def _section(name: str, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "name": name,
        "lines": [
            {
                "address": line.address,
                "word": f"0x{line.word:0{2 * line.size}x}",
                "text": str(line.written),
                "mnemonic": line.decoded.instruction.mnemonic if line.decoded else None,
                "extension": line.decoded.instruction.extension if line.decoded else None,
            }
            for line in lines
        ],
    }
