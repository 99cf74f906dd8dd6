import numpy as np
import pytest

from rvx.analysis.kernel import load
from rvx.analysis.multiply import Products
from rvx.paper.language.decoder import Decoder, Emulated, Exact, greedy
from rvx.paper.language.model import Shape

from .conftest import random_model


def at_once(model, tokens):
    """Logits of all positions in float64, written down from the papers, without a cache."""
    w, s = {k: v.astype(float) for k, v in model.weights.items()}, model.shape
    n, d = len(tokens), s.head

    def norm(x, gain):
        return np.array([row / np.sqrt((row**2).sum() / row.size + s.epsilon) * gain for row in x])

    def rotate(x):
        out = x.copy()
        for t in range(n):
            for i in range(d // 2):
                angle = t / s.base ** (2 * i / d)
                a, b = x[t, 2 * i], x[t, 2 * i + 1]
                out[t, 2 * i] = a * np.cos(angle) - b * np.sin(angle)
                out[t, 2 * i + 1] = a * np.sin(angle) + b * np.cos(angle)
        return out

    x = w["embedding"][tokens]
    for i in range(s.layers):
        p = f"layers.{i}."
        h = norm(x, w[p + "attention_norm"])
        q, k, v = (h @ w[p + name].T for name in ("query", "key", "value"))
        heads = []
        for j in range(s.heads):
            g = j // (s.heads // s.kv_heads)
            kj, vj = k[:, g * d : (g + 1) * d], v[:, g * d : (g + 1) * d]
            scores = rotate(q[:, j * d : (j + 1) * d]) @ rotate(kj).T / np.sqrt(d)
            scores[np.triu_indices(n, 1)] = -np.inf
            odds = np.exp(scores - scores.max(axis=1)[:, None])
            heads.append(odds / odds.sum(axis=1)[:, None] @ vj)
        x = x + np.concatenate(heads, axis=1) @ w[p + "output"].T
        h = norm(x, w[p + "mlp_norm"])
        gate = h @ w[p + "gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w[p + "up"].T)) @ w[p + "down"].T
    return norm(x, w["norm"]) @ w.get("classifier", w["embedding"]).T


@pytest.mark.parametrize("has_classifier", [False, True])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_token_by_token_is_all_at_once(kv_heads, has_classifier):
    shape = Shape(16, 24, 2, 4, kv_heads, 20, 40, 1e-4, 500.0)
    model = random_model(shape, has_classifier=has_classifier)
    tokens = np.random.default_rng(1).integers(0, 20, 36)  # more than a block of the cache
    decoder = Decoder(model, Exact())
    for _ in range(2):
        decoder.begin()
        found = [decoder.step(int(token)) for token in tokens]
        assert np.allclose(found, at_once(model, tokens), rtol=0, atol=1e-12)


def test_no_position_beyond_those_learnt(model):
    decoder = Decoder(model, Exact())
    for _ in range(48):
        decoder.step(3)
    with pytest.raises(IndexError, match="the model has learnt 48 positions"):
        decoder.step(3)


@pytest.mark.parametrize(("variant", "attention"), [("f32", "f32"), ("ternary", "int8")])
def test_every_product_is_that_of_the_emulator(variant, attention):
    model = random_model(Shape(16, 24, 1, 4, 2, 12, 48))
    products = Products(load("gemm"), 1.0, 0, np.random.default_rng(0))
    decoder = Decoder(model, Emulated(products, variant, attention))
    true = Decoder(model, Exact())
    for token in (1, 5):
        logits, wanted = decoder.step(token), true.step(token)
        assert np.isfinite(logits).all()
        if variant == "f32":
            assert np.allclose(logits, wanted, rtol=0, atol=1e-5)
    assert products.mismatches == 0
    # A token has 7 matrices and the classifier, and 2 products for each of 2 heads of keys.
    assert products.checked == 2 * (7 + 2 * 2 + 1)
    assert products.instructions > 0


def test_greedy(model):
    decoder = Decoder(model, Exact())
    said = greedy(decoder, [1, 5], 6, 2)
    context = [1, 5]
    for token in said:
        assert token == int(np.argmax(at_once(model, context)[-1]))
        context.append(token)
    assert len(said) == 6 or int(np.argmax(at_once(model, context)[-1])) == 2
    assert greedy(decoder, [1, 5], 6, said[0]) == []
    # One is said after the last position; there is no room to go on from it.
    assert len(greedy(decoder, [1] * 47, 9, -1)) == 2
