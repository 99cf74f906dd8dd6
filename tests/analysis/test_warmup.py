"""Compiling ahead: what it leaves behind, and that it never stands in the way."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rvx import disk
from rvx.analysis import kernel as kernels
from rvx.analysis import warmup
from rvx.resources import programs

NAMES = ["f64", "f32", "int8"]


@pytest.fixture(autouse=True)
def own_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache without marks; compiled code is shared for speed."""
    shared = disk.directory()
    folder = tmp_path / "cache"
    folder.mkdir()
    for part in ("code", "bodies", "regions"):
        (shared / part).mkdir(parents=True, exist_ok=True)
        (folder / part).symlink_to(shared / part)
    monkeypatch.setenv("RVX_CACHE_DIR", str(folder))
    monkeypatch.setattr(warmup, "_processors", lambda: 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started."""
    found: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def popen(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        found.append(start(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    return found


def test_each_variant_is_compiled_once(started: list[subprocess.Popen[bytes]]) -> None:
    kernel = kernels.load("gemm")
    variants = kernel.select(NAMES)
    told: list[tuple[int, int]] = []
    warmup.compile_ahead(kernel, variants, progress=lambda *counts: told.append(counts))
    assert [helper.returncode for helper in started] == [0, 0]
    assert told[0] == (0, 3)
    assert len(list((disk.directory() / "warm").iterdir())) == 3
    warmup.compile_ahead(kernel, variants)
    assert len(started) == 2


def test_a_few_variants_or_one_processor_start_nothing(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = kernels.load("gemm")
    warmup.compile_ahead(kernel, kernel.select(NAMES[:2]))
    monkeypatch.setattr(warmup, "_processors", lambda: 1)
    warmup.compile_ahead(kernel, kernel.select(NAMES))
    assert started == []


def test_a_variant_that_is_wrong_is_left_to_the_comparison(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    folder = shutil.copytree(programs("gemm").parent, tmp_path / "own") / "gemm"
    (folder / "f32.s").write_text("nonsense\n")
    kernel = kernels.load(str(folder))
    warmup.compile_ahead(kernel, kernel.select(NAMES))
    assert [helper.returncode for helper in started] == [0, 0]
    assert len(list((disk.directory() / "warm").iterdir())) == 2


def test_an_interruption_ends_the_processes(started: list[subprocess.Popen[bytes]]) -> None:
    def interrupt(*_counts: int) -> None:
        raise KeyboardInterrupt

    kernel = kernels.load("gemm")
    with pytest.raises(KeyboardInterrupt):
        warmup.compile_ahead(kernel, kernel.select(NAMES), progress=interrupt)
    assert [helper.returncode for helper in started] == [-9, -9]
