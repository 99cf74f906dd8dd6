"""Blocks of random bits, decoded as the package of the format's authors does, bit for bit."""

import gguf as theirs
import numpy as np
import pytest

from rvx.paper.language.blocks import TYPES
from rvx.paper.language.gguf import read

from .conftest import random_model
from .test_gguf import TYPES as QUANTISED
from .test_gguf import Shape, written

KNOWN = [kind for kind in TYPES if TYPES[kind].name != "Q8_K"]  # the package has no decoder of it


def drawn(layout, count):
    """Blocks of random bits, whose scales are numbers."""
    rng = np.random.default_rng(11)
    blocks = rng.integers(0, 256, count * layout.itemsize, dtype=np.uint8).view(layout)
    parts = [blocks] if layout.fields is None else [blocks[name] for name in layout.names]
    for part in parts:
        if part.dtype.kind == "f":
            made = rng.normal(0, 1, part.shape) * 2.0 ** rng.integers(-20, 12, part.shape)
            part[...] = made.astype(part.dtype)
    return blocks.view(np.uint8)


def bits(values):
    return np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: TYPES[kind].name)
def test_random_blocks(kind):
    ours = TYPES[kind]
    name = theirs.GGMLQuantizationType(kind)
    assert (ours.name, ours.elements, ours.layout.itemsize) == (
        name.name,
        *theirs.GGML_QUANT_SIZES[name],
    )
    data = drawn(ours.layout, 500)
    found = ours.values(data)
    assert found.dtype == np.float32
    assert found.shape == (500 * ours.elements,)
    wanted = theirs.quants.dequantize(data, name)
    if ours.name == "BF16":  # random patterns have NaNs, whose bits are kept as well
        assert np.isnan(wanted).any()
    assert np.array_equal(bits(found), bits(wanted))


def test_random_blocks_of_q8_k():
    """A float32, 256 bytes with a sign, and sums of 16 that decoding does not need."""
    size = theirs.GGML_QUANT_SIZES[theirs.GGMLQuantizationType.Q8_K][1]
    assert TYPES[15].layout.itemsize == size
    data = drawn(TYPES[15].layout, 20)
    wanted = []
    for block in data.reshape(-1, size):
        scale = np.frombuffer(block[:4].tobytes(), "<f4")[0]
        codes = [int(byte) - 256 * (byte > 127) for byte in block[4:260]]
        wanted += [scale * np.float32(code) for code in codes]
    assert np.array_equal(bits(TYPES[15].values(data)), bits(wanted))


@pytest.mark.parametrize("kind", [10, 11, 12, 13, 14, 15], ids=lambda kind: TYPES[kind].name)
def test_a_file_of_blocks_of_256(tmp_path, monkeypatch, kind):
    """All matrices of a model with such rows; the package makes none, so bits are random."""
    shape = Shape(256, 256, 1, 4, 2, 9, 48, 1e-6, 20000.0)
    number, made = theirs.GGMLQuantizationType(kind), TYPES[kind]

    def quantised(weight, _):
        return drawn(made.layout, weight.size // 256).reshape(len(weight), -1)

    monkeypatch.setitem(QUANTISED, "random", number)
    monkeypatch.setattr(theirs.quants, "quantize", quantised)
    monkeypatch.setattr(theirs.quants, "dequantize", lambda data, _: made.values(data.reshape(-1)))
    path = tmp_path / "model.gguf"
    values = written(path, "random", random_model(shape))
    model, _ = read(path)
    for name, value in values.items():
        assert np.array_equal(bits(model.weights[name]), bits(value)), name
