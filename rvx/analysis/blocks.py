"""What numbers become in a block-scaled format: their codes, and the scales that they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rvx.analysis.anatomy import decimal, read_number
from rvx.formats.block import mx
from rvx.formats.block.mx import array as mx_array
from rvx.formats.block.mx.format import SCALE_BIAS, Mx
from rvx.formats.block.mx.rules import Rule as MxRule
from rvx.formats.block.mx.rules import parse_rule as parse_mx_rule
from rvx.formats.block.nvfp4 import Nvfp4, Rule
from rvx.formats.block.nvfp4 import array as nvfp4_array
from rvx.formats.block.nvfp4.rules import TORCHAO_0_17
from rvx.formats.block.nvfp4.rules import parse_rule as parse_nvfp4_rule
from rvx.formats.block.vsq import Vsq
from rvx.formats.block.vsq import array as vsq_array
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.number.catalogue import FormatError
from rvx.records import dataclass

BlockFormat = Mx | Nvfp4 | Vsq

SCHEMA = "rvx.format.block/1"


@dataclass(frozen=True)
class Scale:
    """A scale that several numbers share.

    Attributes:
        name: whose it is, such as `block 0`.
        code: its bits, None for a scale that is kept as a real number.
        value: exactly, or `NaN`.
    """

    name: str
    code: str | None
    value: Fraction | str


@dataclass(frozen=True)
class Element:
    """One number in its block.

    Attributes:
        wanted: what was given.
        code: its bits.
        value: what the code and the scales stand for; `NaN` in a block whose scale is one.
    """

    wanted: Fraction
    code: str
    value: Fraction | str

    @property
    def error(self) -> Fraction | None:
        """What quantising added to the number."""
        return None if isinstance(self.value, str) else self.value - self.wanted


@dataclass(frozen=True)
class BlockAnatomy:
    """Numbers in a block-scaled format.

    Attributes:
        format: its name.
        bits_per_element: with the share of the scale of a block.
        rule: of NVFP4, whose order of operations; of MX, how scales are chosen, if somebody asked.
        scales: the coarsest first.
        elements: in the order given.
    """

    format: str
    bits_per_element: float
    rule: str | None
    scales: tuple[Scale, ...]
    elements: tuple[Element, ...]

    def to_json(self) -> dict[str, object]:
        """One document of the schema rvx.format.block/1; exact numbers are texts."""
        return {
            "schema": SCHEMA,
            "format": self.format,
            "bits_per_element": self.bits_per_element,
            "rule": self.rule,
            "scales": [
                {"name": scale.name, "code": scale.code, "value": decimal(scale.value)}
                for scale in self.scales
            ],
            "elements": [
                {
                    "number": decimal(element.wanted),
                    "code": element.code,
                    "value": decimal(element.value),
                    "error": None if element.error is None else decimal(element.error),
                }
                for element in self.elements
            ],
        }


def parse_block_format(name: str) -> BlockFormat | None:
    """The block-scaled format with a name such as `nvfp4`, `mxfp8_e4m3` or `vsq4-v16-m4`, if any.

    Raises:
        FormatError: the name is that of a family, with parts that do not exist.
    """
    key = name.strip().lower()
    try:
        if key.startswith("mx"):
            return mx.parse(key)
        if found := re.fullmatch(r"nvfp4(?:-b(\d+))?", key):
            return Nvfp4(int(found[1] or 16))
        if found := re.fullmatch(r"vsq(\d+)(u?)-v(\d+)-m(\d+|fp)", key):
            element = Integer(int(found[1]), signed=not found[2])
            return Vsq(element, int(found[3]), 0 if found[4] == "fp" else int(found[4]))
    except ValueError as error:
        raise FormatError(str(error)) from None
    return None


def dissect_block(fmt: BlockFormat, texts: Sequence[str], rule: str | None = None) -> BlockAnatomy:
    """Numbers quantised together, as one row of a tensor.

    Args:
        fmt: the format.
        texts: numbers such as 3.14, 1e-3 or 1/3.
        rule: name of that of NVFP4 or MX, if it is not the usual one; VSQ has one only.

    Raises:
        FormatError: a text is no number, or the numbers have no such format.
    """
    numbers = [read_number(text) for text in texts]
    try:
        row = np.array([_double(*pair) for pair in zip(numbers, texts, strict=True)])
        if isinstance(fmt, Nvfp4):
            chosen = parse_nvfp4_rule(rule or TORCHAO_0_17.name)
            scales, codes, values, bits = _nvfp4(row, fmt, chosen)
        elif isinstance(fmt, Mx):
            scales, codes, values, bits = _mx(row, fmt, parse_mx_rule(rule or "floor"))
        else:
            scales, codes, values, bits = _vsq(row, fmt)
    except ValueError as error:
        raise FormatError(str(error)) from None
    elements = (
        Element(number, hexadecimal(int(code), bits), _fraction(float(value)))
        for number, code, value in zip(numbers, codes, values, strict=False)
    )
    name = rule or TORCHAO_0_17.name if isinstance(fmt, Nvfp4) else rule
    return BlockAnatomy(fmt.name, fmt.bits_per_element, name, tuple(scales), tuple(elements))


def _double(number: Fraction, text: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise FormatError(f"{text} is beyond float64, which blocks begin with") from None


Parts = tuple[list[Scale], npt.NDArray[np.int64], npt.NDArray[np.float64], int]


def _nvfp4(row: npt.NDArray[np.float64], fmt: Nvfp4, rule: Rule) -> Parts:
    made = nvfp4_array.quantise(row, fmt, rule)
    bits = int(made.tensor_scale.view(np.uint32))
    scales = [Scale("tensor", hexadecimal(bits, 32), _fraction(float(made.tensor_scale)))]
    values = decode(fmt.scale, made.scales)
    scales += [
        Scale(f"block {i}", hexadecimal(int(code), fmt.scale.bits), _fraction(float(value)))
        for i, (code, value) in enumerate(zip(made.scales, values, strict=True))
    ]
    return scales, made.codes.astype(np.int64), made.dequantise(), fmt.element.bits


def _mx(row: npt.NDArray[np.float64], fmt: Mx, rule: MxRule) -> Parts:
    made = mx_array.quantise(row, fmt, rule)
    scales = [
        Scale(f"block {i}", hexadecimal(code, 8), Fraction(2) ** (code - SCALE_BIAS))
        for i, code in enumerate(made.scales.tolist())
    ]
    return scales, made.codes.astype(np.int64), made.dequantise(), fmt.element.bits


def _vsq(row: npt.NDArray[np.float64], fmt: Vsq) -> Parts:
    made = vsq_array.quantise(row, fmt)
    coarse = _fraction(float(made.gamma.ravel()[0]))
    scales = [Scale("tensor", None, coarse)] if fmt.scale_bits else []
    for i, scale in enumerate(made.scales.tolist()):
        code = hexadecimal(scale, fmt.scale_bits) if fmt.scale_bits else None
        scales.append(Scale(f"vector {i}", code, _fraction(float(scale))))
    return scales, made.codes & fmt.element.mask, made.dequantise(), fmt.element.bits


def hexadecimal(code: int, bits: int) -> str:
    """A pattern with all its digits."""
    return f"0x{code:0{-(-bits // 4)}x}"


def _fraction(value: float) -> Fraction | str:
    return "NaN" if np.isnan(value) else Fraction(value)
