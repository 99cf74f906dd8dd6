"""`rvx isa export`: extensions as files of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, Option
from rvx.cli.options import Ext
from rvx.cli.output import UsageProblem, say

if TYPE_CHECKING:
    from rvx.isa import Extension


def export(
    target: Annotated[
        str,
        Argument(
            metavar="TARGET",
            help="What to write; `rvx isa export list` lists them.",
            complete=complete.targets,
        ),
    ],
    ext: Ext = None,
    output: Annotated[
        Path | None,
        Option(
            "-o",
            metavar="PATH",
            help="The file, or the folder for several; stdout by default.",
        ),
    ] = None,
) -> None:
    """Write extensions for another tool: a C header, an opcode table, a decoder.

    What the target cannot say is left out, and named on stderr with the reason.
    """
    from rvx.export import targets

    if target == "list":
        for name, doc in targets.TARGETS.items():
            print(f"{name:18}{doc}")
        return
    if target not in targets.TARGETS:
        raise UsageProblem(f"there is no target '{target}'; there are {', '.join(targets.TARGETS)}")
    made = targets.export(target, chosen(ext))
    for sentence in made.left_out:
        say(f"note: {sentence}")
    if not made.files:
        raise UsageProblem(f"there is nothing to export to {target}")
    write(made.files, output)


def chosen(ext: list[str] | None) -> list[Extension]:
    """The extensions that --ext names, each once."""
    from rvx.extensions.catalogue import resolve

    if not ext:
        raise UsageProblem(
            "name what to export with --ext FILE or --ext NAME, such as --ext xposit"
        )
    return list({made.name: made for one in ext for made in resolve(one)}.values())


def write(files: dict[str, str], output: Path | None) -> None:
    """Writes files: one to a path or to stdout, several into a folder."""
    if output is None:
        if len(files) > 1:
            raise UsageProblem(
                f"these are {len(files)} files, {', '.join(files)}; name a folder for them with -o"
            )
        print(next(iter(files.values())), end="")
        return
    if len(files) == 1 and not output.is_dir():
        _write(output, next(iter(files.values())))
        return
    if output.exists() and not output.is_dir():
        raise UsageProblem(f"these are {len(files)} files, and '{output}' is no folder")
    output.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    say(f"{len(files)} file{'s' * (len(files) > 1)} in {output}: {', '.join(files)}")


def _write(path: Path, text: str) -> None:
    """Writes a whole file or none: what was there before stays until the new text is complete."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a pipe or a device
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
