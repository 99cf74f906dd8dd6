"""Repetitions perform, count and end alike in every tier: nesting, staggering, limits, misuse."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from rvx.emulator import TrapKind
from rvx.emulator.repetition.loop import MOST_COPIES
from rvx.isa.repeat import staggered

from .streams_lab import MODES, configure, isa, machine, program, start


@pytest.fixture(params=list(MODES))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def floats(made: Any, *names: str) -> list[float]:
    return [float(np.int64(made.register(name)).view(np.float64)) for name in names]


@pytest.mark.parametrize("xlen", [64, 32])
def test_a_block_is_repeated_and_counted_twice(way: str, xlen: int) -> None:
    text = """.globl f
f: fcvt.d.w fa0, zero
 li t0, 1
 fcvt.d.w fa1, t0
 li t0, 9
 frep.o t0, 2, 0, 0
 fadd.d fa0, fa0, fa1
 fadd.d fa0, fa0, fa0
 fcvt.w.d a0, fa0
 ret"""
    made = machine(text, way, xlen)
    result = made.call("f")
    assert result.value == 2046
    assert result.instructions == 7 + 20
    assert result.fetched == 7 + 2
    assert result.by_mnemonic["fadd.d"] == 20
    assert result.fetched_by_mnemonic["fadd.d"] == 2
    assert result.by_kind["float"] == 23


@pytest.mark.parametrize("mask", range(16))
@pytest.mark.parametrize("most", [0, 1, 2, 7])
def test_fields_of_staggered_words(mask: int, most: int) -> None:
    made = isa().instructions["fmadd.d"]
    values = {"rd": 30, "rs1": 4, "rs2": 31, "rs3": 9, "rm": 7}
    word = made.encode(values)
    for amount in range(most + 1):
        got = made.decode(staggered(word, amount, mask))
        for bit, name in enumerate(("rd", "rs1", "rs2", "rs3")):
            assert got[name] == (values[name] + (amount if mask >> bit & 1 else 0)) % 32


def test_staggering(way: str) -> None:
    text = """.globl f
