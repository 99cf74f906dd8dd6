"""Xsmallfloat: PULP's minifloats in f registers, scalar and packed, with expanding dot products.

The encoding is that of Occamy and the Snitch cluster. A format in a mnemonic is a width: `h` is
FP16 or, if the CSR fmode says so, FP16alt (bfloat16); `b` is FP8 (E5M2) or FP8alt (IEEE-style
E4M3). Bit 1 of fmode selects the alternate format of sources, bit 0 that of results; only 0 and 3
mean the same in all published models. The same bits are bits 9 and 8 of fcsr.

Semantics are the exact result of a lane, rounded once, flags of all lanes accrued. Element 0 is the
least significant. Vector instructions do not look at NaN boxes, scalar ones do. Where the
published hardware differs, docs/explanation/xsmallfloat.md says so.
"""

from rvx.extensions.smallfloat.family import make_smallfloat
from rvx.extensions.smallfloat.layout import FORMATS

__all__ = ["FORMATS", "Xsmallfloat"]

Xsmallfloat = make_smallfloat(
    "Xsmallfloat",
    64,
    doc="FP8, FP16 and FP32, scalar and packed in 64 bits, with expanding sums of dot products "
    "(MiniFloat-NN)",
    requires="D",
)
