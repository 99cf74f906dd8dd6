"""`rvx doctor`: what it finds, and what it says about what it does not."""

import importlib.metadata

import pytest

from rvx.cli import doctor


def test_this_installation_is_whole(rvx):
    done = rvx("doctor")
    lines = done.out.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "note", "warning"}
    assert any(line.startswith("ok       unicorn ") for line in lines)
    assert "ok       an instruction declared now was assembled, interpreted and compiled" in lines


def test_other_versions_than_the_pinned_ones_are_errors(monkeypatch):
    installed = {"unicorn": "2.0.0", "numba": "0.68.1"}

    def version(name):
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    wanted = ["unicorn==2.1.4", "numba==0.68.1", "lark<2,>=1.2", 'optuna>=4; extra == "search"']
    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: wanted)
    assert list(doctor._packages()) == [
        ("error", "unicorn 2.0.0; rvx relies on 2.1.4: pip install 'unicorn==2.1.4'"),
        ("ok", "numba 0.68.1"),
        ("error", "lark is missing: pip install 'lark<2,>=1.2'"),
    ]


def test_what_cannot_run_is_said_and_fails(rvx, monkeypatch):
    monkeypatch.setattr("rvx.emulator.Machine", None)
    done = rvx("doctor")
    assert done.code == 1
    assert "error    a program cannot be run: TypeError" in done.out


def test_a_cache_that_cannot_be_written_is_a_warning(monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    ((verdict, text),) = doctor._cache()
    assert verdict == "warning"
    assert text.endswith("everything is compiled anew each time; set RVX_CACHE_DIR")


@pytest.mark.parametrize(("limit", "lines"), [(1 << 30, 1), (1 << 40, 0)])
def test_too_few_addresses_are_a_warning(monkeypatch, limit, lines):
    monkeypatch.setattr("resource.getrlimit", lambda which: (limit, limit))
    found = list(doctor._limits())
    assert len(found) == lines
    assert all("1024" in finding.text for finding in found)
