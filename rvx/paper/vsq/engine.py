"""A machine that holds the kernels of a scheme, and counts what each part of a network takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.compare import GuestError
from rvx.analysis.kernel import load
from rvx.assembler import assemble
from rvx.emulator import Backend, Machine
from rvx.extensions import isa_for
from rvx.paper.vsq.scheme import Scheme
from rvx.resources import programs

EVENTS = ("saturations", "zeroed_scales", "wraps")
STEPS = ("quantise", "multiply", "epilogue")


def sources(scheme: Scheme) -> list[Path]:
    """The kernels of a scheme: products, quantisation of activations, ends of layers."""
    chosen = [load(kernel).folder / f"{scheme.variant}.s" for kernel in ("gemm", "conv2d")]
    if scheme.quantiser:
        chosen.append(programs("quantise", f"{scheme.quantiser}.s"))
    is_posit = scheme.variant.startswith("posit")
    chosen.append(programs("epilogue", "posit8_relu.s" if is_posit else "epilogue.s"))
    return chosen


@dataclass
class Engine:
    """The machine.

    Args:
        scheme: whose kernels it holds.
        memory: bytes that the network needs.
        backend: of the emulator.

    Attributes:
        machine: with the kernels loaded.
        instructions: executed, by step of a layer.
        custom: how many of them were of extensions.
        seconds: spent in emulation.
        mismatches: results that differ from the order-exact reference.
    """

    scheme: Scheme
    memory: int
    backend: Backend = "native"
    machine: Machine = field(init=False)
    instructions: Counter[str] = field(default_factory=Counter)
    custom: int = 0
    seconds: float = 0.0
    mismatches: int = 0

    def __post_init__(self) -> None:
        isa = isa_for(self.scheme.march)
        program = assemble(sources(self.scheme), isa)
        self.machine = Machine(program, isa, memory=self.memory, backend=self.backend)

    def call(self, step: str, function: str, *arguments: int) -> None:
        """Calls a kernel and adds up its instructions.

        Raises:
            GuestError: it trapped.
        """
        result = self.machine.call(function, *arguments)
        if result.trap is not None:
            raise GuestError(self.scheme.variant, result.trap)
        self.instructions[step] += result.instructions
        self.custom += result.custom_instructions
        self.seconds += result.seconds

    def place(self, values: npt.NDArray[Any]) -> int:
        """Copies an array into guest memory and gives its address."""
        return self.machine.place(values)

    def check(self, address: int, wanted: npt.NDArray[Any]) -> None:
        """Counts the elements in guest memory that have not the bits of a reference."""
        found = self.machine.array(address, wanted.dtype, wanted.shape)
        width = f"u{wanted.itemsize}"
        wrong = np.ascontiguousarray(found).view(width) != np.ascontiguousarray(wanted).view(width)
        self.mismatches += int(np.count_nonzero(wrong))

    @property
    def events(self) -> dict[str, int]:
        """What Xvsq counted; nothing where it is not loaded."""
        if "vsq_events" not in self.machine.isa.states:
            return dict.fromkeys(EVENTS, 0)
        return dict(zip(EVENTS, self.machine.state("vsq_events").tolist(), strict=True))
