"""Pieces of LLVM code on vectors, for `vectorcode` and `digitcode`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rvx.formats.minifloat import vectorcode as minifloat


@cache
def fingerprint() -> str:
    """Changes when the code does that makes code here: what is compiled is cached by this."""
    digest = hashlib.sha256(minifloat.fingerprint().encode())
    for name in ("lanecode.py", "vectorcode.py", "digitcode.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def lanes_of(element: Any, count: int) -> Any:
    """The kind of a vector."""
    from llvmlite import ir

    return ir.VectorType(element, count)


def splat(kind: Any, value: float) -> Any:
    """A constant in all lanes of a kind of vector."""
    from llvmlite import ir

    return ir.Constant(kind, [ir.Constant(kind.element, value)] * kind.count)


def in_all_lanes(builder: Any, value: Any, count: int) -> Any:
    """A value in all lanes."""
    from llvmlite import ir

    kind, word = lanes_of(value.type, count), ir.IntType(32)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, word(0))
    zeros = ir.Constant(lanes_of(word, count), [word(0)] * count)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


def picked(builder: Any, first: Any, second: Any, lanes: Sequence[int]) -> Any:
    """Some lanes of two vectors of one kind, those of the second numbered on."""
    from llvmlite import ir

    word = ir.IntType(32)
    mask = ir.Constant(lanes_of(word, len(lanes)), [word(lane) for lane in lanes])
    return builder.shuffle_vector(first, second, mask)


def reduced(builder: Any, value: Any, combine: Callable[[Any, Any], Any]) -> Any:
    """All lanes, as many as a power of two, combined by halves."""
    from llvmlite import ir

    while value.type.count > 1:
        half = value.type.count // 2
        low = picked(builder, value, value, range(half))
        value = combine(low, picked(builder, value, value, range(half, 2 * half)))
    return builder.extract_element(value, ir.IntType(32)(0))


def max_of(builder: Any) -> Callable[[Any, Any], Any]:
    """max(x, y) of lanes without signs."""
    return lambda x, y: builder.select(builder.icmp_unsigned(">", x, y), x, y)


def min_of(builder: Any) -> Callable[[Any, Any], Any]:
    """min(x, y) of lanes without signs."""
    return lambda x, y: builder.select(builder.icmp_unsigned("<", x, y), x, y)


def _at(builder: Any, data: Any, element: Any, kind: Any) -> Any:
    """A pointer to a kind of value, so many bytes behind a pointer to bytes."""
    return builder.bitcast(builder.gep(data, [element]), kind.as_pointer())


def load_at(builder: Any, data: Any, offset: Any, kind: Any) -> Any:
    """A kind of value from so many bytes behind a pointer to bytes."""
    made = builder.load(_at(builder, data, offset, kind))
    made.align = 1
    return made


def store_at(builder: Any, value: Any, data: Any, offset: Any) -> None:
    """Stores a value there."""
    builder.store(value, _at(builder, data, offset, value.type)).align = 1
