"""Operations of the bit-manipulation extensions on x registers, and how their forms are declared.

Plain functions of the operands and XLEN, as in `rvx.extensions.integer`: registers are int64, those
of RV32 hold 32 bits sign-extended, and so do the results at XLEN 32. The `*w` instructions of RV64
are these operations at XLEN 32 on sign-extended low halves.
"""

from collections.abc import Callable

from rvx.formats.bits import clz64, ctz64
from rvx.isa import Extension, sext, sext32
from rvx.isa.bits import MASK32, narrow, shift_right_logical

SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "B" for bit manipulation'
CRYPTOGRAPHY = (
    'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Scalar Cryptography"'
)

Unary = Callable[[int, int], int]
Binary = Callable[[int, int, int], int]

# Masks of a 64-bit word: the lower half of every pair of bits, of every nibble, and so on.
_EVEN_BITS = 0x5555555555555555
_EVEN_PAIRS = 0x3333333333333333
_EVEN_NIBBLES = 0x0F0F0F0F0F0F0F0F
_EVEN_BYTES = 0x00FF00FF00FF00FF
_EVEN_HALVES = 0x0000FFFF0000FFFF
_LOW_BITS_OF_BYTES = 0x0101010101010101
_LOW_SEVENS_OF_BYTES = 0x7F7F7F7F7F7F7F7F


# --- Logic with one operand negated


def and_not(a: int, b: int, xlen: int) -> int:
    """Bits that are set in a and not in b."""
    return a & (b ^ -1)


def or_not(a: int, b: int, xlen: int) -> int:
    """Bits that are set in a or not in b."""
    return a | (b ^ -1)


def xnor(a: int, b: int, xlen: int) -> int:
    """Bits that are the same in a and b."""
    return a ^ b ^ -1


# --- Counts of bits


def leading_zeros(a: int, xlen: int) -> int:
    """How many zeros stand above the highest one of the XLEN bits."""
    if xlen == 32:
        return clz64(a & MASK32) - 32
    return clz64(a)


def trailing_zeros(a: int, xlen: int) -> int:
    """How many zeros stand below the lowest one of the XLEN bits."""
    if xlen == 32:
        return ctz64(a | 1 << 32)
    return ctz64(a)


def population(a: int, xlen: int) -> int:
    """How many of the XLEN bits are ones."""
    # LLVM knows this loop, and makes the host's one instruction of it.
    rest = a & MASK32 if xlen == 32 else a
    count = 0
    while rest != 0:
        rest &= rest - 1
        count += 1
    return count


# --- Extension of a narrow number to the whole register


def sign_extend_byte(a: int, xlen: int) -> int:
    """The low 8 bits, sign-extended."""
    return sext(a, 8)


def sign_extend_half(a: int, xlen: int) -> int:
    """The low 16 bits, sign-extended."""
    return sext(a, 16)


def zero_extend_half(a: int, xlen: int) -> int:
    """The low 16 bits, zero-extended."""
    return a & 0xFFFF


# --- Rotations


def rotate_left(a: int, b: int, xlen: int) -> int:
    """a rotated left by b mod XLEN."""
    if xlen == 32:
        low, count = a & MASK32, b & 31
        return sext32(low << count | low >> (32 - count))
    count = b & 63
    return a << count | shift_right_logical(a, -count & 63)


def rotate_right(a: int, b: int, xlen: int) -> int:
    """a rotated right by b mod XLEN."""
    return rotate_left(a, -b, xlen)


# --- Orders of bits and bytes


def _reverse_bytes(a: int) -> int:
    """The eight bytes of a word in the opposite order."""
    # What an arithmetic shift brings in is masked, but for the last, which moves whole halves.
    a = (a & _EVEN_BYTES) << 8 | a >> 8 & _EVEN_BYTES
    a = (a & _EVEN_HALVES) << 16 | a >> 16 & _EVEN_HALVES
    return a << 32 | a >> 32 & MASK32


def reverse_bytes(a: int, xlen: int) -> int:
    """The bytes of the register in the opposite order."""
    turned = _reverse_bytes(a)
    if xlen == 32:
        return turned >> 32
    return turned


