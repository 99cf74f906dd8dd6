"""Instructions of riscv-unified-db as an extension file: a Python module that people may keep."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rvx.isa.errors import DeclarationError
from rvx.isa.operands import DEFAULT_KINDS
from rvx.isa.pattern import DEFAULT_WIDTHS, Pattern, parse_pattern
from rvx.isa.syntax import parse_syntax
from rvx.udb import database, syntax
from rvx.udb.body import Body, make_body
from rvx.udb.database import Described, Encoding, Field
from rvx.udb.expressions import NotInSubset, Variable
from rvx.udb.syntax import Binary, Call, Cast, IdlError, Name, Number, Statement
from rvx.udb.trees import walk

_LINE = 100
_REGISTERS = {"d": "rd", "s1": "rs1", "s2": "rs2", "s3": "rs3"}


@dataclass
class Imported:
    """An extension file.

    Attributes:
        text: of the module; empty if nothing could be read.
        count: instructions in it.
        with_body: how many of them say what they do.
        left_out: sentences about those that are not in it.
        without_body: sentences about those that have an encoding only.
        notes: sentences about what was read as something else than it says.
    """

    text: str = ""
    count: int = 0
    with_body: int = 0
    left_out: list[str] = field(default_factory=list)
    without_body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Operand:
    """A variable of an encoding as an operand of rvx.

    Attributes:
        field: the variable.
        name: of the operand.
        kind: as syntax strings name it; empty for the usual one of that name.
        declaration: what declares the kind, if no other extension has it.
        variable: what the operation sees; None if a body has no number of it.
    """

    field: Field
    name: str
    kind: str
    declaration: str = ""
    variable: Variable | None = None

    @property
    def written(self) -> str:
        """As it stands in a syntax string."""
        is_usual = not self.kind or DEFAULT_KINDS.get(self.name) == self.kind
        return self.name if is_usual else f"{self.name}:{self.kind}"


@dataclass(frozen=True)
class _Form:
    """An instruction at one register width, as it is declared."""

    syntax: str
    pattern: str
    words: Pattern
    declarations: tuple[str, ...]
    body: Body | None
    reason: str = ""


@dataclass(frozen=True)
class _Entry:
    """An instruction of the file."""

    one: Described
    extension: str
    xlens: tuple[int, ...]
    form: _Form


def make_file(
    instructions: Sequence[Described], *, name: str = "", is_strict: bool = False, made_by: str = ""
) -> Imported:
    """The extension file of some instructions.

    Args:
        instructions: what the database says.
        name: of the one extension that has all of them; by default each is of its own.
        is_strict: see `rvx.udb.body.make_body`.
        made_by: for the first line.
    """
    made = Imported()
    entries: list[_Entry] = []
    seen: set[tuple[str, int]] = set()
    for one in instructions:
        for xlens, form in _together(dict(_forms(one, is_strict, made))):
            if any((one.name, xlen) in seen for xlen in xlens):
                made.left_out.append(f"{one.name}: it is described twice; the first one is taken")
                continue
            seen.update((one.name, xlen) for xlen in xlens)
            entries.append(_Entry(one, name or one.extension, xlens, form))
    made.count = len(entries)
    made.with_body = sum(entry.form.body is not None for entry in entries)
    reasons = [f"{entry.one.name}: {entry.form.reason}" for entry in entries if entry.form.reason]
    made.without_body = list(dict.fromkeys(reasons))
    made.notes = list(dict.fromkeys(made.notes))
    made.left_out = list(dict.fromkeys(made.left_out))
    if entries:
        made.text = _text(entries, bool(name), made_by)
    return made


def _text(entries: Sequence[_Entry], is_renamed: bool, made_by: str) -> str:
    """The module: what it imports, its extensions, and their instructions."""
    imports: set[tuple[str, str]] = {("rvx.isa", "Extension")}
    kinds: dict[str, dict[str, None]] = {}
    heads: dict[str, Described] = {}
    for entry in entries:
        heads.setdefault(entry.extension, entry.one)
        kinds.setdefault(entry.extension, {}).update(dict.fromkeys(entry.form.declarations))
        imports |= entry.form.body.imports if entry.form.body else set()
        for declaration in entry.form.declarations:
            kind = declaration.partition("(")[0]
            imports.add(("rvx.isa.operands", kind))
            if kind == "RegisterKind":
                imports.add(("rvx.isa.registers", "X"))
    declared = []
    for extension, one in heads.items():
        about = database.About() if is_renamed else database.about(extension, one.path)
        declared += [
            f"{extension} = Extension(",
            f"    {_quoted(extension)},",
            f"    version={_quoted(about.version)},",
            *([f"    doc={_quoted(about.title)},"] if about.title else []),
            '    source="riscv-unified-db",',
            ")",
            *(f"{extension}.operand_kind({kind})" for kind in kinds[extension]),
        ]
    head = f'"""Imported from riscv-unified-db{made_by}."""'
    blocks = [head, _imports(imports), "\n".join(declared)]
    words = _Words(entries)
    functions: set[str] = set()
    for extension in heads:
        for entry in entries:
            if entry.extension == extension:
                blocks.append("\n" + _declaration(entry, words.wider(entry), functions))
    return "\n\n".join(blocks) + "\n"


class _Words:
    """Which instructions have the words of others.

    Those of an extension may lie where another one says that nothing happens: what is chosen then
    is the one with fewer words, if it says that it shares them.
    """

    def __init__(self, entries: Sequence[_Entry]) -> None:
        from rvx.extensions import load

        self.known = [(e.one.name, e.xlens, e.form.words) for e in entries]
        for name in ("i", "zca"):
            self.known += [
                (made.mnemonic, made.xlens, made.pattern)
                for made in load(name).instructions.values()
            ]

    def wider(self, entry: _Entry) -> list[str]:
        """The mnemonics of those that have all words of an instruction."""
        own = entry.form.words
        found = [
            name
            for name, xlens, pattern in self.known
            if name != entry.one.name
            and set(xlens) & set(entry.xlens)
            and pattern.overlaps(own)
            and not pattern.mask & ~own.mask
        ]
        return list(dict.fromkeys(found))


def _imports(names: set[tuple[str, str]]) -> str:
    modules: dict[str, list[str]] = {}
    for module, name in sorted(names):
        modules.setdefault(module, []).append(name)
    lines = []
    for module in sorted(modules):
        listed = sorted(modules[module], key=lambda one: (not one.isupper(), one))
        line = f"from {module} import {', '.join(listed)}"
        if len(line) > _LINE:
            line = f"from {module} import (\n" + "".join(f"    {n},\n" for n in listed) + ")"
        lines.append(line)
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A text as a literal, on one line."""
    made = " ".join(text.split())
    return '"' + made.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- One instruction


