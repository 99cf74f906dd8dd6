"""A linked program out of what the linker has placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rvx.assembler.elf.attributes import merged
from rvx.assembler.elf.executable import ProgramSection, ProgramSymbol
from rvx.assembler.garbage import without_collector
from rvx.assembler.linking.archive import Archive
from rvx.assembler.linking.linker import BASE, Linker
from rvx.assembler.linking.outputs import output_name
from rvx.assembler.linking.program import Program
from rvx.assembler.model.object import LineRows, ObjectFile, ObjectSymbol
from rvx.assembler.model.sections import ALLOC


@without_collector
def link(
    objects: Iterable[ObjectFile | Archive],
    *,
    base: int = BASE,
    entry: str = "_start",
    addresses: Mapping[str, int] | None = None,
    defines: Mapping[str, int] | None = None,
) -> Program:
    """Links objects to a program; see `Linker`.

    Raises:
        AssemblyError: symbols are missing or defined twice, or something does not fit.
    """
    linker = Linker(objects, base=base, entry=entry, addresses=addresses, defines=defines)
    return _program(linker, linker.place())


def _program(linker: Linker, sections: list[ProgramSection]) -> Program:
    """The program of these sections, with symbols, lines and notes."""
    symbols: dict[str, ProgramSymbol] = {}
    every: list[ProgramSymbol] = []
    for item in linker.objects:
        for symbol in item.symbols:
            made = _symbol(linker, symbol)
            if made is None:
                continue
            every.append(made)
            if made.binding != "local" or made.name not in linker.globals:
                symbols[made.name] = made
    for name, value in {**linker.provided, **linker.absolute}.items():
        symbols.setdefault(name, ProgramSymbol(name, value, binding="global"))
        every.append(symbols[name])
    extensions: dict[str, str] = {}
    for item in linker.objects:
        extensions.update(item.extensions)
    return Program(
        linker.xlen,
        _entry(linker, symbols),
        sections,
        symbols,
        every,
        _lines(linker),
        extensions,
        next((item.march for item in linker.objects if item.march), ""),
        linker.elf_flags(),
        merged(item.attributes for item in linker.objects),
    )


def _lines(linker: Linker) -> LineRows:
    return LineRows.joined(
        section.lines.moved((output.address + offset).__add__)
        for output in linker.outputs.values()
        for section, offset in output.parts
    )


def _symbol(linker: Linker, symbol: ObjectSymbol) -> ProgramSymbol | None:
    """The program's symbol for one of an object; None where it has no place in the program."""
    section = symbol.section
    if symbol.kind not in ("defined", "absolute"):
        return None
    if symbol.binding != "local" and linker.globals.get(symbol.name) is not symbol:
        return None
    if section is not None and (
        linker.definitions.is_dropped(section) or not section.flags & ALLOC
    ):
        return None
    if symbol.name.startswith(".L") or symbol.name == "":
        return None
    address = linker.address(symbol, None) or 0
    home = output_name(section) if section is not None else ""
    return ProgramSymbol(symbol.name, address, symbol.size, symbol.type, symbol.binding, home)


def _entry(linker: Linker, symbols: dict[str, ProgramSymbol]) -> int:
    found = symbols.get(linker.entry)
    if found is not None:
        return found.address
    text = linker.outputs.get(".text")
    return text.address if text is not None else 0
