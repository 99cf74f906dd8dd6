"""XCVsimd: bytes and halfwords of 32-bit registers, lane by lane.

The right operand is a register with a lane each, lane 0 of a register for all (`.sc`), or a number
for all (`.sci`), which is zero-extended where lanes are unsigned. Where only some of its bits
count, the others should be 0, and are ignored. Sums wrap to a lane before they are halved. The
sums of complex products have 32 bits, so that (-1 - 1j)**2 overflows before it is shifted, as in
the core's multiplier.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.xcv.common import extension
from rvx.isa import sext32

Xcvsimd = extension("Xcvsimd", "Bytes and halfwords of 32-bit registers, lane by lane")

_Lane = Callable[[int, int], int]
_SIZES = {"h": (16, "000", "100", "110"), "b": (8, "001", "101", "111")}
"""Bits of a lane, and funct3 with registers, with one lane for all, and with a number."""
_WHAT = {"h": "halfwords", "b": "bytes"}


def _reader(width: int, is_signed: bool) -> Callable[[int, int], int]:
    """Gives the lane of a word that begins at a bit."""
    mask = (1 << width) - 1
    sign = 1 << width - 1

    def signed(word: int, at: int) -> int:
        return (word >> at & mask ^ sign) - sign

    def unsigned(word: int, at: int) -> int:
        return word >> at & mask

    return signed if is_signed else unsigned


def _spread(width: int) -> Callable[[int], int]:
    """Gives a word with lane 0 of another, or a number, in all lanes."""
    mask = (1 << width) - 1
    ones = sum(1 << at for at in range(0, 32, width))

    def spread(word: int) -> int:
        return (word & mask) * ones

    return spread


def _each(width: int, is_signed: bool, function: _Lane) -> _Lane:
    """The function of each pair of lanes."""
    lane = _reader(width, is_signed)
    mask = (1 << width) - 1

    def each(a: int, b: int) -> int:
        result = 0
        for at in range(0, 32, width):
            result |= (function(lane(a, at), lane(b, at)) & mask) << at
        return result

    return each


def _dot(width: int, is_left_signed: bool, is_right_signed: bool) -> _Lane:
    """The sum of the products of lanes."""
    left, right = _reader(width, is_left_signed), _reader(width, is_right_signed)

    def dot(a: int, b: int) -> int:
        total = 0
        for at in range(0, 32, width):
            total += left(a, at) * right(b, at)
        return total

    return dot


def _declare(
    name: str,
    size: str,
    funct6: str,
    is_signed: bool,
    function: _Lane,
    doc: str,
    adds: bool = False,
) -> None:
    """The three forms of an instruction with two operands.

    Args:
        name: without the letter of the size.
        size: that letter.
        funct6: bits 31 to 26.
        is_signed: whether the number is.
        function: of both words.
        doc: what is done.
        adds: whether the result is added to rd.
    """
    width, with_register, with_lane, with_number = _SIZES[size]
    forms = (
        ("", f"0 rs2 rs1 {with_register}", _same, "the lanes of rs2."),
        (".sc", f"0 rs2 rs1 {with_lane}", _spread(width), "lane 0 of rs2."),
        (".sci", f"imm[0|5:1] rs1 {with_number}", _spread(width), "imm."),
    )
    for suffix, fields, right, what in forms:
        is_number = suffix == ".sci"
        operand = "rs2" if not is_number else "imm" if is_signed else "imm:u"
        Xcvsimd.instruction(
            f"cv.{name}{suffix}.{size} rd, rs1, {operand}",
            f"{funct6} {fields} rd 1111011",
            xlen=32,
            doc=f"{doc}, {_WHAT[size]}; b is {what}",
        )(_body(function, right, is_number, adds))


def _same(word: int) -> int:
    return word


def _body(
    function: _Lane, right: Callable[[int], int], is_number: bool, adds: bool
) -> Callable[..., int]:
    def register(rs1: int, rs2: int) -> int:
        return sext32(function(rs1, right(rs2)))

    def number(rs1: int, imm: int) -> int:
        return sext32(function(rs1, right(imm)))

    def adding_register(rd: int, rs1: int, rs2: int) -> int:
        return sext32(rd + function(rs1, right(rs2)))

    def adding_number(rd: int, rs1: int, imm: int) -> int:
        return sext32(rd + function(rs1, right(imm)))

    if adds:
        return adding_number if is_number else adding_register
    return number if is_number else register


# -- lane by lane ----------------------------------------------------------------------------------


def _halved(width: int, is_signed: bool) -> _Lane:
    """Half of a sum that wraps to a lane."""
    lane = _reader(width, is_signed)
    return lambda a, b: lane(a + b, 0) >> 1


def _shifts(width: int) -> dict[str, _Lane]:
    last = width - 1
    return {
        "srl": lambda a, b: a >> (b & last),
        "sra": lambda a, b: a >> (b & last),
        "sll": lambda a, b: a << (b & last),
    }


_LANES: dict[str, tuple[str, bool, str]] = {
    # funct5, whether lanes are signed, what is done with them. The number of a logical operation
    # is signed, of a shift it is not.
    "add": ("00000", True, "rd[i] = rs1[i] + b[i]"),
    "sub": ("00001", True, "rd[i] = rs1[i] - b[i]"),
    "avg": ("00010", True, "rd[i] = (rs1[i] + b[i]) >> 1, signed"),
    "avgu": ("00011", False, "rd[i] = (rs1[i] + b[i]) >> 1, unsigned"),
    "min": ("00100", True, "rd[i] = the smaller of rs1[i] and b[i], signed"),
    "minu": ("00101", False, "rd[i] = the smaller of rs1[i] and b[i], unsigned"),
    "max": ("00110", True, "rd[i] = the larger of rs1[i] and b[i], signed"),
    "maxu": ("00111", False, "rd[i] = the larger of rs1[i] and b[i], unsigned"),
    "srl": ("01000", False, "rd[i] = rs1[i], shifted right by the low bits of b[i], logically"),
    "sra": ("01001", True, "rd[i] = rs1[i], shifted right by the low bits of b[i], arithmetically"),
    "sll": ("01010", False, "rd[i] = rs1[i], shifted left by the low bits of b[i]"),
    "or": ("01011", True, "rd[i] = rs1[i] | b[i]"),
    "xor": ("01100", True, "rd[i] = rs1[i] ^ b[i]"),
    "and": ("01101", True, "rd[i] = rs1[i] & b[i]"),
}


def _functions(width: int) -> dict[str, _Lane]:
    return {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "avg": _halved(width, True),
        "avgu": _halved(width, False),
        "min": min,
        "minu": min,
        "max": max,
        "maxu": max,
        **_shifts(width),
        "or": lambda a, b: a | b,
        "xor": lambda a, b: a ^ b,
        "and": lambda a, b: a & b,
    }


_COMPARISONS: dict[str, tuple[str, _Lane]] = {
    "eq": ("==", lambda a, b: -int(a == b)),
    "ne": ("!=", lambda a, b: -int(a != b)),
    "gt": (">", lambda a, b: -int(a > b)),
    "ge": (">=", lambda a, b: -int(a >= b)),
    "lt": ("<", lambda a, b: -int(a < b)),
    "le": ("<=", lambda a, b: -int(a <= b)),
}
_SIGNS = {"up": (False, False), "usp": (False, True), "sp": (True, True)}
"""Whether the left and the right operand of dot products are signed, by how they are called."""
_SIGN_NAMES = {"up": "both unsigned", "usp": "rs1 unsigned, b signed", "sp": "both signed"}


def _declare_abs(size: str, width: int, funct3: str) -> None:
    function = _each(width, True, lambda a, b: abs(a))

    def body(rs1: int) -> int:
        return sext32(function(rs1, 0))

    Xcvsimd.instruction(
        f"cv.abs.{size} rd, rs1",
        f"011100 000000 rs1 {funct3} rd 1111011",
        xlen=32,
        doc=f"rd[i] = the absolute value of rs1[i], {_WHAT[size]}; that of the least one wraps.",
    )(body)


for _size, (_width, _funct3, *_) in _SIZES.items():
    for _name, _function in _functions(_width).items():
        _funct5, _is_signed, _doc = _LANES[_name]
        _word = _each(_width, _is_signed, _function)
        _declare(_name, _size, f"{_funct5}0", _is_signed and _name != "sra", _word, _doc)
    _declare_abs(_size, _width, _funct3)
    for _number, (_name, (_sign, _function)) in enumerate(_COMPARISONS.items()):
        _doc = f"rd[i] = -1 if rs1[i] {_sign} b[i], else 0"
        _word = _each(_width, True, _function)
        _declare(f"cmp{_name}", _size, f"{_number:05b}1", True, _word, _doc)
        if _number > 1:
            _word = _each(_width, False, _function)
            _funct6 = f"{_number + 4:05b}1"
            _declare(f"cmp{_name}u", _size, _funct6, False, _word, f"{_doc}; unsigned")
    for _number, (_name, _signs) in enumerate(_SIGNS.items()):
        _word = _dot(_width, *_signs)
        _doc = f"= the sum of rs1[i] * b[i], {_SIGN_NAMES[_name]}"
        _is_signed = _signs[1]
        _declare(f"dot{_name}", _size, f"{16 + _number:05b}0", _is_signed, _word, f"rd {_doc}")
        _funct6 = f"{19 + _number:05b}0"
        _declare(f"sdot{_name}", _size, _funct6, _is_signed, _word, f"rd +{_doc}", adds=True)

# -- lanes that move -------------------------------------------------------------------------------


def _declare_single(size: str, width: int, last: int) -> None:
    """One lane, taken out or put in."""
    signed, unsigned = _reader(width, True), _reader(width, False)
    mask = (1 << width) - 1

    def extract(rs1: int, imm: int) -> int:
        return signed(rs1, (imm & last) * width)

    def extractu(rs1: int, imm: int) -> int:
        return unsigned(rs1, (imm & last) * width)

    def insert(rd: int, rs1: int, imm: int) -> int:
        at = (imm & last) * width
        return sext32(rd & ~(mask << at) | (rs1 & mask) << at)

    made: list[tuple[str, Callable[..., int], str]] = [
        ("extract", extract, "rd = lane imm of rs1, sign-extended"),
        ("extractu", extractu, "rd = lane imm of rs1, zero-extended"),
        ("insert", insert, "lane imm of rd = lane 0 of rs1"),
    ]
    for number, (name, body, doc) in enumerate(made):
        Xcvsimd.instruction(
            f"cv.{name}.{size} rd, rs1, imm:u",
            f"101110 imm[0|5:1] rs1 {2 * number + int(size == 'b'):03b} rd 1111011",
            xlen=32,
            doc=f"{doc}; {_WHAT[size]}.",
        )(body)


_declare_single("h", 16, 1)
_declare_single("b", 8, 3)


def _shuffle(width: int) -> _Lane:
    """Lanes of the first word, as the lanes of the second one number them."""
    lane = _reader(width, False)
    last = 32 // width - 1

    def shuffle(word: int, choice: int) -> int:
        result = 0
        for at in range(0, 32, width):
            result |= lane(word, (choice >> at & last) * width) << at
        return sext32(result)

    return shuffle


def _shuffle_two(width: int) -> Callable[[int, int, int], int]:
    """The same of two words: of the second one where the next bit of a choice is 1."""
    lane = _reader(width, False)
    last = 32 // width - 1

    def shuffle(first: int, second: int, choice: int) -> int:
        result = 0
        for at in range(0, 32, width):
            number = choice >> at
            word = second if number & last + 1 else first
            result |= lane(word, (number & last) * width) << at
        return sext32(result)

    return shuffle


def _declare_shuffles(size: str, funct3: str) -> None:
    one, two = _shuffle(_SIZES[size][0]), _shuffle_two(_SIZES[size][0])

    def shuffle(rs1: int, rs2: int) -> int:
        return one(rs1, rs2)

    def shuffle2(rd: int, rs1: int, rs2: int) -> int:
        return two(rd, rs1, rs2)

    Xcvsimd.instruction(
        f"cv.shuffle.{size} rd, rs1, rs2",
        f"1100000 rs2 rs1 {funct3} rd 1111011",
        xlen=32,
        doc=f"rd[i] = lane rs2[i] of rs1, {_WHAT[size]}.",
    )(shuffle)
    Xcvsimd.instruction(
        f"cv.shuffle2.{size} rd, rs1, rs2",
        f"1110000 rs2 rs1 {funct3} rd 1111011",
        xlen=32,
        doc=f"rd[i] = lane rs2[i] of rs1 or, if the bit above is 0, of rd; {_WHAT[size]}.",
    )(shuffle2)


_declare_shuffles("h", "000")
_declare_shuffles("b", "001")


def _declare_shuffle_of_bytes(last: int) -> None:
    """Bytes as a number says; the highest one is given by the mnemonic."""

    def shuffle(rs1: int, imm: int) -> int:
        result = (rs1 >> 8 * last & 0xFF) << 24
        for lane in range(3):
            result |= (rs1 >> 8 * (imm >> 2 * lane & 3) & 0xFF) << 8 * lane
        return sext32(result)

    Xcvsimd.instruction(
        f"cv.shufflei{last}.sci.b rd, rs1, imm:u",
        f"{24 + last:05b}0 imm[0|5:1] rs1 111 rd 1111011",
        xlen=32,
        doc=f"Byte 3 of rd = byte {last} of rs1; bytes 2 to 0 = those that imm numbers.",
    )(shuffle)


for _last in range(4):
    _declare_shuffle_of_bytes(_last)


@Xcvsimd.instruction(
    "cv.shuffle.sci.h rd, rs1, imm:u", "110000 imm[0|5:1] rs1 110 rd 1111011", xlen=32
)
def cv_shuffle_sci_h(rs1: int, imm: int) -> int:
    """rd[1] = halfword imm[1] of rs1, rd[0] = halfword imm[0] of rs1."""
    high = rs1 >> 16 * (imm >> 1 & 1) & 0xFFFF
    return sext32(high << 16 | rs1 >> 16 * (imm & 1) & 0xFFFF)


@Xcvsimd.instruction("cv.pack rd, rs1, rs2", "1111000 rs2 rs1 000 rd 1111011", xlen=32)
def cv_pack(rs1: int, rs2: int) -> int:
    """rd = the low halves of rs1, above, and of rs2."""
    return sext32((rs1 & 0xFFFF) << 16 | rs2 & 0xFFFF)


@Xcvsimd.instruction("cv.pack.h rd, rs1, rs2", "1111001 rs2 rs1 000 rd 1111011", xlen=32)
def cv_pack_h(rs1: int, rs2: int) -> int:
    """rd = the high halves of rs1, above, and of rs2."""
    return sext32((rs1 >> 16 & 0xFFFF) << 16 | rs2 >> 16 & 0xFFFF)


@Xcvsimd.instruction("cv.packhi.b rd, rs1, rs2", "1111101 rs2 rs1 001 rd 1111011", xlen=32)
def cv_packhi_b(rd: int, rs1: int, rs2: int) -> int:
    """The high half of rd = the low bytes of rs1, above, and of rs2."""
    return sext32((rs1 & 0xFF) << 24 | (rs2 & 0xFF) << 16 | rd & 0xFFFF)


@Xcvsimd.instruction("cv.packlo.b rd, rs1, rs2", "1111100 rs2 rs1 001 rd 1111011", xlen=32)
def cv_packlo_b(rd: int, rs1: int, rs2: int) -> int:
    """The low half of rd = the low bytes of rs1, above, and of rs2."""
    return sext32(rd & -0x10000 | (rs1 & 0xFF) << 8 | rs2 & 0xFF)


# -- complex numbers -------------------------------------------------------------------------------

_half = _reader(16, True)


def _joined(imaginary: int, real: int) -> int:
    """A complex number as a word."""
    return sext32((imaginary & 0xFFFF) << 16 | real & 0xFFFF)


def _declare_complex(shift: int) -> None:
    """The instructions that divide by a power of two."""
    suffix = f".div{1 << shift}" if shift else ""
    divided = f", divided by {1 << shift}" if shift else ""
    funct3 = f"{2 * shift:03b}"

    def real(rd: int, rs1: int, rs2: int) -> int:
        product = _half(rs1, 0) * _half(rs2, 0) - _half(rs1, 16) * _half(rs2, 16)
        return _joined(rd >> 16, sext32(product) >> 15 + shift)

    def imaginary(rd: int, rs1: int, rs2: int) -> int:
        product = _half(rs1, 0) * _half(rs2, 16) + _half(rs1, 16) * _half(rs2, 0)
        return _joined(sext32(product) >> 15 + shift, rd)

    def turned(rs1: int, rs2: int) -> int:
        high = _half(_half(rs2, 0) - _half(rs1, 0), 0) >> shift
        return _joined(high, _half(_half(rs1, 16) - _half(rs2, 16), 0) >> shift)

    def added(rs1: int, rs2: int) -> int:
        high = _half(_half(rs1, 16) + _half(rs2, 16), 0) >> shift
        return _joined(high, _half(_half(rs1, 0) + _half(rs2, 0), 0) >> shift)

    def subtracted(rs1: int, rs2: int) -> int:
        high = _half(_half(rs1, 16) - _half(rs2, 16), 0) >> shift
        return _joined(high, _half(_half(rs1, 0) - _half(rs2, 0), 0) >> shift)

    made: list[tuple[str, str, Callable[..., int], str]] = [
        ("cplxmul.r", "0101010", real, "The real part of rd = that of rs1 * rs2, a product of Q15"),
        ("cplxmul.i", "0101011", imaginary, "The imaginary part of rd = that of rs1 * rs2, of Q15"),
        ("subrotmj", "0110010", turned, "rd = (rs1 - rs2) * -j, complex"),
    ]
    if shift:
        made += [
            ("add", "0110110", added, "rd = rs1 + rs2, complex"),
            ("sub", "0111010", subtracted, "rd = rs1 - rs2, complex"),
        ]
    for name, funct7, body, doc in made:
        Xcvsimd.instruction(
            f"cv.{name}{suffix} rd, rs1, rs2",
            f"{funct7} rs2 rs1 {funct3} rd 1111011",
            xlen=32,
            doc=f"{doc}{divided}.",
        )(body)


for _shift in range(4):
    _declare_complex(_shift)


@Xcvsimd.instruction("cv.cplxconj rd, rs1", "0101110 00000 rs1 000 rd 1111011", xlen=32)
def cv_cplxconj(rs1: int) -> int:
    """rd = the conjugate of rs1."""
    return _joined(-_half(rs1, 16), rs1)
