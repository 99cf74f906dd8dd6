"""What ran slower than it has to is said once, beside the result of every command."""

import os

import pytest

from rvx import notes
from rvx.analysis.sweep.workers import Workers
from rvx.emulator.handlers import interim
from rvx.emulator.handlers.compiled import CompileError

SMALL = ["-p", "M=4", "-p", "N=4", "-p", "K=4", "--variant", "posit16", "--variant", "posit8"]


@pytest.fixture
def uncompiled(monkeypatch):
    """No body can be compiled: the checks of declarations leave no other way to come by one."""

    def refuse(instruction, isa):
        raise CompileError("a body is too hard")

    monkeypatch.setenv("RVX_COMPILE_AFTER", "0")
    monkeypatch.setattr(interim, "compile_handler", refuse)


def test_a_body_that_cannot_be_compiled_is_named_once(rvx, uncompiled):
    said = "note: a body is too hard: it ran interpreted"
    done = rvx("compare", "gemm", *SMALL, "--json")
    assert {row["variant"] for row in done.document["rows"]} == {"posit16", "posit8"}
    assert done.err.splitlines().count(said) == 1
    again = rvx("compare", "gemm", "--variant", "posit16", *SMALL[:6])
    assert again.err.splitlines().count(said) == 1
    assert said not in again.out


def test_a_run_says_it_too(rvx, uncompiled, source):
    text = "_start: qclr.s\n li a0, 0\n li a7, 93\n ecall\n"
    done = rvx("run", source(text), "--march", "rv64gc_xposit")
    assert done.code == 0
    assert done.err.splitlines() == ["note: a body is too hard: it ran interpreted"]


def hard_work(task):
    notes.keep("this was hard")
    return task, os.getpid()


def test_what_workers_say_arrives_here_once():
    with Workers(hard_work, lambda task, how: (task, how), 2) as crew:
        found = [result for _, result in crew.done(range(4))]
    assert {task for task, _ in found} == {0, 1, 2, 3}
    assert os.getpid() not in {process for _, process in found}
    assert notes.take() == ["this was hard"]
    assert notes.take() == []
