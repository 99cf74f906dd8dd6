"""Quantised networks on the emulator: the published figures, and every layer bit for bit."""

from __future__ import annotations

import json
import sys
from functools import cache

import numpy as np
import pytest

from rvx.paper.vsq import digits, network, plots, scheme, sqnr, table
from rvx.paper.vsq import study as vsq
from rvx.paper.vsq.train import train

# Measured with NumPy on the same network, before any of this was written: accuracy of the 540
# test images in percent, and relative error of the logits.
MEASURED = {
    "int8": (97.22, 0.0056),
    "int4": (96.30, 0.118),
    "int4-channel": (96.85, 0.129),
    "int3-channel": (94.07, 0.273),
    "vsq-4/4/4/4": (97.04, 0.090),
    "vsq-4/4U/4/4": (97.59, 0.067),
    "vsq-4/4/8/8": (96.85, 0.085),
    "vsq-4/4/8/8-v64": (96.85, 0.116),
    "vsq-4/8/6/10": (97.59, 0.053),
    "vsq-3/3/6/6": (96.30, 0.185),
    "fp8-e4m3": (97.04, 0.034),
    "fp8-e5m2": (97.41, 0.068),
    "mxfp8": (97.22, 0.030),
    "mxint8": (97.22, 0.007),
    "mxfp4": (96.85, 0.132),
    "nvfp4": (97.04, 0.118),
}
# SQNR in dB of 512 by 1024 samples: normal, Laplace, Student's t with 4 degrees of freedom.
SQNR = {
    "INT4 per tensor": (14.2, 7.6, 0.3),
    "INT4 per row": (16.9, 13.3, 9.7),
    "VSQ4 V16, real scales": (21.4, 19.9, 19.6),
    "VSQ4 V16 M6, coarse per row": (21.4, 19.9, 19.5),
    "VSQ4 V16 M4, coarse per row": (20.8, 19.2, 17.6),
    "VSQ4 V64, real scales": (19.4, 17.1, 16.0),
    "VSQ4 V64 M8": (19.4, 17.1, 15.8),
    "VSQ8 V16 M10": (46.5, 44.8, 38.0),
    "MXFP4": (18.8, 18.0, 17.7),
    "NVFP4": (20.4, 20.7, 20.8),
    "MXFP6 E2M3": (31.0, 30.3, 30.0),
    "MXFP8 E4M3": (30.6, 30.0, 29.9),
    "MXINT8": (41.7, 40.0, 39.1),
    "FP8 E4M3": (31.6, 31.6, 31.6),
    "FP8 E5M2": (25.6, 25.6, 25.7),
}


@cache
def data():
    return digits.load()


@cache
def outcome(name, of="mlp", images=540):
    return vsq.evaluate(scheme.find(name), network.load(of), data(), images=images)


def test_the_test_set_has_540_images_of_every_digit():
    assert data().test.shape == (540, 64)
    assert data().train.shape == (1257, 64)
    assert np.bincount(data().test_labels).min() > 50
    assert (data().test.min(), data().test.max()) == (0, 1)


@pytest.mark.long
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_training_gives_the_networks(name):
    """To the rounding of whichever linear algebra NumPy has, which grows over the epochs."""
    trained, loaded = train(name, data()), network.load(name)
    for a, b in zip(trained.layers, loaded.layers, strict=True):
        np.testing.assert_allclose(a.weights, b.weights, atol=1e-3)
        np.testing.assert_allclose(a.bias, b.bias, atol=1e-3)


@pytest.mark.parametrize(("name", "right"), [("mlp", 0.97), ("cnn", 0.965)])
def test_the_networks_know_the_digits(name, right):
    net = network.load(name)
    logits = net.results(net.images(data().test))[-1]
    assert vsq.accuracy(logits, data().test_labels) > right


@pytest.mark.parametrize("name", scheme.SCHEMES)
def test_every_layer_of_the_mlp_is_bit_exact(name):
    done = outcome(name)
    assert done.mismatches == 0
    assert done.images == 540
    assert done.per_image * 540 == sum(done.instructions.values())
    assert 0 < done.custom < sum(done.instructions.values()) or name == "float32"


@pytest.mark.parametrize("name", MEASURED)
def test_accuracy_and_logit_error_are_as_measured(name):
    right, error = MEASURED[name]
    done = outcome(name)
    assert abs(100 * done.accuracy - right) <= 1
    assert abs(done.logit_error / error - 1) <= 0.1
    assert done.sqnr_db == pytest.approx(-20 * np.log10(done.logit_error))


