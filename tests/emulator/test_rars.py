"""`--abi rars`: the calls of the simulators of courses."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings
from rvx.emulator.rars import written
from rvx.extensions import isa_for


def run(text: str, xlen: int = 32, **given: Any) -> Any:
    isa = isa_for(f"rv{xlen}gc")
    source = f'_start: {text}\n li a7, 10\n ecall\n.data\ntext: .asciz "text"\nroom: .space 64\n'
    made = Machine(assemble(source, isa), isa, abi="rars", settings=Settings(**given))
    return made.run(100_000)


def ask(number: int, a0: str = "") -> str:
    load = f"li a0, {a0}\n" if a0 and not a0.isalpha() else f"la a0, {a0}\n" if a0 else ""
    return f"{load} li a7, {number}\n ecall\n"


@pytest.mark.parametrize(
    ("calls", "output"),
    [
        (ask(1, "-42"), b"-42"),
        (ask(4, "text"), b"text"),
        (ask(11, "65"), b"A"),
        (ask(34, "-1"), b"0xffffffff"),
        (ask(35, "5"), b"0b00000000000000000000000000000101"),
        (ask(36, "-1"), b"4294967295"),
    ],
)
def test_printing(calls: str, output: bytes) -> None:
    result = run(calls)
    assert (result.exit_code, result.output) == (0, output)


def test_floating_point() -> None:
    double = struct.unpack("<Q", struct.pack("<d", 2.5))[0]
    text = f"li t0, 0x3fc00000\n fmv.w.x fa0, t0\n{ask(2)} li t0, {double}\n fmv.d.x fa0, t0\n"
    assert run(text + ask(3), 64).output == b"1.52.5"
    assert run(ask(7) + ask(3) + ask(6) + ask(2), stdin=b"1e10\n0.1\n").output == b"1.0E100.1"


def test_reading() -> None:
    given = b"17\nsome line\nx"
    text = f"{ask(5)}{ask(1)} la a0, room\n li a1, 6\n{ask(8)}{ask(4, 'room')}"
    assert run(text, stdin=given).output == b"17some "
    assert run(ask(12) + ask(1), stdin=b"").output == b"-1"


def test_heap_time_and_calls_of_linux() -> None:
    text = f"{ask(9, '100')} mv s0, a0\n sw s0, 0(s0)\n{ask(30)}{ask(32, '50')} li a0, 3\n{ask(93)}"
    assert run(text).exit_code == 3


def test_a_number_that_is_none() -> None:
    result = run(ask(5), stdin=b"seven\n")
    assert result.exit_code == 1


def test_without_the_option_they_are_not_there() -> None:
    isa = isa_for("rv64gc")
    made = Machine(assemble(f"_start: {ask(1, '5')}{ask(93, '0')}", isa), isa)
    assert made.run().output == b""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (100.0, "100.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (12345678.0, "1.2345678E7"),
        (1e22, "1.0E22"),
        (-1.5e-10, "-1.5E-10"),
        (float("inf"), "Infinity"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers_as_java_writes_them(value: float, text: str) -> None:
    assert written(value, repr(value)) == text
