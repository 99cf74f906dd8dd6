"""The bodies of F and D against Unicorn, and by themselves where Unicorn follows other rules."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import pytest

from rvx.extensions import isa_for
from rvx.isa import Decoded, Instruction, Isa
from rvx.isa.operands import RegisterKind

from .conftest import DATA, Bodies, Core, Hart, signed

BOX = -1 << 32
CASES_PER_INSTRUCTION = 100
SINGLE = (
    *(0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000),
    *(0x7F800001, 0xFFC00000, 0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x3F7FFFFF),
    *(0x4F000000, 0xCF000000, 0x4F7FFFFF, 0x5F000000, 0xDF000000, 0x3F000000, 0x3EFFFFFF),
)
DOUBLE = (
    *(0x0000000000000000, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000),
    *(0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000001),
    *(0x0000000000000001, 0x800FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF),
    *(0x41DFFFFFFFC00000, 0x41E0000000000000, 0xC1E0000000000000, 0x43E0000000000000),
    *(0x36A0000000000000, 0x47EFFFFFF0000000, 0x3690000000000000, 0x380FFFFFFFFFFFFF),
)
SIGNALLING_MATTERS = ("fmin.s", "fmax.s", "fmin.d", "fmax.d")


def single(rng: random.Random) -> int:
    """A boxed single-precision number: special, ordinary, or any bits."""
    kind = rng.random()
    if kind < 0.35:
        return BOX | rng.choice(SINGLE)
    if kind < 0.7:
        near = struct.unpack("<I", struct.pack("<f", rng.uniform(-4, 4)))[0]
        return BOX | near + rng.randrange(-2, 3) & 0xFFFFFFFF
    return BOX | rng.getrandbits(32)


def double(rng: random.Random) -> int:
    kind = rng.random()
    if kind < 0.35:
        return signed(rng.choice(DOUBLE))
    if kind < 0.6:
        return signed(struct.unpack("<Q", struct.pack("<d", rng.uniform(-4, 4)))[0])
    if kind < 0.8:
        return signed(struct.unpack("<Q", struct.pack("<d", rng.gauss(0, 1) * 2**31))[0])
    return signed(rng.getrandbits(64))


def reads_single(made: Instruction) -> bool:
    name = made.mnemonic
    return name.endswith(".s") or name == "fsw"


def word_of(made: Instruction, isa: Isa, rng: random.Random) -> Decoded:
    while True:
        word = rng.getrandbits(32) & ~made.pattern.mask | made.pattern.match
        decoded = isa.decode(word)
        if decoded is None or (made.kind in ("load", "store") and not decoded.values["rs1"]):
            continue
        return decoded


def prepare(decoded: Decoded, rng: random.Random, xlen: int) -> Hart:
    make = single if reads_single(decoded.instruction) else double
    hart = Hart(
        [0] + [signed(rng.getrandbits(rng.choice((1, 8, 31, 32, 64))), xlen) for _ in range(31)]
    )
    hart.f = [make(rng) for _ in range(32)]
    hart.frm, hart.fflags = rng.randrange(5), rng.getrandbits(5)
    hart.data = bytes(rng.getrandbits(8) for _ in range(64))
    if decoded.instruction.kind in ("load", "store"):
        hart.x[decoded.values["rs1"]] = DATA + 16 - decoded.values["imm"]
    return hart


def writes_single(made: Instruction) -> bool:
    return made.mnemonic.startswith(("fcvt.s.", "fmv.w.x")) or (
        made.mnemonic.endswith(".s") and not made.mnemonic.startswith(("fcvt", "fmv.x"))
    )


def has_signalling(hart: Hart) -> bool:
    return any(
        (f & 0x7FFFFFFF) in range(0x7F800001, 0x7FC00000)
        or (f & 2**63 - 1) in range(0x7FF0000000000001, 0x7FF8000000000000)
        for f in hart.f
    )


@pytest.mark.parametrize("xlen", [32, 64])
def test_float_bodies_do_what_the_core_does(
    xlen: int, bodies: Callable[[Isa], Bodies], core: Callable[[int], Core]
) -> None:
    isa = isa_for(f"rv{xlen}ifd_zicsr")
    ours, theirs = bodies(isa), core(xlen)
    rng = random.Random(7 + xlen)
    compared = [made for made in isa.instructions.values() if made.extension in "FD"]
    assert len(compared) == {32: 52, 64: 62}[xlen]
    for made in compared:
        for _ in range(CASES_PER_INSTRUCTION):
            decoded = word_of(made, isa, rng)
            before = prepare(decoded, rng, xlen)
            if made.mnemonic in SIGNALLING_MATTERS and has_signalling(before):
                continue
            got = ours.perform(decoded, before)
            expected = theirs.perform(decoded.word, 4, before)
            if writes_single(made) and "rd" in decoded.values:
                # The core leaves single results unboxed, see docs of rvx.extensions.floating.
                expected.f[decoded.values["rd"]] |= BOX
            assert got == expected, f"{made.mnemonic} {decoded.word:#x} {before}"


@pytest.mark.parametrize("xlen", [32, 64])
def test_csr_bodies_do_what_the_core_does(
    xlen: int, bodies: Callable[[Isa], Bodies], core: Callable[[int], Core]
) -> None:
    isa = isa_for(f"rv{xlen}ifd_zicsr")
    ours, theirs = bodies(isa), core(xlen)
    rng = random.Random(xlen)
    for name in ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"):
        for _ in range(60):
            made = isa.instructions[name]
            values = {"rd": rng.randrange(32), "csr": rng.choice((1, 2, 3))}
            values |= {"rs1" if name[-1] != "i" else "uimm": rng.randrange(32)}
            decoded = Decoded(made, made.encode(values), values)
            before = Hart([0] + [signed(rng.getrandbits(xlen), xlen) for _ in range(31)])
            before.frm, before.fflags = rng.randrange(8), rng.getrandbits(5)
            got, expected = ours.perform(decoded, before), theirs.perform(decoded.word, 4, before)
            assert got == expected, f"{name} {values} {before}"


def perform(ours: Bodies, text: str, *f: int, frm: int = 0) -> tuple[int, int]:
    """The result of `mnemonic` on fa0, fa1, fa2, and the flags."""
    made = ours.isa.instructions[text]
    values = {"rd": 13, "rs1": 10, "rs2": 11, "rs3": 12, "rm": 7}
    values = {name: values[name] for name in made.operands}
    hart = Hart(frm=frm)
    hart.f[10 : 10 + len(f)] = f
    after = ours.perform(Decoded(made, made.encode(values), values), hart)
    kind = made.operands["rd"].kind
    assert isinstance(kind, RegisterKind)
    return (after.x if kind.file.name == "x" else after.f)[13], after.fflags


def test_values_that_are_not_boxed_read_as_nan(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(isa_for("rv64gc"))
    nan, one = BOX | 0x7FC00000, BOX | 0x3F800000
    for unboxed in (0x3F800000, 0x3F800000 | 0x7FFFFFFF << 32, -2 << 32 | 0x3F800000):
        assert perform(ours, "fadd.s", unboxed, one) == (nan, 0)
        assert perform(ours, "fsgnj.s", unboxed, one) == (nan, 0)
        assert perform(ours, "fclass.s", unboxed) == (1 << 9, 0)
        assert perform(ours, "fcvt.d.s", unboxed) == (0x7FF8000000000000, 0)
        assert perform(ours, "fcvt.w.s", unboxed) == (2**31 - 1, 16)
        assert perform(ours, "fmv.x.w", unboxed) == (0x3F800000, 0)


def test_minimum_and_maximum_of_signalling_nans(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(isa_for("rv64gc"))
    signalling, quiet, one = BOX | 0x7F800001, BOX | 0x7FC00000, BOX | 0x3F800000
    for name in ("fmin.s", "fmax.s"):
        assert perform(ours, name, signalling, one) == (one, 16)
        assert perform(ours, name, one, signalling) == (one, 16)
        assert perform(ours, name, signalling, quiet) == (quiet, 16)
        assert perform(ours, name, one, quiet) == (one, 0)
        assert perform(ours, name, quiet, quiet) == (quiet, 0)


def test_the_dynamic_rounding_mode_is_frm(bodies: Callable[[Isa], Bodies]) -> None:
    ours = bodies(isa_for("rv64gc"))
    one, tiny = 0x3FF0000000000000, 0x0000000000000001
    up, exact_down = 0x3FF0000000000001, 0x3FF0000000000000
    results = [perform(ours, "fadd.d", one, tiny, frm=frm) for frm in range(5)]
    assert results == [(exact_down, 1), (exact_down, 1), (exact_down, 1), (up, 1), (exact_down, 1)]
