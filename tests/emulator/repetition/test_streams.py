"""Streams deliver what nested loops over addresses would, in every tier; misuse has sentences."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rvx.emulator import TrapKind
from rvx.isa import streams

from .streams_lab import MODES, configure, isa, machine, start

HEAP = 0x400


@pytest.fixture(params=list(MODES))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def visited(bounds: list[int], strides: list[int]) -> Iterator[int]:
    """Distances from the start, the first loop innermost."""
    for outer in itertools.product(*(range(count) for count in reversed(bounds))):
        yield sum(i * stride for i, stride in zip(reversed(outer), strides, strict=True))


COPY = """
        .globl  copy
copy:   {read}
        {write}
        {start_read}
        {start_write}
        csrsi   0x7c0, 1
        {loop}
        csrci   0x7c0, 1
        ret
"""
LOOPS = {
    "repetition": "addi t0, a2, -1\n frep.o t0, 1, 0, 0\n fsgnj.d ft1, ft0, ft0",
    "branch": "1: fsgnj.d ft1, ft0, ft0\n addi a2, a2, -1\n bnez a2, 1b",
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("xlen", [64, 32])
def test_a_stream_visits_what_nested_loops_visit(way: str, loop: str, xlen: int) -> None:
    draw = random.Random(f"{loop} {xlen}")
    for dimensions in (1, 2, 3, 4):
        bounds = [draw.randint(1, 5) for _ in range(dimensions)]
        strides = [8 * draw.randint(-6, 6) for _ in range(dimensions)]
        repeat = draw.randint(0, 3)
        wanted = [at for at in visited(bounds, strides) for _ in range(repeat + 1)]
        text = COPY.format(
            read=configure(0, bounds, strides, repeat),
            write=configure(1, [len(wanted)], [8], 5),
            start_read=start("a0", 0, dimensions),
            start_write=start("a1", 1, 1, writes=True),
            loop=LOOPS[loop],
        )
        made = machine(text, way, xlen)
        source = np.arange(1 << 9) * 0x0001000200030005
        at = made.place(source)
        target = made.allocate(8 * len(wanted) + 8)
        middle = at + 8 * 256
        result = made.call("copy", middle, target, len(wanted))
        assert result.trap is None
        got = made.array(target, np.int64, len(wanted) + 1)
        assert got[:-1].tolist() == [int(source[256 + one // 8]) for one in wanted]
        assert got[-1] == 0
        ssr = made.state(streams.STATE)
        assert ssr[streams.mover(0)] == ssr[streams.mover(1)] == streams.IDLE


def run(text: str, way: str, *arguments: int, xlen: int = 64) -> tuple[Any, Any]:
    made = machine(f".globl f\nf: {text}\n ret", way, xlen)
    made.array(made.allocate(4096), np.float64, 512)[:] = np.arange(512)
    return made, made.call("f", *(arguments or (made.memory.heap,)))


def one_read(count: int = 4, stream: int = 0) -> str:
    return f"{configure(stream, [count], [8])}\n{start('a0', stream, 1)}\n csrsi ssr, 1"


def test_an_instruction_moves_a_stream_once(way: str) -> None:
    made, result = run(
        f"{one_read()}\n fmul.d fa0, ft0, ft0\n fmadd.d fa1, ft0, ft0, ft0\n fmv.x.d a0, ft0", way
    )
    assert result.trap is None
    assert np.int64(made.register("fa0")).view(np.float64) == 0 * 0
    assert np.int64(made.register("fa1")).view(np.float64) == 1 * 1 + 1
    assert np.int64(result.value).view(np.float64) == 2


def test_the_registers_come_back_when_streams_are_disabled(way: str) -> None:
    made, result = run(
        f"li t0, 77\n fmv.d.x ft0, t0\n {one_read()}\n fsgnj.d fa0, ft0, ft0\n csrci ssr, 1\n"
        "fmv.x.d a0, ft0",
        way,
    )
    assert result.value == 77
    assert made.register("ft0") == 77


def test_loads_and_stores_use_streams(way: str) -> None:
    made, result = run(
        f"{one_read()}\n {configure(2, [2], [8])}\n addi t5, a0, 256\n"
        f"{start('t5', 2, 1, writes=True)}\n"
        "fsd ft0, 128(a0)\n fsd ft0, 136(a0)\n fld ft2, 24(a0)\n fld ft2, 32(a0)\n",
        way,
    )
    assert result.trap is None
    values = made.array(made.memory.heap, np.float64, 64)
    assert values[16:18].tolist() == [0, 1]
    assert values[32:35].tolist() == [3, 4, 34]


def test_the_next_job_waits_for_the_first(way: str) -> None:
    made, result = run(
        f"{one_read(2)}\n addi t5, a0, 80\n {configure(0, [3], [16])}\n {start('t5', 0, 1)}\n"
        "scfgri s0, 2 << 5\n fsgnj.d fa0, ft0, ft0\n fsgnj.d fa1, ft0, ft0\n scfgri s1, 2 << 5\n"
        "fsgnj.d fa2, ft0, ft0\n fsgnj.d fa3, ft0, ft0\n scfgri s2, 0\n fsgnj.d fa4, ft0, ft0\n"
        "scfgri s3, 0",
        way,
    )
    assert result.trap is None
    got = [np.int64(made.register(f"fa{i}")).view(np.float64) for i in range(5)]
    assert got == [0, 1, 10, 12, 14]
    assert made.register("s0") == 1
    assert made.register("s1") == 2
    assert made.register("s2") >> 27 == 0
    assert made.register("s2") & 0x7FFFFFF == made.memory.heap + 80 + 32 & 0x7FFFFFF
    assert made.register("s3") >> 31 == 1


def test_configuration_by_register(way: str) -> None:
    made, result = run(
        "li t1, 0x5f\n li t2, 9\n scfgw t2, t1\n scfgr a0, t1\n scfgri a1, 0x40\n"
        "li t1, 0x41\n scfgr a2, t1\n li t3, -21\n scfgwi t3, 0xd1 + 0x0e\n scfgri a3, 0xc0",
        way,
        0,
    )
    assert result.trap is not None
    assert result.trap.message.endswith(
        "there is no stream 31; there are 0 to 2, and 31 writes to all"
    )
    made, result = run(
        "li t1, 0x5f\n li t2, 9\n scfgw t2, t1\n scfgri a1, 0x40\n"
        "li t1, 0x41\n scfgr a2, t1\n li t3, -21\n scfgwi t3, 0xdf\n scfgri a3, 0xc0",
        way,
        0,
    )
    assert result.trap is None
    assert [made.register(name) for name in ("a1", "a2")] == [9, 9]
    assert made.register("a3") == -24 & (1 << 64) - 1


INDIRECT = """
        .globl  gather_and_scatter
