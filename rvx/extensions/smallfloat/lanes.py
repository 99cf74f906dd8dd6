"""The body of an instruction that does the same to every lane of one operand."""

from __future__ import annotations

from functools import cache

from rvx.extensions.smallfloat.layout import Kernel, without_randomness
from rvx.formats.bits import like
from rvx.isa import Words


def lanes_body(
    kernel: Kernel, src_bits: int, dst_bits: int, lanes: int, first: int, finish: Kernel
) -> Kernel:
    """rd[l] = kernel(rs1[first + l], frm) for `lanes` lanes.

    Args:
        kernel: (fcsr, a, rm) -> (code, flags); bits of the code above a lane do not matter.
        src_bits: width of the elements of rs1.
        dst_bits: width of the elements of rd.
        lanes: how many are converted.
        first: the element of rs1 that the first lane takes.
        finish: from the lanes, zeros above, to what is written.
    """
    src_mask, dst_mask = (1 << src_bits) - 1, (1 << dst_bits) - 1

    def body(rs1: int, frm: int, fflags: Words, fcsr: Words) -> int:
        status = fcsr[0]
        rm = without_randomness(frm)
        result = 0
        raised = 0
        for i in range(lanes):
            code, flags = kernel(status, rs1 >> (first + i) * src_bits & src_mask, rm)
            result |= like(rs1, code & dst_mask) << i * dst_bits
            raised |= flags
        fflags[0] |= raised
        written: int = finish(result)
        return written

    return body


@cache
def ones_above(bits: int) -> Kernel:
    """A function that sets the bits of a register from this one on."""
    above = 0 if bits == 64 else -1 << bits

    def finish(lanes: int) -> int:
        return lanes | above

    return finish
