"""The quire: an exact accumulator, as 32-bit limbs in int64 with lazy carries.

The value is ``sum(limb[i] * 2**(32 * i)) * 2**quire_scale``. Limbs are signed and may grow past 32
bits, so that a multiply-add touches two to five neighbours and never ripples. What can be observed
is canonical: limbs below the top one in [0, 2**32), the top one in [-2**31, 2**31). `settle` makes
it so. NaR is the canonical 10..0, as in the standard (section 3.4).

A quire that leaves its range becomes NaR and stays so until it is cleared. That is tested after
every operation, at the price of one comparison: while the top limb is below 2**29 the carries that
are still pending below it (less than 2**31 of them) cannot take it out of range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.bits import clz64
from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit

# An int64 array of `Posit.quire_limbs` limbs, lowest first. NumPy is not imported here, so that
# the instruction catalogue can be imported without it.
Limbs = Any

_LIMB = 0xFFFFFFFF
_TOP = 1 << 31
_CALM = 1 << 29
_FULL = 1 << 62


def make_set_nar(fmt: Posit) -> Callable[[Limbs], None]:
    """set_nar(q): the quire becomes NaR."""
    last = fmt.quire_limbs - 1

    def set_nar(q: Limbs) -> None:
        for i in range(last):
            q[i] = 0
        q[last] = -_TOP

    return set_nar


def make_clear(fmt: Posit) -> Callable[[Limbs], None]:
    """clear(q): the quire becomes zero."""
    limbs = fmt.quire_limbs

    def clear(q: Limbs) -> None:
        for i in range(limbs):
            q[i] = 0

    return clear


def make_settle(fmt: Posit) -> Callable[[Limbs], None]:
    """settle(q): makes the limbs canonical, and the quire NaR if its value is out of range."""
    last = fmt.quire_limbs - 1
    set_nar = make_set_nar(fmt)

    def settle(q: Limbs) -> None:
        carry = 0
        for i in range(last):
            total = q[i] + carry
            q[i] = total & _LIMB
            carry = total >> 32
        top = q[last] + carry
        q[last] = top
        if top >= _TOP or top < -_TOP:
            set_nar(q)

    return settle


def make_is_nar(fmt: Posit) -> Callable[[Limbs], bool]:
    """is_nar(q): whether a settled quire is NaR."""
    last = fmt.quire_limbs - 1

    def is_nar(q: Limbs) -> bool:
        if q[last] != -_TOP:
            return False
        any_bit = 0
        for i in range(last):
            any_bit |= q[i]
        return any_bit == 0

    return is_nar


def make_multiply_add(fmt: Posit) -> Callable[[Limbs, int, int], None]:
    """madd(q, a, b): q += a * b, exactly; NaR when an operand is NaR."""
    return _make_multiply_accumulate(fmt, 0)


def make_multiply_subtract(fmt: Posit) -> Callable[[Limbs, int, int], None]:
    """msub(q, a, b): q -= a * b, exactly; NaR when an operand is NaR."""
    return _make_multiply_accumulate(fmt, -1)


def _make_multiply_accumulate(fmt: Posit, flip: int) -> Callable[[Limbs, int, int], None]:
    decode = make_decode(fmt)
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    set_nar = make_set_nar(fmt)
    nar = fmt.nar
    last = fmt.quire_limbs - 1
    width = fmt.fraction_bits
    drop = unit(fmt) - width
    # Bit position in the quire of the product's lowest bit, less the scales of the operands.
    origin = 2 * fmt.max_scale - 2 * width
    fits_two_limbs = 2 * width + 2 + 31 <= 62

    def madd(q: Limbs, a: int, b: int) -> None:
        if a == nar or b == nar:
            set_nar(q)
            return
        if a == 0 or b == 0:
            return
        top = q[last]
        careful = top >= _CALM or top < -_CALM
        if careful:
            settle(q)
            if is_nar(q):
                return
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        product = (sig_a >> drop) * (sig_b >> drop)
        position = scale_a + scale_b + origin
        # Small products end in zeros: below bit 0 of the quire there is nothing but those.
        under = min(position, 0)
        product >>= -under
        position -= under
        sign = sign_a ^ sign_b ^ flip
        # The mask says what LLVM cannot know: no index is negative, so none counts from the end.
        i = (position >> 5) & 0xFFF
        offset = position & 31
        if fits_two_limbs:
            shifted = product << offset
            low = q[i] + (((shifted & _LIMB) ^ sign) - sign)
            high = q[i + 1] + (((shifted >> 32) ^ sign) - sign)
            q[i] = low
            q[i + 1] = high
            grown = (low + _FULL) | (high + _FULL)
        else:
            first = (product & _LIMB) << offset
            second = ((product >> 32) << offset) + (first >> 32)
            low = q[i] + (((first & _LIMB) ^ sign) - sign)
            mid = q[i + 1] + (((second & _LIMB) ^ sign) - sign)
            high = q[i + 2] + (((second >> 32) ^ sign) - sign)
            q[i] = low
            q[i + 1] = mid
            q[i + 2] = high
            grown = (low + _FULL) | (mid + _FULL) | (high + _FULL)
        if careful or grown < 0:
            settle(q)

    return madd


def make_negate(fmt: Posit) -> Callable[[Limbs], None]:
    """negate(q): q = -q; NaR stays NaR."""
    limbs = fmt.quire_limbs
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)

    def negate(q: Limbs) -> None:
        settle(q)
        if not is_nar(q):
            for i in range(limbs):
                q[i] = -q[i]
            settle(q)

    return negate


def make_round(fmt: Posit) -> Callable[[Limbs], int]:
    """to_posit(q): the posit nearest to the quire, rounded once; NaR for NaR. Settles the quire."""
    last = fmt.quire_limbs - 1
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    lost = 63 - u
    lost_mask = (1 << lost) - 1
    origin = fmt.quire_scale + 31

    def magnitude(q: Limbs, sign: int, lowest: int, i: int) -> int:
        """Limb i of the absolute value; `lowest` is the first limb that is not zero."""
        if i < lowest:
            return 0
        limb = (q[i] ^ sign) & _LIMB
        if i == lowest:
            limb -= sign
        return limb

    def to_posit(q: Limbs) -> int:
        settle(q)
        if is_nar(q):
            return nar
        lowest = 0
        while lowest <= last and q[lowest] == 0:
            lowest += 1
        if lowest > last:
            return 0
        sign = q[last] >> 63
        i = last
        while magnitude(q, sign, lowest, i) == 0:
            i -= 1
        first = magnitude(q, sign, lowest, i)
        second = magnitude(q, sign, lowest, i - 1)
        third = magnitude(q, sign, lowest, i - 2)
        gap = clz64(first) - 32
        high = ((first << gap) | (second >> (32 - gap))) & _LIMB
        low = ((second << gap) | (third >> (32 - gap))) & _LIMB
        sticky = (low & lost_mask) | ((third << gap) & _LIMB)
        if lowest < i - 2:
            sticky = 1
        significand = (high << (32 - lost)) | (low >> lost)
        return encode(sign, origin + 32 * i - gap, significand, sticky)

    return to_posit
