"""`.loc` and numbered `.file`: which source lines code comes from."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.registry import directive, string
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.repetition import DIRECT
from rvx.assembler.model.linetable import Loc
from rvx.regex import regex

MAX_FILES = 65535
_USUAL = regex(
    r"([0-9]{1,9}) ([0-9]{1,9})(?: ([0-9]{1,9}))?(?: is_stmt ([01]))?"
    r"(?: view -?0)?(?: discriminator ([0-9]{1,9}))?"
)
"""What compilers write."""
_MARKS = {"basic_block": 7, "prologue_end": 10, "epilogue_begin": 11}
_NUMBERS = ("is_stmt", "isa", "discriminator")


def number_file(assembly: Assembly, rest: str) -> None:
    """`.file number "folder" "name"`: a source for `.loc`.

    Raises:
        SourceError: the number is taken by another file.
    """
    number, _, names = rest.partition(" ") if " " in rest else rest.partition("\t")
    if not number.isdecimal():
        raise SourceError(f"'{number}' is not the number of a file", text=number)
    if len(number) > 5 or int(number) > MAX_FILES:
        raise SourceError(
            f"a file has the number {number}", hint=f"valid is 0 to {MAX_FILES}", text=number
        )
    parts = [string(part).decode("utf-8", "replace") for part in _strings(names)]
    if not parts:
        raise SourceError(".file with a number needs a name", hint='.file 1 "name.c"')
    folder, name = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
    known = assembly.line_table.files.setdefault(int(number), (folder, name))
    if known != (folder, name):
        raise SourceError(f"file {number} is '{known[1]}' already", text=number)


def _strings(text: str) -> list[str]:
    from rvx.assembler.directives.data import adjacent_strings

    found = adjacent_strings(text.strip())
    return [part for part in found if part.startswith('"')]


@directive(".loc")
def loc(assembly: Assembly, name: str, rest: str) -> None:
    """`.loc file line column flags`: the source line of the next instruction."""
    usual = _USUAL.fullmatch(rest)
    table = assembly.line_table
    if usual is not None and int(usual[1]) in table.files:
        file, line, column, is_statement, discriminator = usual.groups()
        last = table.last
        _add(
            assembly,
            Loc(
                int(file),
                int(line),
                int(column or 0),
                last.is_statement if is_statement is None else is_statement == "1",
                (),
                int(discriminator or 0),
                last.isa,
            ),
        )
        return
    words = rest.split()
    if len(words) < 2:
        raise SourceError(".loc needs a file and a line", hint="such as .loc 1 20 5")
    file = assembly.constant(words[0], "the file")
    line = assembly.constant(words[1], "the line")
    if file not in table.files:
        raise SourceError(f"there is no .file {file}", text=words[0])
    if not 0 <= line < 1 << 32:
        raise SourceError(f"line {line} is not a line", text=words[1])
    words = words[2:]
    column = 0
    if words and not words[0][0].isalpha():
        column = assembly.constant(words.pop(0), "the column")
    numbers = {"is_stmt": int(table.last.is_statement), "isa": table.last.isa, "discriminator": 0}
    marks: list[int] = []
    while words:
        word = words.pop(0)
        if word in _MARKS:
            marks.append(_MARKS[word])
        elif word == "view" and words:
            _define_view(assembly, words.pop(0))
        elif word in _NUMBERS and words:
            numbers[word] = assembly.constant(words.pop(0), f"the value of {word}")
        else:
            raise SourceError(
                f"'{word}' is not a flag of .loc",
                hint="valid are " + ", ".join([*_MARKS, *_NUMBERS, "view"]),
                text=word,
            )
    made = Loc(
        file,
        line,
        column,
        bool(numbers["is_stmt"]),
        tuple(marks),
        numbers["discriminator"],
        numbers["isa"],
    )
    _add(assembly, made)


DIRECT[".loc"] = loc


def _add(assembly: Assembly, made: Loc) -> None:
    table = assembly.line_table
    if table.pending is not None:
        table.add(assembly.hidden_label(".L0 "), table.pending)
    table.last = table.pending = made


def _define_view(assembly: Assembly, name: str) -> None:
    """Views number the rows of one address; the tables written here have one row an address."""
    from rvx.assembler.model.sections import Value

    if not name.lstrip("-").isdecimal():
        assembly.assign(name, Value(0))


@directive(".loc_mark_labels")
def mark_labels(assembly: Assembly, name: str, rest: str) -> None:
    """`.loc_mark_labels 1`: accepted; labels get no rows of their own."""
