"""The quire: an exact accumulator, as 32-bit limbs in int64 with lazy carries.

The value is ``sum(limb[i] * 2**(32 * i)) * 2**quire_scale``. Limbs are signed and may grow past 32
bits, so that a multiply-add touches two to five neighbours and never ripples. What can be observed
is canonical: limbs below the top one in [0, 2**32), the top one in [-2**31, 2**31). `settle` makes
it so. NaR is the canonical 10..0, as in the standard (section 3.4).

A quire that leaves its range becomes NaR and stays so until it is cleared. That is tested after
every operation, at the price of one comparison: while the top limb is below 2**29 in magnitude,
the carries that are pending below it (less than 2**31 of them) cannot take it out of range.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from rvx.formats.bits import clz64
from rvx.formats.posit.codec import make_encode, pattern, unit
from rvx.formats.posit.format import Posit

# An int64 array of `Posit.quire_limbs` limbs, lowest first. NumPy is not imported here, so that
# the instruction catalogue can be imported without it.
Limbs = Any

LIMB_MASK = 0xFFFFFFFF
TOP = 1 << 31
CALM = 1 << 29
FULL = 1 << 62


@cache
def make_set_nar(fmt: Posit) -> Callable[[Limbs], None]:
    """set_nar(q): the quire becomes NaR."""
    last = fmt.quire_limbs - 1

    def set_nar(q: Limbs) -> None:
        for i in range(last):
            q[i] = 0
        q[last] = -TOP

    return set_nar


@cache
def make_clear(fmt: Posit) -> Callable[[Limbs], None]:
    """clear(q): the quire becomes zero (pToQ of 0)."""
    limbs = fmt.quire_limbs

    def clear(q: Limbs) -> None:
        for i in range(limbs):
            q[i] = 0

    return clear


@cache
def make_settle(fmt: Posit) -> Callable[[Limbs], None]:
    """settle(q): makes the limbs canonical, and the quire NaR if its value is out of range."""
    last = fmt.quire_limbs - 1
    set_nar = make_set_nar(fmt)

    def settle(q: Limbs) -> None:
        carry = 0
        for i in range(last):
            total = q[i] + carry
            q[i] = total & LIMB_MASK
            carry = total >> 32
        top = q[last] + carry
        q[last] = top
        if top >= TOP or top < -TOP:
            set_nar(q)

    return settle


@cache
def make_is_nar(fmt: Posit) -> Callable[[Limbs], bool]:
    """is_nar(q): whether a settled quire is NaR."""
    last = fmt.quire_limbs - 1

    def is_nar(q: Limbs) -> bool:
        if q[last] != -TOP:
            return False
        any_bit = 0
        for i in range(last):
            any_bit |= q[i]
        return any_bit == 0

    return is_nar


def make_negate(fmt: Posit) -> Callable[[Limbs], None]:
    """negate(q): q = -q (qNegate); NaR stays NaR."""
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


def make_abs(fmt: Posit) -> Callable[[Limbs], None]:
    """absolute(q): q = |q| (qAbs); NaR stays NaR."""
    last = fmt.quire_limbs - 1
    settle = make_settle(fmt)
    negate = make_negate(fmt)

    def absolute(q: Limbs) -> None:
        settle(q)
        if q[last] < 0:
            negate(q)

    return absolute


def make_add_quire(fmt: Posit) -> Callable[[Limbs, Limbs], None]:
    """add_quire(q, r): q += r (qAddQ); NaR when either is NaR. Settles both."""
    limbs = fmt.quire_limbs
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    set_nar = make_set_nar(fmt)

    def add_quire(q: Limbs, r: Limbs) -> None:
        settle(q)
        settle(r)
        if is_nar(q) or is_nar(r):
            set_nar(q)
        else:
            for i in range(limbs):
                q[i] += r[i]
            settle(q)

    return add_quire


def make_subtract_quire(fmt: Posit) -> Callable[[Limbs, Limbs], None]:
    """subtract_quire(q, r): q -= r (qSubQ); NaR when either is NaR. Settles both."""
    limbs = fmt.quire_limbs
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    set_nar = make_set_nar(fmt)

    def subtract_quire(q: Limbs, r: Limbs) -> None:
        settle(q)
        settle(r)
        if is_nar(q) or is_nar(r):
            set_nar(q)
        else:
            for i in range(limbs):
                q[i] -= r[i]
            settle(q)

    return subtract_quire


@cache
def make_round(fmt: Posit) -> Callable[[Limbs], int]:
    """to_posit(q): the posit nearest to the quire, rounded once (qToP). Settles the quire."""
    last = fmt.quire_limbs - 1
    settle = make_settle(fmt)
    is_nar = make_is_nar(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    lost = 63 - unit(fmt)
    lost_mask = (1 << lost) - 1
    origin = fmt.quire_scale + 31

    def magnitude(q: Limbs, sign: int, lowest: int, i: int) -> int:
        """Limb i of the absolute value; `lowest` is the first limb that is not zero."""
        if i < lowest:
            return 0
        limb: int = (q[i] ^ sign) & LIMB_MASK
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
        high = ((first << gap) | (second >> (32 - gap))) & LIMB_MASK
        low = ((second << gap) | (third >> (32 - gap))) & LIMB_MASK
        sticky = (low & lost_mask) | ((third << gap) & LIMB_MASK)
        if lowest < i - 2:
            sticky = 1
        significand = (high << (32 - lost)) | (low >> lost)
        return encode(sign, origin + 32 * i - gap, significand, sticky)

    return to_posit
