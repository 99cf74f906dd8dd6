"""Kernels shared by all operations: taking a code apart, rounding once, putting it together.

All kernels follow the rules of `rvx.jit`: plain functions of int64 values, compiled or not. The
functions named `make_*` are factories: they return a kernel that closes over the constants of one
format. They are memoised, so that equal requests share one compiled kernel.

An exact result on its way to rounding is a sign, a magnitude `mag` and an exponent: mag * 2^exp.
Where the exact result has more bits than fit, its last bit may be a "jammed" one: an odd `mag`
then stands for any number between its two neighbours. That is enough for every rounding as long
as the bits that rounding looks at lie above it, which each use argues for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import clz64
from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import (
    NV,
    NX,
    OF,
    STOCHASTIC_BITS,
    UF,
    Overflow,
    Rounding,
)

Kernel1 = Callable[[int], int]
Kernel2 = Callable[[int, int], int]
Unpack = Callable[[int], tuple[int, int, int]]
Pack = Callable[[int, int, int, int], tuple[int, int]]

RNE = int(Rounding.RNE)
RTZ = int(Rounding.RTZ)
RDN = int(Rounding.RDN)
RUP = int(Rounding.RUP)
RMM = int(Rounding.RMM)
ROD = int(Rounding.ROD)
RSR = int(Rounding.RSR)

FINITE = 0
INFINITE = 1
QUIET = 2
SIGNALLING = 3

TOP = 61
"""Where the highest bit of a magnitude is put before rounding; room for one carry remains."""
WIDEST_SHIFT = 62
WIDEST_STOCHASTIC = 30
"""Precision up to which kernels carry enough bits for stochastic rounding; wider formats round
to nearest instead, as every unit of cvfpu but SDOTP does."""


def rounded(mag: int, shift: int, sign: int, rm: int) -> int:
    """Mag / 2^shift rounded to an integer by the mode `rm`, for 0 < shift <= 62, mag < 2^62."""
    mode = rm & 7
    kept = mag >> shift
    if mode == RNE:
        return (mag + (1 << (shift - 1)) - 1 + (kept & 1)) >> shift
    if mode == RTZ:
        return kept
    if mode == RMM:
        return (mag + (1 << (shift - 1))) >> shift
    rest = mag & ((1 << shift) - 1)
    if rest == 0:
        return kept
    if mode == RDN:
        return kept + sign
    if mode == RUP:
        return kept + 1 - sign
    if mode == ROD:
        return kept | 1
    if shift < STOCHASTIC_BITS:
        first = rest << (STOCHASTIC_BITS - shift)
    else:
        first = rest >> (shift - STOCHASTIC_BITS)
    return kept + (1 if (rm >> 3) < first else 0)


def jam_right(mag: int, count: int) -> int:
    """Mag / 2^count with the lost bits jammed into the last one, for mag >= 0 and count >= 0."""
    count = min(count, WIDEST_SHIFT)
    lost = mag & ((1 << count) - 1)
    return (mag >> count) | (1 if lost != 0 else 0)


def sign_bit_of(fmt: Minifloat) -> int:
    """The bit that stands for a negative sign, as an int64: of a 64-bit format it is -2**63."""
    return -1 << (fmt.bits - 1) if fmt.bits == 64 else 1 << (fmt.bits - 1)


@cache
def make_pack(fmt: Minifloat, overflow: Overflow | None = None) -> Pack:
    """pack(sign, mag, exp, rm) -> (code, flags): rounds mag * 2^exp, for 0 < mag < 2^62.

    What nearly every call needs, round-to-nearest inside the normal range, is kept so short that
    it is inlined where it is used; all else is a call to `make_careful_pack`'s kernel.

    Raises:
        ValueError: the format cannot express the overflow policy.
    """
    careful_pack = make_careful_pack(fmt, overflow)
    m = fmt.m
    lsb_min = fmt.lsb_min
    lsb_top = max(fmt.emax, fmt.emin) - m
    sign_bit = sign_bit_of(fmt)
    is_scale = fmt.flavour is Flavour.SCALE
    shift = TOP - m
    below = (1 << shift) - 1
    half = 1 << (shift - 1)

    def pack(sign: int, mag: int, exp: int, rm: int) -> tuple[int, int]:
        places = clz64(mag) - (63 - TOP)
        lsb = exp - places + shift
        if is_scale or rm != RNE or lsb < lsb_min or lsb >= lsb_top:
            return careful_pack(sign, mag, exp, rm)
        mag <<= places
        kept = (mag + half - 1 + ((mag >> shift) & 1)) >> shift
        code = ((lsb - lsb_min) << m) + kept
        return code | (-sign & sign_bit), NX if mag & below != 0 else 0

    return pack


@cache
def make_exact_pack(fmt: Minifloat) -> Pack:
    """The same as `make_pack` for what is a normal number of the format, whatever the mode."""
    m = fmt.m
    lsb_min = fmt.lsb_min
    sign_bit = sign_bit_of(fmt)

    def exact_pack(sign: int, mag: int, exp: int, rm: int) -> tuple[int, int]:
        above = clz64(mag) - (63 - m)
        return ((exp - above - lsb_min) << m) + (mag << above) | (-sign & sign_bit), 0

    return exact_pack


@cache
def make_careful_pack(fmt: Minifloat, overflow: Overflow | None = None) -> Pack:
    """The same as `make_pack`, in every mode and over the whole range."""
    m = fmt.m
    lsb_min = fmt.lsb_min
    lsb_top = max(fmt.emax, fmt.emin) - m
    max_finite = fmt.max_finite
    min_normal = fmt.min_normal
    sign_bit = sign_bit_of(fmt)
    is_scale = 1 if fmt.flavour is Flavour.SCALE else 0
    has_negative_zero = fmt.has_negative_zero
    full_shift = TOP - m
    is_stochastic = fmt.precision <= WIDEST_STOCHASTIC
    nan = fmt.nan if fmt.nan is not None else 0
    policy = fmt.overflow_policy(overflow)
    overflows_to_nan = policy is Overflow.NAN
    beyond = fmt.infinity if policy is Overflow.INFINITY and fmt.infinity else max_finite

    def careful_pack(sign: int, mag: int, exp: int, rm: int) -> tuple[int, int]:
        if is_scale and sign:
            return nan, NV
        if not is_stochastic and rm & 7 == RSR:
            rm = RNE
        places = clz64(mag) - (63 - TOP)
        mag <<= places
        # One binade above the top is far enough to overflow, and keeps the code in 64 bits.
        lsb = min(exp - places + full_shift, lsb_top + 1)
        missing = lsb_min - lsb
        shift = full_shift
        if missing > 0:
            lsb = lsb_min
            shift += missing
            if shift > WIDEST_SHIFT:
                mag = jam_right(mag, shift - WIDEST_SHIFT)
                shift = WIDEST_SHIFT
        kept = rounded(mag, shift, sign, rm)
        if is_scale and kept == 0:
            kept = 1
        code = ((lsb - lsb_min) << m) + kept - is_scale
        flags = 0
        if mag & ((1 << shift) - 1) != 0:
            flags = NX
            if missing > 0 and (code < min_normal or rounded(mag, full_shift, sign, rm) < (2 << m)):
                flags = NX | UF
        if code > max_finite or lsb > lsb_top:
            flags = OF | NX
            mode = rm & 7
            if mode in (RTZ, ROD) or (mode == RDN and not sign) or (mode == RUP and sign):
                code = max_finite
            elif overflows_to_nan:
                return nan, flags
            else:
                code = beyond
        if code == 0 and not has_negative_zero:
            return 0, flags
        return code | (-sign & sign_bit), flags

    return careful_pack


@cache
def make_unpack(fmt: Minifloat) -> Unpack:
    """unpack(code) -> (sign, mag, exp) of a finite code: its number is mag * 2^exp."""
    m = fmt.m
    fields = (1 << fmt.e) - 1
    fraction = (1 << m) - 1
    sign_place = fmt.bits - 1
    lsb_min = fmt.lsb_min
    is_scale = fmt.flavour is Flavour.SCALE

    def unpack(code: int) -> tuple[int, int, int]:
        field = (code >> m) & fields
        if is_scale:
            return 0, 1, field + lsb_min
        normal = 1 if field != 0 else 0
        mag = (code & fraction) | (normal << m)
        return (code >> sign_place) & 1, mag, field - normal + lsb_min

    return unpack


@cache
def make_kind(fmt: Minifloat) -> Kernel1:
    """kind(code): FINITE, INFINITE, QUIET or SIGNALLING."""
    magnitude = fmt.magnitude_mask
    max_finite = fmt.max_finite
    infinity = fmt.infinity if fmt.infinity is not None else -1
    quiet = 1 << (fmt.m - 1) if fmt.flavour is Flavour.IEEE else 0
    odd_nan = fmt.sign_mask if fmt.flavour is Flavour.FNUZ else -1

    def kind(code: int) -> int:
        absolute = code & magnitude
        if absolute <= max_finite:
            return QUIET if code == odd_nan else FINITE
        if absolute == infinity:
            return INFINITE
        return QUIET if quiet == 0 or absolute & quiet else SIGNALLING

    return kind


@cache
def make_is_finite(fmt: Minifloat) -> Callable[[int], bool]:
    """is_finite(code): whether the code is a number other than an infinity."""
    magnitude = fmt.magnitude_mask
    max_finite = fmt.max_finite
    odd_nan = fmt.sign_mask if fmt.flavour is Flavour.FNUZ else -1

    def is_finite(code: int) -> bool:
        return (code & magnitude) <= max_finite and code != odd_nan

    return is_finite


@cache
def make_zero(fmt: Minifloat) -> Kernel1:
    """zero(sign): the code of a zero; of the only one where there is one."""
    sign_bit = sign_bit_of(fmt)
    has_negative_zero = fmt.has_negative_zero

    def zero(sign: int) -> int:
        return -sign & sign_bit if has_negative_zero else 0

    return zero


@cache
def make_infinite(fmt: Minifloat, overflow: Overflow | None = None) -> Kernel1:
    """infinite(sign): the code of an exact infinity, as the overflow policy expresses it."""
    sign_bit = sign_bit_of(fmt)
    policy = fmt.overflow_policy(overflow)
    beyond = fmt.infinity if policy is Overflow.INFINITY and fmt.infinity else fmt.max_finite
    nan = fmt.nan if policy is Overflow.NAN and fmt.nan is not None else -1

    def infinite(sign: int) -> int:
        return beyond | (-sign & sign_bit) if nan < 0 else nan

    return infinite


@cache
def make_nan(fmt: Minifloat) -> Callable[[int], tuple[int, int]]:
    """nan(flags) -> (code, flags): the canonical NaN; zero and NV in a format without NaN."""
    code = fmt.nan if fmt.nan is not None else 0
    always = 0 if fmt.has_nan else NV

    def nan(flags: int) -> tuple[int, int]:
        return code, flags | always

    return nan
