"""Tables and products in fields of 256 elements, of which AES and SM4 are made.

A table of bytes is a tuple of words of eight bytes: compiled code chooses among few words, and
interpreted code pays no more.
"""

from collections.abc import Callable

AES_POLYNOMIAL = 0x11B
SM4_POLYNOMIAL = 0x1F5

Table = tuple[int, ...]


def _product(a: int, b: int, polynomial: int) -> int:
    product = 0
    for place in range(8):
        if b >> place & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= polynomial
    return product


def _inverses(polynomial: int) -> list[int]:
    """The inverse of every element; 0 for 0."""
    # 3 generates the field of AES, and 2 or 3 that of any other polynomial used here.
    for generator in (2, 3):
        powers = [1]
        while (following := _product(powers[-1], generator, polynomial)) != 1:
            powers.append(following)
        if len(powers) == 255:
            break
    inverses = [0] * 256
    for exponent, element in enumerate(powers):
        inverses[element] = powers[-exponent % 255]
    return inverses


def _rotated(byte: int, count: int) -> int:
    return (byte << count | byte >> (8 - count)) & 0xFF


def _in_words(values: list[int]) -> Table:
    words = [
        int.from_bytes(bytes(values[at : at + 8]), "little", signed=True) for at in range(0, 256, 8)
    ]
    return tuple(words)


def _aes_values() -> list[int]:
    values = []
    for inverse in _inverses(AES_POLYNOMIAL):
        mixed = inverse
        for count in (1, 2, 3, 4):
            mixed ^= _rotated(inverse, count)
        values.append(mixed ^ 0x63)
    return values


def _sm4_values() -> list[int]:
    """The S-box of SM4: an affine map before the inverse and the same one after it."""
    inverses = _inverses(SM4_POLYNOMIAL)

    def affine(byte: int) -> int:
        mixed = 0xD3
        for place in range(8):
            if (byte & _rotated(0xA7, place)).bit_count() & 1:
                mixed ^= 1 << place
        return mixed

    return [affine(inverses[affine(byte)]) for byte in range(256)]


def _inverted(values: list[int]) -> list[int]:
    inverted = [0] * 256
    for place, value in enumerate(values):
        inverted[value] = place
    return inverted


AES_FORWARD = _in_words(_aes_values())
AES_INVERSE = _in_words(_inverted(_aes_values()))
SM4_FORWARD = _in_words(_sm4_values())


def make_look_up(table: Table) -> Callable[[int], int]:
    """A function that gives the byte of the table for the low byte of a word."""

    def look_up(byte: int) -> int:
        return table[byte >> 3 & 31] >> ((byte & 7) << 3) & 0xFF

    return look_up


def doubled(a: int) -> int:
    """Twice a byte in the field of AES."""
    return (a << 1 ^ (a >> 7) * AES_POLYNOMIAL) & 0xFF
