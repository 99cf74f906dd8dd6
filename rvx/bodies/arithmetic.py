"""The arithmetic of bodies: every operation whose meaning is not plain.

Each is a plain function of int64 values, which the interpreter runs as it stands, and numba
compiles. So there is one definition, and tests hold its two forms equal.

Functions that may fail get the hart's words and a place. Where they fail, they write down what
happened and raise `BodyRaised`, which ends the guest: compiled code cannot carry more than that it
has raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any

from rvx.isa.bits import Words
from rvx.reachable import Twin, with_twin

STOP, ERROR, PLACE, VALUE = 0, 1, 2, 3
"""The hart's words: 2 to stop now; then what was raised, where, and about which number."""
HART_WORDS = 4
STOP_NOW = 2


class Error(IntEnum):
    """What an operation raises; `RAISE` and above are the body's own `raise` statements."""

    NONE = 0
    DIVISION = 1
    SHIFT = 2
    INDEX = 3
    CONVERSION = 4
    EXPONENT = 5
    ROOT = 6
    STEP = 7
    RANGE = 8
    STOPPED = 9
    RAISE = 16


SENTENCES = {
    Error.DIVISION: "ZeroDivisionError: division by zero",
    Error.SHIFT: "ValueError: negative shift count {value}",
    Error.INDEX: "IndexError: there is no element {value}",
    Error.CONVERSION: "OverflowError: the float is not a number that fits a 64-bit word",
    Error.EXPONENT: "ValueError: negative exponent {value}",
    Error.ROOT: "ValueError: square root of a negative number",
    Error.STEP: "ValueError: the step of range is zero",
    Error.RANGE: "OverflowError: range of more than 2^62 numbers",
}

_DIVISION, _SHIFT, _INDEX, _CONVERSION = 1, 2, 3, 4
_EXPONENT, _ROOT, _STEP, _RANGE, _STOPPED = 5, 6, 7, 8, 9
_LONGEST = 1 << 62


class BodyRaised(Exception):
    """A body has raised; the hart's words say what."""


