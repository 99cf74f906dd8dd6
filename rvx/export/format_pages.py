"""The reference page of the number formats, from the catalogues."""

from __future__ import annotations

import math
from collections.abc import Callable

from rvx.export.docs_pages import NOTICE, escape, table
from rvx.formats.block.mx.format import FORMATS as MX_FORMATS
from rvx.formats.block.mx.rules import RULES as MX_RULES
from rvx.formats.block.nvfp4.format import NVFP4
from rvx.formats.block.nvfp4.rules import RULES
from rvx.formats.block.vsq.format import Vsq
from rvx.formats.integer import INT4, INT8, INT16, UINT4, UINT8, UINT16
from rvx.formats.minifloat.catalogue import FORMATS as MINIFLOATS
from rvx.formats.minifloat.exact import decode
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.number.catalogue import OTHERS, parse
from rvx.formats.number.format import extremes
from rvx.formats.posit.format import STANDARD as POSITS

_INTRODUCTION = """\
# Number formats

Every format is a value that names its fields, so that this list is not a limit: any `posit<n,es>`,
any `eXmY` and any `intN` is read by name. `rvx format FORMAT NUMBER` takes one number apart,
`rvx format plot FORMAT...` draws their accuracy, `.FORMAT NUMBER, ...` is data in assembly,
`rvx debug` prints registers and memory in any of them, and `rvx dot --formats FORMAT` adds up
products of them. A format that an extension declares is one of them, with `--ext`
([how](../howto/own-format.md)).
"""


_OTHERS = """\
Families of which no instruction comes with rvx. In a name, K, N, X, Y and R are numbers.

- `binaryKpPse`: IEEE P3109's formats of K bits (3 to 16) and precision P; `s` or `u` for signed or
  unsigned, `e` or `f` for extended by infinities or finite. The only NaN is where minus zero would
  be, or all ones. `p3109_k8p3se` is the same.
- `ueXmY`: unsigned scales such as UE4M3 (PTX) and UE5M3; all ones are NaN, and bits in front fill
  whole bytes. What is negative becomes 0.
- `eXm0`: powers of two with a sign, and zero, such as E3M0.
- `takumN` and `lintakumN`, logarithmic and linear, of 6 to 64 bits (Hunhold, arXiv 2404.18603).
- `lnsNfR`: a sign and a logarithm to the base 2 of N - 1 bits, R of them behind the point.
- `ternary`: -1, 0 and 1 in two bits.

Numbers beyond the largest become it, or infinity where there is one. Numbers of logarithmic formats
are irrational: they are shown to 20 digits, and encoding is right nevertheless.

"""


def formats_page() -> str:
    """All named formats with their fields and ranges."""
    parts = [NOTICE, _INTRODUCTION]
    parts += ["## Posits", "", _posits()]
    parts += ["## Minifloats", "", _minifloats()]
    parts += ["## Integers", "", _integers()]
    parts += ["## Without kernels", "", _others()]
    parts += ["## Block-scaled formats", "", _blocks()]
    return "\n".join(parts)


def _posits() -> str:
    rows = [
        (
            f"`{posit.name}`",
            str(posit.n),
            str(posit.es),
            str(posit.fraction_bits),
            f"2^{posit.max_scale}",
            f"2^-{posit.max_scale}",
            f"{posit.int_max:,}",
            str(posit.quire_bits),
        )
        for posit in POSITS
    ]
    headers = (
        "format",
        "bits",
        "es",
        "fraction bits, at most",
        "largest",
        "smallest",
        "all integers up to",
        "quire bits",
    )
    return "Posit Standard (2022). There are no infinities; NaR alone is not a number.\n\n" + table(
        headers, rows
    )


