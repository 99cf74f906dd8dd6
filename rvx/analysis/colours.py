"""What colour stands for what, in every picture and page.

The colours are those of Okabe and Ito ("Color Universal Design", 2008), which readers with any kind
of colour vision tell apart. What has a colour has a mark of its own besides, for print in grey.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BLACK = "#595959"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#D6C400"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#999999"

FAMILIES: Mapping[str, tuple[str, str]] = {
    "binary floats": (BLUE, "o"),
    "FP8": (SKY, "s"),
    "posits": (VERMILION, "D"),
    "integers": (GREEN, "^"),
    "scaled blocks": (PURPLE, "v"),
    "other": (BLACK, "X"),
}
"""Colour and mark (of Matplotlib) of the kinds of number systems."""

_NAMES = (
    ("scaled blocks", r"vsq|mx|nvfp|w4a8"),
    ("posits", r"posit"),
    ("FP8", r"fp?8|e4m3|e5m2"),
    ("integers", r"int\d|u?int|s8|u8|ternary"),
    ("binary floats", r"b?fp?\d\d|float|naive|opt"),
)

CLASSES: Mapping[str, str] = {
    "custom": VERMILION,
    "float": BLUE,
    "vector": GREEN,
    "load": ORANGE,
    "store": YELLOW,
    "alu": GREY,
    "branch": SKY,
    "jump": PURPLE,
}
"""Colours of the classes of instructions, in the order of bars."""

SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW)
"""Colours of lines whose parameter is no kind of anything, such as a number of bits, in order."""
LINES = ("-", "--", ":", "-.")
"""Lines (of Matplotlib) of what is of one kind, and so of one colour."""


def family(variant: str) -> str:
    """The kind of number system that a variant has, by its name."""
    for name, pattern in _NAMES:
        if re.search(pattern, variant):
            return name
    return "other"


def in_order(kinds: Iterable[str]) -> list[str]:
    """Classes of instructions in the order of every bar."""
    known = list(CLASSES)
    return sorted(kinds, key=lambda kind: (known.index(kind) if kind in known else 99, kind))
