"""Which vector instructions are reserved under the present vtype: these are illegal.

Groups are given by their first register and the binary logarithm of EMUL, which is at least -3 and
at most 3. What is checked is what Spike checks; where the manual reserves more (a source read with
two EEWs, for example), the instruction is performed.

Source: "V" 1.0, sections on vector operands, masking and mixed-width operations.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa.vector.state import (
    CONVERTED_HALVES,
    Vector,
    group,
    is_alternative,
    is_ready,
    width,
)

Legality = Callable[[Vector, int, int, int, int], bool]
"""Whether (v, vd, vs2, vs1, vm) is legal; registers that an instruction lacks are given as 0."""


def is_group(emul: int) -> bool:
    """Whether EMUL is one of 1/8 to 8."""
    return -3 <= emul <= 3


def registers(emul: int) -> int:
    """How many registers a group has."""
    if emul < 0:
        return 1
    return 1 << emul


def is_aligned(register: int, emul: int) -> bool:
    """Whether a group may begin at a register."""
    return register & (registers(emul) - 1) == 0


def overlaps(a: int, a_emul: int, b: int, b_emul: int) -> bool:
    """Whether two groups have a register in common."""
    return a < b + registers(b_emul) and b < a + registers(a_emul)


def may_write_over(vd: int, d_emul: int, vs: int, s_emul: int, wider: int) -> bool:
    """Whether a result may be written to a group while a source is read from another.

    Args:
        vd: first register of the result.
        d_emul: of the result.
        vs: first register of the source.
        s_emul: of the source.
        wider: positive if elements of the result are wider than those of the source, negative if
            they are narrower.
    """
    if wider == 0 or not overlaps(vd, d_emul, vs, s_emul):
        return True
    if wider < 0:
        return vd == vs
    return s_emul >= 0 and vd < vs and vs + registers(s_emul) == vd + registers(d_emul)


def make_legality(
    wider_d: int,
    wider_2: int,
    wider_1: int = 0,
    *,
    has_vs1: bool,
    makes_mask: bool = False,
    may_overlap: bool = True,
    has_vd: bool = True,
    has_vs2: bool = True,
) -> Legality:
    """The check of an instruction that works element by element.

    Args:
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        wider_1: for vs1.
        has_vs1: whether the third operand is a vector.
        makes_mask: whether the result is a mask: one register, which may be v0 where it is masked.
        may_overlap: whether the result may be written over a source at all.
        has_vd: whether there is a result in a vector register.
        has_vs2: whether there is an operand vs2.
    """

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if not is_ready(v):
            return False
        lmul = group(v)
        sew = width(v)
        d_emul, emul_2, emul_1 = lmul + wider_d, lmul + wider_2, lmul + wider_1
        if has_vs2 and not (is_group(emul_2) and is_aligned(vs2, emul_2)):
            return False
        if has_vs1 and not (is_group(emul_1) and is_aligned(vs1, emul_1)):
            return False
        if _eew(sew, wider_2) > v.elen or _eew(sew, wider_2) < 8:
            return False
        if not has_vd:
            return True
        if makes_mask and not may_overlap:
            if has_vs2 and overlaps(vd, 0, vs2, emul_2):
                return False
            return not has_vs1 or not overlaps(vd, 0, vs1, emul_1)
        if makes_mask:
            if has_vs2 and not may_write_over(vd, 0, vs2, emul_2, -1):
                return False
            return not has_vs1 or may_write_over(vd, 0, vs1, emul_1, -1)
        if not (is_group(d_emul) and is_aligned(vd, d_emul)) or _eew(sew, wider_d) > v.elen:
            return False
        if vm == 0 and vd == 0:
            return False
        if not may_overlap:
            if has_vs2 and overlaps(vd, d_emul, vs2, emul_2):
                return False
            return not has_vs1 or not overlaps(vd, d_emul, vs1, emul_1)
        if has_vs2 and not may_write_over(vd, d_emul, vs2, emul_2, wider_d - wider_2):
            return False
        return not has_vs1 or may_write_over(vd, d_emul, vs1, emul_1, wider_d - wider_1)

    return is_legal


def make_reduction_legality(
    wider: int, wider_2: int = 0, *, has_vd: bool = True, may_overlap: bool = True
) -> Legality:
    """The check of a reduction: vd and vs1 are single registers, any of them.

    Args:
        wider: binary logarithm of EEW / SEW for vd and vs1.
        wider_2: for vs2.
        has_vd: whether there is a result in a vector register.
        may_overlap: whether the result may be written over a source.
    """

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if not is_ready(v):
            return False
        emul, sew = group(v) + wider_2, width(v)
        if not (is_group(emul) and is_aligned(vs2, emul)):
            return False
        if _eew(sew, wider) > v.elen or _eew(sew, wider_2) > v.elen:
            return False
        if not has_vd or may_overlap:
            return True
        return not overlaps(vd, 0, vs2, emul) and vd != vs1

    return is_legal


def _eew(sew: int, wider: int) -> int:
    if wider < 0:
        return sew >> -wider
    return sew << wider


def has_float(v: Vector, shift: int) -> bool:
    """Whether elements of SEW times two to the power `shift` may be floats."""
    # The formats of V are those without altfmt; who declares others for it says so by itself.
    return not is_alternative(v) and (width(v) << shift) & v.floats != 0


def with_floats(is_legal: Legality, shift: int, other: int) -> Legality:
    """The check of an instruction on floats.

    Args:
        is_legal: the check of its groups.
        shift: binary logarithm of EEW / SEW for elements that must be floats the machine has.
        other: the same for others of them.
    """

    def legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        return is_legal(v, vd, vs2, vs1, vm) and has_float(v, shift) and has_float(v, other)

    return legal


def with_alternatives(usual: Legality, groups: Legality, widths: int) -> Legality:
    """The check of an instruction that has other formats while altfmt is set.

    Args:
        usual: the check without altfmt.
        groups: the check of the groups alone.
        widths: the SEW that have other formats, as a sum such as 8 + 16.
    """

    def legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if is_alternative(v):
            return width(v) & widths != 0 and groups(v, vd, vs2, vs1, vm)
        return usual(v, vd, vs2, vs1, vm)

    return legal


def with_conversion(is_legal: Legality) -> Legality:
    """The check of a conversion between floats of SEW and of twice as many bits.

    Halves may be there for that alone, see `CONVERTED_HALVES`.
    """

    def legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        narrow = v.floats | (v.floats & CONVERTED_HALVES) << 4
        return is_legal(v, vd, vs2, vs1, vm) and has_float(v, 1) and width(v) & narrow != 0

    return legal


def with_widths(is_legal: Legality, widths: int) -> Legality:
    """The check of an instruction that only some SEW have.

    Args:
        is_legal: the check of its groups.
        widths: their sum, such as 16 + 32.
    """

    def legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        return is_legal(v, vd, vs2, vs1, vm) and width(v) & widths != 0

    return legal
