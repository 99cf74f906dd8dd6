"""Counts of instructions are those of an independent counter: a plugin of QEMU, by address."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.emulator.linux.programs import GIVEN, SOURCES, build, machine_for

PLUGIN = Path(__file__).parent / "count_plugin.c"
LEFT_OUT = {
    "__tls_init_tp",  # QEMU has no set_robust_list, and the C library notes that.
    "strrchr",  # It looks for the program's name in argv[0], and depends on where that is
    "strchr",  # on the stack: how many bytes there are before the next whole word.
    "__strchrnul",
}
SHORT = ("wc", "qsort", "strtod")
LONG = ("sort", "sha256", "sieve", "tree", "hash", "life", "recursion", "crc", "bignum", "matrix")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plugin") / "count.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-w", "-nostdlib", str(PLUGIN), "-o", str(made)]
    subprocess.run(command, check=True)
    return made


def by_qemu(program: Path, plugin: Path, name: str) -> Counter[int]:
    arguments, stdin = GIVEN.get(name, ([], b""))
    out = program.with_suffix(".counts")
    subprocess.run(
        ["qemu-riscv64", "-plugin", f"{plugin},out={out}", str(program), *arguments],
        input=stdin,
        env={},
        capture_output=True,
        check=False,
        timeout=120,
    )
    rows = (line.split() for line in out.read_text().splitlines())
    return Counter({int(address, 16): int(count) for address, count in rows})


def _compare(name: str, folder: Path, plugin: Path) -> None:
    program = build(SOURCES / f"{name}.c", folder)
    arguments, stdin = GIVEN.get(name, ([], b""))
    machine, _ = machine_for(program, arguments=arguments, stdin=stdin)
    result = machine.run()
    assert result.trap is None
    expected = by_qemu(program, plugin, name)
    symbols = machine.executable.symbols
    differing = {
        symbols.describe(at).split("+")[0]
        for at in expected.keys() | result.executions.keys()
        if expected[at] != result.executions.get(at, 0)
    }
    assert differing <= LEFT_OUT
    left_out = sum(
        result.executions.get(at, 0) - expected[at]
        for at in expected.keys() | result.executions.keys()
        if symbols.describe(at).split("+")[0] in LEFT_OUT
    )
    assert result.instructions - left_out == expected.total()


@pytest.mark.parametrize("name", SHORT)
def test_counts_are_those_of_qemu(tmp_path: Path, plugin: Path, name: str) -> None:
    _compare(name, tmp_path, plugin)


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_more_counts(tmp_path: Path, plugin: Path, name: str) -> None:
    """Ten more programs: some 20 seconds."""
    _compare(name, tmp_path, plugin)