def reverse_bits_of_bytes(a: int, xlen: int) -> int:
    """Every byte with its bits in the opposite order."""
    a = (a & _EVEN_BITS) << 1 | a >> 1 & _EVEN_BITS
    a = (a & _EVEN_PAIRS) << 2 | a >> 2 & _EVEN_PAIRS
    a = (a & _EVEN_NIBBLES) << 4 | a >> 4 & _EVEN_NIBBLES
    return narrow(a, xlen)


def or_combine_bytes(a: int, xlen: int) -> int:
    """Every byte all ones if one of its bits is set, else 0."""
    # Adding 0x7f carries into the top bit of a byte whose lower seven bits are not all zero.
    tops = ((a & _LOW_SEVENS_OF_BYTES) + _LOW_SEVENS_OF_BYTES) | a
    ones = tops >> 7 & _LOW_BITS_OF_BYTES
    return (ones << 8) - ones


def interleave(a: int, xlen: int) -> int:
    """RV32: the low half in the even bits, the high half in the odd ones."""
    return sext32(_spread(a & 0xFFFF) | _spread(a >> 16 & 0xFFFF) << 1)


def deinterleave(a: int, xlen: int) -> int:
    """RV32: the even bits in the low half, the odd ones in the high half."""
    return sext32(_gathered(a) | _gathered(a >> 1) << 16)


def _spread(half: int) -> int:
    """16 bits at the even places of 32."""
    half = (half | half << 8) & _EVEN_BYTES
    half = (half | half << 4) & _EVEN_NIBBLES
    half = (half | half << 2) & _EVEN_PAIRS
    return (half | half << 1) & _EVEN_BITS


def _gathered(word: int) -> int:
    """The 16 bits at the even places of the low 32."""
    word = word & 0x55555555
    word = (word | word >> 1) & _EVEN_PAIRS
    word = (word | word >> 2) & _EVEN_NIBBLES
    word = (word | word >> 4) & _EVEN_BYTES
    return (word | word >> 8) & 0xFFFF


# --- Packing


def pack(a: int, b: int, xlen: int) -> int:
    """The low half of a below the low half of b."""
    if xlen == 32:
        return sext32((a & 0xFFFF) | (b & 0xFFFF) << 16)
    return a & MASK32 | b << 32


def pack_bytes(a: int, b: int, xlen: int) -> int:
    """The low byte of a below the low byte of b, zeros above."""
    return (a & 0xFF) | (b & 0xFF) << 8


# --- Look-ups in a register


def look_up_bytes(a: int, b: int, xlen: int) -> int:
    """For each byte of b the byte of a with that number, 0 if there is none."""
    found = a & 0
    for at in range(0, xlen, 8):
        number = b >> at & 0xFF
        if number < xlen >> 3:
            found |= (a >> 8 * number & 0xFF) << at
    return narrow(found, xlen)


def look_up_nibbles(a: int, b: int, xlen: int) -> int:
    """For each nibble of b the nibble of a with that number, 0 if there is none."""
    found = a & 0
    for at in range(0, xlen, 4):
        number = b >> at & 0xF
        if number < xlen >> 2:
            found |= (a >> 4 * number & 0xF) << at
    return narrow(found, xlen)


# --- Single bits


def _bit(number: int, xlen: int) -> int:
    # number & 0 is an int64: interpreted, a shift of Python's own 1 would not wrap.
    return narrow((number & 0 | 1) << (number & (xlen - 1)), xlen)


def set_bit(a: int, b: int, xlen: int) -> int:
    """a with the bit of number b mod XLEN set."""
    return a | _bit(b, xlen)


def clear_bit(a: int, b: int, xlen: int) -> int:
    """a with the bit of number b mod XLEN cleared."""
    return a & (_bit(b, xlen) ^ -1)


def invert_bit(a: int, b: int, xlen: int) -> int:
    """a with the bit of number b mod XLEN inverted."""
    return a ^ _bit(b, xlen)


def extract_bit(a: int, b: int, xlen: int) -> int:
    """The bit of number b mod XLEN of a."""
    return a >> (b & (xlen - 1)) & 1


# --- Products without carries