def _forms(one: Described, is_strict: bool, made: Imported) -> Iterator[tuple[int, _Form]]:
    for xlen, encoding in one.encodings.items():
        operation: tuple[Statement, ...] = ()
        reason = "" if one.operation.strip() else "the database does not say what it does"
        try:
            operation = syntax.parse(one.operation)
        except IdlError as error:
            reason = str(error)
        operands = _operands(one, encoding, operation, xlen)
        body = None
        if not reason:
            variables = {each.field.name: each.variable for each in operands if each.variable}
            try:
                body = make_body(
                    operation, variables, xlen, extensions=[one.extension], is_strict=is_strict
                )
            except NotInSubset as problem:
                reason = str(problem)
        if body:
            made.notes += [f"{one.name}: {note}" for note in body.notes]
        odd = [each for each in operands if each.field.excluded and not _is_kept(each)]
        made.notes += [
            f"{one.name}: '{each.name}' may be a value that is reserved there" for each in odd
        ]
        try:
            pattern = _pattern(encoding, operands)
            words = parse_pattern(pattern, {each.name: each.field.width for each in operands})
        except ValueError as error:
            made.left_out.append(f"{one.name}: {error}")
            continue
        declarations = tuple(dict.fromkeys(e.declaration for e in operands if e.declaration))
        yield xlen, _Form(_syntax(one, operands), pattern, words, declarations, body, reason)


