"""`rvx isa vectors`: test vectors of an instruction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, Option
from rvx.cli.options import Ext, March
from rvx.cli.output import UsageProblem, say


def vectors(
    mnemonic: Annotated[
        str, Argument(metavar="MNEMONIC", help="Of the instruction.", complete=complete.mnemonics)
    ],
    count: Annotated[
        int, Option("-n", "--count", metavar="N", min=1, max=10_000_000, help="How many.")
    ] = 100,
    hard: Annotated[
        bool, Option("--hard", help="Operands where implementations go wrong, not plain bits.")
    ] = False,
    format_name: Annotated[
        str,
        Option(
            "--format",
            metavar="csv|hex|readmemh",
            help="A line each: with names above, bare digits, or one number for $readmemh.",
        ),
    ] = "csv",
    output: Annotated[
        Path | None, Option("-o", "--output", metavar="FILE", help="Where to; stdout otherwise.")
    ] = None,
    march: March = None,
    ext: Ext = None,
    seed: Annotated[int, Option("--seed", metavar="N", help="Of the operands.")] = 0,
) -> None:
    """Write test vectors of an instruction, such as for a testbench: operands, results, flags.

    What is expected is what the body of the instruction gives. Instructions that depend on more
    than operands and states, such as loads and branches, have none.
    """
    from rvx.analysis.vectors import FORMATS, NoVectors, Vectors
    from rvx.cli.isa import unknown
    from rvx.cli.sources import choose_isa

    write = FORMATS.get(format_name)
    if write is None:
        raise UsageProblem(f"--format {format_name}: there are {', '.join(FORMATS)}")
    isa = choose_isa(march, ext)
    made = isa.instructions.get(mnemonic)
    if made is None:
        raise UsageProblem(unknown(mnemonic, isa))
    try:
        found = Vectors(made, isa)
        lines = write(found.fields, list(found.rows(count, seed, hard)))
    except NoVectors as error:
        raise UsageProblem(str(error)) from None
    text = "".join(f"{line}\n" for line in lines)
    if output is None:
        print(text, end="")
        return
    output.write_text(text)
    say(f"wrote {count:,} vectors to {output}")
