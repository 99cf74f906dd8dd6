"""The directives that work on lines, which the expander carries out: tables of their names."""

from __future__ import annotations

from collections.abc import Callable

BLOCKS = {
    ".macro": ".endm",
    ".rept": ".endr",
    ".rep": ".endr",
    ".irp": ".endr",
    ".irpc": ".endr",
    ".irep": ".endr",
    ".irepc": ".endr",
}
SAME = {
    ".endc": ".endif",
    ".mexit": ".exitm",
    ".elsec": ".else",
    ".irep": ".irp",
    ".irepc": ".irpc",
    ".rep": ".rept",
}
"""Other names of directives, from assemblers of other makers."""
ENDS = {".endm": ".endm", ".endmacro": ".endm", ".endr": ".endr"}
COMPARE: dict[str, Callable[[int], bool]] = {
    ".if": lambda number: number != 0,
    ".ifne": lambda number: number != 0,
    ".ifeq": lambda number: number == 0,
    ".ifgt": lambda number: number > 0,
    ".ifge": lambda number: number >= 0,
    ".iflt": lambda number: number < 0,
    ".ifle": lambda number: number <= 0,
}
CONDITIONS = frozenset(
    [
        *COMPARE,
        *".ifdef .ifndef .ifnotdef .ifb .ifnb .ifc .ifnc .ifeqs .ifnes".split(),
    ]
)
HANDLED = frozenset(
    [
        *CONDITIONS,
        *BLOCKS,
        *ENDS,
        *SAME,
        *".else .elseif .endif .exitm .purgem .include .end .altmacro .noaltmacro".split(),
    ]
)
