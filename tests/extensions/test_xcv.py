"""CORE-V: words against those that LLVM publishes, meaning against the manual in exact integers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.emulator import Machine, TrapKind
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.isa import Isa

MARCH = "rv32imc_xcvmem_xcvmac_xcvalu_xcvbitmanip_xcvbi"

PUBLISHED = """
cv.lb t0, (t1), 0: 0003028b
cv.lb a0, (a1), 2047: 7ff5850b
cv.lb a0, (a1), a2: 00c5b52b
cv.lb t0, t2(t1): 087332ab
cv.lbu a0, (a1), 2047: 7ff5c50b
cv.lbu t0, (t1), t2: 107332ab
cv.lbu a0, a2(a1): 18c5b52b
cv.lh a0, (a1), 2047: 7ff5950b
cv.lh t0, (t1), t2: 027332ab
cv.lh a0, a2(a1): 0ac5b52b
cv.lhu a0, (a1), 2047: 7ff5d50b
cv.lhu a0, (a1), a2: 12c5b52b
cv.lhu t0, t2(t1): 1a7332ab
cv.lw a0, (a1), 2047: 7ff5a50b
cv.lw t0, (t1), t2: 047332ab
cv.lw a0, a2(a1): 0cc5b52b
cv.sb a0, (a1), 2047: 7ea58fab
cv.sb t0, (t1), t2: 205333ab
cv.sb a0, a2(a1): 28a5b62b
cv.sh a0, (a1), 2047: 7ea59fab
cv.sh a0, (a1), a2: 22a5b62b
cv.sh t0, t2(t1): 2a5333ab
cv.sw a0, (a1), 2047: 7ea5afab
cv.sw t0, (t1), t2: 245333ab
cv.sw a0, a2(a1): 2ca5b62b
cv.addurnr a0, a1, a2: 86c5b52b
cv.maxu a0, a1, a2: 5cc5b52b
cv.subrnr a0, a1, a2: 8cc5b52b
cv.sle a0, a1, a2: 52c5b52b
cv.subrn a0, a1, zero, 31: be05b55b
cv.subnr t0, t1, t2: 887332ab
cv.addunr t0, t1, t2: 827332ab
cv.addurn t0, t1, t2, 16: e07322db
cv.addun a0, a1, zero, 31: 7e05a55b
cv.clipu t0, t1, 16: 730332ab
cv.clip a0, zero, 31: 71f0352b
cv.exthz a0, a1: 6205b52b
cv.max t0, t1, t2: 5a7332ab
cv.clipr a0, a1, a2: 74c5b52b
cv.subn t0, t1, t2, 16: 207332db
cv.extbz a0, a1: 6605b52b
cv.abs a0, a1: 5005b52b
cv.clipur a0, a1, a2: 76c5b52b
cv.minu a0, a1, a2: 58c5b52b
cv.addn a0, a1, zero, 31: 3e05a55b
cv.subunr a0, a1, a2: 8ac5b52b
cv.extbs a0, a1: 6405b52b
cv.sleu a0, a1, a2: 54c5b52b
cv.min a0, a1, a2: 56c5b52b
cv.suburnr a0, a1, a2: 8ec5b52b
cv.addrnr a0, a1, a2: 84c5b52b
cv.exths a0, a1: 6005b52b
cv.addrn t0, t1, t2, 16: a07322db
cv.suburn t0, t1, t2, 16: e07332db
cv.addnr a0, a1, a2: 80c5b52b
cv.subun a0, a1, zero, 31: 7e05b55b
cv.extract a0, a1, 17, 18: 2325855b
cv.extractu s0, s1, 30, 31: 7df4845b
cv.insert a0, a1, 31, 0: be05855b
cv.bclr a0, a1, 17, 18: 2325955b
cv.bset s0, s1, 30, 31: 7df4945b
cv.bitrev a0, a1, 1, 18: c325955b
cv.extractr a0, a1, a2: 30c5b52b
cv.extractur s0, s1, s2: 3324b42b
cv.insertr a0, a1, a2: 34c5b52b
cv.bclrr a0, a1, a2: 38c5b52b
cv.bsetr a0, a1, a2: 3ac5b52b
cv.ror a0, a1, a2: 40c5b52b
cv.ff1 a0, a1: 4205b52b
cv.fl1 s0, s1: 4404b42b
cv.clb a0, a1: 4605b52b
cv.cnt a0, a1: 4805b52b
"""
"""From llvm/test/MC/RISCV/corev, which GNU binutils agrees with."""


@pytest.fixture(scope="module")
def isa() -> Isa:
    return isa_for(MARCH)


@pytest.mark.parametrize("line", PUBLISHED.split("\n")[1:-1])
def test_published_words(isa: Isa, line: str) -> None:
    text, _, digits = line.partition(": ")
    data = assemble(f".globl f\nf: {text}\n", isa).segments[0].data
    assert data[:4] == int(digits, 16).to_bytes(4, "little")
    decoded = isa.decode(int(digits, 16))
    assert decoded is not None
    mnemonic, _, operands = text.partition(" ")
    printed = format_instruction(decoded, isa).split(maxsplit=1)
    assert printed == [mnemonic, operands.replace(" ", "")]


def test_every_instruction_has_a_published_word_or_a_rule(isa: Isa) -> None:
    words = [int(line.rpartition(": ")[2], 16) for line in PUBLISHED.split("\n")[1:-1]]
    seen = {decoded.instruction.mnemonic for word in words if (decoded := isa.decode(word))}
    left = {name for name in isa.instructions if name.startswith("cv.")} - seen
    # Products are two bits and a funct3, in the manual's order; `test_products` names them all.
    assert {n for n in left if not n.startswith(("cv.mul", "cv.mac", "cv.msu"))} == {
        "cv.beqimm",
        "cv.bneimm",
    }


PRODUCTS = {
    **{f"cv.mul{n}": (i, 4) for i, n in enumerate(("sn", "hhsn", "srn", "hhsrn"))},
    **{f"cv.mul{n}": (i, 5) for i, n in enumerate(("un", "hhun", "urn", "hhurn"))},
    **{f"cv.mac{n}": (i, 6) for i, n in enumerate(("sn", "hhsn", "srn", "hhsrn"))},
    **{f"cv.mac{n}": (i, 7) for i, n in enumerate(("un", "hhun", "urn", "hhurn"))},
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_words_of_products(isa: Isa, name: str) -> None:
    top, funct3 = PRODUCTS[name]
    word = isa.instructions[name].encode({"rd": 10, "rs1": 11, "rs2": 12, "amount": 19})
    assert word == top << 30 | 19 << 25 | 12 << 20 | 11 << 15 | funct3 << 12 | 10 << 7 | 0x5B


def u32(value: int) -> int:
    return value % (1 << 32)


def s32(value: int) -> int:
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def shift(value: int, amount: int, letters: str) -> int:
    """The manual: `>>>` and `>>` of a word, with 2^(amount-1) added for R, which is 0 for 0."""
    if "r" in letters and amount:
        value += 2 ** (amount - 1)
    return u32(value) // 2**amount if "u" in letters else s32(value) // 2**amount


def half(value: int, is_high: bool, is_signed: bool) -> int:
    found = u32(value) // (1 << 16) if is_high else u32(value) % (1 << 16)
    return found - (1 << 16) if is_signed and found >= 1 << 15 else found


def clip(value: int, low: int, high: int) -> int:
    return low if value <= low else high if value >= high else value


def field(value: int, width: int, lsb: int) -> str:
    """The bits of the field, the highest first."""
    bits = f"{u32(value):032b}"
    return bits[31 - min(width + lsb, 31) : 32 - lsb]


def set_field(value: int, width: int, lsb: int, new: str) -> int:
    bits, top = f"{u32(value):032b}", min(width + lsb, 31)
    return int(bits[: 31 - top] + new[len(new) - (top - lsb + 1) :] + bits[32 - lsb :], 2)


def signed_bits(bits: str) -> int:
    return int(bits, 2) - (1 << len(bits) if bits[0] == "1" else 0)


Reference = Callable[[int, int, int], int]


def references(n: int, m: int) -> dict[str, Reference]:
    """What each instruction makes of the old rd, rs1 and rs2; `n` and `m` are its numbers."""
    found: dict[str, Reference] = {
        "mac rd, rs1, rs2": lambda d, a, b: d + a * b,
        "msu rd, rs1, rs2": lambda d, a, b: d - a * b,
        "abs rd, rs1": lambda d, a, b: abs(a),
        "sle rd, rs1, rs2": lambda d, a, b: a <= b,
        "sleu rd, rs1, rs2": lambda d, a, b: u32(a) <= u32(b),
        "min rd, rs1, rs2": lambda d, a, b: sorted((a, b))[0],
        "max rd, rs1, rs2": lambda d, a, b: sorted((a, b))[1],
        "minu rd, rs1, rs2": lambda d, a, b: sorted((u32(a), u32(b)))[0],
        "maxu rd, rs1, rs2": lambda d, a, b: sorted((u32(a), u32(b)))[1],
        "exths rd, rs1": lambda d, a, b: half(a, False, True),
        "exthz rd, rs1": lambda d, a, b: half(a, False, False),
        "extbs rd, rs1": lambda d, a, b: (a + 128) % 256 - 128,
        "extbz rd, rs1": lambda d, a, b: a % 256,
        f"clip rd, rs1, {n}": lambda d, a, b: clip(
            a, -(2 ** (n - 1)) if n else -1, 2 ** (n - 1) - 1 if n else 0
        ),
        f"clipu rd, rs1, {n}": lambda d, a, b: clip(a, 0, 2 ** (n - 1) - 1 if n else 0),
        "clipr rd, rs1, rs2": lambda d, a, b: clip(a, -(b % 2**31) - 1, b % 2**31),
        "clipur rd, rs1, rs2": lambda d, a, b: clip(a, 0, b % 2**31),
        f"extract rd, rs1, {n}, {m}": lambda d, a, b: signed_bits(field(a, n, m)),
        f"extractu rd, rs1, {n}, {m}": lambda d, a, b: int(field(a, n, m), 2),
        "extractr rd, rs1, rs2": lambda d, a, b: signed_bits(field(a, b // 32 % 32, b % 32)),
        "extractur rd, rs1, rs2": lambda d, a, b: int(field(a, b // 32 % 32, b % 32), 2),
        f"insert rd, rs1, {n}, {m}": lambda d, a, b: set_field(d, n, m, f"{u32(a):032b}"),
        "insertr rd, rs1, rs2": lambda d, a, b: set_field(
            d, b // 32 % 32, b % 32, f"{u32(a):032b}"
        ),
        f"bclr rd, rs1, {n}, {m}": lambda d, a, b: set_field(a, n, m, "0" * 32),
        f"bset rd, rs1, {n}, {m}": lambda d, a, b: set_field(a, n, m, "1" * 32),
        "bclrr rd, rs1, rs2": lambda d, a, b: set_field(a, b // 32 % 32, b % 32, "0" * 32),
        "bsetr rd, rs1, rs2": lambda d, a, b: set_field(a, b // 32 % 32, b % 32, "1" * 32),
        "ror rd, rs1, rs2": lambda d, a, b: int(
            f"{u32(a):032b}"[32 - b % 32 :] + f"{u32(a):032b}"[: 32 - b % 32], 2
        ),
        "ff1 rd, rs1": lambda d, a, b: (f"{u32(a):032b}"[::-1] + "1").index("1"),
        "fl1 rd, rs1": lambda d, a, b: 31 - f"{u32(a):032b}".index("1") if a else 32,
        "cnt rd, rs1": lambda d, a, b: f"{u32(a):b}".count("1"),
    }
    for letters in ("", "u", "r", "ur"):
        for sign, name in ((1, "add"), (-1, "sub")):
            found[f"{name}{letters}n rd, rs1, rs2, {n}"] = (
                lambda d, a, b, s=sign, how=letters: shift(a + s * b, n, how)  # type: ignore[misc]
            )
            found[f"{name}{letters}nr rd, rs1, rs2"] = (
                lambda d, a, b, s=sign, how=letters: shift(d + s * a, b % 32, how)  # type: ignore[misc]
            )
    for name in PRODUCTS:
        letters = name[6:]
        high, signed = letters.startswith("hh"), "s" in letters
        how = ("" if signed else "u") + ("r" if "r" in letters else "")

        def product(a: int, b: int, high: bool = high, signed: bool = signed) -> int:
            return half(a, high, signed) * half(b, high, signed)

        found[f"{name[3:]} rd, rs1, rs2, {n}"] = (
            lambda d, a, b, p=product, how=how, adds=name[3:6] == "mac": shift(  # type: ignore[misc]
                d * adds + p(a, b), n, how
            )
        )
    return found


EDGES = (0, 1, -1, 2**31 - 1, -(2**31), 0x7FFF, -0x8000, 0x8000, 0xFFFF, 31, 32)


@pytest.mark.parametrize("backend", ["native", "python"])
def test_arithmetic(isa: Isa, backend: Any) -> None:
    draw = random.Random(5)
    for n, m in ((0, 0), (31, 31), (7, 12)) if backend == "native" else ((5, 20),):
        wanted = references(n, m)
        lines = []
        for i, text in enumerate(wanted):
            word = text.replace("rd", "t3").replace("rs1", "t0").replace("rs2", "t1")
            lines.append(f" mv t3, t2\n cv.{word}\n sw t3, {4 * i}(a1)")
        source = ".globl f\nf: lw t0, 4(a0)\n lw t1, 8(a0)\n lw t2, 0(a0)\n" + "\n".join(lines)
        elf = assemble(f"{source}\n ret\n", isa).to_elf()
        machine = Machine(elf, isa, memory=1 << 20, backend=backend)
        given, out = machine.allocate(12), machine.allocate(4 * len(wanted))
        for _ in range(60 if backend == "native" else 12):
            values = [
                draw.choice(EDGES) if draw.random() < 0.4 else draw.randrange(-(2**31), 2**31)
                for _ in range(3)
            ]
            machine.array(given, np.uint32, 3)[:] = [u32(value) for value in values]
            result = machine.call("f", given, out)
            assert result.trap is None, result.trap
            found = machine.array(out, np.uint32, len(wanted)).tolist()
            for (text, reference), value in zip(wanted.items(), found, strict=True):
                assert value == u32(int(reference(*(s32(v) for v in values)))), (text, values)


@pytest.mark.parametrize("backend", ["native", "python"])
def test_loads_and_stores(isa: Isa, backend: Any) -> None:
    text = """.globl f
