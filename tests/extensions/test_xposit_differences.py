"""The page that says where hardware, standard and rvx differ, performed row by row."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.posit import POSIT32, POSIT64, Posit, exact

from .posit_driver import ADD, CLEAR, PositDriver

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "xposit.md"
FORMATS = {"xposit": POSIT32, "xpositlog": POSIT32, "xposit64": POSIT64}


def rows(columns: int) -> list[list[str]]:
    """The rows of tables with as many columns, without their headers."""
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == columns:
            found.append(cells)
    return found[1:]


DIFFERENCES = rows(6)


def word(text: str) -> int:
    (number,) = re.findall(r"0x[0-9a-f]+", text)
    return int(number, 16)


@cache
def guest(name: str) -> PositDriver:
    converting = [row[0].strip("`") for row in DIFFERENCES if row[0] != "`plw`"]
    return PositDriver(name, (*dict.fromkeys(converting), "psqrt.s"), "native", 8)


def loaded(name: str, memory: int) -> int:
    isa = isa_for(f"rv64gc_{name}")
    source = "f: plw pt0, place, t0\n pmv.x.w a0, pt0\n ret\n.data\nplace: .dword 0\n"
    machine = Machine(assemble(source, isa, entry="f"), isa)
    machine.array("place", np.uint64, 1)[:] = memory
    machine.call("f")
    return machine.register("a0")


def test_there_are_rows_of_every_kind() -> None:
    assert len(DIFFERENCES) == 16
    assert sum(row[3] != row[4] for row in DIFFERENCES) == 7


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row[0]} {row[1]}")
def test_hardware_and_standard(row: list[str]) -> None:
    mnemonic, _, operand, hardware, standard, _ = row
    for name, expected in (("xposit64", hardware), ("xposit64std", standard)):
        if mnemonic == "`plw`":
            assert loaded(name, word(operand)) == word(expected)
        else:
            found = guest(name).run(mnemonic.strip("`"), [word(operand)], [0])
            assert found == [word(expected)]


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row[0]} {row[1]}")
def test_operands_are_what_the_page_says(row: list[str]) -> None:
    mnemonic, named, operand = row[:3]
    if named == "NaR":
        assert word(operand) == POSIT64.nar
    elif mnemonic != "`plw`":
        base, _, power = named.partition("^")
        value = -(2 ** int(power)) if base == "-2" else float(base) ** int(power or 1)
        if mnemonic.startswith("`pcvt.s."):
            assert word(operand) == int(value) % 2**64
        else:
            assert exact.decode(word(operand), POSIT64) == value


def root(name: str, operand: int, fmt: Posit) -> int:
    (found,) = PositDriver(name, ("psqrt.s",), "native", 1).run("psqrt.s", [operand], [0])
    return found & fmt.mask


def test_faults_of_the_hardware_are_not_followed() -> None:
    round_large, beyond, quarter, wide, narrow = (row[2] for row in rows(3)[-5:])
    power = [exact.encode(exact.times_power(1, k), POSIT32) for k in (60, 61)]
    quire = PositDriver("xposit", (), "native", 4)
    assert quire.run_quire([CLEAR, ADD], [0, power[0]], [0, power[1]])[-1] == word(round_large)
    limbs = quire.machine.state("quire")
    limbs[:-1] = 0xFFFFFFFF
    limbs[-1] = 0x7FFFFFFF
    one = [POSIT32.one]
    assert beyond == "NaR"
    assert quire.run_quire([ADD], one, one)[0] & POSIT32.mask == POSIT32.nar
    assert exact.decode(0x30000000, POSIT32) == 0.25
    assert root("xpositlog", 0x30000000, POSIT32) == word(quarter)
    assert root("xposit64", 0x7DA0ACC49D84DC98, POSIT64) == word(wide)
    assert root("xposit", 0x6F10A532, POSIT32) == word(narrow)


A, B, C = 0x6F10A532, 0x7B9B7665, 0x87E89FBC
SUITE = {
    "pmul.s": [(A, B, 0x7EDAD7ED), (B, A, 0x7EDAD7ED), (C, B, 0x8087DEE8), (A, C, 0x8209467B)],
    "pdiv.s": [(A, B, 0x1065495C), (B, A, 0x6F47A910), (C, B, 0xDD22E2B3), (A, C, 0xE186B030)],
    "psqrt.s": [(A, 0, 0x5F0935EA), (B, 0, 0x6F2BF261)],
}
PERCIVAL = {
    "pmul.s": SUITE["pmul.s"],
    "pdiv.s": [(A, B, 0x10A2CB9E), (B, A, 0x6F5D3462), (C, B, 0xDC20B108), (A, C, 0xE14CDBDE)],
    "psqrt.s": [(A, 0, 0x5F10A532), (B, 0, 0x6F36ECCA)],
}


@pytest.mark.parametrize(("name", "suite"), [("xposit", SUITE), ("xpercival", PERCIVAL)])
def test_the_32_bit_suite_of_percival(
    name: str, suite: dict[str, list[tuple[int, int, int]]]
) -> None:
    driver = PositDriver(name, tuple(suite), "native", 4)
    for mnemonic, cases in suite.items():
        a, b, expected = zip(*cases, strict=True)
        assert [x & POSIT32.mask for x in driver.run(mnemonic, a, b)] == list(expected), mnemonic
