"""Ordinary programs give what QEMU's user mode gives: output, errors and exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.linux.programs import SOURCES, build, by_qemu, by_rvx

TEXT = b"the quick brown fox\njumps over the lazy dog\n\n  and the end of 12 3.5 -7\nlast line" * 9
LINES = b"pear\napple\nfig\n\nApple\nzebra crossing\n10\n9\n"
GIVEN: dict[str, tuple[list[str], bytes]] = {
    "wc": ([], TEXT),
    "sort": (["-r"], LINES),
    "sha256": ([], TEXT),
    "scanf": ([], b"1 2 3\n40 x word"),
    "crc": ([], TEXT),
    "hash": ([], TEXT),
    "rle": ([], TEXT),
    "cat": ([], TEXT),
    "calculator": ([], b"1+2*3\n2^3^2 - (4/3)\n1/0\n(1\n-2*-(3+1)\n7 7\n"),
    "iostream": ([], b"12 30 x -7\n"),
    "environment": (["-a", "-b", "value", "rest", "-c"], b""),
    "sieve": (["50000"], b""),
    "mappings": ([str(SOURCES / "wc.c")], b""),
}
SHORT = (
    "wc sort printf malloc longjmp signals abort exits environment mappings files math exceptions"
)
ALL = sorted(SOURCES.glob("*.c*"))
_SHORT = [one for one in ALL if one.stem in SHORT.split()]


def _compare(source: Path, folder: Path, *flags: str) -> None:
    arguments, stdin = GIVEN.get(source.stem, ([], b""))
    program = build(source, folder, *flags)
    environment = ["ONE=1", "LANG=C"]
    if source.stem == "files":
        (folder / "by-qemu").mkdir()
        (folder / "by-rvx").mkdir()
        expected = by_qemu(program, [str(folder / "by-qemu")])
        ours, _ = by_rvx(
            program, arguments=[str(folder / "by-rvx")], writable=[str(folder / "by-rvx")]
        )
        assert list((folder / "by-qemu").iterdir()) == list((folder / "by-rvx").iterdir()) == []
    else:
        expected = by_qemu(program, arguments, stdin, environment)
        ours, _ = by_rvx(
            program,
            arguments=arguments,
            stdin=stdin,
            environment=environment,
            readable=[str(SOURCES)],
        )
    assert ours == expected


@pytest.mark.parametrize("source", _SHORT, ids=lambda one: one.stem)
def test_program(tmp_path: Path, source: Path) -> None:
    _compare(source, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("flags", ["-O2", "-O0", "-Os -march=rv64imafdc -fno-builtin"])
@pytest.mark.parametrize("source", ALL, ids=lambda one: one.stem)
def test_every_program(tmp_path: Path, source: Path, flags: str) -> None:
    """All programs at three levels of optimisation: some three minutes."""
    _compare(source, tmp_path, *flags.split())
