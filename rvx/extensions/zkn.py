"""Zknd, Zkne and Zknh: AES decryption and encryption, and the hashes SHA-2."""

from collections.abc import Callable

from rvx.extensions.bitmanip import CRYPTOGRAPHY, declare_unary, rotate_right
from rvx.extensions.gf256 import AES_FORWARD, AES_INVERSE, doubled, make_look_up
from rvx.isa import Extension, sext32
from rvx.isa.bits import MASK32, shift_right_logical
from rvx.isa.operands import ImmediateKind

Zkne = Extension("Zkne", version="1.0", doc="AES encryption", source=CRYPTOGRAPHY, requires=("I",))
Zknd = Extension(
    "Zknd",
    version="1.0",
    doc="AES decryption",
    source=CRYPTOGRAPHY,
    requires=("I",),
    supersedes=("Zkne",),
)
Zknh = Extension("Zknh", version="1.0", doc="SHA-2 hashes", source=CRYPTOGRAPHY, requires=("I",))

substituted = make_look_up(AES_FORWARD)
substituted_back = make_look_up(AES_INVERSE)

_LAST_ROUND = 10
"""Of the key schedule: it has no constant, and does not rotate the word."""


def mixed_byte(byte: int) -> int:
    """What a byte at row 0 adds to its column in MixColumns."""
    twice = doubled(byte)
    return twice | byte << 8 | byte << 16 | (twice ^ byte) << 24


def mixed_byte_back(byte: int) -> int:
    """What a byte at row 0 adds to its column in the inverse of MixColumns."""
    twice = doubled(byte)
    four = doubled(twice)
    eight = doubled(four)
    nine = eight ^ byte
    return eight ^ four ^ twice | nine << 8 | (nine ^ four) << 16 | (nine ^ twice) << 24


def _mixed_column(column: int, mix: Callable[[int], int]) -> int:
    """A column of 32 bits, zero-extended, mixed: what its bytes add, each rotated to its row."""
    mixed = column & 0
    for at in (0, 8, 16, 24):
        part = mix(column >> at & 0xFF)
        mixed ^= (part << at | part >> (32 - at)) & MASK32
    return mixed


def mixed_columns(state: int, mix: Callable[[int], int]) -> int:
    """Two columns, each mixed."""
    return _mixed_column(state & MASK32, mix) | _mixed_column(state >> 32 & MASK32, mix) << 32


def substituted_columns(low: int, high: int, step: int, look_up: Callable[[int], int]) -> int:
    """The first two columns of a state after the steps on its rows and on its bytes.

    Args:
        low: the columns 0 and 1; the byte of row r of a column is its byte r.
        high: the columns 2 and 3.
        step: from which column row r comes: as many columns further as r times this.
        look_up: the S-box.
    """
    state = low & 0
    for at in range(8):
        row = at & 3
        source = ((at >> 2) + step * row & 3) << 2 | row
        word = low if source < 8 else high
        state |= look_up(word >> ((source & 7) << 3)) << (at << 3)
    return state


def substituted_word(word: int) -> int:
    """The S-box on the four low bytes of a word."""
    found = word & 0
    for at in (0, 8, 16, 24):
        found |= substituted(word >> at) << at
    return found


# --- RV64: two columns of the state at a time


def _declare_rounds(
    extension: Extension,
    letter: str,
    codes: tuple[str, str],
    step: int,
    look_up: Callable[[int], int],
    mix: Callable[[int], int],
) -> None:
    last, middle = codes
    direction = "encryption" if letter == "e" else "decryption"

    @extension.instruction(
        f"aes64{letter}s rd, rs1, rs2",
        f"{last} rs2 rs1 000 rd 0110011",
        xlen=64,
        kind="alu",
        doc=f"rd = two columns of the state rs1 and rs2 after the last round of {direction}, but "
        "for the key.",
    )
    def last_round(rs1: int, rs2: int) -> int:
        return substituted_columns(rs1, rs2, step, look_up)

    @extension.instruction(
        f"aes64{letter}sm rd, rs1, rs2",
        f"{middle} rs2 rs1 000 rd 0110011",
        xlen=64,
        kind="alu",
        doc=f"rd = two columns of the state rs1 and rs2 after a round of {direction}, but for the "
        "key.",
    )
    def middle_round(rs1: int, rs2: int) -> int:
        return mixed_columns(substituted_columns(rs1, rs2, step, look_up), mix)


