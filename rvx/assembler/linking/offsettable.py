"""The global offset table of a static program: a word of memory for each address asked for.

Position-independent code loads addresses from there. In a static program all of them are known, so
the table is data that the linker fills in (psABI, chapters on the global offset table and on
thread-local storage).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rvx.assembler.model.object import ObjectSection, ObjectSymbol, Relocation
from rvx.assembler.model.sections import ALLOC, PROGBITS, WRITE

NAME = ".got"
_ENTRIES = {
    # relocation of the code: relocations of the words of its entry
    "GOT_HI20": ("{bits}",),
    "TLS_GOT_HI20": ("TLS_TPREL{bits}",),
    "TLS_GD_HI20": ("TLS_DTPMOD{bits}", "TLS_DTPREL{bits}"),
}
KINDS = frozenset(_ENTRIES)


class OffsetTable:
    """The entries that the code of a program asks for.

    Args:
        sections: of the program.
        target: the definition that counts of a symbol.
        xlen: 32 or 64.

    Attributes:
        section: with the table; empty if nobody asks for an entry.
    """

    def __init__(
        self,
        sections: Iterable[ObjectSection],
        target: Callable[[ObjectSymbol], ObjectSymbol],
        xlen: int,
    ) -> None:
        word = xlen // 8
        self.section = ObjectSection(NAME, ALLOC | WRITE, PROGBITS, bytearray(), 0, word)
        self._target = target
        self._offsets: dict[tuple[str, int, int], int] = {}
        for section in sections:
            for one in section.relocations:
                if one.kind in KINDS and one.symbol is not None:
                    self._add(one, one.symbol, xlen)
        self.section.size = len(self.section.data)

    def _add(self, asked: Relocation, symbol: ObjectSymbol, xlen: int) -> None:
        key = self._key(asked, symbol)
        if key in self._offsets:
            return
        self._offsets[key] = len(self.section.data)
        for kind in _ENTRIES[asked.kind]:
            self.section.relocations.append(
                Relocation(
                    len(self.section.data),
                    kind.format(bits=xlen),
                    symbol,
                    asked.addend,
                    asked.location,
                )
            )
            self.section.data += bytes(xlen // 8)

    def _key(self, asked: Relocation, symbol: ObjectSymbol) -> tuple[str, int, int]:
        return asked.kind, id(self._target(symbol)), asked.addend

    def offset(self, asked: Relocation) -> int:
        """Where in the table the entry is that a relocation asks for."""
        assert asked.symbol is not None
        return self._offsets[self._key(asked, asked.symbol)]
