"""How commands end: one style of sentences, exit codes, documents, reports of mistakes in rvx."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rvx as package
from rvx.errors import Exit, RvxError


def program(*arguments, **options):
    """The program in a process of its own."""
    words = [sys.executable, "-m", "rvx", *map(str, arguments)]
    return subprocess.run(words, text=True, check=False, timeout=60, **options)


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """Makes `rvx version` fail as nobody foresaw, with reports in a folder of the test."""
    reports = tmp_path / "reports"
    reports.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(reports))

    def fail():
        raise ZeroDivisionError("division by [zero]\nin two lines")

    monkeypatch.setattr("rvx.extensions.names", fail)
    return reports


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], ""),
        (["asn"], "no such command 'asn'. (Did you mean one of: 'as', 'asm'?) (see rvx --help)"),
        (["asm"], "missing argument 'FILE...' (see rvx asm --help)"),
        (["asm", "a.s", "--nosuch"], "no such option '--nosuch' (see rvx asm --help)"),
        (["isa", "show", "add", "sub"], "got unexpected extra argument (sub) (see rvx isa"),
        (["compare", "gemm", "--seed", "x"], "invalid value for '--seed': "),
        (["run", "nosuch.s"], "'nosuch.s': No such file or directory"),
        (["run", "."], "'.': Is a directory"),
        (["format", "posit16", "x"], "'x' is neither"),
    ],
)
def test_mistakes_in_the_command_line_have_one_style(rvx, arguments, sentence):
    done = rvx(*arguments)
    assert done.code == Exit.USAGE
    assert done.out == ""
    if arguments:
        assert done.err.startswith(f"error: {sentence}")
        assert done.err.count("\n") == 1
        told = rvx(*arguments, "--json")
        assert told.err == done.err
        assert told.document == {
            "schema": "rvx.error/1",
            "kind": "usage",
            "status": 2,
            "message": done.err.removeprefix("error: ").removesuffix("\n"),
        }
    else:
        assert done.err.startswith("Usage: rvx")


def test_what_follows_two_dashes_is_no_option(rvx):
    assert not rvx("run", "nosuch.s", "--", "--json").out


def test_every_error_of_rvx_has_the_same_base():
    import importlib
    import pkgutil

    # Caught where they are raised: they become diagnostics, notes, or another tier.
    private = {"CallError", "CannotLinkError", "CoreError", "CompileError", "SourceError"}
    private |= {"UntraceableError", "_Error"}
    found = set()
    for module in pkgutil.walk_packages(package.__path__, "rvx."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            is_error = isinstance(value, type) and issubclass(value, Exception)
            is_told = name.endswith(("Error", "Problem")) and name not in private
            if is_error and is_told and value.__module__.startswith("rvx."):
                assert issubclass(value, RvxError), f"{module.name}.{name}"
                found.add(name)
    assert {"AssemblyError", "IsaError", "LoadError", "KernelError", "UsageProblem"} <= found


def test_what_nobody_foresaw_is_a_sentence_with_a_report(rvx, broken):
    done = rvx("version", "--json")
    (path,) = broken.iterdir()
    assert done.code == Exit.INTERNAL == 70
    sentence = (
        f"this is a mistake in rvx (ZeroDivisionError: division by [zero]); the report is in {path}"
    )
    assert done.err == f"error: {sentence}\n"
    assert done.document["kind"] == "internal"
    assert done.document["message"] == sentence
    report = path.read_text()
    assert report.startswith("$ rvx version --json\n\nTraceback (most recent call last):\n")
    assert "ZeroDivisionError: division by [zero]\nin two lines\n" in report
    assert re.search(r"^unicorn 2\.", report, re.MULTILINE)


def test_where_no_report_can_be_written_the_sentence_says_so(rvx, broken):
    broken.rmdir()
    done = rvx("version")
    assert done.code == Exit.INTERNAL
    assert done.err.endswith("; rvx -v ... prints where\n")


def test_a_traceback_is_printed_on_demand(broken, monkeypatch):
    code = (
        "import rvx.extensions\n"
        "rvx.extensions.names = lambda: 1 // 0\n"
        "from rvx.cli.main import main\nmain()\n"
    )
    environment = os.environ | {"TMPDIR": str(broken)}
    for options in ([], ["-v"]):
        command = [sys.executable, "-c", code, *options, "version"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == Exit.INTERNAL
        assert ("Traceback" in done.stderr) is bool(options)
        assert done.stderr.splitlines()[-1].startswith("error: this is a mistake in rvx (Zero")


def test_an_interrupt_before_the_program_is_there_has_no_traceback():
    code = (
        "import sys\n"
        "class Click:\n"
        "    def __getattr__(self, name): raise KeyboardInterrupt\n"
        "sys.modules['click'] = Click()\n"
        "from rvx.cli import start\nstart()\n"
    )
    command = [sys.executable, "-c", code, "version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (Exit.INTERRUPTED, "error: interrupted\n")


def test_memory_that_is_not_there_is_a_sentence(rvx, monkeypatch):
    def fail():
        raise MemoryError

    monkeypatch.setattr("rvx.extensions.names", fail)
    done = rvx("version")
    assert (done.code, done.err) == (2, "error: there is not enough memory for this\n")


def test_ctrl_c_is_a_sentence(rvx, monkeypatch):
    def fail():
        raise KeyboardInterrupt

    monkeypatch.setattr("rvx.extensions.names", fail)
    done = rvx("version", "--json")
    assert (done.code, done.err) == (130, "error: interrupted\n")
    assert done.document["kind"] == "interrupted"


def test_ctrl_c_that_something_else_became_of_is_a_sentence(rvx, monkeypatch):
    """As Python does where it comes while `__set_name__` of an attribute runs."""

    class Named:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt

    def fail():
        type("Owner", (), {"name": Named()})

    monkeypatch.setattr("rvx.extensions.names", fail)
    done = rvx("version")
    assert (done.code, done.err) == (130, "error: interrupted\n")


def test_a_closed_pipe_ends_in_silence():
    reader, writer = os.pipe()
    os.close(reader)
    done = program("isa", "list", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (Exit.CLOSED, "")


def test_a_full_disk_is_a_sentence():
    with Path("/dev/full").open("w") as full:
        done = program("isa", "list", stdout=full, stderr=subprocess.PIPE)
        assert (done.returncode, done.stderr) == (2, "error: No space left on device\n")
        assert program("isa", "list", "--json", "--no", stdout=full, stderr=full).returncode == 2


def test_streams_that_the_caller_has_closed_are_no_mistake():
    command = f"{sys.executable} -m rvx version"
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f"{command} {closed}"], capture_output=True, check=False, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_utf_8_can_show_everything():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = program("isa", "list", env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_mistakes_in_threads_and_callbacks_are_reported(tmp_path):
    code = (
        "import threading, warnings\n"
        "from rvx.cli import ending\n"
        "from rvx.cli.main import main\n"
        "class Bad:\n"
        "    def __del__(self): 1 // 0\n"
        "def names():\n"
        "    thread = threading.Thread(target=lambda: [][1])\n"
        "    thread.start()\n"
        "    thread.join()\n"
        "    Bad()\n"
        "    warnings.warn('a plugin is [out]')\n"
        "    return []\n"
        "import rvx.extensions\n"
        "rvx.extensions.names = names\n"
        "main()\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, "version"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == Exit.INTERNAL
    error, warning = done.stderr.splitlines()
    assert error.startswith("error: this is a mistake in rvx (IndexError: list index out of range)")
    assert warning == "warning: a plugin is [out]"
    assert len(list(tmp_path.glob("rvx-report-*.txt"))) == 2
    assert done.stdout.startswith(f"rvx {package.__version__}\n")
