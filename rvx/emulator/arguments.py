"""Arguments of a call: numbers and NumPy arrays, as the standard calling convention passes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.isa.bits import Address
from rvx.records import dataclass, field

Argument = int | float | np.generic | NDArray[Any]
"""What `Machine.call` takes: see there."""

MOST = 8
"""Registers of either kind that arguments are passed in."""
_BOXES = {2: 0xFFFFFFFFFFFF0000, 4: 0xFFFFFFFF00000000, 8: 0}
"""What stands above a floating-point number in a register of 64 bits, by its bytes."""


@dataclass
class Passed:
    """Arguments, ready to be written to registers.

    Attributes:
        integers: for a0 on.
        floats: the bits for fa0 on.
        copies: arrays with their addresses, to be copied back after the call.
    """

    integers: list[int] = field(default_factory=list)
    floats: list[int] = field(default_factory=list)
    copies: list[tuple[NDArray[Any], Address]] = field(default_factory=list)


def passed(
    arguments: Sequence[Argument],
    place: Callable[[NDArray[Any]], Address],
    has_floats: bool,
) -> Passed:
    """Sorts arguments into registers; arrays are placed in guest memory.

    Args:
        arguments: of the call, in their order.
        place: copies an array into guest memory and gives its address.
        has_floats: whether there are floating-point registers.

    Raises:
        TypeError: an argument is neither a number nor an array of numbers.
        ValueError: there are too many, or floating-point numbers without registers for them.
    """
    found = Passed()
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            if argument.dtype.kind not in "biufV":
                raise TypeError(f"an array of {argument.dtype} cannot be passed to a guest")
            values = np.ascontiguousarray(argument)
            found.integers.append(place(values))
            found.copies.append((argument, found.integers[-1]))
        elif isinstance(argument, float | np.floating):
            found.floats.append(_bits(argument))
        elif isinstance(argument, int | np.integer | np.bool_):
            found.integers.append(int(argument))
        else:
            raise TypeError(
                f"{argument!r} cannot be passed to a guest; arguments are integers, floating-point "
                f"numbers and NumPy arrays"
            )
    if len(found.integers) > MOST or len(found.floats) > MOST:
        most = max(len(found.integers), len(found.floats))
        raise ValueError(f"at most {MOST} arguments go into registers, not {most}")
    if found.floats and not has_floats:
        raise ValueError(
            "this ISA has no floating-point registers to pass a floating-point number in; pass its "
            "bits as an integer"
        )
    return found


def _bits(number: float | np.floating[Any]) -> int:
    """The bits of a register that holds a number, with a box of ones around a narrow one."""
    value = np.float64(number) if isinstance(number, float) else number
    size = value.dtype.itemsize
    if size not in _BOXES:
        raise TypeError(f"a {value.dtype} does not fit a register")
    return int.from_bytes(value.tobytes(), "little") | _BOXES[size]


def number(bits: int) -> float:
    """The number in a floating-point register: of 32 bits if it is boxed as such, else of 64."""
    if bits >> 32 == 0xFFFFFFFF:
        return float(np.array(bits & 0xFFFFFFFF, np.uint32).view(np.float32)[()])
    return float(np.array(bits, np.uint64).view(np.float64)[()])
