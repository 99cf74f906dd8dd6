"""Arrays in compiled code that lie at an address, and are somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from rvx.reachable import Twin, with_twin


@cache
def borrowed(element: str, dimensions: int = 1) -> Callable[..., Any]:
    """A function that makes an array in C order of an address and of its sizes.

    Nothing is copied or checked, and nobody counts references: whoever calls keeps the memory.

    Args:
        element: kind of the elements, such as int64, or boolean.
        dimensions: how many sizes there are.
    """

    def array(address: int, *sizes: int) -> Any:
        import ctypes

        import numpy as np

        dtype = np.dtype("bool" if element == "boolean" else element)
        count = dtype.itemsize
        for size in sizes:
            count *= int(size)
        memory: Any = (ctypes.c_byte * count).from_address(int(address))
        return np.frombuffer(memory, dtype).reshape([int(size) for size in sizes])

    return with_twin(
        array, Twin(lambda: _compiled(element, dimensions), f"array of {element}, {dimensions}, 1")
    )


@cache
def _compiled(element: str, dimensions: int) -> Any:
    from numba import types
    from numba.extending import intrinsic
    from numba.np.arrayobj import populate_array

    kind = types.Array(getattr(types, element), dimensions, "C")
    width = 8 if element == "boolean" else kind.dtype.bitwidth

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(kind)(context, builder)
        itemsize = context.get_constant(types.intp, width // 8)
        sizes = list(arguments[1:])
        strides = [itemsize]
        for size in reversed(sizes[1:]):
            strides.insert(0, builder.mul(strides[0], size))
        populate_array(
            array,
            data=builder.inttoptr(arguments[0], array.data.type),
            shape=sizes,
            strides=strides,
            itemsize=itemsize,
            meminfo=None,
        )
        return array._getvalue()

    def make_1(typingctx: Any, address: Any, a: Any) -> Any:
        return kind(types.int64, types.int64), codegen

    def make_2(typingctx: Any, address: Any, a: Any, b: Any) -> Any:
        return kind(types.int64, types.int64, types.int64), codegen

    def make_3(typingctx: Any, address: Any, a: Any, b: Any, c: Any) -> Any:
        return kind(types.int64, types.int64, types.int64, types.int64), codegen

    return intrinsic((make_1, make_2, make_3)[dimensions - 1])
