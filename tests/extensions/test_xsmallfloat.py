"""Xsmallfloat: the published encodings, and every lane against exact rational arithmetic."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for, load
from rvx.extensions.xsmallfloat import FORMATS
from rvx.formats.minifloat import exact
from rvx.isa import Instruction

EXTENSION = load("xsmallfloat")
ISA = isa_for("rv64gc_xsmallfloat")
PUBLISHED = Path(__file__).parent / "data" / "occamy_vector_opcodes.txt"
ALL_ONES = 0xFFFFFFFF << 32


def published() -> dict[str, tuple[int, int]]:
    rows = [line.split() for line in PUBLISHED.read_text().splitlines() if line[0] != "#"]
    return {name: (int(mask, 16), int(match, 16)) for name, mask, match in rows}


@pytest.mark.parametrize("made", EXTENSION.instructions.values(), ids=lambda made: made.mnemonic)
def test_encoding_is_the_published_one(made: Instruction) -> None:
    assert (made.pattern.mask, made.pattern.match) == published()[made.mnemonic]
    decoded = ISA.decode(made.pattern.match)
    assert decoded is not None
    assert decoded.instruction is made


def split(word: int, bits: int) -> list[int]:
    return [word >> at & (1 << bits) - 1 for at in range(0, 64, bits)]


def joined(lanes: list[tuple[int, int]], bits: int) -> tuple[int, int]:
    """A word and the flags of its lanes."""
    word = flags = 0
    for at, (code, raised) in enumerate(lanes):
        word |= code << at * bits
        flags |= raised
    return word, flags


def chosen(letter: str, is_alternate: int) -> Any:
    return FORMATS[letter][1 if is_alternate else 0]


def expected(name: str, rd: int, rs1: int, rs2: int, rm: int, mode: int) -> tuple[int, int]:
    """What an instruction gives by the exact reference, with its flags."""
    family, *rest = name.split(".")
    replicates = "r" in rest
    letters = [part for part in rest if part != "r"]
    if family in ("vfdotpex", "vfndotpex", "vfsumex", "vfnsumex") or family.startswith("vfcpk"):
        return _expanding(family, letters, replicates, rd, rs1, rs2, rm, mode)
    letter = letters[0]
    fmt = chosen(letter, mode & 1)
    bits = fmt.bits
    a, b, c = split(rs1, bits), split(rs2, bits), split(rd, bits)
    if replicates:
        b = [b[0]] * len(b)
    if family in ("vfsum", "vfnsum"):
        sums = [
            exact.vsum(fmt, fmt, a[2 * i], a[2 * i + 1], c[i], rm, negate=family == "vfnsum")
            for i in range(len(a) // 2)
        ]
        word, flags = joined(sums, bits)
        return word | ALL_ONES, flags
    if family in ("vfmac", "vfmre"):
        fused = [
            exact.fma(fmt, x, y, z, rm, negate_product=family == "vfmre")
            for x, y, z in zip(a, b, c, strict=True)
        ]
        return joined(fused, bits)
    rounded = {"vfadd": exact.add, "vfsub": exact.sub, "vfmul": exact.mul, "vfdiv": exact.div}
    plain = {"vfmin": exact.minimum, "vfmax": exact.maximum}
    signs: dict[str, Callable[..., int]] = {
        "vfsgnj": exact.copy_sign,
        "vfsgnjn": exact.copy_negated_sign,
        "vfsgnjx": exact.xor_signs,
    }
    if family in rounded:
        return joined([rounded[family](fmt, x, y, rm) for x, y in zip(a, b, strict=True)], bits)
    if family == "vfsqrt":
        return joined([exact.sqrt(fmt, x, rm) for x in a], bits)
    if family in plain:
        return joined([plain[family](fmt, x, y) for x, y in zip(a, b, strict=True)], bits)
    if family in signs:
        return joined([(signs[family](fmt, x, y), 0) for x, y in zip(a, b, strict=True)], bits)
    return _compared(family, chosen(letter, mode & 2), a, b)


def _compared(family: str, fmt: Any, a: list[int], b: list[int]) -> tuple[int, int]:
    word = flags = 0
    for lane, (x, y) in enumerate(zip(a, b, strict=True)):
        has_nan = not (exact.eq(fmt, x, x)[0] and exact.eq(fmt, y, y)[0])
        kind = {"vfeq": exact.eq, "vfne": exact.eq, "vflt": exact.lt, "vfge": exact.lt}
        holds, raised = kind.get(family, exact.le)(fmt, x, y)
        if family in ("vfne", "vfge", "vfgt"):
            holds = int(family == "vfne") if has_nan else 1 - holds
        word |= holds << lane
        flags |= raised
    return word, flags


def _expanding(
    family: str,
    letters: list[str],
    replicates: bool,
    rd: int,
    rs1: int,
    rs2: int,
    rm: int,
    mode: int,
) -> tuple[int, int]:
    to, source = chosen(letters[0], mode & 1), chosen(letters[1], mode & 2)
    if family.startswith("vfcpk"):
        pair = "abcd".index(family[-1])
        lanes = split(rd, to.bits)
        flags = 0
        for at, value in ((2 * pair, rs1), (2 * pair + 1, rs2)):
            lanes[at], raised = exact.convert(source, to, value & 0xFFFFFFFF, rm)
            flags |= raised
        return joined([(lane, 0) for lane in lanes], to.bits)[0], flags
    a, b, c = split(rs1, source.bits), split(rs2, source.bits), split(rd, to.bits)
    if replicates:
        b = [b[0]] * len(b)
    negate = family.startswith("vfn")
    results = []
    for i, addend in enumerate(c):
        x, y = a[2 * i : 2 * i + 2], b[2 * i : 2 * i + 2]
        if "dotp" in family:
            made = exact.exsdotp(source, to, x[0], y[0], x[1], y[1], addend, rm, negate=negate)
        else:
            made = exact.vsum(source, to, x[0], x[1], addend, rm, negate=negate)
        results.append(made)
    return joined(results, to.bits)


def operands(draw: random.Random) -> Iterator[tuple[int, int, int]]:
    """Random words, and words of special numbers and of neighbours."""
    special = (0, 1 << 63, 0x7C00, 0xFC00, 0x7E00, 0x7D00, 0x3C00, 0x0001, 0x8001, 0x7BFF)
    while True:
        yield (draw.getrandbits(64), draw.getrandbits(64), draw.getrandbits(64))
        word = [sum(draw.choice(special) << 16 * i for i in range(4)) for _ in range(3)]
        yield (word[0] & (1 << 64) - 1, word[1] & (1 << 64) - 1, word[2] & (1 << 64) - 1)
        near = draw.getrandbits(64)
        yield (near, near ^ draw.getrandbits(4) << draw.randrange(60), near ^ 0x8000800080008000)


def interpreted(made: Instruction, rd: int, rs1: int, rs2: int, rm: int, mode: int) -> Any:
    """The body called with NumPy int64 values, as the interpreted backend does."""
    flags, state = np.zeros(1, np.int64), np.array([mode], np.int64)
    given = {"rd": rd, "rs1": rs1, "rs2": rs2, "frm": rm, "fflags": flags, "fmode": state}
    arguments = [
        given[name] if name in ("fflags", "fmode") else np.uint64(given[name]).astype(np.int64)  # type: ignore[arg-type]
        for name in made.requests
    ]
    assert made.body is not None
    with np.errstate(over="ignore"):
        result = int(made.body(*arguments))
    return result & (1 << 64) - 1, int(flags[0])


@pytest.mark.parametrize("made", EXTENSION.instructions.values(), ids=lambda made: made.mnemonic)
def test_every_lane_is_exact(made: Instruction) -> None:
    draw = random.Random(made.mnemonic)
    source = operands(draw)
    for case in range(24):
        rd, rs1, rs2 = next(source)
        rm, mode = case % 5, draw.choice((0, 0, 1, 2, 3))
        wanted = expected(made.mnemonic, rd, rs1, rs2, rm, mode)
        assert interpreted(made, rd, rs1, rs2, rm, mode) == wanted, (rd, rs1, rs2, rm, mode)


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_fused_dot_product_keeps_what_a_chain_loses(backend: Any) -> None:
    program = assemble("step: vfdotpex.h.b fa0, fa1, fa2\n ret\n", ISA, entry="step")
    machine = Machine(program, ISA, backend=backend, memory=1 << 20)
    machine.set_register("fa0", 0x6800)
    machine.set_register("fa1", 0x3C3C)
    machine.set_register("fa2", 0x3C3C)
    assert machine.call("step").trap is None
    assert machine.register("fa0") == 0x6801


def test_fmode_selects_the_formats() -> None:
    program = assemble(
        "step: csrw 0x800, a0\n vfdotpex.s.h fa0, fa1, fa2\n csrr a0, 0x800\n ret\n", ISA
    )
    machine = Machine(program, ISA, memory=1 << 20)
    for mode in (0, 3):
        fmt = FORMATS["h"][mode & 1]
        one = 0x3C00 if mode == 0 else 0x3F80
        machine.set_register("fa0", 0)
        machine.set_register("fa1", one)
        machine.set_register("fa2", one)
        result = machine.call("step", mode)
        assert result.trap is None
        assert result.value == mode
        assert machine.register("fa0") == 0x3F800000, fmt