f: li t0, 6
 frep.o t0, 1, 2, 9
 fmadd.d fs2, fa0, fa1, fs2
 ret"""
    made = machine(text, way)
    for name, value in (("fa0", 2.0), ("fa1", 3.0), ("fs2", 1.0), ("fs3", 10.0), ("fs4", 100.0)):
        made.set_register(name, int(np.float64(value).view(np.int64)))
    result = made.call("f")
    assert floats(made, "fs2", "fs3", "fs4") == [1 + 18, 10 + 12, 100 + 12]
    assert result.fetched == 4
    assert result.instructions == 3 + 7


NEST = """.globl f
f: fcvt.d.w fa0, zero
 addi t0, a0, -1
 addi t1, a1, -1
 frep.o t0, 4, 0, 0
 fadd.d fa0, fa0, fa1
 frep.o t1, 2, {stagger}
 fadd.d fs2, fs2, fa2
 fadd.d fs2, fs2, fa2
 fadd.d fa0, fa0, fa1
 fcvt.w.d a0, fa0
 ret"""


@pytest.mark.parametrize("stagger", ["0, 0", "1, 1", "3, 3"])
def test_one_repetition_within_another(way: str, stagger: str) -> None:
    made = machine(NEST.format(stagger=stagger), way)
    for name in ("fa1", "fa2", *(f"fs{i}" for i in range(2, 6))):
        made.set_register(name, int(np.float64(1).view(np.int64)))
    result = made.call("f", 5, 7)
    assert result.value == 10
    assert result.instructions == 4 + 10 + 1 + 2 * 35 + 2
    assert result.fetched == 4 + 1 + 4 + 2
    assert result.by_mnemonic["frep.o"] == 2
    assert made.register("fs2") == machine_of("python", stagger).register("fs2")
    if stagger == "0, 0":
        assert floats(made, "fs2") == [71]
    if stagger == "1, 1":
        # fs2 takes two ones a time in its own phase, fs3 what fs2 is, twice.
        assert floats(made, "fs2") == [1 + 5 * 4 * 2]


DEEP = """.globl f
f: li t0, 2
 li t1, 1
 li t2, 3
 li t3, 4
 frep.o t0, 5, 0, 0
 fadd.d fs0, fs0, fa0
 frep.o t1, 3, 0, 0
 frep.o t2, 2, 0, 0
 fadd.d fs1, fs1, fa0
 frep.o t3, 1, {stagger}
 fadd.d fs2, fs2, fa0
 fadd.d fs8, fs8, fa0
 fadd.d fs9, fs9, fa0
 ret"""
DEEP_COUNTS = {"fs0": 3, "fs1": 3 * 2 * 4, "fs2": 3 * 2 * 4 * 5, "fs8": 3 * 2, "fs9": 3}
"""Two blocks end with the fourth statement, and each of the outer ones with one of its own."""


@pytest.mark.parametrize("stagger", ["0, 0", "1, 1"])
def test_four_repetitions_one_within_the_other(way: str, stagger: str) -> None:
    made = machine(DEEP.format(stagger=stagger), way)
    made.set_register("fa0", int(np.float64(1).view(np.int64)))
    result = made.call("f")
    expected = dict(DEEP_COUNTS)
    if stagger == "1, 1":
        # Two of five phases go to fs3, as what fs2 is then and one.
        expected["fs2"] = 3 * 2 * 4 * 3
    assert floats(made, *expected) == list(expected.values())
    additions = sum(DEEP_COUNTS.values())
    assert result.by_mnemonic["fadd.d"] == additions
    assert result.fetched_by_mnemonic["fadd.d"] == len(DEEP_COUNTS)
    assert result.by_mnemonic["frep.o"] == 4
    assert result.instructions == 4 + 4 + additions + 1


def machine_of(way: str, stagger: str) -> Any:
    made = machine(NEST.format(stagger=stagger), way)
    for name in ("fa1", "fa2", *(f"fs{i}" for i in range(2, 6))):
        made.set_register(name, int(np.float64(1).view(np.int64)))
    made.call("f", 5, 7)
    return made


LIMITED = f""".globl _start, data
_start: la a0, data
 {configure(0, [40], [8])}
 {start("a0", 0, 1)}
 csrsi ssr, 1
 li t0, 2
 li t1, 3
 frep.o t0, 3, 0, 0
 fadd.d fa0, fa0, ft0
 frep.o t1, 1, 1, 1
 fadd.d fa1, fa1, ft0
 fadd.d fa0, fa0, fa1
 csrci ssr, 1
 fsgnj.d fa2, fa0, fa0
 li a0, 0
 li a7, 93
 ecall
 .data
 .balign 8
data: .rept 40
 .double 1.0
 .endr
