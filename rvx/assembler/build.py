"""The way from sources, objects and archives to a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rvx.assembler.assembler import Assembler
from rvx.assembler.diagnostics import AssemblyError, Diagnostics
from rvx.assembler.elf.reader import read_object
from rvx.assembler.linking.archive import Archive, is_archive, read_archive
from rvx.assembler.linking.linker import BASE
from rvx.assembler.linking.program import Program
from rvx.assembler.linking.result import link
from rvx.assembler.model.object import ObjectFile
from rvx.assembler.source.preprocess import preprocess
from rvx.isa import Isa

Source = str | Path
ELF_MAGIC = b"\x7fELF"


def load(
    assembler: Assembler, item: Source, name: str = "<string>"
) -> tuple[ObjectFile | Archive, Diagnostics]:
    """What the linker takes: a source is assembled, objects and archives are read as they are.

    Args:
        assembler: for sources; a file that ends in `.S` is preprocessed first.
        item: the text of a source, or the path of a file.
        name: what a text is called in messages.

    Raises:
        AssemblyError: the source does not assemble, or the file is damaged.
        OSError: the file cannot be read.
    """
    if not isinstance(item, Path):
        return assembler.object(item, name)
    data = item.read_bytes()
    if data.startswith(ELF_MAGIC):
        return read_object(data, str(item)), Diagnostics()
    if is_archive(data):
        return read_archive(data, str(item)), Diagnostics()
    if item.suffix == ".S":
        text = preprocess(item, include_dirs=assembler.include_dirs, xlen=assembler.isa.xlen)
    else:
        text = data.decode("utf-8", "surrogateescape")
    return assembler.object(text, str(item))


def assemble(
    source: Source | Iterable[Source],
    isa: Isa,
    *,
    name: str = "<string>",
    march: str = "",
    base: int = BASE,
    entry: str = "_start",
    include_dirs: Sequence[str | Path] = (),
    defines: Mapping[str, int] | None = None,
    addresses: Mapping[str, int] | None = None,
    debug: bool = False,
    select_arch: Callable[[Isa, str], Isa] | None = None,
) -> Program:
    """Assembles and links to a program.

    Args:
        source: text; or the path of a file as `Path`, which may be a source, a `.S` to preprocess
            an object or an archive of objects; or several of these, which are linked.
        isa: the instructions there are.
        name: what a source text is called in messages.
        march: the architecture string that is noted in the program.
        base: address of the first section.
        entry: symbol where the program starts. Without it, the start of .text is the entry.
        include_dirs: where `.include` and `.incbin` look after the source's own folder.
        defines: symbols that have a value from the start.
        addresses: addresses of sections by name, where they are to be elsewhere.
        debug: whether to write line tables for the sources themselves.
        select_arch: gives the ISA that `.option arch, ...` asks for, from the one before.

    Raises:
        AssemblyError: with every error that was found.
        OSError: a source file cannot be read.
    """
    sources: list[Source] = [source] if isinstance(source, str | Path) else list(source)
    assembler = Assembler(
        isa,
        march=march,
        debug=debug,
        include_dirs=include_dirs,
        defines=defines,
        select_arch=select_arch,
    )
    objects: list[ObjectFile | Archive] = []
    found = Diagnostics()
    for item in sources:
        try:
            made, diagnostics = load(assembler, item, name)
        except AssemblyError as error:
            found.found.extend(error.diagnostics)
            found.errors += 1
            continue
        objects.append(made)
        found.found.extend(diagnostics.found)
    found.check()
    program = link(objects, base=base, entry=entry, addresses=addresses)
    program.warnings = found.found
    return program
