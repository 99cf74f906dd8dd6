"""The rows of a sweep on disk: one line of JSON each, written when the cell is done.

A process that is killed leaves at most a line without its end, which the next one takes off. Tables
for other programs, CSV and Parquet, are made of it, each replaced as a whole.
"""

from __future__ import annotations

import csv
import fcntl
import importlib.util
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from rvx.analysis.sweep.cell import Cell, Row
from rvx.errors import RvxError

NAME = "rows.jsonl"
_OF_JOURNAL = ("identity", "code")


class JournalError(RvxError, ValueError):
    """A folder that cannot hold a sweep."""


class Journal:
    """The rows in a folder; a context manager that keeps others out.

    Args:
        folder: of the sweep; it is made if it is not there.
        code: of the rvx and the kernels that run now: rows of others are done again.

    Raises:
        JournalError: another sweep is at work in it, or there is something else in its place.
    """

    def __init__(self, folder: Path, code: str) -> None:
        if folder.exists() and not folder.is_dir():
            raise JournalError(f"'{folder}' is a file; name a folder for the sweep")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._code = code
        self._file = open(folder / NAME, "a+b")  # noqa: SIM115
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise JournalError(f"another sweep is at work in '{folder}'") from None
        self._rows = self._read()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self) -> dict[str, Row]:
        found: dict[str, Row] = {}
        self._file.seek(0)
        whole = 0
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            try:
                row = json.loads(line)
                found[row["identity"]] = row
            except (ValueError, KeyError, TypeError):
                raise JournalError(
                    f"line {number} of '{self.folder / NAME}' is no row of a sweep"
                ) from None
        self._file.truncate(whole)
        return found

    def missing(self, cells: Iterable[Cell], again: bool = False) -> list[Cell]:
        """The cells without a row of this version of everything.

        Args:
            cells: of a grid.
            again: whether cells whose row says that they failed count, too.
        """
        return [cell for cell in cells if not self._is_done(cell, again)]

    def _is_done(self, cell: Cell, again: bool) -> bool:
        row = self._rows.get(cell.identity)
        if row is None or row["code"] != self._code:
            return False
        return not (again and row["error"] is not None)

    def add(self, cell: Cell, row: Row) -> None:
        """Writes the row of a cell, so that it is there whatever happens next."""
        whole = {"identity": cell.identity, "code": self._code, **row}
        self._file.write(json.dumps(whole, allow_nan=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._rows[cell.identity] = whole

    def rows(self, cells: Iterable[Cell]) -> list[Row]:
        """The rows of those cells that have one, in their order."""
        found = (self._rows.get(cell.identity) for cell in cells)
        return [
            {name: value for name, value in row.items() if name not in _OF_JOURNAL}
            for row in found
            if row is not None
        ]

    def export(self, cells: Iterable[Cell]) -> list[Path]:
        """Writes the rows as tables; gives their paths.

        Parquet needs the package pyarrow, and is left out without it.
        """
        # An interrupt may have come after a row was written and before it was remembered: what
        # the disk has is what counts, for the tables as for the sweep that goes on from here.
        self._file.flush()
        self._rows = self._read()
        rows = self.rows(cells)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        made = [self._write("rows.csv", lambda path: _write_csv(path, columns, rows))]
        if importlib.util.find_spec("pyarrow") is not None:
            made.append(
                self._write("rows.parquet", lambda path: _write_parquet(path, columns, rows))
            )
        return made

    def _write(self, name: str, write: Any) -> Path:
        path = self.folder / name
        handle, made = tempfile.mkstemp(dir=self.folder, prefix=f".{name}-")
        os.close(handle)
        try:
            write(Path(made))
            os.chmod(made, 0o644)
            os.replace(made, path)
        except BaseException:
            os.unlink(made)
            raise
        return path


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _write_parquet(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table({name: [row.get(name) for row in rows] for name in columns})
    parquet.write_table(table, path)
