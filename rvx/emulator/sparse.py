"""Arrays of which the host gives pages only where they are touched.

Guest memory may reach from one end of the address space to the other, and there are tables with an
entry for every halfword of code. Nearly all of that is never used. So it is reserved, and not asked
for: an entry is found by its index, in one step, and costs memory when somebody writes to it.
"""

from __future__ import annotations

import ctypes
import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_NO_RESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000)
"""Linux's flag; Python names it from 3.13 on."""


def zeros(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """A zeroed array that begins on a page of the host.

    Raises:
        OSError: the host does not have so many addresses left.
    """
    kind = np.dtype(dtype)
    size = max(count * kind.itemsize, 1)
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    return np.frombuffer(mmap.mmap(-1, size, flags=flags), kind, count)


def clear(array: NDArray[np.uint8], begin: int, end: int) -> None:
    """Makes zeros of whole pages of an array of bytes from `zeros`; the host has them back."""
    advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if advise(array.ctypes.data + begin, end - begin, mmap.MADV_DONTNEED):
        array[begin:end] = 0
