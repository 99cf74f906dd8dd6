"""`rvx isa`: the extensions, and everything that is declared about an instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli import complete
from rvx.cli.declare import Argument
from rvx.cli.options import Ext, Json, March
from rvx.cli.output import UsageProblem, print_json, print_table

if TYPE_CHECKING:
    from rvx.isa import Extension, Instruction, Isa

LIST_SCHEMA = "rvx.isa.list/1"
SHOW_SCHEMA = "rvx.isa.show/1"


def list_(
    extension: Annotated[
        str | None,
        Argument(
            metavar="[EXTENSION]", help="List its instructions.", complete=complete.extensions
        ),
    ] = None,
    ext: Ext = None,
    as_json: Json = False,
) -> None:
    """List the extensions, or the instructions of one."""
    known = _extensions(ext)
    if extension is None:
        _list_extensions(known, as_json)
        return
    found = known.get(extension.lower())
    if found is None:
        raise UsageProblem(
            f"there is no extension '{extension}'; there are {', '.join(sorted(known))}"
        )
    _list_instructions(found, as_json)


def show(
    mnemonic: Annotated[
        str, Argument(metavar="MNEMONIC", help="Such as padd.s.", complete=complete.mnemonics)
    ],
    march: March = None,
    ext: Ext = None,
    as_json: Json = False,
) -> None:
    """Show how an instruction is written, how it is encoded, and what it does."""
    from rvx.extensions import isa_for

    isa = isa_for(march, ext or ())
    made = isa.instructions.get(mnemonic) or _elsewhere(mnemonic, march)
    if made is not None:
        if as_json:
            print_json({"schema": SHOW_SCHEMA, **describe(made)})
        else:
            print(picture(made))
        return
    alias = isa.aliases.get(mnemonic)
    if alias:
        for each in alias:
            print(f"{each.syntax.shape}  stands for  {each.target}")
        return
    raise UsageProblem(unknown(mnemonic, isa))


def _extensions(ext: Any) -> dict[str, Extension]:
    """Shipped and installed extensions, and those of the user's files, by name in lower case."""
    from rvx import extensions

    known = extensions.shipped_extensions()
    known |= {name: extensions.load(name) for name in extensions.names() if name not in known}
    for path in ext or ():
        if path.lower() in known:
            continue
        known |= {found.name.lower(): found for found in extensions.load_file(path)}
    return known


def _elsewhere(mnemonic: str, march: str | None) -> Instruction | None:
    """The instruction in an extension that is not loaded by default."""
    if march is not None:
        return None
    for extension in _extensions(None).values():
        if mnemonic in extension.instructions:
            return extension.instructions[mnemonic]
    return None


def unknown(mnemonic: str, isa: Isa) -> str:
    """A sentence about a mnemonic that the ISA does not have."""
    import difflib

    if has := isa.who_has(mnemonic):
        return f"there is no instruction '{mnemonic}' in {' '.join(isa.extensions)}; {has}"
    close = difflib.get_close_matches(mnemonic, [*isa.instructions, *isa.aliases], 3)
    meant = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"there is no instruction '{mnemonic}' in {' '.join(isa.extensions)}{meant}"


def _list_extensions(known: dict[str, Extension], as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "name": e.name,
                "version": e.version,
                "instructions": len(e.instructions),
                "doc": e.doc,
                "source": e.source,
            }
            for e in known.values()
        ]
        print_json({"schema": LIST_SCHEMA, "extensions": rows})
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("extension", "version", "instructions", "what it is"):
        table.add_column(header, justify="right" if header == "instructions" else "left")
    for e in known.values():
        table.add_row(e.name, e.version, str(len(e.instructions)), e.doc)
    print_table(table)


def _list_instructions(extension: Extension, as_json: bool) -> None:
    made = list(extension.instructions.values())
    if as_json:
        print_json({"schema": LIST_SCHEMA, "instructions": [describe(each) for each in made]})
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("instruction", "mask", "match", "what it does"):
        table.add_column(header, no_wrap=header != "what it does")
    for each in made:
        digits = each.pattern.bits // 4
        table.add_row(
            each.syntax.shape,
            f"{each.pattern.mask:0{digits}x}",
            f"{each.pattern.match:0{digits}x}",
            each.doc.partition("\n")[0],
        )
    print_table(table)


def describe(made: Instruction) -> dict[str, Any]:
    """Everything about an instruction, as JSON takes it."""
    digits = made.pattern.bits // 4
    return {
        "mnemonic": made.mnemonic,
        "syntax": made.syntax.shape,
        "extension": made.extension,
        "kind": made.category,
        "xlens": list(made.xlens),
        "bits": made.pattern.bits,
        "pattern": made.pattern.text,
        "mask": f"0x{made.pattern.mask:0{digits}x}",
        "match": f"0x{made.pattern.match:0{digits}x}",
        "has_body": made.has_body,
        "doc": made.doc,
    }


def picture(made: Instruction) -> str:
    """An instruction for a terminal."""
    from rvx.export.diagram import draw

    digits = made.pattern.bits // 4
    where = " and ".join(f"RV{xlen}" for xlen in made.xlens)
    lines = [
        f"{made.syntax.shape}",
        "",
        made.doc or "(no description)",
        "",
        draw(made),
        "",
        f"extension  {made.extension}, {where}",
        f"mask       0x{made.pattern.mask:0{digits}x}",
        f"match      0x{made.pattern.match:0{digits}x}",
    ]
    if not made.has_body:
        lines.append("semantics  none: it assembles and disassembles, and only the core may run it")
    return "\n".join(lines)
