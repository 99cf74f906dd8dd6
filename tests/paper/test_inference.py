"""Accumulators in networks, against every sum by exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from rvx.analysis.dots import PLAIN, DotError
from rvx.formats.dot import ACCUMULATORS, Accumulator, Exact, exact
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import E4M3FN, FP16ALT
from rvx.formats.minifloat.format import Minifloat
from rvx.paper import inference
from rvx.paper.vsq import digits
from rvx.paper.vsq.network import load

IMAGES = 1
CHAIN = Accumulator("chain", E4M3FN, E4M3FN, FP16ALT, 1, Exact(), is_fused=True)


def scaled(fmt: Minifloat, numbers: np.ndarray) -> tuple[np.ndarray, Fraction]:
    """Codes of numbers of which the largest is in the last binade but one, and their scale."""
    scale = Fraction(2) ** (fmt.emax - 1 - math.floor(math.log2(np.abs(numbers).max())))
    return PLAIN.quantise(fmt, numbers * float(scale)).codes, scale


def test_every_sum_is_that_of_the_accumulator() -> None:
    network, data = load("mlp"), digits.load()
    x = data.test[:IMAGES]
    squares = []
    for layer in network.layers:
        (a, scale_a), (b, scale_b) = scaled(E4M3FN, x), scaled(E4M3FN, layer.weights)
        y = np.empty((IMAGES, layer.outputs))
        of_a, of_b = decode(E4M3FN, a).tolist(), decode(E4M3FN, b).tolist()
        for i in range(IMAGES):
            for j in range(layer.outputs):
                code = exact.dot(CHAIN, a[i].tolist(), b[j].tolist(), 0).code
                got = Fraction(float(decode(FP16ALT, np.array([code]))[0]))
                terms = [Fraction(p) * Fraction(q) for p, q in zip(of_a[i], of_b[j], strict=True)]
                size = math.sqrt(sum(term**2 for term in terms))
                ulp = Fraction(2) ** (math.floor(math.log2(size)) - FP16ALT.m)
                squares.append(float((got - sum(terms)) / ulp) ** 2)
                y[i, j] = float(got / scale_a / scale_b) + layer.bias[j]
        x = np.maximum(y, 0) if layer.has_relu else y
    (found,) = inference.run([CHAIN], ["mlp"], images=IMAGES)
    assert (found.images, found.sums, found.not_finite) == (IMAGES, len(squares), 0)
    assert found.rms == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=1e-12)
    assert found.largest == pytest.approx(math.sqrt(max(squares)), rel=1e-12)
    labels = data.test_labels[:IMAGES]
    assert found.accuracy == np.mean(np.argmax(x, axis=1) == labels)


def test_exact_sums_change_no_image() -> None:
    (found,) = inference.run([ACCUMULATORS["exact-bfloat16"]], ["cnn"], images=10)
    assert found.changed == 0
    # The size of a sum may be a binade below it.
    assert 0 < found.rms < found.largest
    assert found.accuracy == found.exact == 1


def test_factors_are_drawn_from_the_networks() -> None:
    rng = np.random.default_rng(0)
    network = load("mlp")
    activations, weights = inference.distributions()["mlp"]
    known = np.concatenate([layer.weights.reshape(-1) for layer in network.layers])
    assert np.isin(weights(rng, (5, 7)), known).all()
    assert activations(rng, (50, 7)).min() == 0
    assert activations(rng, (50, 7)).shape == (50, 7)


def test_there_are_two_networks() -> None:
    with pytest.raises(DotError, match="'vgg' is not a network; there are mlp, cnn"):
        inference.run([CHAIN], ["vgg"])
