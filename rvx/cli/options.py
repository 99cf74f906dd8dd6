"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from rvx.cli import complete
from rvx.cli.declare import Argument, Option

if TYPE_CHECKING:
    from rvx.analysis.kernel import Kernel
    from rvx.emulator import Backend, Tier
    from rvx.formats.number.own import Codec

Number = TypeVar("Number", int, float)

March = Annotated[
    str | None,
    Option(
        "--march",
        metavar="ISA",
        help="The ISA, such as rv64gc_xposit. Default: RV64GC and every shipped extension "
        "that goes with the others.",
        complete=complete.march,
    ),
]
Ext = Annotated[
    list[str] | None,
    Option(
        "--ext",
        metavar="FILE|NAME",
        help="A Python file that declares an extension, or the name of one. Repeatable.",
        complete=complete.extensions,
    ),
]
Vlen = Annotated[
    int,
    Option(
        "--vlen",
        metavar="BITS",
        min=0,
        help="Bits of a vector register, 128 to 65536; as few as the ISA allows if 0.",
    ),
]
CheckedShare = Annotated[
    str, Option("--check", metavar="SHARE", help="Of the products that the emulator does as well.")
]
LikeGemm = Annotated[
    str,
    Option(
        "--kernel",
        metavar="KERNEL",
        help="A folder that extends gemm.",
        complete=complete.kernels,
    ),
]
AccumulatorFiles = Annotated[
    list[Path] | None,
    Option("--file", metavar="FILE", help="Python that makes accumulators. Repeatable."),
]
Json = Annotated[bool, Option("--json", help="Print one JSON document.")]
Inputs = Annotated[
    list[Path],
    Argument(
        metavar="FILE...",
        help="Assembly sources, objects and archives, which are linked; - is stdin.",
    ),
]
IncludeDirs = Annotated[
    list[Path] | None,
    Option("-I", metavar="FOLDER", help="Where .include and .incbin look too. Repeatable."),
]
Defines = Annotated[
    list[str] | None,
    Option("--defsym", metavar="NAME=NUMBER", help="A symbol to begin with. Repeatable."),
]
Memory = Annotated[
    str | None,
    Option(
        "--memory",
        metavar="SIZE",
        help="All the memory that the program may have, such as 64M or 2G: what is loaded, heap "
        "and stack. Default: 1G; with a board, 128M of it are heap and stack.",
    ),
]
Stack = Annotated[
    str | None,
    Option(
        "--stack",
        metavar="SIZE",
        help="Memory that the stack may take, such as 64M: at most a quarter of what there is for "
        "heap and stack. Default: 8M, as on Linux.",
    ),
]
BackendName = Annotated[
    str,
    Option(
        "--backend", metavar="native|python", help="Run instruction bodies compiled or interpreted."
    ),
]
TierName = Annotated[
    str,
    Option(
        "--tier",
        metavar="1|2|3|python",
        help="How far to go: 1 traps, 2 inline, 3 compiled loops (also trap, inline, region); "
        "python is the same as --backend python.",
    ),
]
CoreName = Annotated[
    str | None,
    Option(
        "--core",
        metavar="NAME|FILE.toml",
        help="Estimate the cycles of a core that comes with rvx, such as snitch, or that a file "
        "describes.",
        complete=complete.cores,
    ),
]
_UNITS = ("", "K", "M", "G", "T")
_TIERS: dict[str, Tier] = {
    "1": "trap",
    "2": "inline",
    "3": "region",
    "trap": "trap",
    "inline": "inline",
    "region": "region",
}


def parse_tier(backend: str, tier: str) -> tuple[Backend, Tier]:
    """The backend and the tier that the options --backend and --tier ask for.

    Raises:
        UsageProblem: one of them is not known.
    """
    from rvx.cli.output import UsageProblem

    if backend not in ("native", "python"):
        raise UsageProblem(f"--backend {backend}: there are native and python")
    if backend == "python" or tier == "python":
        return "python", "region"
    if tier not in _TIERS:
        raise UsageProblem(f"--tier {tier}: there are {', '.join(_TIERS)} and python")
    return "native", _TIERS[tier]


def parse_size(option: str, text: str) -> int:
    """Bytes, of a number with K, M, G or T (powers of 1024) behind it, or without.

    Raises:
        UsageProblem: it is no such number, or not above 0.
    """
    from rvx.cli.output import UsageProblem

    digits, unit = (text, "") if text[-1:].isdigit() else (text[:-1], text[-1:].upper())
    if unit not in _UNITS or not digits.isascii() or not digits.isdigit() or not int(digits):
        raise UsageProblem(f"{option} {text}: write a size above 0, such as 64M or 2G")
    return int(digits) << 10 * _UNITS.index(unit)


def parse_stack(text: str | None) -> int:
    """Bytes that the stack may take, of `--stack`.

    Raises:
        UsageProblem: it is no size.
    """
    from rvx.emulator.memory import LARGEST_STACK

    return LARGEST_STACK if text is None else parse_size("--stack", text)


def parse_share(option: str, text: str) -> float:
    """A part of a whole, such as 1% or 0.01.

    Raises:
        UsageProblem: it is none.
    """
    from rvx.cli.output import UsageProblem

    number, is_percent = (text[:-1], True) if text.endswith("%") else (text, False)
    try:
        share = float(number) / (100 if is_percent else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageProblem(f"{option} {text}: write a share from 0 to 1, or such as 1%")
    return share


def parse_list(option: str, text: str, kind: Callable[[str], Number]) -> list[Number]:
    """The numbers of an option, separated by commas.

    Raises:
        UsageProblem: one of them is no number, or not above 0.
    """
    from rvx.cli.output import UsageProblem

    try:
        numbers = [kind(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not all(0 < number < float("inf") for number in numbers):
        what = "whole numbers" if kind is int else "numbers"
        raise UsageProblem(f"{option} {text}: write {what} above 0, with commas between them")
    return numbers


def has_own_variants(
    kernel: Kernel, options: tuple[str, str], variants: tuple[str, str], *, others: bool
) -> bool:
    """Whether a scheme of a user's own variants is asked for, in place of those with names.

    Args:
        kernel: whose products are computed.
        options: that name the first variant, and one for some of the products.
        variants: what they say; empty where they are not given.
        others: whether schemes are named, too.

    Raises:
        UsageProblem: they do not go together, or the kernel is not like gemm.
    """
    from rvx.cli.output import UsageProblem

    (first, second), (variant, other) = options, variants
    if not {"M", "N", "K"} <= kernel.parameters.keys():
        raise UsageProblem(f"--kernel {kernel.name}: name gemm, or a folder that extends it")
    if variant:
        if others:
            raise UsageProblem(f"{first} and {second} are a scheme of their own; name no other one")
        return True
    if other:
        raise UsageProblem(f"{second} goes with {first}, which names the other variant")
    if kernel.name != "gemm":
        raise UsageProblem(f"name variants of {kernel.name} with {first} and {second}")
    return False


def own_formats(ext: Sequence[str] | None) -> dict[str, Codec]:
    """The number formats that extensions of users declare, by name."""
    from rvx.extensions.catalogue import resolve

    return {k: v for one in ext or () for made in resolve(one) for k, v in made.formats.items()}
