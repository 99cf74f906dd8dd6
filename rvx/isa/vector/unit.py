"""What a hart's vector unit has: widths, registers and CSRs, as extensions say it."""

from __future__ import annotations

from rvx.isa.csr import Csr
from rvx.isa.errors import IsaError
from rvx.isa.vector.state import HEADER, MTYPE, STATE, VCSR, VL, VLENB, VSTART, VTYPE
from rvx.records import dataclass

LEAST_VLEN, MOST_VLEN = 32, 65_536


@dataclass(frozen=True)
class VectorUnit:
    """Widths of a vector unit, or what an extension demands of them.

    Attributes:
        vlen: bits of a register, a power of two.
        elen: bits of the widest element, 32 or 64.
        floats: the widths of elements that may be floats, as a sum such as 16 + 32 + 64, and
            `CONVERTED_HALVES`.
        alternatives: the SEW under which vtype may have altfmt set, likewise.
        lambdas: the values of lambda that vtype may hold (Zvvm), as a sum such as 1 + 2 + 4; 0 if
            it has no such field.
        edge: rows and columns of the tiles of matrix state, at least; 0 if none is demanded.
    """

    vlen: int = LEAST_VLEN
    elen: int = 32
    floats: int = 0
    alternatives: int = 0
    lambdas: int = 0
    edge: int = 0

    def joined(self, other: VectorUnit) -> VectorUnit:
        """What meets both demands."""
        return VectorUnit(
            max(self.vlen, other.vlen),
            max(self.elen, other.elen),
            self.floats | other.floats,
            self.alternatives | other.alternatives,
            self.lambdas | other.lambdas,
            max(self.edge, other.edge),
        )

    @property
    def settings(self) -> tuple[int, ...]:
        """What `Vector` holds behind the registers and the words that configure them."""
        return (self.vlen // 8, self.elen, self.floats, self.alternatives, self.lambdas)

    @property
    def words(self) -> int:
        """How many words the state has: the header and 32 registers."""
        return HEADER + max(1, 32 * self.vlen // 64)


def check_vlen(vlen: int, least: int) -> None:
    """Checks the width of vector registers.

    Raises:
        IsaError: it is not a power of two, or too small or too large.
    """
    if vlen & (vlen - 1) or not least <= vlen <= MOST_VLEN:
        raise IsaError(
            f"VLEN is a power of two from {least} to {MOST_VLEN} with these extensions, not {vlen}"
        )


def reset_words(unit: VectorUnit, xlen: int) -> tuple[tuple[int, int], ...]:
    """The words of the state that are not 0 at reset: vtype is ill, and vlenb is a constant."""
    return ((VTYPE, -(1 << xlen - 1)), (VLENB, unit.vlen // 8))


def csrs(unit: VectorUnit) -> list[Csr]:
    """The CSRs of the vector unit: seven, and with tiles mtype."""
    tiles = [Csr("mtype", 0xC23, STATE, 0, 64, "Rows and depth of products of tiles", MTYPE)]
    return [
        *(tiles if unit.edge else []),
        Csr("vstart", 0x008, STATE, 0, unit.vlen.bit_length() - 1, "First element to do", VSTART),
        Csr("vxsat", 0x009, STATE, 0, 1, "Whether a fixed-point result was clipped", VCSR),
        Csr("vxrm", 0x00A, STATE, 1, 2, "Rounding of fixed-point instructions", VCSR),
        Csr("vcsr", 0x00F, STATE, 0, 3, "vxrm and vxsat", VCSR),
        Csr("vl", 0xC20, STATE, 0, 64, "How many elements there are to do", VL),
        Csr("vtype", 0xC21, STATE, 0, 64, "Width, grouping and policies of elements", VTYPE),
        Csr("vlenb", 0xC22, STATE, 0, 64, "Bytes of a vector register", VLENB),
    ]
