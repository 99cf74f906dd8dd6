"""Vector instructions as a user declares them: one of each kind, in a few lines."""

from rvx.formats.minifloat import E4M3FN, FP32
from rvx.isa import Extension
from rvx.isa.bits import sext

Xvown = Extension("Xvown", version="0.1", doc="Vector instructions of a user's own")
Xvown.state("total", words=1, doc="An accumulator")
Xvown.state("scale", words=1, doc="A shift count that results are scaled by")


@Xvown.vector("vdot4", "vv vx", "000001", is_ternary=True, widths=(32,))
def vdot4(d, a, b):
    """vd += the dot product of the four signed bytes of each element."""
    for i in range(4):
        d += sext(a >> 8 * i, 8) * sext(b >> 8 * i, 8)
    return d


@Xvown.vector("vgdot", "vv", "000010", widths=(8,))
def vgdot(vd_32, vs2, vs1_u8, m, vl):
    """vd[i], of 32 bits, += the dot product of four signed and four unsigned bytes."""
    for i in range(vl):
        if m[i]:
            vd_32[i >> 2] += vs2[i] * vs1_u8[i]


@Xvown.vector("vouter", "vv", "000011", result="q", widths=(8, 16))
def vouter(vd, vs2, vs1, vlmax):
    """vd[4 i + j] += vs2[i] * vs1[j], as far as vd goes."""
    for i in range(len(vd)):
        vd[i] += vs2[i // 4 % vlmax] * vs1[i % 4 % vlmax]


@Xvown.vector("vaccumulate", "vv vx", "000100", result="q", is_ternary=True)
def vaccumulate(d, a, b):
    """vd, of four times the width, += vs2 * b."""
    return d + a * b


@Xvown.vector("vtotal", "vv", "000101", result="")
def vtotal(vs2, vs1, m, vl, total):
    """The accumulator += the dot product of vs2 and vs1."""
    for i in range(vl):
        if m[i]:
            total[0] += vs2[i] * vs1[i]


@Xvown.vector("vtake", "-", "000110", vm=1)
def vtake(vd, vl, total, scale):
    """vd = the accumulator, scaled, in all elements; it is 0 afterwards."""
    for i in range(vl):
        vd[i] = total[0] >> scale[0]
    total[0] = 0


@Xvown.vector("vredspan", "vs", "000111")
def vredspan(d, a):
    """vd[0] = the largest magnitude of vs1[0] and the active elements of vs2."""
    return max(abs(d), abs(a))


@Xvown.vector("vwredsq", "vs", "001000", result="w")
def vwredsq(d, a):
    """vd[0], of twice the width, = vs1[0] + the squares of the active elements of vs2."""
    return d + a * a


@Xvown.vector("vfredtree", "vs", "001001", space="F", formats=(FP32,), is_ordered=False)
def vfredtree(d, a, add, mode, flags):
    """vd[0] = the sum of vs1[0] and the active elements of vs2, in the order of lanes."""
    return add(d, a, mode, flags)


@Xvown.vector("vmclose", "vv vx", "001010", result="m")
def vmclose(a, b):
    """vd = a bit for each element: whether vs2 and b differ by less than 16."""
    return abs(a - b) < 16


@Xvown.vector("vpick", "vvm vxm", "001011")
def vpick(a, b, m):
    """vd = the larger of both where the bit of v0 is set, else the smaller."""
    return max(a, b) if m else min(a, b)


@Xvown.vector(
    "vfqmacc",
    "vv",
    "001100",
    space="F",
    result="q",
    is_ternary=True,
    formats=(E4M3FN,),
    wide=(FP32,),
)
def vfqmacc(d, a, b, widen, wide_fma, mode, flags):
    """vd, binary32, += vs2 * b, of FP8, rounded once."""
    return wide_fma(widen(a, mode, flags), widen(b, mode, flags), d, mode, flags)


@Xvown.vector("vshave", "wi wx", "001101", imm="u")
def vshave(a, b, sew):
    """vd = vs2, of twice the width, shifted right by the low bits of b."""
    return a >> (b & 2 * sew - 1)


@Xvown.vector("vcheck", "vv", "001110")
def vcheck(a, b):
    """vd = vs2 // b; a division by zero ends the guest."""
    return a // b
