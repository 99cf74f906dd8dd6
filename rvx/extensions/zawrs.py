"""Zawrs: waits for a store to the reservation of a load-reserved."""

from rvx.isa import Extension

Zawrs = Extension(
    "Zawrs",
    version="1.0",
    doc="Waits on a reservation set",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zawrs"',
    requires=("Zalrsc",),
)


@Zawrs.instruction("wrs.nto", "000000001101 00000 000 00000 1110011", kind="system")
def wrs_nto() -> None:
    """Waits for a store of another hart: there is none, and the manual allows not to wait."""


@Zawrs.instruction("wrs.sto", "000000011101 00000 000 00000 1110011", kind="system")
def wrs_sto() -> None:
    """Waits as wrs.nto does, but not for long."""
