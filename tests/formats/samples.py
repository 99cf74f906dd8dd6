"""Random tensors on which published signal-to-noise figures are met, and the figure itself."""

from functools import cache

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@cache
def draws() -> dict[str, Doubles]:
    """The 512 x 1024 samples of the figures: normal, Laplace and Student t with 4 degrees."""
    rng = np.random.default_rng(0)
    return {
        "normal": rng.standard_normal((512, 1024)),
        "laplace": rng.laplace(size=(512, 1024)),
        "t4": rng.standard_t(4, size=(512, 1024)),
    }


def sqnr(x: Doubles, y: Doubles) -> float:
    """Signal to quantisation noise ratio of y as a stand-in for x, in dB."""
    return float(10 * np.log10((x**2).sum() / ((x - y) ** 2).sum()))
