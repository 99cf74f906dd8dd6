"""What formats offer to the element functions of vector instructions.

Operations are made of kernels, and kernels of the format, so that a format cannot know its own
operations. They enter themselves here, by the type of the format, as their room is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rvx.records import dataclass

Operation = Callable[..., Any]


@dataclass(frozen=True)
class Offer:
    """What formats of one type offer.

    Attributes:
        operations: of a format, by the names that element functions ask for.
        conversion: convert(a, mode, flags) from a format to another; None if there is none.
        conversion_from: the same from a format of another type, which does not know this one.
    """

    operations: Callable[[Any], Mapping[str, Operation]]
    conversion: Callable[[Any, Any], Operation | None]
    conversion_from: Callable[[Any, Any], Operation | None] = lambda source, target: None


OFFERS: dict[type, Offer] = {}
"""By the type of the format."""
