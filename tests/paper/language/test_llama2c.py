import struct

import numpy as np
import pytest

from rvx.paper.language import llama2c
from rvx.paper.language.model import Model, ModelError, Shape

from .conftest import random_model

SHAPE = Shape(8, 12, 2, 2, 1, 10, 6)


def floats(data, *dims):
    return np.frombuffer(data, "<f4").reshape(dims)


def by_hand(model: Model) -> bytes:
    """The legacy file as run.c reads it (memory_map_weights), one field after the other."""
    w, s = model.weights, model.shape
    found = struct.pack("<7i", s.width, s.hidden, s.layers, s.heads, s.kv_heads, -10, s.length)
    found += w["embedding"].tobytes()
    for name in "attention_norm query key value output mlp_norm gate down up".split():
        for i in range(s.layers):
            found += w[f"layers.{i}.{name}"].tobytes()
    found += w["norm"].tobytes()
    found += bytes(4 * s.length * s.head)  # the angles, which nobody reads
    return found + w["classifier"].tobytes()


def test_a_legacy_file_as_run_c_reads_it(tmp_path):
    model = random_model(SHAPE, has_classifier=True)
    path = tmp_path / "model.bin"
    path.write_bytes(by_hand(model))
    found = llama2c.read(path)
    assert found.shape == SHAPE
    assert found.weights.keys() == model.weights.keys()
    for name, weight in model.weights.items():
        assert np.array_equal(found.weights[name], weight), name


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("has_classifier", [False, True])
def test_what_is_written_is_read(tmp_path, version, has_classifier):
    model = random_model(SHAPE, has_classifier=has_classifier)
    path = tmp_path / "model.bin"
    path.write_bytes(llama2c.encode(model, version))
    found = llama2c.read(path)
    assert found.shape == SHAPE
    assert found.weights.keys() == model.weights.keys()
    for name, weight in model.weights.items():
        assert np.array_equal(found.weights[name], weight), name


def test_where_version_1_has_what():
    """export.py, version1_export: norms first, then the embedding, then matrix by matrix."""
    model = random_model(SHAPE)
    data = llama2c.encode(model, 1)
    assert struct.unpack_from("<I8iB", data) == (0x616B3432, 1, 8, 12, 2, 2, 1, 10, 6, 1)
    body = np.frombuffer(data[256:], "<f4")
    w = model.weights
    assert np.array_equal(body[:8], w["layers.0.attention_norm"])
    assert np.array_equal(body[16:24], w["layers.0.mlp_norm"])
    assert np.array_equal(body[32:40], w["norm"])
    assert np.array_equal(body[40:120], w["embedding"].reshape(-1))
    assert np.array_equal(body[120:184], w["layers.0.query"].reshape(-1))
    assert np.array_equal(body[-96:], w["layers.1.up"].reshape(-1))


def groups_of_8_bits(model: Model, group: int) -> tuple[bytes, Model]:
    """A file of version 2, one field after the other, and what its weights are rounded to."""
    w, s, rounded = model.weights, model.shape, {}
    has_classifier = "classifier" in w
    found = struct.pack("<4s4i", b"24ka", 2, s.width, s.hidden, s.layers)
    found += struct.pack("<4i", s.heads, s.kv_heads, s.vocabulary, s.length)
    found += struct.pack("<Bi", not has_classifier, group)
    found += bytes(256 - len(found))
    layers = range(s.layers)
    for name in (*(f"layers.{i}.{n}_norm" for n in ("attention", "mlp") for i in layers), "norm"):
        found += w[name].tobytes()
        rounded[name] = w[name]
    each = "query key value output gate down up".split()
    matrices = ["embedding", *(f"layers.{i}.{name}" for name in each for i in layers)]
    for name in [*matrices, *["classifier"] * has_classifier]:
        groups = w[name].reshape(-1, group)
        scales = np.abs(groups).max(axis=1, keepdims=True) / np.float32(127)
        codes = np.rint(groups / scales).astype(np.int8)
        found += codes.tobytes() + scales.tobytes()
        rounded[name] = (codes * scales).reshape(w[name].shape)
    return found, Model(s, rounded)


