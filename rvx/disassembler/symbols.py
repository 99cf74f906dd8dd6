"""Which symbol an address belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from rvx.isa import Address

_CONTROLS = {code: f"^{chr(code + 0x40)}" for code in range(0x20)} | {0x7F: "^?"}


def printable(name: str) -> str:
    """A name with its control characters made visible, as in `a^[[31mred`.

    Otherwise the names of a file could colour, move or erase what a terminal shows.
    """
    return name.translate(_CONTROLS)


class Symbols:
    """Symbols by address.

    Args:
        names: address of every symbol, or pairs of name and address. Of several symbols with one
            address the first is taken.
    """

    def __init__(self, names: Mapping[str, Address] | Iterable[tuple[str, Address]] = ()) -> None:
        pairs = names.items() if isinstance(names, Mapping) else names
        found: dict[Address, str] = {}
        self._by_name: dict[str, Address] = {}
        for name, address in pairs:
            found.setdefault(address, name)
            self._by_name.setdefault(name, address)
        self._addresses = sorted(found)
        self._names = [found[address] for address in self._addresses]

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def lookup(self, address: Address) -> tuple[str, int] | None:
        """The last symbol at or before the address and the distance to it.

        An address before all symbols gets the first one and a negative distance; None means that
        there are no symbols.
        """
        if not self._addresses:
            return None
        at = max(bisect_right(self._addresses, address) - 1, 0)
        return self._names[at], address - self._addresses[at]

    def address_of(self, name: str) -> Address | None:
        """The address of a symbol, None if there is no such symbol."""
        return self._by_name.get(name)

    def at(self, address: Address) -> str | None:
        """The symbol that is exactly there."""
        found = self.lookup(address)
        return found[0] if found and found[1] == 0 else None

    def describe(self, address: Address) -> str:
        """The address as objdump writes it: `101c4 <main+0x8>`, or `0x101c4` without symbols."""
        found = self.lookup(address)
        if found is None:
            return f"{address:#x}"
        name, offset = found
        distance = f"{'+' if offset > 0 else '-'}{abs(offset):#x}" if offset else ""
        return f"{address:x} <{name}{distance}>"
