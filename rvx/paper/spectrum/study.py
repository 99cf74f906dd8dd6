"""Three claims about number formats on RISC-V, with what is published and what the emulator finds.

Each is a study of its own (`rvx paper percival`, `exsdotp`, `vsq`); here are the figures that the
claims rest on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rvx.paper.exsdotp import products
from rvx.paper.exsdotp import study as exsdotp
from rvx.paper.exsdotp.data import PRODUCTS, PUBLISHED
from rvx.paper.percival import study as percival
from rvx.paper.percival.data import PUBLISHED as OF_POSITS
from rvx.paper.percival.data import VARIANTS
from rvx.paper.vsq import digits
from rvx.paper.vsq import network as networks
from rvx.paper.vsq import scheme as schemes
from rvx.paper.vsq.study import Outcome, accuracy, evaluate

SCHEMA = "rvx.paper.spectrum/1"
RANGE, SIZE, PAIRS = 1.0, 256, 1
LENGTH, SEEDS = 2000, 100
NETWORK, SCHEMES = "cnn", ("int8", "vsq-4/4/4/4", "int4")
_BERT = {"int8": 0.7, "vsq-4/4/4/4": 0.7, "int4": 80.0}
"""Points of accuracy that BERT-Base loses with 128 tokens, after training for the format (Keller et
al., A 95.6-TOPS/W Deep Learning Inference Accelerator With Per-Vector Scaled 4-bit Quantization in
5 nm, IEEE JSSC 58(4), 2023, table IV)."""
STEPS = len(VARIANTS) + 3 + 2 * 2 + len(SCHEMES)


@dataclass(frozen=True)
class Figure:
    """A figure of a claim.

    Attributes:
        claim: in a phrase.
        what: the figure.
        measured: by the emulator.
        published: where it is.
        command: that shows the whole study.
        is_exact: whether all results were those of the golden model; None where this run did not
            compare them.
    """

    claim: str
    what: str
    measured: float
    published: float | None
    command: str
    is_exact: bool | None

    def to_json(self) -> dict[str, Any]:
        """An element of `figures`."""
        return {
            "claim": self.claim,
            "figure": self.what,
            "measured": self.measured,
            "published": self.published,
            "command": self.command,
            "bit_exact": self.is_exact,
        }


def run(progress: Callable[[str], None], size: int = SIZE, images: int = 200) -> list[Figure]:
    """Measures all of them.

    Args:
        progress: is told each of `STEPS` steps.
        size: rows of the matrices of the first claim; 256 is published.
        images: of handwritten digits, for the third.
    """
    return [*_posits(progress, size), *_dot_products(progress), *_vectors(progress, images)]


def _posits(progress: Callable[[str], None], size: int) -> list[Figure]:
    found = percival.run([RANGE], [size], PAIRS, progress=progress)
    ((_, _, row),) = found.rows()
    published = OF_POSITS.get((RANGE, size), {})
    claim = "posits: up to four orders of magnitude in GEMM"
    command = f"rvx paper percival --ranges {RANGE:g} --sizes {size}"
    return [
        Figure(
            claim,
            f"MSE of f32 / MSE of {name}, {size}x{size}",
            row["f32"].mse / row[name].mse,
            published["f32"] / published[name] if published else None,
            command,
            None,
        )
        for name in ("posit32_quire", "posit32")
    ]


def _dot_products(progress: Callable[[str], None]) -> list[Figure]:
    chosen = [one for one in PRODUCTS if one.variant in ("fp8_opt_ex", "fp16_opt_ex", "fp8_exfma")]
    counted = {one.shape.variant: one for one in products.run(chosen, progress=progress)}
    cells = exsdotp.run([LENGTH], SEEDS, progress=progress)
    claim = "ExSdotp: about twice the speed, and more accurate"
    command = "rvx paper exsdotp"
    found = [
        Figure(
            claim,
            f"MACs per instruction, FP8 ExSdotp / {text}",
            counted["fp8_opt_ex"].rate / counted[other].rate,
            published,
            command,
            not (counted["fp8_opt_ex"].mismatches or counted[other].mismatches),
        )
        for other, text, published in (
            ("fp16_opt_ex", "FP16 ExSdotp", 1.96),
            ("fp8_exfma", "FP8 expanding FMA", 2.0),
        )
    ]
    for pair in ("f16", "f8"):
        by_unit = {cell.unit: cell for cell in cells if cell.pair.name == pair}
        label = by_unit["exfma"].pair.label
        found.append(
            Figure(
                claim,
                f"median error of ExFMA / ExSdotp, {label}, {LENGTH} products",
                by_unit["exfma"].quartiles[1] / by_unit["exsdotp"].quartiles[1],
                PUBLISHED[pair, "exfma"][LENGTH] / PUBLISHED[pair, "exsdotp"][LENGTH],
                command,
                not any(cell.mismatches for cell in by_unit.values()),
            )
        )
    return found


def _vectors(progress: Callable[[str], None], images: int) -> list[Figure]:
    network, data = networks.load(NETWORK), digits.load()
    outcomes: dict[str, Outcome] = {}
    for name in SCHEMES:
        progress(f"{NETWORK} {name}")
        outcomes[name] = evaluate(schemes.find(name), network, data, images=images)
    command = f"rvx paper vsq --network {NETWORK}"
    return [
        Figure(
            "VSQ: the quality of 8 bits with 4",
            f"points of accuracy lost, {name}: here digits, published BERT-Base",
            100 * (_right(network, data, images) - outcomes[name].accuracy),
            _BERT[name],
            command,
            not outcomes[name].mismatches,
        )
        for name in SCHEMES
    ] + [
        Figure(
            "VSQ: the quality of 8 bits with 4",
            f"relative error of the logits, {name}",
            outcomes[name].logit_error,
            None,
            command,
            not outcomes[name].mismatches,
        )
        for name in SCHEMES
    ]


def _right(network: networks.Network, data: digits.Digits, images: int) -> float:
    """The part that the network tells right in float64."""
    shown = data.test[:images]
    return accuracy(network.results(network.images(shown))[-1], data.test_labels[:images])


def is_exact(figures: Sequence[Figure]) -> bool:
    """Whether every result was that of its golden model."""
    return all(figure.is_exact is not False for figure in figures)
