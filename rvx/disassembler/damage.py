"""What reading a damaged file raises, as one kind of error."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from rvx.errors import damage_of


@cache
def damage() -> tuple[type[Exception], ...]:
    """What pyelftools raises about damaged files."""
    from elftools.common.exceptions import DWARFError, ELFError
    from elftools.construct import ConstructError

    return (
        *(ELFError, DWARFError, ConstructError, struct.error),
        *(ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError),
        *(AssertionError, MemoryError, RecursionError, OSError, ZeroDivisionError),
    )


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns what pyelftools raises about damaged data into a sentence.

    Args:
        what: is read, such as "the debug information".

    Raises:
        ValueError: the data is damaged.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, damage()):
            raise
        raise ValueError(f"{what} is damaged: {damage_of(error)}") from error
