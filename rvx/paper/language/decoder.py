"""From token to token, with a cache of keys and values.

A token is a row: each product of a matrix of weights has one row of activations, so that what a
token is rounded to does not depend on those that follow. What lies between two products (RMSNorm,
rotary positions, softmax, SwiGLU, sums of the residual stream) is in binary32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rvx.analysis.multiply import Products
from rvx.paper.language.model import Model, Shape, layer

Reals = npt.NDArray[np.float64]

BLOCK = 32
"""Positions of the cache that a product takes at a time: what is not there yet is 0, so that there
are few sizes of products."""


class Multiply(Protocol):
    """How matrices are multiplied."""

    def weights(self, name: str, w: Reals) -> Any:
        """A matrix of weights, for many products."""

    def linear(self, name: str, x: Reals, weights: Any) -> Reals:
        """The product of activations and such a matrix."""

    def attend(self, name: str, x: Reals, y: Reals) -> Reals:
        """The product x y^T of activations."""

    def rounded(self, x: Reals) -> Reals:
        """What lies between two products, in the format that it is kept in."""


class Exact:
    """Products in float64, rounded nowhere else: what the model would say without any error."""

    def weights(self, name: str, w: Reals) -> Any:
        """As they are."""
        return w

    def linear(self, name: str, x: Reals, weights: Any) -> Reals:
        """By NumPy."""
        result: Reals = x @ weights.T
        return result

    def attend(self, name: str, x: Reals, y: Reals) -> Reals:
        """By NumPy."""
        result: Reals = x @ y.T
        return result

    def rounded(self, x: Reals) -> Reals:
        """Not at all."""
        return x


@dataclass
class Emulated:
    """Products of variants of a kernel.

    Attributes:
        products: by which they are computed, checked and counted.
        variant: of weights by activations.
        attention: of queries by keys and of probabilities by values.
    """

    products: Products
    variant: str
    attention: str

    def weights(self, name: str, w: Reals) -> Any:
        """In the format of the variant."""
        return self.products.weights(self.variant, name, w)

    def linear(self, name: str, x: Reals, weights: Any) -> Reals:
        """As the variant does."""
        return self.products(self.variant, name, x, weights)

    def attend(self, name: str, x: Reals, y: Reals) -> Reals:
        """As the variant of attention does."""
        return self.products(self.attention, name, x, y)

    def rounded(self, x: Reals) -> Reals:
        """To binary32."""
        return single(x)


def single(x: Reals) -> Reals:
    """Rounded to binary32."""
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(np.float32).astype(np.float64)


def normalised(x: Reals, epsilon: float) -> Reals:
    """Divided by the root of the mean square along the last axis."""
    squares: Reals = np.mean(x * x, axis=-1, keepdims=True)
    return np.asarray(x / np.sqrt(squares + epsilon))


def angles(shape: Shape, positions: npt.ArrayLike) -> npt.NDArray[np.complex128]:
    """By which pairs of neighbours of a head are turned, shape (positions, head / 2)."""
    steps = shape.base ** (-np.arange(0, shape.head, 2) / shape.head)
    by: npt.NDArray[np.complex128] = np.exp(1j * np.multiply.outer(np.asarray(positions), steps))
    return by


def turned(x: Reals, by: npt.NDArray[np.complex128]) -> Reals:
    """Neighbours along the last axis as complex numbers, times `by`."""
    pairs = np.ascontiguousarray(x).view(np.complex128) * by
    return pairs.view(np.float64)


def softmax(x: Reals) -> Reals:
    """Along the last axis; NaN if an element is."""
    with np.errstate(invalid="ignore"):
        odds = np.exp(x - x.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def swish(x: Reals) -> Reals:
    """x times its logistic function."""
    with np.errstate(over="ignore"):
        return np.asarray(x / (1 + np.exp(-x)))


class Decoder:
    """A model at some position of a text.

    Args:
        model: its weights are encoded once.
        multiply: how matrices are multiplied.
    """

    def __init__(self, model: Model, multiply: Multiply) -> None:
        self.shape = model.shape
        self.multiply = multiply
        self._embedding = model.weights["embedding"]
        self._vectors: dict[str, Reals] = {}
        self._matrices: dict[str, Any] = {}
        for name, weight in model.weights.items():
            if weight.ndim == 1:
                self._vectors[name] = weight.astype(np.float64)
            elif name not in ("embedding", "classifier"):
                self._matrices[name] = multiply.weights(_kind(name), weight.astype(np.float64))
        classifier = model.classifier.astype(np.float64)
        self._matrices["classifier"] = multiply.weights("classifier", classifier)
        self.begin()

    def begin(self) -> None:
        """Forgets all that has been said."""
        shape, room = self.shape, -(-self.shape.length // BLOCK) * BLOCK
        cache = (shape.layers, shape.kv_heads, room, shape.head)
        self._keys, self._values = np.zeros(cache), np.zeros(cache)
        self.position = 0

    def step(self, token: int) -> Reals:
        """Takes a token; gives the logits of the next one.

        Raises:
            IndexError: there is no room for another.
        """
        shape, rounded = self.shape, self.multiply.rounded
        if self.position >= shape.length:
            raise IndexError(f"the model has learnt {shape.length} positions")
        by = angles(shape, [self.position])
        x = self._embedding[token].astype(np.float64)[None]
        for i in range(shape.layers):
            x = rounded(x + self._attention(i, self._norm(layer(i, "attention_norm"), x), by))
            h = self._norm(layer(i, "mlp_norm"), x)
            gate = rounded(self._linear(layer(i, "gate"), h))
            up = rounded(self._linear(layer(i, "up"), h))
            x = rounded(x + self._linear(layer(i, "down"), rounded(swish(gate) * up)))
        self.position += 1
        logits: Reals = rounded(self._linear("classifier", self._norm("norm", x)))[0]
        return logits

    def _norm(self, name: str, x: Reals) -> Reals:
        return self.multiply.rounded(normalised(x, self.shape.epsilon) * self._vectors[name])

    def _linear(self, name: str, x: Reals) -> Reals:
        return self.multiply.linear(_kind(name), x, self._matrices[name])

    def _attention(self, i: int, h: Reals, by: npt.NDArray[np.complex128]) -> Reals:
        shape, rounded = self.shape, self.multiply.rounded
        head, group = shape.head, shape.heads // shape.kv_heads
        query, key, value = (
            rounded(self._linear(layer(i, name), h)).reshape(-1, head)
            for name in ("query", "key", "value")
        )
        self._keys[i, :, self.position] = rounded(turned(key, by))
        self._values[i, :, self.position] = value
        queries = rounded(turned(query, by)).reshape(shape.kv_heads, group, head)
        there = self.position + 1
        taken = -(-there // BLOCK) * BLOCK
        found = []
        for each in range(shape.kv_heads):
            keys, values = self._keys[i, each, :taken], self._values[i, each, :taken]
            scores = self.multiply.attend("scores", queries[each], keys)[:, :there]
            odds = np.zeros((group, taken))
            odds[:, :there] = rounded(softmax(rounded(scores / np.sqrt(head))))
            found.append(self.multiply.attend("values", odds, np.ascontiguousarray(values.T)))
        mixed = rounded(np.concatenate(found)).reshape(1, -1)
        return self._linear(layer(i, "output"), mixed)


def _kind(name: str) -> str:
    """The name of a matrix without its layer."""
    return name.rpartition(".")[2]


def greedy(decoder: Decoder, tokens: Sequence[int], count: int, end: int) -> list[int]:
    """What the model says after some tokens, always the likeliest one, of equal ones the first.

    Args:
        decoder: begins anew.
        tokens: what comes before, with the one that begins a text.
        count: of tokens at most.
        end: the token after which nothing follows.
    """
    decoder.begin()
    logits = np.zeros(0)
    for token in tokens:
        logits = decoder.step(token)
    found: list[int] = []
    while len(found) < count:
        if not np.isfinite(logits).any():
            break
        token = int(np.argmax(np.nan_to_num(logits, nan=-np.inf)))
        if token == end:
            break
        found.append(token)
        if decoder.position == decoder.shape.length:
            break
        logits = decoder.step(token)
    return found
