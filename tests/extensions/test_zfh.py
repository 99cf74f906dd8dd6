"""Zfh: encodings against GNU as, results against NumPy, and the boxes of 16-bit values."""

from __future__ import annotations

import random
import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rvx.disassembler import format_instruction
from rvx.extensions import isa_for, load
from rvx.isa import Decoded, Isa
from rvx.isa.operands import ROUNDING_MODES, RegisterKind, RoundingKind

from .conftest import DATA, Bodies, Hart

BOX = -1 << 16
ISA = isa_for("rv64gc_zfh")
HALF = (0x0000, 0x8000, 0x3C00, 0xBC00, 0x0001, 0x03FF, 0x0400, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00)


def half(rng: random.Random) -> int:
    return rng.choice(HALF) if rng.random() < 0.3 else rng.getrandbits(16) & 0xFBFF


def number(bits: int) -> np.float16:
    return np.uint16(bits).view(np.float16)


def run(ours: Bodies, name: str, *f: int, x: int = 0, rm: int = 0) -> tuple[int, int]:
    """The result of an instruction on fa0, fa1, fa2 and a0, and the flags."""
    made = ISA.instructions[name]
    values = {"rd": 13, "rs1": 10, "rs2": 11, "rs3": 12, "rm": rm}
    values = {operand: values[operand] for operand in made.operands}
    hart = Hart()
    hart.f[10 : 10 + len(f)] = f
    hart.x[10] = x
    after = ours.perform(Decoded(made, made.encode(values), values), hart)
    kind = made.operands["rd"].kind
    assert isinstance(kind, RegisterKind)
    return (after.x if kind.file.name == "x" else after.f)[13], after.fflags


def test_arithmetic_is_that_of_numpy(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    rng = random.Random(16)
    operations = {
        "fadd.h": np.add,
        "fsub.h": np.subtract,
        "fmul.h": np.multiply,
        "fdiv.h": np.divide,
    }
    for name, operation in operations.items():
        for _ in range(300):
            a, b = half(rng), half(rng)
            with np.errstate(all="ignore"):
                expected = np.float16(operation(number(a), number(b)))
            got, _ = run(ours, name, BOX | a, BOX | b)
            if np.isnan(expected):
                assert got == BOX | 0x7E00
            else:
                assert got == BOX | int(expected.view(np.uint16)), (name, hex(a), hex(b))


def test_fused_operations_round_once(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    rng = random.Random(17)
    signs = {"fmadd.h": (1, 1), "fmsub.h": (1, -1), "fnmsub.h": (-1, 1), "fnmadd.h": (-1, -1)}
    for name, (of_product, of_addend) in signs.items():
        for _ in range(300):
            # Numbers around 1, so that the exact sum fits in a float64.
            a, b, c = (
                rng.getrandbits(1) << 15 | rng.randrange(7, 23) << 10 | rng.getrandbits(10)
                for _ in range(3)
            )
            product = float(number(a)) * float(number(b))
            exact = of_product * product + of_addend * float(number(c))
            got, _ = run(ours, name, BOX | a, BOX | b, BOX | c)
            assert got == BOX | int(np.float16(exact).view(np.uint16)), (name, a, b, c)


def test_conversions_are_those_of_numpy(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    rng = random.Random(18)
    for _ in range(300):
        bits = half(rng)
        value = number(bits)
        single = struct.unpack("<i", struct.pack("<f", float(value)))[0]
        double = struct.unpack("<q", struct.pack("<d", float(value)))[0]
        assert run(ours, "fcvt.s.h", BOX | bits) == (-1 << 32 | single & 0xFFFFFFFF, 0)
        assert run(ours, "fcvt.d.h", BOX | bits) == (double, 0)
        wide = rng.uniform(-1, 1) * 10.0 ** rng.randrange(-9, 6)
        with np.errstate(over="ignore"):
            expected = BOX | int(np.float64(wide).astype(np.float16).view(np.uint16))
        assert run(ours, "fcvt.h.d", struct.unpack("<q", struct.pack("<d", wide))[0])[0] == expected
        whole = rng.randrange(-(2**20), 2**20)
        with np.errstate(over="ignore"):
            expected = BOX | int(np.float16(whole).view(np.uint16))
        assert run(ours, "fcvt.h.w", x=whole)[0] == expected
        if np.isfinite(value):
            assert run(ours, "fcvt.l.h", BOX | bits, rm=1)[0] == int(value)


def test_values_that_are_not_boxed_read_as_nan(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    one = BOX | 0x3C00
    for unboxed in (0x3C00, -1 << 17 | 0x3C00, 0x0000FFFF_FFFF3C00):
        assert run(ours, "fadd.h", unboxed, one) == (BOX | 0x7E00, 0)
        assert run(ours, "fclass.h", unboxed) == (1 << 9, 0)
        assert run(ours, "fmv.x.h", unboxed) == (0x3C00, 0)
    assert run(ours, "fmv.x.h", BOX | 0x8001) == (-0x7FFF, 0)
    assert run(ours, "fmv.h.x", x=0x12345) == (BOX | 0x2345, 0)


def test_loads_box_and_stores_do_not_look(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(ISA)
    hart = Hart(data=bytes.fromhex("00 3c 01 80"))
    hart.x[10], hart.f[11] = DATA, 0x1234_5678_9ABC
    load_half, store_half = ISA.instructions["flh"], ISA.instructions["fsh"]
    values = {"rd": 1, "rs1": 10, "imm": 2}
    assert ours.perform(Decoded(load_half, 0, values), hart).f[1] == BOX | 0x8001
    values = {"rs2": 11, "rs1": 10, "imm": 0}
    assert ours.perform(Decoded(store_half, 0, values), hart).data == bytes.fromhex("bc9a 0180")


def test_words_are_those_of_gnu_as(tmp_path: Path) -> None:
    rng = random.Random(19)
    lines, words = [], []
    for made in load("zfh").instructions.values():
        for _ in range(10):
            values = {}
            for name, operand in made.operands.items():
                values[name] = rng.randrange(32)
                if isinstance(operand.kind, RoundingKind):
                    modes = [0] if operand.kind.default == 0 else sorted(ROUNDING_MODES.values())
                    values[name] = rng.choice(modes)
            word = made.encode(values)
            decoded = ISA.decode(word)
            assert decoded is not None
            words.append(word)
            lines.append(format_instruction(decoded, ISA, aliases=False))
    source, made_object = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text("\n".join(lines) + "\n")
    gnu = "riscv64-unknown-elf-"
    command = [gnu + "as", "-march=rv64gc_zfh", str(source), "-o", str(made_object)]
    subprocess.run(command, check=True)
    command = [gnu + "objdump", "-d", "-z", str(made_object)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    theirs = [int(word, 16) for word in re.findall(r"^\s*[0-9a-f]+:\t([0-9a-f]{8})", output, re.M)]
    assert theirs == words


@pytest.mark.parametrize("xlen", [32, 64])
def test_both_widths_have_it(xlen: int) -> None:
    isa = isa_for(f"rv{xlen}if_zfh")
    assert ("fcvt.l.h" in isa.instructions) == (xlen == 64)
    assert "fcvt.w.h" in isa.instructions