@pytest.mark.parametrize("has_classifier", [False, True])
@pytest.mark.parametrize("group", [4, 8])
def test_version_2_has_codes_and_scales(tmp_path, group, has_classifier):
    model = random_model(SHAPE, has_classifier=has_classifier)
    data, rounded = groups_of_8_bits(model, group)
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    found = llama2c.read(path)
    assert found.shape == SHAPE
    assert found.weights.keys() == model.weights.keys()
    for name, weight in rounded.weights.items():
        assert np.array_equal(found.weights[name], weight), name
        assert np.allclose(weight, model.weights[name], atol=0.02)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d[:37] + struct.pack("<i", 0) + d[41:], "its groups have 0 weights; valid are"),
        (lambda d: d[:37] + struct.pack("<i", 7) + d[41:], "80 weights 'embedding' are no whole"),
        (lambda d: d[:-4], "and a checkpoint of the sizes in its header has"),
        (lambda d: d[:-4] + struct.pack("<f", np.inf), r"'layers.1.up' have an element"),
    ],
)
def test_damaged_files_of_version_2(tmp_path, change, sentence):
    path = tmp_path / "model.bin"
    path.write_bytes(change(groups_of_8_bits(random_model(SHAPE), 8)[0]))
    with pytest.raises(ModelError, match=f"model.bin' is no checkpoint.*{sentence}"):
        llama2c.read(path)


def test_angles_of_a_legacy_file():
    model = random_model(SHAPE)
    body = np.frombuffer(llama2c.encode(model)[28:], "<f4")
    cosines = body[-2 * 6 * 2 : -6 * 2].reshape(6, 2)
    assert cosines[3, 1] == pytest.approx(np.cos(3 * 10000 ** (-2 / 4)))


def test_what_a_checkpoint_cannot_say():
    shape = Shape(8, 12, 2, 2, 1, 10, 6, base=500000.0)
    with pytest.raises(ModelError, match="have an epsilon of 1e-5 and a base of 10000"):
        llama2c.encode(random_model(shape))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d[:20], "ends after 20 bytes, within its header"),
        (lambda d: b"", "ends after 0 bytes, within its header"),
        (lambda d: d[:-4], "and a checkpoint of the sizes in its header has"),
        (lambda d: d + b"\0", "and a checkpoint of the sizes in its header has"),
        (lambda d: struct.pack("<i", -8) + d[4:], "its width is -8"),
        (lambda d: d[:12] + struct.pack("<i", 3) + d[16:], "no even number of elements for each"),
        (lambda d: d[:16] + struct.pack("<i", 4) + d[20:], "do not share 4 of keys evenly"),
        (lambda d: d[:20] + struct.pack("<i", 1 << 23) + d[24:], "sizes in its header has"),
        (lambda d: d[:24] + struct.pack("<i", 1 << 30) + d[28:], "its length is 1073741824"),
        (lambda d: d[:28] + struct.pack("<f", np.nan) + d[32:], "'embedding' have an element"),
        (lambda d: b"\x7fELF" * 90, "its width is 1179403647"),
    ],
)
def test_damaged_files(tmp_path, change, sentence):
    path = tmp_path / "model.bin"
    path.write_bytes(change(llama2c.encode(random_model(SHAPE))))
    with pytest.raises(ModelError, match=f"model.bin' is no checkpoint.*{sentence}"):
        llama2c.read(path)


def test_a_model_that_no_machine_holds(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(struct.pack("<7i", 1 << 20, 1 << 20, 1000, 2, 1, 10, 6))
    with pytest.raises(ModelError, match=r"weights need about .* of memory, and .* are free"):
        llama2c.read(path)


@pytest.mark.parametrize(
    ("version", "sentence"), [(3, "it is of version 3; rvx reads 1, 2"), (0, "of version 0")]
)
def test_other_versions(tmp_path, version, sentence):
    path = tmp_path / "model.bin"
    data = llama2c.encode(random_model(SHAPE), 1)
    path.write_bytes(data[:4] + struct.pack("<i", version) + data[8:])
    with pytest.raises(ModelError, match=sentence):
        llama2c.read(path)
    path.write_bytes(data[:36] + b"\x07" + data[37:])
    with pytest.raises(ModelError, match="its header says 7 where 0 or 1 is valid"):
        llama2c.read(path)
    path.write_bytes(data[:100])
    with pytest.raises(ModelError, match="ends after 100 bytes, within its header"):
        llama2c.read(path)
