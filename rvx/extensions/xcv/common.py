"""What the extensions of CORE-V have in common.

Results wrap at 32 bits before they are shifted, and rounding adds half of the last place, as in the
core's multiplier and adder.
"""

from __future__ import annotations

from rvx.isa import Extension, sext32

_SOURCE = (
    "OpenHW Group, CV32E40P User Manual, 'CORE-V Instruction Set Custom Extensions'; names and "
    "words as in GNU binutils 2.42 and LLVM 18"
)
LOW32 = 0xFFFFFFFF


def extension(name: str, doc: str) -> Extension:
    """An extension of CV32E40P."""
    return Extension(name, version="1.0", doc=doc, source=_SOURCE, requires=("I",))


def shifted(value: int, count: int, rounds: bool, is_signed: bool) -> int:
    """The low 32 bits of a value, with half of the last place added, shifted to the right."""
    half = 1 << count >> 1 if rounds else 0
    if is_signed:
        return sext32(value + half) >> count
    return sext32((value + half & LOW32) >> count)


KINDS = {"": ("00", False, True), "u": ("01", False, False)}
KINDS |= {"r": ("10", True, True), "ur": ("11", True, False)}
"""By letters of a mnemonic: two bits, whether the result is rounded, and whether it is signed."""


def how_shifted(rounds: bool, is_signed: bool) -> str:
    """How a result is shifted, for descriptions."""
    return ("arithmetically" if is_signed else "logically") + (" and rounded" if rounds else "")
