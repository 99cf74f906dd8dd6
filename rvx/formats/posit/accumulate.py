"""qMulAdd and qMulSub: exact products added into the quire's limbs (section 5.11 of the standard).

A product touches a window of two, three or five neighbouring limbs; see `quire` for the limbs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import like, mulhu64, shr64
from rvx.formats.posit.codec import make_decode, pattern, unit
from rvx.formats.posit.format import Posit
from rvx.formats.posit.quire import (
    CALM,
    FULL,
    LIMB_MASK,
    Limbs,
    make_clear,
    make_is_nar,
    make_set_nar,
    make_settle,
)

Accumulate = Callable[[Limbs, int, int], None]


def make_multiply_add(fmt: Posit) -> Accumulate:
    """madd(q, a, b): q += a * b, exactly; NaR when an operand is NaR."""
    return _make_accumulate(fmt, 0)


def make_multiply_subtract(fmt: Posit) -> Accumulate:
    """msub(q, a, b): q -= a * b, exactly; NaR when an operand is NaR."""
    return _make_accumulate(fmt, -1)


def make_add_posit(fmt: Posit) -> Callable[[Limbs, int], None]:
    """add_posit(q, a): q += a (qAddP)."""
    madd = make_multiply_add(fmt)
    one = fmt.one

    def add_posit(q: Limbs, a: int) -> None:
        madd(q, a, like(a, one))

    return add_posit


def make_subtract_posit(fmt: Posit) -> Callable[[Limbs, int], None]:
    """subtract_posit(q, a): q -= a (qSubP)."""
    msub = make_multiply_subtract(fmt)
    one = fmt.one

    def subtract_posit(q: Limbs, a: int) -> None:
        msub(q, a, like(a, one))

    return subtract_posit


def make_from_posit(fmt: Posit) -> Callable[[Limbs, int], None]:
    """from_posit(q, a): q = a (pToQ)."""
    clear = make_clear(fmt)
    add_posit = make_add_posit(fmt)

    def from_posit(q: Limbs, a: int) -> None:
        clear(q)
        add_posit(q, a)

    return from_posit


@cache
def _make_accumulate(fmt: Posit, flip: int) -> Accumulate:
    decode = make_decode(fmt)
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    set_nar = make_set_nar(fmt)
    nar = pattern(fmt, fmt.nar)
    last = fmt.quire_limbs - 1
    # Fraction bits of the factors, chosen so that the window stays inside the quire: were twice
    # the width a multiple of 32, the largest products would reach one (empty) limb too far.
    width = fmt.fraction_bits | 1
    add_product = add_to_two
    if width > 15:
        add_product = add_to_three
    if width > 30:
        width = unit(fmt)
        add_product = add_to_five
    drop = unit(fmt) - width
    # Bit position in the quire of the product's lowest bit, less the scales of the operands.
    origin = 2 * fmt.max_scale - 2 * width

    def accumulate(q: Limbs, a: int, b: int) -> None:
        if nar in (a, b):
            set_nar(q)
            return
        if 0 in (a, b):
            return
        top = q[last]
        careful = top >= CALM or top < -CALM
        if careful:
            settle(q)
            if is_nar(q):
                return
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        position = scale_a + scale_b + origin
        sign = sign_a ^ sign_b ^ flip
        grown = add_product(q, sig_a >> drop, sig_b >> drop, position, sign)
        if careful or grown < 0:
            settle(q)

    return accumulate


def add_to_two(q: Limbs, a: int, b: int, position: int, sign: int) -> int:
    """Adds a * b * 2**position, negated if sign is -1; the product is below 2**32.

    Returns:
        A negative number if a limb has grown so much that the quire must be settled.
    """
    # Bits below the quire's lowest are zeros: no product is smaller than minpos squared.
    under = min(position, 0)
    position -= under
    product = (a * b >> -under) << (position & 31)
    # The mask says what LLVM cannot know: no index is negative, so none counts from the end.
    i = (position >> 5) & 0xFFF
    low: int = q[i] + (((product & LIMB_MASK) ^ sign) - sign)
    high: int = q[i + 1] + (((product >> 32) ^ sign) - sign)
    q[i] = low
    q[i + 1] = high
    return (low + FULL) | (high + FULL)


def add_to_three(q: Limbs, a: int, b: int, position: int, sign: int) -> int:
    """As `add_to_two`, for products below 2**63."""
    under = min(position, 0)
    position -= under
    product = a * b >> -under
    offset = position & 31
    first = (product & LIMB_MASK) << offset
    second = ((product >> 32) << offset) + (first >> 32)
    i = (position >> 5) & 0xFFF
    low: int = q[i] + (((first & LIMB_MASK) ^ sign) - sign)
    mid: int = q[i + 1] + (((second & LIMB_MASK) ^ sign) - sign)
    high: int = q[i + 2] + (((second >> 32) ^ sign) - sign)
    q[i] = low
    q[i + 1] = mid
    q[i + 2] = high
    return (low + FULL) | (mid + FULL) | (high + FULL)


def add_to_five(q: Limbs, a: int, b: int, position: int, sign: int) -> int:
    """As `add_to_two`, for products below 2**127."""
    low = a * b
    high = mulhu64(a, b)
    if position < 0:
        under = -position
        position = 0
        if under > 63:
            low = shr64(high, under - 64)
            high = 0
        else:
            low = shr64(low, under) | ((high << 1) << (63 - under))
            high = shr64(high, under)
    offset = position & 31
    first = (low & LIMB_MASK) << offset
    second = (shr64(low, 32) << offset) + (first >> 32)
    third = ((high & LIMB_MASK) << offset) + (second >> 32)
    fourth = (shr64(high, 32) << offset) + (third >> 32)
    i = (position >> 5) & 0xFFF
    sum0: int = q[i] + (((first & LIMB_MASK) ^ sign) - sign)
    sum1: int = q[i + 1] + (((second & LIMB_MASK) ^ sign) - sign)
    sum2: int = q[i + 2] + (((third & LIMB_MASK) ^ sign) - sign)
    sum3: int = q[i + 3] + (((fourth & LIMB_MASK) ^ sign) - sign)
    sum4: int = q[i + 4] + (((fourth >> 32) ^ sign) - sign)
    q[i] = sum0
    q[i + 1] = sum1
    q[i + 2] = sum2
    q[i + 3] = sum3
    q[i + 4] = sum4
    return (sum0 + FULL) | (sum1 + FULL) | (sum2 + FULL) | (sum3 + FULL) | (sum4 + FULL)
