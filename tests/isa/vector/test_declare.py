"""Vector instructions of one's own: from an element function to what the guest sees."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.minifloat import FP16, FP32
from rvx.formats.posit import POSIT16, exact
from rvx.isa import DeclarationError, Extension

LOOP = """
        .globl  run
run:    vsetvli t0, a0, {sew}, m4, ta, ma
        vle{bits}.v v4, (a1)
        vle{bits}.v v8, (a2)
        vle{bits}.v v12, (a3)
        vmsne.vi v0, v12, 0
        {instruction}
        vse{bits}.v v12, (a3)
        sub     a0, a0, t0
        slli    t1, t0, {shift}
        add     a1, a1, t1
        add     a2, a2, t1
        add     a3, a3, t1
        bnez    a0, run
        ret
"""


def run(extension: Extension, instruction: str, arrays: list[np.ndarray], **options) -> np.ndarray:
    """What is in v12 after the instruction; what was there before is the mask, too."""
    bits = 8 * arrays[0].itemsize
    text = LOOP.format(
        sew=f"e{bits}", bits=bits, shift=bits.bit_length() - 4, instruction=instruction
    )
    isa = isa_for("rv64gcv", [extension])
    machine = Machine(assemble(text, isa), isa, **options)
    addresses = [machine.allocate(array.nbytes) for array in arrays]
    for address, array in zip(addresses, arrays, strict=True):
        machine.array(address, array.dtype, array.size)[:] = array
    result = machine.call("run", arrays[0].size, *addresses)
    assert result.trap is None, result.trap
    mnemonic = instruction.split(maxsplit=1)[0]
    assert result.by_mnemonic[mnemonic] == -(-arrays[0].size // (512 // bits))
    return machine.array(addresses[2], arrays[2].dtype, arrays[2].size).copy()


def absolute_difference() -> Extension:
    ext = Extension("Xabs", version="0.1")

    @ext.vector("vfabsdiff", "vv vf", "000001", space="F", formats=(FP16, FP32))
    def vfabsdiff(a, b, sub, abs, mode, flags):
        """vd = |vs2 - b|, rounded once."""
        return abs(sub(a, b, mode, flags))

    return ext


BACKENDS = pytest.mark.parametrize("backend", ["native", "python"])


@BACKENDS
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_function_of_floats_serves_every_width_that_is_named(kind: type, backend: str) -> None:
    numbers = np.random.default_rng(1).standard_normal((3, 75)).astype(kind)
    numbers[2] = np.arange(75) % 3
    result = run(absolute_difference(), "vfabsdiff.vv v12, v4, v8", [*numbers], backend=backend)
    # One rounding: NumPy's subtraction has it, and the absolute value is exact.
    assert (result == np.abs(numbers[0] - numbers[1])).all()


def test_masks_and_the_old_elements_come_by_themselves() -> None:
    numbers = np.random.default_rng(2).standard_normal((3, 75)).astype(np.float32)
    numbers[2] = np.arange(75) % 3
    ext = absolute_difference()
    result = run(ext, "vfabsdiff.vv v12, v4, v8, v0.t", [*numbers])
    expected = np.where(numbers[2] != 0, np.abs(numbers[0] - numbers[1]), numbers[2])
    assert (result == expected).all()


def test_widths_that_are_not_named_are_illegal() -> None:
    isa = isa_for("rv64gcv", [absolute_difference()])
    text = "_start: vsetvli t0, zero, e64, m1, ta, ma\n        vfabsdiff.vv v1, v2, v3\n"
    trap = Machine(assemble(text, isa), isa).run().trap
    assert trap is not None
    assert str(trap.kind) == "illegal instruction"
    assert "reserved under the present vtype" in trap.message


@BACKENDS
def test_the_same_function_over_posits(backend: str) -> None:
    ext = Extension("Xpabs", version="0.1")

    @ext.vector("vpabsdiff", "vv", "000010", formats=(POSIT16,))
    def vpabsdiff(a, b, sub, abs, mode, flags):
        return abs(sub(a, b, mode, flags))

    rng = random.Random(3)
    arrays = [np.array([rng.getrandbits(16) for _ in range(70)], np.uint16) for _ in range(3)]
    result = run(ext, "vpabsdiff.vv v12, v4, v8", arrays, backend=backend)
    for a, b, got in zip(arrays[0], arrays[1], result, strict=True):
        left, right = exact.decode(int(a), POSIT16), exact.decode(int(b), POSIT16)
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            assert int(got) == exact.encode(abs(left - right), POSIT16)


@BACKENDS
def test_integers_scalars_ternary_and_widening(backend: str) -> None:
    ext = Extension("Xsad", version="0.1")

    @ext.vector("vwsad", "vv vx", "000011", result="w", is_ternary=True)
    def vwsad(d, a, b):
        """vd, of twice the width, += |vs2 - b|."""
        return d + max(a - b, b - a)

    text = """
        .globl  run
run:    vsetvli t0, a0, e16, m2, ta, ma
        vle16.v v2, (a1)
        vle16.v v4, (a2)
        vle32.v v8, (a3)
        vwsad.vv v8, v4, v2
        li      t1, -1000
        vwsad.vx v8, t1, v2
        vse32.v v8, (a3)
        ret
"""
    isa = isa_for("rv64gcv_zvl512b", [ext])
    machine = Machine(assemble(text, isa), isa, backend=backend)
    rng = np.random.default_rng(4)
    a, b = rng.integers(-(1 << 15), 1 << 15, (2, 64)).astype(np.int16)
    d = rng.integers(-(1 << 20), 1 << 20, 64).astype(np.int32)
    places = [machine.allocate(256) for _ in range(3)]
    for place, array in zip(places, (a, b, d), strict=True):
        machine.array(place, array.dtype, 64)[:] = array
    assert machine.call("run", 64, *places).trap is None
    wide = a.astype(np.int64)
    expected = d + abs(wide - b) + abs(wide + 1000)
    assert (machine.array(places[2], np.int32, 64) == expected).all()


def _of(function: Callable[..., object], **options: object) -> None:
    Extension("Xbad", version="0.1").vector("vbad", "vv", "000001", **options)(function)


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: _of(lambda a, c: a), "asks for 'c'; it may ask for d, a, b, m, sew, mode, flags"),
        (lambda: _of(lambda a, add: a), "asks for 'add'; it may ask for d, a, b"),
        (lambda: _of(lambda a, dot: a, formats=(FP16,)), "asks for 'dot'; it may ask for d, a"),
        (lambda: _of(lambda a, b: a, formats=(FP16, FP16)), "one of each"),
        (lambda: _of(lambda a, b: a, space="Q"), "there is no form 'vv' in space Q"),
    ],
)
def test_what_does_not_fit_is_a_sentence(declare: Callable[[], None], sentence: str) -> None:
    with pytest.raises(DeclarationError) as error:
        declare()
    assert sentence in str(error.value)