def test_float32_is_float64_to_seven_digits():
    assert outcome("float32").logit_error < 1e-6


def test_four_bits_with_vector_scales_are_nearer_than_without_and_cheaper_than_float32():
    plain, scaled, eight = (outcome(n) for n in ("int4-channel", "vsq-4/4/4/4", "vsq-4/8/6/10"))
    assert eight.logit_error < scaled.logit_error < plain.logit_error
    assert outcome("vsq-4/4/8/8-v64").per_image < outcome("int8").per_image
    assert scaled.per_image < outcome("float32").per_image / 4


@pytest.mark.parametrize("name", scheme.SCHEMES)
def test_every_layer_of_the_cnn_is_bit_exact(name):
    done = outcome(name, "cnn", 12)
    assert done.mismatches == 0
    assert done.accuracy > 0.7


@pytest.mark.long
@pytest.mark.parametrize("name", scheme.SCHEMES)
def test_the_whole_test_set_through_the_cnn(name):
    done = outcome(name, "cnn")
    assert done.mismatches == 0
    assert done.accuracy > 0.88
    assert done.logit_error < 0.4


@cache
def study():
    net = network.load("mlp")
    return sqnr.study(sqnr.network_tensors(net, data().test[:20]))


@pytest.mark.parametrize("name", SQNR)
def test_sqnr_is_as_measured(name):
    found = tuple(study().formats[name].values())
    assert found == pytest.approx(SQNR[name], abs=0.2)


def test_sqnr_rises_with_smaller_vectors_and_finer_scales():
    surface = study().surface["normal"]
    fine = list(surface[10].values())
    assert fine == sorted(fine, reverse=True)
    at_16 = [surface[bits][16] for bits in (3, 4, 6, 8, 10)]
    assert at_16 == sorted(at_16)
    assert max(study().surface["mlp w1"][6]) == 64


def report():
    net = network.load("mlp")
    outcomes = [outcome("int8"), outcome("vsq-4/4/4/4")]
    return vsq.Report({"mlp": net}, {"mlp": 0.974}, {"mlp": outcomes}, study())


def test_the_tables_have_a_row_for_everything():
    schemes, formats, surfaces = table.grids(report())
    assert [row[0] for row in schemes.rows] == ["int8", "vsq-4/4/4/4"]
    assert all(row[-1] == "exact" for row in schemes.rows)
    assert [row[0] for row in formats.rows] == list(sqnr.FORMATS)
    assert len(surfaces.rows) == 7 * len(sqnr.SCALE_BITS)
    for grid in (schemes, formats, surfaces):
        assert {len(row) for row in grid.rows} == {len(grid.headers)}
        assert table.to_markdown(grid).count("\n| ") == len(grid.rows) + 2
        assert table.to_rich(grid).row_count == len(grid.rows)


def test_json_follows_the_schema():
    document = json.loads(json.dumps(report().to_json(), allow_nan=False))
    assert document["schema"] == "rvx.paper.vsq/1"
    (net,) = document["networks"]
    assert net["macs_per_image"] == 4736
    row = net["rows"][1]
    assert row["scheme"] == "vsq-4/4/4/4"
    assert row["bit_exact"] is True
    assert row["events"] == {"saturations": 0, "zeroed_scales": 0, "wraps": 0}
    assert sum(row["instructions"].values()) == row["instructions_per_image"] * 540
    assert document["sqnr_db"]["vsq4"]["normal"]["4"]["16"] == pytest.approx(20.3, abs=0.2)


def test_the_picture_is_drawn(tmp_path):
    path = tmp_path / "vsq.svg"
    plots.draw(report(), path)
    assert "instructions per image" in path.read_text()


def test_an_unknown_scheme_lists_the_known_ones():
    with pytest.raises(digits.PaperError, match="no scheme 'int5'; known are float32, int8"):
        scheme.find("int5")


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(digits.PaperError, match="pip install scikit-learn"):
        digits.load()


def test_a_wrong_bit_is_found(monkeypatch):
    from rvx.paper.vsq import inference

    product = inference.Runner._product

    def damaged(self, layer, a, b):
        result = product(self, layer, a, b)
        result.flat[3] += 1
        return result

    monkeypatch.setattr(inference.Runner, "_product", damaged)
    done = vsq.evaluate(scheme.find("int8"), network.load("mlp"), data(), images=5)
    assert done.mismatches > 0
