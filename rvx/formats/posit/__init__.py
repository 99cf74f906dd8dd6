"""Posits: Posit Standard (2022), any width up to 64 bits, with the quire.

Rooms: `format` (the format as a value), `exact` and `exact_*` (the slow reference on fractions),
`scalar` (compiled kernels: `posit32.add`), `array` (NumPy arrays of patterns), `text` (decimal),
`elementary` (exp, sin, ...), and `PositArray`, a NumPy-friendly array type.
"""

from typing import TYPE_CHECKING, Any

from rvx.formats.posit import operations as _operations  # noqa: F401 - enters itself
from rvx.formats.posit.format import POSIT8, POSIT16, POSIT32, POSIT64, STANDARD, Posit, parse
from rvx.formats.posit.scalar import kernels, posit8, posit16, posit32, posit64

if TYPE_CHECKING:
    from rvx.formats.posit.positarray import PositArray

__all__ = [
    "POSIT8",
    "POSIT16",
    "POSIT32",
    "POSIT64",
    "STANDARD",
    "Posit",
    "PositArray",
    "kernels",
    "parse",
    "posit8",
    "posit16",
    "posit32",
    "posit64",
]


def __getattr__(name: str) -> Any:
    """PositArray is loaded when it is asked for: it needs NumPy, and the catalogue does not."""
    if name == "PositArray":
        from rvx.formats.posit.positarray import PositArray

        return PositArray
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