def _together(forms: Mapping[int, _Form]) -> Iterator[tuple[tuple[int, ...], _Form]]:
    """The same form for all widths is one; another body or pattern is another."""
    listed = list(forms.items())
    if len(listed) == 2:
        (_, first), (_, second) = listed
        plain = [
            replace(form, body=form.body and replace(form.body, notes=()))
            for form in (first, second)
        ]
        if plain[0] == plain[1]:
            yield (32, 64), first
            return
    for xlen, form in listed:
        yield (xlen,), form


def _declaration(entry: _Entry, overlaps: Sequence[str], functions: set[str]) -> str:
    one, form = entry.one, entry.form
    width = [f"xlen={entry.xlens[0]}"] if len(entry.xlens) == 1 else []
    if overlaps:
        width.append(f"overlaps={_tuple(overlaps)}")
    first = [_quoted(form.syntax), _quoted(form.pattern)]
    if form.body is None:
        arguments = [*first, *width, *([f"doc={_quoted(one.title + '.')}"] if one.title else [])]
        return _called(f"{entry.extension}.encoding", arguments)
    body = form.body
    usual = ("rd",) if re.search(r"\brd\b", form.syntax) else ()
    if body.writes != usual:
        first.append(f"writes={_tuple(body.writes)}")
    head = _called(f"@{entry.extension}.instruction", [*first, f'kind="{body.kind}"', *width])
    function = one.name.replace(".", "_")
    while function in functions or keyword.iskeyword(function):
        function += f"_{entry.xlens[0]}"
    functions.add(function)
    doc = (one.title or one.name).replace("\\", "\\\\").replace('"""', "'''")
    lines = [
        head,
        f"def {function}({', '.join(body.parameters)}):",
        f'    """{doc}."""',
        *body.lines,
    ]
    return "\n".join(lines)


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(map(_quoted, texts))}{',' * (len(texts) == 1)})"


def _called(function: str, arguments: Sequence[str]) -> str:
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= _LINE:
        return line
    return f"{function}(\n" + "".join(f"    {each},\n" for each in arguments) + ")"


# --- Operands


def _operands(
    one: Described, encoding: Encoding, operation: Sequence[Statement], xlen: int
) -> list[_Operand]:
    hints = {}
    for token in re.findall(r"[A-Za-z][A-Za-z0-9_]*", one.assembly):
        found = re.fullmatch(r"([xfv])(d|s[123])", token)
        if found:
            hints[_REGISTERS[found[2]]] = found[1]
    made: list[_Operand] = []
    for each in encoding.fields:
        operand = _register(each, hints, operation) or _number(one, each, operation, xlen)
        taken = {other.name for other in made}
        while operand.name in taken:
            operand = replace(operand, name=f"{operand.name}_")
        made.append(operand)
    return made


