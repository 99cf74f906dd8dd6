"""The code of an ELF file as text, in the format of `objdump -d`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rvx.disassembler.damage import reading
from rvx.disassembler.elf import Code, Relocation, read_code
from rvx.disassembler.lines import LineTable
from rvx.disassembler.sourcetext import SourceText
from rvx.disassembler.stream import Disassembler, Line
from rvx.disassembler.text import Written
from rvx.isa import Address, Isa

_SKIPPED_ZEROS = 8
_SKIPPED_ZEROS_AT_END = 3
_ROW_BYTES = 8
"""Bytes of a word in one row; the rest of a longer one goes into rows of its own."""
_WORD_COLUMN = {1: 18, 2: 20, 4: 18}
"""How wide the column of words is, by the size of the chunks in it."""

_DATA = {4: ".word", 2: ".short", 1: ".byte"}


def disassemble_elf(
    source: str | Path | bytes,
    isa: Isa,
    *,
    name: str | None = None,
    aliases: bool = True,
    relocations: bool = False,
    lines: bool = False,
    source_text: bool = False,
) -> str:
    """Disassembles all code of an ELF file.

    Args:
        source: the file, or what is in it.
        isa: decides what is an instruction; its XLEN is that of the file.
        name: of the file in the first line; by default the path.
        aliases: see `format_instruction`.
        relocations: whether to print relocations below their instructions, as `objdump -dr` does.
        lines: whether to print file and line in front of instructions, as `objdump -dl` does.
        source_text: whether to print the lines themselves, as `objdump -S` does.

    Raises:
        ValueError: it is no ELF file for RISC-V of this XLEN, or it is damaged.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    code = read_code(data)
    if code.xlen != isa.xlen:
        raise ValueError(f"the file is for RV{code.xlen}, and the ISA is RV{isa.xlen}")
    shown = name or ("<bytes>" if isinstance(source, bytes) else str(source))
    out = ["", f"{shown}:     file format elf{code.xlen}-littleriscv", ""]
    before: SourceText | None = None
    if lines or source_text:
        before = SourceText(LineTable(data), has_lines=lines, has_text=source_text)
    disassembler = Disassembler(isa, aliases=aliases)
    with reading("the file"):
        for section in code.sections:
            out += ["", f"Disassembly of section {section.name}:"]
            disassembler.use_symbols(section.symbols)
            out += _section(section, disassembler, isa.xlen // 4, relocations, before)
    return "\n".join(out) + "\n"


def _section(
    section: Code,
    disassembler: Disassembler,
    digits: int,
    has_relocations: bool,
    before: SourceText | None,
) -> Iterator[str]:
    end = section.address + len(section.data)
    starts = sorted({section.address, *(a for a in section.labels if a < end)})
    width = _address_width(end, digits)
    pending = list(section.relocations) if has_relocations else []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        described = section.symbols.describe(start).partition("<")[2][:-1]
        label = section.labels.get(start) or described or section.name
        yield f"\n{start:0{digits}x} <{label}>:"
        region = _region(section, start, stop, width, disassembler, pending)
        for address, text in region:
            if before is not None and address is not None:
                yield from before.before(address, section.number, label)
            yield text


def _region(
    section: Code,
    start: Address,
    stop: Address,
    width: int,
    disassembler: Disassembler,
    pending: list[Relocation],
) -> Iterator[tuple[Address | None, str]]:
    """The lines from one label to the next, those of instructions with their addresses."""
    at = start
    while at < stop:
        zeros = _zeros_to_skip(section.data[at - section.address : stop - section.address])
        if zeros and not (pending and pending[0].address < at + zeros):
            yield None, "\t..."
            at += zeros
            continue
        line = _line(section, at, disassembler)
        yield at, _rows(line, width)
        at += line.size
        while pending and pending[0].address < at:
            relocation = pending.pop(0)
            yield None, f"\t\t\t{relocation.address:x}: {relocation.text}"


def _zeros_to_skip(rest: bytes) -> int:
    """How many zeros objdump leaves out at the beginning of what is left of a region."""
    zeros = len(rest) - len(rest.lstrip(b"\0"))
    if zeros == len(rest):
        return zeros if zeros >= _SKIPPED_ZEROS or zeros < _SKIPPED_ZEROS_AT_END else 0
    return zeros & ~3 if zeros >= _SKIPPED_ZEROS else 0


def _line(section: Code, at: Address, disassembler: Disassembler) -> Line:
    marks = [address for address in section.data_marks if address <= at]
    if not marks or not section.data_marks[max(marks)]:
        return disassembler.line(section.data, at - section.address, at)
    end = min(
        (address for address in section.data_marks if address > at),
        default=section.address + len(section.data),
    )
    size = next(size for size in _DATA if size <= end - at)
    offset = at - section.address
    value = int.from_bytes(section.data[offset : offset + size], "little")
    return Line(at, size, value, Written(_DATA[size], f"{value:#0{2 * size + 2}x}"))


def _rows(line: Line, width: int) -> str:
    """A line, and rows for what is left of a long word."""
    chunks = _chunks(line)
    text = f"{line.address:{width}x}:\t{chunks[0]}\t{line.written.mnemonic}"
    if line.written.operands:
        text += f"\t{line.written.operands}"
    rows = [f"{text} # {line.comment}" if line.comment else text]
    for index, rest in enumerate(chunks[1:], 1):
        rows.append(f"{line.address + index * _ROW_BYTES:{width}x}:\t{rest.rstrip()} ")
    return "\n".join(rows)


def _chunks(line: Line) -> list[str]:
    """The word in hexadecimal, in chunks of two or four bytes, filled up to the width of a row."""
    size = next(size for size in (4, 2, 1) if line.size % size == 0)
    data = line.word.to_bytes(line.size, "little")
    texts = []
    for row in range(0, line.size, _ROW_BYTES):
        part = data[row : row + _ROW_BYTES]
        words = [part[at : at + size] for at in range(0, len(part), size)]
        shown = "".join(f"{int.from_bytes(word, 'little'):0{2 * size}x} " for word in words)
        texts.append(shown.ljust(_WORD_COLUMN[size]))
    return texts


def _address_width(end: Address, digits: int) -> int:
    """How many digits an address takes: leading zeros go in groups of four, one always stays."""
    text = f"{end:0{digits}x}"
    skipped = 0
    while text[skipped : skipped + 5] == "00000":
        skipped += 4
    return digits - skipped
