"""GELU, attention, perceptron and convolutions: bit for bit, and near to the truth."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.arithmetic import Encoded, functions
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load
from rvx.analysis.keys import KernelError

SIZES = {
    "gelu": {"N": 19},
    "attention": {"M": 2, "L": 16, "D": 8},
    "mlp": {"M": 2, "H": 8, "D": 16},
    "depthwise": {"N": 2, "C": 3, "H": 5, "W": 4, "K": 2, "S": 2},
    "im2col": {"N": 2, "C": 3, "H": 5, "W": 6, "F": 5, "K": 2, "S": 2},
}
APART = {
    **{"int8": 1 / 2 / 127, "ternary": 1 / 2 / 127, "int4": 1 / 2 / 7, "w4a8": 1 / 20},
    **{"vsq4": 1 / 7, "fp8_e4m3": 16 / 448, "fp8_e5m2": 4096 / 57344, "mxfp8": 1 / 8},
    **{"mxfp4": 1 / 4, "mxint8": 1 / 128, "nvfp4": 17 / 16 / 6},
}
"""By how much of the largest element of its row, at most, an element and its code are apart. That
is half a step next to the largest code, and as much again for what the rounding of vector scales
takes away; MX's power of two may cut off an eighth or a quarter of a float, and W4A8 loses some
percent of the first product where the product of two small scales is cut to 8 bits."""
QUANTISED = [
    (name, variant)
    for name in ("attention", "mlp")
    for variant in load(name).variants
    if variant in APART
]
VARIANTS = [(name, variant) for name in SIZES for variant in load(name).variants]


@pytest.fixture
def uncompiled(monkeypatch):
    """The references of functions, interpreted: to compile them takes longer than all of these."""

    def interpreted(make):
        def made(fmt):
            function = make(fmt).function

            def call(*arguments):
                with np.errstate(over="ignore"):  # words wrap around, as those of the machine do
                    function(*arguments)

            return call

        return made

    for name in ("_gelu", "_softmax"):
        monkeypatch.setattr(functions, name, interpreted(getattr(functions, name)))


def sizes_for(kernel, variant):
    """The sizes above, in whole steps where rows have to be."""
    sizes = SIZES[kernel.name]
    if (kernel.name, variant) not in QUANTISED:
        return sizes
    lanes = kernel.numbers(kernel.variants[variant]).lanes
    return {name: size if name == "M" else max(size, lanes) for name, size in sizes.items()}


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_results_have_the_bits_of_the_reference(name, variant, uncompiled, watched_machine):
    kernel = load(name)
    chosen = kernel.variants[variant]
    sizes = sizes_for(kernel, variant)
    inputs = draw(kernel, sizes, -4, 4)
    for vlen in (128, 512) if chosen.uses_vectors else (0,):
        row = run_variant(kernel, replace(chosen, vlen=vlen), inputs, "python")
        assert row.mismatches == 0
        assert row.results == np.prod(kernel.data.output_shape(sizes))
        watched_machine.check()
    at_least = {"f64": 290, "f32": 110, "posit32": 130, "bf16": 40, "f16": 50, "posit16": 50}
    said = next((db for key, db in at_least.items() if key in variant), 5)
    assert row.total.sqnr_db > said


@pytest.mark.parametrize(("name", "variant"), QUANTISED)
def test_rows_between_products_have_scales_of_their_own(name, variant, uncompiled):
    kernel = load(name)
    chosen, numbers = kernel.variants[variant], kernel.numbers(kernel.variants[variant])
    middle = next(size for size in kernel.parameters if size not in "MD")
    # Two lengths, so that rows, scales and results of both products are at places of their own.
    sizes = {"M": 4, middle: 64, "D": 32}
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(4, 32))
    rows[1] = 0
    rows[2] *= 2.0**-4
    pair = rng.normal(size=(2, 64 * 32)) * np.array([[2.0**-2], [1]])
    a, b = numbers.encode(rows), numbers.encode_weights(pair)
    _, raw = execute(kernel, chosen, sizes, a, b, "python")
    wanted = kernel.golden.reference(sizes, numbers, a, b)
    assert np.array_equal(arithmetic.bits_of(raw), arithmetic.bits_of(wanted))
    # No row of the middle changes another one's scale: alone, each is what it is among others.
    for i in range(4):
        alone = Encoded(tuple(part[i : i + 1] for part in a.parts), (), a.values, a.scale)
        assert np.array_equal(kernel.golden.reference(sizes, numbers, alone, b)[0], raw[i])
    if name == "mlp":
        assert np.array_equal(raw[1], np.zeros(32))
    first, second = functions.halves(b.values, 32)
    between = a.values @ first.T
    exact = {
        "attention": lambda: functions.exact_softmax(between / math.sqrt(32)),
        "mlp": lambda: functions.exact_gelu(between),
    }[name]()
    # What sums round besides is some percent of that.
    apart = np.abs(exact).max(axis=1, keepdims=True) * APART[variant]
    most = 1.02 * apart * np.abs(second).sum(axis=1)
    assert np.all(np.abs(raw - exact @ second.T) <= most)


@pytest.mark.parametrize("name", ["attention", "mlp"])
def test_rows_that_are_no_whole_vectors(name):
    kernel = load(name)
    sizes = kernel.choose({"D": 24})
    with pytest.raises(
        KernelError, match=r"^D=24 is no multiple of 16, the elements of a step of int4"
    ):
        run_variant(kernel, kernel.variants["vsq4"], draw(kernel, sizes))


@pytest.mark.parametrize("name", SIZES)
def test_compiled_and_interpreted_are_the_same(name):
    kernel = load(name)
    inputs = draw(kernel, SIZES[name], -2, 2)
    rows = [
        run_variant(kernel, kernel.variants["f32"], inputs, backend)
        for backend in ("native", "python")
    ]
    assert all(row.bit_exact for row in rows)
    assert rows[0].run.by_mnemonic == rows[1].run.by_mnemonic


def test_a_gelu_is_that_with_tanh():
    x = np.concatenate([np.linspace(-9, 9, 401), [0.0, -700.0, 700.0]])
    found = functions.exact_gelu(x)
    with_tanh = [
        0.5 * each * (1 + math.tanh(math.sqrt(2 / math.pi) * (each + 0.044715 * each**3)))
        for each in x
    ]
    assert np.allclose(found, with_tanh, rtol=1e-12, atol=1e-15)
    # What it is an approximation of.
    with_erf = [0.5 * each * (1 + math.erf(each / math.sqrt(2))) for each in x]
    assert np.max(np.abs(found - with_erf)) < 5e-4


@pytest.mark.parametrize("name", ["f64", "f32", "posit16", "posit32"])
def test_exponentials_are_as_near_as_their_format(name):
    numbers = arithmetic.find(name)
    fmt = functions.sums_format(numbers)
    table = functions.constants(fmt)
    exponential = functions.make_exponential(fmt)
    x = numbers.encode(-np.geomspace(2.0**-30, 8, 60)[None])
    with np.errstate(over="ignore"):
        codes = np.array([[exponential(code, table) for code in x.parts[0][0]]])
    found = numbers.decode(functions.stored(numbers, codes))
    exact = np.exp(x.values)
    # Two roundings of a posit's r: its argument of 8 has fewer digits than its exponential.
    most = {"f64": 2, "f32": 2, "posit16": 10, "posit32": 10}[name]
    assert np.all(np.abs(found - exact) <= most * numbers.ulp(exact))


def test_what_is_far_below_is_nothing():
    numbers = arithmetic.find("f32")
    for scale in (0.0, 1.0, 1e30):
        rows = numbers.encode(np.array([[0.0, -1.0, -3.0, -1e4]])).parts[0]
        fmt = functions.sums_format(numbers)
        found = numbers.decode(functions.stored(numbers, functions.softmax(fmt, rows, scale)))
        assert abs(found.sum() - 1) < 1e-6
        assert np.all(found >= 0)
        assert found[0, 0] == (found.max() if scale else 0.25)


def test_attention_to_equal_keys_is_the_mean_of_the_values():
    kernel, numbers = load("attention"), arithmetic.find("f32")
    sizes = {"M": 3, "L": 8, "D": 16}
    values = np.arange(8.0 * 16).reshape(8, 16)
    pair = kernel.data.operands(None, np.stack([np.ones((8, 16)), values]))[1]
    queries = np.arange(48.0).reshape(3, 16) / 16
    parts = numbers.encode(queries), numbers.encode(pair)
    _, raw = execute(kernel, kernel.variants["f32"], sizes, *parts)
    assert np.allclose(raw, values.mean(axis=0), rtol=1e-6)
    assert np.allclose(kernel.golden.golden(sizes, queries, pair), values.mean(axis=0))


def test_attention_and_perceptron_in_numpy():
    rng = np.random.default_rng(0)
    queries, keys, values = (rng.normal(size=shape) for shape in ((3, 8), (16, 8), (16, 8)))
    kernel = load("attention")
    pair = kernel.data.operands(queries, np.stack([keys, values]))[1]
    weights = np.exp(queries @ keys.T / math.sqrt(8))
    wanted = weights / weights.sum(axis=1, keepdims=True) @ values
    found = kernel.golden.golden({"M": 3, "L": 16, "D": 8}, queries, pair)
    assert np.allclose(found, wanted, rtol=1e-12)
    first, second = rng.normal(size=(16, 8)), rng.normal(size=(8, 16))
    both = np.stack([first.reshape(-1), second.reshape(-1)])
    hidden = functions.exact_gelu(queries @ first.T)
    found = load("mlp").golden.golden({"M": 3, "H": 16, "D": 8}, queries, both)
    assert np.allclose(found, hidden @ second.T, rtol=1e-12)


def test_a_depthwise_convolution_in_loops():
    kernel = load("depthwise")
    sizes = kernel.choose({"N": 2, "C": 2, "H": 4, "W": 5, "K": 2, "S": 2})
    inputs = draw(kernel, sizes)
    found = inputs.golden
    for n, i, j, c in itertools.product(range(2), range(2), range(2), range(2)):
        window = inputs.a[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        assert found[n, i, j, c] == pytest.approx(np.sum(window * inputs.b[0, :, :, c]), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "sizes", "sentence"),
    [
        ("attention", {"L": 12}, "attention: L=12 is no multiple of 8, the elements of a step"),
        ("mlp", {"D": 4}, "mlp: D=4 is no multiple of 8, the elements of a step"),
        ("mlp", {"H": 1 << 20}, "mlp: H=1048576 is above 32768: a row of them is on the stack"),
        ("depthwise", {"K": 17}, "depthwise: a filter of 17 by 17 (K) does not fit an image of 16"),
    ],
)
def test_sizes_that_do_not_fit(name, sizes, sentence):
    with pytest.raises(KernelError) as error:
        load(name).choose(sizes)
    assert str(error.value).startswith(sentence)


def test_functions_need_numbers_to_compute_in():
    with pytest.raises(TypeError, match="Accumulated has no functions; floats, posits and what"):
        functions.sums_format(arithmetic.find("e4m3_zvt"))


@pytest.mark.parametrize("variant", ["int8", "vsq4", "mxfp4"])
def test_rows_that_have_no_codes(variant, uncompiled):
    kernel = load("mlp")
    inputs = draw(kernel, {"M": 1, "H": 32, "D": 32}, -1e25, 1e25)
    with pytest.raises(KernelError, match=r"^a row between .* no finite number"):
        run_variant(kernel, kernel.variants[variant], inputs, "python")