def _register(
    given: Field, hints: Mapping[str, str], operation: Sequence[Statement]
) -> _Operand | None:
    name = given.name.lower()
    found = re.fullmatch(r"(?:r|([xfv]))(d|s[123])", name)
    if given.name in ("vm", "csr", "rm", "pred", "succ") and DEFAULT_KINDS.get(name):
        return _Operand(given, name, "")
    if found is None or given.left_shift or given.width not in (3, 5):
        return None
    file = found[1] or hints.get(_REGISTERS[found[2]], "x")
    name = _REGISTERS[found[2]]
    if file == "v":
        return _Operand(given, name.replace("r", "v", 1), "")
    is_short = given.width == 3
    kind, declaration = f"{file}c" if is_short else file, ""
    excluded = sorted(given.excluded)
    if file == "x" and not is_short and excluded:
        kind = f"x!{'!'.join(map(str, excluded))}"
        if len(excluded) > 4:
            kind = f"x!{excluded[0]}to{excluded[-1]}"
        if kind not in ("x!0", "x!2"):
            numbers = f"tuple(i for i in range(32) if i not in {tuple(excluded)})"
            if len(excluded) == 1:
                numbers = f"tuple(i for i in range(32) if i != {excluded[0]})"
            declaration = f'RegisterKind("{kind}", X, {numbers})'
    variable = None
    if file == "x":
        variable = Variable(
            given.name,
            given.width,
            name,
            0,
            0,
            is_register=True,
            first=8 * is_short,
            is_never=given.excluded,
        )
    return _Operand(given, name, kind, declaration, variable)


def _number(one: Described, given: Field, operation: Sequence[Statement], xlen: int) -> _Operand:
    name = given.name.lower()
    # What an assembler calls `width` may be a field that holds one less.
    base, _, less = name.rpartition("_minus")
    bias = int(less) if base and less.isdecimal() and re.search(rf"\b{base}\b", one.assembly) else 0
    if bias:
        name = base
    if name in _NOT_NAMES or keyword.iskeyword(name):
        name += "_"
    width, shift = given.width, given.left_shift
    is_signed = given.is_signed or (not bias and _is_read_signed(given.name, width, operation))
    is_any = not is_signed and not bias and width >= xlen and not shift
    low = [value for value in range(len(given.excluded)) if value in given.excluded]
    least = (len(low) + bias) if low and len(low) == len(given.excluded) else 0
    declaration = ""
    if is_signed and _is_distance(given.name, operation):
        kind = "target"
    elif is_any:
        # All bits of a register: written as either sign has them.
        kind = f"any{width}"
        declaration = (
            f'ImmediateKind("{kind}", signed=True, also=({1 << width - 1:#x}, {1 << width:#x}))'
        )
        is_signed = True
    elif bias or (least > 1 and not is_signed):
        kind = f"u{name.replace('_', '')}{least or bias}" if least else f"u{name}plus{bias}"
        more = f", bias={bias}" * bool(bias) + f", least={least}" * bool(least)
        declaration = f'ImmediateKind("{kind}", signed=False{more})'
        if bias == 1 and not least:
            kind, declaration = "count", ""
    else:
        kind = ("s" if is_signed else "u") + "!0" * (given.excluded == {0})
    if bias:
        variable = Variable(given.name, width, f"{name} - {bias}", 0, (1 << width) - 1)
    elif is_signed:
        half = 1 << width - 1
        variable = Variable(given.name, width, name, -half, half - 1, given.is_signed)
    else:
        variable = Variable(given.name, width, name, 0, (1 << width) - (1 << shift))
    return _Operand(given, name, kind, declaration, variable if width <= 63 else None)


_NOT_NAMES = frozenset(
    ("mem", "pc", "xlen", "frm", "fflags", "v", "fault", "repeat", "int", "range")
)


def _is_kept(operand: _Operand) -> bool:
    """Whether what the database excludes is excluded by the operand's kind."""
    if operand.variable is not None and operand.variable.is_register:
        return "!" in operand.kind
    return "!0" in operand.kind or "least=" in operand.declaration


def _is_read_signed(name: str, width: int, operation: Sequence[Statement]) -> bool:
    """Whether all that an operation does with a variable begins with its sign."""
    uses = signed = 0
    for each in walk(operation):
        if each == Name(name):
            uses += 1
        elif isinstance(each, Cast) and each.function == "$signed" and each.value == Name(name):
            signed += 1
        elif isinstance(each, Call) and each.function == "sext":
            signed += each.arguments[:1] == (Name(name),) and each.arguments[1:] == (Number(width),)
    return uses > 0 and uses == signed


