"""Bit arithmetic for instruction bodies: right on Python ints, NumPy int64 and in compiled code."""

Word = int
"""An encoded instruction: 16 or 32 bits, not negative."""

Address = int
"""A guest address, not negative."""


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
