"""The kernels that quantise activations, bit for bit, on data with every kind of number."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.block.mx.array import quantise as mx_quantise
from rvx.formats.block.mx.format import MXFP4, MXFP8_E4M3, MXINT8
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import E4M3FN, FP8
from rvx.paper.vsq.scheme import SCHEMES
from rvx.resources import programs

QUANTISED = [scheme for scheme in SCHEMES.values() if scheme.family is not None]
IDS = [scheme.name for scheme in QUANTISED]
SAVED = [f"s{i}" for i in range(12)] + [f"fs{i}" for i in range(12)]


def tensors(is_unsigned):
    rng = np.random.default_rng(0)
    normal = rng.standard_normal((6, 192))
    wild = normal * np.exp2(rng.integers(-30, 30, normal.shape))
    # Halves of a step: every quotient is a tie for some format.
    ties = rng.integers(-64, 65, normal.shape) / 8.0
    sparse = normal * (rng.random(normal.shape) < 0.1)
    sparse[2] = 0
    for x in (normal, wild, ties, sparse, np.zeros_like(normal)):
        yield (np.abs(x) if is_unsigned else x).astype(np.float32)


def quantise(scheme, x, backend="native"):
    """Codes, scales and coarse scale that the machine leaves, beside what the family has."""
    wanted = scheme.family().activations(x)
    isa = isa_for(scheme.march)
    source = programs("quantise", f"{scheme.quantiser}.s")
    machine = Machine(assemble(source, isa), isa, memory=1 << 20, backend=backend)
    parts = [machine.allocate(part.nbytes) for part in wanted.memory]
    coarse, work = machine.allocate(8), machine.allocate(4 * x.size)
    vectors = x.size // scheme.family().arithmetic.lanes
    for i, name in enumerate(SAVED):
        machine.set_register(name, 0x1234567800 + i)
    scales = parts[1] if len(parts) > 1 else 0
    result = machine.call("quantise", machine.place(x), parts[0], scales, vectors, coarse, work)
    assert result.trap is None
    assert [machine.register(name) for name in SAVED] == [0x1234567800 + i for i in range(24)]
    found = [
        machine.array(at, part.dtype, part.shape).copy()
        for at, part in zip(parts, wanted.memory, strict=True)
    ]
    return found, float(machine.array(coarse, np.float32, 1)[0]), wanted


@pytest.mark.parametrize("scheme", QUANTISED, ids=IDS)
@pytest.mark.parametrize("backend", ["native", "python"])
def test_codes_and_scales_are_those_of_the_family(scheme, backend):
    for tensor in tensors("4U" in scheme.name):
        x = tensor if backend == "native" else tensor[:2]
        found, coarse, wanted = quantise(scheme, x, backend)
        for got, part in zip(found, wanted.memory, strict=True):
            np.testing.assert_array_equal(got, part)
        assert coarse == wanted.scale


@pytest.mark.parametrize("scheme", QUANTISED, ids=IDS)
def test_the_values_are_near_the_tensor(scheme):
    x = next(iter(tensors("4U" in scheme.name)))
    values = scheme.family().activations(x).values
    # The power of two of MXFP4 cuts off up to a quarter of the largest element.
    step = {"int8": 0.02, "mxint8": 0.03, "mxfp4": 1.0}.get(scheme.name, 0.7)
    assert np.abs(values - x).max() < step
    assert np.abs(values).max() > 0.7 * np.abs(x).max()


@pytest.mark.parametrize(
    ("name", "fmt"), [("mxfp8", MXFP8_E4M3), ("mxfp4", MXFP4), ("mxint8", MXINT8)]
)
def test_mx_is_what_the_quantiser_of_the_formats_has(name, fmt):
    x = next(iter(tensors(False)))
    _, _, wanted = quantise(SCHEMES[name], x)
    np.testing.assert_array_equal(wanted.values, mx_quantise(x, fmt).dequantise())


@pytest.mark.parametrize(("name", "fmt"), [("fp8-e4m3", E4M3FN), ("fp8-e5m2", FP8)])
def test_the_largest_magnitude_becomes_the_largest_number(name, fmt):
    x = next(iter(tensors(False)))
    found, coarse, _ = quantise(SCHEMES[name], x)
    largest = decode(fmt, [fmt.max_finite])[0]
    assert np.abs(decode(fmt, found[0])).max() == largest
    assert coarse == np.abs(x).max() / np.float32(largest)
