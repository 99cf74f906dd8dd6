"""Every variant of every kernel, bit for bit, at sizes that are awkward and at both backends."""

import numpy as np
import pytest

from rvx.analysis import arithmetic
from rvx.analysis.arithmetic import bits_of
from rvx.analysis.compare import draw, execute, run_variant
from rvx.analysis.kernel import load
from rvx.assembler import assemble
from rvx.emulator import Machine

GEMM_SIZES = [(1, 1, 1), (3, 5, 7), (17, 4, 33), (2, 3, 129)]
CONV_SIZES = [
    {"N": 1, "C": 1, "H": 1, "W": 1, "F": 1, "K": 1, "S": 1},
    {"N": 2, "C": 3, "H": 7, "W": 9, "F": 4, "K": 3, "S": 2},
    {"N": 3, "C": 17, "H": 6, "W": 5, "F": 3, "K": 2, "S": 3},
    {"N": 1, "C": 33, "H": 4, "W": 4, "F": 2, "K": 4, "S": 1},
]
POOL_SIZES = [
    {"N": 1, "C": 1, "H": 1, "W": 1, "K": 1, "S": 1},
    {"N": 2, "C": 3, "H": 7, "W": 9, "K": 2, "S": 2},
    {"N": 1, "C": 5, "H": 7, "W": 8, "K": 3, "S": 1},
    {"N": 2, "C": 1, "H": 5, "W": 6, "K": 2, "S": 3},
]
KERNELS = ("gemm", "conv2d", "maxpool")
# Those with vectors are in test_vector_kernels.py.
VARIANTS = [
    (name, variant.name)
    for name in KERNELS
    for variant in load(name).variants.values()
    if not variant.uses_vectors
]


def sizes_of(name):
    if name == "gemm":
        return [dict(zip("MNK", sizes, strict=True)) for sizes in GEMM_SIZES]
    return CONV_SIZES if name == "conv2d" else POOL_SIZES


def run(name, variant, sizes, backend="native", scale=1.0, seed=1):
    kernel = load(name)
    inputs = draw(kernel, sizes, -scale, scale, seed)
    return run_variant(kernel, kernel.variants[variant], inputs, backend)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_results_have_the_bits_of_the_reference(name, variant):
    for seed, sizes in enumerate(sizes_of(name)):
        row = run(name, variant, sizes, seed=seed)
        assert row.mismatches == 0, sizes
        assert row.results == np.prod(load(name).data.output_shape(sizes))
        assert np.isfinite(row.total.mse)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
@pytest.mark.parametrize("scale", [1e-6, 300.0])
def test_other_ranges(name, variant, scale):
    assert run(name, variant, sizes_of(name)[2], scale=scale).bit_exact


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_the_interpreted_backend_gives_the_same_bits_and_counts(name, variant):
    sizes = sizes_of(name)[1]
    native, python = (run(name, variant, sizes, backend) for backend in ("native", "python"))
    assert python.bit_exact
    assert python.run.by_mnemonic == native.run.by_mnemonic


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_the_result_is_near_float64(name, variant):
    least_sqnr = {"f64": 300, "f32": 120, "f16": 55, "posit32": 130, "int8": 30, "ternary": 5}
    at_least = next((db for k, db in least_sqnr.items() if variant.startswith(k)), 8)
    assert run(name, variant, sizes_of(name)[2]).total.sqnr_db > at_least


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_kernels_keep_the_calling_convention(name, variant, watched_machine):
    kernel = load(name)
    sizes = sizes_of(name)[1]
    inputs = draw(kernel, sizes)
    numbers = arithmetic.find(kernel.variants[variant].arithmetic)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    execute(kernel, kernel.variants[variant], sizes, a, b)
    watched_machine.check()


