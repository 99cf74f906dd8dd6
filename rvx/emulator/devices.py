"""Devices: addresses at which somebody else than memory answers.

Their pages are not mapped into the core, so that an access stops it before the instruction. The run
loop performs it (`perform_access`), at the exact count of instructions, and goes on behind it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Protocol

from rvx.isa import Decoded
from rvx.isa.bits import Address
from rvx.records import dataclass


class Device(Protocol):
    """What answers at some addresses; offsets count from the first of them."""

    def read(self, offset: int, size: int) -> int:
        """So many bytes from an offset on, as a number that is not negative."""
        ...

    def write(self, offset: int, size: int, value: int) -> None:
        """Takes so many bytes at an offset, as a number that is not negative."""
        ...


@dataclass(frozen=True)
class _Access:
    """A load or store of the base ISA."""

    size: int
    is_store: bool = False
    is_signed: bool = True


_ACCESSES = {
    "lb": _Access(1),
    "lh": _Access(2),
    "lw": _Access(4),
    "ld": _Access(8),
    "lbu": _Access(1, is_signed=False),
    "lhu": _Access(2, is_signed=False),
    "lwu": _Access(4, is_signed=False),
    "sb": _Access(1, is_store=True),
    "sh": _Access(2, is_store=True),
    "sw": _Access(4, is_store=True),
    "sd": _Access(8, is_store=True),
}
"""Loads and stores that reach devices: those of I."""


class Bus:
    """The devices of a machine by address."""

    def __init__(self) -> None:
        self._begins: list[Address] = []
        self._places: list[tuple[Address, Address, Device]] = []

    def add(self, begin: Address, size: int, device: Device) -> None:
        """Puts a device somewhere.

        Raises:
            ValueError: there is another.
        """
        at = bisect_right(self._begins, begin)
        end = begin + size
        before = self._places[at - 1 : at]
        if any(place[1] > begin for place in before) or any(
            place[0] < end for place in self._places[at : at + 1]
        ):
            raise ValueError(f"two devices share addresses from {begin:#x} on")
        self._begins.insert(at, begin)
        self._places.insert(at, (begin, end, device))

    def find(self, address: Address, size: int) -> tuple[Device, int] | None:
        """The device at an address and the offset within it."""
        at = bisect_right(self._begins, address) - 1
        if at < 0:
            return None
        begin, end, device = self._places[at]
        return (device, address - begin) if address + size <= end else None


def perform_access(
    bus: Bus,
    decoded: Decoded,
    xlen: int,
    read: Callable[[int], int],
    write: Callable[[int, int], None],
) -> bool:
    """Performs a load or store of a device; False if it is none.

    Args:
        bus: the devices.
        decoded: the instruction.
        xlen: 32 or 64.
        read: gives a register of x.
        write: writes one.
    """
    expanded = decoded.expanded
    access = _ACCESSES.get(expanded.instruction.mnemonic)
    if access is None:
        return False
    values = expanded.values
    address = read(values["rs1"]) + values["imm"] & (1 << xlen) - 1
    found = bus.find(address, access.size)
    if found is None:
        return False
    device, offset = found
    bits = 8 * access.size
    if access.is_store:
        device.write(offset, access.size, read(values["rs2"]) & (1 << bits) - 1)
        return True
    value = device.read(offset, access.size) & (1 << bits) - 1
    if access.is_signed and value >> bits - 1:
        value -= 1 << bits
    if values["rd"]:
        write(values["rd"], value & (1 << xlen) - 1)
    return True
