"""Dot products in the order in which packed kernels compute them: golden models, bit for bit.

A packed register holds `lanes` accumulators. Step i of a kernel takes the next 2 * lanes elements
of both operands (`vfdotpex`, two products a lane) or the next `lanes` (`vfmac`, one), and lane l
takes those at its place. Nothing is reordered and every step rounds once, as the instruction does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rvx.formats.minifloat.array.codes import Codes, rounded_call, storage, words
from rvx.formats.minifloat.array.operations import Flags
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.minifloat.scalar import make_exsdotp, make_fma


def exsdotp_dot(
    src: Minifloat,
    dst: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    accumulators: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """Accumulators after a chain of `vfdotpex` over the last axis of `a` and `b`.

    Args:
        src: format of the factors.
        dst: format of the accumulators.
        a: codes of shape (..., K), K a multiple of twice the number of lanes.
        b: codes of a shape that broadcasts with that of `a`; B transposed, for a matrix product.
        accumulators: initial codes of shape (..., lanes); 1 lane gives the scalar order.
        rounding: the rounding mode of every step.
        seed: of the random bits of stochastic rounding; step i uses `seed + i`.
        fflags: an int64 array whose element 0 collects the flags.

    Returns:
        Codes of `dst` of shape (..., lanes).

    Raises:
        ValueError: K is not a multiple of what one step takes.
    """
    kernel = make_exsdotp(src, dst)
    return _chain(kernel, 2, (src, dst), (a, b), accumulators, rounding, seed, fflags)


def fma_dot(
    src: Minifloat,
    dst: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    accumulators: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """Accumulators after a chain of fused multiply-adds (`vfmac`, `fmacex`); see `exsdotp_dot`.

    K is a multiple of the number of lanes. For `vfmac`, `src` and `dst` are one format.
    """
    kernel = make_fma(src, dst)
    return _chain(kernel, 1, (src, dst), (a, b), accumulators, rounding, seed, fflags)


def _chain(
    kernel: Callable[..., tuple[int, int]],
    products: int,
    formats: tuple[Minifloat, Minifloat],
    factors: tuple[ArrayLike, ArrayLike],
    accumulators: ArrayLike,
    rounding: Rounding,
    seed: int | None,
    fflags: Flags,
) -> Codes:
    src, dst = formats
    state = words(dst, accumulators)
    lanes = state.shape[-1]
    a, b = (_steps(words(src, factor), lanes, products) for factor in factors)
    if a.shape[-3] != b.shape[-3]:
        raise ValueError(
            f"the operands have {a.shape[-3] * lanes * products} and "
            f"{b.shape[-3] * lanes * products} elements along the last axis; they must agree"
        )
    for i in range(a.shape[-3]):
        pairs = [factor[..., i, :, product] for product in range(products) for factor in (a, b)]
        step_seed = None if seed is None else seed + i
        state = words(dst, rounded_call(kernel, dst, (*pairs, state), rounding, step_seed, fflags))
    return np.asarray(state.astype(storage(dst)))


def _steps(factor: NDArray[np.int64], lanes: int, products: int) -> NDArray[np.int64]:
    """(..., K) as (..., steps, lanes, products)."""
    length = factor.shape[-1]
    if length % (lanes * products):
        raise ValueError(
            f"{length} elements do not fill whole steps of {lanes} lanes with {products} "
            f"products each; valid lengths are multiples of {lanes * products}"
        )
    return factor.reshape(*factor.shape[:-1], length // (lanes * products), lanes, products)
