"""Arrays of codes: shapes, storage, flags, seeds, views, refusals, golden dot products."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from rvx.formats.minifloat import (
    DZ,
    E2M1,
    E3M2,
    E4M3FN,
    FP8,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    NV,
    NX,
    OF,
    UF,
    Minifloat,
    Overflow,
    Rounding,
    array,
    exact,
    stochastic,
)


@pytest.mark.parametrize(
    ("fmt", "dtype"),
    [
        (E2M1, "uint8"),
        (FP8, "uint8"),
        (FP16, "uint16"),
        (Minifloat(9, 33), "uint64"),
        (FP64, "uint64"),
    ],
    ids=str,
)
def test_storage_is_the_narrowest(fmt: Minifloat, dtype: str) -> None:
    assert array.storage(fmt) == dtype
    assert array.encode(fmt, [[1.0, 2.0]]).dtype == dtype


@pytest.mark.parametrize("fmt", [FP8, E4M3FN, FP16, FP16ALT, FP32, FP64], ids=str)
def test_encoding_undoes_decoding(fmt: Minifloat, sampler: Any) -> None:
    codes = sampler.mix(fmt, 4000).astype(array.storage(fmt)).reshape(2, 5, 400)
    values = array.decode(fmt, codes)
    assert values.shape == codes.shape
    back = array.encode(fmt, values)
    is_number = ~np.isnan(values)
    np.testing.assert_array_equal(back[is_number], codes[is_number])
    assert set(back[~is_number].ravel().tolist()) <= {fmt.nan}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8", "bool"])
def test_numbers_of_types_within_float64(dtype: str) -> None:
    values = np.array([[0, 1, 2], [3, 5, 9]]).astype(dtype)
    codes = array.encode(FP16, values)
    np.testing.assert_array_equal(array.decode(FP16, codes), values.astype(np.float64))


def test_zero_dimensions_and_empty_arrays() -> None:
    assert array.encode(FP8, 1.0) == 0x3C
    assert array.encode(FP8, 1.0).shape == ()
    assert array.add(FP8, np.empty((0, 3), np.uint8), np.uint8(1)).shape == (0, 3)


def test_flags_of_all_elements_are_collected() -> None:
    fflags = np.zeros(1, np.int64)
    array.encode(FP8, [1.0, 2.0], fflags=fflags)
    assert fflags[0] == 0
    array.encode(FP8, [1.0, 2.0**-17 * 1.5, 1e9], fflags=fflags)
    assert fflags[0] == OF | UF | NX
    array.div(FP8, [0x3C, 0], [0, 0], fflags=fflags)
    assert fflags[0] == OF | UF | NX | DZ | NV


def test_modes_and_policies_reach_the_kernels() -> None:
    values = [1.1, -1.1, 500.0]
    rounded = {
        Rounding.RNE: [1.125, -1.125, np.nan],
        Rounding.RTZ: [1.0, -1.0, 448.0],
        Rounding.RDN: [1.0, -1.125, 448.0],
        Rounding.RUP: [1.125, -1.0, np.nan],
        Rounding.RMM: [1.125, -1.125, np.nan],
    }
    for rounding, wanted in rounded.items():
        codes = array.encode(E4M3FN, values, rounding)
        np.testing.assert_array_equal(array.decode(E4M3FN, codes), wanted)
    saturated = array.encode(E4M3FN, values, overflow=Overflow.SATURATE)
    np.testing.assert_array_equal(array.decode(E4M3FN, saturated), [1.125, -1.125, 448.0])


def test_broadcasting() -> None:
    a = array.encode(FP16, np.arange(3.0)[:, None])
    b = array.encode(FP16, np.arange(4.0)[None, :])
    np.testing.assert_array_equal(
        array.decode(FP16, array.add(FP16, a, b)), np.arange(3.0)[:, None] + np.arange(4.0)
    )
    one = array.encode(FP16, 1.0)
    np.testing.assert_array_equal(
        array.decode(FP32, array.exsdotp(FP16, a, b, one, one, 0, dst=FP32)),
        np.arange(3.0)[:, None] * np.arange(4.0) + 1,
    )


def test_comparisons_and_integers() -> None:
    a, b = array.encode(FP16, [1.0, -0.0, np.nan]), array.encode(FP16, [2.0, 0.0, 1.0])
    assert array.less(FP16, a, b).tolist() == [True, False, False]
    assert array.less_equal(FP16, a, b).tolist() == [True, True, False]
    assert array.equal(FP16, a, b).tolist() == [False, True, False]
    assert array.decode(FP16, array.minimum(FP16, a, b)).tolist() == [1.0, -0.0, 1.0]
    assert array.decode(FP16, array.maximum(FP16, a, b)).tolist() == [2.0, 0.0, 1.0]
    fflags = np.zeros(1, np.int64)
    assert array.to_integer(FP16, a, fflags=fflags).tolist() == [1, 0, 2**31 - 1]
    assert fflags[0] == NV
    codes = array.from_integer(FP16, [-3, 70000], overflow=Overflow.SATURATE)
    assert array.decode(FP16, codes).tolist() == [-3.0, 65504.0]


class TestStochastic:
    def test_a_seed_repeats_itself_and_means_are_kept(self) -> None:
        values = np.full(40_000, 1 + 0.25 / 4)
        once = array.encode(FP8, values, Rounding.RSR, seed=7)
        np.testing.assert_array_equal(once, array.encode(FP8, values, Rounding.RSR, seed=7))
        numbers = array.decode(FP8, once)
        assert set(numbers.tolist()) == {1.0, 1.25}
        assert abs(numbers.mean() - values[0]) < 6 * 0.25 * np.sqrt(0.25 * 0.75 / values.size)

    def test_the_bits_decide_as_in_hardware(self) -> None:
        just_above = 1 + 2.0**-2 * 1000 / 4096
        for random, wanted in ((0, 1.25), (999, 1.25), (1000, 1.0), (4095, 1.0)):
            code = int(np.float32(just_above).view(np.uint32))
            rounded = exact.convert(FP32, FP8, code, stochastic(random))[0]
            assert exact.decode(FP8, rounded).value == wanted

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match=r"stochastic rounding \(RSR\) needs a seed"):
            array.encode(FP8, 1.0, Rounding.RSR)
        with pytest.raises(ValueError, match="float64 is too wide for stochastic rounding"):
            array.add(FP64, 1, 1, rounding=Rounding.RSR, seed=1)


class TestViews:
    @pytest.mark.parametrize("name", ["float8_e5m2", "float8_e4m3fn", "bfloat16", "float4_e2m1fn"])
    def test_ml_dtypes_without_copies(self, name: str) -> None:
        theirs = np.arange(6.0).reshape(2, 3).astype(getattr(ml_dtypes, name))
        fmt, codes = array.codes_of(theirs)
        assert fmt.name == name
        assert np.shares_memory(codes, theirs)
        np.testing.assert_array_equal(array.decode(fmt, codes), theirs.astype(np.float64))
        back = array.as_dtype(fmt, codes)
        assert back.dtype == theirs.dtype
        assert np.shares_memory(back, theirs)

    def test_numpy_types(self) -> None:
        halves = np.array([1.0, 2.0], np.float16)
        fmt, codes = array.codes_of(halves)
        assert fmt == FP16
        np.testing.assert_array_equal(array.as_dtype(FP16, codes), halves)

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="'int32' is no minifloat format"):
            array.codes_of(np.arange(3, dtype=np.int32))
        with pytest.raises(ValueError, match="viewed from an array of uint8, not of int64"):
            array.as_dtype(FP8, np.zeros(3, np.int64))
        with pytest.raises(ValueError, match="no type with the layout of float9_e5m3"):
            array.as_dtype(Minifloat(5, 3), np.zeros(3, np.uint16))


def test_refused_operands() -> None:
    with pytest.raises(TypeError, match="codes of float8_e5m2 are integers, but the array is of"):
        array.decode(FP8, [1.5])
    with pytest.raises(ValueError, match="0x100 is no code of float8_e5m2; valid are 0 to 0xff"):
        array.decode(FP8, [1, 256])
    with pytest.raises(ValueError, match="0x40 is no code of float6_e3m2fn"):
        array.decode(E3M2, [64])
    with pytest.raises(TypeError, match="numbers of type int64 would be rounded twice"):
        array.encode(FP16, np.array([2**53 + 1]))
    with pytest.raises(TypeError, match="numbers of type complex128 would be rounded twice"):
        array.encode(FP16, 1j)
    with pytest.raises(TypeError, match=r"add \(a \+ b\) takes 2 arrays of codes, not 1"):
        array.add(FP8, 1)
    with pytest.raises(TypeError, match="add has one format for operands and result; omit `dst`"):
        array.add(FP8, 1, 1, dst=FP16)


class TestDotProducts:
    def test_lanes_take_pairs_in_packed_order(self, sampler: Any) -> None:
        a = sampler.near(FP8, 48, 0, 3).reshape(2, 1, 24)
        b = sampler.near(FP8, 72, 0, 3).reshape(3, 24)
        start = sampler.near(FP16, 4, 0, 3)
        got = array.exsdotp_dot(FP8, FP16, a, b, start)
        assert got.shape == (2, 3, 4)
        assert got.dtype == np.uint16
        for row in range(2):
            for column in range(3):
                lanes = start.tolist()
                for k in range(0, 24, 2):
                    x, y = a[row, 0, k : k + 2].tolist(), b[column, k : k + 2].tolist()
                    lane = k // 2 % 4
                    operands = (x[0], y[0], x[1], y[1], lanes[lane])
                    lanes[lane] = exact.exsdotp(FP8, FP16, *operands, 0)[0]
                assert got[row, column].tolist() == lanes

    def test_one_lane_of_fused_multiply_adds(self, sampler: Any) -> None:
        a, b = sampler.near(FP16, 10, 0, 3), sampler.near(FP16, 10, 0, 3)
        state = 0
        for x, y in zip(a.tolist(), b.tolist(), strict=True):
            state = exact.fma(FP16, x, y, state, Rounding.RUP, dst=FP32)[0]
        got = array.fma_dot(FP16, FP32, a, b, [0], Rounding.RUP)
        assert got.tolist() == [state]

    def test_packed_multiply_add(self, sampler: Any) -> None:
        a, b = sampler.near(FP16, 16, 0, 2), sampler.near(FP16, 16, 0, 2)
        fflags = np.zeros(1, np.int64)
        got = array.fma_dot(FP16, FP16, a, b, np.zeros(4, np.uint16), fflags=fflags)
        lanes = [0] * 4
        for k in range(16):
            lanes[k % 4] = exact.fma(FP16, int(a[k]), int(b[k]), lanes[k % 4], 0)[0]
        assert got.tolist() == lanes
        assert fflags[0] == NX

    def test_seeds_differ_from_step_to_step(self) -> None:
        small = 0x2000
        accumulated = array.exsdotp_dot(
            FP16, FP16ALT, [small, 0] * 4000, [small, 0] * 4000, [0x3F80], Rounding.RSR, seed=3
        )
        wanted = 1 + 4000 * 2.0**-14
        assert abs(array.decode(FP16ALT, accumulated)[0] - wanted) < 0.1

    def test_refusals(self) -> None:
        with pytest.raises(
            ValueError, match="6 elements do not fill whole steps of 2 lanes with 2"
        ):
            array.exsdotp_dot(FP8, FP16, [0] * 6, [0] * 6, [0, 0])
        with pytest.raises(ValueError, match="the operands have 4 and 8 elements along the last"):
            array.exsdotp_dot(FP8, FP16, [0] * 4, [0] * 8, [0, 0])
