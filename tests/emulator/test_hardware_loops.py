"""Hardware loops: counted and nested, in every tier, with limits, and those of one's own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.disassembler import disassemble
from rvx.emulator import Machine, TrapKind
from rvx.emulator.context import Field
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.isa import ClashError, DeclarationError, Extension, Words
from rvx.isa.loops import COUNT, END, START, WORDS, next_pc

WAYS: dict[str, dict[str, Any]] = {
    "python": {"backend": "python"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "region": {},
}
COREV = isa_for("rv32im_xcvhwlp_xcvmac_zicsr")

Xloop = Extension("Xloop", version="1.0", doc="Three loops within each other")
Xloop.hardware_loops("lanes", 3)


@Xloop.instruction(
    "hloop level:u, rs1, offset:ahead", "offset[11:2] level[1:0] rs1 000 00000 1011011"
)
def hloop(level: int, rs1: int, offset: int, pc: int, lanes: Words) -> None:
    """Repeats what follows up to pc + offset, rs1 times."""
    lanes[WORDS * level + START] = pc + 4
    lanes[WORDS * level + END] = pc + offset
    lanes[WORDS * level + COUNT] = rs1


@Xloop.instruction("twice rd, rs1", "000000000000 rs1 001 rd 1011011")
def twice(rs1: int) -> int:
    """rd = 2 * rs1."""
    return 2 * rs1


OWN = isa_for("rv64im", [Xloop])


def machine(isa: Any, text: str, way: str) -> Machine:
    source = f".option norvc\n.globl f\n.balign 4\n{text}\n"
    made = Machine(assemble(source, isa).to_elf(), isa, memory=1 << 20, **WAYS[way])
    if way in ("inline", "mirrored"):
        made.context.words[Field.THRESHOLD] = 2
    return made


MATRIX = """f: li a0, 0
 li a1, 0
 cv.starti 1, start1
 cv.endi 1, end1
 cv.count 1, a2
 cv.starti 0, start0
 cv.endi 0, end0
start1: cv.count 0, a2
start0: addi a0, a0, 1
 addi a0, a0, 1
 addi a0, a0, 1
end0: addi a1, a1, 2
 addi a1, a1, 2
end1: csrr a3, lpcount0
 csrr a4, lpend1
 ret"""


@pytest.mark.parametrize("way", WAYS)
def test_the_example_of_the_manual(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    made = machine(COREV, MATRIX, way)
    for n in (10, 1, 25):
        result = made.call("f", 0, 0, n)
        assert result.trap is None, result.trap
        assert (result.value, made.register("a1")) == (3 * n * n, 4 * n)
        assert result.instructions == 7 + n * (1 + 3 * n + 2) + 3
        assert result.by_mnemonic["cv.count"] == n + 1
        assert made.register("a3") == 0
        assert made.register("a4") == made.symbol("end1")
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))
    if way == "region":
        inner = [one for one in made.explain(result) if one.entries]
        assert inner, "no loop has run as a region"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("rounds", "sums"), [(0, 1), (1, 1), (2, 2), (7, 7)])
def test_no_round_and_a_single_one(way: str, rounds: int, sums: int) -> None:
    """With a count of 0 there is no loop: what would be its body is performed once."""
    text = f"f: cv.setupi 0, {rounds}, 1f\n li a1, 1\n add a0, a0, a1\n nop\n1: ret"
    made = machine(COREV, text, way)
    result = made.call("f", 0)
    assert (result.value, result.instructions) == (sums, 2 + 3 * sums)


WORDS_OF_THE_MANUAL = """
cv.starti 0, 0xc: 0030402b
cv.start 1, a1: 0005c1ab
cv.endi 1, 0x10: 004042ab
cv.end 0, a1: 0005c32b
cv.counti 1, 4095: fff044ab
cv.count 0, a1: 0005c52b
cv.setupi 1, 5, 0x7c: 005fc6ab
cv.setup 0, a1, 0x3ffc: fff5c72b
"""


@pytest.mark.parametrize("line", WORDS_OF_THE_MANUAL.split("\n")[1:-1])
def test_words_of_the_manuals_table(line: str) -> None:
    text, _, digits = line.partition(": ")
    mnemonic, *operands = text.replace(",", "").split()
    word = int(digits, 16)
    decoded = COREV.decode(word)
    assert decoded is not None
    assert decoded.instruction.mnemonic == mnemonic
    assert decoded.instruction.encode(decoded.values) == word
    (row,) = disassemble(word.to_bytes(4, "little"), 0, COREV)
    printed = row.text.replace(",", " ").split()
    assert printed[0] == mnemonic
    assert [int(part, 0) for part in printed[1:] if part[0].isdigit()] == [
        int(part, 0) for part in operands if part[0].isdigit()
    ]


def test_how_far_a_loop_may_end() -> None:
    far = "cv.setupi 0, 5, 1f\n" + " nop\n" * 31 + "1: nop\n"
    assert assemble(f"f: {far.replace(chr(10) + ' nop', '', 1)}", COREV).segments[0].data[:4]
    with pytest.raises(Exception, match="128 does not fit; valid is 0 to 124 in multiples of 4"):
        assemble(f"f: {far}", COREV)
    with pytest.raises(Exception, match="-4 does not fit; valid is 0 to 16380 in multiples of 4"):
        assemble("1: nop\n cv.starti 0, 1b\n", COREV)


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_around_a_hardware_loop_is_one_region(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setup and rounds: the region is left neither for the one nor for the others."""
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    text = """f: cv.setup 0, a1, 1f
 addi a0, a0, 1
 addi a0, a0, 2
1: addi a2, a2, -1
 bnez a2, f
 ret"""
    made = machine(COREV, text, way)
    for rounds, times in ((3, 20), (1, 7), (9, 50)):
        result = made.call("f", 0, rounds, times)
        assert (result.value, result.instructions) == (
            3 * rounds * times,
            times * (2 * rounds + 3) + 1,
        )
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))
    if way == "region":
        (entered,) = (one for one in made.explain(result) if one.entries)
        assert entered.entries == 2  # Once in each call since it was made.
        assert entered.instructions == result.instructions - 1


