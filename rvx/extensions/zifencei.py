"""Zifencei: the instruction-fetch fence."""

from rvx.isa import Extension

Zifencei = Extension(
    "Zifencei",
    version="2.0",
    doc="Instruction-fetch fence",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 3",
    requires=("I",),
    is_core=True,
)


@Zifencei.instruction("fence.i", "(000000000000) (00000) 001 (00000) 0001111", kind="system")
def fence_i() -> None:
    """Makes stores visible to later instruction fetches; stores to code always are in rvx."""
