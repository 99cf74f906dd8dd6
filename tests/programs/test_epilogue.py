"""The ends of layers: scale, bias and ReLU, with gaps between the rows of the result."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.resources import programs

ROWS, COLUMNS, PITCH = 5, 3, 8


def machine_for(source, march):
    isa = isa_for(march)
    return Machine(assemble(programs("epilogue", source), isa), isa, memory=1 << 20)


@pytest.mark.parametrize("least", [0.0, -np.inf])
def test_singles_are_scaled_and_shifted_by_column(least):
    rng = np.random.default_rng(0)
    c = rng.standard_normal((ROWS, COLUMNS)).astype(np.float32)
    scale, bias = (rng.standard_normal(COLUMNS).astype(np.float32) for _ in range(2))
    machine = machine_for("epilogue.s", "rv64gc")
    y = machine.place(np.full((ROWS, PITCH), 7, np.float32))
    layer = np.array([ROWS, COLUMNS, PITCH, machine.place(scale), machine.place(bias), 0])
    layer[-1:].view(np.float32)[0] = least
    machine.call("epilogue", machine.place(c), y, machine.place(layer))
    found = machine.array(y, np.float32, (ROWS, PITCH))
    np.testing.assert_array_equal(found[:, :COLUMNS], np.maximum(c * scale + bias, least))
    assert (found[:, COLUMNS:] == 7).all()


@pytest.mark.parametrize("least", [0, 0x80])
def test_posits_are_compared_as_numbers(least):
    c = np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)
    machine = machine_for("posit8_relu.s", "rv64gc_xposit1p8")
    y = machine.place(np.full((ROWS, PITCH), 0x40, np.uint8))
    layer = np.array([ROWS, COLUMNS, PITCH, 0, 0, least])
    machine.call("epilogue", machine.place(c), y, machine.place(layer))
    found = machine.array(y, np.uint8, (ROWS, PITCH))
    # Posits have the order of two's complement integers, NaR (0x80) below all of them.
    wanted = np.maximum(c.view(np.int8), np.int8(0 if least == 0 else -128)).view(np.uint8)
    np.testing.assert_array_equal(found[:, :COLUMNS], wanted)
    assert (found[:, COLUMNS:] == 0x40).all()