def carryless_low(a: int, b: int, xlen: int) -> int:
    """The low XLEN bits of the carry-less product."""
    product = a & 0
    for place in range(xlen):
        product ^= (a << place) & -(b >> place & 1)
    return narrow(product, xlen)


def carryless_reversed(a: int, b: int, xlen: int) -> int:
    """XLEN bits of the carry-less product from bit XLEN - 1 on."""
    product = a & 0
    if xlen == 32:
        for place in range(32):
            product ^= ((a & MASK32) << place) & -(b >> place & 1)
        return sext32(product >> 31)
    for place in range(64):
        product ^= shift_right_logical(a, 63 - place) & -(b >> place & 1)
    return product


def carryless_high(a: int, b: int, xlen: int) -> int:
    """The high XLEN bits of the carry-less product."""
    product = carryless_reversed(a, b, xlen)
    if xlen == 32:
        return (product & MASK32) >> 1
    return shift_right_logical(product, 1)


# --- Declarations


def declare_unary(
    extension: Extension,
    name: str,
    funct12: str,
    funct3: str,
    operation: Unary,
    doc: str,
    *,
    xlen: int | None = None,
    opcode: str = "0010011",
    overlaps: tuple[str, ...] = (),
) -> None:
    """Declares `name rd, rs1`."""

    @extension.instruction(
        f"{name} rd, rs1",
        f"{funct12} rs1 {funct3} rd {opcode}",
        kind="alu",
        xlen=xlen,
        overlaps=overlaps,
        doc=doc,
    )
    def body(rs1: int, xlen: int) -> int:
        return operation(rs1, xlen)


def declare_unary_word(
    extension: Extension,
    name: str,
    funct12: str,
    funct3: str,
    operation: Unary,
    doc: str,
    opcode: str = "0011011",
) -> None:
    """Declares `name rd, rs1` of RV64, on the low 32 bits of rs1."""

    @extension.instruction(
        f"{name} rd, rs1", f"{funct12} rs1 {funct3} rd {opcode}", kind="alu", xlen=64, doc=doc
    )
    def body(rs1: int) -> int:
        return operation(sext32(rs1), 32)


def declare_binary(
    extension: Extension,
    name: str,
    funct7: str,
    funct3: str,
    operation: Binary,
    doc: str,
    *,
    xlen: int | None = None,
    kind: str = "alu",
) -> None:
    """Declares `name rd, rs1, rs2`."""

    @extension.instruction(
        f"{name} rd, rs1, rs2",
        f"{funct7} rs2 rs1 {funct3} rd 0110011",
        kind=kind,
        xlen=xlen,
        doc=doc,
    )
    def body(rs1: int, rs2: int, xlen: int) -> int:
        return operation(rs1, rs2, xlen)


def declare_binary_word(
    extension: Extension, name: str, funct7: str, funct3: str, operation: Binary, doc: str
) -> None:
    """Declares `name rd, rs1, rs2` of RV64, on the low 32 bits of rs1 and rs2."""

    @extension.instruction(
        f"{name} rd, rs1, rs2",
        f"{funct7} rs2 rs1 {funct3} rd 0111011",
        kind="alu",
        xlen=64,
        doc=doc,
    )
    def body(rs1: int, rs2: int) -> int:
        return operation(sext32(rs1), sext32(rs2), 32)


def declare_immediate(
    extension: Extension, name: str, funct7: str, funct3: str, operation: Binary, doc: str
) -> None:
    """Declares `namei rd, rs1, shamt`, whose number is below XLEN, and `name` as an alias of it."""

    def body(rs1: int, shamt: int, xlen: int) -> int:
        return operation(rs1, shamt, xlen)

    for xlen, bits in ((32, f"{funct7} shamt[4:0]"), (64, f"{funct7[:-1]} shamt[5:0]")):
        extension.instruction(
            f"{name}i rd, rs1, shamt",
            f"{bits} rs1 {funct3} rd 0010011",
            kind="alu",
            xlen=xlen,
            doc=doc,
        )(body)
        extension.alias(f"{name} rd, rs1, shamt", f"{name}i rd, rs1, shamt", xlen=xlen)