f: cv.lb t0, (a0), 3
 cv.lbu t1, (a0), -1
 cv.lh t2, (a0), a2
 li a3, -2
 cv.lhu t3, a3(a0)
 cv.lw t4, (a0), -4
 cv.sw t4, (a1), 4
 cv.sh t2, (a1), a2
 cv.sb t0, a2(a1)
 cv.lw a0, (a0), 0
 ret"""
    machine = Machine(assemble(text, isa).to_elf(), isa, memory=1 << 20, backend=backend)
    data = bytes((0x80, 0x91, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0xF7, 0x08, 0x19, 0x2A, 0x3B))
    at, out = machine.allocate(16), machine.allocate(16)
    machine.array(at, np.uint8, 12)[:] = np.frombuffer(data, np.uint8)
    result = machine.call("f", at, out, 4)
    assert result.trap is None, result.trap
    # 80 at 0, b3 at 3, c4a2 at 2 (misaligned), e6d5... from 6 - 2, the word at 6, the word at 2.
    expected = {"t0": 0xFFFFFF80, "t1": 0xB3, "t2": 0xFFFFB3A2, "t3": 0xD5C4, "t4": 0x1908F7E6}
    assert {name: machine.register(name) for name in expected} == expected
    assert result.value == s32(int.from_bytes(data[2:6], "little"))
    stored = machine.array(out, np.uint8, 16).tobytes()
    assert stored[:6] == bytes.fromhex("e6f708 19 a2b3")
    assert stored[12] == 0x80
    assert machine.register("a1") == out + 8


def test_a_bad_access_steps_nothing(isa: Isa) -> None:
    machine = Machine(assemble(".globl f\nf: cv.lw a1, (a0), 4\n ret", isa).to_elf(), isa)
    result = machine.call("f", 16, 7)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_LOAD
    assert (machine.register("a0"), machine.register("a1")) == (16, 7)


def test_branches(isa: Isa) -> None:
    text = """.globl f
