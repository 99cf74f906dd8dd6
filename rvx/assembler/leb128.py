"""LEB128: numbers in as many groups of seven bits as they need."""

from __future__ import annotations


def encode_leb128(number: int, is_signed: bool) -> bytes:
    """The bytes of a number in LEB128."""
    if 0 <= number < 0x40:  # as most are
        return bytes((number,))
    out = bytearray()
    while True:
        byte = number & 0x7F
        number >>= 7
        done = number == 0 and not (is_signed and byte & 0x40)
        if done or (is_signed and number == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)