"""


DEEPLY_LIMITED = f"""{LIMITED.partition(" frep.o")[0]} li t2, 1
 frep.o t0, 4, 0, 0
 fadd.d fa0, fa0, ft0
 frep.o t2, 2, 0, 0
 frep.o t1, 1, 1, 1
 fadd.d fa1, fa1, ft0
 fadd.d fa3, fa3, fa1
 fadd.d fa0, fa0, fa1
{LIMITED.partition("fadd.d fa0, fa0, fa1")[2]}"""


@pytest.mark.parametrize(("text", "total"), [(LIMITED, 37), (DEEPLY_LIMITED, 57)])
def test_every_limit_strikes_exactly(lab: Any, text: str, total: int) -> None:
    built = program(text)
    whole = machine(built, "python").run().instructions
    assert whole == total
    for limit in range(1, whole + 1):
        outcomes = []
        for mode in MODES:
            made = machine(built, mode, is_limited=True)
            result = made.run(limit)
            assert result.instructions == limit, (mode, limit)
            outcomes.append((lab.outcome(made, result), result.fetched))
        assert all(one == outcomes[0] for one in outcomes), limit
        ended = outcomes[0][0].exit_code
        assert (ended == 0) == (limit == whole)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            "li t0, 1\n frep.o t0, 2, 0, 0\n fadd.d fa0, fa0, fa0\n addi a0, a0, 1",
            "'add a0,a0,1' at {at} cannot be repeated; the block may hold floating-point "
            "instructions of 32 bits that read and write no integer register",
        ),
        (
            "li t0, 1\n frep.o t0, 1, 0, 0\n fcvt.w.d a0, fa0",
            "'fcvt.w.d a0,fa0' at {at} cannot be repeated",
        ),
        (
            "li t0, 1\n frep.o t0, 1, 0, 0\n csrsi ssr, 1",
            "'csrs ssr,1' at {at} cannot be repeated",
        ),
        (
            "li t0, 1\n frep.o t0, 1, 0, 0\n .word 0x0000707b",
            "word at {at} is 0000707b, which is no instruction",
        ),
        (
            "li t0, 1\n frep.o t0, 2, 0, 0\n frep.o t0, 3, 0, 0\n fadd.d fa0, fa0, fa0",
            "'frep.o t0,3,0,0' repeats 3 instructions, but only 2 are left of the block that it "
            "stands in",
        ),
        (
            "li t0, 1\n frep.o t0, 2, 0, 0\n frep.o t0, 1, 0, 0\n fadd.d fa0, fa0, fa0\n"
            "frep.o t0, 1, 0, 0\n fadd.d fa0, fa0, fa0",
            "'frep.o t0,1,0,0' stands behind another repetition in the same block; repetitions may "
            "stand one within the other only",
        ),
        (
            "li t0, 1\n" + "frep.o t0, 1, 0, 0\n" * 9 + "fadd.d fa0, fa0, fa0",
            "'frep.o t0,1,0,0' would be repetition 9; 8 may stand one within the other",
        ),
        (
            "li t0, 1\n frep.o t0, 2, 1, 1\n frep.o t0, 1, 0, 0\n fadd.d fa0, fa0, fa0\n"
            "fadd.d fa0, fa0, fa0",
            "only the innermost one of several repetitions may stagger registers",
        ),
        (
            "li t0, 1\n frep.o t0, 1, 7, 2\n fclass.d a0, fa0",
            "'fclass.d a0,fa0' at {at} cannot be repeated",
        ),
    ],
)
def test_what_cannot_be_repeated_is_said_before_anything_is(
    way: str, body: str, sentence: str
) -> None:
    made = machine(f".globl f\nf: {body}\n ret", way)
    result = made.call("f")
    assert result.trap is not None
    assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION
    assert result.trap.pc == made.symbol("f") + 4
    assert result.instructions == 1
    where = [made.symbol("f") + 4 * i for i in range(8)]
    assert any(sentence.format(at=hex(at)) in result.trap.message for at in where), (
        result.trap.message
    )


@pytest.mark.parametrize(
    ("value", "count", "sentence"),
    [
        (-1, 1, "rs1 is -1; it is the number of iterations less one, 0 to 65535"),
        (65536, 1, "rs1 is 65536; it is the number of iterations less one, 0 to 65535"),
        (0, 33, "33 instructions do not fit the sequencer, which holds 32"),
    ],
)
def test_numbers_out_of_range(way: str, value: int, count: int, sentence: str) -> None:
    made = machine(
        f".globl f\nf: frep.o a0, {count}, 0, 0\n" + "fadd.d fa0, fa0, fa0\n" * count + "ret", way
    )
    result = made.call("f", value & (1 << 64) - 1)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.MISUSE
    assert result.trap.message.endswith(sentence)
    assert result.instructions == 0
    inner = machine(
        ".globl f\nf: frep.o zero, 2, 0, 0\n frep.o a0, 1, 0, 0\n fadd.d fa0, fa0, fa0\n"
        "fadd.d fa0, fa0, fa0\n ret",
        way,
    )
    if count == 1:
        result = inner.call("f", value & (1 << 64) - 1)
        assert result.trap is not None
        assert result.trap.message.endswith(sentence)
        assert result.trap.pc == inner.symbol("f") + 4


def test_65536_iterations(way: str) -> None:
    made = machine(".globl f\nf: frep.o a0, 1, 0, 0\n fadd.d fa0, fa0, fa1\n ret", way)
    made.set_register("fa1", int(np.float64(1).view(np.int64)))
    rounds = 999 if way == "python" else 65535
    result = made.call("f", rounds)
    assert floats(made, "fa0") == [rounds + 1]
    assert result.instructions == rounds + 3


def test_a_result_that_is_a_nan_in_the_middle(way: str) -> None:
    text = f""".globl f