@pytest.mark.parametrize("way", WAYS)
def test_an_end_that_is_new_to_a_region(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a setup in a region leads to an end that nobody knows, it is left to the trap hook."""
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    text = """f: cv.starti 0, start
 cv.end 0, a3
 cv.count 0, a1
start: addi a0, a0, 1
 addi a0, a0, 16
near: addi a0, a0, 256
 addi a4, a4, 1
far: addi a2, a2, -1
 bnez a2, f
 ret"""
    made = machine(COREV, text, way)
    near, far = made.symbol("near"), made.symbol("far")
    for end, rounds, times in (
        (near, 3, 20),
        (near, 5, 9),
        (far, 4, 30),
        (near, 2, 6),
        (far, 3, 9),
    ):
        result = made.call("f", 0, rounds, times, end)
        each = 17 * rounds + 256 if end == near else 273 * rounds
        assert result.value == each * times
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))


def own_program(draw: random.Random) -> tuple[str, int, int]:
    """A program with loops within each other, what it gives, and how many instructions it has.

    The loops are written twice, here and as assembly: nothing of rvx says what they mean.
    """
    depth = draw.randint(1, 3)
    rounds = [draw.randint(1, 5) for _ in range(depth)]
    before = [[draw.choice("aTn") for _ in range(draw.randint(0, 2))] for _ in range(depth)]
    behind = [[draw.choice("aTn") for _ in range(draw.randint(1, 2))] for _ in range(depth)]
    texts = {"a": "addi a0, a0, 3", "T": "twice a0, a0", "n": "add a1, a1, a0"}
    lines = ["f: li a0, 1", *(f"li t{i}, {n}" for i, n in enumerate(rounds))]
    for i in range(depth):
        level = depth - 1 - i  # Loop 0 is the innermost.
        lines += [f"hloop {level}, t{i}, end{i}", *(texts[one] for one in before[i])]
    for i in reversed(range(depth)):
        lines += [*(texts[one] for one in behind[i]), f"end{i}:"]
    lines.append("ret")
    value, count = 1, len(rounds) + 2

    def perform(one: str) -> None:
        nonlocal value, count
        count += 1
        if one != "n":
            value = value + 3 if one == "a" else 2 * value

    def loop(i: int) -> None:
        nonlocal count
        count += 1
        for _ in range(rounds[i]):
            for one in before[i]:
                perform(one)
            if i + 1 < depth:
                loop(i + 1)
            for one in behind[i]:
                perform(one)

    loop(0)
    return "\n".join(lines), (value + 2**63) % 2**64 - 2**63, count


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(6))
def test_random_nests_of_ones_own_loops(
    way: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    text, value, count = own_program(random.Random(seed))
    made = machine(OWN, text, way)
    for _ in range(3):
        result = made.call("f")
        assert result.trap is None, result.trap
        assert (result.value, result.instructions) == (value, count), text
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))


@pytest.mark.parametrize("way", ["trap", "inline", "region"])
def test_a_limit_stops_within_a_loop_and_the_run_goes_on(way: str) -> None:
    programs = (own_program(random.Random(seed)) for seed in range(100))
    text, value, count = next(one for one in programs if 50 < one[2] < 200)
    for limit in (*range(1, 24), count - 2, count - 1):
        made = machine(OWN, text, way)
        result = made.call("f", max_instructions=limit)
        assert result.trap is not None
        assert result.trap.kind == TrapKind.LIMIT
        assert result.instructions == limit
        rest = made.run()
        assert (rest.value, rest.instructions) == (value, count - limit)


def test_loops_with_one_end_are_done_from_the_inside_out() -> None:
    text = "f: li a1, 3\n hloop 1, a1, 1f\n hloop 0, a1, 1f\n addi a0, a0, 1\n1: ret"
    assert machine(OWN, text, "inline").call("f", 0).value == 9


@pytest.mark.parametrize(
    ("words", "at", "goes_to", "left"),
    [
        ([8, 20, 3, 0, 0, 0], 20, 8, [2, 0]),
        ([8, 20, 1, 0, 0, 0], 20, 20, [0, 0]),
        ([8, 20, 0, 0, 0, 0], 20, 20, [0, 0]),
        ([8, 20, 3, 0, 0, 0], 16, 16, [3, 0]),
        ([8, 20, 1, 4, 20, 2], 20, 4, [0, 1]),
    ],
)
def test_where_execution_goes_on(words: list[int], at: int, goes_to: int, left: list[int]) -> None:
    assert next_pc(words, 2, at) == goes_to
    assert words[COUNT::WORDS] == left


def test_mistakes_in_declarations() -> None:
    for count in (0, 9, 1.5):
        extension = Extension("Xa", version="1.0")
        with pytest.raises(DeclarationError, match=f"Xa: {count} hardware loops; valid are 1 to 8"):
            extension.hardware_loops("some", count)  # type: ignore[arg-type]
    other = Extension("Xother", version="1.0")
    other.hardware_loops("others")
    with pytest.raises(ClashError, match="Xloop and Xother both have hardware loops"):
        isa_for("rv64im", [Xloop, other])
