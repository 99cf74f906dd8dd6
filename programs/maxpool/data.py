"""The operand of max-pooling, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """Images (N, C, H, W), and no second operand."""
    return uniform(p["N"], p["C"], p["H"], p["W"]), np.empty((0, 1))


def operands(images: Reals, nothing: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: channels last, (N, H, W, C)."""
    return np.ascontiguousarray(np.moveaxis(images, 1, -1)), nothing


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """maxpool(x, y, shape), where c of the shape is the bytes of a pixel."""
    sizes = [p["N"], p["H"], p["W"], call.pitch, p["K"], p["S"]]
    return call.a, call.c, call.place(np.array(sizes, np.int64))


def output_shape(p: Parameters) -> tuple[int, ...]:
    """The result (N, rows, columns, C), channels last.

    Raises:
        ValueError: the window is larger than the image.
    """
    if p["K"] > min(p["H"], p["W"]):
        raise ValueError(
            f"a window of {p['K']} by {p['K']} (K) does not fit an image of "
            f"{p['H']} by {p['W']} (H, W)"
        )
    rows, columns = ((p[size] - p["K"]) // p["S"] + 1 for size in ("H", "W"))
    return p["N"], rows, columns, p["C"]


def macs(p: Parameters) -> int:
    """Elements that are compared, which take the place of multiply-accumulates."""
    return int(np.prod(output_shape(p))) * p["K"] * p["K"]