def _minifloats() -> str:
    rows = [
        (
            f"`{name}`",
            f"`{made.name}`",
            str(made.bits),
            f"{made.e}, {made.m}",
            str(made.bias),
            _value(made, made.max_finite),
            _value(made, made.min_normal),
            _value(made, 1 if made.is_signed else 0),
            _special(made),
            made.natural_overflow.value,
        )
        for name, made in MINIFLOATS.items()
    ]
    headers = (
        "format",
        "ml\\_dtypes",
        "bits",
        "exponent, mantissa",
        "bias",
        "largest",
        "smallest normal",
        "smallest",
        "not numbers",
        "overflow to",
    )
    return (
        "Overflow is what happens where nothing else is asked for; libraries differ in it.\n\n"
        + table(headers, rows)
    )


def _value(made: Minifloat, code: int) -> str:
    return f"{float(decode(made, code).magnitude):.6g}"


def _special(made: Minifloat) -> str:
    found = [name for name, has in (("inf", made.has_infinity), ("NaN", made.has_nan)) if has]
    return ", ".join(found) or "none"


def _integers() -> str:
    rows = [
        (f"`{made.name}`", str(made.minimum), str(made.maximum), f"{made.low} to {made.high}")
        for made in (INT4, UINT4, INT8, UINT8, INT16, UINT16)
    ]
    return table(("format", "least", "greatest", "codes of the quantiser"), rows)


def _first_line(function: Callable[..., object]) -> str:
    """What a function says of itself."""
    return (function.__doc__ or "").partition("\n")[0].partition(": ")[0].rstrip(".")


def _others() -> str:
    rows = []
    for name in OTHERS:
        made = parse(name)
        smallest, largest = (f"{float(x):.6g}" for x in extremes(made))
        special = dict.fromkeys(
            value
            for value in map(made.decode, range(1 << made.bits))
            if isinstance(value, str) and value != "no code"
        )
        rounding = "by logarithm" if not made.is_rational else "half-way"
        if "takum" in name:
            rounding = "at the number of one bit more"
        row = (f"`{made.name}`", str(made.bits), smallest, largest, ", ".join(special), rounding)
        rows.append(row)
    headers = ("format", "bits", "smallest", "largest", "not numbers", "rounded")
    return _OTHERS + table(headers, rows)


def _blocks() -> str:
    rows = [
        (
            f"`{made.name}`",
            escape(str(made.element.name)),
            str(made.block),
            "power of two (E8M0)",
            f"{made.bits_per_element:g}",
        )
        for made in MX_FORMATS.values()
    ]
    rows.append(
        (
            f"`{NVFP4.name}`",
            escape(NVFP4.element.name),
            str(NVFP4.block),
            f"{escape(NVFP4.scale.name)}, and a float32 per tensor",
            f"{NVFP4.bits_per_element:g}",
        )
    )
    rows += [
        (
            f"`{made.name}`",
            made.element.name,
            str(made.vector),
            f"{made.scale_bits}-bit integer, and a real scale per {made.coarse}",
            f"{made.bits_per_element:g}",
        )
        for made in (Vsq(INT4, 16, 4), Vsq(INT4, 64, 8))
    ]
    rules = [
        (
            f"`{rule.name}`",
            f"2^{int(math.log2(rule.smallest_scale))}",
            f"{max(rule.scale_of_zeros, rule.smallest_scale):g}",
            "x * (1 / tensor scale / block scale)"
            if rule.has_reciprocal
            else "x / (block scale * tensor scale)",
            escape(rule.source),
        )
        for rule in RULES.values()
    ]
    headers = ("rule", "smallest block scale", "of zeros", "an element", "source")
    return (
        table(("format", "element", "block", "scale", "bits per element"), rows)
        + "\nLibraries round the scales of NVFP4 in different ways. `--rule` of `rvx format` "
        "chooses one;\nthe first is what rvx takes elsewhere.\n\n"
        + table(headers, rules)
        + "\nSo do they with the scales of MX, which are powers of two. For `--rule` there are:\n\n"
        + table(("rule", "scale"), [(f"`{name}`", _first_line(r)) for name, r in MX_RULES.items()])
    )