f: li a1, 0
1: addi a1, a1, 1
 addi a0, a0, -1
 cv.bneimm a0, -7, 1b
 cv.beqimm a1, 12, 2f
 ret
2: li a0, 99
 ret"""
    machine = Machine(assemble(text, isa).to_elf(), isa)
    assert machine.call("f", 3).value == -7
    assert machine.call("f", 5).value == 99


def test_a_dot_product_is_one_region(isa: Isa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    text = """.globl f
f: li a4, 0
1: cv.lw t0, (a0), 4
 cv.lw t1, (a1), a5
 cv.mac a4, t0, t1
 cv.sw a4, (a3), 4
 addi a2, a2, -1
 bnez a2, 1b
 mv a0, a4
 ret"""
    machine = Machine(assemble(f".option norvc\n{text}", isa).to_elf(), isa, memory=1 << 20)
    count = 500
    draw = np.random.default_rng(1)
    a = draw.integers(-(2**31), 2**31, count, np.int32)
    b = draw.integers(-(2**31), 2**31, 2 * count, np.int32)
    left, right, out = machine.place(a), machine.place(b), machine.allocate(4 * count)
    sums = np.cumsum(a.astype(np.int64) * b[::2], dtype=np.int64).astype(np.int32)
    for _ in range(3):
        machine.set_register("a5", 8)
        result = machine.call("f", left, right, count, out)
        assert result.trap is None, result.trap
        assert result.value == sums[-1]
        assert machine.array(out, np.int32, count).tolist() == sums.tolist()
        assert result.by_mnemonic["cv.mac"] == count
        assert result.instructions == 1 + 6 * count + 2
        assert machine.hart.regions is not None
        machine.hart.regions.look(float("inf"))
    (loop,) = [one for one in machine.explain(result) if one.steps == 6]
    assert "refused" not in loop.reason
    assert 1 <= loop.entries <= 3
