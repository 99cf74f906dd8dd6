"""Zihintpause: a hint that the hart is waiting in a loop."""

from rvx.isa import Extension

Zihintpause = Extension(
    "Zihintpause",
    version="2.0",
    doc="Pause hint",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 4",
    requires=("I",),
    is_core=True,
)


@Zihintpause.instruction(
    "pause", "0000 0001 0000 00000 000 00000 0001111", kind="system", overlaps=("fence",)
)
def pause() -> None:
    """Waits a little; it is the fence of stores before nothing, and does nothing here."""
