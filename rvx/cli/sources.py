"""Reading what the user names: sources, ELF files, stdin."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvx.cli.output import UsageProblem, say
from rvx.userfiles import why_no_text

if TYPE_CHECKING:
    from rvx.isa import Extension, Isa

ELF_MAGIC = b"\x7fELF"
STDIN = Path("-")
_LARGEST = 1 << 30
_NO_SOURCES = (".elf", ".o", ".a")


@dataclass(frozen=True)
class Elf:
    """What the commands need of an ELF file.

    Attributes:
        xlen: 32 or 64.
        extensions: versions of the extensions that it was assembled for, as rvx notes them;
            empty for files of other tools.
        named: the extensions that its attributes name, in lower case.
        vlen: the least width of vector registers that they name, 0 if they name none.
    """

    xlen: int
    extensions: Mapping[str, str]
    named: tuple[str, ...] = ()
    vlen: int = 0


def read(path: Path) -> bytes:
    """The bytes of a file, or of stdin for `-`.

    Raises:
        UsageProblem: it is a device, or it does not end within reason.
    """
    if path == STDIN:
        data = sys.stdin.buffer.read(_LARGEST + 1)
    elif path.is_char_device() or path.is_block_device():
        raise UsageProblem(f"'{path}' is a device, not a file")
    else:
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
        except OSError as error:
            error.filename = error.filename or str(path)
            raise
    if len(data) > _LARGEST:
        raise UsageProblem(f"'{name_of(path)}' has more than {_LARGEST >> 30} GiB")
    return data


def name_of(path: Path) -> str:
    """What messages call the file."""
    return "<stdin>" if path == STDIN else str(path)


def _check_is_source(path: Path, data: bytes) -> None:
    is_empty = not data and path.suffix in _NO_SOURCES
    problem = "it is empty" if is_empty else why_no_text(data)
    if problem:
        raise UsageProblem(f"'{name_of(path)}' is neither an ELF file nor a source: {problem}")


def is_object(data: bytes) -> bool:
    """Whether these are the bytes of a relocatable ELF file (`e_type` is 1)."""
    return data.startswith(ELF_MAGIC) and data[16:18] == b"\x01\x00"


def choose_isa(
    march: str | None, ext: Sequence[str] | None, elf: Elf | None = None, vlen: int = 0
) -> Isa:
    """The ISA that the user asks for, else the one that the file notes, else the default.

    Raises:
        IsaError: an extension is unknown or clashes.
        UsageProblem: the ISA is not for this file.
    """
    from rvx.extensions import isa_for

    if elf is None or march is not None:
        isa = isa_for(march, ext or (), vlen)
    elif elf.extensions:
        isa = _noted_isa(elf, ext or (), vlen or elf.vlen)
    else:
        isa = _named_isa(elf, ext or (), vlen or elf.vlen)
    if elf is not None and elf.xlen != isa.xlen:
        raise UsageProblem(f"this is an RV{elf.xlen} file, and the ISA is for RV{isa.xlen}")
    return isa


def _named_isa(elf: Elf, ext: Sequence[str], vlen: int) -> Isa:
    """The ISA of a file of another tool: the default, or RV32GC, with what its attributes name.

    What clashes with G or C, as Zcmp and Zfinx do, is taken without them.
    """
    from rvx.extensions import NOT_BY_DEFAULT, isa_for, names, without_superseding
    from rvx.extensions.march import WITHOUT_INSTRUCTIONS
    from rvx.isa import ClashError

    known = [name for name in elf.named if name in names() or name in WITHOUT_INSTRUCTIONS]
    if elf.xlen == 64 and not any(name in NOT_BY_DEFAULT for name in known):
        return without_superseding(isa_for(None, ext, vlen), known)
    try:
        general = "gc" if "e" not in known else "emac_zicsr_zifencei"
        return isa_for("_".join([f"rv{elf.xlen}{general}", *known]), ext, vlen)
    except ClashError:
        letters = "".join(name for name in known if len(name) == 1)
        longer = [name for name in known if len(name) > 1]
        return isa_for("_".join([f"rv{elf.xlen}{letters}", *longer]), ext, vlen)


def _noted_isa(elf: Elf, ext: Sequence[str], vlen: int) -> Isa:
    """The extensions that a file was assembled for; those in files of the user's come first.

    The note lists what the parts of a program use that rvx has assembled. Others may have come from
    a compiler or a library, and are named in the attributes.
    """
    from rvx import extensions
    from rvx.isa import ClashError

    shipped = extensions.names()
    own: dict[str, Extension] = {}
    for one in ext:
        given = (extensions.load(one),) if one.lower() in shipped else extensions.load_file(one)
        own |= {found.name: found for found in given}
    for name, version in elf.extensions.items():
        if name not in own and name.lower() not in shipped:
            raise UsageProblem(
                f"the file was assembled for {name} {version}, which is not installed here; "
                f"name the file that declares it with --ext"
            )
    taken = {name.lower() for name in own}
    noted = [name.lower() for name in elf.extensions if name.lower() not in {*taken, "i"}]
    named = [name for name in elf.named if name in shipped and name not in {*taken, *noted, "i"}]
    base = f"rv{elf.xlen}i"
    try:
        isa = extensions.isa_for("_".join([base, *noted, *named]), list(own.values()), vlen)
    except ClashError:  # What the code has goes before what the attributes say of it.
        isa = extensions.isa_for("_".join([base, *noted]), list(own.values()), vlen)
    for name, version in elf.extensions.items():
        if isa.extensions[name].version != version:
            say(f"warning: assembled for {name} {version}, run with {isa.extensions[name].version}")
    return isa


@dataclass(frozen=True)
class Inputs:
    """What is assembled and linked, and how.

    Attributes:
        files: paths; `-` is the standard input.
        include_dirs: where `.include` looks after the source's own folder.
        defines: of `--defsym`.
        debug: whether lines of the sources are noted in the file.
    """

    files: tuple[Path, ...]
    include_dirs: tuple[Path, ...] = ()
    defines: Mapping[str, int] = field(default_factory=dict)
    debug: bool = False
    _contents: dict[Path, bytes] = field(default_factory=dict, repr=False)

    def content(self, path: Path) -> bytes:
        """The bytes of one of the files, which is read once: the standard input comes once."""
        if path not in self._contents:
            self._contents[path] = read(path)
        return self._contents[path]

    @classmethod
    def of(
        cls,
        files: Sequence[Path],
        include_dirs: Sequence[Path] | None = None,
        defines: Sequence[str] | None = None,
        debug: bool = False,
    ) -> Inputs:
        """The inputs of a command line.

        Raises:
            UsageProblem: a definition is none.
        """
        return cls(tuple(files), tuple(include_dirs or ()), _definitions(defines or ()), debug)

    def sources(self) -> list[str | Path]:
        """What the assembler takes: paths, and the text of the standard input.

        Raises:
            UsageProblem: a file is something else.
            OSError: a file cannot be read.
        """
        from rvx.assembler.linking.archive import is_archive

        found: list[str | Path] = []
        for path in self.files:
            data = self.content(path)
            is_binary = is_object(data) or is_archive(data)
            if is_binary and path == STDIN:
                raise UsageProblem("an object or archive cannot come from the standard input")
            if is_binary:
                found.append(path)
                continue
            if data.startswith(ELF_MAGIC):
                raise UsageProblem(f"'{name_of(path)}' is linked already; give it alone")
            _check_is_source(path, data)
            is_text = path == STDIN
            found.append(data.decode("utf-8", "surrogateescape") if is_text else path)
        return found

    def choose_isa(self, march: str | None, ext: Sequence[str] | None, vlen: int = 0) -> Isa:
        """The ISA that the user asks for, with what the objects among the files note.

        Without an ISA string, a source that has a mnemonic of the vector extension gets it, and
        the extensions beside it whose mnemonics it has.

        Raises:
            IsaError: an extension is unknown or clashes.
        """
        from rvx.extensions import isa_for, names

        noted: dict[str, None] = dict.fromkeys(ext or ())
        shipped, xlen = names(), 0
        if march is None:
            for path in self.files:
                noted.update(dict.fromkeys(_vector_extensions(self.content(path))))
        for path in self.files:
            data = self.content(path)
            if is_object(data):
                elf = read_elf(path, data)
                xlen = elf.xlen
                known = [name for name in elf.extensions if name.lower() in shipped]
                noted.update(dict.fromkeys(name for name in known if name.startswith("X")))
        return isa_for(march or ("rv32gc" if xlen == 32 else None), list(noted), vlen)


_SETS_VECTORS = re.compile(
    rb"^[^#\n]*\bv(?:setvli|setivli|setvl|[ls][1248]re?\d*\.v)\b", re.MULTILINE
)
"""An instruction without which no vector program does anything: it sets vtype, or needs none."""


_VECTOR_MNEMONIC = re.compile(rb"(?:^|[:;])[ \t]*(v[a-z0-9]+(?:\.[a-z0-9]+)*)\b", re.MULTILINE)
_HALVES = re.compile(rb"^[^#\n]*\bvseti?vli\b[^#\n]*\be16\b", re.MULTILINE)
_BESIDE_V = (
    *("zvfbfmin", "zvfbfwma", "zvkb", "zvbb", "zvbc"),
    *("zvkned", "zvknhb", "zvkg", "zvksed", "zvksh"),
    *("xvposit", "xvfp8"),
)
"""Extensions of vector instructions that go together, and with V."""


def _vector_extensions(data: bytes) -> list[str]:
    """The vector extensions that a source uses, by its mnemonics; none for what is no source.

    Halves have the mnemonics of other floats: where both they and elements of 16 bits are there,
    they are allowed.
    """
    from rvx.extensions import load

    if data.startswith(ELF_MAGIC) or _SETS_VECTORS.search(data) is None:
        return []
    used = {found.decode() for found in _VECTOR_MNEMONIC.findall(data)}
    found = ["v"]
    for name in _BESIDE_V:
        if any(one.mnemonic in used for one in load(name).instructions.values()):
            found.append(name)
    if _HALVES.search(data) and any(one.startswith(("vf", "vmf")) for one in used):
        found.append("zvfh")
    return found


def _definitions(texts: Sequence[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            found[name] = int(number, 0)
        except ValueError:
            raise UsageProblem(f"--defsym {text}: write NAME=NUMBER, as in size=0x40") from None
    return found


def assembled(inputs: Inputs, isa: Isa, march: str | None = None) -> Any:
    """The program of sources and objects; warnings go to stderr.

    Raises:
        AssemblyError: a source is wrong, or the objects do not link.
    """
    from rvx.assembler import assemble
    from rvx.assembler.diagnostics import show
    from rvx.extensions import change_arch

    program = assemble(
        inputs.sources(),
        isa,
        name=name_of(STDIN),
        march=march or "",
        include_dirs=inputs.include_dirs,
        defines=inputs.defines,
        debug=inputs.debug,
        select_arch=change_arch,
    )
    show(program.warnings, sys.stderr)
    return program


def read_elf(path: Path, data: bytes) -> Elf:
    """The width and the notes of an ELF file.

    Raises:
        UsageProblem: it is damaged, or not for RISC-V.
    """
    from elftools.elf.elffile import ELFFile

    from rvx.disassembler.damage import reading

    try:
        with reading("it"):
            elf = ELFFile(io.BytesIO(data))
            machine = elf.header["e_machine"]
        if machine != "EM_RISCV":
            raise ValueError(f"it is for {machine}")
        with reading("it"):
            return _parse(elf)
    except ValueError as error:
        raise UsageProblem(f"'{name_of(path)}' is not a valid RISC-V ELF file: {error}") from None


def _parse(elf: Any) -> Elf:
    from rvx.assembler.elf.attributes import ARCH, named_extensions, read_attributes
    from rvx.assembler.elf.attributes import SECTION as ATTRIBUTES
    from rvx.assembler.elf.notes import SECTION, read_extensions_note

    note = elf.get_section_by_name(SECTION)
    extensions = {} if note is None else read_extensions_note(note.data())[1]
    section = elf.get_section_by_name(ATTRIBUTES)
    arch = str(read_attributes(section.data()).get(ARCH, "")) if section is not None else ""
    named, vlen = named_extensions(arch)
    return Elf(int(elf.elfclass), extensions, tuple(named), vlen)
