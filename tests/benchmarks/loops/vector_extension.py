"""What a user declares: a distance of singles, and posits of 16 bits as elements."""

from rvx.formats.minifloat.catalogue import FP16, FP32
from rvx.formats.posit import POSIT16
from rvx.isa import Extension

Xvown = Extension("Xvown", version="0.1", doc="Vector instructions for measuring")


@Xvown.vector("vfabsdiff", "vv", "000001", space="F", formats=[FP16, FP32])
def vfabsdiff(a, b, mode, flags, sub, abs):
    """vd = |vs2 - vs1|."""
    return abs(sub(a, b, mode, flags))


@Xvown.vector("vpmul", "vv", "000010", space="F", formats=[POSIT16])
def vpmul(a, b, mode, flags, mul):
    """vd = vs2 * vs1."""
    return mul(a, b, mode, flags)


@Xvown.vector("vpadd", "vv", "000011", space="F", formats=[POSIT16])
def vpadd(a, b, mode, flags, add):
    """vd = vs2 + vs1."""
    return add(a, b, mode, flags)
