"""Reads instructions in the format of riscv-opcodes, as an extension of encodings without meaning.

A line has a mnemonic, its arguments, and its fixed bits::

    padd.s  rd rs1 rs2  31..27=0 26..25=2 14..12=0 6..2=0x02 1..0=3

`$import FILE::NAME` takes an instruction from a file beside this one, `$pseudo_op FILE::OF NAME` is
another spelling of an instruction, or an instruction of its own where that one is not known.

The format does not say of which file a register is: names of standard instructions do, and comments
that rvx reads, which for others are comments:

* `# rvx: rd=f rs1=f rs2=x` holds from its line on;
* `# rvx: registers p 32 64` declares a register file of 32 registers of 64 bits, and
  `registers mt 16 0` matrix state, whose size the ISA says;
* `# rvx: argument NAME imm[11:5]` says which bits of which operand an argument holds, where
  `arg_lut.csv` beside the file has it;
* `# rvx: syntax plw rd:p, imm(rs1)` says how the instruction of the next line is written.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from rvx.errors import ExtensionNote
from rvx.extensions.opcodes_arguments import (
    ARGUMENTS,
    EXTRA_KINDS,
    Argument,
    number,
    register_kinds,
)
from rvx.isa import DeclarationError, Extension, Instruction, IsaError
from rvx.isa.instruction import Alias
from rvx.isa.syntax import parse_syntax
from rvx.isa.tiles import COUNT
from rvx.records import dataclass, field, replace
from rvx.userfiles import read_text

Known = Callable[[str], Iterable[Instruction]]
"""Gives the instructions with a mnemonic in the extensions that there are otherwise."""

_FIXED = re.compile(r"(\d+)(?:\.\.(\d+))?=(ignore|\w+)")
_REFERENCE = re.compile(r"([\w/]+)\s*::\s*(\S+)")
_HINT = re.compile(r"#\s*rvx:\s*(.*)")
_HINTED = ("rd", "rs1", "rs2", "rs3")
_ARGUMENT = re.compile(r"(\w+) ([a-z][a-z0-9_]*)(\[[0-9:|]+\])")


@dataclass(frozen=True)
class _Line:
    """A line of instructions, with what comments before it say.

    Attributes:
        words: its parts; the first one is the mnemonic.
        registers: the kinds of registers that hold here.
        syntax: how the instruction is written, where a comment says so.
    """

    words: list[str]
    registers: Mapping[str, str]
    syntax: str = ""

    @property
    def mnemonic(self) -> str:
        """The name, in lower case as mnemonics are: mop.r.N is a name with a variable."""
        return self.words[0].lower()


@dataclass
class _Parts:
    """What a line says: operands with their kinds in order, and the pieces of the word."""

    operands: dict[str, str] = field(default_factory=dict)
    pieces: list[tuple[int, int, str]] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)


@dataclass
class _File:
    """One file while it is read.

    Attributes:
        path: where it is.
        arguments: all that may be named in it.
        lines: its instructions by mnemonic, with the number of the line.
        imports: what it takes from other files, with the number of the line.
        aliases: other spellings: the line's number, its target and the line.
        register_files: name, count and bits of those that it declares.
    """

    path: Path
    arguments: dict[str, Argument]
    lines: dict[str, tuple[int, _Line]] = field(default_factory=dict)
    imports: list[tuple[int, str, str]] = field(default_factory=list)
    aliases: list[tuple[int, str, _Line]] = field(default_factory=list)
    register_files: list[tuple[int, str, int, int]] = field(default_factory=list)


def read_opcodes(path: Path, known: Known = lambda _: ()) -> Extension:
    """The extension of a file; its name is that of the file without `rv_`, `rv32_` or `rv64_`.

    Args:
        path: the file.
        known: for `$pseudo_op` of an instruction that is not in the file.

    Raises:
        IsaError: a line is not in the format, an argument is unknown, or bits are missing; the
            sentence names the file and the line.
    """
    file = _read(path)
    extension = Extension(
        re.sub(r"^rv(32|64)?_", "", path.stem).capitalize(),
        version="0",
        doc=f"Encodings of {path.name}, without semantics",
        source=str(path),
    )
    for kind in EXTRA_KINDS.values():
        extension.operand_kind(kind)
    xlen = {"rv32_": 32, "rv64_": 64}.get(path.stem[:5])
    for at, name, count, bits in file.register_files:
        with _Place(path, at):
            if (count, bits) == (COUNT, 0):
                extension.tile_file(name)  # how large tiles are, the ISA says
            else:
                extension.register_file(name, count=count, bits=bits)
    for at, line in file.lines.values():
        with _Place(path, at):
            _declare(extension, line, file.arguments, xlen)
    absent = [
        f"'{owner}'"
        for at, owner, mnemonic in file.imports
        if not _import(extension, path, at, owner, mnemonic, xlen)
    ]
    others = _Others(extension, known)
    for at, target, line in file.aliases:
        with _Place(path, at):
            _declare_alias(extension, target, line, file.arguments, xlen, others)
    if not extension.instructions and not extension.aliases:
        if absent:
            raise IsaError(
                f"'{path}' only imports, from {', '.join(dict.fromkeys(absent))}, which is neither "
                f"beside it nor in its folder 'unratified'"
            )
        raise IsaError(
            f"'{path}' declares no instruction; a line is a mnemonic, its arguments and its bits, "
            f"as in: xadd rd rs1 rs2 31..25=0 14..12=0 6..2=0x02 1..0=3"
        )
    return extension


def inferred_syntax(words: list[str], arguments: Mapping[str, Argument]) -> str:
    """How an instruction is written, if no comment says so: its mnemonic and its arguments."""
    own = [word for word in words if word.partition("=")[0] in arguments or word is words[0]]
    return _syntax(words[0], _parts(_Line(own, {}), arguments))


class _Place:
    """Names the line in what is wrong with a declaration."""

    def __init__(self, path: Path, line: int) -> None:
        self._where = f"{path}:{line}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DeclarationError):
            raise IsaError(f"{self._where}: {error}") from None


def _read(path: Path) -> _File:
    file = _File(path, dict(ARGUMENTS) | _lookup_table(path))
    registers: dict[str, str] = {}
    syntax = ""
    for at, text in enumerate(read_text(path).splitlines(), 1):
        with _Place(path, at):
            hint = _HINT.search(text)
            if hint and hint[1].startswith("syntax "):
                syntax = hint[1].partition(" ")[2]
            elif hint and not _is_declaration(file, at, hint[1]):
                registers = registers | _hints(hint[1])
            words = text.partition("#")[0].split()
            if not words:
                continue
            line = _Line(words, registers, syntax)
            syntax = ""
            if not words[0].startswith("$"):
                if line.mnemonic in file.lines:
                    raise DeclarationError(f"'{line.mnemonic}' stands twice")
                file.lines[line.mnemonic] = (at, line)
                continue
            reference = _REFERENCE.match(text.partition("#")[0].strip()[len(words[0]) :].strip())
            if reference is None or words[0] not in ("$import", "$pseudo_op", "$pseudo"):
                raise DeclarationError(
                    f"'{text.strip()}' is neither $import FILE::NAME nor $pseudo_op FILE::OF NAME "
                    f"and arguments"
                )
            if words[0] == "$import":
                file.imports.append((at, reference[1], reference[2].lower()))
                continue
            rest = text.partition("#")[0].strip()[len(words[0]) :].strip()[reference.end() :]
            if not rest.split():
                raise DeclarationError(f"'{text.strip()}': a name and arguments are missing")
            own = replace(line, words=rest.split())
            file.aliases.append((at, reference[2].lower(), own))
    return file


def _lookup_table(path: Path) -> dict[str, Argument]:
    """Arguments of `arg_lut.csv` beside the file, or above it, that rvx does not know."""
    found: dict[str, Argument] = {}
    for folder in (path.parent, path.parent.parent):
        table = folder / "arg_lut.csv"
        if not table.is_file():
            continue
        for at, text in enumerate(read_text(table).splitlines(), 1):
            cells = [cell.strip().strip('"') for cell in text.split(",")]
            if len(cells) < 3:
                continue
            name, high, low = cells[:3]
            if not (high.isdecimal() and low.isdecimal() and int(low) <= int(high) < 32):
                raise IsaError(f'{table}:{at}: a row is "NAME", HIGHEST BIT, LOWEST BIT: {text}')
            if name.isidentifier() and name.islower() and name not in ARGUMENTS:
                found[name] = number(name, int(high), int(low))
    return found


def _is_declaration(file: _File, at: int, text: str) -> bool:
    """Takes `registers` and `argument` of a comment for rvx; whether it was one of them."""
    verb, _, rest = text.partition(" ")
    if verb == "registers":
        words = rest.split()
        if len(words) != 3 or not (words[1].isdecimal() and words[2].isdecimal()):
            raise DeclarationError(
                f"'{text}': after '# rvx: registers' stand a name, how many, and the bits of one, "
                f"as in: registers p 32 64"
            )
        file.register_files.append((at, words[0], int(words[1]), int(words[2])))
        return True
    if verb != "argument":
        return False
    found = _ARGUMENT.fullmatch(rest)
    known = found and file.arguments.get(found[1])
    if not found or not known:
        raise DeclarationError(
            f"'{text}': after '# rvx: argument' stand the name of an argument and the bits of the "
            f"operand that it holds, as in: argument imm12hi imm[11:5]"
        )
    file.arguments[found[1]] = replace(known, operand=found[2], bits=found[2] + found[3])
    return True


def _hints(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split()]
    for name, _, kind in pairs:
        if name not in _HINTED or not kind:
            raise DeclarationError(
                f"'{text}': after '# rvx:' stand the register files of "
                f"{', '.join(_HINTED)}, as in rd=f rs1=x"
            )
    return {name: kind for name, _, kind in pairs}


def _import(
    extension: Extension, path: Path, at: int, owner: str, mnemonic: str, xlen: int | None
) -> bool:
    """Declares an instruction of another file; whether there is that file."""
    folders = (path.parent, path.parent / "unratified", path.parent.parent)
    found = [folder / owner for folder in folders if (folder / owner).is_file()]
    if not found:
        return False
    other = _read(found[0])
    if mnemonic not in other.lines:
        raise IsaError(f"{path}:{at}: there is no instruction '{mnemonic}' in '{found[0]}'")
    number_of_line, line = other.lines[mnemonic]
    with _Place(found[0], number_of_line):
        _declare(extension, line, other.arguments, xlen)
    return True


def _declare(
    extension: Extension,
    line: _Line,
    arguments: Mapping[str, Argument],
    xlen: int | None,
    overlaps: Iterable[str] = (),
) -> None:
    parts = _parts(line, arguments)
    for mnemonic, own in _with_segments(line.mnemonic, parts):
        syntax = line.syntax or _syntax(mnemonic, own)
        pattern = _pattern(mnemonic, own.pieces)
        extension.encoding(syntax, pattern, xlen=xlen, kind="custom", overlaps=tuple(overlaps))


def _parts(line: _Line, arguments: Mapping[str, Argument]) -> _Parts:
    parts = _Parts()
    inferred = {} if line.syntax else {**register_kinds(line.mnemonic), **line.registers}
    for word in line.words[1:]:
        fixed = _FIXED.fullmatch(word)
        if fixed:
            parts.pieces.append(_fixed_bits(word, fixed))
            continue
        # rs2=rs1: the same register stands in both fields.
        name, _, same = word.partition("=")
        argument = arguments.get(name)
        if argument is None or (same and same not in arguments):
            raise DeclarationError(
                f"'{word}' is neither bits such as 31..25=0 nor an argument that rvx knows; "
                f"those are {', '.join(arguments)}"
            )
        if same:
            parts.same[argument.operand] = arguments[same].operand
        kind = inferred.get(argument.operand, argument.kind)
        # A hint about a file does not widen a field that holds one of eight registers.
        if argument.kind == "xc" and kind in ("x", "f"):
            kind += "c"
        parts.operands[argument.operand] = kind
        parts.pieces.append((argument.msb, argument.lsb, argument.bits))
    return parts


def _with_segments(mnemonic: str, parts: _Parts) -> list[tuple[str, _Parts]]:
    """Vector loads and stores of segments are one line, and eight instructions."""
    if "nf" not in parts.operands:
        return [(mnemonic, parts)]
    before, at, after = mnemonic.partition("e")
    made = []
    for nf in range(8):
        pieces = [piece for piece in parts.pieces if piece[2] != "nf[2:0]"]
        operands = {name: kind for name, kind in parts.operands.items() if name != "nf"}
        name = mnemonic if nf == 0 else f"{before}seg{nf + 1}{at}{after}"
        made.append((name, _Parts(operands, [*pieces, (31, 29, f"{nf:03b}")])))
    return made


def _syntax(mnemonic: str, parts: _Parts) -> str:
    # In assembly the registers come first, the mask and the rounding mode last, whatever the
    # file's order; vs2 is written before vs1.
    def rank(name: str) -> int:
        if name in ("rm", "vm"):
            return 9
        return _ORDER.get(name, 8)

    operands = ", ".join(
        f"{name}:{parts.operands[name]}" for name in sorted(parts.operands, key=rank)
    )
    return f"{mnemonic} {operands}".strip()


_ORDER = {name: i for i, name in enumerate(("rd", "vd", "vs3", "rs1", "vs2", "rs2", "vs1", "rs3"))}


def _fixed_bits(word: str, fixed: re.Match[str]) -> tuple[int, int, str]:
    high = int(fixed[1])
    low = int(fixed[2] or high)
    width = high - low + 1
    if width < 1:
        raise DeclarationError(f"'{word}': the higher bit comes first, as in {low}..{high}=0")
    if fixed[3] == "ignore":
        return high, low, f"({'0' * width})"
    try:
        value = int(fixed[3], 0)
    except ValueError:
        raise DeclarationError(f"'{word}': '{fixed[3]}' is not a number") from None
    if value >> width:
        raise DeclarationError(f"'{word}': {value:#x} does not fit {width} bits")
    return high, low, f"{value:0{width}b}"


def _pattern(mnemonic: str, pieces: list[tuple[int, int, str]]) -> str:
    """The pattern of a word; bits that nothing gives are not compared, as riscv-opcodes has it."""
    # fence.i may say nothing of its upper half; its end is that of a word of 32 bits.
    is_whole = any(high > 15 or (low == 0 and text.endswith("11")) for high, low, text in pieces)
    at = 32 if is_whole else 16
    tokens: list[str] = []
    gaps: list[str] = []
    for high, low, text in [*sorted(pieces, reverse=True), (-1, -1, "")]:
        if high > at - 1:
            raise DeclarationError(f"bit {high} is given twice")
        if high < at - 1:
            gaps.append(f"bits {at - 1} to {high + 1}")
            tokens.append(f"({'0' * (at - 1 - high)})")
        tokens.append(text)
        at = low
    if gaps:
        if not any(low == 0 for _, low, _ in pieces):
            raise DeclarationError(f"{gaps[0]} are not given")
        said = f"'{mnemonic}' does not say what {' and '.join(gaps)} are; they are not compared"
        warnings.warn(said, ExtensionNote, stacklevel=2)
    return " ".join(token for token in tokens if token)


class _Others:
    """The instructions that there are otherwise, without those of extensions that this one is.

    A file of Zbb cannot require the Zbb that there is: both have the same mnemonics.
    """

    def __init__(self, extension: Extension, known: Known) -> None:
        self._known = known
        self._own = [one.mnemonic for one in extension.instructions.values()]
        self._same: set[str] | None = None

    def with_mnemonic(self, mnemonic: str) -> list[Instruction]:
        """Those with this mnemonic."""
        found = list(self._known(mnemonic))
        if found and self._same is None:
            self._same = {other.extension for own in self._own for other in self._known(own)}
        return [one for one in found if one.extension not in (self._same or ())]


def _declare_alias(
    extension: Extension,
    target: str,
    line: _Line,
    arguments: Mapping[str, Argument],
    xlen: int | None,
    others: _Others,
) -> None:
    """Another spelling of an instruction; one of its own, where that is not how it can be told."""
    scratch = Extension("Scratch", version="0")
    for kind in EXTRA_KINDS.values():
        scratch.operand_kind(kind)
    for file in extension.register_files.values():
        if file.is_tiled:
            scratch.tile_file(file.name)
        elif file.name not in scratch.register_files and not file.is_vector:
            scratch.register_file(file.name, count=file.count, bits=file.bits, abi=file.abi)
    _declare(scratch, line, arguments, xlen)
    same = _parts(line, arguments).same
    xlens = (xlen,) if xlen else (32, 64)
    own = [one for one in extension.instructions.values() if one.mnemonic == target]
    for made in scratch.instructions.values():
        for candidate in own or others.with_mnemonic(target):
            if not set(xlens) <= set(candidate.xlens):
                continue
            alias = _alias(made, candidate, same, xlens)
            if alias is not None:
                extension.aliases.append(alias)
                if candidate.extension not in (extension.name, *extension.requires):
                    extension.requires = (*extension.requires, candidate.extension)
                return
        _declare_own(extension, made, target, xlen)


def _declare_own(extension: Extension, made: Instruction, target: str, xlen: int | None) -> None:
    present = [one for one in extension.instructions.values() if one.mnemonic == made.mnemonic]
    if any(one.pattern.match == made.pattern.match for one in present):
        return
    # As riscv-opcodes calls it, where one name stands for two words.
    suffix = "_pseudo" if present else ""
    syntax = made.syntax.text.replace(made.mnemonic, made.mnemonic + suffix, 1)
    # Names such as c.srli_rv32 and rev8.rv32 are of what another file has without the end.
    plain = re.sub(r"[._]rv32$", "", made.mnemonic)
    overlaps = (target, made.mnemonic, plain)
    extension.encoding(syntax, made.pattern.text, xlen=xlen, kind="custom", overlaps=overlaps)


def _alias(
    made: Instruction, target: Instruction, same: Mapping[str, str], xlens: tuple[int, ...]
) -> Alias | None:
    """The spelling as an alias; None if the operands of the two do not fit each other."""
    if made.size != target.size:
        return None
    own = {
        operand.field.insert(-1): name
        for name, operand in made.operands.items()
        if name not in same
    }
    bindings: dict[str, str | int] = {}
    kinds: dict[str, str] = {}
    covered = 0
    for name, operand in target.operands.items():
        bits = operand.field.insert(-1)
        covered |= bits
        repeated = same.get(name)
        if bits in own:
            bindings[name] = own[bits]
            kinds[own[bits]] = operand.kind.name
        elif repeated in made.operands and repeated is not None:
            bindings[name] = repeated
        elif bits & ~made.pattern.mask == 0:
            value = operand.decode(made.pattern.match)
            if not operand.is_valid(value):
                return None
            bindings[name] = value
        else:
            return None
    bound = {value for value in bindings.values() if isinstance(value, str)}
    fixed = target.pattern.mask & ~covered
    differs = (made.pattern.match ^ target.pattern.match) & made.pattern.mask & fixed
    if differs or bound != set(own.values()) or fixed & ~made.pattern.mask:
        return None
    order = [name for name, _ in made.syntax.kinds if name in kinds]
    operands = ", ".join(f"{name}:{kinds[name]}" for name in order)
    is_shorter = len(order) < len(target.operands)
    syntax = parse_syntax(f"{made.mnemonic} {operands}".strip())
    return Alias(syntax, target.mnemonic, MappingProxyType(bindings), is_shorter, xlens)