_declare_rounds(Zkne, "e", ("0011001", "0011011"), 1, substituted, mixed_byte)
_declare_rounds(Zknd, "d", ("0011101", "0011111"), -1, substituted_back, mixed_byte_back)


@Zknd.instruction("aes64im rd, rs1", "0011000 00000 rs1 001 rd 0010011", xlen=64, kind="alu")
def aes64im(rs1: int) -> int:
    """rd = the two columns of rs1 after the inverse of MixColumns, for the keys of decryption."""
    return mixed_columns(rs1, mixed_byte_back)


def _declare_key_schedule(extension: Extension) -> None:
    """What both directions need."""
    extension.operand_kind(ImmediateKind("rnum", signed=False, is_hex=True, most=_LAST_ROUND))

    @extension.instruction(
        "aes64ks1i rd, rs1, rnum:rnum",
        "0011000 1 rnum[3:0] rs1 001 rd 0010011",
        xlen=64,
        kind="alu",
    )
    def aes64ks1i(rs1: int, rnum: int) -> int:
        """rd, twice = the S-box on the high word of rs1, rotated and with the constant of rnum."""
        word = shift_right_logical(rs1, 32)
        constant = rs1 & 0
        if rnum < _LAST_ROUND:
            word = (word >> 8 | word << 24) & MASK32
            constant = constant + 1
            for _ in range(rnum):
                constant = doubled(constant)
        word = substituted_word(word) ^ constant
        return word << 32 | word

    @extension.instruction(
        "aes64ks2 rd, rs1, rs2", "0111111 rs2 rs1 000 rd 0110011", xlen=64, kind="alu"
    )
    def aes64ks2(rs1: int, rs2: int) -> int:
        """rd = two words of the key: the high word of rs1 added to the low one of rs2, and on."""
        low = shift_right_logical(rs1, 32) ^ rs2 & MASK32
        return (low ^ shift_right_logical(rs2, 32)) << 32 | low


_declare_key_schedule(Zkne)
_declare_key_schedule(Zknd)

# --- RV32: one byte of the state at a time


def _declare_byte(
    extension: Extension,
    name: str,
    funct5: str,
    look_up: Callable[[int], int],
    mix: Callable[[int], int] | None,
) -> None:
    after = ", mixed into a column" if mix else ""

    @extension.instruction(
        f"{name} rd, rs1, rs2, bs:shamt",
        f"bs[1:0] {funct5} rs2 rs1 000 rd 0110011",
        xlen=32,
        kind="alu",
        doc=f"rd = rs1 ^ the S-box on byte bs of rs2{after}, rotated to its row.",
    )
    def body(rs1: int, rs2: int, bs: int) -> int:
        at = bs << 3
        part = look_up(rs2 >> at)
        if mix is not None:
            part = mix(part)
        return sext32(rs1 ^ (part << at | part >> (32 - at)))


_declare_byte(Zkne, "aes32esi", "10001", substituted, None)
_declare_byte(Zkne, "aes32esmi", "10011", substituted, mixed_byte)
_declare_byte(Zknd, "aes32dsi", "10101", substituted_back, None)
_declare_byte(Zknd, "aes32dsmi", "10111", substituted_back, mixed_byte_back)

# --- SHA-256: functions of one word


