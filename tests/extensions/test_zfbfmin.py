"""Zfbfmin: the ratified words, conversions against ml_dtypes, and beside Zfh."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import ml_dtypes
import numpy as np

from rvx.extensions import isa_for, load
from rvx.formats.minifloat import FP16ALT, FP32, exact
from rvx.isa import Decoded, Isa

from .conftest import Bodies, Hart

ISA = isa_for("rv64gc_zfbfmin")
BOX16, BOX32 = -1 << 16, -1 << 32


def convert(ours: Bodies, name: str, register: int, rm: int = 0) -> tuple[int, int]:
    made = ISA.instructions[name]
    values = {"rd": 1, "rs1": 2, "rm": rm}
    hart = Hart()
    hart.f[2] = register
    after = ours.perform(Decoded(made, made.encode(values), values), hart)
    return after.f[1], after.fflags


def test_words_are_the_ratified_ones() -> None:
    assert ISA.instructions["fcvt.s.bf16"].pattern.match == 0x40600053
    assert ISA.instructions["fcvt.bf16.s"].pattern.match == 0x44800053
    for name in ("fcvt.s.bf16", "fcvt.bf16.s"):
        assert ISA.instructions[name].pattern.mask == 0xFFF0007F


def test_every_bfloat16_is_widened(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    for code in range(0, 1 << 16, 13):
        single, flags = exact.convert(FP16ALT, FP32, code, 0)
        expected = BOX32 | single
        assert convert(ours, "fcvt.s.bf16", BOX16 | code) == (expected, flags)
    assert convert(ours, "fcvt.s.bf16", 0x3F80) == (BOX32 | 0x7FC00000, 0), "not in a box"


def test_narrowing_is_that_of_ml_dtypes(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    draw = random.Random(8)
    for _ in range(500):
        single = draw.getrandbits(32)
        value = np.uint32(single).view(np.float32)
        if np.isnan(value):
            continue
        with np.errstate(over="ignore"):
            wanted = int(value.astype(ml_dtypes.bfloat16).view(np.uint16))
        assert convert(ours, "fcvt.bf16.s", BOX32 | single)[0] == BOX16 | wanted
        for rm in range(5):
            code, flags = exact.convert(FP32, FP16ALT, single, rm)
            assert convert(ours, "fcvt.bf16.s", BOX32 | single, rm) == (BOX16 | code, flags)
    one = struct.unpack("<i", struct.pack("<f", 1.0))[0]
    assert convert(ours, "fcvt.bf16.s", one) == (BOX16 | 0x7FC0, 0), "not in a box"


def test_it_shares_loads_and_moves_with_zfh() -> None:
    shared = set(load("zfbfmin").instructions) & set(load("zfh").instructions)
    assert shared == {"flh", "fsh", "fmv.x.h", "fmv.h.x"}
    both = isa_for("rv64gc_zfh_zfbfmin")
    for name in shared:
        assert both.instructions[name].extension == "Zfh"
    assert both.instructions["fcvt.bf16.s"].extension == "Zfbfmin"
