"""Words shared by every minifloat implementation: rounding modes, overflow policies, flags.

A rounding argument is one integer: the mode in its three low bits, numbered as in the RISC-V `frm`
field, and for stochastic rounding the random bits above them (see `stochastic`). Five modes are
RISC-V's; round-to-odd and stochastic rounding are PULP's additions (cvfpu, `fpnew_pkg.sv`).
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final

NX: Final = 1  # inexact
UF: Final = 2  # underflow: tiny after rounding, and inexact
OF: Final = 4  # overflow
DZ: Final = 8  # division of a finite number by zero
NV: Final = 16  # invalid operation

STOCHASTIC_BITS: Final = 12


class Rounding(IntEnum):
    """Rounding modes by their number in `frm`."""

    RNE = 0
    RTZ = 1
    RDN = 2
    RUP = 3
    RMM = 4
    ROD = 5
    RSR = 6


class Overflow(Enum):
    """What a result beyond the largest finite number becomes.

    Under a mode that rounds such a result towards zero it is the largest finite number whatever
    the policy, as IEEE 754-2019, 7.4 has it for infinity.
    """

    INFINITY = "infinity"
    SATURATE = "saturate"
    NAN = "nan"


def stochastic(random: int) -> int:
    """The rounding argument of stochastic rounding with the given random bits.

    The magnitude is rounded up when `random` is below the first 12 discarded bits, as cvfpu's
    `fpnew_rounding.sv` compares its shift register.

    Raises:
        ValueError: `random` does not fit in 12 bits.
    """
    if not 0 <= random < 1 << STOCHASTIC_BITS:
        raise ValueError(
            f"{random} is no random number of stochastic rounding; valid are 0 to "
            f"{(1 << STOCHASTIC_BITS) - 1} ({STOCHASTIC_BITS} bits)"
        )
    return Rounding.RSR | random << 3