def _conversion(name: str) -> Any:
    """An intrinsic that gives its argument as an int64 or a double."""
    from numba import types
    from numba.extending import intrinsic

    target = getattr(types, name)

    def convert(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return context.cast(builder, arguments[0], signature.args[0], target)

        return target(value), codegen

    return intrinsic(convert)


@cache
def _int64() -> Any:
    return _conversion("int64")


@cache
def _uint64() -> Any:
    return _conversion("uint64")


@cache
def _float64() -> Any:
    return _conversion("float64")


def wrap(value: int) -> int:
    """The int64 with the low 64 bits of the value: compiled, where all values wrap, nothing."""
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return value
    return (value + 0x8000000000000000 & 0xFFFFFFFFFFFFFFFF) - 0x8000000000000000


def word(value: Any) -> int:
    """An element of an array, or a truth value, as an int64."""
    return int(value)


def real(value: Any) -> float:
    """An element of an array, or an int64, as a double."""
    return float(value)


def position(at: int) -> int:
    """An index that is known not to be negative, which numba need not look at again."""
    return at


def stop_word(hart: Words) -> int:
    """Whether somebody wants to stop; read anew each time, whatever the optimiser thinks."""
    return hart[STOP]


@cache
def _atomic() -> Any:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def stop_word(typingctx: Any, hart: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            # Atomic, since LLVM takes a plain load out of a loop that writes nothing.
            pointer = builder.bitcast(array.data, ir.IntType(64).as_pointer())
            return builder.load_atomic(pointer, "monotonic", 8)

        return types.int64(hart), codegen

    return intrinsic(stop_word)


with_twin(wrap, Twin(_int64, "int64"))
with_twin(word, Twin(_int64, "int64"))
with_twin(real, Twin(_float64, "float64"))
with_twin(position, Twin(_uint64, "uint64"))
with_twin(stop_word, Twin(_atomic, "atomic load"))


def fail(hart: Words, error: int, place: int, value: int) -> None:
    """Notes what is raised, and raises."""
    hart[ERROR] = error
    hart[PLACE] = place
    hart[VALUE] = value
    raise BodyRaised


def poll(hart: Words, place: int) -> None:
    """At the head of a loop that may be long: leaves the body if somebody wants to stop."""
    if stop_word(hart) == STOP_NOW:
        fail(hart, _STOPPED, place, 0)


def shift_left(value: int, count: int, hart: Words, place: int) -> int:
    """value << count; by 64 or more, 0."""
    if count < 0:
        fail(hart, _SHIFT, place, count)
    if count > 63:
        return 0
    return wrap(value << count)


def shift_right(value: int, count: int, hart: Words, place: int) -> int:
    """value >> count, the sign coming in; by 64 or more, 0 or -1."""
    if count < 0:
        fail(hart, _SHIFT, place, count)
    if count > 63:
        return value >> 63
    return value >> count


def floor_divide(a: int, b: int, hart: Words, place: int) -> int:
    """a // b, rounded down; the one quotient that does not fit wraps."""
    if b == 0:
        fail(hart, _DIVISION, place, 0)
    if b == -1:
        return wrap(-a)
    return a // b


def modulo(a: int, b: int, hart: Words, place: int) -> int:
    """a % b, which has the sign of b."""
    if b == 0:
        fail(hart, _DIVISION, place, 0)
    if b == -1:
        return 0
    return a % b


def power(base: int, exponent: int, hart: Words, place: int) -> int:
    """base ** exponent, which wraps."""
    if exponent < 0:
        fail(hart, _EXPONENT, place, exponent)
    result = 1
    while exponent > 0:
        if exponent & 1:
            result = wrap(result * base)
        base = wrap(base * base)
        exponent >>= 1
    return result


def absolute(value: int) -> int:
    """abs(value); of -2^63 that number itself, since it wraps."""
    if value < 0:
        return wrap(-value)
    return value


def bit_length(value: int) -> int:
    """Bits of abs(value), as Python's method gives it."""
    if value < 0:
        value = wrap(-value)
        if value < 0:
            return 64
    count = 0
    while value != 0:
        value >>= 1
        count += 1
    return count


def bit_count(value: int) -> int:
    """Ones of abs(value), as Python's method gives it."""
    if value < 0:
        value = wrap(-value)
    count = 0
    while value != 0:
        value &= wrap(value - 1)
        count += 1
    return count


def divide(a: float, b: float, hart: Words, place: int) -> float:
    """a / b of doubles."""
    if b == 0.0:
        fail(hart, _DIVISION, place, 0)
    return a / b


def truncate(value: float, hart: Words, place: int) -> int:
    """int(value): towards zero."""
    if not (-9223372036854775808.0 <= value < 9223372036854775808.0):
        fail(hart, _CONVERSION, place, 0)
        return 0
    return int(value)


def floor(value: float, hart: Words, place: int) -> int:
    """math.floor(value)."""
    whole = truncate(value, hart, place)
    if real(whole) > value:
        return whole - 1
    return whole


def ceil(value: float, hart: Words, place: int) -> int:
    """math.ceil(value)."""
    whole = truncate(value, hart, place)
    if real(whole) < value:
        return whole + 1
    return whole


def square_root(value: float, hart: Words, place: int) -> float:
    """math.sqrt(value)."""
    if value < 0.0:
        fail(hart, _ROOT, place, 0)
    return math.sqrt(value)


def real_min(a: float, b: float) -> float:
    """min(a, b): the first, unless the second is less."""
    return b if b < a else a


def real_max(a: float, b: float) -> float:
    """max(a, b): the first, unless the second is more."""
    return b if b > a else a


def index(at: int, size: int, hart: Words, place: int) -> int:
    """The position of an element; negative ones count from the end."""
    if at < -size or at >= size:
        fail(hart, _INDEX, place, at)
    if at < 0:
        return at + size
    return at


def length(group: Any) -> int:
    """How many elements a register group has."""
    return len(group)


def active(mask: Any, at: int, hart: Words, place: int) -> int:
    """Bit `at` of a mask register; 1 where there is none, since nothing is masked off."""
    if len(mask) == 0:
        return 1
    if at < 0 or at >= 8 * len(mask):
        fail(hart, _INDEX, place, at)
    return word(mask[at >> 3]) >> (at & 7) & 1


def among(value: int, numbers: tuple[int, ...]) -> bool:
    """value in numbers."""
    for number in numbers:  # noqa: SIM110 - numba has no any()
        if number == value:
            return True
    return False


def range_end(start: int, end: int, step: int, hart: Words, place: int) -> int:
    """The end of range(start, end, step), such that the distance to it is a number that fits."""
    if step == 0:
        fail(hart, _STEP, place, 0)
    if (step > 0 and end <= start) or (step < 0 and end >= start):
        return start
    distance = wrap(end - start)
    if (distance > 0) != (step > 0) or distance > _LONGEST or distance < -_LONGEST:
        fail(hart, _RANGE, place, 0)
    if step > _LONGEST or step < -_LONGEST:
        fail(hart, _RANGE, place, 0)
    return end


@cache
def local_words(size: int) -> Callable[[], Words]:
    """A function that gives so many words of the body's own, all 0; compiled, on the stack."""

    def words() -> Words:
        return [0] * size

    def make() -> Any:
        return _on_stack(size)

    return with_twin(words, Twin(make, f"{size} words on the stack"))


@cache
def _on_stack(size: int) -> Any:
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np.arrayobj import populate_array

    kind = types.Array(types.int64, 1, "C")

    def words(typingctx: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            room = cgutils.alloca_once(builder, ir.ArrayType(ir.IntType(64), size))
            cgutils.memset(builder, room, context.get_constant(types.intp, 8 * size), 0)
            array = context.make_array(kind)(context, builder)
            populate_array(
                array,
                data=builder.bitcast(room, array.data.type),
                shape=[context.get_constant(types.intp, size)],
                strides=[context.get_constant(types.intp, 8)],
                itemsize=context.get_constant(types.intp, 8),
                meminfo=None,
            )
            return array._getvalue()

        return kind(), codegen

    return intrinsic(words)
