"""Per-vector scaled quantisation end to end: accuracy, error and instructions of every scheme."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.metrics import finite
from rvx.analysis.versions import versions
from rvx.emulator import Backend
from rvx.paper.vsq.digits import Digits
from rvx.paper.vsq.inference import run
from rvx.paper.vsq.network import Network, Reals
from rvx.paper.vsq.scheme import Scheme
from rvx.paper.vsq.sqnr import Study, decibels

SCHEMA = "rvx.paper.vsq/1"


@dataclass(frozen=True)
class Outcome:
    """A network under a scheme.

    Attributes:
        scheme: which.
        accuracy: part of the images that are told right.
        logit_error: ||y - y_float|| / ||y_float|| over all logits.
        sqnr_db: of the logits.
        instructions: of all images, by step of a layer.
        custom: how many of them are of extensions.
        events: saturations, scale products that became 0, sums that wrapped.
        mismatches: elements in guest memory that differ from the order-exact reference.
        images: how many.
        seconds: from the beginning to the end, emulation, references and compilation.
    """

    scheme: Scheme
    accuracy: float
    logit_error: float
    sqnr_db: float
    instructions: Mapping[str, int]
    custom: int
    events: Mapping[str, int]
    mismatches: int
    images: int
    seconds: float

    @property
    def per_image(self) -> float:
        """Instructions of one image."""
        return sum(self.instructions.values()) / self.images

    def to_json(self) -> dict[str, Any]:
        """A row of the schema."""
        return {
            "scheme": self.scheme.name,
            "doc": self.scheme.doc,
            "accuracy": self.accuracy,
            "logit_error": self.logit_error,
            "sqnr_db": finite(self.sqnr_db),
            "instructions_per_image": self.per_image,
            "instructions": dict(self.instructions),
            "custom_instructions": self.custom,
            "events": dict(self.events),
            "bit_exact": self.mismatches == 0,
            "mismatches": self.mismatches,
            "images": self.images,
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Report:
    """The study.

    Attributes:
        networks: by name.
        accuracy: of each network in float64.
        outcomes: of each network, in the order of the schemes.
        sqnr: of formats and of VSQ over vector size and scale bits, if it was made.
    """

    networks: Mapping[str, Network]
    accuracy: Mapping[str, float]
    outcomes: Mapping[str, Sequence[Outcome]]
    sqnr: Study | None = field(default=None)

    @property
    def is_exact(self) -> bool:
        """Whether every layer of every network is bit exact."""
        return all(o.mismatches == 0 for rows in self.outcomes.values() for o in rows)

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.paper.vsq/1."""
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "networks": [
                {
                    "network": name,
                    "macs_per_image": network.macs,
                    "float64_accuracy": self.accuracy[name],
                    "rows": [outcome.to_json() for outcome in self.outcomes[name]],
                }
                for name, network in self.networks.items()
            ],
            "versions": versions(),
        }
        if self.sqnr is not None:
            document["sqnr_db"] = {
                "formats": {name: _finite(row) for name, row in self.sqnr.formats.items()},
                "vsq4": {
                    name: {
                        "real" if bits == 0 else str(bits): _finite(row)
                        for bits, row in surface.items()
                    }
                    for name, surface in self.sqnr.surface.items()
                },
            }
        return document


def _finite(row: Mapping[Any, float]) -> dict[str, float | None]:
    return {str(name): finite(value) for name, value in row.items()}


def accuracy(logits: Reals, labels: npt.NDArray[np.int64]) -> float:
    """Part of the images whose largest logit is that of their digit."""
    return float((logits.argmax(axis=1) == labels).mean())


def evaluate(
    scheme: Scheme,
    network: Network,
    digits: Digits,
    *,
    images: int | None = None,
    progress: Callable[[float], None] | None = None,
    backend: Backend = "native",
) -> Outcome:
    """Runs the test set, or its first images, through a network on the emulator.

    Raises:
        GuestError: a kernel trapped.
    """
    x, labels = digits.test[:images], digits.test_labels[:images]
    wanted = network.results(network.images(x))[-1]
    begun = time.perf_counter()
    logits, engine = run(scheme, network, x, progress, backend)
    error = float(np.linalg.norm(logits - wanted) / np.linalg.norm(wanted))
    return Outcome(
        scheme=scheme,
        accuracy=accuracy(logits, labels),
        logit_error=error,
        sqnr_db=decibels(wanted, logits),
        instructions=dict(engine.instructions),
        custom=engine.custom,
        events=engine.events,
        mismatches=engine.mismatches,
        images=len(x),
        seconds=time.perf_counter() - begun,
    )
