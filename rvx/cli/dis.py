"""`rvx dis`: the instructions of an ELF file, or of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli.declare import Argument, Option
from rvx.cli.options import Ext, Json, March
from rvx.cli.output import UsageProblem, print_json, print_table

if TYPE_CHECKING:
    from rich.table import Table

    from rvx.disassembler import Line
    from rvx.isa import Isa

SCHEMA = "rvx.dis/1"


def dis(
    what: Annotated[
        list[str],
        Argument(
            metavar="FILE|WORD...",
            help="An ELF file, words such as 0x0400000b, or a file of such words; - is stdin.",
        ),
    ],
    march: March = None,
    ext: Ext = None,
    aliases: Annotated[
        bool, Option("--aliases/--no-aliases", help="Print aliases such as mv and ret.")
    ] = True,
    lines: Annotated[
        bool, Option("--line-numbers", "-l", help="Print function, file and line of code.")
    ] = False,
    source_text: Annotated[
        bool, Option("--source", "-S", help="Print the source between the instructions.")
    ] = False,
    relocations: Annotated[
        bool, Option("--reloc", "-r", help="Print relocations below their instructions.")
    ] = False,
    sections: Annotated[
        bool, Option("--sections", help="Print the table of sections instead.")
    ] = False,
    symbols: Annotated[
        bool, Option("--symbols", help="Print the table of symbols instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Disassemble the code of an ELF file, in the format of GNU objdump, or words.

    Words are hexadecimal, of two to 22 bytes each, as their low bits say.
    """
    from rvx.cli.sources import ELF_MAGIC, choose_isa, read, read_elf
    from rvx.disassembler import disassemble_elf

    if all(text.lower().startswith("0x") for text in what):
        _print_words(what, choose_isa(march, ext), aliases, as_json)
        return
    if len(what) > 1:
        raise UsageProblem("give one ELF file, or words that begin with 0x")
    path = Path(what[0])
    data = read(path)
    if not data.startswith(ELF_MAGIC):
        _print_words(_words_of_file(what[0], data), choose_isa(march, ext), aliases, as_json)
        return
    isa = choose_isa(march, ext, read_elf(path, data))
    shown = {"relocations": relocations, "lines": lines, "source_text": source_text}
    try:
        if as_json:
            print_json(to_json(data, isa, aliases))
            return
        for rows in _tables(data, sections, symbols):
            print_table(rows)
        if not sections and not symbols:
            text = disassemble_elf(data, isa, name=what[0], aliases=aliases, **shown)
            print(text.removeprefix("\n"), end="")
    except ValueError as error:
        raise UsageProblem(f"'{what[0]}': {error}") from None


def _words_of_file(name: str, data: bytes) -> list[str]:
    """The words of a file of hexadecimal text."""
    words = data.decode("latin-1").split()
    digits = {word.lower().removeprefix("0x") for word in words}
    if not words or not all(part and set(part) <= set("0123456789abcdef") for part in digits):
        raise UsageProblem(
            f"'{name}' is neither an ELF file nor hexadecimal words; rvx asm shows the words of a "
            f"source"
        )
    return words


def _print_words(words: Sequence[str], isa: Isa, aliases: bool, as_json: bool) -> None:
    from rvx.disassembler import disassemble

    found = list(disassemble(_bytes(words), 0, isa, aliases=aliases))
    if as_json:
        print_json({"schema": SCHEMA, "sections": [{"name": "", "lines": _lines(found)}]})
        return
    for line in found:
        word = f"{line.word:0{2 * line.size}x}"
        print(f"{line.address:8x}:  {word:8}  {line.text}")


def _bytes(texts: Sequence[str]) -> bytes:
    """The bytes of words, as many as their low bits say."""
    from rvx.disassembler import instruction_size

    data = b""
    for text in texts:
        try:
            word = int(text, 16)
        except ValueError:
            raise UsageProblem(f"'{text}' is not a word; write it as 0x0400000b") from None
        size = instruction_size(word)
        if word >> 8 * size:
            raise UsageProblem(f"{text} has more than the {8 * size} bits of such a word")
        data += word.to_bytes(size, "little")
    return data


def _tables(data: bytes, sections: bool, symbols: bool) -> Iterator[Table]:
    from rvx.disassembler.tables import section_rows, symbol_rows

    if sections:
        yield _table([asdict(row) for row in section_rows(data)])
    if symbols:
        yield _table([asdict(row) for row in symbol_rows(data)])


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    numbers = ("address", "size", "alignment")
    found = Table(box=SIMPLE_HEAD)
    for name in rows[0] if rows else ():
        found.add_column(name, justify="right" if name in numbers else "left")
    for row in rows:
        shown = {**row, "address": f"{row['address']:x}"}
        found.add_row(*(Text(str(value)) for value in shown.values()))
    return found


def to_json(data: bytes, isa: Isa, aliases: bool) -> dict[str, Any]:
    """The document of the schema rvx.dis/1 for an ELF file."""
    from rvx.disassembler import disassemble
    from rvx.disassembler.elf import read_code
    from rvx.disassembler.lines import LineTable
    from rvx.disassembler.tables import section_rows, symbol_rows

    table = LineTable(data)
    sections = []
    for code in read_code(data).sections:
        found = list(disassemble(code.data, code.address, isa, code.symbols, aliases))
        lines = _lines(found)
        for line in lines:
            where = table.find(line["address"], code.number)
            line["source"] = None if where is None else str(where)
        relocations = [
            {"address": one.address, "text": one.text.replace("\t", " ")}
            for one in code.relocations
        ]
        sections.append({"name": code.name, "lines": lines, "relocations": relocations})
    return {
        "schema": SCHEMA,
        "sections": sections,
        "all_sections": [asdict(row) for row in section_rows(data)],
        "symbols": [asdict(row) for row in symbol_rows(data)],
    }


def _lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "address": line.address,
            "word": f"0x{line.word:0{2 * line.size}x}",
            "text": str(line.written),
            "mnemonic": line.decoded.instruction.mnemonic if line.decoded else None,
            "extension": line.decoded.instruction.extension if line.decoded else None,
        }
        for line in lines
    ]
