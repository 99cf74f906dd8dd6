"""Zkr: a source of entropy, which programs read as the CSR seed.

It declares no instruction. The run loop of the emulator holds the CSR (`rvx.emulator.privileged`),
since what it reads is new each time.
"""

from rvx.extensions.bitmanip import CRYPTOGRAPHY
from rvx.isa import Extension

Zkr = Extension(
    "Zkr", version="1.0", doc="The CSR seed: entropy", source=CRYPTOGRAPHY, requires=("Zicsr",)
)
