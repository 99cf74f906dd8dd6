"""CORE-V: the extensions of CV32E40P for memory, integers, products and bits, RV32 only.

XCVmem has loads and stores that add to their address register afterwards, or whose address is the
sum of two registers; XCVmac, XCValu and XCVbitmanip work on 32-bit integers; XCVbi compares with a
small number and branches. Results wrap at 32 bits before they are shifted, and rounding adds half
of the last place, as in the core's multiplier and adder.

Where a load names one register twice, the loaded value stays: it comes back after the step has been
written, in the core's pipeline.

Several ways to write an address share a mnemonic, such as `cv.lw rd, (rs1), imm` and
`cv.lw rd, rs2(rs1)`: the further ones are aliases of instructions with a suffix of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa import Extension, Memory, Words, sext32
from rvx.isa.memory import (
    load_s8,
    load_s16,
    load_s32,
    load_u8,
    load_u16,
    store_8,
    store_16,
    store_32,
)

_SOURCE = (
    "OpenHW Group, CV32E40P User Manual, 'CORE-V Instruction Set Custom Extensions'; names and "
    "words as in GNU binutils 2.42 and LLVM 18"
)


def _extension(name: str, doc: str) -> Extension:
    return Extension(name, version="1.0", doc=doc, source=_SOURCE, requires=("I",))


Xcvmem = _extension("Xcvmem", "Loads and stores that step their address, or add two registers")
Xcvmac = _extension("Xcvmac", "Products and sums of 32-bit words and their halves, shifted")
Xcvalu = _extension("Xcvalu", "Comparisons, extensions, clipping, and sums that are shifted")
Xcvbitmanip = _extension("Xcvbitmanip", "Runs of bits: extracted, inserted, counted")
Xcvbi = _extension("Xcvbi", "Branches that compare with a number of five bits")

_LOW32 = 0xFFFFFFFF
_Load = Callable[[Memory, int], int]
_Store = Callable[[Memory, int, int], None]

# -- memory ----------------------------------------------------------------------------------------

_LOADS: dict[str, tuple[_Load, str, str]] = {
    # What is loaded; funct3 of the form with a number; low bits of funct7 of those with registers.
    "lb": (load_s8, "000", "000"),
    "lh": (load_s16, "001", "001"),
    "lw": (load_s32, "010", "010"),
    "lbu": (load_u8, "100", "000"),
    "lhu": (load_u16, "101", "001"),
}
_STORES: dict[str, tuple[_Store, str]] = {
    # What is stored; funct3 of the form with a number, and low bits of funct7 of the others.
    "sb": (store_8, "000"),
    "sh": (store_16, "001"),
    "sw": (store_32, "010"),
}
_INDEXED = {"000": "100", "001": "101", "010": "110"}
"""Low bits of funct7 where the address is a sum, by those where it is stepped."""
_WHAT = {"b": "byte", "h": "halfword", "w": "word"}


def _declare_load(name: str, load: _Load, funct3: str, size: str) -> None:
    is_unsigned = name.endswith("u")
    what = f"the {_WHAT[name[1]]} at {{}}" + (", zero-extended" if is_unsigned else "")

    def stepping(rs1: int, imm: int, mem: Memory) -> tuple[int, int]:
        return sext32(rs1 + imm), load(mem, rs1)

    def stepping_by_register(rs1: int, rs2: int, mem: Memory) -> tuple[int, int]:
        return sext32(rs1 + rs2), load(mem, rs1)

    def indexed(rs1: int, rs2: int, mem: Memory) -> int:
        return load(mem, rs1 + rs2)

    Xcvmem.instruction(
        f"cv.{name} rd, (rs1), imm",
        f"imm[11:0] rs1 {funct3} rd 0001011",
        xlen=32,
        kind="load",
        writes=("rs1", "rd"),
        doc=f"rd = {what.format('rs1')}; then rs1 += imm.",
    )(stepping)
    sign = "1" if is_unsigned else "0"
    Xcvmem.instruction(
        f"cv.{name}.rrinc rd, (rs1), rs2",
        f"000{sign}{size} rs2 rs1 011 rd 0101011",
        xlen=32,
        kind="load",
        writes=("rs1", "rd"),
        doc=f"rd = {what.format('rs1')}; then rs1 += rs2. Written `cv.{name} rd, (rs1), rs2`.",
    )(stepping_by_register)
    Xcvmem.instruction(
        f"cv.{name}.rr rd, rs2:x(rs1)",
        f"000{sign}{_INDEXED[size]} rs2 rs1 011 rd 0101011",
        xlen=32,
        kind="load",
        doc=f"rd = {what.format('rs1 + rs2')}. Written `cv.{name} rd, rs2(rs1)`.",
    )(indexed)
    Xcvmem.alias(f"cv.{name} rd, (rs1), rs2", f"cv.{name}.rrinc rd, rs1, rs2", xlen=32)
    Xcvmem.alias(f"cv.{name} rd, rs2:x(rs1)", f"cv.{name}.rr rd, rs2, rs1", xlen=32)


def _declare_store(name: str, store: _Store, size: str) -> None:
    what = f"the {_WHAT[name[1]]} at {{}} = rs2"

    def stepping(rs1: int, rs2: int, imm: int, mem: Memory) -> int:
        store(mem, rs1, rs2)
        return sext32(rs1 + imm)

    def stepping_by_register(rs1: int, rs2: int, rs3: int, mem: Memory) -> int:
        store(mem, rs1, rs2)
        return sext32(rs1 + rs3)

    def indexed(rs1: int, rs2: int, rs3: int, mem: Memory) -> None:
        store(mem, rs1 + rs3, rs2)

    Xcvmem.instruction(
        f"cv.{name} rs2, (rs1), imm",
        f"imm[11:5] rs2 rs1 {size} imm[4:0] 0101011",
        xlen=32,
        kind="store",
        writes=("rs1",),
        doc=f"{what.format('rs1').capitalize()}; then rs1 += imm.",
    )(stepping)
    Xcvmem.instruction(
        f"cv.{name}.rrinc rs2, (rs1), rs3",
        f"0010{size} rs2 rs1 011 rs3 0101011",
        xlen=32,
        kind="store",
        writes=("rs1",),
        doc=f"{what.format('rs1').capitalize()}; then rs1 += rs3. "
        f"Written `cv.{name} rs2, (rs1), rs3`.",
    )(stepping_by_register)
    Xcvmem.instruction(
        f"cv.{name}.rr rs2, rs3:x(rs1)",
        f"0010{_INDEXED[size]} rs2 rs1 011 rs3 0101011",
        xlen=32,
        kind="store",
        doc=f"{what.format('rs1 + rs3').capitalize()}. Written `cv.{name} rs2, rs3(rs1)`.",
    )(indexed)
    Xcvmem.alias(f"cv.{name} rs2, (rs1), rs3", f"cv.{name}.rrinc rs2, rs1, rs3", xlen=32)
    Xcvmem.alias(f"cv.{name} rs2, rs3:x(rs1)", f"cv.{name}.rr rs2, rs3, rs1", xlen=32)


for _name, (_load, _funct3, _size) in _LOADS.items():
    _declare_load(_name, _load, _funct3, _size)
for _name, (_store, _size) in _STORES.items():
    _declare_store(_name, _store, _size)

# -- what is common to arithmetic ------------------------------------------------------------------


def shifted(value: int, count: int, rounds: bool, is_signed: bool) -> int:
    """The low 32 bits of a value, with half of the last place added, shifted to the right."""
    half = 1 << count >> 1 if rounds else 0
    if is_signed:
        return sext32(value + half) >> count
    return sext32((value + half & _LOW32) >> count)


_KINDS = {"": ("00", False, True), "u": ("01", False, False)}
_KINDS |= {"r": ("10", True, True), "ur": ("11", True, False)}
"""By letters of a mnemonic: two bits, whether the result is rounded, and whether it is signed."""


def _how(rounds: bool, is_signed: bool) -> str:
    """How a result is shifted, for descriptions."""
    return ("arithmetically" if is_signed else "logically") + (" and rounded" if rounds else "")


# -- products --------------------------------------------------------------------------------------


@Xcvmac.instruction("cv.mac rd, rs1, rs2", "1001000 rs2 rs1 011 rd 0101011", xlen=32)
def cv_mac(rd: int, rs1: int, rs2: int) -> int:
    """rd += rs1 * rs2."""
    return sext32(rd + rs1 * rs2)


@Xcvmac.instruction("cv.msu rd, rs1, rs2", "1001001 rs2 rs1 011 rd 0101011", xlen=32)
def cv_msu(rd: int, rs1: int, rs2: int) -> int:
    """rd -= rs1 * rs2."""
    return sext32(rd - rs1 * rs2)


def _halves(lsb: int, is_signed: bool) -> Callable[[int, int], int]:
    """The product of the halves of two words that begin at this bit."""

    def signed(a: int, b: int) -> int:
        left = (a >> lsb & 0xFFFF ^ 0x8000) - 0x8000
        return left * ((b >> lsb & 0xFFFF ^ 0x8000) - 0x8000)

    def unsigned(a: int, b: int) -> int:
        return (a >> lsb & 0xFFFF) * (b >> lsb & 0xFFFF)

    return signed if is_signed else unsigned


def _declare_products(is_high: bool, is_signed: bool, rounds: bool) -> None:
    product = _halves(16 if is_high else 0, is_signed)
    half = "high" if is_high else "low"
    name = f"{'hh' if is_high else ''}{'s' if is_signed else 'u'}{'r' if rounds else ''}n"
    bits = f"{int(rounds)}{int(is_high)}"
    how = _how(rounds, is_signed)

    def multiply(rs1: int, rs2: int, amount: int) -> int:
        return shifted(product(rs1, rs2), amount, rounds, is_signed)

    def accumulate(rd: int, rs1: int, rs2: int, amount: int) -> int:
        return shifted(rd + product(rs1, rs2), amount, rounds, is_signed)

    Xcvmac.instruction(
        f"cv.mul{name} rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {'100' if is_signed else '101'} rd 1011011",
        xlen=32,
        doc=f"rd = the product of the {half} halves of rs1 and rs2, shifted right by amount {how}.",
    )(multiply)
    Xcvmac.instruction(
        f"cv.mac{name} rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {'110' if is_signed else '111'} rd 1011011",
        xlen=32,
        doc=f"rd += the product of the {half} halves of rs1 and rs2; then shifted right by amount "
        f"{how}.",
    )(accumulate)
    if not rounds:
        short = f"cv.mul{name[:-1]}"
        Xcvmac.alias(f"{short} rd, rs1, rs2", f"cv.mul{name} rd, rs1, rs2, 0", xlen=32)


for _rounds in (False, True):
    for _is_signed in (True, False):
        for _is_high in (False, True):
            _declare_products(_is_high, _is_signed, _rounds)

# -- integers --------------------------------------------------------------------------------------


def _clipped(value: int, low: int, high: int) -> int:
    """The value, or the bound that it has reached."""
    if value <= low:
        return low
    return min(value, high)


_OF_ONE: dict[str, tuple[str, str, Callable[[int], int]]] = {
    "abs": ("0101000", "rd = the absolute value of rs1, modulo 2^32.", lambda a: sext32(abs(a))),
    "exths": (
        "0110000",
        "rd = the low half of rs1, sign-extended.",
        lambda a: sext32(a << 16) >> 16,
    ),
    "exthz": ("0110001", "rd = the low half of rs1, zero-extended.", lambda a: a & 0xFFFF),
    "extbs": (
        "0110010",
        "rd = the low byte of rs1, sign-extended.",
        lambda a: sext32(a << 24) >> 24,
    ),
    "extbz": ("0110011", "rd = the low byte of rs1, zero-extended.", lambda a: a & 0xFF),
}
_OF_TWO: dict[str, tuple[str, str, Callable[[int, int], int]]] = {
    "sle": ("0101001", "rd = 1 if rs1 <= rs2, else 0; signed.", lambda a, b: int(a <= b)),
    "sleu": (
        "0101010",
        "rd = 1 if rs1 <= rs2, else 0; unsigned.",
        lambda a, b: int(a & _LOW32 <= b & _LOW32),
    ),
    "min": ("0101011", "rd = the smaller of rs1 and rs2, signed.", min),
    "minu": (
        "0101100",
        "rd = the smaller of rs1 and rs2, unsigned.",
        lambda a, b: a if a & _LOW32 < b & _LOW32 else b,
    ),
    "max": ("0101101", "rd = the larger of rs1 and rs2, signed.", max),
    "maxu": (
        "0101110",
        "rd = the larger of rs1 and rs2, unsigned.",
        lambda a, b: b if a & _LOW32 < b & _LOW32 else a,
    ),
    "clipr": (
        "0111010",
        "rd = rs1, clipped to -(b + 1) to b, where b is rs2 without its sign bit.",
        lambda a, b: _clipped(a, -(b & 0x7FFFFFFF) - 1, b & 0x7FFFFFFF),
    ),
    "clipur": (
        "0111011",
        "rd = rs1, clipped to 0 to b, where b is rs2 without its sign bit.",
        lambda a, b: _clipped(a, 0, b & 0x7FFFFFFF),
    ),
}


def _declare_of_one(name: str, funct7: str, doc: str, function: Callable[[int], int]) -> None:
    def body(rs1: int) -> int:
        return function(rs1)

    Xcvalu.instruction(
        f"cv.{name} rd, rs1", f"{funct7} 00000 rs1 011 rd 0101011", xlen=32, doc=doc
    )(body)


def _declare_of_two(name: str, funct7: str, doc: str, function: Callable[[int, int], int]) -> None:
    def body(rs1: int, rs2: int) -> int:
        return function(rs1, rs2)

    Xcvalu.instruction(
        f"cv.{name} rd, rs1, rs2", f"{funct7} rs2 rs1 011 rd 0101011", xlen=32, doc=doc
    )(body)


for _name, (_funct7, _doc, _one) in _OF_ONE.items():
    _declare_of_one(_name, _funct7, _doc, _one)
for _name, (_funct7, _doc, _two) in _OF_TWO.items():
    _declare_of_two(_name, _funct7, _doc, _two)
for _name in ("sle", "sleu"):
    Xcvalu.alias(
        f"cv.slet{_name[3:]} rd, rs1, rs2", f"cv.{_name} rd, rs1, rs2", is_printed=False, xlen=32
    )


@Xcvalu.instruction("cv.clip rd, rs1, width:u", "0111000 width[4:0] rs1 011 rd 0101011", xlen=32)
def cv_clip(rs1: int, width: int) -> int:
    """rd = rs1, clipped to `width` bits, signed; to -1 and 0 if that is 0."""
    high = (1 << width >> 1) - 1 if width else 0
    return _clipped(rs1, -high - 1, high)


@Xcvalu.instruction("cv.clipu rd, rs1, width:u", "0111001 width[4:0] rs1 011 rd 0101011", xlen=32)
def cv_clipu(rs1: int, width: int) -> int:
    """rd = rs1, clipped to 0 to the largest signed number of `width` bits; to 0 if that is 0."""
    return _clipped(rs1, 0, (1 << width >> 1) - 1 if width else 0)


def _declare_sum(
    name: str,
    sign: str,
    factor: int,
    bits: str,
    funct3: str,
    first: int,
    rounds: bool,
    is_signed: bool,
) -> None:
    how = _how(rounds, is_signed)

    def by_number(rs1: int, rs2: int, amount: int) -> int:
        return shifted(rs1 + factor * rs2, amount, rounds, is_signed)

    def by_register(rd: int, rs1: int, rs2: int) -> int:
        return shifted(rd + factor * rs1, rs2 & 31, rounds, is_signed)

    Xcvalu.instruction(
        f"cv.{name}n rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {funct3} rd 1011011",
        xlen=32,
        doc=f"rd = rs1 {sign} rs2, shifted right by amount {how}.",
    )(by_number)
    Xcvalu.instruction(
        f"cv.{name}nr rd, rs1, rs2",
        f"{first + int(bits, 2):07b} rs2 rs1 011 rd 0101011",
        xlen=32,
        doc=f"rd = rd {sign} rs1, shifted right by the low five bits of rs2 {how}.",
    )(by_register)


for _letters, (_bits, _rounds, _is_signed) in _KINDS.items():
    _declare_sum(f"add{_letters}", "+", 1, _bits, "010", 0b1000000, _rounds, _is_signed)
    _declare_sum(f"sub{_letters}", "-", -1, _bits, "011", 0b1000100, _rounds, _is_signed)

# -- bits ------------------------------------------------------------------------------------------


def field_mask(width: int, lsb: int) -> int:
    """The bits of a field of `width` + 1 bits from `lsb` up, as far as a word has them."""
    return (1 << width + 1) - 1 << lsb & _LOW32


def extracted(value: int, width: int, lsb: int) -> int:
    """The field of a word, zero-extended."""
    return (value & field_mask(width, lsb)) >> lsb


def extracted_signed(value: int, width: int, lsb: int) -> int:
    """The field of a word, sign-extended."""
    top = 1 << min(width, 31 - lsb)
    return (extracted(value, width, lsb) ^ top) - top


def inserted(old: int, value: int, width: int, lsb: int) -> int:
    """A word with the field replaced by the low bits of the value."""
    mask = field_mask(width, lsb)
    return sext32(old & ~mask | value << lsb & mask)


def cleared(value: int, width: int, lsb: int) -> int:
    """A word with the bits of the field 0."""
    return sext32(value & ~field_mask(width, lsb))


def filled(value: int, width: int, lsb: int) -> int:
    """A word with the bits of the field 1."""
    return sext32(value | field_mask(width, lsb))


def _extracted_word(value: int, width: int, lsb: int) -> int:
    return sext32(extracted(value, width, lsb))


_FIELDS: dict[str, tuple[str, str, str, str, Callable[[int, int, int], int]]] = {
    "extract": ("00", "000", "0011000", "the field of rs1, sign-extended", extracted_signed),
    "extractu": ("01", "000", "0011001", "the field of rs1, zero-extended", _extracted_word),
    "bclr": ("00", "001", "0011100", "rs1 with the bits of the field 0", cleared),
    "bset": ("01", "001", "0011101", "rs1 with the bits of the field 1", filled),
}


def _declare_field(
    name: str, bits: str, funct3: str, funct7: str, doc: str, function: Callable[..., int]
) -> None:
    def by_number(rs1: int, width: int, lsb: int) -> int:
        return function(rs1, width, lsb)

    def by_register(rs1: int, rs2: int) -> int:
        return function(rs1, rs2 >> 5 & 31, rs2 & 31)

    Xcvbitmanip.instruction(
        f"cv.{name} rd, rs1, width:u, lsb:u",
        f"{bits} width[4:0] lsb[4:0] rs1 {funct3} rd 1011011",
        xlen=32,
        doc=f"rd = {doc}: width + 1 bits from lsb up, to bit 31 at most.",
    )(by_number)
    Xcvbitmanip.instruction(
        f"cv.{name}r rd, rs1, rs2",
        f"{funct7} rs2 rs1 011 rd 0101011",
        xlen=32,
        doc=f"rd = {doc}: width is bits 9 to 5 of rs2, lsb its bits 4 to 0.",
    )(by_register)


for _name, (_bits, _funct3, _funct7, _doc, _function) in _FIELDS.items():
    _declare_field(_name, _bits, _funct3, _funct7, _doc, _function)


@Xcvbitmanip.instruction(
    "cv.insert rd, rs1, width:u, lsb:u",
    "10 width[4:0] lsb[4:0] rs1 000 rd 1011011",
    xlen=32,
)
def cv_insert(rd: int, rs1: int, width: int, lsb: int) -> int:
    """The field of rd, width + 1 bits from lsb up, = the low bits of rs1."""
    return inserted(rd, rs1, width, lsb)


@Xcvbitmanip.instruction("cv.insertr rd, rs1, rs2", "0011010 rs2 rs1 011 rd 0101011", xlen=32)
def cv_insertr(rd: int, rs1: int, rs2: int) -> int:
    """As cv.insert, with width in bits 9 to 5 of rs2 and lsb in its bits 4 to 0."""
    return inserted(rd, rs1, rs2 >> 5 & 31, rs2 & 31)


@Xcvbitmanip.instruction("cv.ror rd, rs1, rs2", "0100000 rs2 rs1 011 rd 0101011", xlen=32)
def cv_ror(rs1: int, rs2: int) -> int:
    """rd = rs1, rotated right by the low five bits of rs2."""
    count = rs2 & 31
    word = rs1 & _LOW32
    return sext32(word >> count | word << 32 - count)


@Xcvbitmanip.instruction("cv.ff1 rd, rs1", "0100001 00000 rs1 011 rd 0101011", xlen=32)
def cv_ff1(rs1: int) -> int:
    """rd = the position of the lowest bit of rs1 that is 1; 32 if there is none."""
    at = 0
    while at < 32 and not rs1 >> at & 1:
        at += 1
    return at


@Xcvbitmanip.instruction("cv.fl1 rd, rs1", "0100010 00000 rs1 011 rd 0101011", xlen=32)
def cv_fl1(rs1: int) -> int:
    """rd = the position of the highest bit of rs1 that is 1; 32 if there is none."""
    at = 31
    while at >= 0 and not rs1 >> at & 1:
        at -= 1
    return at if at >= 0 else 32


@Xcvbitmanip.instruction("cv.cnt rd, rs1", "0100100 00000 rs1 011 rd 0101011", xlen=32)
def cv_cnt(rs1: int) -> int:
    """rd = how many bits of rs1 are 1."""
    count = 0
    for at in range(32):
        count += rs1 >> at & 1
    return count


Xcvbitmanip.encoding(
    "cv.clb rd, rs1",
    "0100011 00000 rs1 011 rd 0101011",
    xlen=32,
    doc="Counts equal bits from the highest on. What it gives for all ones is not published "
    "unambiguously, so that rvx only assembles it.",
)
Xcvbitmanip.encoding(
    "cv.bitrev rd, rs1, radix:u, skipped:u",
    "11 000 radix[1:0] skipped[4:0] rs1 001 rd 1011011",
    xlen=32,
    doc="Reverses groups of bits. rvx only assembles it.",
)

# -- branches --------------------------------------------------------------------------------------


@Xcvbi.instruction(
    "cv.beqimm rs1, imm, offset",
    "offset[12|10:5] imm[4:0] rs1 110 offset[4:1|11] 0001011",
    xlen=32,
    kind="branch",
)
def cv_beqimm(rs1: int, imm: int, offset: int, pc: int, next_pc: Words) -> None:
    """Branches if rs1 is the number."""
    if rs1 == imm:
        next_pc[0] = pc + offset & _LOW32


@Xcvbi.instruction(
    "cv.bneimm rs1, imm, offset",
    "offset[12|10:5] imm[4:0] rs1 111 offset[4:1|11] 0001011",
    xlen=32,
    kind="branch",
)
def cv_bneimm(rs1: int, imm: int, offset: int, pc: int, next_pc: Words) -> None:
    """Branches if rs1 is not the number."""
    if rs1 != imm:
        next_pc[0] = pc + offset & _LOW32
