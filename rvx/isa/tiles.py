"""Matrix state: tiles as bodies see them, and where an element of one lies.

A tile file is state that every element width sees in another shape. `Extension.tile_file` declares
it, the ISA says how large it is, and a body that asks for it by its name gets `Tiles`: the same
bytes as elements of each width. It is 16 tiles of `edge` times `edge` bytes. Elements of 16 bits
take two of those tiles, elements of 32 bits four; of 64 bits a tile takes two, and has half as many
rows and columns.

Where an element lies is fixed, so that who saves the state need not know how it was written: rows
and columns of neighbours share 16 bytes at every width.

Source: Zvt 0.3, riscv-isa-manual pull request 2997, src/unpriv/zvt.adoc, "Tile Punning".
"""

from __future__ import annotations

from typing import NamedTuple

from rvx.isa.bits import Words

COUNT = 16
"""Tiles of a file, as elements of 8 bits see them."""


class Tiles(NamedTuple):
    """A tile file.

    Attributes:
        e8: all of it as elements of 8 bits, int8[16 * edge * edge].
        e16: the same bytes as elements of 16 bits.
        e32: as elements of 32 bits.
        e64: as elements of 64 bits.
        edge: rows and columns of a tile, a power of two from 4 on.
    """

    e8: Words
    e16: Words
    e32: Words
    e64: Words
    edge: int


def words_of(edge: int) -> int:
    """How many words of 64 bits a file has."""
    return COUNT * edge * edge // 8


def edge_of(edge: int, width: int) -> int:
    """Rows and columns that a tile has where elements are of a width in bits."""
    return edge >> 1 if width == 64 else edge


def step_of(width: int) -> int:
    """The number of a tile is a multiple of this, where elements are of a width in bits."""
    if width == 8:
        return 1
    return 4 if width == 32 else 2


def place_8(edge: int, tile: int, row: int, column: int) -> int:
    """The position of an element of 8 bits in `Tiles.e8`."""
    block = (row >> 2) * (edge >> 2) + (column >> 2)
    return tile * edge * edge + block * 16 + (row & 3) * 4 + (column & 3)


def place_16(edge: int, tile: int, row: int, column: int) -> int:
    """The position of an element of 16 bits in `Tiles.e16`."""
    block = (row >> 2) * (edge >> 2) + (column >> 2)
    within = (row & 1) * 2 + (column & 1) + (column >> 1 & 1) * 4
    return ((tile + (row >> 1 & 1)) * edge * edge >> 1) + block * 8 + within


def place_32(edge: int, tile: int, row: int, column: int) -> int:
    """The position of an element of 32 bits in `Tiles.e32`."""
    quarter = edge >> 2
    part = tile + (2 if row >= edge >> 1 else 0) + (column >> 1 & 1)
    block = ((row >> 1) & (quarter - 1)) * quarter + (column >> 2)
    return (part * edge * edge >> 2) + block * 4 + (row & 1) * 2 + (column & 1)


def place_64(edge: int, tile: int, row: int, column: int) -> int:
    """The position of an element of 64 bits in `Tiles.e64`."""
    quarter = edge >> 2
    part = tile + (1 if row >= quarter else 0)
    block = (row & (quarter - 1)) * quarter + (column >> 1)
    return (part * edge * edge >> 3) + block * 2 + (column & 1)


PLACES = {8: place_8, 16: place_16, 32: place_32, 64: place_64}
"""By width in bits."""
