"""Packed sums of products on the host's vector unit: the fast way of ExSdotp and of packed FMAs.

`make_packed_dot` and `make_packed_fma` give a function `attempt(rd, rs1, rs2) -> (packed, flags)`
of 64-bit registers, for round-to-nearest-even. `flags` is -1 where the attempt does not answer: the
exact kernels of `scalar` then have to. Interpreted it never answers; compiled it does on hosts that
convert binary16 in hardware, for nearly all operands. What it answers is right, because:

* Every product is exact in the host format that is used: significands of 3 or 4 bits are multiplied
  in binary32, of 8 or 11 bits in binary64, and the exponents of products are within its range.
* A sum s of x and y is exact if and only if s - x = y and s - y = x in host arithmetic: the
  difference between s and the term of larger magnitude is computed without error (Dekker 1971), so
  that one of the two comparisons fails wherever s was rounded. Infinities and NaNs fail as well.
  Where a sum is not exact the attempt does not answer (but for FP32, see below): s is the exact
  sum and nothing else.
* s is rounded once, to nearest even: by the host's conversion, or (bfloat16) by adding just under
  half of the last place to its bits. From binary64 to 16 bits there is a step in between: s is cut
  off to 24 bits, the last of which is set if anything was lost (round to odd). That leaves at least
  13 bits below those that the result keeps, and two are enough for the second step to round as s
  itself would (Boldo and Melquiond 2008). The cut is a binary32 number, or so small that the
  attempt does not answer.
* Products of binary32 are exact in binary64, sums with them often are not. There the result is that
  of the host's fused multiply-add, and s says no more than whether it is inexact: what binary64
  cannot hold is no binary32 number either.
* The result is inexact if and only if it differs from s. If it overflows, or if it is inexact and
  its magnitude is not above the smallest normal number, the attempt does not answer. So nothing but
  NX is raised where it does.
* A sum of zeros, and one of terms that cancel, has the sign that IEEE 754 gives it, which is the
  host's: negative if all terms are, else positive.

The host rounds to nearest even and keeps subnormal numbers, as it does when a process starts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from rvx.formats.minifloat import vectorcode
from rvx.formats.minifloat.catalogue import FP8, FP8ALT, FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.reachable import Twin, with_twin

Attempt = Callable[[int, int, int], tuple[int, int]]

DECLINED = -1
_DOTS = {(src, dst) for src in (FP8, FP8ALT) for dst in (FP16, FP16ALT)}
_DOTS |= {(src, FP32) for src in (FP16, FP16ALT)}


@cache
def make_packed_dot(
    src: Minifloat, dst: Minifloat, negate: bool = False, replicates: bool = False
) -> Attempt:
    """attempt(rd, rs1, rs2): rd[l] += rs1[2l] * rs2[2l] + rs1[2l+1] * rs2[2l+1] in all lanes.

    Args:
        src: FP8 or FP8ALT, or FP16 or FP16ALT.
        dst: FP16 or FP16ALT for the former, FP32 for the latter.
        negate: whether the products are subtracted.
        replicates: whether element 0 of rs2 stands for all of its elements.

    Raises:
        ValueError: there is no such attempt for these formats.
    """
    if (src, dst) not in _DOTS:
        raise ValueError(
            f"packed dot products of {src} are not attempted in {dst}; valid are those of 8-bit "
            "formats in 16-bit ones, and of 16-bit formats in float32"
        )
    emit = vectorcode.dot(src, dst, negate, replicates)
    return _attempt(emit, f"dot {src} {dst} {negate} {replicates}")


@cache
def make_packed_fma(fmt: Minifloat, negate: bool = False, replicates: bool = False) -> Attempt:
    """attempt(rd, rs1, rs2): rd[l] += rs1[l] * rs2[l] in all lanes; in FP8 it never answers.

    Args:
        fmt: FP8, FP8ALT, FP16, FP16ALT or FP32.
        negate: whether the products are subtracted.
        replicates: whether element 0 of rs2 stands for all of its elements.

    Raises:
        ValueError: there is no such attempt for this format.
    """
    if fmt in (FP8, FP8ALT):
        return _decline
    if fmt not in (FP16, FP16ALT, FP32):
        raise ValueError(
            f"packed products of {fmt} are not attempted; valid are the formats of Xsmallfloat, "
            "of 8, 16 and 32 bits"
        )
    return _attempt(vectorcode.fma(fmt, negate, replicates), f"fma {fmt} {negate} {replicates}")


def _decline(rd: int, rs1: int, rs2: int) -> tuple[int, int]:
    return rd, DECLINED


def _attempt(emit: vectorcode.Emit, name: str) -> Attempt:
    def attempt(rd: int, rs1: int, rs2: int) -> tuple[int, int]:
        return rd, DECLINED

    twin = Twin(partial(vectorcode.compiled, emit), f"{name} {vectorcode.fingerprint()}")
    return with_twin(attempt, twin)
