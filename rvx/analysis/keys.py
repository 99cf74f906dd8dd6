"""Reads the keys of kernel.toml one by one, so that every mistake in it has a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from rvx.errors import RvxError

Value = TypeVar("Value", str, int, bool, "list[Any]")


class KernelError(RvxError, ValueError):
    """A kernel, a variant or a parameter that does not exist or is out of range."""


class Keys:
    """A table of kernel.toml, whose keys are asked for by name and type.

    Args:
        where: the file, and the table in it.
        table: what tomllib made of it.

    Raises:
        KernelError: it is no table.
    """

    def __init__(self, where: str, table: Any) -> None:
        if not isinstance(table, dict):
            raise KernelError(f"{where} must be a table of keys, not {table!r}")
        self.where = where
        self._table = table
        self._asked: list[str] = []

    def get(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        """The value of a key.

        Raises:
            KernelError: the key is missing without having a default, or of another type.
        """
        self._asked.append(key)
        value = self._table.get(key, default)
        if value is None:
            raise KernelError(f"{self.where} has no {key}; write {key} = {_EXAMPLES[kind]}")
        # In Python a boolean is an integer, in TOML it is none.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise KernelError(
                f"{self.where}: {key} must be {_KINDS[kind]}, such as {_EXAMPLES[kind]}, "
                f"not {value!r}"
            )
        return value

    def tables(self, key: str) -> dict[str, Keys]:
        """The tables of a table, by name."""
        found = self.table(key)
        return {
            name: Keys(f"[{key}.{name}] of {self.where}", value)
            for name, value in found._table.items()
        }

    def table(self, key: str) -> Keys:
        """A table of this one; an empty one if it is not there."""
        self._asked.append(key)
        return Keys(f"[{key}] of {self.where}", self._table.get(key, {}))

    def is_number(self, key: str) -> bool:
        """Whether the value of a key is a whole number."""
        return type(self._table.get(key)) is int

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def end(self) -> None:
        """Checks that nothing is left.

        Raises:
            KernelError: there is a key that nobody has asked for.
        """
        for key in self._table:
            if key not in self._asked:
                raise KernelError(
                    f"{self.where} has no key '{key}'; known are {', '.join(self._asked)}"
                )


_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of names"}
_EXAMPLES = {str: '"..."', int: "64", bool: "true", list: '["mine.py"]'}
