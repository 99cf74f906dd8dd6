"""RV32E and RV64E: the base ISA with half of its registers.

E declares nothing: where it is, words of any extension that name x16 to x31 are reserved.
"""

from rvx.isa import Extension
from rvx.isa.isa import HALF

E = Extension(
    HALF,
    version="1.9",
    doc="The base ISA with 16 registers",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "RV32E and RV64E"',
    requires=("I",),
)