f: {configure(0, [100], [8])}
 {start("a0", 0, 1)}
 csrsi ssr, 1
 li t0, 99
 frep.o t0, 1, 3, 3
 fadd.d fs2, fs2, ft0
 csrci ssr, 1
 ret"""
    made = machine(text, way)
    values = np.arange(100.0)
    values[50] = np.nan
    values[51] = np.inf
    result = made.call("f", made.place(values))
    assert result.trap is None
    got = floats(made, "fs2", "fs3", "fs4", "fs5")
    with np.errstate(invalid="ignore"):
        assert got[:2] == [float(values[0::4].sum()), float(values[1::4].sum())]
    assert np.isnan(got[2])
    assert np.isinf(got[3])


def test_rounding_modes_and_flags(way: str) -> None:
    text = """.globl f
f: fsrm a0
 frep.o a1, 2, 0, 0
 fdiv.d fa2, fa0, fa1
 vfmac.h fa3, fa0, fa1
 frflags a0
 fsrm zero
 ret"""
    results = set()
    for mode in range(5):
        made = machine(text, way)
        made.set_register("fa0", int(np.float64(1).view(np.int64)))
        made.set_register("fa1", int(np.float64(3).view(np.int64)))
        result = made.call("f", mode, 5)
        assert result.value & 1
        reference = machine(text, "python")
        reference.set_register("fa0", int(np.float64(1).view(np.int64)))
        reference.set_register("fa1", int(np.float64(3).view(np.int64)))
        assert reference.call("f", mode, 5).value == result.value
        assert reference.register("fa2") == made.register("fa2")
        assert reference.register("fa3") == made.register("fa3")
        results.add(made.register("fa2"))
    assert len(results) == 2


def test_the_host_may_change_what_is_repeated(way: str) -> None:
    made = machine(".globl f\nf: frep.o a0, 1, 0, 0\n fadd.d fa0, fa0, fa1\n ret", way)
    made.set_register("fa1", int(np.float64(2).view(np.int64)))
    made.call("f", 9)
    assert floats(made, "fa0") == [20]
    word = isa().instructions["fsub.d"].encode({"rd": 10, "rs1": 10, "rs2": 11, "rm": 7})
    made.array(made.symbol("f") + 4, np.uint32, 1)[0] = word
    made.call("f", 4)
    assert floats(made, "fa0") == [10]


def test_a_long_nest_can_be_interrupted() -> None:
    for way in ("region", "inline", "python"):
        made = machine(NEST.format(stagger="0, 0"), way)
        timer = threading.Timer(0.3, made.hart.stop)
        timer.start()
        result = made.call("f", 65536, 65536)
        timer.join()
        assert result.trap is not None
        assert result.trap.kind == TrapKind.INTERRUPTED
        assert made.symbol("f") < result.trap.pc < made.symbol("f") + 44
        assert 0 < result.instructions < 65536**2


def test_a_hot_repetition_is_compiled_by_itself_and_remembered(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rvx.emulator import Machine

    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path))
    text = """.globl f
f: frep.o a0, 1, 0, 0
 fadd.d fa0, fa0, fa1
 addi a1, a1, -1
 bnez a1, f
 ret"""
    made = Machine(program(text), isa(), memory=1 << 20)
    result = made.call("f", 9999, 300)
    assert result.instructions == 300 * (10000 + 3) + 1
    assert made.hart.repeats is not None
    assert [one.refusal for one in made.hart.repeats.repeats] == [""]
    told = [str(one) for one in made.explain(result)]
    assert any("a repetition, compiled for disabled streams" in one for one in told)
    assert "%n0" in made.region_code()
    again = Machine(program(text), isa(), memory=1 << 20)
    again.call("f", 9, 1)
    assert again.hart.repeats is not None
    assert len(again.hart.repeats.repeats) == 1


def test_what_is_too_long_to_compile_is_performed_all_the_same() -> None:
    body = "fadd.d fs2, fs2, fa1\n" * 20
    text = f".globl f\nf: frep.o a0, 20, 3, 1\n {body} ret"
    assert MOST_COPIES < 20 * 4
    outcomes = []
    for way in ("python", "region"):
        made = machine(text, way)
        made.set_register("fa1", int(np.float64(1).view(np.int64)))
        made.call("f", 9)
        outcomes.append([made.register(f"fs{i}") for i in range(2, 6)])
        if way == "region":
            assert made.hart.repeats is not None
            assert "too long" in made.hart.repeats.repeats[0].refusal
    assert outcomes[0] == outcomes[1]


def test_loads_and_stores_are_repeated_at_their_first_address(way: str) -> None:
    text = """.globl f
