"""`rvx run`: how much memory a program may have, and what is kept of what it writes."""

import io
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rvx.cli.run import to_json
from rvx.emulator import Machine
from rvx.emulator.system import KEPT_OUTPUT

EXIT = "li a0, 0\nli a7, 93\necall\n"
TOUCH = "_start: li sp, {}\nsd sp, -8(sp)\n" + EXIT
"""Writes at the end of so much memory from 0x80000000 on."""

WRITER = """
_start: li s0, {count}
1:  li a0, 1
    la a1, text
    li a2, {size}
    li a7, 64
    ecall
    addi s0, s0, -1
    bnez s0, 1b
    li a0, 0
    li a7, 93
    ecall
    .data
text: .fill {size}, 1, 'x'
"""


@pytest.mark.parametrize(
    ("options", "end", "code"),
    [
        ([], 0x88000000, 0),
        ([], 0xBFFF0000, 0),
        ([], 0xC0001000, 4),
        (["--memory", "2G"], 0xFF000000, 0),
        (["--memory", "64m"], 0x83FF0000, 0),
        (["--memory", "64M"], 0x88000000, 4),
        (["--memory", str(1 << 20)], 0x800F0000, 0),
        (["--memory", "1024K"], 0x80101000, 4),
    ],
)
def test_memory_ends_where_it_is_said_to(rvx, source, options, end, code):
    assert rvx("run", source(TOUCH.format(hex(end))), *options).code == code


@pytest.mark.parametrize(
    ("options", "size", "code"),
    [([], 600 << 20, 0), ([], 1 << 30, 1), (["--memory", "256M"], 600 << 20, 1)],
)
def test_as_much_may_be_mapped_as_there_is_memory(rvx, source, options, size, code):
    """What C libraries do for a large `malloc`; the first and the last word are touched."""
    text = f"""
    _start: li a0, 0
            li a1, {size}
            li a2, 3
            li a3, 0x22
            li a4, -1
            li a5, 0
            li a7, 222
            ecall
            bltz a0, 1f
            add t0, a0, a1
            sd a0, 0(a0)
            sd a0, -8(t0)
            {EXIT}
    1:      li a0, 1
            li a7, 93
            ecall
    """
    assert rvx("run", source(text), *options, "--pass-exit-code").code == code


@pytest.mark.parametrize("size", ["", "0", "-1", "x", "12Q", "1.5G", "0x10", "M", "²"])
def test_a_size_that_is_none(rvx, source, size):
    done = rvx("run", source(TOUCH.format(0x80001000)), "--memory", size)
    assert done.code == 2
    assert f"--memory {size}: write a size above 0, such as 64M or 2G" in done.err


@pytest.mark.parametrize(("options", "limit"), [(["--memory", "1M"], 1 << 20), ([], 1 << 30)])
def test_a_program_that_needs_more(rvx, source, options, limit):
    path = source(f"_start: {EXIT}.bss\n.space {limit}\n")
    done = rvx("run", path, *options)
    assert done.code == 2
    assert f"bytes of memory without heap and stack, and may have {limit:,}" in done.err
    assert rvx("run", path, "--memory", "3G").code == 0


@pytest.mark.parametrize(
    ("size", "count"),
    [(1, 1), (KEPT_OUTPUT, 1), (KEPT_OUTPUT, 2), (KEPT_OUTPUT + 1, 2), (70_000, 200)],
)
def test_the_beginning_and_the_end_of_long_output_are_kept(rvx, source, size, count):
    document = rvx("run", source(WRITER.format(size=size, count=count)), "--json").document
    assert document["output_bytes"] == size * count
    left_out = max(size * count - 2 * KEPT_OUTPUT, 0)
    said = f"\n[{left_out} bytes are left out here]\n" if left_out else ""
    kept = size * count - left_out
    assert document["output"].replace(said, "") == "x" * kept
    assert not said or document["output"].index(said) == KEPT_OUTPUT


def test_all_output_is_passed_on(rvx, source):
    done = rvx("run", source(WRITER.format(size=KEPT_OUTPUT + 1, count=3)))
    assert (done.code, done.out) == (0, "x" * 3 * (KEPT_OUTPUT + 1))


def test_each_run_keeps_its_own_output(source):
    from rvx.assembler import assemble
    from rvx.extensions import isa_for

    isa, passed = isa_for("rv64gc"), io.BytesIO()
    program = assemble(source(WRITER.format(size=5, count=2)), isa)
    machine = Machine(program, isa, on_output=lambda _, data: passed.write(data) and None)
    for _ in range(2):
        result = machine.run()
        assert (result.output, result.output_size) == (b"x" * 10, 10)
        assert to_json(result)["output_bytes"] == 10
    assert passed.getvalue() == b"x" * 20


def _resident(process):
    """Bytes of memory that a process has."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS:"))


def test_an_endless_writer_does_not_grow_and_ends_with_its_counts(source):
    path = source(WRITER.format(size=1 << 20, count=1 << 40))
    command = [sys.executable, "-m", "rvx", "run", str(path), "--count"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            assert process.stdout.read(16 << 20) == b"x" * (16 << 20)
            at_first = _resident(process)
            for _ in range(20):
                process.stdout.read(16 << 20)
            grown = _resident(process) - at_first
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=100)
        finally:
            process.kill()
    assert grown < 64 << 20
    assert process.returncode == 130
    assert b"interrupted at 0x" in err
    assert re.search(rb"ecall +[\d,]+ ", out.lstrip(b"x"))
