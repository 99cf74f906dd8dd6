"""What kernels there are: their parameters and variants, for a terminal, a page and a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rvx.analysis.kernel import Kernel, Parameter, Variant
from rvx.records import dataclass
from rvx.resources import programs

SCHEMA = "rvx.kernels/1"
HEADERS = ("variant", "form", "format", "ISA", "default", "what it is")


@dataclass(frozen=True)
class Described:
    """A kernel, and of each variant what its operands are made of.

    Attributes:
        name: what `rvx compare` takes: the name, or the path of a folder of the user's own.
        doc: what it computes.
        unit: what its counts are per.
        parameters: sizes.
        variants: with the formats of their operands.
    """

    name: str
    doc: str
    unit: str
    parameters: Sequence[Parameter]
    variants: Sequence[tuple[Variant, tuple[str, ...]]]


def describe(kernel: Kernel) -> Described:
    """What there is to say of a kernel.

    Raises:
        KernelError: a variant has a number system that does not exist.
    """
    is_shipped = kernel.folder.parent == programs()
    return Described(
        kernel.name if is_shipped else str(kernel.folder),
        kernel.doc,
        kernel.unit,
        list(kernel.parameters.values()),
        [(one, kernel.numbers(one).formats) for one in kernel.variants.values()],
    )


def rows(described: Described) -> list[tuple[str, ...]]:
    """The cells of a row a variant, under `HEADERS`."""
    return [
        (
            one.name,
            one.form,
            " by ".join(formats),
            one.march,
            "yes" if one.is_default else "",
            one.doc,
        )
        for one, formats in described.variants
    ]


def to_json(kernels: Iterable[Described]) -> dict[str, Any]:
    """A document of the schema rvx.kernels/1."""
    return {
        "schema": SCHEMA,
        "kernels": [
            {
                "name": one.name,
                "doc": one.doc,
                "unit": one.unit,
                "parameters": [
                    {
                        "name": size.name,
                        "default": size.default,
                        "minimum": size.minimum,
                        "doc": size.doc,
                    }
                    for size in one.parameters
                ],
                "variants": [
                    {
                        "name": variant.name,
                        "form": variant.form,
                        "formats": list(formats),
                        "arithmetic": variant.arithmetic,
                        "march": variant.march,
                        "is_default": variant.is_default,
                        "doc": variant.doc,
                    }
                    for variant, formats in one.variants
                ],
            }
            for one in kernels
        ],
    }


def to_markdown(kernels: Iterable[Described]) -> str:
    """A section a kernel: parameters, then a table of variants."""
    parts: list[str] = []
    for one in kernels:
        sizes = "".join(
            f"- `-p {size.name}={size.default}`: {size.doc}\n" for size in one.parameters
        )
        lines = [_row(HEADERS), _row("---" for _ in HEADERS)]
        lines += [
            _row((f"`{name}`", form, formats, f"`{march}`", default, doc))
            for name, form, formats, march, default, doc in rows(one)
        ]
        parts.append(f"## {one.name}\n\n{one.doc}.\n\n{sizes}\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
