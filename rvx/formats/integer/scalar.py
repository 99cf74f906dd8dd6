"""Compiled kernels on the lanes of a 64-bit word: dot products, packing and unpacking.

A dot product of n lanes is one digit of a polynomial product: with a = sum a_i X^i and
b = sum b_i X^(n-1-i), the coefficient of X^(n-1) in a * b is sum a_i b_i. With X = 2^16 or 2^32
one 64-bit multiplication does four or two lanes, and the wrap at 2^64 drops what is above.
Lane 0 is the least significant one. Sources: XpulpNN `pv.sdotsp.n` and its kin for the meaning
(exact inner sum; usp = first operand unsigned), VS-Quant section 5 for the widths.
"""

from collections.abc import Callable

Binary = Callable[[int, int], int]
Unary = Callable[[int], int]
Ternary = Callable[[int, int, int], int]

LOW32 = 0xFFFFFFFF
_BYTES_IN_16 = 0x00FF00FF00FF00FF
_NIBBLES_IN_8 = 0x0F0F0F0F0F0F0F0F

# Lane width -> distance of the digits: wide enough for a sum of 64 / width products and a sign.
_DIGIT = {2: 16, 4: 16, 8: 32, 16: 64}

SIGNEDNESS = {"up": (False, False), "usp": (False, True), "sp": (True, True)}


def word(value: int) -> int:
    """The int64 with the same 64 bits as an unbounded integer. Not a kernel: makes constants."""
    return (value + 2**63) % 2**64 - 2**63


def repeat(pattern: int, stride: int) -> int:
    """The 64-bit constant with `pattern` at every multiple of `stride`. Not a kernel."""
    return word(sum(pattern << position for position in range(0, 64, stride)))


def sext32(x: int) -> int:
    """The low 32 bits as a signed number, as the RV64 *W instructions leave it."""
    return (x << 32) >> 32


def reverse16(x: int) -> int:
    """The four 16-bit lanes in opposite order."""
    halves = ((x >> 32) & LOW32) | (x << 32)
    return ((halves >> 16) & 0x0000FFFF0000FFFF) | ((halves & 0x0000FFFF0000FFFF) << 16)


def reverse32(x: int) -> int:
    """The two 32-bit lanes in opposite order."""
    return ((x >> 32) & LOW32) | (x << 32)


def identity(x: int) -> int:
    """The word itself: there is only one 64-bit lane to reverse."""
    return x


def spread_low(x: int) -> int:
    """Nibbles 0..7 as the low halves of bytes 0..7, zero-extended."""
    wide = x & LOW32
    wide = (wide | (wide << 16)) & 0x0000FFFF0000FFFF
    wide = (wide | (wide << 8)) & _BYTES_IN_16
    return (wide | (wide << 4)) & _NIBBLES_IN_8


def spread_high(x: int) -> int:
    """Nibbles 8..15 as the low halves of bytes 0..7, zero-extended."""
    return spread_low(x >> 32)


def gather(x: int) -> int:
    """The low halves of bytes 0..7 as nibbles 0..7 of a 32-bit word; the inverse of spread_low."""
    wide = x & _NIBBLES_IN_8
    wide = (wide | (wide >> 4)) & _BYTES_IN_16
    wide = (wide | (wide >> 8)) & 0x0000FFFF0000FFFF
    return (wide | (wide >> 16)) & LOW32


_REVERSE: dict[int, Unary] = {16: reverse16, 32: reverse32, 64: identity}


