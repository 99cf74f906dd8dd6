"""Bit arithmetic for instruction bodies: right on NumPy int64 and in compiled code."""

from typing import Protocol

Word = int
"""An encoded instruction: 16, 32, 48 or 64 bits, not negative."""

Address = int
"""A guest address, not negative."""


class Words(Protocol):
    """Numbers by position, as a body sees state words or bytes of memory.

    An int64 array in general; a memoryview or a list does where nothing is compiled.
    """

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...
    def __len__(self) -> int: ...


MASK32 = 0xFFFFFFFF
INT64_MIN = -(2**63)


def word_size(first: int) -> int:
    """Bytes of the word that begins with these 16 bits: its low bits say so.

    Words of 80 bits and more are reserved: what begins like one counts as 32 bits, which are
    illegal.
    """
    if first & 3 != 3:
        return 2
    if first & 0x1F != 0x1F or first & 0x7F == 0x7F:
        return 4
    return 6 if first & 0x3F == 0x1F else 8


def sext(value: int, bits: int) -> int:
    """The low `bits` (1..63) of the value, read as a two's complement number."""
    sign = 1 << (bits - 1)
    return ((value & ((sign << 1) - 1)) ^ sign) - sign


def zext(value: int, bits: int) -> int:
    """The low `bits` (1..62) of the value, read as an unsigned number."""
    return value & ((1 << bits) - 1)


def sext32(value: int) -> int:
    """The low 32 bits, sign-extended: what every `*W` instruction of RV64 writes."""
    return ((value & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


def narrow(value: int, xlen: int) -> int:
    """The value as an x register of that width holds it: at XLEN 32, 32 bits sign-extended."""
    if xlen == 32:
        return sext32(value)
    return value


def address(value: int, xlen: int) -> int:
    """The value as a guest address: at XLEN 32, 32 bits zero-extended."""
    if xlen == 32:
        return value & MASK32
    return value


def less_unsigned(a: int, b: int) -> bool:
    """Whether a < b when both 64-bit words are read as unsigned.

    Sign extension keeps the unsigned order, so this is right for the registers of RV32 too.
    """
    return (a ^ INT64_MIN) < (b ^ INT64_MIN)


def shift_right_logical(value: int, count: int) -> int:
    """The 64-bit word shifted right by 0..63, zeros coming in."""
    # value | -1 is -1 as an int64: interpreted, a shift of Python's own -1 would not wrap.
    return (value >> count) & ((((value | -1) << (63 - count)) << 1) ^ -1)
