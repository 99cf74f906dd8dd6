"""Runs a network on the machine, layer by layer, for all images at once.

A layer is three kernels: its activations are quantised, multiplied with the weights, and ended
with scale, bias and ReLU. Between the kernels everything stays in guest memory. Whatever a
kernel leaves there is compared with the order-exact reference.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, find
from rvx.analysis.kernel import load
from rvx.emulator import Backend
from rvx.paper.vsq.engine import Engine
from rvx.paper.vsq.family import Family, Weights
from rvx.paper.vsq.network import Layer, Network, Reals
from rvx.paper.vsq.scheme import Scheme

Raw = npt.NDArray[Any]

# Every tensor of the network is in memory: a pixel of 64 channels, filled up, takes 256 bytes,
# and is there as a result, as activations and as codes.
BYTES_PER_IMAGE = 64 * 3 * (256 + 256 + 64)
SLACK = 1 << 21


def padded(x: Raw, multiple: int) -> Raw:
    """The array with the last axis filled up with zeros."""
    missing = -x.shape[-1] % multiple
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, missing)]) if missing else x


@dataclass(frozen=True)
class Tensor:
    """Activations in guest memory.

    Attributes:
        address: where.
        values: what the reference has there, shape (images, ..., pitch).
    """

    address: int
    values: Raw


class Runner(ABC):
    """A network under one scheme.

    Args:
        engine: with the kernels.
        network: whose layers are run.
        numbers: the arithmetic of the products.
    """

    element: np.dtype[Any]

    def __init__(self, engine: Engine, network: Network, numbers: Arithmetic) -> None:
        self.engine = engine
        self.network = network
        self.numbers = numbers

    def run(self, images: Reals, progress: Callable[[float], None] | None) -> Reals:
        """Logits of the images, shape (images, 10)."""
        x = self.enter(images)
        count = len(self.network.layers)
        for i, layer in enumerate(self.network.layers):
            x = self.layer(layer, x, self.network.layers[i + 1] if i + 1 < count else None)
            if progress is not None:
                progress((i + 1) / count)
        found = self.engine.machine.array(x.address, self.element, x.values.shape)
        return self.leave(found[..., : self.network.layers[-1].outputs])

    @abstractmethod
    def enter(self, images: Reals) -> Tensor:
        """The images in guest memory, in the format that activations have between layers."""

    @abstractmethod
    def leave(self, logits: Raw) -> Reals:
        """The logits as numbers."""

    @abstractmethod
    def layer(self, layer: Layer, x: Tensor, following: Layer | None) -> Tensor:
        """Runs a layer; gives its result in the layout of the following one."""

    def multiply(
        self, layer: Layer, address: int, a: Encoded, b: Encoded, quant: list[int]
    ) -> Tensor:
        """Calls gemm or conv2d.

        Args:
            layer: decides which, and has the sizes.
            address: of the activations.
            a: the activations.
            b: the weights.
            quant: the last argument, if there is one.
        """
        engine = self.engine
        reference = self._product(layer, a, b)
        to = engine.machine.allocate(reference.nbytes)
        weights = engine.place(b.memory[0])
        if layer.is_dense:
            sizes = (len(a.parts[0]), layer.outputs, a.length)
            engine.call("multiply", "gemm", address, weights, to, *sizes, *quant)
        else:
            images, rows, columns = a.parts[0].shape[:3]
            shape = [images, rows, columns, a.pitch, layer.outputs, layer.size, 1]
            placed = engine.place(np.array(shape, np.int64))
            engine.call("multiply", "conv2d", address, weights, to, placed, *quant)
        engine.check(to, reference)
        return Tensor(to, reference)

    def _product(self, layer: Layer, a: Encoded, b: Encoded) -> Raw:
        if layer.is_dense:
            return self.numbers.product(a, b)
        images, rows, columns = a.parts[0].shape[:3]
        sizes = {"K": layer.size, "S": 1}
        result: Raw = load("conv2d").golden.reference(sizes, self.numbers, a, b)
        taken = layer.size - 1
        return result.reshape(images, rows - taken, columns - taken, layer.outputs)

    def finish(self, c: Tensor, y: Raw, scale: int, bias: int, least: Raw) -> Tensor:
        """Calls the end of a layer.

        Args:
            c: the products, columns last.
            y: what the reference has for the result, with room around it where needed.
            scale: address of the scales of the columns.
            bias: address of their biases.
            least: what the results must not be below.
        """
        to = self.engine.place(self.room(y))
        outputs = c.values.shape[-1]
        sizes = [c.values.size // outputs, outputs, y.shape[-1], scale, bias]
        described = np.array([*sizes, 0], np.int64)
        described[-1:].view(least.dtype)[0] = least[0]
        self.engine.call("epilogue", "epilogue", c.address, to, self.engine.place(described))
        self.engine.check(to, y)
        return Tensor(to, y)

    def room(self, y: Raw) -> Raw:
        """What is in memory before a layer writes its result there."""
        return np.zeros_like(y)


class Singles(Runner):
    """Activations are binary32 between layers, and quantised at the beginning of each.

    Args:
        engine: with the kernels.
        network: whose layers are run.
        family: how tensors are quantised; None for binary32 throughout.
    """

    element = np.dtype(np.float32)

    def __init__(self, engine: Engine, network: Network, family: Family | None) -> None:
        super().__init__(engine, network, family.arithmetic if family else find("f32"))
        self.family = family

    def enter(self, images: Reals) -> Tensor:
        """Filled up for the first layer."""
        x = padded(images.astype(np.float32), self.numbers.lanes)
        return Tensor(self.engine.place(x), x)

    def leave(self, logits: Raw) -> Reals:
        """The numbers themselves."""
        return logits.astype(np.float64)

    def layer(self, layer: Layer, x: Tensor, following: Layer | None) -> Tensor:
        """Quantises, multiplies, adds the bias."""
        if layer.is_dense:
            x = replace(x, values=padded(x.values.reshape(len(x.values), -1), self.numbers.lanes))
        if self.family is None:
            a, b = self.numbers.encode(x.values), self.numbers.encode(layer.weights)
            made = Weights(b, np.ones(layer.outputs, np.float32))
            address, quant = x.address, list[int]()
        else:
            a, made = self.family.activations(x.values), self.family.weights(layer.weights)
            address, quant = self._quantise(x, a, made)
        c = self.multiply(layer, address, a, made.encoded, quant)
        bias = layer.bias.astype(np.float32)
        least = np.array([0 if layer.has_relu else -np.inf], np.float32)
        y = np.maximum(c.values * made.scale + bias, least)
        if following is not None and following.is_dense == layer.is_dense:
            y = padded(y, self.numbers.lanes)
        scales, biases = self.engine.place(made.scale), self.engine.place(bias)
        return self.finish(c, y, scales, biases, least)

    def _quantise(self, x: Tensor, a: Encoded, made: Weights) -> tuple[int, list[int]]:
        """Calls the quantiser; gives the address of the codes, and the argument `quant`."""
        engine = self.engine
        machine = engine.machine
        parts = [machine.allocate(part.nbytes) for part in a.memory]
        scales = [*parts[1:], *(engine.place(part) for part in made.encoded.memory[1:])]
        quant = engine.place(np.array([0, *scales], np.int64))
        vectors = x.values.size // self.numbers.lanes
        work = machine.allocate(4 * vectors)
        of_scales = parts[1] if len(parts) > 1 else 0
        engine.call("quantise", "quantise", x.address, parts[0], of_scales, vectors, quant, work)
        for address, part in zip(parts, a.memory, strict=True):
            engine.check(address, part)
        engine.check(quant, np.array([a.scale], np.float32))
        return parts[0], [quant]


class Posits(Runner):
    """posit8 throughout: a bias is the weight of a further input that is 1."""

    element = np.dtype(np.uint8)
    NAR = 0x80

    def __init__(self, engine: Engine, network: Network) -> None:
        super().__init__(engine, network, find("posit8_quire"))
        self.one = int(self.numbers.encode(np.ones((1, 1))).memory[0].item())

    def enter(self, images: Reals) -> Tensor:
        """With a further pixel or channel of ones."""
        x = self._with_one(self.numbers.encode(images).memory[0])
        return Tensor(self.engine.place(x), x)

    def leave(self, logits: Raw) -> Reals:
        """What the posits stand for."""
        return self.numbers.decode(logits)

    def layer(self, layer: Layer, x: Tensor, following: Layer | None) -> Tensor:
        """Multiplies, and takes the maximum with 0."""
        values = x.values.reshape(len(x.values), -1) if layer.is_dense else x.values
        a = Encoded((values.astype(np.int64),), (values,), np.zeros(0))
        b = self.numbers.encode(self._weights(layer, x.values))
        c = self.multiply(layer, x.address, a, b, [])
        least = np.array([0 if layer.has_relu else self.NAR], np.uint8)
        signed = c.values.view(np.int8)
        y = np.maximum(signed, least.view(np.int8)).view(np.uint8)
        if following is not None:
            y = self._with_one(y)
        return self.finish(c, y, 0, 0, least)

    def _weights(self, layer: Layer, x: Raw) -> Reals:
        """Weights with a further column for the ones: the bias once, and zeros."""
        pixels = layer.weights.reshape(layer.outputs, -1, x.shape[-1] - 1)
        column = np.zeros((*pixels.shape[:2], 1))
        column[:, 0, 0] = layer.bias
        wider: Reals = np.concatenate([pixels, column], axis=-1)
        if layer.is_dense:
            return wider.reshape(layer.outputs, -1)
        return wider.reshape(*layer.weights.shape[:3], -1)

    def _with_one(self, x: Raw) -> Raw:
        ones = np.full((*x.shape[:-1], 1), self.one, np.uint8)
        return np.concatenate([x, ones], axis=-1)

    def room(self, y: Raw) -> Raw:
        """The ones are there before the layer writes the rest."""
        return np.full_like(y, self.one)


def run(
    scheme: Scheme,
    network: Network,
    images: Reals,
    progress: Callable[[float], None] | None = None,
    backend: Backend = "native",
) -> tuple[Reals, Engine]:
    """The logits of images, computed by the emulator, and the engine with its counts.

    Args:
        scheme: how the network is quantised.
        network: what is run.
        images: shape (images, 64).
        progress: is told the part that is done, 0..1.
        backend: of the emulator.

    Raises:
        GuestError: a kernel trapped.
    """
    shaped = network.images(images)
    engine = Engine(scheme, SLACK + BYTES_PER_IMAGE * len(images), backend)
    runner: Runner
    if scheme.family is None and scheme.variant.startswith("posit"):
        runner = Posits(engine, network)
    else:
        runner = Singles(engine, network, scheme.family() if scheme.family else None)
    return runner.run(shaped, progress), engine
