"""F, D and Zfh in one program that holds all of them, against QEMU, and in a long run Spike."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.emulator import Machine
from rvx.extensions import isa_for

from .float_programs import Entry, build, by_qemu, by_spike, outcomes, sheet
from .float_vectors import VectorSource, floating_instructions, modes

ISAS = {xlen: isa_for(f"rv{xlen}gc_zfh") for xlen in (64, 32)}
TIERS: dict[str, dict[str, Any]] = {
    "region": {},
    "inline": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "python": {"backend": "python"},
}
SWITCHES_ON = "li t0, 0x6000\n csrs mstatus, t0"


@cache
def _entries(xlen: int, count: int, seed: int) -> tuple[Entry, ...]:
    source = VectorSource(seed)
    return tuple(
        Entry(made, mode, source.draw(made, count))
        for made in floating_instructions(ISAS[xlen])
        for mode in modes(made)
    )


def _compare(mine: bytes, theirs: bytes, entries: tuple[Entry, ...], xlen: int) -> None:
    both = zip(outcomes(mine, entries, xlen), outcomes(theirs, entries, xlen), strict=True)
    for entry, ((results, flags), (expected, expected_flags)) in zip(entries, both, strict=True):
        is_other = np.flatnonzero((results != expected) | (flags != expected_flags)).tolist()
        if is_other:
            case = is_other[0]
            operands = [hex(value & 2**64 - 1) for value in entry.vectors.f[case].tolist()]
            raise AssertionError(
                f"{entry.made.mnemonic}, mode {entry.mode}, {operands}: "
                f"{results[case] & -1:#x} and flags {flags[case]}, "
                f"right is {expected[case] & -1:#x} and {expected_flags[case]}"
            )


def _by_rvx(path: Path, xlen: int, tier: str) -> bytes:
    machine = Machine(path, ISAS[xlen], memory=1 << 20, **TIERS[tier])
    result = machine.run()
    assert result.exit_code == 0, result.trap
    return result.output


@pytest.mark.parametrize("prologue", ["", SWITCHES_ON], ids=["plain", "mstatus"])
@pytest.mark.parametrize("xlen", [64, 32])
def test_all_tiers_do_what_qemu_does(xlen: int, prologue: str, tmp_path: Path) -> None:
    entries = _entries(xlen, 6, seed=xlen)
    expected = by_qemu(build(sheet(entries, xlen, "linux"), xlen, "linux", tmp_path), xlen)
    path = build(sheet(entries, xlen, "linux", prologue), xlen, "linux", tmp_path)
    for tier in ("region", "mirrored") if prologue else TIERS:
        _compare(_by_rvx(path, xlen, tier), expected, entries, xlen)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("xlen", [64, 32])
def test_many_cases_against_qemu_and_spike(xlen: int, seed: int, tmp_path: Path) -> None:
    """Two million executions; needs Spike and Debian's device-tree-compiler. Some ten minutes."""
    entries = _entries(xlen, 300, seed=100 + seed)
    path = build(sheet(entries, xlen, "linux", SWITCHES_ON), xlen, "linux", tmp_path)
    plain = build(sheet(entries, xlen, "linux"), xlen, "linux", tmp_path)
    expected = by_spike(build(sheet(entries, xlen, "spike"), xlen, "spike", tmp_path), xlen)
    _compare(by_qemu(plain, xlen), expected, entries, xlen)
    for tier in ("region", "inline", "mirrored"):
        _compare(_by_rvx(path, xlen, tier), expected, entries, xlen)
