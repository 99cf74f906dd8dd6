"""What smallfloat instructions give, from the exact reference and the published descriptions.

The model shares nothing with the bodies: it goes by mnemonic, and splits registers into lists.
Registers are unsigned words of 64 bits, of which only the lower `flen` are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rvx.formats.minifloat import FP8, FP8ALT, FP16, FP16ALT, FP32, FP64, Minifloat, exact

FORMATS = {"b": (FP8, FP8ALT), "h": (FP16, FP16ALT), "s": (FP32, FP32), "d": (FP64, FP64)}
WORD = (1 << 64) - 1
ROUNDED: dict[str, Callable[..., Any]] = {
    "add": exact.add,
    "sub": exact.sub,
    "mul": exact.mul,
    "div": exact.div,
}
EXTREMES = {"min": exact.minimum, "max": exact.maximum}
SIGNS: dict[str, Callable[..., int]] = {
    "sgnj": exact.copy_sign,
    "sgnjn": exact.copy_negated_sign,
    "sgnjx": exact.xor_signs,
}
COMPARISONS = {"eq": exact.eq, "lt": exact.lt, "le": exact.le}
FUSED = {"madd": (0, 0), "msub": (0, 1), "nmsub": (1, 0), "nmadd": (1, 1)}
INTEGERS = {"w": (32, True), "wu": (32, False), "l": (64, True), "lu": (64, False)}
SRC, DST = 2, 1
CLASS_BITS = (0x81, 0x82, 0x84, 0x88, 0x48, 0x44, 0x42, 0x41, 0x50, 0x60)
"""What vfclass writes for a lane, by the bit that fclass would set."""

Result = tuple[int, int]


@dataclass(frozen=True)
class Before:
    """What an instruction finds: operands, rounding mode, fmode, and how wide f registers are."""

    rd: int
    rs1: int
    rs2: int
    rs3: int
    rm: int
    mode: int
    flen: int = 64

    def fmt(self, letter: str, bit: int) -> Minifloat:
        return FORMATS[letter][1 if self.mode & bit else 0]

    def split(self, word: int, bits: int) -> list[int]:
        return [word >> at & (1 << bits) - 1 for at in range(0, self.flen, bits)]

    def unbox(self, register: int, fmt: Minifloat) -> int:
        code = register & (1 << fmt.bits) - 1
        above = (register & (1 << self.flen) - 1) >> fmt.bits
        is_boxed = above == (1 << self.flen - fmt.bits) - 1
        assert fmt.nan is not None
        return code if is_boxed else fmt.nan


def boxed(code: int, fmt: Minifloat) -> int:
    return (code | -1 << fmt.bits) & WORD


def joined(lanes: list[Result], bits: int) -> Result:
    """Lanes as a word, ones above the last of them, and the flags of all."""
    word, flags = WORD, 0
    for at, (code, raised) in enumerate(lanes):
        word ^= (code & (1 << bits) - 1 ^ (1 << bits) - 1) << at * bits
        flags |= raised
    return word, flags


def into_x(result: Result, bits: int) -> Result:
    """A result of so many bits in an x register, which sign-extends 32 of them."""
    word = result[0] & (1 << bits) - 1
    if bits == 32 and word >> 31:
        word |= WORD ^ 0xFFFFFFFF
    return word, result[1]


def expected(mnemonic: str, before: Before) -> Result:
    """What is written to rd, as a word of 64 bits, and the flags."""
    name, *parts = mnemonic.split(".")
    if name.startswith("vf"):
        return _packed(name[2:], parts, before)
    return _scalar(name[1:], parts, before)


def _scalar(name: str, parts: list[str], before: Before) -> Result:
    rm = before.rm
    if name in ("mulex", "macex"):
        return _expanding_scalar(name, parts[1], before)
    if name == "mv":
        bits = FORMATS["h" if "h" in parts else "b"][0].bits
        code = before.rs1 & (1 << bits) - 1
        if parts[0] == "x":
            return (code - (code >> bits - 1 << bits)) & WORD, 0
        return (code | -1 << bits) & WORD, 0
    if name == "cvt":
        return _scalar_conversion(parts[0], parts[1], before)
    is_read = name in COMPARISONS or name == "class"
    fmt = before.fmt(parts[0], SRC if is_read else DST)
    a, b, c = (before.unbox(register, fmt) for register in (before.rs1, before.rs2, before.rs3))
    if name in COMPARISONS:
        return COMPARISONS[name](fmt, a, b)
    if name == "class":
        return exact.classify(fmt, a), 0
    if name in FUSED:
        product, addend = FUSED[name]
        result = exact.fma(
            fmt, a, b, c, rm, negate_product=bool(product), negate_addend=bool(addend)
        )
    elif name in ROUNDED:
        result = ROUNDED[name](fmt, a, b, rm)
    elif name in EXTREMES:
        result = EXTREMES[name](fmt, a, b)
    elif name in SIGNS:
        result = SIGNS[name](fmt, a, b), 0
    else:
        assert name == "sqrt"
        result = exact.sqrt(fmt, a, rm)
    return boxed(result[0], fmt), result[1]


def _expanding_scalar(name: str, letter: str, before: Before) -> Result:
    src = before.fmt(letter, SRC)
    a, b = before.unbox(before.rs1, src), before.unbox(before.rs2, src)
    if name == "mulex":
        code, flags = exact.mul(src, a, b, before.rm, dst=FP32)
    else:
        addend = before.unbox(before.rd, FP32)
        code, flags = exact.fma(src, a, b, addend, before.rm, dst=FP32)
    return boxed(code, FP32), flags


def _scalar_conversion(to: str, source: str, before: Before) -> Result:
    if to in INTEGERS:
        fmt = before.fmt(source, SRC)
        width, is_signed = INTEGERS[to]
        value, flags = exact.to_integer(
            fmt, before.unbox(before.rs1, fmt), before.rm, width, is_signed
        )
        return into_x((value, flags), width)
    dst = before.fmt(to, DST)
    if source in INTEGERS:
        width, is_signed = INTEGERS[source]
        value = integer(before.rs1 & (1 << width) - 1, width, is_signed)
        code, flags = exact.from_integer(dst, value, before.rm)
        return boxed(code, dst), flags
    src = before.fmt(source, SRC)
    rm = 0 if source == "b" else before.rm
    code, flags = exact.convert(src, dst, before.unbox(before.rs1, src), rm)
    return boxed(code, dst), flags


def integer(bits: int, width: int, is_signed: bool) -> int:
    return bits - (1 << width) if is_signed and bits >> width - 1 else bits


def _packed(name: str, parts: list[str], before: Before) -> Result:
    replicates = "r" in parts
    letters = [part for part in parts if part != "r"]
    if name.startswith("cpk"):
        return _cast_and_pack("abcd".index(name[-1]), letters[0], letters[1], before)
    if name.startswith("cvt"):
        return _packed_conversion(name == "cvtu", letters[0], letters[1], before)
    if name == "mv":
        if letters[0] == "x":
            return into_x((before.rs1, 0), before.flen)
        return (before.rs1 | WORD ^ (1 << before.flen) - 1) & WORD, 0
    if name in ("dotpex", "ndotpex", "sumex", "nsumex"):
        return _expanding(name, letters, replicates, before)
    if name in ("sum", "nsum"):
        fmt = before.fmt(letters[0], DST)
        a, c = before.split(before.rs1, fmt.bits), before.split(before.rd, fmt.bits)
        sums = [
            exact.vsum(fmt, fmt, a[2 * i], a[2 * i + 1], c[i], before.rm, negate=name == "nsum")
            for i in range(len(a) // 2)
        ]
        return joined(sums, fmt.bits)
    return _within(name, letters[0], replicates, before)


def _within(name: str, letter: str, replicates: bool, before: Before) -> Result:
    is_read = name in ("class", "eq", "ne", "lt", "le", "ge", "gt")
    fmt = before.fmt(letter, SRC if is_read else DST)
    a, b, c = (before.split(word, fmt.bits) for word in (before.rs1, before.rs2, before.rd))
    if replicates:
        b = [b[0]] * len(b)
    if name == "class":
        places = [exact.classify(fmt, x).bit_length() - 1 for x in a]
        return sum(CLASS_BITS[place] << 8 * i for i, place in enumerate(places)), 0
    pairs = list(zip(a, b, strict=True))
    if is_read:
        return _compared(name, fmt, pairs)
    if name in ("mac", "mre"):
        lanes = [
            exact.fma(fmt, x, y, z, before.rm, negate_product=name == "mre")
            for x, y, z in zip(a, b, c, strict=True)
        ]
    elif name in ROUNDED:
        lanes = [ROUNDED[name](fmt, x, y, before.rm) for x, y in pairs]
    elif name in EXTREMES:
        lanes = [EXTREMES[name](fmt, x, y) for x, y in pairs]
    elif name in SIGNS:
        lanes = [(SIGNS[name](fmt, x, y), 0) for x, y in pairs]
    else:
        assert name == "sqrt"
        lanes = [exact.sqrt(fmt, x, before.rm) for x in a]
    return joined(lanes, fmt.bits)


def _compared(name: str, fmt: Minifloat, pairs: list[tuple[int, int]]) -> Result:
    word = flags = 0
    for lane, (x, y) in enumerate(pairs):
        has_nan = exact.decode(fmt, x).is_nan or exact.decode(fmt, y).is_nan
        positive = {"ne": "eq", "ge": "lt", "gt": "le"}.get(name, name)
        holds, raised = COMPARISONS[positive](fmt, x, y)
        if positive != name:
            holds = int(name == "ne") if has_nan else 1 - holds
        word |= holds << lane
        flags |= raised
    return word, flags


def _expanding(name: str, letters: list[str], replicates: bool, before: Before) -> Result:
    to, source = before.fmt(letters[0], DST), before.fmt(letters[1], SRC)
    a, b = (before.split(word, source.bits) for word in (before.rs1, before.rs2))
    if replicates:
        b = [b[0]] * len(b)
    negate = name.startswith("n")
    results = []
    for i, addend in enumerate(before.split(before.rd, to.bits)):
        x, y = a[2 * i : 2 * i + 2], b[2 * i : 2 * i + 2]
        if "dotp" in name:
            made = exact.exsdotp(
                source, to, x[0], y[0], x[1], y[1], addend, before.rm, negate=negate
            )
        else:
            made = exact.vsum(source, to, x[0], x[1], addend, before.rm, negate=negate)
        results.append(made)
    return joined(results, to.bits)


def _cast_and_pack(pair: int, letter: str, source: str, before: Before) -> Result:
    to, src = before.fmt(letter, DST), before.fmt(source, SRC)
    lanes = before.split(before.rd, to.bits)
    flags = 0
    for at, value in ((2 * pair, before.rs1), (2 * pair + 1, before.rs2)):
        lanes[at], raised = exact.convert(src, to, value & (1 << src.bits) - 1, before.rm)
        flags |= raised
    word, _ = joined([(lane, 0) for lane in lanes], to.bits)
    return word, flags


def _packed_conversion(is_upper: bool, to: str, source: str, before: Before) -> Result:
    if to in ("x", "xu"):
        fmt = before.fmt(source, SRC)
        lanes = [
            exact.to_integer(fmt, code, before.rm, fmt.bits, to == "x")
            for code in before.split(before.rs1, fmt.bits)
        ]
        return into_x(joined(lanes, fmt.bits), before.flen)
    dst = before.fmt(to, DST)
    if source in ("x", "xu"):
        lanes = [
            exact.from_integer(dst, integer(bits, dst.bits, source == "x"), before.rm)
            for bits in before.split(before.rs1, dst.bits)
        ]
        return joined(lanes, dst.bits)
    src = before.fmt(source, SRC)
    codes = before.split(before.rs1, src.bits)
    if is_upper and dst.bits > src.bits:
        codes = codes[len(codes) // 2 :]
    codes = codes[: before.flen // dst.bits]
    return joined([exact.convert(src, dst, code, before.rm) for code in codes], dst.bits)
