"""Posits: Posit Standard (2022), any width up to 64 bits, with the quire."""

from rvx.formats.posit.format import POSIT8, POSIT16, POSIT32, POSIT64, Posit, parse
from rvx.formats.posit.scalar import kernels, posit8, posit16, posit32, posit64

__all__ = [
    "POSIT8",
    "POSIT16",
    "POSIT32",
    "POSIT64",
    "Posit",
    "kernels",
    "parse",
    "posit8",
    "posit16",
    "posit32",
    "posit64",
]
