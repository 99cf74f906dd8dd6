"""The matrix products of Snitch's library: results in the format of the operands.

Each is the order of operations of a source of the kernel gemm_snitch: how a step of 64 bits goes
into the sums, and how the sums become one number, which is rounded to the format of the operands.
"""

from __future__ import annotations

import numpy as np

from rvx.analysis.arithmetic import sweep
from rvx.analysis.arithmetic.base import Codes, Raw, Reals
from rvx.analysis.arithmetic.floating import RNE, Floating, exfma, exsdotp
from rvx.formats.minifloat import array
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import make_add, make_convert, make_fma, make_mul, make_vsum


class SameFormat(Floating):
    """Results have the format of the operands, whatever the sums have.

    Args:
        fmt: the format.
        lanes: elements a step of the kernel.
        words: words of the state that the steps keep.
        step: takes a step of elements into the state.
        ending: makes the code of the result.
    """

    def __init__(
        self, fmt: Minifloat, lanes: int, words: int, step: sweep.Step, ending: sweep.Ending
    ) -> None:
        super().__init__(fmt, lanes, words, step, ending)
        self.output = np.dtype(f"u{fmt.bits // 8}")

    def _raw(self, codes: Codes) -> Raw:
        raw: Raw = codes.astype(self.output, casting="unsafe")
        return raw

    def decode(self, raw: Raw) -> Reals:
        """The numbers themselves."""
        reals: Reals = array.decode(self.src, raw)
        return reals

    def ulp(self, values: Reals) -> Reals:
        """Spacing of the format at these magnitudes."""
        _, exponents = np.frexp(np.where(values == 0, 2.0**-1000, np.abs(values)))
        least = 2 - self.src.bias
        spacing: Reals = np.ldexp(1.0, np.maximum(exponents, least) - 1 - self.src.m)
        return spacing


def separate(fmt: Minifloat) -> SameFormat:
    """A multiplication and an addition per product, one element at a time."""
    multiply, add = make_mul(fmt), make_add(fmt)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = add(sums[0], multiply(a[i], b[j], RNE)[0], RNE)[0]

    return SameFormat(fmt, 1, 1, step, _first)


def _first(sums: Codes) -> int:
    return int(sums[0])


def fused(fmt: Minifloat) -> SameFormat:
    """One fused multiply-add per product, one element at a time."""
    fma = make_fma(fmt)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = fma(a[i], b[j], sums[0], RNE)[0]

    return SameFormat(fmt, 1, 1, step, _first)


def packed(fmt: Minifloat, *, multiplies_first: bool) -> SameFormat:
    """Fused multiply-adds in the lanes of a register, which are added in binary32 at the end.

    Args:
        fmt: FP64, FP32 or FP16.
        multiplies_first: whether the first step multiplies only, in place of adding to zero.
    """
    multiply, fma = make_mul(fmt), make_fma(fmt)
    lanes = 64 // fmt.bits

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        for lane in range(lanes):
            if multiplies_first and sums[lanes] == 0:
                sums[lane] = multiply(a[i + lane], b[j + lane], RNE)[0]
            else:
                sums[lane] = fma(a[i + lane], b[j + lane], sums[lane], RNE)[0]
        sums[lanes] = 1

    if fmt == FP64:
        return SameFormat(fmt, lanes, lanes + 1, step, _first)
    return SameFormat(fmt, lanes, lanes + 1, step, _reduced(fmt, fmt))


def _reduced(sums_in: Minifloat, fmt: Minifloat) -> sweep.Ending:
    """vfsumex.s.h for sums in binary16, then vfsum.s, then a rounding to the format."""
    add, convert = make_vsum(FP32), make_convert(FP32, fmt)
    add_halves = make_vsum(FP16, FP32)
    has_halves, is_single = sums_in == FP16, fmt == FP32

    def ending(sums: Codes) -> int:
        if has_halves:
            low = add_halves(sums[0], sums[1], 0, RNE)[0]
            high = add_halves(sums[2], sums[3], 0, RNE)[0]
        else:
            low, high = sums[0], sums[1]
        total = add(low, high, 0, RNE)[0]
        if is_single:
            return int(total)
        return int(convert(total, RNE)[0])

    return ending


def expanding(src: Minifloat, dst: Minifloat, *, is_fused: bool) -> SameFormat:
    """ExSdotp, or two expanding multiply-adds in its place; the sums are reduced and rounded back.

    Args:
        src: format of the operands and of the result.
        dst: format of the sums.
        is_fused: whether two products are added with one rounding.
    """
    wide = (exsdotp if is_fused else exfma)(src, dst)
    return SameFormat(src, wide.lanes, wide.words, wide.step, _reduced(dst, src))


def scalar_expanding(src: Minifloat) -> SameFormat:
    """fmacex: one product at a time into binary32, rounded back at the end."""
    fma, convert = make_fma(src, FP32), make_convert(FP32, src)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = fma(a[i], b[j], sums[0], RNE)[0]

    def ending(sums: Codes) -> int:
        return int(convert(sums[0], RNE)[0])

    return SameFormat(src, 1, 1, step, ending)
