"""Xvsq: dot products of 4- and 8-bit integers with a scale per vector, on x registers.

A 64-bit register holds a vector of 16 INT4 or 8 INT8 elements, lane 0 in its least significant
bits. The three steps of per-vector scaled quantisation are instructions of their own (exact dot
product, product of the two scales, scaled accumulation), so that any vector length that fills
registers and scales of up to 16 bits work; one fused form does all three for the common case.
Rounding and saturation are in the mnemonic: there are no CSRs, no flags and no traps.

The space is custom-1: funct3 111 with funct2 00 and 01, and funct3 011. It is free of the posit
encodings, which have funct2 10 there; funct2 11 is Xmxdotp. CORE-V's ALU group and SpacemiT's
vmadot use funct3 011 too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.extensions.floating import converted
from rvx.formats.integer import accumulate, scalar, single
from rvx.formats.integer.scalar import DOTS, SIGNEDNESS, Binary, Ternary, Unary
from rvx.formats.minifloat.catalogue import FP32
from rvx.isa import Extension, Words, sext32
from rvx.isa.real import Lanes, Real, Whole, either

SATURATIONS, ZEROED_SCALES, WRAPS = 0, 1, 2
"""Words of the state `vsq_events`."""

Xvsq = Extension(
    "Xvsq",
    version="1.0",
    doc="Dot products of 4- and 8-bit integers with integer scales per vector",
    source="rvx; the arithmetic of Dai et al., VS-Quant, MLSys 2021 (arXiv 2102.04503) and "
    "Keller et al., IEEE JSSC 58(4), 2023; signedness fields as in PULP's XpulpV2",
    requires=("I",),
)
Xvsq.state(
    "vsq_events",
    3,
    "how often a sum saturated, a product of scales became 0 by rounding, a sum wrapped",
)

_CUSTOM_1 = "0101011"
_DOT = "00"
_SCALE = "01"
_SIGNEDNESS_FIELD = {"up": "00", "usp": "01", "sp": "11"}
_SIGNEDNESS_DOC = {
    "up": "both unsigned",
    "usp": "rs1 unsigned, rs2 signed",
    "sp": "both signed",
}
_SIZES = {
    "n": ("00", "the 16 nibbles of rs1 and rs2"),
    "b": ("01", "the 8 bytes of rs1 and rs2"),
    "bnl": ("10", "the 8 bytes of rs1 and the low 8 nibbles of rs2"),
    "bnh": ("11", "the 8 bytes of rs1 and the high 8 nibbles of rs2"),
}


def _pattern(funct5: str, funct2: str, rs2: str = "rs2") -> str:
    return f"{funct5} {funct2} {rs2} rs1 111 rd {_CUSTOM_1}"


_WORD, _UNSIGNED_WORD = Whole(32), Whole(32, False)


def _products(rs1: Any, rs2: Any) -> Any:
    return tuple(a * b for a, b in zip(rs1, rs2, strict=True))


def _vectors(size: str, signedness: str) -> dict[str, Lanes]:
    """Where rs1 and rs2 hold the elements of a dot product."""
    left, right, count, first = {
        "n": (4, 4, 16, 0),
        "b": (8, 8, 8, 0),
        "bnl": (8, 4, 8, 0),
        "bnh": (8, 4, 8, 8),
    }[size]
    return {
        "rs1": Lanes(Whole(left, signedness == "sp"), group=count),
        "rs2": Lanes(Whole(right, signedness != "up"), group=count, first=first),
    }


def _dot_body(dot: Binary) -> Callable[..., int]:
    def body(rs1: int, rs2: int) -> int:
        # No sum of products of a register needs more than 20 bits.
        return dot(rs1, rs2)

    return body


def _sdot_body(dot: Binary) -> Callable[..., int]:
    def body(rd: int, rs1: int, rs2: int, vsq_events: Words) -> int:
        total = sext32(rd) + dot(rs1, rs2)
        kept = sext32(total)
        if kept != total:
            vsq_events[WRAPS] += 1
        return kept

    return body


def _declare_dots() -> None:
    for size, (size_field, lanes) in _SIZES.items():
        for name in SIGNEDNESS:
            vectors = _vectors(size, name)
            low = size_field, _SIGNEDNESS_FIELD[name]
            dot = DOTS[size, name]
            Xvsq.instruction(
                f"vsq.dot{name}.{size} rd, rs1, rs2",
                _pattern(f"{low[0]}0{low[1]}", _DOT),
                xlen=64,
                doc=f"rd = dot product of {lanes}, {_SIGNEDNESS_DOC[name]}, exact.",
                real=Real(_products, _WORD, places=vectors),
            )(_dot_body(dot))
            Xvsq.instruction(
                f"vsq.sdot{name}.{size} rd, rs1, rs2",
                _pattern(f"{low[0]}1{low[1]}", _DOT),
                xlen=64,
                doc=f"rd += dot product of {lanes}, {_SIGNEDNESS_DOC[name]}, modulo 2^32, "
                "sign-extended.",
                real=Real(lambda rd, rs1, rs2: (rd, *_products(rs1, rs2)), _WORD, places=vectors),
            )(_sdot_body(dot))


_declare_dots()

sprod = accumulate.sprod
sprod8 = accumulate.sprod8
sprodr = accumulate.sprodr
scaled_sum = accumulate.scaled_sum


@Xvsq.instruction(
    "vsq.sprod rd, rs1, rs2",
    _pattern("00000", _SCALE),
    xlen=64,
    real=Real(lambda rs1, rs2: rs1 * rs2, Whole(16, False), places={"rd": _UNSIGNED_WORD}),
)
def vsq_sprod(rs1: int, rs2: int) -> int:
    """rd = product of the low halfwords of rs1 and rs2, unsigned, exact."""
    return sprod(rs1, rs2)


@Xvsq.instruction(
    "vsq.sprod8 rd, rs1, rs2",
    _pattern("00001", _SCALE),
    xlen=64,
    real=Real(lambda rs1, rs2: rs1 * rs2 / 256, Whole(8, False), places={"rd": _UNSIGNED_WORD}),
)
def vsq_sprod8(rs1: int, rs2: int, vsq_events: Words) -> int:
    """rd = (product of the low bytes of rs1 and rs2, unsigned, + 128) >> 8."""
    product = sprod8(rs1, rs2)
    if product == 0 and rs1 & 0xFF != 0 and rs2 & 0xFF != 0:
        vsq_events[ZEROED_SCALES] += 1
    return product


@Xvsq.instruction(
    "vsq.sprodr rd, rs1, rs2",
    _pattern("00010", _SCALE),
    xlen=64,
    real=Real(
        lambda rs1, rs2: rs1[0] * rs1[1] / 2 ** int(rs2),
        places={
            "rd": _UNSIGNED_WORD,
            "rs1": Lanes(Whole(16, False), group=2),
            "rs2": Whole(6, False),
        },
    ),
)
def vsq_sprodr(rs1: int, rs2: int, vsq_events: Words) -> int:
    """rd = rs1[15:0] * rs1[31:16] >> rs2[5:0], unsigned, rounded half up."""
    product = sprodr(rs1, rs2)
    if product == 0 and rs1 & 0xFFFF != 0 and rs1 >> 16 & 0xFFFF != 0:
        vsq_events[ZEROED_SCALES] += 1
    return product


def _scaled(bits: int) -> Real:
    """The meaning of adding a scaled sum to one of so many bits."""
    places = {"rd": Whole(bits), "rs2": _UNSIGNED_WORD}
    return Real(lambda rd, rs1, rs2: (rd, rs1 * rs2), _WORD, places=places)


@Xvsq.instruction("vsq.sacc rd, rs1, rs2", _pattern("00100", _SCALE), xlen=64, real=_scaled(32))
def vsq_sacc(rd: int, rs1: int, rs2: int, vsq_events: Words) -> int:
    """rd += rs1[31:0], signed, * rs2[31:0], unsigned; modulo 2^32, sign-extended."""
    total = scaled_sum(rd, rs1, rs2)
    kept = sext32(total)
    if kept != total:
        vsq_events[WRAPS] += 1
    return kept


def _saturating_sacc(saturate: Unary) -> Callable[..., int]:
    def body(rd: int, rs1: int, rs2: int, vsq_events: Words) -> int:
        total = scaled_sum(rd, rs1, rs2)
        kept = saturate(total)
        if kept != total:
            vsq_events[SATURATIONS] += 1
        return kept

    return body


def _two_words(operation: Binary) -> Callable[..., int]:
    def body(rs1: int, rs2: int) -> int:
        return operation(rs1, rs2)

    return body


def _one_word(operation: Unary) -> Callable[..., int]:
    def body(rs1: int) -> int:
        return operation(rs1)

    return body


def _shift_in(operation: Ternary) -> Callable[..., int]:
    def body(rd: int, rs1: int, rs2: int) -> int:
        return operation(rd, rs1, rs2)

    return body


def _declare_scale_group() -> None:
    saturating = {
        "s24": ("00101", accumulate.saturate24, 24),
        "s32": ("00110", accumulate.saturate32, 32),
    }
    for suffix, (funct5, saturate, bits) in saturating.items():
        Xvsq.instruction(
            f"vsq.sacc.{suffix} rd, rs1, rs2",
            _pattern(funct5, _SCALE),
            xlen=64,
            doc=f"rd[31:0] += rs1[31:0], signed, * rs2[31:0], unsigned; the exact sum saturated "
            f"to {bits} bits.",
            real=_scaled(bits),
        )(_saturating_sacc(saturate))
    packs = {
        "pack": ("01000", scalar.pack_n, "-7..7"),
        "packu": ("01001", scalar.packu_n, "0..15"),
    }
    for name, (funct5, pack, bounds) in packs.items():
        Xvsq.instruction(
            f"vsq.{name}.n rd, rs1, rs2",
            _pattern(funct5, _SCALE),
            xlen=64,
            doc=f"rd = the signed bytes of rs1 (low half) and rs2 (high half), clipped to {bounds},"
            " as 16 nibbles.",
            real=Real(
                lambda rs1, rs2, lane: (*rs1, *rs2)[lane],
                Lanes(Whole(8), group=8, is_shared=True),
                places={"rd": Lanes(Whole(4, name == "pack"), 16)},
            ),
        )(_two_words(pack))
    unpacks = {
        "unpkl": ("01010", scalar.unpackl_n, "low", "sign"),
        "unpkh": ("01011", scalar.unpackh_n, "high", "sign"),
        "unpklu": ("01100", scalar.unpackul_n, "low", "zero"),
        "unpkhu": ("01101", scalar.unpackuh_n, "high", "zero"),
    }
    for name, (funct5, unpack, half, extend) in unpacks.items():
        Xvsq.instruction(
            f"vsq.{name}.n rd, rs1",
            _pattern(funct5, _SCALE, "(00000)"),
            xlen=64,
            doc=f"rd = the {half} 8 nibbles of rs1, {extend}-extended to bytes.",
            real=converted(
                Whole(4, extend == "sign"),
                Whole(8, extend == "sign"),
                8,
                8 if half == "high" else 0,
            ),
        )(_one_word(unpack))
    quantisers = {
        "qin.n": ("10000", single.qin_n, 4, "-7..7"),
        "qinu.n": ("10001", single.qinu_n, 4, "0..15"),
        "qin.b": ("10010", single.qin_b, 8, "-127..127"),
        "qinu.b": ("10011", single.qinu_b, 8, "0..255"),
    }
    for name, (funct5, quantise_in, width, bounds) in quantisers.items():
        Xvsq.instruction(
            f"vsq.{name} rd, rs1, rs2",
            _pattern(funct5, _SCALE),
            xlen=64,
            doc=f"rd = rd >> {width} with q on top, q = the binary32 product of rs1[31:0] and "
            f"rs2[31:0], rounded to an integer (ties to even), clipped to {bounds}; NaN gives 0.",
            real=Real(
                lambda rs1, rs2: rs1 * rs2,
                FP32,
                places={"rd": Lanes(Whole(width, "u" not in name), first=64 // width - 1)},
            ),
        )(_shift_in(quantise_in))


amax_s = single.amax_s


@Xvsq.instruction(
    "vsq.amax.s rd, rs1",
    _pattern("10100", _SCALE, "(00000)"),
    xlen=64,
    real=Real(either, FP32, places={"rs1": Lanes(FP32, group=2)}),
)
def vsq_amax(rd: int, rs1: int) -> int:
    """rd = the largest magnitude of the binary32 numbers rd[31:0], rs1[31:0], rs1[63:32]."""
    return amax_s(rd, rs1)


def _mac_body(dot: Binary, saturate: Unary) -> Callable[..., int]:
    def body(rd: int, rs1: int, rs2: int, rs3: int, vsq_events: Words) -> int:
        product = sprod8(rs3, rs3 >> 8)
        total = scaled_sum(rd, dot(rs1, rs2), product)
        kept = saturate(total)
        if product == 0 and rs3 & 0xFF != 0 and rs3 & 0xFF00 != 0:
            vsq_events[ZEROED_SCALES] += 1
        if kept != total:
            vsq_events[SATURATIONS] += 1
        return kept

    return body


def _declare_fused() -> None:
    saturate = {"n": (accumulate.saturate24, 24), "b": (accumulate.saturate32, 32)}
    codes = {("usp", "n"): "00", ("sp", "n"): "01", ("usp", "b"): "10", ("sp", "b"): "11"}
    for (name, size), funct2 in codes.items():
        function, bits = saturate[size]
        Xvsq.instruction(
            f"vsq.mac{name}.{size} rd, rs1, rs2, rs3",
            f"rs3 {funct2} rs2 rs1 011 rd {_CUSTOM_1}",
            xlen=64,
            doc=f"rd[31:0] += dot product of {_SIZES[size][1]}, {_SIGNEDNESS_DOC[name]}, * "
            f"(rs3[7:0] * rs3[15:8] + 128 >> 8); the exact sum saturated to {bits} bits.",
            real=Real(
                lambda rd, rs1, rs2, rs3: (
                    rd,
                    *(x * rs3[0] * rs3[1] / 256 for x in _products(rs1, rs2)),
                ),
                places={
                    "rd": Whole(bits),
                    "rs3": Lanes(Whole(8, False), group=2),
                    **_vectors(size, name),
                },
            ),
        )(_mac_body(DOTS[size, name], function))


_declare_scale_group()
_declare_fused()
