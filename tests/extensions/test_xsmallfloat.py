"""Xsmallfloat: every lane and every scalar against exact rational arithmetic."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rvx.extensions import load
from rvx.isa import Instruction

from .smallfloat_model import WORD, Before, expected

EXTENSIONS = {64: load("xsmallfloat"), 32: load("xsmallfloat32")}
SPECIAL = (0, 0x8000, 0x7C00, 0xFC00, 0x7E00, 0x7D00, 0x3C00, 0x0001, 0x8001, 0x7BFF)
WITH_RESULT = [
    pytest.param(flen, made, id=f"{flen}-{made.mnemonic}")
    for flen, extension in EXTENSIONS.items()
    for made in extension.instructions.values()
    if made.body is not None and made.kind == "float"
]


def operands(draw: random.Random, is_scalar: bool) -> Iterator[tuple[int, int, int, int]]:
    """Random words, words of special numbers and of neighbours; of scalars, most in a box."""
    while True:
        for kind in range(3):
            words = [draw.getrandbits(64) for _ in range(4)]
            if kind == 1:
                words = [sum(draw.choice(SPECIAL) << 16 * i for i in range(4)) for _ in range(4)]
            if kind == 2:
                near = words[0] ^ draw.getrandbits(4) << draw.randrange(60)
                words = [words[0], near, words[0] ^ 0x8000800080008000, near ^ 0x8080808080808080]
            if is_scalar and draw.random() < 0.9:
                box = WORD ^ (1 << draw.choice((8, 8, 16, 16, 32))) - 1
                words = [word | box for word in words]
            yield words[0], words[1], words[2], words[3]


def interpreted(made: Instruction, before: Before, random_state: Any = None) -> tuple[int, int]:
    """The body called with NumPy int64 values, as the interpreted backend does."""
    flags = np.zeros(1, np.int64)
    given: dict[str, Any] = {
        "rm": np.int64(before.rm),
        "frm": np.int64(before.rm),
        "fflags": flags,
        "fcsr": np.array([before.mode << 8], np.int64),
        "sdotp_random": np.zeros(4, np.int64) if random_state is None else random_state,
    }
    for name in ("rd", "rs1", "rs2", "rs3"):
        given[name] = np.uint64(getattr(before, name)).astype(np.int64)
    assert made.body is not None
    with np.errstate(over="ignore"):
        result = int(made.body(*(given[name] for name in made.requests)))
    return result & WORD, int(flags[0])


def cases(made: Instruction, flen: int, count: int) -> Iterator[Before]:
    draw = random.Random(made.mnemonic)
    source = operands(draw, not made.mnemonic.startswith("vf"))
    for case in range(count):
        mode = draw.choice((0, 0, 1, 2, 3, 3))
        yield Before(*next(source), rm=case % 6, mode=mode, flen=flen)


@pytest.mark.parametrize(("flen", "made"), WITH_RESULT)
def test_every_instruction_is_exact(flen: int, made: Instruction) -> None:
    for before in cases(made, flen, 24):
        assert interpreted(made, before) == expected(made.mnemonic, before), before


@pytest.mark.parametrize("name", ["vfadd.h", "vfmac.b", "fmul.h", "vfcvt.b.h", "fmacex.s.b"])
def test_only_the_dot_product_unit_rounds_at_random(name: str) -> None:
    made = EXTENSIONS[64].instructions[name]
    for before in cases(made, 64, 60):
        values = vars(before) | {"rm": 6}
        wanted = expected(name, Before(**values | {"rm": 0}))
        assert interpreted(made, Before(**values)) == wanted


def galois(value: int) -> int:
    """One step of the shift register of 32 bits, bit by bit as the RTL writes it."""
    shifted = value >> 1
    return shifted ^ 0x80000EA6 if value & 1 else shifted


@pytest.mark.parametrize(
    "name", ["vfdotpex.s.h", "vfdotpex.h.b", "vfndotpex.h.b", "vfsumex.s.h", "vfsum.h", "vfsum.s"]
)
def test_random_rounding_is_that_of_a_shift_register_a_lane(name: str) -> None:
    from rvx.formats.minifloat.rounding import stochastic

    made = EXTENSIONS[64].instructions[name]
    width = {"s": 32, "h": 16, "b": 8}[name.split(".")[1]]
    state = np.zeros(4, np.int64)
    registers = [~lane & 0xFFFFFFFF for lane in range(4)]
    lanes = 64 // width if "ex" in name else 64 // width // 2
    for before in cases(made, 64, 40):
        values = vars(before)
        got, flags = interpreted(made, Before(**values | {"rm": 6}), state)
        raised = 0
        for lane in range(lanes):
            rm = int(stochastic(registers[lane] & 0xFFF))
            registers[lane] = galois(registers[lane])
            word, _ = expected(name, Before(**values | {"rm": rm}))
            at = (1 << width) - 1 << lane * width
            assert got & at == word & at
        for rm in (int(stochastic(0)), int(stochastic(4095))):
            raised |= expected(name, Before(**values | {"rm": rm}))[1]
        assert flags & ~raised == 0
    assert state.tolist()[:lanes] == registers[:lanes]
