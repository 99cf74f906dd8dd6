"""Svinval: the fence of page tables in three parts.

Their bodies are the run loop's (`rvx.emulator.privileged`): what they may do depends on the mode.
"""

from rvx.isa import Extension

Svinval = Extension(
    "Svinval",
    version="1.0",
    doc="Invalidates entries of address translation, in parts",
    source='The RISC-V Instruction Set Manual, Volume II, 20240411, chapter "Svinval"',
    requires=("I",),
)

Svinval.encoding(
    "sinval.vma rs1, rs2",
    "0001011 rs2 rs1 000 00000 1110011",
    kind="system",
    doc="Forgets translations, between the two fences.",
)
Svinval.encoding(
    "sfence.w.inval",
    "000110000000 00000 000 00000 1110011",
    kind="system",
    doc="Orders earlier stores before later sinval.vma.",
)
Svinval.encoding(
    "sfence.inval.ir",
    "000110000001 00000 000 00000 1110011",
    kind="system",
    doc="Orders earlier sinval.vma before later accesses.",
)