gather_and_scatter:
        li      t6, {gather}
        scfgwi  t6, 10 << 5 | 0
        li      t6, {scatter}
        scfgwi  t6, 10 << 5 | 1
        addi    t6, a4, -1
        scfgwi  t6, 2 << 5 | 0
        li      t6, {repeat}
        scfgwi  t6, 1 << 5 | 0
        addi    t6, a5, -1
        scfgwi  t6, 2 << 5 | 1
        scfgwi  a0, 11 << 5 | 0
        scfgwi  a2, 11 << 5 | 1
        scfgwi  a1, 16 << 5 | 0
        scfgwi  a3, 20 << 5 | 1
        scfgri  a6, 0
        csrsi   0x7c0, 1
        mv      a2, a5
        {loop}
        csrci   0x7c0, 1
        scfgri  a7, 0
        ret
"""


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("size", range(4))
def test_indirect_streams_gather_and_scatter(way: str, loop: str, size: int) -> None:
    """Elements at base + 8 * (index << shift), against NumPy; index arrays at any multiple."""
    rng = np.random.default_rng([size, *loop.encode()])
    repeat, count = int(rng.integers(3)), 23
    total, shifts = count * (repeat + 1), rng.integers(0, 2, 2)
    text = INDIRECT.format(
        gather=size | int(shifts[0]) << 8,
        scatter=size | int(shifts[1]) << 8,
        repeat=repeat,
        loop=LOOPS[loop],
    )
    made = machine(text, way)
    kind = np.dtype(f"<u{1 << size}")
    table = rng.standard_normal(256)
    taken = rng.integers(0, 128, count).astype(kind)
    put = rng.permutation(128)[:total].astype(kind)
    source, target = made.place(table), made.allocate(8 * 256)
    where = []
    for array in (taken, put):
        where.append(made.allocate(array.nbytes + 8) + kind.itemsize * 3 % 8)
        made.array(where[-1], kind, len(array))[:] = array
    made.call("gather_and_scatter", source, where[0], target, where[1], count, total)
    wanted = np.zeros(256)
    values = np.repeat(table[taken.astype(int) << shifts[0]], repeat + 1)
    wanted[put.astype(int) << shifts[1]] = values
    np.testing.assert_array_equal(made.array(target, np.float64, 256), wanted)
    # Not done, not writing, indirect, at the indices; and in the end done.
    assert made.register("a6") & 0xFFFFFFFF == 1 << 27 | where[0] & 0x07FFFFFF
    assert made.register("a7") >> 31 & 1 == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            f"{one_read(1)}\n fsgnj.d fa0, ft0, ft0\n fsgnj.d fa0, ft0, ft0",
            "misuse at {pc} <f+{offset}>, word 22000553 'fmv.d fa0,ft0': stream 0 (ft0) has no "
            "element left; exactly as many have to be used as were configured, and a stream has "
            "to be started before its register is named",
        ),
        (
            f"{one_read(1)}\n fsgnj.d ft1, fa0, fa0",
            "stream 1 (ft1) has no element left; exactly as many have to be used as were "
            "configured, and a stream has to be started before its register is named",
        ),
        (
            f"{one_read(1)}\n fsgnj.d ft0, fa0, fa0",
            "ft0 is written, but stream 0 was started for reading",
        ),
        (
            f"{one_read(1)}\n {start('a0', 1, 1, writes=True)}\n fsgnj.d fa0, ft1, ft0",
            "ft1 is read, but stream 1 was started for writing",
        ),
        (
            f"{one_read(2)}\n {start('a0', 0, 1)}\n {start('a0', 0, 1)}",
            "stream 0 runs and has its next job already, so that this write would wait forever; "
            "use up the elements of the first job before",
        ),
        (
            f"{one_read(2)}\n {start('a0', 0, 1)}\n li t6, 1\n scfgwi t6, 0x5f",
            "stream 0 runs and has its next job already, so that this write would wait forever; "
            "use up the elements of the first job before",
        ),
        ("addi a0, a0, 4\n scfgwi a0, 24 << 5 | 1", "which is not a multiple of 8"),
        ("scfgwi a0, 3", "there is no stream 3; there are 0 to 2, and 31 writes to all"),
        (
            "scfgwi a0, 17 << 5",
            "register 17 starts the intersection of two indirect streams, which",
        ),
        (
            "li t6, 2\n scfgwi t6, 10 << 5\n addi a0, a0, 2\n scfgwi a0, 16 << 5",
            "which is not a multiple of their size",
        ),
        ("scfgwi a0, 13 << 5", "register 13 of a stream cannot be accessed like this; written are"),
        ("scfgwi a0, 0", "register 0 of a stream cannot be accessed like this; written are"),
        ("scfgri a0, 12 << 5", "register 12 of a stream cannot be accessed like this; written are"),
    ],
)
def test_misuse_ends_in_a_sentence(way: str, text: str, sentence: str) -> None:
    made, result = run(text, way)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.MISUSE
    offset = result.trap.pc - made.symbol("f")
    assert sentence.format(pc=hex(result.trap.pc), offset=hex(offset)) in result.trap.message


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        (
            f"li a0, 0x1000\n{one_read(1)}\n fsgnj.d fa0, ft0, ft0",
            TrapKind.BAD_LOAD,
            "8 bytes at 0x1000, by stream 0 (ft0)",
        ),
        (
            f"la a0, f\n{configure(2, [2], [8])}\n{start('a0', 2, 1, writes=True)}\n csrsi ssr, 1\n"
            "frep.o zero, 1, 0, 0\n fsgnj.d ft2, fa0, fa0",
            TrapKind.BAD_STORE,
            "by stream 2 (ft2)",
        ),
    ],
)
def test_a_stream_out_of_memory_faults(way: str, text: str, kind: TrapKind, sentence: str) -> None:
    _, result = run(text, way)
    assert result.trap is not None
    assert result.trap.kind == kind
    assert result.trap.message.endswith(sentence)
    assert result.trap.pc == max(result.executions) + 4


def test_nothing_moves_when_an_instruction_is_not_performed(way: str) -> None:
    made, result = run(
        f"{one_read(2)}\n li t5, 0x1008\n {configure(1, [1], [8])}\n {start('t5', 1, 1)}\n"
        "fadd.d fa0, ft0, ft1",
        way,
    )
    assert result.trap is not None
    ssr = made.state(streams.STATE)
    assert ssr[streams.mover(0) + streams.POINTER] == made.memory.heap


def test_a_region_is_not_entered_while_streams_are_enabled() -> None:
    text = f"""
        .globl  f
