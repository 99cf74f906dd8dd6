"""Types of tensors in GGUF files: what a block has, and the numbers that it means.

The layouts are those of github.com/ggml-org/ggml, src/ggml-common.h; the order of bits within them
and of the operations, each rounded to float32, is that of its src/ggml-quants.c. A block of the
types named K is 256 elements in groups of 16 or 32, whose scales (and minima, which are subtracted)
are integers times the scale of the block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.paper.language.model import Singles

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[Any]
"""Small integers."""
Blocks = npt.NDArray[Any]
"""An array of blocks, of the structured type of one; little end first."""


@dataclass(frozen=True)
class Type:
    """A type of tensors.

    Attributes:
        name: in the format.
        elements: of a block.
        layout: a block's parts.
        decode: from blocks to their elements, in any shape with the blocks first.
    """

    name: str
    elements: int
    layout: np.dtype[Any]
    decode: Callable[[Blocks], Singles]

    def values(self, data: Bytes) -> Singles:
        """All elements of whole blocks, in order; a scale may make them infinite or no numbers."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.decode(data.view(self.layout)).reshape(-1)


def _fields(data: Bytes, bits: int, run: int) -> Codes:
    """Unsigned fields of each row: of every `run` bytes the lowest bits, then those above."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)[:, None]
    cut = data.reshape(len(data), -1, 1, run) >> shifts & np.uint8((1 << bits) - 1)
    return cut.reshape(len(data), -1)


def _single(data: npt.NDArray[Any]) -> Singles:
    return data.astype(np.float32)


def _bfloats(blocks: Blocks) -> Singles:
    wide = blocks.astype(np.uint32) << 16
    return wide.view(np.float32)


def _of_32(blocks: Blocks) -> Singles:
    """Q4 and Q5: codes of 4 bits, perhaps a fifth bit and a minimum; without it 0 is in the middle.

    Byte i has the codes of elements i and i + 16.
    """
    has = blocks.dtype.names or ()
    codes, middle = _fields(blocks["low"], 4, 16), 8
    if "high" in has:
        codes, middle = codes | _fields(blocks["high"], 1, 1) << 4, 16
    scale = _single(blocks["scale"])[:, None]
    if "minimum" in has:
        return scale * _single(codes) + _single(blocks["minimum"])[:, None]
    return scale * (_single(codes) - np.float32(middle))


def _signed(blocks: Blocks) -> Singles:
    """Q8: codes of 8 bits with a sign."""
    return _single(blocks["scale"])[:, None] * _single(blocks["codes"])


def _scaled(scale: Singles, scales: Codes, codes: Codes) -> Singles:
    """Codes by block and group, times the scale of their block and group."""
    by_group = codes.reshape(*scales.shape, -1)
    return (scale[:, None] * _single(scales))[:, :, None] * _single(by_group)


def _less(blocks: Blocks, scales: Codes, minima: Codes, codes: Codes) -> Singles:
    """As `_scaled`, less the minimum of the group."""
    low = _single(blocks["minimum"])[:, None] * _single(minima)
    return _scaled(_single(blocks["scale"]), scales, codes) - low[:, :, None]


def _q2(blocks: Blocks) -> Singles:
    scales, minima = blocks["scales"] & 0xF, blocks["scales"] >> 4
    return _less(blocks, scales, minima, _fields(blocks["low"], 2, 32))


def _q3(blocks: Blocks) -> Singles:
    packed = blocks["scales"]
    scales = _fields(packed[:, :8], 4, 8) | _fields(packed[:, 8:], 2, 4) << 4
    codes = _fields(blocks["low"], 2, 32) | _fields(blocks["high"], 1, 32) << 2
    return _scaled(_single(blocks["scale"]), scales.astype(np.int8) - 32, codes.astype(np.int8) - 4)


def _q4_and_5(blocks: Blocks) -> Singles:
    """Eight scales and minima of 6 bits: four of each whole, whose top bits are of the others."""
    packed = blocks["scales"]
    first = packed[:, :8].reshape(-1, 2, 4)
    last = _fields(packed[:, 8:], 4, 4).reshape(-1, 2, 4)
    both = np.concatenate([first & 0x3F, last | first >> 6 << 4], axis=2)
    codes = _fields(blocks["low"], 4, 32)
    if "high" in (blocks.dtype.names or ()):
        codes = codes | _fields(blocks["high"], 1, 32) << 4
    return _less(blocks, both[:, 0], both[:, 1], codes)


def _q6(blocks: Blocks) -> Singles:
    codes = _fields(blocks["low"], 4, 64) | _fields(blocks["high"], 2, 32) << 4
    return _scaled(_single(blocks["scale"]), blocks["scales"], codes.astype(np.int8) - 32)


def _block(**parts: str) -> np.dtype[Any]:
    return np.dtype(list(parts.items()))


_HALF = "<f2"
TYPES = {
    0: Type("F32", 1, np.dtype("<f4"), _single),
    1: Type("F16", 1, np.dtype(_HALF), _single),
    2: Type("Q4_0", 32, _block(scale=_HALF, low="16u1"), _of_32),
    3: Type("Q4_1", 32, _block(scale=_HALF, minimum=_HALF, low="16u1"), _of_32),
    6: Type("Q5_0", 32, _block(scale=_HALF, high="4u1", low="16u1"), _of_32),
    7: Type("Q5_1", 32, _block(scale=_HALF, minimum=_HALF, high="4u1", low="16u1"), _of_32),
    8: Type("Q8_0", 32, _block(scale=_HALF, codes="32i1"), _signed),
    10: Type("Q2_K", 256, _block(scales="16u1", low="64u1", scale=_HALF, minimum=_HALF), _q2),
    11: Type("Q3_K", 256, _block(high="32u1", low="64u1", scales="12u1", scale=_HALF), _q3),
    12: Type(
        "Q4_K", 256, _block(scale=_HALF, minimum=_HALF, scales="12u1", low="128u1"), _q4_and_5
    ),
    13: Type(
        "Q5_K",
        256,
        _block(scale=_HALF, minimum=_HALF, scales="12u1", high="32u1", low="128u1"),
        _q4_and_5,
    ),
    14: Type("Q6_K", 256, _block(low="128u1", high="64u1", scales="16i1", scale=_HALF), _q6),
    15: Type("Q8_K", 256, _block(scale="<f4", codes="256i1", sums="16<i2"), _signed),
    30: Type("BF16", 1, np.dtype("<u2"), _bfloats),
}
"""By the number that a file has for them."""
