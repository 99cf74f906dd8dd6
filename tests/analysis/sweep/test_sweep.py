"""Sweeps: every cell once, whatever ends a process; one machine and many give the same rows."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rvx.analysis.distributions import DistributionError
from rvx.analysis.kernel import KernelError
from rvx.analysis.sweep import Cell, Grid, Journal, read_grid, sweep
from rvx.analysis.sweep.cell import evaluate, failed
from rvx.analysis.sweep.cluster import ClusterError
from rvx.analysis.sweep.grid import GridError
from rvx.analysis.sweep.journal import JournalError
from rvx.analysis.sweep.workers import Workers

SIZES = {"M=N": [2, 3], "K": [16]}
SMALL = Grid(["gemm"], ["f32", "int8"], SIZES, seeds=range(3))
WORDS = ["gemm", "-p", "M=N=2,3", "-p", "K=16", "--variant", "f32", "--variant", "int8"]
KILLING = """
import os, signal
def inputs(p, uniform):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def without_seconds(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def journal_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows of the small grid, made without any interruption."""
    return without_seconds(sweep(SMALL, tmp_path_factory.mktemp("usual"), workers=1).rows)


def test_a_row_has_what_a_comparison_has(usual: list[dict[str, Any]]) -> None:
    from rvx.analysis.compare import compare, draw
    from rvx.analysis.kernel import load

    gemm = load("gemm")
    found = compare(gemm, draw(gemm, {"M": 3, "N": 3, "K": 16}, seed=2), ["int8"]).rows[0]
    (row,) = [r for r in usual if (r["variant"], r["M"], r["seed"]) == ("int8", 3, 2)]
    assert (row["instructions"], row["mse"]) == (found.run.instructions, found.total.mse)
    assert (row["digits"], row["bit_exact"]) == (found.total.digits, True)
    assert len(usual) == 12


def test_a_sweep_that_grows_computes_what_is_new(
    tmp_path: Path, usual: list[dict[str, Any]]
) -> None:
    first = sweep(Grid(["gemm"], ["f32"], SIZES, seeds=[1, 2]), tmp_path)
    assert (first.computed, len(first.rows)) == (4, 4)
    # Killed in the middle of a line.
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write('{"identity": "12')
    second = sweep(SMALL, tmp_path)
    assert second.computed == 8
    assert without_seconds(second.rows) == usual
    assert sweep(SMALL, tmp_path).computed == 0
    assert len(journal_of(tmp_path)) == 12
    with (tmp_path / "rows.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [row["mse"] for row in table] == [str(row["mse"]) for row in usual]
    from pyarrow import parquet

    assert without_seconds(parquet.read_table(tmp_path / "rows.parquet").to_pylist()) == usual


def test_rows_of_other_code_are_made_anew(tmp_path: Path) -> None:
    cells = Grid(["gemm"], ["f32"], SIZES).cells()
    row = evaluate(cells[0])
    with Journal(tmp_path, "before") as journal:
        journal.add(cells[0], row)
        assert journal.missing(cells) == cells[1:]
        with pytest.raises(JournalError, match="another sweep is at work"):
            Journal(tmp_path, "before")
    with Journal(tmp_path, "after") as journal:
        assert journal.missing(cells) == cells
        journal.add(cells[0], {**row, "error": "no"})
        assert journal.missing(cells) == cells[1:]
        assert journal.missing(cells, again=True) == cells


def test_an_interrupt_within_a_write_loses_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    cells = Grid(["gemm"], ["int8"], {"M": [2], "N": [2], "K": [2]}).cells()
    with Journal(tmp_path, "code") as journal:
        monkeypatch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.add(cells[0], evaluate(cells[0]))
        journal.export(cells)
    with (tmp_path / "rows.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(journal_of(tmp_path)) == 1


def test_a_failing_cell_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "killing").mkdir()
    (tmp_path / "killing" / "kernel.toml").write_text('extends = "gemm"\n')
    text = KILLING + "from rvx.resources import programs\n"
    text += 'exec((programs("gemm") / "data.py").read_text().replace("def inputs", "def other"))\n'
    (tmp_path / "killing" / "data.py").write_text(text)
    unknown = Cell("gemm", "int3", 0, (("M", 1), ("N", 1), ("K", 1)), -1, 1, "uniform", 0)
    fine = Cell("gemm", "f32", 0, (("M", 1), ("N", 1), ("K", 1)), -1, 1, "uniform", 0)
    (killing,) = Grid([str(tmp_path / "killing")], ["f32"], {"M=N=K": [1]}).cells()
    with Workers(evaluate, failed, 2) as crew:
        rows = dict(crew.done(iter([killing, fine, unknown, killing])))
        again = dict(crew.done([fine]))
    assert without_seconds([*again.values()]) == without_seconds([rows[fine]])
    assert rows[killing]["error"] == "the process that computed it ended with signal SIGKILL"
    assert rows[fine]["error"] is None
    assert "gemm has no variant 'int3'" in rows[unknown]["error"]


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.long)])
def test_a_sweep_survives_being_killed(
    times: int, tmp_path: Path, usual: list[dict[str, Any]]
) -> None:
    draw = random.Random(times)
    command = [sys.executable, "-m", "rvx", "sweep", *WORDS, "--seeds", "3", "--json"]
    command += ["-o", str(tmp_path / "rows")]
    for _ in range(times):
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.3, 2.5))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [{**row.pop("sizes"), **row} for row in json.loads(done.stdout)["rows"]]
    assert without_seconds(rows) == usual
    identities = [row["identity"] for row in journal_of(tmp_path / "rows")]
    assert len(identities) == len(set(identities)) == 12


def test_a_cluster_gives_the_same_rows(tmp_path: Path, usual: list[dict[str, Any]]) -> None:
    from distributed import LocalCluster

    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster:
        found = sweep(SMALL, tmp_path, scheduler=cluster.scheduler_address)
    assert without_seconds(found.rows) == usual
    with pytest.raises(ClusterError, match="there is no scheduler at 'nowhere:"):
        sweep(SMALL, tmp_path / "other", scheduler="nowhere://x")


def test_a_file_says_what_the_grid_is(tmp_path: Path) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(
        'kernels = ["gemm"]\nvariants = ["f32"]\nranges = [1, [0, 2.5]]\nseeds = 2\n'
        'distributions = ["normal", "heavy"]\n[sizes]\n"M=N=K" = [4]\n'
    )
    cells = read_grid(path).cells()
    assert len(cells) == 8
    assert {(cell.low, cell.high) for cell in cells} == {(-1.0, 1.0), (0.0, 2.5)}
    assert {cell.sizes for cell in cells} == {(("M", 4), ("N", 4), ("K", 4))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no kernels; write"),
        ("kernels = 3", "kernels must be a list"),
        ('kernels = ["gemm"]\nranges = [[2, 1]]', "empty or not finite"),
        ('kernels = ["gemm"]\nseeds = ["x"]', "seeds must be whole numbers"),
        ('kernels = ["gemm"]\nsizes = 3', "must be a table"),
        ('kernels = ["gemm"]\n[sizes]\nM = ["a"]', "M must be a list of whole numbers"),
        ('kernels = ["gemm"]\nkernel = 1', "has no key 'kernel'"),
        ("kernels = [", "is not TOML"),
    ],
)
def test_a_mistake_in_a_file_has_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(text)
    with pytest.raises(KernelError, match=re.escape(said)):
        read_grid(path)


def test_a_grid_that_cannot_be_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KernelError, match="gemm has no parameter 'Q'"):
        Grid(["gemm"], ["f32"], {"Q": [1]}).cells()
    with pytest.raises(DistributionError, match="there is no distribution 'even'; there are"):
        Grid(["gemm"], distributions=["even"]).cells()
    with pytest.raises(GridError, match="has no cell"):
        Grid(["gemm"], seeds=[]).cells()
    monkeypatch.setattr("rvx.analysis.sweep.grid.MOST_CELLS", 1000)
    with pytest.raises(GridError, match="more than 1,000 cells"):
        Grid(["gemm"], ["f32"], {"M": range(1, 41), "N": range(1, 27)}).cells()


def test_without_sizes_a_kernel_grows() -> None:
    cells = Grid(["gemm"], ["f32"]).cells()
    assert [dict(cell.sizes)["M"] for cell in cells] == [16, 32, 64, 128, 256]
    assert all(len(set(dict(cell.sizes).values())) == 1 for cell in cells)


def test_the_command_ends_at_an_interrupt_with_its_rows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rvx", "sweep", *WORDS, "--seeds", "500", "-o", str(tmp_path)]
    # A shell may have started the tests with SIGINT ignored, which processes inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        running = subprocess.Popen(command, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    path = tmp_path / "rows.jsonl"
    while not (path.exists() and path.stat().st_size) and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130, said
    assert b"Traceback" not in said
    with (tmp_path / "rows.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(journal_of(tmp_path)) > 0
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


MINE = """
from rvx.formats.dot import Accumulator, Exact
from rvx.formats.minifloat.catalogue import FP8, FP16

NARROW = Accumulator("narrow", FP8, FP8, FP16, {group}, Exact())
"""


def test_accumulators_are_an_axis(tmp_path: Path) -> None:
    """They go to other processes; a row belongs to all that one says, and not to its name."""
    path = tmp_path / "mine.py"
    path.write_text(MINE.format(group=2))
    grid = Grid(["gemm", "gemv"], ["f32", "fma-float*_e5m2", "narrow"], {"K": [16]}, files=[path])
    first = sweep(grid, tmp_path / "rows", workers=2)
    assert [row["variant"] for row in first.rows] == ["f32", "fma-float8_e5m2", "narrow"] * 2
    for row in first.rows:
        assert row["error"] is None
        is_form = row["variant"] != "f32"
        assert (row["instructions"] is None) == (row["bit_exact"] is None) == is_form
        assert row["mse"] > 0
    path.write_text(MINE.format(group=8))
    second = sweep(grid, tmp_path / "rows", workers=1)
    assert second.computed == 2
    changed = [a["mse"] != b["mse"] for a, b in zip(first.rows, second.rows, strict=True)]
    assert changed == [False, False, True] * 2


def test_a_file_names_files_of_accumulators(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE.format(group=2))
    path = tmp_path / "grid.toml"
    path.write_text('kernels = ["gemm"]\nvariants = ["f32"]\nfiles = ["mine.py"]\n')
    assert {cell.variant for cell in read_grid(path).cells()} == {"f32", "narrow"}
    path.write_text('kernels = ["softmax"]\nfiles = ["mine.py"]\n')
    with pytest.raises(KernelError, match="softmax is more than sums of products"):
        read_grid(path).cells()
