"""Reads the keys of a TOML file one by one, so that every mistake in it has a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from rvx.errors import RvxError

Value = TypeVar("Value", str, int, bool, "list[Any]")


class KernelError(RvxError, ValueError):
    """A kernel, a variant or a parameter that does not exist or is out of range."""


class Keys:
    """A table of a TOML file, whose keys are asked for by name and type.

    Args:
        where: the file, and the table in it.
        table: what tomllib made of it.
        error: what is raised where something is wrong.

    Raises:
        RvxError: it is no table.
    """

    def __init__(self, where: str, table: Any, error: type[RvxError] = KernelError) -> None:
        if not isinstance(table, dict):
            raise error(f"{where} must be a table of keys, not {table!r}")
        self.where = where
        self._table = table
        self._error = error
        self._asked: list[str] = []

    def get(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        """The value of a key.

        Raises:
            RvxError: the key is missing without having a default, or of another type.
        """
        self._asked.append(key)
        value = self._table.get(key, default)
        if value is None:
            raise self._error(f"{self.where} has no {key}; write {key} = {_EXAMPLES[kind]}")
        # In Python a boolean is an integer, in TOML it is none.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self._error(
                f"{self.where}: {key} must be {_KINDS[kind]}, such as {_EXAMPLES[kind]}, "
                f"not {value!r}"
            )
        return value

    def tables(self, key: str) -> dict[str, Keys]:
        """The tables of a table, by name."""
        found = self.table(key)
        return {
            name: Keys(f"[{key}.{name}] of {self.where}", value, self._error)
            for name, value in found._table.items()
        }

    def table(self, key: str) -> Keys:
        """A table of this one; an empty one if it is not there."""
        self._asked.append(key)
        return Keys(f"[{key}] of {self.where}", self._table.get(key, {}), self._error)

    def named(self, name: str) -> Keys:
        """The same table, of which mistakes speak by a name."""
        return Keys(f"{name} of {self.where}", self._table, self._error)

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
            RvxError: there is a key that nobody has asked for.
        """
        for key in self._table:
            if key not in self._asked:
                raise self._error(
                    f"{self.where} has no key '{key}'; known are {', '.join(self._asked)}"
                )


_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of names"}
_EXAMPLES = {str: '"..."', int: "64", bool: "true", list: '["mine.py"]'}
