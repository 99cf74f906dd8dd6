"""What is known of PERCIVAL's errors: three published figures, and a simulation of the whole grid.

The figures are those of Mallasen et al., PERCIVAL, IEEE TETC 2022, for products of 256 by 256 with
inputs in [-1, 1]. The other cells of the paper's table were not to be had. The grid is a simulation
of the same experiment with SoftPosit and C floats, made independently of rvx, with eight random
pairs of matrices a row. It meets the published figures within 1 %.
"""

from __future__ import annotations

VARIANTS = ("posit32_quire", "posit32", "f32", "f32_nofma")
"""Of the kernel gemm, in the order of the columns."""

LABELS = {
    "posit32_quire": "posit32, quire",
    "posit32": "posit32",
    "f32": "float32, FMA",
    "f32_nofma": "float32, no FMA",
}

RANGES = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Inputs are uniform in [-R, R]."""

SIZES = (16, 32, 64, 128, 256)
"""Rows and columns of the matrices."""

SIMULATED_PAIRS = 8
"""Pairs of matrices of each range and size in the simulation."""

PUBLISHED: dict[tuple[float, int], dict[str, float]] = {
    (1.0, 256): {"posit32_quire": 1.937e-16, "posit32": 9.870e-15, "f32": 2.361e-12},
}
"""Mean squared errors of the paper, by range and size."""

_GRID: dict[tuple[float, int], tuple[float, float, float, float]] = {
    (0.1, 16): (3.104e-21, 2.084e-20, 1.092e-18, 1.328e-18),
    (0.1, 32): (6.483e-21, 6.990e-20, 4.075e-18, 4.585e-18),
    (0.1, 64): (1.172e-20, 2.428e-19, 1.620e-17, 1.656e-17),
    (0.1, 128): (2.043e-20, 7.763e-19, 6.112e-17, 6.309e-17),
    (0.1, 256): (3.485e-20, 2.200e-18, 2.364e-16, 2.413e-16),
    (1, 16): (1.134e-17, 4.680e-17, 1.057e-14, 1.291e-14),
    (1, 32): (2.263e-17, 1.655e-16, 4.176e-14, 4.575e-14),
    (1, 64): (4.586e-17, 6.496e-16, 1.592e-13, 1.654e-13),
    (1, 128): (9.196e-17, 2.477e-15, 6.040e-13, 6.233e-13),
    (1, 256): (1.926e-16, 9.806e-15, 2.379e-12, 2.426e-12),
    (10, 16): (4.673e-13, 2.759e-12, 1.092e-10, 1.261e-10),
    (10, 32): (1.185e-12, 1.459e-11, 4.084e-10, 4.702e-10),
    (10, 64): (2.990e-12, 7.591e-11, 1.593e-09, 1.701e-09),
    (10, 128): (6.250e-12, 3.364e-10, 6.082e-09, 6.329e-09),
    (10, 256): (1.284e-11, 1.410e-09, 2.388e-08, 2.444e-08),
    (100, 16): (3.034e-08, 2.592e-07, 1.120e-06, 1.283e-06),
    (100, 32): (6.699e-08, 1.058e-06, 4.034e-06, 4.505e-06),
    (100, 64): (1.818e-07, 4.791e-06, 1.597e-05, 1.689e-05),
    (100, 128): (5.759e-07, 2.784e-05, 6.145e-05, 6.333e-05),
    (100, 256): (1.513e-06, 1.552e-04, 2.385e-04, 2.416e-04),
    (1000, 16): (4.203e-03, 3.281e-02, 1.070e-02, 1.265e-02),
    (1000, 32): (8.617e-03, 1.409e-01, 3.967e-02, 4.311e-02),
    (1000, 64): (1.874e-02, 5.928e-01, 1.591e-01, 1.700e-01),
    (1000, 128): (3.783e-02, 2.340e00, 6.025e-01, 6.241e-01),
    (1000, 256): (8.127e-02, 9.649e00, 2.382e00, 2.431e00),
}

SIMULATED = {cell: dict(zip(VARIANTS, errors, strict=True)) for cell, errors in _GRID.items()}
"""Mean squared errors of the simulation, by range and size."""

_LARGEST: dict[tuple[float, int], tuple[float, float, float, float]] = {
    (0.1, 16): (2.664e-10, 9.121e-10, 5.068e-09, 6.158e-09),
    (0.1, 32): (3.556e-10, 1.751e-09, 1.161e-08, 1.263e-08),
    (0.1, 64): (4.890e-10, 3.186e-09, 3.418e-08, 3.156e-08),
    (0.1, 128): (6.908e-10, 6.358e-09, 9.830e-08, 9.830e-08),
    (0.1, 256): (1.036e-09, 1.127e-08, 1.862e-07, 2.011e-07),
    (1, 16): (1.391e-08, 4.010e-08, 5.308e-07, 6.355e-07),
    (1, 32): (2.193e-08, 8.597e-08, 1.355e-06, 1.540e-06),
    (1, 64): (3.303e-08, 1.861e-07, 3.239e-06, 3.239e-06),
    (1, 128): (1.022e-07, 5.866e-07, 8.071e-06, 8.071e-06),
    (1, 256): (1.417e-07, 1.752e-06, 1.664e-05, 1.495e-05),
    (10, 16): (4.158e-06, 1.549e-05, 5.841e-05, 7.857e-05),
    (10, 32): (7.491e-06, 4.079e-05, 1.215e-04, 1.477e-04),
    (10, 64): (1.132e-05, 8.174e-05, 3.753e-04, 3.753e-04),
    (10, 128): (1.810e-05, 1.849e-04, 7.471e-04, 1.113e-03),
    (10, 256): (3.164e-05, 4.001e-04, 1.642e-03, 1.611e-03),
    (100, 16): (9.993e-04, 2.907e-03, 5.885e-03, 6.704e-03),
    (100, 32): (3.700e-03, 8.285e-03, 1.362e-02, 1.424e-02),
    (100, 64): (4.089e-03, 3.196e-02, 4.712e-02, 4.712e-02),
    (100, 128): (7.561e-03, 6.863e-02, 6.863e-02, 7.645e-02),
    (100, 256): (8.452e-03, 1.650e-01, 1.962e-01, 1.962e-01),
    (1000, 16): (4.512e-01, 1.429e00, 5.349e-01, 7.718e-01),
    (1000, 32): (5.111e-01, 3.133e00, 1.603e00, 1.603e00),
    (1000, 64): (9.658e-01, 6.729e00, 4.361e00, 4.361e00),
    (1000, 128): (3.511e00, 1.727e01, 7.347e00, 7.049e00),
    (1000, 256): (3.989e00, 7.532e01, 2.555e01, 2.355e01),
}

SIMULATED_LARGEST = {
    cell: dict(zip(VARIANTS, errors, strict=True)) for cell, errors in _LARGEST.items()
}
"""Largest errors of the simulation, by range and size."""
