"""Sign, order and neighbours: what needs only the pattern, read as a two's complement integer.

Posits compare as the signed integers of their patterns (section 5.3): NaR is less than every real
and equal to itself. Negation is that of the whole word, so that -0 = 0 and -NaR = NaR.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.posit.codec import pattern
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]
Test = Callable[[int, int], bool]


def make_neg(fmt: Posit) -> Unary:
    """neg(a): the negative (section 5.2)."""
    mask = pattern(fmt, fmt.mask)

    def neg(a: int) -> int:
        return -a & mask

    return neg


def make_abs(fmt: Posit) -> Unary:
    """absolute(a): the magnitude; that of NaR is NaR."""
    top = 64 - fmt.n
    mask = pattern(fmt, fmt.mask)

    def absolute(a: int) -> int:
        sign = (a << top) >> 63
        return ((a ^ sign) - sign) & mask

    return absolute


def make_sign(fmt: Posit) -> Unary:
    """sign(a): the posit 1, 0 or -1; NaR for NaR."""
    top = 64 - fmt.n
    nar = pattern(fmt, fmt.nar)
    one = fmt.one
    minus_one = -one & pattern(fmt, fmt.mask)

    def sign(a: int) -> int:
        if a in (0, nar):
            return a
        return minus_one if (a << top) < 0 else one

    return sign


def make_next(fmt: Posit) -> Unary:
    """successor(a): the posit that follows; next(maxpos) = NaR, next(NaR) = -maxpos."""
    mask = pattern(fmt, fmt.mask)

    def successor(a: int) -> int:
        return (a + 1) & mask

    return successor


def make_prior(fmt: Posit) -> Unary:
    """prior(a): the posit that precedes; prior(-maxpos) = NaR, prior(NaR) = maxpos."""
    mask = pattern(fmt, fmt.mask)

    def prior(a: int) -> int:
        return (a - 1) & mask

    return prior


def make_eq(fmt: Posit) -> Test:
    """eq(a, b): compareEqual; NaR equals NaR."""

    def eq(a: int, b: int) -> bool:
        return a == b

    return eq


def make_ne(fmt: Posit) -> Test:
    """ne(a, b): compareNotEqual."""

    def ne(a: int, b: int) -> bool:
        return a != b

    return ne


def make_lt(fmt: Posit) -> Test:
    """lt(a, b): compareLess; NaR is less than every real."""
    top = 64 - fmt.n

    def lt(a: int, b: int) -> bool:
        return (a << top) < (b << top)

    return lt


def make_le(fmt: Posit) -> Test:
    """le(a, b): compareLessEqual."""
    top = 64 - fmt.n

    def le(a: int, b: int) -> bool:
        return (a << top) <= (b << top)

    return le


def make_gt(fmt: Posit) -> Test:
    """gt(a, b): compareGreater."""
    lt = make_lt(fmt)

    def gt(a: int, b: int) -> bool:
        return lt(b, a)

    return gt


def make_ge(fmt: Posit) -> Test:
    """ge(a, b): compareGreaterEqual."""
    le = make_le(fmt)

    def ge(a: int, b: int) -> bool:
        return le(b, a)

    return ge


def make_min(fmt: Posit) -> Binary:
    """minimum(a, b): the lesser in posit order, so NaR if there is one (Xposit's pmin)."""
    lt = make_lt(fmt)

    def minimum(a: int, b: int) -> int:
        return a if lt(a, b) else b

    return minimum


def make_max(fmt: Posit) -> Binary:
    """maximum(a, b): the greater in posit order, so NaR only if both are (Xposit's pmax)."""
    lt = make_lt(fmt)

    def maximum(a: int, b: int) -> int:
        return b if lt(a, b) else a

    return maximum


def make_sgnj(fmt: Posit) -> Binary:
    """sgnj(a, b): a with the sign of b, by negation of the whole word."""
    top = 64 - fmt.n
    mask = pattern(fmt, fmt.mask)

    def sgnj(a: int, b: int) -> int:
        differ = ((a ^ b) << top) >> 63
        return ((a ^ differ) - differ) & mask

    return sgnj


def make_sgnjn(fmt: Posit) -> Binary:
    """sgnjn(a, b): a with the sign that b has not."""
    top = 64 - fmt.n
    mask = pattern(fmt, fmt.mask)

    def sgnjn(a: int, b: int) -> int:
        agree = ~(((a ^ b) << top) >> 63)
        return ((a ^ agree) - agree) & mask

    return sgnjn


def make_sgnjx(fmt: Posit) -> Binary:
    """sgnjx(a, b): a, negated if b is negative or NaR."""
    top = 64 - fmt.n
    mask = pattern(fmt, fmt.mask)

    def sgnjx(a: int, b: int) -> int:
        negative = (b << top) >> 63
        return ((a ^ negative) - negative) & mask

    return sgnjx