f:      {configure(0, [60000], [0])}
again:  {start("a0", 0, 1)}
        mv      t0, a1
        bnez    a2, plain
        csrsi   ssr, 1
plain:  li      t1, 0
        fcvt.d.w fa0, zero
        fld     ft0, 8(a0)
loop:   fadd.d  fa0, fa0, ft0
        addi    t0, t0, -1
        bnez    t0, loop
        csrci   ssr, 1
        fmv.x.d a0, fa0
        ret
"""
    text = text.replace("        fld     ft0, 8(a0)\n", "").replace(
        "plain:  li", "        j       1f\nplain:  fld     ft0, 8(a0)\n1:      li"
    )
    made = machine(text, "region")
    at = made.place(np.array([2.0, 3.0]))
    made.call("f", at, 60000, 1)
    assert made.hart.regions is not None
    made.hart.regions.look(float("inf"))
    made.state(streams.STATE)[streams.mover(0) :] = 0
    with_registers = made.call("f", at, 60000, 1)
    assert np.int64(with_registers.value).view(np.float64) == 180000
    assert any(one.compiled for one in made.hart.regions.regions)
    made.state(streams.STATE)[streams.mover(0) :] = 0
    with_streams = made.call("f", at, 60000, 0)
    assert np.int64(with_streams.value).view(np.float64) == 120000


def test_code_written_at_run_time_cannot_start_streams() -> None:
    word = isa().instructions["scfgwi"].encode({"rs1": 10, "uimm": 24 << 5})
    text = f"""
        .globl  f
f:      li      t0, {word - (1 << 32) if word >> 31 else word}
        la      t1, hole
        sw      t0, 0(t1)
        fence.i
        jr      t1
        .section .wtext, "awx"
hole:   nop
        ret
"""
    for way in MODES:
        result = machine_without_detection(text, way)
        assert result.trap is not None
        assert (
            "a stream can be started only if the loaded text enables streams, too"
            in result.trap.message
        )


def machine_without_detection(text: str, way: str) -> Any:
    from rvx.assembler import assemble
    from rvx.emulator import Machine

    made = Machine(
        assemble(f".option norvc\n.text\n{text}", isa()), isa(), memory=1 << 20, **MODES[way]
    )
    return made.call("f", made.memory.heap)
