"""Formats and kernels must not load NumPy or numba: the command line starts in under 0.2 s."""

import subprocess
import sys

MODULES = [
    "rvx.formats.integer.scalar",
    "rvx.formats.integer.accumulate",
    "rvx.formats.integer.single",
    "rvx.formats.block.vsq.scalar",
    "rvx.formats.block.mx.scalar",
    "rvx.formats.block.nvfp4",
]


def test_kernels_import_neither_numpy_nor_numba() -> None:
    code = (
        f"import sys, {', '.join(MODULES)}; print('numpy' in sys.modules, 'numba' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "False"]