f: li t0, 3
 frep.o t0, 3, 0, 0
 fld fa1, 8(a0)
 fadd.d fa0, fa0, fa1
 fsd fa0, 8(a0)
 ret"""
    made = machine(text, way)
    at = made.place(np.array([7.0, 1.0]))
    result = made.call("f", at)
    assert result.trap is None
    # 1 + 1 + 2 + 4: what was stored is loaded again.
    assert floats(made, "fa0") == [8]
    assert made.array(at, np.float64, 2).tolist() == [7, 8]
    assert result.by_kind["load"] == result.by_kind["store"] == 4


def test_a_store_out_of_memory_in_the_third_iteration(way: str) -> None:
    text = f""".globl f
f: {configure(2, [2, 2], [8, 1 << 40])}
 {start("a0", 2, 2, writes=True)}
 csrsi ssr, 1
 li t0, 9
 frep.o t0, 2, 0, 0
 fadd.d fa0, fa0, fa1
 fsgnj.d ft2, fa0, fa0
 ret"""
    made = machine(text, way)
    made.set_register("fa1", int(np.float64(1).view(np.int64)))
    at = made.allocate(16)
    result = made.call("f", at)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_STORE
    assert result.trap.message.endswith("by stream 2 (ft2)")
    assert floats(made, "fa0") == [3]
    assert made.array(at, np.float64, 2).tolist() == [1, 2]
    assert result.by_mnemonic["fadd.d"] == 3
    assert result.by_mnemonic["fsgnj.d"] == 2
    assert result.fetched_by_mnemonic["fadd.d"] == 1


NESTED = """.globl f
f: fcvt.d.w fa0, zero
 li t0, 3
 li t1, 2
 frep.o t0, 4, 0, 0
 fadd.d fa0, fa0, fa1
 frep.o t1, 2, 0, 0
 fadd.d fa2, fa2, fa1
 fmul.d fa2, fa2, fa3
 fadd.d fa4, fa4, fa2
 addi a0, a0, 1
 ret"""


def nested(way: str) -> Any:
    made = machine(NESTED, way)
    for name, value in (("fa1", 1.0), ("fa2", 0.5), ("fa3", 2.0), ("fa4", 0.0)):
        made.set_register(name, int(np.float64(value).view(np.int64)))
    return made


# The witness keeps no place, and the machines of regions here run without limits.
@pytest.mark.parametrize("way", [name for name in MODES if name not in ("witness", "region")])
def test_a_run_goes_on_within_a_repetition(way: str) -> None:
    """Cut anywhere, in pieces of any length, it ends alike, and the pieces count as one run."""
    whole = nested(way)
    expected = whole.call("f", 7, max_instructions=10_000)
    assert expected.trap is None
    state = floats(whole, "fa0", "fa2", "fa4")
    for piece in (1, 2, 3, 5, 7, 11, 30):
        made = nested(way)
        results = [made.call("f", 7, max_instructions=piece)]
        while results[-1].trap is not None:
            assert results[-1].trap.kind == TrapKind.LIMIT
            assert results[-1].instructions == piece
            results.append(made.run(max_instructions=piece))
        assert floats(made, "fa0", "fa2", "fa4") == state
        assert results[-1].value == 8
        assert sum(one.instructions for one in results) == expected.instructions
        assert sum(one.fetched for one in results) == expected.fetched
        for name, count in expected.by_mnemonic.items():
            assert sum(one.by_mnemonic.get(name, 0) for one in results) == count, name


def test_steps_go_through_a_repetition() -> None:
    made = nested("inline")
    made.call("f", 7, max_instructions=4)
    places = []
    for _ in range(12):
        places.append(made.pc - made.symbol("f"))
        made.step()
    first = places[0]
    # In front of the first sum stand four instructions; the inner block begins eight bytes on.
    assert [place - first for place in places] == [0, 4, 8, 12, 8, 12, 8, 12, 16, 0, 8, 12]


def test_a_call_forgets_a_repetition_that_was_stopped() -> None:
    made = nested("inline")
    made.call("f", 7, max_instructions=6)
    assert made.call("f", 1, max_instructions=10_000).value == 2
