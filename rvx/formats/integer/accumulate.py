"""Compiled kernels of the scaled accumulation: scale products, and sums that wrap or saturate.

The datapath is that of Keller et al. (IEEE JSSC 58(4), 2023, eq. 2 and Fig. 7): a dot product is
multiplied by the product of two unsigned scales, possibly rounded, and added to an accumulator of
limited width. Values of 32 bits live sign-extended in 64-bit registers.
"""

from collections.abc import Callable

from rvx.formats.integer.scalar import DOTS, Binary, Unary, sext32

Fused = Callable[[int, int, int, int], int]

_LOW16 = 0xFFFF
_LOW32 = 0xFFFFFFFF
_MAX24 = (1 << 23) - 1
_MAX32 = (1 << 31) - 1


def saturate24(x: int) -> int:
    """Clips to -2^23 .. 2^23-1."""
    return min(max(x, -_MAX24 - 1), _MAX24)


def saturate32(x: int) -> int:
    """Clips to -2^31 .. 2^31-1."""
    return min(max(x, -_MAX32 - 1), _MAX32)


def sdot(rd: int, dot: int) -> int:
    """The sum modulo 2^32, sign-extended: what every `sdot` does with its inner sum."""
    return sext32(rd + dot)


def sprod(a: int, b: int) -> int:
    """Product of the low 16 bits of both, unsigned and exact (32 bits)."""
    return (a & _LOW16) * (b & _LOW16)


def sprod8(a: int, b: int) -> int:
    """Product of the low bytes, unsigned, without its low 8 bits, rounded half up: 0..254.

    The rounding of the 16 to 8 bit step is not published; half up costs one adder input.
    """
    return ((a & 0xFF) * (b & 0xFF) + 128) >> 8


def sprodr(scales: int, shift: int) -> int:
    """Product of two packed scales without its low `shift` bits, rounded half up.

    Args:
        scales: one scale in bits 15:0, the other in bits 31:16, both unsigned.
        shift: its low 6 bits are the count, as in an RV64 shift; 0 keeps the product exact.
    """
    count = shift & 63
    product = (scales & _LOW16) * ((scales >> 16) & _LOW16)
    if count == 0:
        return product
    return (product + (1 << (count - 1))) >> count


def scaled_sum(rd: int, dot: int, scale: int) -> int:
    """s32(rd) + s32(dot) * u32(scale), exact: the extreme cases just fit 64 bits."""
    return sext32(rd) + sext32(dot) * (scale & _LOW32)


def sacc(rd: int, dot: int, scale: int) -> int:
    """The scaled sum modulo 2^32, sign-extended."""
    return sext32(scaled_sum(rd, dot, scale))


def sacc_s24(rd: int, dot: int, scale: int) -> int:
    """The scaled sum saturated to 24 bits: Keller's C{}."""
    return saturate24(scaled_sum(rd, dot, scale))


def sacc_s32(rd: int, dot: int, scale: int) -> int:
    """The scaled sum saturated to 32 bits."""
    return saturate32(scaled_sum(rd, dot, scale))


def make_mac(dot: Binary, saturate: Unary) -> Fused:
    """A fused step: rd + dot(a, b) times the rounded product of two packed byte scales.

    Four steps with the same scales equal one step on four times the vector unless an
    intermediate sum saturates.
    """

    def mac(rd: int, a: int, b: int, scales: int) -> int:
        return saturate(scaled_sum(rd, dot(a, b), sprod8(scales, scales >> 8)))

    return mac


mac_usp_n = make_mac(DOTS["n", "usp"], saturate24)
mac_sp_n = make_mac(DOTS["n", "sp"], saturate24)
mac_usp_b = make_mac(DOTS["b", "usp"], saturate32)
mac_sp_b = make_mac(DOTS["b", "sp"], saturate32)
