"""What objects of Python hold at a moment, to be put back into the same objects.

Everything that is reachable from some roots is noted: attributes, lists, dictionaries, sets,
bytes, arrays and generators of random numbers. Since the contents are put back and not the objects,
whoever holds one of them goes on holding it. What was made afterwards is no longer reachable then.

A class names attributes that stay as they are in `NOT_REWOUND`. One that knows better what makes up
its state has methods `moment` and `go_back`.
"""

from __future__ import annotations

import random
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from typing import Any

import numpy as np

_ATOMS = (int, float, complex, str, bytes, type(None), Enum, type, range, np.generic)
_FOREIGN = sys.stdlib_module_names | {"numpy", "numba", "llvmlite", "unicorn", "elftools"}
"""Packages whose objects are nothing of a machine's state, but for the containers."""
Restore = Callable[[], None]


class Memento:
    """The state of some objects and of all that they hold.

    Args:
        roots: the objects to begin with.
        left_out: types of objects that are not looked at, such as memory, which is kept otherwise.
    """

    def __init__(self, roots: Iterable[Any], left_out: tuple[type, ...]) -> None:
        self._restores: list[Restore] = []
        self._kept: list[Any] = []
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            one = waiting.pop()
            if id(one) in seen or isinstance(one, (*_ATOMS, *left_out)):
                continue
            seen.add(id(one))
            self._kept.append(one)  # As long as it lives, nothing else has its number.
            waiting.extend(self._note(one))

    def restore(self) -> None:
        """Puts everything back."""
        for restore in self._restores:
            restore()

    def _note(self, one: Any) -> Iterator[Any]:
        """Notes what an object holds; gives what is to be looked at, too."""
        if isinstance(one, tuple | frozenset):
            yield from one
        elif isinstance(one, list | deque | bytearray):
            self._restores.append(_refill(one, list(one)))
            if not isinstance(one, bytearray):
                yield from one
        elif isinstance(one, dict):
            self._restores.append(_update(one, dict(one)))
            yield from one.values()
        elif isinstance(one, set):
            self._restores.append(_update(one, set(one)))
            yield from one
        elif isinstance(one, random.Random):
            self._restores.append(_call(one.setstate, one.getstate()))
        elif isinstance(one, np.ndarray):
            if one.flags.writeable and one.base is None:  # Views are of somebody else's memory.
                self._restores.append(_refill(one, one.copy()))
        elif hasattr(type(one), "go_back"):
            self._restores.append(_call(one.go_back, one.moment()))
        elif type(one).__module__.partition(".")[0] not in _FOREIGN:
            yield from self._note_attributes(one)

    def _note_attributes(self, one: Any) -> Iterator[Any]:
        skipped: Collection[str] = getattr(type(one), "NOT_REWOUND", ())
        attributes = getattr(one, "__dict__", None)
        if attributes is not None:
            held = {name: value for name, value in attributes.items() if name not in skipped}
            self._restores.append(_set_attributes(attributes, held, skipped))
            yield from held.values()
        for name in (name for cls in type(one).__mro__ for name in _slots(cls)):
            if name not in skipped and hasattr(one, name):
                value = getattr(one, name)
                self._restores.append(_call(object.__setattr__, one, name, value))
                yield value


def _slots(cls: type) -> tuple[str, ...]:
    slots = cls.__dict__.get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _refill(one: Any, contents: Any) -> Restore:
    def restore() -> None:
        one[...] = contents

    def refill() -> None:
        one.clear()
        one.extend(contents)

    return restore if isinstance(one, np.ndarray) else refill


def _update(one: Any, contents: Any) -> Restore:
    def restore() -> None:
        one.clear()
        one.update(contents)

    return restore


def _set_attributes(
    attributes: dict[str, Any], held: dict[str, Any], skipped: Collection[str]
) -> Restore:
    def restore() -> None:
        for name in [name for name in attributes if name not in held and name not in skipped]:
            del attributes[name]
        attributes.update(held)

    return restore


def _call(function: Callable[..., Any], *arguments: Any) -> Restore:
    def restore() -> None:
        function(*arguments)

    return restore
