"""Declarations that come from disk against those of the modules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from rvx import disk
from rvx.extensions import catalogue, store
from rvx.extensions.catalogue import SHIPPED
from rvx.isa import Isa
from rvx.isa.registers import F, V, X


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path))
    catalogue._shipped_isa.cache_clear()
    yield tmp_path
    disk._Uses.declarations = False


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are of one content, however deep."""
    if one is other:
        return True
    if is_dataclass(one):
        names = [field.name for field in fields(one)]
        return all(is_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, dict) or hasattr(one, "items"):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, FunctionType):
        return one is other
    if hasattr(one, "__dict__") and type(one).__eq__ is object.__eq__:
        return is_same(vars(one), vars(other))
    return bool(one == other)


def asked_again(march: str) -> Isa:
    """The ISA as a new process asks for it."""
    catalogue._shipped_isa.cache_clear()
    return catalogue.isa_for(march)


def twice(make: Any) -> tuple[Any, Any]:
    """What is made now, and what is read from disk after that."""
    disk.keep_declarations()
    made = make()
    store._known.clear()  # as in a new process
    catalogue._shipped_isa.cache_clear()
    return made, make()


def test_all_extensions_are_on_disk_what_they_are_in_their_modules() -> None:
    made, read = twice(catalogue.shipped_extensions)
    assert list(read) == list(SHIPPED)
    for name, extension in made.items():
        assert read[name] is not extension
        assert is_same(vars(read[name]), vars(extension)), name


@pytest.mark.parametrize("march", [None, "rv32gc", "rv64gc_xposit", "rv64gcv", "rv32i"])
def test_an_isa_from_disk_is_the_one_that_was_made(march: str | None) -> None:
    made, read = twice(lambda: catalogue.isa_for(march))
    assert read is not made
    assert is_same(vars(read), vars(made))
    words = [1 << 32, *(one.pattern.match for one in made.instructions.values())]
    for word in words[1:]:
        one, other = made.decode(word), read.decode(word)
        assert (one and one.instruction.mnemonic) == (other and other.instruction.mnemonic)


def test_registers_that_are_told_by_identity_are_those_of_the_machine() -> None:
    _, read = twice(lambda: catalogue.isa_for("rv64gcv"))
    assert [read.register_files[name] for name in "xfv"] == [X, F, V]
    assert all(
        read.register_files[name] is file for name, file in zip("xfv", (X, F, V), strict=True)
    )
    kinds = [o.kind for one in read.instructions.values() for o in one.operands.values()]
    files = [kind.file for kind in kinds if hasattr(kind, "file")]
    assert files
    assert all(file is {"x": X, "f": F, "v": V}[file.name] for file in files)


def test_targets_are_operands_also_of_what_was_looked_at_before_it_was_written() -> None:
    disk.keep_declarations()
    for made in catalogue.isa_for("rv64gc").instructions.values():
        assert made.target is None or made.target.name in made.operands
    _, read = twice(lambda: catalogue.isa_for("rv64gc_xvsq"))
    targets = [(one.target, one.operands) for one in read.instructions.values() if one.target]
    assert targets
    # The assembler tells them by identity.
    assert all(operands[target.name] is target for target, operands in targets)


def test_modules_of_bodies_are_imported_when_they_are_asked_for(own_cache: Path) -> None:
    script = (
        "import sys\n"
        "from rvx import disk\n"
        "from rvx.extensions import isa_for\n"
        "disk.keep_declarations()\n"
        "isa = isa_for()\n"
        "print('rvx.extensions.xposit' in sys.modules, isa.instructions['padd.s'].has_body)\n"
        "print(isa.instructions['padd.s'].body.__module__)\n"
    )
    found = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        found.append(done.stdout.split())
    assert [line[0] for line in found] == ["True", "False"]
    assert found[0][1:] == found[1][1:]


def test_further_extensions_and_plugins_are_not_stored(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.keep_declarations()
    catalogue.isa_for("rv64gc", ["xposit"])
    monkeypatch.setattr(catalogue, "_plugins", lambda: {"xmine": None})
    catalogue.isa_for("rv64gc")
    assert not (own_cache / "declared").exists()


def test_who_does_not_ask_gets_the_modules_own(own_cache: Path) -> None:
    isa = catalogue.isa_for("rv64gc")
    assert isa.extensions["M"] is catalogue.load("m")
    assert not (own_cache / "declared").exists()


@pytest.mark.parametrize("keep", [0, 10, 32, 40, 0.5, 0.999])
def test_a_truncated_file_is_made_anew(own_cache: Path, keep: float) -> None:
    disk.keep_declarations()
    asked_again("rv32i")
    (path,) = (own_cache / "declared").iterdir()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if keep < 1 else int(keep)])
    assert isinstance(asked_again("rv32i"), Isa)
    assert path.read_bytes() == data


def test_another_source_makes_another_file(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.keep_declarations()
    asked_again("rv32i")
    monkeypatch.setattr(store, "_fingerprint", lambda: "a source has changed")
    asked_again("rv32i")
    assert len(list((own_cache / "declared").iterdir())) == 2


def test_every_change_of_a_source_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    (folder / "inner").mkdir(parents=True)
    source = folder / "inner" / "a.py"
    source.write_text("x = 1\n")
    before = dict(store._files(folder))
    source.write_text("x = 12\n")
    (folder / "b.py").write_text("")
    (folder / "c.txt").write_text("")
    after = dict(store._files(folder))
    assert {Path(path).name for path in after} == {"a.py", "b.py"}
    assert before[str(source)] != after[str(source)]


def test_a_package_with_extensions_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), "", str(tmp_path / "none")])
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other-1.dist-info"
    other.mkdir()
    (other / "entry_points.txt").write_text("[console_scripts]\nother = other:main\n")
    (tmp_path / "bare-1.dist-info").mkdir()
    assert not catalogue._may_have_plugins()
    (other / "entry_points.txt").write_text("[rvx.extensions]\nxmine = other:Xmine\n")
    assert catalogue._may_have_plugins()


def test_an_archive_on_the_path_may_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "packages.zip"
    archive.write_bytes(b"PK")
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert catalogue._may_have_plugins()
