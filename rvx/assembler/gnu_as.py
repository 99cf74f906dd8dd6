"""`rvx as`: stands in for GNU as, with the flags that compiler drivers pass."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence

from rvx.assembler.assembler import Assembler
from rvx.assembler.diagnostics import AssemblyError, SourceError, did_you_mean, show
from rvx.assembler.elf.relocatable import write_object, write_whole
from rvx.assembler.source.grammar import parse_integer
from rvx.assembler.source.names import NAME
from rvx.isa import Isa, IsaError
from rvx.records import dataclass, field
from rvx.regex import regex
from rvx.userfiles import why_no_text
from rvx.version import __version__

DEFAULT_MARCH = "rv64gc"
SOURCE_ERROR, USAGE_ERROR = 3, 2
STANDARD_INPUT = "{standard input}"
_WITH_VALUE = {
    "-march",
    "-mabi",
    "-misa-spec",
    "-mpriv-spec",
    "--defsym",
    "-defsym",
    "-o",
    "-I",
    "-MD",
    "--MD",
    "--ext",
}
_IGNORED = {
    "--traditional-format",
    "-mno-arch-attr",
    "-march-attr",
    "-mlittle-endian",
    "-mcsr-check",
    "-mno-csr-check",
    "--fatal-warnings",
    "--warn",
    "-v",
    "-W",
    "--no-warn",
    "-Qy",
    "-Qn",
    "-k",
    "--noexecstack",
    "--execstack",
    "--64",
    "--32",
    "-D",
    "-L",
    "--keep-locals",
    "-J",
    "-Z",
    "-f",
    "--compress-debug-sections",
    "--nocompress-debug-sections",
    "--debug-prefix-map",
    "--size-check",
    "--elf-stt-common",
    "--generate-missing-build-notes",
    "--hash-size",
    "--reduce-memory-overheads",
    "--sectname-subst",
    "--strip-local-absolute",
    "--statistics",
}
"""Flags that change nothing in what is assembled, or nothing here: debug sections stay plain."""
PRIV_SPECS = {"1.9.1": (1, 9), "1.10": (1, 10), "1.11": (1, 11), "1.12": (1, 12)}
_SYMBOL = regex(NAME, re.ASCII)
_ABI = regex(r"(ilp32|lp64)(f|d|(?<=ilp32)e|)")
_DEBUG = ("-g", "--gen-debug", "-gdwarf", "--gdwarf", "-gstabs", "--gstabs")


@dataclass
class Arguments:
    """A command line of GNU as.

    Attributes:
        sources: paths, `-` for the standard input; several are one source, as with GNU as.
        output: where the object goes.
        dependencies: where a rule for make goes, empty if nobody wants one.
        march: the last `-march`.
        abi: the last `-mabi`.
        priv_spec: major and minor version, of the last `-mpriv-spec`.
        relax: whether the linker may relax.
        pic: whether `la` goes through the global offset table.
        debug: whether lines of the source itself are noted.
        include_dirs: where `.include` looks.
        defines: of `--defsym`.
        extensions: files and names of `--ext`, which GNU as does not have.
    """

    sources: list[str] = field(default_factory=list)
    output: str = "a.out"
    dependencies: str = ""
    march: str = DEFAULT_MARCH
    abi: str = ""
    priv_spec: tuple[int, int] = (1, 11)
    relax: bool = True
    pic: bool = False
    debug: bool = False
    include_dirs: list[str] = field(default_factory=list)
    defines: dict[str, int] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)


def parse_arguments(words: Sequence[str]) -> Arguments:
    """Reads a command line of GNU as.

    Raises:
        ValueError: a flag is not known, or a value is missing.
    """
    found = Arguments()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":  # both of these name the standard input
            word = "-"
        name, equals, value = word.partition("=")
        if word.startswith("-I") and len(word) > 2:
            name, value = "-I", word[2:]
        elif name in _WITH_VALUE and not equals:
            if not rest:
                raise ValueError(f"{name} needs a value")
            value = rest.pop(0)
        if name == "-o":
            found.output = value
        elif name in ("-MD", "--MD"):
            found.dependencies = value
        elif name == "-march":
            found.march = value
        elif name == "-mabi":
            found.abi = value
        elif name == "-mpriv-spec":
            if value not in PRIV_SPECS:
                raise ValueError(
                    f"-mpriv-spec={value} is not known; valid are {', '.join(PRIV_SPECS)}"
                )
            found.priv_spec = PRIV_SPECS[value]
        elif name == "--ext":
            found.extensions.append(value)
        elif name == "-I":
            found.include_dirs.append(value)
        elif name in ("--defsym", "-defsym"):
            symbol, number = _definition(name, value)
            found.defines[symbol] = number
        elif word in ("-mrelax", "-mno-relax"):
            found.relax = word == "-mrelax"
        elif word in ("-fpic", "-fPIC", "-fno-pic"):
            found.pic = word != "-fno-pic"
        elif word.startswith(_DEBUG):
            found.debug = True
        elif word == "-" or not word.startswith("-"):
            found.sources.append(word)
        elif name not in _IGNORED and name not in _WITH_VALUE:
            known = [*_WITH_VALUE, *_IGNORED, *_DEBUG, "-mrelax", "-mno-relax", "-fpic"]
            hint = did_you_mean(name, known)
            raise ValueError(
                f"flag '{word}' is not known to rvx as" + (f"; {hint}" if hint else "")
            )
    return found


def _definition(flag: str, text: str) -> tuple[str, int]:
    """The symbol and the number of `name=0x10`.

    Raises:
        ValueError: it is none, or has a name that no source can use.
    """
    symbol, _, literal = text.partition("=")
    digits = literal.removeprefix("-")
    try:
        if not digits[:1].isdecimal() or not _SYMBOL.fullmatch(symbol) or symbol == ".":
            raise ValueError
        number = parse_integer(digits) * (1 if digits == literal else -1)
    except (ValueError, SourceError):
        raise ValueError(f"{flag} {text}: write a symbol and a number, as in name=0x10") from None
    if not -(1 << 63) <= number < 1 << 64:
        raise ValueError(f"{flag} {text}: the number has more than 64 bits")
    return symbol, number


def _check_output(sources: Sequence[str], output: str) -> None:
    """Refuses to write over a source.

    Raises:
        ValueError: one of the sources is the file to write.
    """
    for source in sources:
        if os.path.isfile(source) and os.path.exists(output) and os.path.samefile(source, output):
            raise ValueError(f"'{source}' is the source and the output '{output}': give another -o")


def check_abi(abi: str, isa: Isa) -> None:
    """Refuses an ABI that passes arguments in registers which the ISA does not have.

    Raises:
        ValueError: it does, or there is no such ABI.
    """
    found = _ABI.fullmatch(abi)
    if found is None:
        raise ValueError(
            f"'{abi}' is not an ABI; valid are ilp32, ilp32e and lp64, with f or d for floats "
            "in registers"
        )
    if (found[1] == "lp64") != (isa.xlen == 64):
        raise ValueError(f"-mabi={abi} is not an ABI of RV{isa.xlen}, which -march asks for")
    needed = found[2].upper()
    if needed in ("F", "D") and needed not in isa.extensions:
        raise ValueError(
            f"-mabi={abi} passes arguments in registers of {needed}, which -march does not have"
        )


def run(
    words: Sequence[str],
    choose_isa: Callable[[str, Sequence[str]], Isa],
    select_arch: Callable[[Isa, str], Isa] | None = None,
    keep: Callable[[object], None] = lambda made: None,
) -> int:
    """Assembles as GNU as does, from a command line.

    Args:
        words: the arguments, without the program's name.
        choose_isa: the ISA of an architecture string and of the user's extensions, with those to
            offer besides.
        select_arch: gives the ISA that `.option arch` asks for, from the one before.
        keep: gets the object, where there is no need to free it before the process ends.

    Returns:
        The exit code: 0, 2 for a wrong command line, 3 for a source that does not assemble.
    """
    if "--version" in words or "-version" in words:
        print(f"rvx as {__version__}, with the flags of GNU assembler 2.40")
        return 0
    try:
        chosen = parse_arguments(words)
        isa = choose_isa(chosen.march, chosen.extensions)
        if chosen.abi:
            check_abi(chosen.abi, isa)
        _check_output([*chosen.sources], chosen.output)
        _check_output([*chosen.sources], chosen.dependencies)
    except (ValueError, IsaError) as error:
        print(f"rvx as: {error}", file=sys.stderr)
        return USAGE_ERROR
    try:
        text, name = _read(chosen.sources or ["-"])
    except ValueError as error:
        print(f"rvx as: {error}", file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:
        where = STANDARD_INPUT if error.filename is None else error.filename
        print(f"rvx as: cannot read '{where}': {error.strerror}", file=sys.stderr)
        return USAGE_ERROR
    assembler = Assembler(
        isa,
        march=chosen.march,
        abi=chosen.abi,
        priv_spec=chosen.priv_spec,
        relax=chosen.relax,
        pic=chosen.pic,
        debug=chosen.debug,
        include_dirs=chosen.include_dirs,
        defines=chosen.defines,
        select_arch=select_arch,
    )
    try:
        made, diagnostics = assembler.object(text, name)
        keep(made)
    except AssemblyError as error:
        show(error.diagnostics, sys.stderr)
        return SOURCE_ERROR
    show(diagnostics.found, sys.stderr)
    try:
        write_object(made, chosen.output)
        if chosen.dependencies:
            rule = _rule(chosen.output, [*chosen.sources, *made.included])
            write_whole(chosen.dependencies, rule.encode("utf-8", "surrogateescape"))
    except OSError as error:
        print(f"rvx as: cannot write '{error.filename}': {error.strerror}", file=sys.stderr)
        return USAGE_ERROR
    return 0


def _rule(target: str, sources: list[str]) -> str:
    """A line for make: the object, and every file that it is made of."""
    names = [name.replace("$", "$$").replace(" ", "\\ ") for name in (target, *sources)]
    return f"{names[0]}: {' '.join(dict.fromkeys(names[1:]))}\n"


def _read(sources: list[str]) -> tuple[str, str]:
    texts = []
    for source in sources:
        name = STANDARD_INPUT if source == "-" else source
        if source == "-":
            data = sys.stdin.buffer.read()
        else:
            # Not as a `Path`, for which an empty name is the current folder.
            with open(source, "rb") as file:
                data = file.read()
        problem = why_no_text(data)
        if problem:
            raise ValueError(f"'{name}' is not text in UTF-8: {problem}")
        texts.append(data.decode("utf-8", "surrogateescape"))
    return "\n".join(texts), STANDARD_INPUT if sources[0] == "-" else sources[0]
