"""Packed attempts on the host's vector unit: what they answer is the exact result, flags included.

The exact reference judges a sample. The long run (`-m long`, half an hour) attempts 1.8 * 10^8
lanes and compares the answers with the scalar kernels, which have a long run of their own against
the reference, and attempts 10^7 lanes that are compared with the reference itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx import jit
from rvx.formats.minifloat import (
    E4M3FN,
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    Minifloat,
    Rounding,
    exact,
    scalar,
    vector,
    vectorcode,
)

Words = NDArray[np.int64]
DOTS = [
    (FP8, FP16),
    (FP8ALT, FP16),
    (FP8, FP16ALT),
    (FP8ALT, FP16ALT),
    (FP16, FP32),
    (FP16ALT, FP32),
]
FMAS = [FP16, FP16ALT, FP32]
RNE = int(Rounding.RNE)
TYPES = {8: np.uint8, 16: np.uint16, 32: np.uint32}

IS_ABLE = vectorcode.is_host_able()
"""Whether this processor converts binary16; on others attempts never answer."""


def packed(codes: Words, fmt: Minifloat) -> Words:
    """Codes of consecutive elements as registers."""
    return codes.astype(TYPES[fmt.bits]).view(np.int64)


def elements(registers: Words, fmt: Minifloat) -> list[list[int]]:
    """The codes in registers, element 0 first."""
    count = 64 // fmt.bits
    return [list(map(int, row)) for row in registers.view(TYPES[fmt.bits]).reshape(-1, count)]


def answers(attempt: Callable[..., Any], *registers: Words) -> tuple[Words, Words]:
    """What a compiled attempt says to many registers."""

    def call(rd: int, rs1: int, rs2: int) -> tuple[int, int]:
        return attempt(rd, rs1, rs2)

    results, flags = jit.elementwise(call, 3, 2)(*registers)
    return results, flags


def draws(sampler: Any, src: Minifloat, dst: Minifloat, count: int) -> Iterator[list[Words]]:
    """Registers rd, rs1 and rs2 of every neighbourhood: one list for each."""
    lanes, factors = 64 // dst.bits, 64 // src.bits

    def registers(draw: Callable[[Minifloat, int], Words], fmt: Minifloat, many: int) -> Words:
        return packed(draw(fmt, count * many), fmt)

    def few_bits(fmt: Minifloat, many: int) -> Words:
        codes = sampler.near(fmt, many, 0, 2)
        return np.asarray(codes & ~((1 << fmt.m - 1) - 1))

    def cancelling(fmt: Minifloat, many: int) -> Words:
        codes = sampler.near(fmt, many, 0, 2)
        codes[1::2] = codes[::2] ^ fmt.sign_mask
        return np.asarray(codes)

    def near(fmt: Minifloat, many: int) -> Words:
        return np.asarray(sampler.near(fmt, many, 0, 4))

    def large(fmt: Minifloat, many: int) -> Words:
        return np.asarray(sampler.near(fmt, many, fmt.emax // 2, 2))

    def at_top(fmt: Minifloat, many: int) -> Words:
        return np.asarray(sampler.near(fmt, many, fmt.emax, 1))

    for of_sum in (sampler.mix, near, sampler.subnormal, few_bits, at_top):
        for of_factors in (sampler.mix, near, sampler.subnormal, few_bits, large):
            yield [
                registers(of_sum, dst, lanes),
                registers(of_factors, src, factors),
                registers(of_factors, src, factors),
            ]
        first = registers(cancelling, src, factors)
        second = packed(np.repeat(near(src, count * factors // 2), 2), src)
        yield [registers(of_sum, dst, lanes), first, second]


def dot_of(
    dot: Callable[..., tuple[int, int]], src: Minifloat, replicates: bool
) -> Callable[..., tuple[list[int], int]]:
    """All lanes of a packed dot product from a function of one lane."""

    def lanes(rd: list[int], rs1: list[int], rs2: list[int]) -> tuple[list[int], int]:
        if replicates:
            rs2 = rs2[:1] * len(rs2)
        made = [
            dot(rs1[2 * i], rs2[2 * i], rs1[2 * i + 1], rs2[2 * i + 1], rd[i], RNE)
            for i in range(len(rd))
        ]
        return [code for code, _ in made], _union(flags for _, flags in made)

    return lanes


def fma_of(
    fma: Callable[..., tuple[int, int]], replicates: bool
) -> Callable[..., tuple[list[int], int]]:
    """All lanes of packed multiply-adds from a function of one lane."""

    def lanes(rd: list[int], rs1: list[int], rs2: list[int]) -> tuple[list[int], int]:
        if replicates:
            rs2 = rs2[:1] * len(rs2)
        made = [fma(a, b, c, RNE) for a, b, c in zip(rs1, rs2, rd, strict=True)]
        return [code for code, _ in made], _union(flags for _, flags in made)

    return lanes


def _union(flags: Any) -> int:
    total = 0
    for each in flags:
        total |= each
    return total


def judge(
    attempt: Callable[..., Any],
    reference: Callable[..., tuple[list[int], int]],
    registers: list[Words],
    formats: tuple[Minifloat, Minifloat],
) -> int:
    """Compares every answer with the reference; gives how many there were."""
    src, dst = formats
    results, flags = answers(attempt, *registers)
    rows = zip(
        elements(registers[0], dst),
        elements(registers[1], src),
        elements(registers[2], src),
        elements(results, dst),
        flags.tolist(),
        strict=True,
    )
    answered = 0
    for rd, rs1, rs2, result, raised in rows:
        if raised < 0:
            continue
        answered += 1
        assert (result, raised) == reference(rd, rs1, rs2), (rd, rs1, rs2)
    return answered


def exact_dot(src: Minifloat, dst: Minifloat, negate: bool) -> Callable[..., tuple[int, int]]:
    return lambda *operands: exact.exsdotp(src, dst, *operands, negate)


def exact_fma(fmt: Minifloat, negate: bool) -> Callable[..., tuple[int, int]]:
    return lambda a, b, c, rm: exact.fma(fmt, a, b, c, rm, negate_product=negate)


@pytest.mark.parametrize(("src", "dst"), DOTS, ids=str)
@pytest.mark.parametrize(("negate", "replicates"), [(False, False), (True, True)])
def test_dot_products_are_exact(
    src: Minifloat, dst: Minifloat, negate: bool, replicates: bool, sampler: Any
) -> None:
    attempt = vector.make_packed_dot(src, dst, negate, replicates)
    reference = dot_of(exact_dot(src, dst, negate), src, replicates)
    answered = [
        judge(attempt, reference, each, (src, dst)) for each in draws(sampler, src, dst, 40)
    ]
    assert (sum(answered) > 200) == IS_ABLE


@pytest.mark.parametrize("fmt", FMAS, ids=str)
@pytest.mark.parametrize(("negate", "replicates"), [(False, False), (True, True)])
def test_products_are_exact(fmt: Minifloat, negate: bool, replicates: bool, sampler: Any) -> None:
    attempt = vector.make_packed_fma(fmt, negate, replicates)
    reference = fma_of(exact_fma(fmt, negate), replicates)
    answered = [
        judge(attempt, reference, each, (fmt, fmt)) for each in draws(sampler, fmt, fmt, 40)
    ]
    assert (sum(answered) > 200) == IS_ABLE


@pytest.mark.parametrize(("src", "dst"), DOTS, ids=str)
def test_ordinary_operands_are_answered(src: Minifloat, dst: Minifloat, sampler: Any) -> None:
    count = 20_000
    values = [
        packed(sampler.near(fmt, count * 64 // fmt.bits, -2, 3), fmt) for fmt in (dst, src, src)
    ]
    _, flags = answers(vector.make_packed_dot(src, dst), *values)
    assert (np.count_nonzero(flags < 0) < count / 100) == IS_ABLE


def test_one_lane_that_tells_fused_from_chained() -> None:
    ones = np.array([0x3C3C_3C3C_3C3C_3C3C])
    sums = np.array([0x6800_6800_6800_6800])
    results, flags = answers(vector.make_packed_dot(FP8, FP16), sums, ones, ones)
    answer = ([0x6801_6801_6801_6801], [0]) if IS_ABLE else (sums.tolist(), [vector.DECLINED])
    assert (results.tolist(), flags.tolist()) == answer


@pytest.mark.parametrize(
    ("rd", "rs1", "rs2"),
    [
        (0, 0x7C, 0x3C),
        (0, 0x7E, 0x3C),
        (0, 0xFC00, 0),
        (0x7C00, 0x3C, 0x3C),
        (0x7E00, 0x3C, 0x3C),
        (0x7BFF, 0x7B, 0x7B),
        (0x0001, 0x01, 0x01),
    ],
    ids=[
        "infinite factor",
        "factor that is no number",
        "infinity times zero",
        "infinite sum",
        "sum that is no number",
        "overflow",
        "underflow",
    ],
)
def test_what_raises_more_than_inexact_is_left_to_the_kernels(rd: int, rs1: int, rs2: int) -> None:
    registers = (np.array([word]) for word in (rd, rs1, rs2))
    _, flags = answers(vector.make_packed_dot(FP8, FP16), *registers)
    assert flags.tolist() == [vector.DECLINED]


def test_interpreted_they_never_answer() -> None:
    assert vector.make_packed_dot(FP8, FP16)(1, 2, 3)[1] == vector.DECLINED
    assert vector.make_packed_fma(FP16)(1, 2, 3)[1] == vector.DECLINED
    assert vector.make_packed_fma(FP8)(1, 2, 3)[1] == vector.DECLINED


def test_hosts_that_are_not_up_to_it_have_no_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", "x86-64")
    assert not vectorcode.is_host_able()
    assert vectorcode.compiled(vectorcode.fma(FP16, False, False)) is None


def test_formats_that_are_not_attempted_are_refused() -> None:
    with pytest.raises(ValueError, match="packed dot products of float16 are not attempted in"):
        vector.make_packed_dot(FP16, FP16)
    with pytest.raises(ValueError, match="packed products of float64 are not attempted"):
        vector.make_packed_fma(FP64)
    with pytest.raises(ValueError, match="packed products of float8_e4m3fn are not attempted"):
        vector.make_packed_fma(E4M3FN)


def scalar_dot(src: Minifloat, dst: Minifloat) -> Callable[..., tuple[int, int]]:
    """A packed dot product from the scalar kernel, to be compiled."""
    kernel = scalar.make_exsdotp(src, dst)
    src_bits, dst_bits = src.bits, dst.bits
    src_mask, dst_mask = (1 << src_bits) - 1, (1 << dst_bits) - 1
    lanes = 64 // dst_bits

    def dot(rd: int, rs1: int, rs2: int) -> tuple[int, int]:
        result = 0
        raised = 0
        for i in range(lanes):
            at, to = 2 * i * src_bits, i * dst_bits
            code, flags = kernel(
                rs1 >> at & src_mask,
                rs2 >> at & src_mask,
                rs1 >> at + src_bits & src_mask,
                rs2 >> at + src_bits & src_mask,
                rd >> to & dst_mask,
                0,
            )
            result |= code << to
            raised |= flags
        return result, raised

    return dot


def scalar_fma(fmt: Minifloat) -> Callable[..., tuple[int, int]]:
    """Packed multiply-adds from the scalar kernel, to be compiled."""
    kernel = scalar.make_fma(fmt)
    bits = fmt.bits
    mask = (1 << bits) - 1
    lanes = 64 // bits

    def fma(rd: int, rs1: int, rs2: int) -> tuple[int, int]:
        result = 0
        raised = 0
        for i in range(lanes):
            at = i * bits
            code, flags = kernel(rs1 >> at & mask, rs2 >> at & mask, rd >> at & mask, 0)
            result |= code << at
            raised |= flags
        return result, raised

    return fma


def compare_with_scalar(
    attempt: Callable[..., Any], kernel: Callable[..., Any], registers: list[Words]
) -> int:
    results, flags = answers(attempt, *registers)
    wanted, wanted_flags = jit.elementwise(kernel, 3, 2)(*registers)
    answered = flags >= 0
    wrong = answered & ((results != wanted) | (flags != wanted_flags))
    assert not wrong.any(), [hex(int(word[wrong][0])) for word in registers]
    return int(np.count_nonzero(answered))


@pytest.mark.long
@pytest.mark.parametrize(("src", "dst"), DOTS, ids=str)
def test_a_hundred_million_lanes_of_dot_products(
    src: Minifloat, dst: Minifloat, sampler: Any
) -> None:
    attempt, kernel = vector.make_packed_dot(src, dst), scalar_dot(src, dst)
    count = 20_000_000 * dst.bits // 64 // 30
    answered = sum(
        compare_with_scalar(attempt, kernel, each) for each in draws(sampler, src, dst, count)
    )
    print(f"\n{answered * 64 // dst.bits} lanes of {src} into {dst}: no difference")


@pytest.mark.long
@pytest.mark.parametrize("fmt", FMAS, ids=str)
def test_a_hundred_million_lanes_of_products(fmt: Minifloat, sampler: Any) -> None:
    attempt, kernel = vector.make_packed_fma(fmt), scalar_fma(fmt)
    count = 20_000_000 * fmt.bits // 64 // 30
    answered = sum(
        compare_with_scalar(attempt, kernel, each) for each in draws(sampler, fmt, fmt, count)
    )
    print(f"\n{answered * 64 // fmt.bits} lanes of {fmt}: no difference")


@pytest.mark.long
@pytest.mark.parametrize(("src", "dst"), DOTS, ids=str)
def test_ten_million_lanes_against_the_reference(
    src: Minifloat, dst: Minifloat, sampler: Any
) -> None:
    attempt = vector.make_packed_dot(src, dst)
    reference = dot_of(exact_dot(src, dst, False), src, False)
    lanes = 64 // dst.bits
    answered = sum(
        judge(attempt, reference, each, (src, dst))
        for each in draws(sampler, src, dst, 10_000_000 // len(DOTS) // lanes // 15)
    )
    print(f"\n{answered * lanes} lanes of {src} into {dst}: no difference")
