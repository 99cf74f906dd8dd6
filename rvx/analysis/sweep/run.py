"""A sweep from beginning to end, or from where the last one stopped."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from rvx.analysis.sweep.cell import Cell, Row, code_of, evaluate, failed
from rvx.analysis.sweep.cluster import on_cluster
from rvx.analysis.sweep.grid import Grid
from rvx.analysis.sweep.journal import Journal
from rvx.analysis.sweep.workers import Workers, processors
from rvx.records import dataclass

_SECONDS_BETWEEN_TABLES = 30
"""How old the tables may be while cells finish; the journal always has all rows."""


@dataclass(frozen=True)
class Rows:
    """What a sweep gave.

    Attributes:
        rows: of all cells of the grid, in its order.
        computed: how many of them this run has made.
        tables: paths of what was written.
    """

    rows: list[Row]
    computed: int
    tables: list[Path]

    @property
    def failed(self) -> list[Row]:
        """The rows of cells that failed."""
        return [row for row in self.rows if row["error"] is not None]


def sweep(
    grid: Grid,
    folder: Path,
    workers: int = 0,
    scheduler: str = "",
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Rows:
    """Computes every cell that has no row yet.

    Args:
        grid: which cells there are.
        folder: where the rows go, and those of earlier runs are.
        workers: processes; as many as there are processors if 0.
        scheduler: address of a Dask scheduler, whose workers are used instead.
        again: whether cells that failed are tried once more.
        progress: is told how many cells have a row, and how many there are.

    Raises:
        RvxError: the grid, the folder or the scheduler is not what it should be.
    """
    cells = grid.cells()
    folders = {kernel.name: kernel.folder for kernel in grid.load()}
    with Journal(folder, code_of(folders)) as journal:
        missing = journal.missing(cells, again)
        done = len(cells) - len(missing)
        if progress is not None:
            progress(done, len(cells))
        tables_at = time.monotonic()
        try:
            # Closed at once when somebody presses Ctrl-C, so that the processes end.
            with contextlib.closing(_computed(missing, workers, scheduler)) as found:
                for cell, row in found:
                    journal.add(cell, row)
                    done += 1
                    if progress is not None:
                        progress(done, len(cells))
                    if time.monotonic() - tables_at > _SECONDS_BETWEEN_TABLES:
                        journal.export(cells)
                        tables_at = time.monotonic()
        finally:
            tables = journal.export(cells)
        return Rows(journal.rows(cells), len(missing), tables)


def _computed(
    cells: Sequence[Cell], workers: int, scheduler: str
) -> Generator[tuple[Cell, Row], None, None]:
    if scheduler and cells:
        yield from on_cluster(cells, scheduler)
        return
    with Workers(evaluate, failed, workers or processors()) as crew:
        yield from crew.done(cells)
