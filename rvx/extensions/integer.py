"""Integer operations on x registers, shared by the bodies of I, M and A.

Plain functions of the two operands and XLEN, in the subset that rvx.jit compiles. Registers are
int64; those of RV32 hold 32 bits sign-extended, and so do the results at XLEN 32. The `*W`
instructions of RV64 are these operations at XLEN 32 on sign-extended low halves.
"""

from rvx.formats.bits import mulh64, mulhu64
from rvx.isa.bits import MASK32, less_unsigned, narrow, sext32, shift_right_logical


def equal(a: int, b: int) -> bool:
    """Whether a = b."""
    return a == b


def not_equal(a: int, b: int) -> bool:
    """Whether a is not b."""
    return a != b


def less(a: int, b: int) -> bool:
    """Whether a < b, signed."""
    return a < b


def not_less(a: int, b: int) -> bool:
    """Whether a >= b, signed."""
    return a >= b


def not_less_unsigned(a: int, b: int) -> bool:
    """Whether a >= b, unsigned."""
    return not less_unsigned(a, b)


def add(a: int, b: int, xlen: int) -> int:
    """a + b."""
    return narrow(a + b, xlen)


def sub(a: int, b: int, xlen: int) -> int:
    """a - b."""
    return narrow(a - b, xlen)


def sll(a: int, b: int, xlen: int) -> int:
    """a shifted left by b mod XLEN."""
    return narrow(a << (b & (xlen - 1)), xlen)


def slt(a: int, b: int, xlen: int) -> int:
    """1 if a < b, signed, else 0."""
    return 1 if a < b else 0


def sltu(a: int, b: int, xlen: int) -> int:
    """1 if a < b, unsigned, else 0."""
    return 1 if less_unsigned(a, b) else 0


def xor(a: int, b: int, xlen: int) -> int:
    """Bits that are set in one of a and b."""
    return a ^ b


def srl(a: int, b: int, xlen: int) -> int:
    """a shifted right by b mod XLEN, zeros coming in."""
    if xlen == 32:
        return sext32((a & MASK32) >> (b & 31))
    return shift_right_logical(a, b & 63)


def sra(a: int, b: int, xlen: int) -> int:
    """a shifted right by b mod XLEN, copies of the sign coming in."""
    return a >> (b & (xlen - 1))


def or_(a: int, b: int, xlen: int) -> int:
    """Bits that are set in a or b."""
    return a | b


def and_(a: int, b: int, xlen: int) -> int:
    """Bits that are set in a and b."""
    return a & b


def mul(a: int, b: int, xlen: int) -> int:
    """The low XLEN bits of a * b."""
    return narrow(a * b, xlen)


def mulh(a: int, b: int, xlen: int) -> int:
    """The high XLEN bits of a * b, both signed."""
    if xlen == 32:
        return (a * b) >> 32
    return mulh64(a, b)


def mulhsu(a: int, b: int, xlen: int) -> int:
    """The high XLEN bits of a * b, a signed and b unsigned."""
    if xlen == 32:
        return (a * (b & MASK32)) >> 32
    return mulhu64(a, b) - ((a >> 63) & b)


def mulhu(a: int, b: int, xlen: int) -> int:
    """The high XLEN bits of a * b, both unsigned."""
    if xlen == 32:
        return sext32(((a & MASK32) * (b & MASK32)) >> 32)
    return mulhu64(a, b)


def div(a: int, b: int, xlen: int) -> int:
    """a / b, signed, towards zero; -1 for b = 0."""
    if b == 0:
        return -1
    # The quotient of the smallest number and -1 wraps, and the host would trap on it.
    if b == -1:
        return narrow(-a, xlen)
    quotient = a // b
    if (a ^ b) < 0 and quotient * b != a:
        quotient += 1
    return quotient


def rem(a: int, b: int, xlen: int) -> int:
    """What is left of a after a / b towards zero; a for b = 0."""
    if b == 0:
        return a
    return narrow(a - div(a, b, xlen) * b, xlen)


def _divide_unsigned(a: int, b: int) -> int:
    """The quotient of two 64-bit words read as unsigned; b is not 0."""
    if b < 0:
        return 0 if less_unsigned(a, b) else 1
    quotient = (shift_right_logical(a, 1) // b) << 1
    if not less_unsigned(a - quotient * b, b):
        quotient += 1
    return quotient


def divu(a: int, b: int, xlen: int) -> int:
    """a / b, unsigned; all ones for b = 0."""
    if b == 0:
        return -1
    if xlen == 32:
        return sext32((a & MASK32) // (b & MASK32))
    return _divide_unsigned(a, b)


def remu(a: int, b: int, xlen: int) -> int:
    """What is left of a after a / b, unsigned; a for b = 0."""
    if b == 0:
        return a
    if xlen == 32:
        return sext32((a & MASK32) % (b & MASK32))
    return a - _divide_unsigned(a, b) * b


def swap(a: int, b: int, xlen: int) -> int:
    """b."""
    return b


def smaller(a: int, b: int, xlen: int) -> int:
    """The smaller of a and b, signed."""
    return min(a, b)


def larger(a: int, b: int, xlen: int) -> int:
    """The larger of a and b, signed."""
    return max(a, b)


def smaller_unsigned(a: int, b: int, xlen: int) -> int:
    """The smaller of a and b, unsigned."""
    return a if less_unsigned(a, b) else b


def larger_unsigned(a: int, b: int, xlen: int) -> int:
    """The larger of a and b, unsigned."""
    return b if less_unsigned(a, b) else a
