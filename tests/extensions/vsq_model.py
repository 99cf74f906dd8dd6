"""Xvsq on NumPy arrays, lane by lane, after the tables of the specification.

Shares no code with the kernels: lanes are taken apart one by one, and binary32 products are the
host's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
Outcome = tuple[Words, dict[str, int]]


def low(x: Words, bits: int) -> Words:
    return x & ((1 << bits) - 1)


def signed(x: Words, bits: int) -> Words:
    return low(x, bits) - ((low(x, bits) >> (bits - 1)) << bits)


def lane(x: Words, index: int, bits: int, is_signed: bool) -> Words:
    field = x >> (index * bits)
    return signed(field, bits) if is_signed else low(field, bits)


def dot(a: Words, b: Words, size: str, name: str) -> Words:
    a_signed, b_signed = {"up": (False, False), "usp": (False, True), "sp": (True, True)}[name]
    a_bits, b_bits, count, first = {
        "n": (4, 4, 16, 0),
        "b": (8, 8, 8, 0),
        "bnl": (8, 4, 8, 0),
        "bnh": (8, 4, 8, 8),
    }[size]
    total = np.zeros_like(a)
    for i in range(count):
        total += lane(a, i, a_bits, a_signed) * lane(b, first + i, b_bits, b_signed)
    return total


def clip(x: Words, bits: int) -> Words:
    return np.clip(x, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def count(condition: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(condition))


def rounded_product(a: Words, b: Words, shift: Words) -> Words:
    """floor(a b / 2^shift + 1/2) for a, b < 2^16."""
    product = a * b
    return np.where(shift == 0, product, ((product >> np.maximum(shift - 1, 0)) + 1) >> 1)


def quantised(x: Words, reciprocal: Words, least: int, most: int) -> Words:
    a, b = (v.astype(np.uint32, casting="unsafe").view(np.float32) for v in (x, reciprocal))
    with np.errstate(all="ignore"):
        product = np.nan_to_num(a * b, nan=0.0, posinf=np.inf, neginf=-np.inf)
        return np.clip(np.rint(product), least, most).astype(np.int64)


def join(codes: list[Words], bits: int) -> Words:
    word = np.zeros_like(codes[0])
    for i, code in enumerate(codes):
        word |= low(code, bits) << (i * bits)
    return word


def accumulated(rd: Words, dots: Words, scale: Words, bits: int) -> Outcome:
    total = signed(rd, 32) + signed(dots, 32) * low(scale, 32)
    kept = clip(total, bits)
    return kept, {"saturations": count(kept != total)}


def expected(mnemonic: str, rd: Words, rs1: Words, rs2: Words, rs3: Words) -> Outcome:
    """What the instruction must leave in rd, and how often it must have counted each event."""
    operation, _, size = mnemonic.removeprefix("vsq.").partition(".")
    for prefix in ("sdot", "dot", "mac"):
        if operation.startswith(prefix):
            name = operation.removeprefix(prefix)
            return _DOT_USERS[prefix](rd, dot(rs1, rs2, size, name), rs3, size)
    return _OTHERS[mnemonic.removeprefix("vsq.")](rd, rs1, rs2)


def _dot(rd: Words, dots: Words, rs3: Words, size: str) -> Outcome:
    return dots, {}


def _sdot(rd: Words, dots: Words, rs3: Words, size: str) -> Outcome:
    total = signed(rd, 32) + dots
    return signed(total, 32), {"wraps": count(signed(total, 32) != total)}


def _mac(rd: Words, dots: Words, rs3: Words, size: str) -> Outcome:
    a, b = low(rs3, 8), low(rs3 >> 8, 8)
    scale = (a * b + 128) // 256
    kept, events = accumulated(rd, dots, scale, 24 if size == "n" else 32)
    return kept, events | {"zeroed": count((scale == 0) & (a * b > 0))}


def _sprod8(rd: Words, rs1: Words, rs2: Words) -> Outcome:
    exact = low(rs1, 8) * low(rs2, 8)
    product = (exact + 128) // 256
    return product, {"zeroed": count((product == 0) & (exact > 0))}


def _sprodr(rd: Words, rs1: Words, rs2: Words) -> Outcome:
    a, b = low(rs1, 16), low(rs1 >> 16, 16)
    product = rounded_product(a, b, low(rs2, 6))
    return product, {"zeroed": count((product == 0) & (a * b > 0))}


def _sacc(rd: Words, rs1: Words, rs2: Words) -> Outcome:
    total = signed(rd, 32) + signed(rs1, 32) * low(rs2, 32)
    return signed(total, 32), {"wraps": count(signed(total, 32) != total)}


def _pack(least: int, most: int) -> Callable[..., Outcome]:
    def packed(rd: Words, rs1: Words, rs2: Words) -> Outcome:
        octets = [lane(word, i, 8, True) for word in (rs1, rs2) for i in range(8)]
        return join([np.clip(x, least, most) for x in octets], 4), {}

    return packed


def _unpack(first: int, is_signed: bool) -> Callable[..., Outcome]:
    def unpacked(rd: Words, rs1: Words, rs2: Words) -> Outcome:
        return join([lane(rs1, first + i, 4, is_signed) for i in range(8)], 8), {}

    return unpacked


def _qin(bits: int, least: int, most: int) -> Callable[..., Outcome]:
    def shifted_in(rd: Words, rs1: Words, rs2: Words) -> Outcome:
        rest = low(rd >> bits, 64 - bits)
        return rest | quantised(rs1, rs2, least, most) << (64 - bits), {}

    return shifted_in


def _amax(rd: Words, rs1: Words, rs2: Words) -> Outcome:
    return np.maximum.reduce([low(x, 31) for x in (rd, rs1, rs1 >> 32)]), {}


_DOT_USERS = {"dot": _dot, "sdot": _sdot, "mac": _mac}
_OTHERS: dict[str, Callable[[Any, Any, Any], Outcome]] = {
    "sprod": lambda rd, rs1, rs2: (low(rs1, 16) * low(rs2, 16), {}),
    "sprod8": _sprod8,
    "sprodr": _sprodr,
    "sacc": _sacc,
    "sacc.s24": lambda rd, rs1, rs2: accumulated(rd, rs1, rs2, 24),
    "sacc.s32": lambda rd, rs1, rs2: accumulated(rd, rs1, rs2, 32),
    "pack.n": _pack(-7, 7),
    "packu.n": _pack(0, 15),
    "unpkl.n": _unpack(0, True),
    "unpkh.n": _unpack(8, True),
    "unpklu.n": _unpack(0, False),
    "unpkhu.n": _unpack(8, False),
    "qin.n": _qin(4, -7, 7),
    "qinu.n": _qin(4, 0, 15),
    "qin.b": _qin(8, -127, 127),
    "qinu.b": _qin(8, 0, 255),
    "amax.s": _amax,
}