def _is_distance(name: str, operation: Sequence[Statement]) -> bool:
    """Whether a variable serves as the distance of a jump, and as nothing else."""
    uses = distances = 0
    for each in walk(operation):
        if each == Name(name):
            uses += 1
        elif isinstance(each, Binary) and each.op == "+" and each.left == Name("$pc"):
            distances += each.right in (Name(name), Cast("$signed", Name(name)))
    return uses > 0 and uses == distances


def _pattern(encoding: Encoding, operands: Sequence[_Operand]) -> str:
    """The spelling of rvx: runs of bits, and fields with the bits of their values."""
    at: dict[int, tuple[_Operand, int]] = {}
    for operand in operands:
        value = operand.field.width
        for high, low in operand.field.pieces:
            for bit in range(high, low - 1, -1):
                value -= 1
                at[bit] = (operand, value)
    length = len(encoding.match)
    tokens: list[str] = []
    runs: list[tuple[str, list[list[int]]]] = []
    for bit in reversed(range(length)):
        if bit in at:
            operand, value = at[bit]
            if tokens and tokens[-1] == operand.name and runs[-1][0] == operand.name:
                last = runs[-1][1][-1]
                if last[1] == value + 1:
                    last[1] = value
                else:
                    runs[-1][1].append([value, value])
                continue
            tokens.append(operand.name)
            runs.append((operand.name, [[value, value]]))
            continue
        char = encoding.match[length - 1 - bit]
        shown = char if char != "-" else "(0)"
        runs.append(("", []))
        tokens.append(shown)
    made: list[str] = []
    for token, (name, pieces) in zip(tokens, runs, strict=True):
        if not name:
            joins = made and re.fullmatch(r"[01]+", made[-1]) and token in "01"
            if joins:
                made[-1] += token
            else:
                made.append(token)
            continue
        operand = next(each for each in operands if each.name == name)
        whole = [[operand.field.width - 1, 0]]
        is_short = operand.variable is not None and operand.variable.first
        if pieces == whole and (DEFAULT_WIDTHS.get(name) == operand.field.width or is_short):
            made.append(name)
        else:
            parts = "|".join(f"{a}:{b}" if a != b else str(a) for a, b in pieces)
            made.append(f"{name}[{parts}]")
    return " ".join(made)


def _syntax(one: Described, operands: Sequence[_Operand]) -> str:
    """How it is written: the assembly of the database, in the names of the operands."""
    left = list(operands)
    shown: dict[str, str] = {}
    tokens = re.findall(r"[A-Za-z][A-Za-z0-9_]*", one.assembly)
    for token in tokens:
        found = re.fullmatch(r"([xfv])(d|s[123])", token)
        plain = _REGISTERS[found[2]] if found else token.lower()
        names = (
            plain,
            plain.replace("r", "v", 1) if found and found[1] == "v" else plain,
            f"{plain}_",
        )
        operand = next((each for each in left if each.name in names), None)
        if operand is not None:
            shown[token] = operand.written
            left.remove(operand)
    unknown = [token for token in tokens if token not in shown and token != "sp"]
    # Where one name is left on both sides, they mean the same.
    if len(unknown) == len(left) == 1:
        shown[unknown[0]] = left.pop().written
        unknown = []
    plain = f"{one.name} {', '.join(each.written for each in operands)}".strip()
    if unknown:
        return plain
    text = re.sub(
        r"[A-Za-z][A-Za-z0-9_]*", lambda found: shown.get(found[0], found[0]), one.assembly
    )
    rest = [each.written for each in left]
    text = f"{one.name} {', '.join(filter(None, [text, *rest]))}".strip()
    try:
        # What no syntax of rvx says, such as signs and braces, is written as a list.
        parse_syntax(text)
    except DeclarationError:
        return plain
    return text
