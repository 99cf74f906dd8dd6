"""`rvx run` on programs that want something of Linux: arguments, variables, files, exit codes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = """
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern char **environ;
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("<%s>", argv[i]);
    for (char **e = environ; *e; e++) printf("{%s}", *e);
    puts("");
    if (argc > 2 && !strcmp(argv[1], "open")) return open(argv[2], O_RDONLY) < 0 ? 7 : 0;
    if (argc > 1 && !strcmp(argv[1], "abort")) fflush(stdout), abort();
    return argc > 1 ? atoi(argv[1]) : 0;
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("linux")
    (folder / "it.c").write_text(SOURCE)
    command = ["riscv64-linux-gnu-gcc", "-O1", "-static", "it.c", "-o", "it"]
    subprocess.run(command, cwd=folder, check=True)
    return str(folder / "it")


def test_arguments_and_variables(rvx: Any, program: str) -> None:
    done = rvx("run", "--env", "A=1", program, "--env", "B=x y", "--", "0", "--json", "two words")
    assert (done.code, done.err) == (0, "")
    assert done.out == "<0><--json><two words>{A=1}{B=x y}\n"
    assert rvx("run", program, "--").out == "\n"


def test_a_hyphen_before_the_files_is_what_it_was(rvx: Any, program: str) -> None:
    done = rvx("run", "--", program, "--", "0", "x")
    assert done.out == "<0><x>\n"
    assert rvx("run", "--", program).out == "\n"


def test_exit_codes(rvx: Any, program: str) -> None:
    done = rvx("run", program, "--", "3")
    assert (done.code, done.err) == (1, "error: the program exited with code 3\n")
    done = rvx("run", program, "--pass-exit-code", "--", "3")
    assert (done.code, done.err) == (3, "")
    done = rvx("run", program, "--", "abort")
    assert done.code == 1
    assert done.err == "error: the program was ended by signal 6 (Aborted)\n"
    assert rvx("run", program, "--pass-exit-code", "--", "abort").code == 134


def test_files(rvx: Any, program: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    command = ("--pass-exit-code", "--", "open", str(tmp_path / "file"))
    assert rvx("run", program, *command).code == 7
    assert rvx("run", program, "--allow-read", str(tmp_path), *command).code == 0
    done = rvx("run", program, "--allow-write", str(tmp_path / "none"))
    assert done.code == 2
    assert "cannot have the folder" in done.err


def test_bad_options(rvx: Any, program: str) -> None:
    for bad in ("A", "=1"):
        done = rvx("run", program, "--env", bad)
        assert (done.code, done.err) == (2, f"error: --env {bad}: write NAME=VALUE\n")
    assert rvx("run", "--", "--").code == 2


def test_ctrl_c_ends_a_program_that_waits_for_input(tmp_path: Path) -> None:
    (tmp_path / "it.c").write_text(
        '#include <stdio.h>\nint main(void) { puts("ready"); fflush(stdout); return getchar(); }\n'
    )
    compiler = ["riscv64-linux-gnu-gcc", "-static", "it.c", "-o", "it"]
    subprocess.run(compiler, cwd=tmp_path, check=True)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "rvx", "run", str(tmp_path / "it")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) == 130
    assert said.startswith(b"error: interrupted at 0x")
