"""Lane kernels: against NumPy on a million words, and interpreted against Python integers."""

import numpy as np
import pytest

from rvx import jit
from rvx.formats.integer import exact, scalar

from .cases import Words, lanes, mixed_words

COUNT = 100_000
UNSIGNED = 2**64


def expected_dot(a: Words, b: Words, size: str, name: str) -> Words:
    a_signed, b_signed = scalar.SIGNEDNESS[name]
    if size in ("n", "b"):
        width = 4 if size == "n" else 8
        return (lanes(a, width, a_signed) * lanes(b, width, b_signed)).sum(axis=1)
    nibbles = lanes(b, 4, b_signed)
    half = nibbles[:, :8] if size == "bnl" else nibbles[:, 8:]
    return (lanes(a, 8, a_signed) * half).sum(axis=1)


@pytest.mark.parametrize(("size", "name"), scalar.DOTS)
def test_compiled_dot_equals_numpy(size: str, name: str) -> None:
    rng = np.random.default_rng(0)
    a = mixed_words(rng, 4 if size == "n" else 8, COUNT)
    b = mixed_words(rng, 8 if size == "b" else 4, COUNT)
    got = jit.elementwise(scalar.DOTS[size, name], 2)(a, b)
    np.testing.assert_array_equal(got, expected_dot(a, b, size, name))


@pytest.mark.parametrize(("size", "name"), scalar.DOTS)
def test_interpreted_dot_equals_python_integers(size: str, name: str) -> None:
    rng = np.random.default_rng(1)
    a_signed, b_signed = scalar.SIGNEDNESS[name]
    width = 4 if size == "n" else 8
    a = mixed_words(rng, width, 100)
    b = mixed_words(rng, 8 if size == "b" else 4, 100)
    for x, y in zip(a, b, strict=True):
        with np.errstate(over="ignore"):
            got = int(scalar.DOTS[size, name](x, y))
        left = exact.lanes(int(x) % UNSIGNED, width, 64 // width, a_signed)
        if size in ("n", "b"):
            right = exact.lanes(int(y) % UNSIGNED, width, 64 // width, b_signed)
        else:
            half = int(y) % UNSIGNED >> (32 if size == "bnh" else 0)
            right = exact.lanes(half, 4, 8, b_signed)
        assert got == exact.dot(left, right)


@pytest.mark.parametrize("signed", scalar.SIGNEDNESS.values(), ids=scalar.SIGNEDNESS)
@pytest.mark.parametrize("width", [2, 16])
def test_the_widths_of_the_pulp_dots(width: int, signed: tuple[bool, bool]) -> None:
    rng = np.random.default_rng(2)
    a, b = (mixed_words(rng, width, COUNT // 10) for _ in range(2))
    got = jit.elementwise(scalar.make_dot(width, *signed), 2)(a, b)
    want = (lanes(a, width, signed[0]) * lanes(b, width, signed[1])).sum(axis=1)
    np.testing.assert_array_equal(got, want)


def test_every_pair_of_nibbles_in_every_lane() -> None:
    nibble = np.arange(16, dtype=np.int64)
    for name, dot in ((n, scalar.DOTS["n", n]) for n in scalar.SIGNEDNESS):
        for lane in range(16):
            shift = np.uint64(4 * lane)
            a, b = np.meshgrid(nibble, nibble)
            a, b = ((v.ravel().astype(np.uint64) << shift).view(np.int64) for v in (a, b))
            got = jit.elementwise(dot, 2)(a, b)
            np.testing.assert_array_equal(got, expected_dot(a, b, "n", name))


def test_extreme_sums_have_the_published_widths() -> None:
    smallest = np.array([scalar.repeat(8, 4)])
    assert jit.elementwise(scalar.dot_sp_n, 2)(smallest, smallest)[0] == 1024
    smallest = np.array([scalar.repeat(128, 8)])
    assert jit.elementwise(scalar.dot_sp_b, 2)(smallest, smallest)[0] == 131072


@pytest.mark.parametrize(("pack", "low", "high"), [("pack_n", -7, 7), ("packu_n", 0, 15)])
def test_pack_clips_signed_bytes_to_nibbles(pack: str, low: int, high: int) -> None:
    rng = np.random.default_rng(3)
    a, b = (mixed_words(rng, 8, COUNT) for _ in range(2))
    got = jit.elementwise(getattr(scalar, pack), 2)(a, b)
    both = np.concatenate([lanes(a, 8, True), lanes(b, 8, True)], axis=1)
    np.testing.assert_array_equal(lanes(got, 4, low < 0), np.clip(both, low, high))


@pytest.mark.parametrize(("pack", "low", "high"), [("pack_n", -7, 7), ("packu_n", 0, 15)])
def test_every_byte_packs_in_every_lane(pack: str, low: int, high: int) -> None:
    kernel = getattr(scalar, pack)
    for byte in range(256):
        for lane in range(8):
            word = np.int64(scalar.word(byte << (8 * lane)))
            code = exact.clip(exact.wrap(byte, 8), low, high)
            with np.errstate(over="ignore"):
                got = int(kernel(word, np.int64(0))) % UNSIGNED
                assert got == exact.join([0] * lane + [code], 4)
                got = int(kernel(np.int64(0), word)) % UNSIGNED
                assert got == exact.join([0] * (8 + lane) + [code], 4)


@pytest.mark.parametrize(
    ("unpack", "half", "signed"),
    [
        ("unpackl_n", 0, True),
        ("unpackh_n", 8, True),
        ("unpackul_n", 0, False),
        ("unpackuh_n", 8, False),
    ],
)
def test_unpack_extends_nibbles_to_bytes(unpack: str, half: int, signed: bool) -> None:
    rng = np.random.default_rng(4)
    x = mixed_words(rng, 4, COUNT)
    got = jit.elementwise(getattr(scalar, unpack), 1)(x)
    want = lanes(x, 4, signed)[:, half : half + 8]
    np.testing.assert_array_equal(lanes(got, 8, signed), want)


def test_unpack_then_pack_is_the_identity_without_minus_eight() -> None:
    rng = np.random.default_rng(5)
    x = mixed_words(rng, 4, 1000)
    low, high = (jit.elementwise(getattr(scalar, f"unpack{h}_n"), 1)(x) for h in "lh")
    got = jit.elementwise(scalar.pack_n, 2)(low, high)
    np.testing.assert_array_equal(lanes(got, 4, True), np.maximum(lanes(x, 4, True), -7))
    low, high = (jit.elementwise(getattr(scalar, f"unpacku{h}_n"), 1)(x) for h in "lh")
    np.testing.assert_array_equal(jit.elementwise(scalar.packu_n, 2)(low, high), x)


def test_constants_are_int64_of_the_pattern() -> None:
    assert scalar.repeat(8, 4) == 0x8888888888888888 - 2**64
    assert scalar.repeat(1, 16) == 0x0001000100010001
    assert scalar.word(2**63) == -(2**63)
