"""Functions of a program by address, inlined ones too, out of DWARF (version 5, 3.3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from rvx.isa import Address

_TAGS = ("DW_TAG_subprogram", "DW_TAG_inlined_subroutine")
_ORIGINS = ("DW_AT_abstract_origin", "DW_AT_specification")


class FunctionTable:
    """Which function an address belongs to; of nested ones the innermost.

    Args:
        dwarf: the debug information of a file.
    """

    def __init__(self, dwarf: Any) -> None:
        found = [each for unit in dwarf.iter_CUs() for each in _functions(dwarf, unit)]
        # The innermost range comes last, so that it is what remains.
        found.sort(key=lambda each: each[0] - each[1])
        edges = sorted({edge for low, high, _ in found for edge in (low, high)})
        self._starts: list[Address] = edges
        self._names = [""] * len(edges)
        for low, high, name in found:
            first, last = bisect_right(edges, low) - 1, bisect_right(edges, high) - 1
            self._names[first:last] = [name] * (last - first)

    def find(self, address: Address) -> str:
        """The name of the function; empty if none is known."""
        index = bisect_right(self._starts, address) - 1
        return self._names[index] if index >= 0 else ""


def _functions(dwarf: Any, unit: Any) -> Iterator[tuple[Address, Address, str]]:
    top = unit.get_top_DIE().attributes.get("DW_AT_low_pc")
    base = top.value if top is not None else 0
    for die in unit.iter_DIEs():
        if die.tag in _TAGS:
            name = _name(die)
            for low, high in _ranges(dwarf, unit, die, base):
                if low < high:
                    yield low, high, name


def _ranges(dwarf: Any, unit: Any, die: Any, base: Address) -> Iterator[tuple[Address, Address]]:
    attributes = die.attributes
    if "DW_AT_ranges" in attributes:
        lists = dwarf.range_lists()
        for entry in lists.get_range_list_at_offset(attributes["DW_AT_ranges"].value, cu=unit):
            if hasattr(entry, "base_address"):
                base = entry.base_address
            elif entry.is_absolute:
                yield entry.begin_offset, entry.end_offset
            else:
                yield base + entry.begin_offset, base + entry.end_offset
    elif "DW_AT_low_pc" in attributes and "DW_AT_high_pc" in attributes:
        low, high = attributes["DW_AT_low_pc"].value, attributes["DW_AT_high_pc"]
        yield low, high.value if high.form == "DW_FORM_addr" else low + high.value


def _name(die: Any) -> str:
    """The name of a function, which may stand where it is declared."""
    for _ in range(4):
        attribute = die.attributes.get("DW_AT_name")
        if attribute is not None:
            return str(attribute.value.decode("utf-8", "replace"))
        origin = next((each for each in _ORIGINS if each in die.attributes), None)
        if origin is None:
            break
        die = die.get_DIE_from_attribute(origin)
    return ""