def make_dot(
    width: int, a_signed: bool, b_signed: bool, b_width: int = 0, spread: Unary = identity
) -> Binary:
    """The exact dot product of all lanes of two words.

    Args:
        width: bits of a lane: 2, 4, 8 or 16.
        a_signed: lanes of the first word are two's complement.
        b_signed: lanes of the second word are two's complement.
        b_width: bits of an element of the second word, when narrower than a lane.
        spread: brings the elements of the second word to lane positions.

    Returns:
        A kernel of two words. Zero lanes add nothing, so that a zero-extended 32-bit register is
        a valid operand.
    """
    digit = _DIGIT[width]
    steps = tuple(range(0, digit, width))
    # A two's complement lane with its sign bit flipped is the value plus half its range; taking
    # that half off after the masking leaves a signed digit, with no sign extension needed.
    a_half = 1 << (width - 1) if a_signed else 0
    b_half = 1 << ((b_width or width) - 1) if b_signed else 0
    a_flip = repeat(a_half, width)
    b_flip = repeat(b_half, width)
    a_bias = repeat(a_half, digit)
    b_bias = repeat(b_half, digit)
    mask = repeat((1 << width) - 1, digit)
    # Keeps every digit below the top one non-negative, so that none borrows from the top one.
    settle = sum(1 << (position - 1) for position in range(digit, 64, digit))
    top = 64 - digit
    reverse = _REVERSE[digit]

    def dot(a: int, b: int) -> int:
        x = a ^ a_flip
        y = reverse(spread(b) ^ b_flip)
        total = settle
        for step in steps:
            total += (((x >> step) & mask) - a_bias) * (((y >> step) & mask) - b_bias)
        return total >> top

    return dot


def make_dots() -> dict[tuple[str, str], Binary]:
    """The twelve dot products of Xvsq by (size, signedness). Not a kernel.

    Sizes: `n` 16 nibbles by 16 nibbles; `b` 8 bytes by 8 bytes; `bnl` and `bnh` 8 bytes by the
    low or high 8 nibbles of the second word. Signedness: `up`, `usp` (first operand unsigned,
    second signed), `sp`.
    """
    dots: dict[tuple[str, str], Binary] = {}
    for name, (a, b) in SIGNEDNESS.items():
        dots["n", name] = make_dot(4, a, b)
        dots["b", name] = make_dot(8, a, b)
        dots["bnl", name] = make_dot(8, a, b, 4, spread_low)
        dots["bnh", name] = make_dot(8, a, b, 4, spread_high)
    return dots


DOTS = make_dots()
dot_sp_n, dot_sp_b = DOTS["n", "sp"], DOTS["b", "sp"]


def clip_bytes_in_16(x: int, floor: int, span: int) -> int:
    """Clips four unsigned bytes, each in a 16-bit lane, to floor..floor+span, minus floor.

    Args:
        x: bytes in the low halves of the 16-bit lanes.
        floor: the lower end, in every lane.
        span: upper end minus lower end, in every lane.
    """
    above = (x | 0x0100010001000100) - floor
    kept = (above >> 8) & 0x0001000100010001
    above &= kept * 255
    room = (span | 0x0100010001000100) - above
    kept = (room >> 8) & 0x0001000100010001
    return span - (room & (kept * 255))


def make_pack(low: int, high: int) -> Binary:
    """Clips 16 signed bytes, 8 of each word, to low..high and packs them to 16 nibbles."""
    floor = repeat(128 + low, 16)
    span = repeat(high - low, 16)
    base = repeat(low & 15, 8)
    flip = repeat(0x80, 8)

    def clip(x: int) -> int:
        biased = x ^ flip
        even = clip_bytes_in_16(biased & _BYTES_IN_16, floor, span)
        odd = clip_bytes_in_16((biased >> 8) & _BYTES_IN_16, floor, span)
        # At most 15 + 15: the sum of a byte stays in it, and gather drops its high half.
        return gather((even | (odd << 8)) + base)

    def pack(a: int, b: int) -> int:
        return clip(a) | (clip(b) << 32)

    return pack


pack_n = make_pack(-7, 7)
packu_n = make_pack(0, 15)


def sign_nibbles(x: int) -> int:
    """Bytes that hold a zero-extended nibble, with the nibble's sign extended to the byte."""
    sign = x & 0x0808080808080808
    return x | ((sign << 1) | (sign << 2) | (sign << 3) | (sign << 4))


def unpackl_n(x: int) -> int:
    """Nibbles 0..7, sign-extended to bytes 0..7."""
    return sign_nibbles(spread_low(x))


def unpackh_n(x: int) -> int:
    """Nibbles 8..15, sign-extended to bytes 0..7."""
    return sign_nibbles(spread_high(x))


unpackul_n = spread_low
unpackuh_n = spread_high
