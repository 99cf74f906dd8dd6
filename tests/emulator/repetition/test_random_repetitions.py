"""Random programs of streams and repetitions end alike in every tier.

`python -m pytest tests/emulator/test_random_repetitions.py -m long` runs for ten minutes; set
RVX_FUZZ_SECONDS for another time, RVX_FUZZ_SEED to repeat the program of a failure.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest

from .streams_lab import MODES, configure, machine, program, start

FORMS = (
    "fadd.d {d}, {a}, {b}",
    "fmul.d {d}, {a}, {b}",
    "fsub.s {d}, {a}, {b}",
    "fmadd.d {d}, {a}, {b}, {c}",
    "fmadd.s {d}, {a}, {b}, {c}",
    "fsgnj.d {d}, {a}, {b}",
    "fsgnjn.s {d}, {a}, {b}",
    "fmin.d {d}, {a}, {b}",
    "fcvt.s.d {d}, {a}",
    "fsqrt.d {d}, {a}",
    "vfdotpex.h.b {d}, {a}, {b}",
    "vfmac.h {d}, {a}, {b}",
    "vfsumex.s.h {d}, {a}",
    "vfcpkb.b.s {d}, {a}, {b}",
)
REGISTERS = "fa0 fa1 fa2 fa3 fs2 fs3 ft8 ft9 ft10".split()
BYTES = 4096


class Writer:
    """Writes one random program.

    s0 points into the data, t0 and t1 hold numbers of iterations, t6 is used to configure.
    """

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.labels = 0
        self.kinds: dict[int, bool] = {}
        self.is_enabled = self.is_staggered = False
        self.is_careless = draw.random() < 0.2

    def text(self) -> str:
        """The source."""
        draw = self.draw
        values = "\n".join(
            f"fld {register}, {8 * draw.randrange(-60, 60)}(s0)" for register in REGISTERS
        )
        if draw.random() < 0.3:
            self.lines.append(f"fsrmi {draw.randrange(5)}")
        for _ in range(draw.randrange(2, 6)):
            self._segment()
        doubles = ", ".join(self._datum() for _ in range(BYTES // 8))
        body = "\n".join(self.lines)
        indices = ""
        for size, name in enumerate(("byte", "half", "word", "dword")):
            numbers = ", ".join(str(draw.randrange(60)) for _ in range(64))
            indices += f".balign 8\nindices{size}: .{name} {numbers}\n"
        return (
            f".globl _start\n_start: la s0, middle\n{values}\n{body}\n"
            "csrci ssr, 1\n csrr a1, fcsr\n li a0, 0\n li a7, 93\n ecall\n"
            f".data\n.balign 8\n.dword {doubles}\nmiddle: .dword {doubles}\n{indices}"
        )

    def _datum(self) -> str:
        kind = self.draw.randrange(8)
        if kind == 0:
            return hex(self.draw.getrandbits(64))
        if kind == 1:
            return self.draw.choice(("0x7ff0000000000000", "0xfff8000000000001", "0", "1 << 63"))
        if kind < 4:
            return hex(0xFFFFFFFF << 32 | 0x3F000000 + self.draw.getrandbits(25))
        return hex(self.draw.getrandbits(1) << 63 | (1023 - 3 << 52) + self.draw.getrandbits(55))

    def _segment(self) -> None:
        """Streams of one set-up, and what uses them."""
        draw = self.draw
        for stream in range(3):
            if draw.random() < 0.6 and (stream not in self.kinds or self.is_careless):
                self._stream(stream)
        self.is_enabled = draw.random() < 0.85
        self.lines.append("csrsi ssr, 1" if self.is_enabled else "csrci ssr, 1")
        for _ in range(draw.randrange(1, 4)):
            draw.choice((self._repetition, self._nest, self._loop, self._plain))()
        if draw.random() < 0.7:
            self.lines.append("csrci ssr, 1")

    def _stream(self, stream: int) -> None:
        draw = self.draw
        self.kinds[stream] = writes = draw.random() < 0.3
        jobs = draw.choice((1, 1, 2))
        for _ in range(jobs):
            if draw.random() < 0.25:
                self._indirect(stream, writes)
                continue
            loops = draw.randrange(1, 5)
            bounds = [draw.choice((1, 2, 3, 4, 6)) for _ in range(loops)]
            if not self.is_careless:
                bounds[-1] = 1000
            strides = [8 * draw.randrange(-5, 6) for _ in range(loops)]
            if not self.is_careless:
                strides[-1] = 0
            self.lines.append(configure(stream, bounds, strides, draw.choice((0, 0, 1, 7))))
            self.lines.append(f"addi t5, s0, {8 * draw.randrange(-30, 30)}")
            self.lines.append(start("t5", stream, loops, writes=writes))

    def _indirect(self, stream: int, writes: bool) -> None:
        """A stream by one of the arrays of indices, of 1, 2, 4 or 8 bytes each."""
        draw = self.draw
        size, first = draw.randrange(4), draw.randrange(20)
        count = 40 if not self.is_careless else draw.choice((1, 5, 60))
        settings = {
            1: draw.choice((0, 0, 0, 2)),
            2: count - 1,
            10: size | draw.randrange(2) << 8,
        }
        for register, value in settings.items():
            self.lines.append(f"li t6, {value}\n scfgwi t6, {register << 5 | stream}")
        self.lines.append(f"addi t6, s0, {8 * draw.randrange(-30, 30)}")
        self.lines.append(f"scfgwi t6, {11 << 5 | stream}")
        self.lines.append(f"la t5, indices{size} + {first << size}")
        self.lines.append(f"scfgwi t5, {(20 if writes else 16) << 5 | stream}")

    def _source(self) -> str:
        reading = [f"ft{stream}" for stream, writes in self.kinds.items() if not writes]
        if reading and self.is_enabled and self.draw.random() < 0.5:
            return self.draw.choice(reading)
        return self.draw.choice(REGISTERS)

    def _statement(self) -> str:
        writing = [f"ft{stream}" for stream, writes in self.kinds.items() if writes]
        form = self.draw.choice(FORMS)
        target = self.draw.choice(REGISTERS)
        can_write = self.is_enabled and (not self.is_staggered or self.is_careless)
        if writing and can_write and self.draw.random() < 0.3 and not form.startswith("v"):
            target = self.draw.choice(writing)
        return form.format(d=target, a=self._source(), b=self._source(), c=self._source())

    def _stagger(self) -> str:
        self.is_staggered = self.draw.random() < 0.4
        if not self.is_staggered:
            return "0, 0"
        # Only destinations: staggered sources and opcodes may become words that are none.
        return f"{self.draw.randrange(2) + 2 * self.is_careless}, 1"

    def _repetition(self) -> None:
        length = self.draw.randrange(1, 6)
        self.lines.append(f"li t0, {self.draw.choice((0, 1, 5, 30))}")
        self.lines.append(f"frep.o t0, {length}, {self._stagger()}")
        self.lines += [self._statement() for _ in range(length)]
        self.is_staggered = False

    def _nest(self) -> None:
        """Two to four repetitions, one within the other; blocks may end together."""
        draw = self.draw
        depth = draw.choice((2, 2, 2, 3, 4))
        befores = [0, *(draw.randrange(3 if depth > 2 else 4) for _ in range(depth - 1))]
        within = draw.randrange(1, 4)
        afters = [draw.randrange(3 if depth > 2 else 4) for _ in range(depth - 1)]
        counts = [within]
        for before, after in zip(reversed(befores[1:]), reversed(afters), strict=True):
            counts.append(counts[-1] + before + after)
        for i in range(depth):
            most = 9 if i == depth - 1 else 5 if depth == 2 else 3
            self.lines.append(f"li t{i}, {draw.randrange(most)}")
        for i, (before, count) in enumerate(zip(befores, reversed(counts), strict=True)):
            self.lines += [self._statement() for _ in range(before)]
            stagger = self._stagger() if i == depth - 1 else "0, 0"
            self.lines.append(f"frep.o t{i}, {count}, {stagger}")
        self.lines += [self._statement() for _ in range(within + sum(afters))]
        self.is_staggered = False

    def _loop(self) -> None:
        self.labels += 1
        self.lines.append(f"li t0, {self.draw.choice((1, 4, 80))}\nl{self.labels}:")
        for _ in range(self.draw.randrange(1, 4)):
            draw = self.draw.random()
            if draw < 0.15:
                self.lines.append(f"fsd {self._source()}, {8 * self.draw.randrange(60)}(s0)")
            elif draw < 0.3:
                self.lines.append(f"fmv.x.d a0, {self._source()}")
            else:
                self.lines.append(self._statement())
        self.lines.append(f"addi t0, t0, -1\n bnez t0, l{self.labels}")

    def _plain(self) -> None:
        self.lines += [self._statement() for _ in range(self.draw.randrange(1, 5))]


def check(lab: Any, seed: int) -> Any:
    """All tiers agree on the program of a seed; gives the outcome."""
    draw = random.Random(seed)
    source = Writer(draw).text()
    assembled = program(source)
    limit = draw.choice((None, None, draw.randrange(1, 400)))
    first = None
    for mode in MODES:
        made = machine(assembled, mode, is_limited=limit is not None)
        result = made.run(limit)
        outcome = (lab.outcome(made, result), result.fetched, dict(result.fetched_by_mnemonic))
        if first is None:
            first = outcome
        for name in vars(first[0]):
            assert getattr(outcome[0], name) == getattr(first[0], name), f"{name}: {mode}, {seed}"
        assert outcome[1:] == first[1:], f"fetched: {mode}, seed {seed}"
    return first


@pytest.mark.parametrize("part", range(2))
def test_random_programs(lab: Any, part: int) -> None:
    endings = [check(lab, 1000 * part + i)[0].trap for i in range(6)]
    assert any(trap is None for trap in endings)


@pytest.mark.long
def test_random_programs_for_a_long_time(lab: Any) -> None:
    if "RVX_FUZZ_SEED" in os.environ:
        check(lab, int(os.environ["RVX_FUZZ_SEED"]))
        return
    end = time.monotonic() + float(os.environ.get("RVX_FUZZ_SECONDS", "600"))
    seed = 10_000
    while time.monotonic() < end:
        check(lab, seed)
        seed += 1
    print(f"{seed - 10_000} programs")
