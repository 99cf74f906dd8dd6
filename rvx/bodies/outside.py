"""What a body takes from outside: constants, tables and functions of its module.

They are read once, when the extension is loaded. Numbers become literals, tables are copied, and
NumPy arrays that serve as tables become read-only where they are, so that a later change is an
error and not something that nobody sees.
"""

from __future__ import annotations

import enum
import types
from typing import Any

from rvx.bodies.kinds import REAL, WORD, Array, Basic
from rvx.records import dataclass

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1


class Unfit(ValueError):
    """Something that a body cannot take from outside; the message says what would be valid."""


@dataclass(frozen=True)
class Table:
    """A read-only array.

    Attributes:
        kind: its shape and what its elements are.
        values: a NumPy array, a copy of what the module had.
    """

    kind: Array
    values: Any


def number_of(value: object) -> int | float | bool | None:
    """The plain number that a value is, None if it is none."""
    if isinstance(value, enum.Enum) and not isinstance(value, int | float):
        return None
    if isinstance(value, bool | int | float):
        return value if isinstance(value, bool) else _plain(value)
    import numpy as np

    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return value.item()  # type: ignore[no-any-return]
    return None


def _plain(value: float) -> int | float:
    return int(value) if isinstance(value, int) else float(value)


def table_of(value: object) -> Table | None:
    """The table that a value stands for, None if it is none.

    Raises:
        Unfit: an array whose elements are no numbers of at most 64 bits.
    """
    import numpy as np

    if isinstance(value, list | tuple | bytes | bytearray | range):
        given = list(value)
        if not given or not all(number_of(one) is not None for one in given):
            return None
        numbers = [number_of(one) for one in given]
        if any(isinstance(one, float) for one in numbers):
            made = np.array([float(one or 0) for one in numbers])
        else:
            for one in numbers:
                if not _INT64_MIN <= int(one or 0) <= _INT64_MAX:
                    raise Unfit(f"holds {one:#x}, which does not fit a signed word of 64 bits")
            made = np.array([int(one or 0) for one in numbers], np.int64)
        return Table(_kind(made), _frozen(made))
    if not isinstance(value, np.ndarray):
        return None
    if value.dtype.kind not in "biuf" or value.dtype.itemsize > 8 or value.ndim == 0:
        raise Unfit(
            f"is an array of {value.dtype}; a table has integers, truth values or floats of at "
            f"most 64 bits"
        )
    made = np.array(value, order="C")
    if made.dtype == np.uint64:
        made = made.view(np.int64)
    elif made.dtype.kind == "f":
        made = made.astype(np.float64)
    elif made.dtype.kind == "b":
        made = made.astype(np.uint8)
    else:
        made = made.astype(made.dtype.newbyteorder("="))
    value.flags.writeable = False
    return Table(_kind(made), _frozen(made))


def _kind(values: Any) -> Array:
    element: Basic = REAL if values.dtype.kind == "f" else WORD
    return Array(tuple(values.shape), element, "table")


def _frozen(values: Any) -> Any:
    values.flags.writeable = False
    return values


def is_function(value: object) -> bool:
    """Whether this is a plain Python function."""
    return isinstance(value, types.FunctionType)
