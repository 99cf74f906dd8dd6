"""Names to formats, of all families and of users."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rvx.errors import RvxError
from rvx.formats.integer.format import parse as parse_integer
from rvx.formats.minifloat.catalogue import FORMATS
from rvx.formats.minifloat.catalogue import parse as parse_minifloat
from rvx.formats.number import binary, logarithmic, takum
from rvx.formats.number.format import Format
from rvx.formats.number.own import Codec, named
from rvx.formats.number.standard import Integers, Minifloats, Posits
from rvx.formats.number.table import TERNARY
from rvx.formats.posit.format import parse as parse_posit


class FormatError(RvxError, ValueError):
    """A name that is no format, or text that is no number of it."""


OTHERS: Final = (
    "binary8p3se",
    "binary8p4se",
    "binary8p3ue",
    "binary8p4sf",
    "ue4m3",
    "ue5m3",
    "e3m0",
    "takum8",
    "takum16",
    "lintakum16",
    "lns8f3",
    "lns16f8",
    "ternary",
)
"""Of the formats without kernels, those that are listed; their names say what else there is."""

_FAMILIES: Final = (
    lambda name: Posits(parse_posit(name)),
    lambda name: Integers(parse_integer(name)),
    lambda name: Minifloats(parse_minifloat(name)),
    binary.parse,
    takum.parse,
    logarithmic.parse,
)


def parse(name: str, own: Mapping[str, Codec] | None = None) -> Format:
    """The format with a name.

    Args:
        name: in either case.
        own: formats of users, which come first.

    Raises:
        FormatError: nothing is called so.
    """
    key = name.strip()
    if own and key in own:
        return named(key, own[key])
    found = _shipped(key.lower())
    if found is not None:
        return found
    also = f", {', '.join(own)}" if own else ""
    raise FormatError(
        f"'{name}' is not a format; there are posit8 to posit64 (or posit<n,es>), int2 to int16, "
        f"uint2 to uint16, {', '.join(FORMATS)}, any eXmY such as e4m3, binaryKpP with s or u and "
        f"e or f such as binary8p3se, ueXmY, e3m0, takumN, lintakumN, lnsNfR, ternary{also}, and "
        "of blocks mxfp8_e4m3, mxfp8_e5m2, mxfp6_e2m3, mxfp6_e3m2, mxfp4_e2m1, mxint8, nvfp4 and "
        "vsqN-vV-mM such as vsq4-v16-m4"
    )


@lru_cache(maxsize=256)
def _shipped(name: str) -> Format | None:
    if name == TERNARY.name:
        return TERNARY
    for family in _FAMILIES:
        try:
            return family(name)
        except ValueError:
            continue
    return None
