"""Cells on a Dask cluster, whose workers have rvx installed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from rvx.analysis.sweep.cell import RESULTS, Cell, Row, evaluate
from rvx.errors import RvxError

_WAIT_SECONDS = 30


class ClusterError(RvxError, RuntimeError):
    """A scheduler that cannot be used."""


def on_cluster(cells: Sequence[Cell], address: str) -> Generator[tuple[Cell, Row], None, None]:
    """The cells with their rows, in the order in which they finish.

    Args:
        cells: what is to be done.
        address: of the scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        ClusterError: distributed is not installed, or the scheduler does not answer.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            "--scheduler needs the package distributed: pip install 'rvx-emulator[cluster]'"
        ) from None
    dask: Any = distributed
    try:
        client = dask.Client(address, timeout=_WAIT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"there is no scheduler at '{address}': {error}") from None
    with client:
        futures = client.map(evaluate, list(cells), pure=False, retries=0)
        cell_of = dict(zip((future.key for future in futures), cells, strict=True))
        try:
            for future in dask.as_completed(futures, loop=client.loop):
                cell = cell_of[future.key]
                failure = future.exception()
                yield cell, future.result() if failure is None else _failed(cell, failure)
                future.release()
        finally:
            client.cancel(futures)


def _failed(cell: Cell, error: BaseException) -> Row:
    said = f"the cluster gave up: {type(error).__name__}: {error}"
    return {**cell.columns(), **dict.fromkeys(RESULTS), "seconds": None, "error": said}
