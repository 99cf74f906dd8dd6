"""Trains the networks of the study, from fixed seeds.

The MLP is scikit-learn's classifier with its own settings; the CNN is trained here, in NumPy, by
Adam on the cross entropy.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rvx.paper.vsq.digits import Digits
from rvx.paper.vsq.network import Layer, Network, Reals, windows

BATCH = 64
RATE = 1e-3
DECAY = 1e-4
CNN_EPOCHS = 30
CNN_SHAPES = ((16, 3, 3, 1), (32, 3, 3, 16), (10, 512))
"""Shapes of the weights: convolutions of 16 and 32 filters, and a dense layer."""
MLP_HIDDEN = 64
MLP_EPOCHS = 120
SEED = 0
NAMES = ("mlp", "cnn")


@dataclass
class _Adam:
    """Adam (Kingma and Ba, 2015) for a list of arrays, changed in place."""

    values: list[Reals]
    step: int = 0
    means: list[Reals] = field(default_factory=list)
    squares: list[Reals] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.means = [np.zeros_like(value) for value in self.values]
        self.squares = [np.zeros_like(value) for value in self.values]

    def update(self, gradients: list[Reals]) -> None:
        self.step += 1
        rate = RATE * np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        for value, gradient, mean, square in zip(
            self.values, gradients, self.means, self.squares, strict=True
        ):
            np.add(mean, 0.1 * (gradient - mean), out=mean)
            np.add(square, 0.001 * (gradient**2 - square), out=square)
            np.subtract(value, rate * mean / (np.sqrt(square) + 1e-8), out=value)


def _begin(rng: np.random.Generator) -> Network:
    layers = []
    for i, shape in enumerate(CNN_SHAPES):
        fan_in = int(np.prod(shape[1:]))
        weights = rng.normal(0, np.sqrt(2 / fan_in), shape)
        layers.append(Layer(weights, np.zeros(shape[0]), has_relu=i < len(CNN_SHAPES) - 1))
    return Network("cnn", tuple(layers))


def _gradients(network: Network, x: Reals, labels: Reals) -> list[Reals]:
    """Gradients of the mean cross entropy with weight decay: w0, b0, w1, ..."""
    results = network.results(x)
    logits = results[-1]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    back = (odds / odds.sum(axis=1, keepdims=True) - labels) / len(x)
    gradients: list[Reals] = []
    for layer, given, result in zip(
        reversed(network.layers), reversed(results[:-1]), reversed(results[1:]), strict=True
    ):
        back = back.reshape(result.shape)
        if layer.has_relu:
            back = back * (result > 0)
        flat = back.reshape(-1, layer.outputs)
        rows = given.reshape(len(given), -1) if layer.is_dense else windows(given, layer.size)
        of_weights = (flat.T @ rows.reshape(len(flat), -1)).reshape(layer.weights.shape)
        gradients += [flat.sum(axis=0), of_weights + DECAY * layer.weights]
        back = _to_input(layer, back, given)
    return gradients[::-1]


def _to_input(layer: Layer, back: Reals, given: Reals) -> Reals:
    if layer.is_dense:
        return back @ layer.weights
    result = np.zeros_like(given)
    rows, columns = back.shape[1:3]
    for i in range(layer.size):
        for j in range(layer.size):
            result[:, i : i + rows, j : j + columns] += back @ layer.weights[:, i, j]
    return result


def train_cnn(digits: Digits, progress: Callable[[float], None] | None = None) -> Network:
    """Trains two convolutions and a dense layer.

    Args:
        digits: what to learn from.
        progress: is told the part that is done, 0..1.
    """
    rng = np.random.default_rng(SEED)
    network = _begin(rng)
    images = network.images(digits.train)
    adam = _Adam([value for layer in network.layers for value in (layer.weights, layer.bias)])
    one_hot = np.eye(10)[digits.train_labels]
    for epoch in range(CNN_EPOCHS):
        order = rng.permutation(len(images))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            adam.update(_gradients(network, images[batch], one_hot[batch]))
        if progress is not None:
            progress((epoch + 1) / CNN_EPOCHS)
    return network


def train_mlp(digits: Digits) -> Network:
    """Trains 64-64-10 with scikit-learn."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    classifier: Any = MLPClassifier((MLP_HIDDEN,), max_iter=MLP_EPOCHS, random_state=SEED)
    with warnings.catch_warnings():
        # The number of epochs is chosen; the classifier would like to be asked for more.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(digits.train, digits.train_labels)
    weights = zip(classifier.coefs_, classifier.intercepts_, strict=True)
    layers = [Layer(w.T.copy(), b, has_relu=i == 0) for i, (w, b) in enumerate(weights)]
    return Network("mlp", tuple(layers))


def train(name: str, digits: Digits, progress: Callable[[float], None] | None = None) -> Network:
    """Trains `mlp` or `cnn`."""
    return train_mlp(digits) if name == "mlp" else train_cnn(digits, progress)
