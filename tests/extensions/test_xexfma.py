"""Xexfma through the machine, against exact rational arithmetic."""

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.minifloat import exact
from rvx.formats.minifloat.catalogue import FP8, FP16, FP32

MARCH = "rv64gc_xexfma"
CASES = [
    ("vfmacex.s.h", FP16, FP32, False, 0xFC00007B),
    ("vfmacexu.s.h", FP16, FP32, True, 0xFE00007B),
    ("vfmacex.h.b", FP8, FP16, False, 0xFC00207B),
    ("vfmacexu.h.b", FP8, FP16, True, 0xFE00207B),
]


def machine_for(mnemonic, backend="native"):
    isa = isa_for(MARCH)
    program = assemble(f"step:\nfsrm a0\n{mnemonic} fa0, fa1, fa2\nret\n", isa, entry="step")
    return Machine(program, isa, backend=backend)


def lanes_of(word, bits):
    return [word >> at & (1 << bits) - 1 for at in range(0, 64, bits)]


def expected(src, dst, is_upper, rd, rs1, rs2, rm):
    lanes = 64 // dst.bits
    first = lanes if is_upper else 0
    a, b = (lanes_of(word, src.bits)[first : first + lanes] for word in (rs1, rs2))
    result = flags = 0
    for lane, (x, y, c) in enumerate(zip(a, b, lanes_of(rd, dst.bits), strict=True)):
        code, raised = exact.fma(src, x, y, c, rm, dst=dst)
        result |= code << lane * dst.bits
        flags |= raised
    return result, flags


@pytest.mark.parametrize(("mnemonic", "src", "dst", "is_upper", "match"), CASES)
@pytest.mark.parametrize("backend", ["native", "python"])
def test_every_lane_is_rounded_once(mnemonic, src, dst, is_upper, match, backend):
    machine = machine_for(mnemonic, backend)
    random = np.random.default_rng(match)
    count = 300 if backend == "native" else 40
    for i in range(count):
        rd, rs1, rs2 = (int(x) for x in random.integers(0, 2**64, 3, np.uint64))
        rm = i % 5
        for register, value in (("fa0", rd), ("fa1", rs1), ("fa2", rs2)):
            machine.set_register(register, value)
        before = machine.fflags
        assert machine.call("step", rm).trap is None
        result, flags = expected(src, dst, is_upper, rd, rs1, rs2, rm)
        assert machine.register("fa0") == result
        assert machine.fflags == before | flags


@pytest.mark.parametrize(("mnemonic", "src", "dst", "is_upper", "match"), CASES)
def test_words(mnemonic, src, dst, is_upper, match):
    made = isa_for(MARCH).instructions[mnemonic]
    assert made.pattern.match == match
    assert made.pattern.mask == 0xFE00707F
    assert made.encode({"rd": 1, "rs1": 2, "rs2": 3}) == match | 1 << 7 | 2 << 15 | 3 << 20


def test_two_roundings_lose_what_exsdotp_keeps():
    """2048 + 1 + 1 in binary16: each addition of 1 is half a unit and goes to even."""
    machine = machine_for("vfmacex.h.b")
    one = 0x3C
    machine.set_register("fa0", 0x6800)
    machine.set_register("fa1", one)
    machine.set_register("fa2", one)
    for _ in range(2):
        machine.call("step", 0)
    assert machine.register("fa0") == 0x6800
    assert exact.exsdotp(FP8, FP16, one, one, one, one, 0x6800, 0)[0] == 0x6801


def test_it_goes_with_every_shipped_extension_of_the_default():
    isa = isa_for()
    assert {"Xexfma", "Xposit"} <= set(isa.extensions)
    for mnemonic, *_ in CASES:
        assert isa.instructions[mnemonic].extension == "Xexfma"