@pytest.mark.parametrize(
    ("variant", "step", "per_step", "per_result"),
    [
        ("f64", 1, 6, 6),
        ("f32", 1, 6, 6),
        ("f16_exsdotp", 4, 6, 8),
        ("f16_exfma", 4, 7, 8),
        ("f8_exsdotp", 8, 6, 10),
        ("f8_exfma", 8, 7, 10),
        ("posit32_quire", 1, 6, 7),
        ("posit32", 1, 7, 6),
        ("int8", 8, 6, 8),
        ("int4", 16, 6, 8),
        ("vsq4", 16, 12, 9),
        ("vsq4_v64", 64, 21, 9),
        ("w4a8", 16, 16, 9),
        ("ternary", 16, 8, 8),
        ("fp8_e4m3", 8, 6, 8),
        ("mxfp8", 32, 21, 7),
        ("mxfp4", 32, 16, 7),
        ("nvfp4", 16, 21, 8),
        ("posit8_quire", 1, 6, 7),
        ("posit8", 1, 7, 6),
        ("posit16_quire", 1, 6, 7),
        ("posit16", 1, 7, 6),
        ("posit64_quire", 1, 6, 7),
        ("posit64", 1, 7, 6),
        ("f32_nofma", 1, 7, 6),
    ],
)
def test_counts_follow_from_the_source(variant, step, per_step, per_result):
    """Instructions are fixed + M * (rows + N * (results + steps * K / step)), exactly."""

    def count(m, n, k):
        return run("gemm", variant, {"M": m, "N": n, "K": k}).run.instructions

    base = count(1, 1, step)
    assert count(1, 1, 4 * step) - base == 3 * per_step
    assert count(1, 4, step) - base == 3 * (per_result + per_step)
    row = count(2, 1, step) - base
    assert count(5, 1, step) - base == 4 * row
    assert count(5, 3, 2 * step) == base - row + 5 * (
        row + 2 * (per_result + per_step) + 3 * per_step
    )


def test_exsdotp_takes_fewer_instructions_than_its_twin():
    sizes = {"M": 8, "N": 8, "K": 64}
    for name in ("f16", "f8"):
        one, two = (run("gemm", f"{name}_{kind}", sizes).run for kind in ("exsdotp", "exfma"))
        assert one.instructions < two.instructions
        dot = {"f16": "vfdotpex.s.h", "f8": "vfdotpex.h.b"}[name]
        mac = {"f16": "vfmacex.s.h", "f8": "vfmacex.h.b"}[name]
        upper = mac.replace("vfmacex", "vfmacexu")
        assert one.by_mnemonic[dot] == two.by_mnemonic[mac] == two.by_mnemonic[upper]


def test_blocks_of_four_by_four_are_loaded_once():
    """Two loads a product in the plain kernels, and eight for sixteen in the tuned ones."""
    sizes = {"M": 8, "N": 8, "K": 64}
    counts = {
        name: run("gemm", name, sizes).run
        for name in ("f64", "f64_tuned", "f16_exsdotp", "f16_exsdotp_tuned", "f16_exfma_tuned")
    }
    for name in ("f64", "f16_exsdotp"):
        plain, tuned = counts[name], counts[f"{name}_tuned"]
        product = "fmadd.d" if name == "f64" else "vfdotpex.s.h"
        assert plain.by_mnemonic[product] == tuned.by_mnemonic[product]
        assert plain.by_mnemonic["fld"] == 4 * (tuned.by_mnemonic["fld"] - 2)
    # So the table compares what a product costs, and hardly the loop around it.
    ratio = [counts[f"f16_{unit}_tuned"].instructions for unit in ("exfma", "exsdotp")]
    assert 1.3 < ratio[0] / ratio[1] < 2


