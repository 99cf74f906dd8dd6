import re

import numpy as np
import pytest

from rvx.analysis.compare import compare, draw
from rvx.analysis.comparison import COLUMNS, title
from rvx.analysis.kernel import load
from rvx.analysis.keys import KernelError
from rvx.analysis.table import to_markdown, to_rich

SIZES = {"M": 3, "N": 4, "K": 5}


def test_inputs_are_drawn_once_from_the_seed():
    gemm = load("gemm")
    one, two, other = draw(gemm, SIZES, seed=7), draw(gemm, SIZES, seed=7), draw(gemm, SIZES)
    assert np.array_equal(one.a, two.a)
    assert np.array_equal(one.b, two.b)
    assert not np.array_equal(one.a, other.a)
    assert one.a.shape == (3, 5)
    assert one.b.shape == (4, 5)
    generator = np.random.default_rng(7)
    assert np.array_equal(one.a, generator.uniform(-1, 1, (3, 5)))
    assert np.array_equal(one.b.T, generator.uniform(-1, 1, (5, 4)))


def test_inputs_lie_in_the_range():
    inputs = draw(load("conv2d"), {}, 2.0, 3.0)
    for x in (inputs.a, inputs.b):
        assert 2 <= x.min() < 2.1
        assert 2.9 < x.max() <= 3
    assert inputs.golden.shape == (1, 14, 14, 16)


def test_the_golden_product_is_that_of_the_inputs():
    inputs = draw(load("gemm"), SIZES)
    assert np.allclose(inputs.golden, inputs.a @ inputs.b.T, rtol=1e-14, atol=1e-15)


def test_the_golden_convolution_is_the_sum_over_the_window():
    sizes = {"N": 2, "C": 3, "H": 5, "W": 6, "F": 2, "K": 3, "S": 2}
    inputs = draw(load("conv2d"), sizes)
    assert inputs.golden.shape == (2, 2, 2, 2)
    for n, y, x, f in np.ndindex(inputs.golden.shape):
        window = inputs.a[n, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
        assert inputs.golden[n, y, x, f] == pytest.approx((window * inputs.b[f]).sum(), rel=1e-13)


@pytest.mark.parametrize("ends", [(1, 1), (2, 1), (float("-inf"), 1), (0, float("nan"))])
def test_ranges_that_are_none(ends):
    with pytest.raises(ValueError, match="is not finite and ascending"):
        draw(load("gemm"), SIZES, *ends)


def test_sizes_are_checked_before_anything_is_drawn():
    with pytest.raises(KernelError, match="M=-1 is too small"):
        draw(load("gemm"), {"M": -1})


@pytest.fixture(scope="module")
def comparison():
    gemm = load("gemm")
    told = []
    result = compare(gemm, draw(gemm, SIZES), gemm.select(["f64", "f32"]), progress=told.append)
    assert told == ["f64", "f32"]
    return result


def test_the_error_is_split(comparison):
    f64, f32 = comparison.rows
    assert f64.from_inputs.mse == 0
    assert f64.from_arithmetic == f64.total
    assert 0 < f32.from_inputs.mse < f32.total.mse
    assert f32.from_arithmetic.mse > 0
    assert comparison.is_exact


def test_the_table_has_the_same_cells_everywhere(comparison):
    assert title(comparison) == "gemm M=3 N=4 K=5, plain form, uniform in [-1, 1], seed 0"
    table = to_rich(comparison)
    headers = [str(column.header).replace("\n", " ") for column in table.columns]
    assert headers == [column.header for column in COLUMNS]
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    lines = [line.strip("| ").split(" | ") for line in to_markdown(comparison).splitlines()]
    assert lines[0] == [column.header for column in COLUMNS]
    assert lines[2:] == [list(row) for row in zip(*cells, strict=True)]
    assert lines[2][0] == "f64"
    assert lines[2][-1] == "exact"


@pytest.mark.parametrize("limit", [1e5, 1e300, 1e-320])
def test_inputs_out_of_range_leave_the_table_as_it_is(limit):
    kernel = load("gemm")
    names = ["f64", "f32", "f16_exsdotp", "posit32", "int8"]
    inputs = draw(kernel, {"M": 2, "N": 2, "K": 8}, -limit, limit)
    done = compare(kernel, inputs, [kernel.variants[each] for each in names])
    assert [row.variant.name for row in done.rows] == names
    assert done.is_exact
    assert not done.failures
    text = to_markdown(done)
    assert text.count("\n") == 2 + len(names)
    if limit == 1e5:
        (half,) = [row for row in done.rows if row.inputs_out_of_range]
        assert half.variant.name == "f16_exsdotp"
        assert f"exact, {half.inputs_out_of_range} inputs out of range |" in text
        assert np.isfinite([row.total.mse for row in done.rows if row is not half]).all()
    if limit == 1e300:
        assert np.isnan([row.total.mse for row in done.rows]).all()
        assert text.count("results beyond float64") + text.count("out of range") == len(names)


def test_sizes_beyond_the_memory_are_refused_before_anything_is_drawn():
    sizes = dict.fromkeys("MNK", 1_000_000)
    with pytest.raises(KernelError) as error:
        draw(load("gemm"), sizes)
    assert re.fullmatch(
        r"gemm with M=1000000 N=1000000 K=1000000 needs about 58\.2 TiB of memory or more, and "
        r"\d+(\.\d)? (bytes|[KMGT]iB) are free; choose smaller sizes",
        str(error.value),
    )


def test_one_variant_that_fails_does_not_keep_the_others_from_the_table(tmp_path):
    (tmp_path / "kernel.toml").write_text(
        'extends = "gemm"\n[variants.mine]\nmarch = "rv64gc"\ndoc = "mine"\narithmetic = "f64"\n'
    )
    (tmp_path / "mine.s").write_text(".globl gemm\ngemm: lw a0, 0(zero)\n")
    kernel = load(str(tmp_path))
    chosen = [kernel.variants[name] for name in ("mine", "f64")]
    done = compare(kernel, draw(kernel, SIZES), chosen)
    assert [row.variant.name for row in done.rows] == ["f64"]
    (failure,) = done.failures
    assert failure.error.exit_code == 4
    document = done.to_json()["failures"]
    assert document[0]["variant"] == "mine"
    assert document[0]["message"].startswith("variant mine: load from unmapped memory at 0x")
    assert to_markdown(done).splitlines()[-1] == f"| mine {'| - ' * 8}| failed |"


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("data.py", "inputs = operands = macs = lambda *_: None\n"
         "output_shape = arguments = lambda *_: (1, 1)\n", "failed: TypeError: "),
        ("golden.py", "def golden(p, a, bt):\n    return a / bt[0, 99]\nreference = golden\n",
         "golden.py', line 2: IndexError: index 99 is out of bounds"),
        ("golden.py", "def golden(p, a, bt):\n    return 'x'\nreference = golden\n", "ValueError"),
    ],
)  # fmt: skip
def test_parts_of_a_kernel_that_fail_are_named(tmp_path, file, text, sentence):
    (tmp_path / "kernel.toml").write_text('extends = "gemm"\n')
    (tmp_path / file).write_text(text)
    with pytest.raises(KernelError, match=re.escape(sentence)):
        draw(load(str(tmp_path)), SIZES)
