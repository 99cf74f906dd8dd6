from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rvx import jit
from rvx.jit import compiler, shipped

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("precompiled", ROOT / "tests/precompiled.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


precompiled = script()

NUMBA = """
import traceback
with open({said!r}, "a") as file:
    traceback.print_stack(file=file)
raise ImportError("a first comparison needs numba")
"""


def test_a_first_comparison_needs_no_numba(tmp_path: Path) -> None:
    """Fails while `rvx/jit/llvm` is stale: `python tests/precompiled.py --write` makes it anew."""
    if sys.version_info[:2] != precompiled.PYTHON:
        assert not any(shipped.path_of(path.stem).exists() for path in shipped.FOLDER.iterdir())
        return
    said = tmp_path / "said"
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "numba.py").write_text(NUMBA.format(said=str(said)))
    needed = precompiled.needed(tmp_path, PYTHONPATH=str(packages))
    assert len(needed) > 20
    assert needed <= precompiled.present(), "run python tests/precompiled.py --write"
    assert not said.exists(), said.read_text()


def test_what_is_shipped_names_no_folder_of_a_machine() -> None:
    for path in shipped.FOLDER.iterdir():
        text = shipped.unpacked(path.read_bytes())[0]
        assert str(ROOT) not in text
        assert "inttoptr (i64 1" not in text, "an address of the process that has written it"


def twice(value: int) -> int:
    return 2 * value


SOURCE = "def op(x):\n    return body(x) + 1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    return tmp_path


def test_shipped_code_runs_without_numba(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = jit.Code(SOURCE, {"op": "int64(int64)"}, {"body": twice})
    made = compiler.translated(code.key, SOURCE, {"body": twice}, {"op": ["int64"]})
    text = compiler.portable_text(made)
    shipped.path_of(code.key).write_bytes(shipped.packed(text, made.symbols))
    monkeypatch.setattr(compiler, "translated", lambda *_: pytest.fail("numba is asked"))
    assert code.function("op")(20) == 41


def test_another_function_finds_nothing(folder: Path) -> None:
    keys = [jit.content_key(twice), jit.content_key(twice, extra="more"), jit.content_key(script)]
    assert len({shipped.path_of(key) for key in keys}) == 3
    assert [shipped.find(key) for key in keys] == [None] * 3


@pytest.mark.parametrize("data", [b"", b"no zlib"])
def test_what_is_damaged_is_not_there(folder: Path, data: bytes) -> None:
    shipped.path_of("some").write_bytes(data)
    assert shipped.find("some") is None