@pytest.mark.parametrize(
    ("kernel", "variant", "most"),
    [
        ("gemm", "int8", 0.5),
        ("gemm", "vsq4", 0.6),
        ("gemm", "w4a8", 0.7),
        ("gemm", "nvfp4", 0.66),
        ("gemm", "mxfp8", 0.75),
        ("conv2d", "int8", 0.5),
        ("conv2d", "vsq4", 0.62),
        ("gemm", "posit32", 0.45),
        ("gemm", "posit32_quire", 0.66),
        ("conv2d", "f64", 0.45),
        ("conv2d", "f16_exsdotp", 0.5),
        ("conv2d", "posit32", 0.5),
    ],
)
def test_blocks_spend_this_share_of_the_plain_form(kernel, variant, most):
    """On the same products: what is saved is loads and the loop."""
    if kernel == "gemm":
        sizes = {"M": 16, "N": 16, "K": 64}
    else:
        sizes = {"N": 1, "C": 32, "H": 10, "W": 10, "F": 8, "K": 3, "S": 1}
    plain, tuned = (run(kernel, name, sizes).run for name in (variant, f"{variant}_tuned"))
    assert tuned.instructions < most * plain.instructions
    product = {"f64": "fmadd.d", "f16_exsdotp": "vfdotpex.s.h", "int8": "vsq.sdotsp.b"}
    product |= {"w4a8": "vsq.sprodr", "nvfp4": "mxdotp.s", "mxfp8": "mxdotp.s"}
    product |= {"vsq4": "vsq.dotsp.n", "posit32": "pmul.s", "posit32_quire": "qmadd.s"}
    name = product[variant]
    assert tuned.by_mnemonic[name] == plain.by_mnemonic[name]


def test_maxima_are_exact_after_the_inputs_are_rounded():
    for name, variant in load("maxpool").variants.items():
        row = run("maxpool", name, POOL_SIZES[2])
        if variant.arithmetic.startswith(
            "int8"
        ):  # the scale is rounded, and its product with a code
            assert row.from_arithmetic.max_ulp <= 1.5
            continue
        assert row.from_arithmetic.max_abs == 0
        assert row.total.mse == row.from_inputs.mse


def test_the_maximum_of_zeros():
    single = arithmetic.find("f32")
    rows = np.array([[-0.0, 0.0, -0.0], [-1.0, -0.0, -2.0], [-3.0, -5.0, -4.0]])
    found = single.maximum(single.encode(rows))
    assert bits_of(found).tolist() == [0, 0x80000000, 0xC0400000]
    with pytest.raises(TypeError, match="PerVector has no maximum"):
        arithmetic.find("vsq4").maximum(arithmetic.find("vsq4").encode(rows))


def test_a_wrong_bit_is_found():
    kernel = load("gemm")
    inputs = draw(kernel, {"M": 3, "N": 3, "K": 3})
    variant = kernel.variants["f32"]
    numbers = arithmetic.find("f32")
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    _, raw = execute(kernel, variant, inputs.parameters, a, b)
    wrong = raw.copy()
    wrong[1, 2] = np.nextafter(wrong[1, 2], np.float32(9))

    def damaged(*_):
        return wrong

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel.golden, "reference", damaged)
        row = run_variant(kernel, variant, inputs)
    assert row.mismatches == 1
    assert not row.bit_exact
    assert np.count_nonzero(bits_of(raw) != bits_of(wrong)) == 1


@pytest.mark.parametrize("name", KERNELS)
def test_sources_are_aligned_and_declare_their_size(name):
    kernel = load(name)
    for variant in kernel.variants.values():
        isa = variant.isa
        program = assemble(variant.source, isa)
        machine = Machine(program, isa)
        symbol = machine.executable.symbols.by_name[kernel.symbol]
        assert symbol.is_function
        assert symbol.size > 0


PERCIVAL = {"posit32_quire": 1.937e-16, "posit32": 9.870e-15, "f32": 2.361e-12}


@pytest.mark.parametrize(("variant", "published"), PERCIVAL.items())
def test_the_published_errors_of_percival(variant, published):
    """PERCIVAL, table of GEMM errors, 256 by 256, inputs in [-1, 1]; the reference is enough."""
    kernel = load("gemm")
    inputs = draw(kernel, {"M": 256, "N": 256, "K": 256})
    numbers = arithmetic.find(variant)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    result = numbers.decode(kernel.golden.reference(inputs.parameters, numbers, a, b))
    assert np.mean((result - inputs.golden) ** 2) == pytest.approx(published, rel=0.05)


@pytest.mark.long
@pytest.mark.parametrize(("variant", "published"), PERCIVAL.items())
def test_the_published_errors_of_percival_on_the_machine(variant, published):
    row = run("gemm", variant, {"M": 256, "N": 256, "K": 256}, seed=0)
    assert row.bit_exact
    assert row.total.mse == pytest.approx(published, rel=0.05)
