"""`rvx isa docs`: the generated pages of the reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli.declare import Argument, End, Option
from rvx.cli.options import Ext
from rvx.cli.output import UsageProblem, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator


def docs(
    folder: Annotated[
        Path, Argument(metavar="FOLDER", help="Where the pages go, such as docs/reference.")
    ],
    check: Annotated[
        bool, Option("--check", help="Write nothing; fail if a page is not up to date.")
    ] = False,
    ext: Ext = None,
) -> None:
    """Write the reference pages: instructions by extension, formats, cycles, this command line.

    With --ext, the pages of these extensions and no others.
    """
    pages = _own_pages(ext) if ext else generate()
    stale = [name for name, text in pages.items() if _read(folder / name) != text]
    present = {path.name for path in (folder / "instructions").glob("*.md")}
    left_over = [] if ext else sorted(present - {Path(name).name for name in pages})
    if check:
        if stale or left_over:
            say(f"error: not up to date in {folder}: {', '.join([*stale, *left_over])}")
            raise End(Exit.FAILED)
        return
    if not folder.is_dir():
        raise UsageProblem(f"there is no folder '{folder}'")
    if not ext:
        (folder / "instructions").mkdir(exist_ok=True)
    for name in stale:
        (folder / name).write_text(pages[name], encoding="utf-8")
    for name in left_over:
        (folder / "instructions" / name).unlink()
    count = f"{len(pages)} page{'s' * (len(pages) != 1)}"
    say(f"{count} in {folder}, {len(stale)} of them changed")


def generate() -> dict[str, str]:
    """The text of every generated page by its path within the folder."""
    from rvx import extensions
    from rvx.analysis.cycles import published
    from rvx.export.docs_pages import NOTICE, extension_page, file_name, index_page
    from rvx.export.format_pages import formats_page
    from rvx.extensions.catalogue import SHIPPED

    shipped = [extensions.load(name) for name in SHIPPED]
    pages = {
        f"instructions/{file_name(extension)}": extension_page(extension) for extension in shipped
    }
    pages["instructions/index.md"] = index_page(shipped)
    pages["formats.md"] = formats_page()
    pages["kernels.md"] = kernels_page()
    pages["cli.md"] = command_page()
    table = published.compared()
    pages["cycles.md"] = published.page(table, NOTICE)
    pages["cycles.svg"] = published.picture(table)
    return pages


def kernels_page() -> str:
    """The kernels that come with rvx, as `rvx compare --list` has them."""
    from rvx.analysis import catalogue, kernel
    from rvx.export.docs_pages import NOTICE

    found = catalogue.to_markdown(catalogue.describe(kernel.load(name)) for name in kernel.names())
    return f"{NOTICE}\n{_KERNELS}\n{found}"


_KERNELS = """\
# Kernels

`rvx compare KERNEL` runs the variants marked as default on the same inputs, `--variant all` every
one of them, and `rvx sweep KERNEL` a grid. `rvx compare --list` prints this page. A variant is a
source of assembly in `programs/KERNEL`, with the ISA that it is written for; a `tuned` form has
blocks of registers, unrolled loops or streams where the `plain` one is a loop nest as one writes it
down. The format is that of the operands.

[A kernel of your own](../tutorial/first-kernel.md) is a folder with the same parts, and
`rvx compare` takes its path in place of a name.
"""


def _own_pages(ext: list[str]) -> dict[str, str]:
    """The page of each extension that --ext names."""
    from rvx.export.docs_pages import extension_page, file_name
    from rvx.extensions.catalogue import resolve

    return {file_name(made): extension_page(made) for one in ext for made in resolve(one)}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def command_page() -> str:
    """All commands with their arguments and options, and the exit codes."""
    from rvx.cli.main import app as root
    from rvx.export.docs_pages import NOTICE, escape, table

    parts = [NOTICE, "# Command line\n", f"{escape(root.help or '')}\n"]
    parts.append(_options(root))
    for path, found in _commands(root, "rvx"):
        words = " ".join(each.metavar for each in _arguments(found))
        parts.append(f"## {path}\n")
        parts.append(f"```text\n{path} [OPTIONS] {words}".rstrip() + "\n```\n")
        parts.append("\n\n".join(_paragraphs(found.help or "")) + "\n")
        parts.append(_options(found))
    parts.append("## Exit codes\n")
    rows = [(str(int(code)), escape(_MEANINGS[code])) for code in Exit]
    parts.append(table(("code", "meaning"), rows))
    return "\n".join(part for part in parts if part)


_MEANINGS = {
    Exit.OK: "all is well",
    Exit.FAILED: "the program under test failed, or a check did not hold",
    Exit.USAGE: "the command was not understood, or a file is not what it should be",
    Exit.SOURCE: "a source has errors; each is a line FILE:LINE:COLUMN: error: SENTENCE",
    Exit.TRAP: "the guest trapped: illegal instruction, bad access, breakpoint",
    Exit.LIMIT: "the limit of --max-instructions was reached",
    Exit.INTERNAL: "a mistake in rvx; the sentence names the file of the report",
    Exit.INTERRUPTED: "Ctrl-C",
    Exit.CLOSED: "who read the output has gone, as head does",
}


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from _commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


def _arguments(found: Any) -> list[Any]:
    return [each for each in found.params if each.param_type_name == "argument"]


def _paragraphs(text: str) -> list[str]:
    from rvx.export.docs_pages import escape

    return [escape(" ".join(part.split())) for part in text.split("\n\n") if part.strip()]


def _options(found: Any) -> str:
    from rvx.export.docs_pages import escape, table

    rows = []
    for each in found.params:
        is_argument = each.param_type_name == "argument"
        if each.name in ("help", "show_completion"):
            continue
        written = ", ".join([*each.opts, *each.secondary_opts])
        takes_value = not is_argument and not each.is_flag and not each.count
        metavar = f" {each.metavar}" if takes_value and each.metavar else ""
        name = each.metavar if is_argument else written + metavar
        rows.append((f"`{name}`".replace("|", "\\|"), escape(each.help or ""), _default(each)))
    return table(("argument or option", "what it does", "default"), rows)


def _default(each: Any) -> str:
    given = each.to_info_dict()["default"]
    is_switch = given is False or getattr(each, "count", False)
    return "" if given in (None, "") or is_switch else f"`{given}`"
