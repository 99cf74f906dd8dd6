"""What matrix products cost with each unit: instructions of the whole kernels.

The paper gives ratios of throughput. A Snitch core issues one instruction of its FPU a cycle, and
streams and repetition leave it little else to do, so that multiplications per executed instruction
stand for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rvx.analysis import kernel
from rvx.analysis.compare import draw, run_variant
from rvx.emulator import Backend
from rvx.paper.exsdotp.data import PRODUCTS, Shape


@dataclass(frozen=True)
class Product:
    """One matrix product, run.

    Attributes:
        shape: what was multiplied, and how.
        instructions: executed by the call.
        macs: multiply-accumulates of the product.
        mismatches: elements that differ from the order-exact reference.
    """

    shape: Shape
    instructions: int
    macs: int
    mismatches: int

    @property
    def rate(self) -> float:
        """Multiply-accumulates per executed instruction."""
        return self.macs / self.instructions

    def to_json(self) -> dict[str, Any]:
        """The product of the schema."""
        m, n, k = self.shape.sizes
        return {
            "variant": self.shape.variant,
            "m": m,
            "n": n,
            "k": k,
            "instructions": self.instructions,
            "macs": self.macs,
            "macs_per_instruction": self.rate,
            "bit_exact": self.mismatches == 0,
            "mismatches": self.mismatches,
        }


def run(
    shapes: Sequence[Shape] = PRODUCTS,
    backend: Backend = "native",
    progress: Callable[[str], None] | None = None,
) -> Sequence[Product]:
    """Runs the products, all with inputs of seed 0.

    Args:
        shapes: what is multiplied, and how.
        backend: of the emulator.
        progress: is told what comes next, once for every product.

    Raises:
        GuestError: a kernel trapped.
    """
    found = []
    for shape in shapes:
        if progress is not None:
            progress(f"{shape.label}, {shape.text}")
        gemm = kernel.load(shape.kernel)
        inputs = draw(gemm, dict(zip("MNK", shape.sizes, strict=True)))
        row = run_variant(gemm, gemm.variants[shape.variant], inputs, backend)
        found.append(Product(shape, row.run.instructions, row.macs, row.mismatches))
    return found