def _declare_sha256(name: str, rs2: str, first: int, second: int, third: int, what: str) -> None:
    is_sum = name.startswith("sha256sum")

    def operation(a: int, xlen: int) -> int:
        last = rotate_right(a, third, 32) if is_sum else (a & MASK32) >> third
        return sext32(rotate_right(a, first, 32) ^ rotate_right(a, second, 32) ^ last)

    declare_unary(Zknh, name, f"0001000 {rs2}", "001", operation, f"rd = {what} of SHA-256.")


_declare_sha256("sha256sum0", "00000", 2, 13, 22, "Sigma0 of the low 32 bits of rs1")
_declare_sha256("sha256sum1", "00001", 6, 11, 25, "Sigma1 of the low 32 bits of rs1")
_declare_sha256("sha256sig0", "00010", 7, 18, 3, "sigma0 of the low 32 bits of rs1")
_declare_sha256("sha256sig1", "00011", 17, 19, 10, "sigma1 of the low 32 bits of rs1")

# --- SHA-512: functions of a word of 64 bits; RV32 has halves of them


def _declare_sha512(name: str, rs2: str, first: int, second: int, third: int, what: str) -> None:
    is_sum = name.startswith("sha512sum")

    def operation(a: int, xlen: int) -> int:
        last = rotate_right(a, third, 64) if is_sum else shift_right_logical(a, third)
        return rotate_right(a, first, 64) ^ rotate_right(a, second, 64) ^ last

    doc = f"rd = {what} of SHA-512."
    declare_unary(Zknh, name, f"0001000 {rs2}", "001", operation, doc, xlen=64)


_declare_sha512("sha512sum0", "00100", 28, 34, 39, "Sigma0 of rs1")
_declare_sha512("sha512sum1", "00101", 14, 18, 41, "Sigma1 of rs1")
_declare_sha512("sha512sig0", "00110", 1, 8, 7, "sigma0 of rs1")
_declare_sha512("sha512sig1", "00111", 19, 61, 6, "sigma1 of rs1")


def _declare_sha512_half(
    name: str, funct5: str, counts: tuple[int, int, int], is_shifted: bool, doc: str
) -> None:
    """Half of a function of SHA-512.

    Args:
        name: its mnemonic.
        funct5: of the word.
        counts: by how much the 64-bit word whose half with the result's place is rs1 and whose
            other half is rs2 is rotated right; 32 and more take the halves the other way round.
        is_shifted: whether the last count is of a shift, and rs1 the high half.
        doc: what it does.
    """
    first, second, third = counts

    @Zknh.instruction(
        f"{name} rd, rs1, rs2", f"01 {funct5} rs2 rs1 000 rd 0110011", xlen=32, kind="alu", doc=doc
    )
    def body(rs1: int, rs2: int) -> int:
        a, b = rs1 & MASK32, rs2 & MASK32
        whole = b << 32 | a
        last = a >> third if is_shifted else rotate_right(whole, third, 64)
        return sext32(rotate_right(whole, first, 64) ^ rotate_right(whole, second, 64) ^ last)


for _name, _funct5, _counts in (
    ("sha512sum0r", "01000", (28, 34, 39)),
    ("sha512sum1r", "01001", (14, 18, 41)),
):
    _doc = f"rd = the half of Sigma{_name[9]} of SHA-512 at the place of rs1; rs2 is the other one."
    _declare_sha512_half(_name, _funct5, _counts, False, _doc)
for _name, _low, _high, _counts in (
    ("sha512sig0", "01010", "01110", (1, 8, 7)),
    ("sha512sig1", "01011", "01111", (19, 61, 6)),
):
    _doc = f"rd = the low half of sigma{_name[9]} of SHA-512; rs1 is the low half, rs2 the other."
    _declare_sha512_half(f"{_name}l", _low, _counts, False, _doc)
    _doc = f"rd = the high half of sigma{_name[9]} of SHA-512; rs1 is the high half, rs2 the other."
    _declare_sha512_half(f"{_name}h", _high, _counts, True, _doc)
