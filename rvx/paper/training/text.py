"""A text, and a small transformer that foretells its characters.

The network is one of the Llama family (`rvx.paper.language`), so that what has been learnt can be
written as a checkpoint of llama2.c and run by `rvx lm`. The embedding is the classifier, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.multiply import Products
from rvx.paper.language import llama2c, tokens
from rvx.paper.language.decoder import angles, normalised, softmax, swish
from rvx.paper.language.decoder import turned as rotated
from rvx.paper.language.model import Model, Shape, layer
from rvx.paper.training.scheme import Scheme
from rvx.paper.training.task import Adam, Optimiser, Reals, single, turned
from rvx.paper.vsq.digits import PaperError

HELD_OUT = 10
"""One part of so many is what the network is judged by."""
Whole = npt.NDArray[np.int64]
Multiply = Callable[[str, Reals, Reals], Reals]
"""multiply(layer, a, b): the product a b^T in the arithmetic of a pass."""


@dataclass
class _Normed:
    """What RMSNorm took and gave, for the way back."""

    x: Reals
    unit: Reals
    gain: Reals
    epsilon: float

    @property
    def y(self) -> Reals:
        return single(self.unit * self.gain)

    def back(self, dy: Reals) -> tuple[Reals, Reals]:
        """Gradients of what came in and of the gain."""
        inner = dy * self.gain
        root = np.sqrt(np.mean(self.x**2, axis=-1, keepdims=True) + self.epsilon)
        along = np.mean(inner * self.unit, axis=-1, keepdims=True)
        return single((inner - self.unit * along) / root), (dy * self.unit).sum(axis=0)


@dataclass
class _Layer:
    """What a layer computed on its way forward; queries and so on by text, position and head."""

    before: _Normed
    query: Reals
    key: Reals
    value: Reals
    odds: Reals
    mixed: Reals
    between: _Normed
    gate: Reals
    up: Reals
    inner: Reals


class Text:
    """A task: every character of a text after those before it.

    Args:
        text: a tenth of it, at its end, is held out.
        width: numbers that stand for a character.
        layers: of the transformer.
        heads: of its attention.
        hidden: size of its feed-forward layers.
        window: characters at a time.
        batch: windows a step.

    Raises:
        PaperError: the text is too short.
        ModelError: the sizes do not go together.
    """

    name = "text"
    measure = "perplexity"
    shown: tuple[str, ...] = ("mlp", "classifier")
    epochs = 3
    optimiser: Optimiser = Adam(3e-3)

    def __init__(
        self,
        text: str,
        width: int = 32,
        layers: int = 2,
        heads: int = 4,
        hidden: int = 96,
        window: int = 64,
        batch: int = 4,
    ) -> None:
        self.words = tokens.of_characters(text)
        vocabulary = len(self.words.pieces)
        self.shape = Shape(width, hidden, layers, heads, heads, vocabulary, window)
        self.batch = batch
        stream: list[int] = []
        for paragraph in text.split("\n\n"):
            stream += [self.words.begin, *self.words.encode(paragraph)]
        held = max(window + 1, len(stream) // HELD_OUT)
        # A pass begins anywhere in the first window, so that one more is needed.
        if len(stream) - held < (batch + 1) * window + 1:
            raise PaperError(
                f"a text of {len(stream):,} tokens is too short to learn from {batch} windows of "
                f"{window} at a time; it needs {(batch + 2) * window + 2:,}"
            )
        self.learnt, self.held = np.array(stream[:-held]), np.array(stream[-held:])

    def identity(self) -> dict[str, Any]:
        """The network and the text."""
        told = hashlib.sha256(self.learnt.tobytes() + self.held.tobytes()).hexdigest()
        return {"task": self.name, "shape": str(self.shape), "batch": self.batch, "text": told}

    def initial(self, rng: np.random.Generator) -> list[Reals]:
        """Normal, smaller where they add to the residual stream; gains are 1."""
        found = []
        for name, dims in self.shape.dimensions().items():
            if len(dims) == 1:
                found.append(np.ones(dims))
                continue
            scale = 0.1 if name == "embedding" else dims[1] ** -0.5
            if name.endswith(("output", "down")):
                scale /= np.sqrt(2 * self.shape.layers)
            found.append(single(rng.normal(0, scale, dims)))
        return found

    def batches(self, rng: np.random.Generator) -> Iterator[Whole]:
        """Windows with the token that follows, in any order, from any beginning."""
        window = self.shape.length
        first = int(rng.integers(window))
        starts = rng.permutation(np.arange(first, len(self.learnt) - window, window))
        for at in range(0, len(starts) - self.batch + 1, self.batch):
            yield np.stack([self.learnt[i : i + window + 1] for i in starts[at : at + self.batch]])

    def judge(self, multiply: Products, scheme: Scheme, weights: Sequence[Reals]) -> float:
        """Perplexity of what is held out."""

        def forward(name: str, a: Reals, b: Reals) -> Reals:
            return multiply(scheme.forward, name, a, b)

        window, losses = self.shape.length, []
        starts = range(0, len(self.held) - window, window)
        for at in range(0, len(starts), self.batch):
            chosen = starts[at : at + self.batch]
            found = np.stack([self.held[i : i + window + 1] for i in chosen])
            _, _, logits = self._forward(forward, weights, found[:, :-1])
            losses.append(_losses(softmax(logits), found[:, 1:]))
        return float(np.exp(np.mean(np.concatenate(losses))))

    def write(self, folder: Path, name: str, weights: Sequence[Reals]) -> None:
        """A checkpoint of llama2.c, and its tokens."""
        named = zip(self.shape.dimensions(), weights, strict=True)
        model = Model(self.shape, {key: weight.astype(np.float32) for key, weight in named})
        (folder / f"{name}.bin").write_bytes(llama2c.encode(model))
        (folder / "tokenizer.bin").write_bytes(tokens.encode_file(self.words))

    def gradients(
        self, multiply: Products, scheme: Scheme, weights: Sequence[Reals], batch: Any, scale: float
    ) -> tuple[float, list[Reals]]:
        """The loss of the windows before the step, and gradients."""

        def forward(name: str, a: Reals, b: Reals) -> Reals:
            return multiply(scheme.forward, name, a, b)

        def backward(name: str, a: Reals, b: Reals) -> Reals:
            return single(multiply(scheme.backward, name, a, b))

        given, following = batch[:, :-1], batch[:, 1:]
        layers, last, logits = self._forward(forward, weights, given)
        odds = softmax(logits)
        loss = float(np.mean(_losses(odds, following)))
        odds[np.arange(odds.shape[0]), following.reshape(-1)] -= 1
        back = single(odds / odds.shape[0] * scale)
        return loss, self._backward(backward, weights, given, layers, last, back)

    def _by_name(self, weights: Sequence[Reals]) -> dict[str, Reals]:
        return dict(zip(self.shape.dimensions(), weights, strict=True))

    def _forward(
        self, multiply: Multiply, weights: Sequence[Reals], given: Whole
    ) -> tuple[list[_Layer], _Normed, Reals]:
        w, shape = self._by_name(weights), self.shape
        texts, length = given.shape
        heads = (texts, length, shape.heads, shape.head)
        by = angles(shape, np.arange(length))[:, None]
        future = np.triu(np.ones((length, length), bool), 1)
        x = w["embedding"][given.reshape(-1)]
        layers = []
        for i in range(shape.layers):
            before = self._norm(x, w[layer(i, "attention_norm")])
            query, key, value = (
                single(multiply("attention", before.y, w[layer(i, name)])).reshape(heads)
                for name in ("query", "key", "value")
            )
            query, key = single(rotated(query, by)), single(rotated(key, by))
            odds = np.zeros((texts, shape.heads, length, length))
            mixed = np.zeros(heads)
            for text, head in np.ndindex(texts, shape.heads):
                q, k, v = (part[text, :, head] for part in (query, key, value))
                scores = single(multiply("scores", q, k) / np.sqrt(shape.head))
                scores[future] = -np.inf
                odds[text, head] = single(softmax(scores))
                mixed[text, :, head] = single(multiply("values", odds[text, head], turned(v)))
            flat = mixed.reshape(-1, shape.width)
            x = single(x + multiply("attention", flat, w[layer(i, "output")]))
            between = self._norm(x, w[layer(i, "mlp_norm")])
            gate = single(multiply("mlp", between.y, w[layer(i, "gate")]))
            up = single(multiply("mlp", between.y, w[layer(i, "up")]))
            inner = single(swish(gate) * up)
            x = single(x + multiply("mlp", inner, w[layer(i, "down")]))
            layers.append(_Layer(before, query, key, value, odds, flat, between, gate, up, inner))
        last = self._norm(x, w["norm"])
        return layers, last, single(multiply("classifier", last.y, w["embedding"]))

    def _norm(self, x: Reals, gain: Reals) -> _Normed:
        epsilon = self.shape.epsilon
        return _Normed(x, normalised(x, epsilon), gain, epsilon)

    def _backward(
        self,
        multiply: Multiply,
        weights: Sequence[Reals],
        given: Whole,
        layers: Sequence[_Layer],
        last: _Normed,
        back: Reals,
    ) -> list[Reals]:
        w, shape = self._by_name(weights), self.shape
        found: dict[str, Reals] = {}

        def through(name: str, kind: str, dy: Reals, x: Reals) -> Reals:
            """The gradient of what a matrix was multiplied with; that of the matrix is kept."""
            found[name] = multiply(kind, turned(dy), turned(x))
            return multiply(kind, dy, turned(w[name]))

        dx, found["norm"] = last.back(through("embedding", "classifier", back, last.y))
        for i in reversed(range(shape.layers)):
            one = layers[i]
            d_inner = through(layer(i, "down"), "mlp", dx, one.inner)
            with np.errstate(over="ignore"):
                logistic = 1 / (1 + np.exp(-one.gate))
            slope = logistic * (1 + one.gate * (1 - logistic))
            d_gate = single(d_inner * one.up * slope)
            d_up = single(d_inner * one.gate * logistic)
            dh = through(layer(i, "gate"), "mlp", d_gate, one.between.y)
            dh = single(dh + through(layer(i, "up"), "mlp", d_up, one.between.y))
            inside, found[layer(i, "mlp_norm")] = one.between.back(dh)
            dx = single(dx + inside)
            d_mixed = through(layer(i, "output"), "attention", dx, one.mixed)
            dh = np.zeros_like(dx)
            for name, part in self._attention_back(multiply, one, d_mixed).items():
                dh = single(dh + through(layer(i, name), "attention", part, one.before.y))
            inside, found[layer(i, "attention_norm")] = one.before.back(dh)
            dx = single(dx + inside)
        # An embedding is a row that is taken, not a product.
        np.add.at(found["embedding"], given.reshape(-1), dx)
        return [found[name] for name in w]

    def _attention_back(self, multiply: Multiply, one: _Layer, d_mixed: Reals) -> dict[str, Reals]:
        texts, length, heads, head = one.query.shape
        parts = {name: np.zeros(one.query.shape) for name in ("query", "key", "value")}
        d_mixed = d_mixed.reshape(one.query.shape)
        for text, each in np.ndindex(texts, heads):
            q, k, v = (part[text, :, each] for part in (one.query, one.key, one.value))
            odds, dy = one.odds[text, each], d_mixed[text, :, each]
            parts["value"][text, :, each] = multiply("values", turned(odds), turned(dy))
            d_odds = multiply("values", dy, v)
            along = (d_odds * odds).sum(axis=1, keepdims=True)
            d_scores = single(odds * (d_odds - along) / np.sqrt(head))
            parts["query"][text, :, each] = multiply("scores", d_scores, turned(k))
            parts["key"][text, :, each] = multiply("scores", turned(d_scores), turned(q))
        by = angles(self.shape, np.arange(length))[:, None].conj()
        for name in ("query", "key"):
            parts[name] = single(rotated(parts[name], by))
        return {name: part.reshape(-1, self.shape.width) for name, part in parts.items()}


def _losses(odds: Reals, following: Whole) -> Reals:
    """Negative logarithms of the probabilities of what follows."""
    of_each = odds[np.arange(odds.shape[0]), following.reshape(-1)]
    return np.asarray(-np.log(np.maximum(of_each, 1e-300)))
