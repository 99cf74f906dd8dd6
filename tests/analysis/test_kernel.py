import re
import shutil

import pytest

from rvx.analysis import kernel
from rvx.analysis.keys import KernelError
from rvx.resources import programs


def with_includes(path):
    """The text of a source, and of what it includes."""
    text = path.read_text()
    included = re.findall(r'\.include "(.*)"', text)
    return text + "".join(with_includes(path.parent / name) for name in included)


def test_a_folder_of_programs_is_a_kernel():
    folders = sorted(path.parent.name for path in programs().glob("*/kernel.toml"))
    assert {"gemm", "conv2d", "softmax"} <= set(folders)
    assert kernel.names() == folders


@pytest.mark.parametrize("name", kernel.names())
def test_a_folder_has_every_part(name):
    found = kernel.load(name)
    assert found.name == name
    assert found.doc
    for variant in found.variants.values():
        assert variant.doc
        found.numbers(variant)
        assert f".globl  {found.symbol}" in with_includes(variant.source)
        assert variant.source.read_text().startswith("# ")
    sources = {path.stem for path in found.folder.glob("*.s")}
    # Networks (rvx.paper) run a step that has no counterpart of its own: unsigned activations.
    assert sources - {"vsq4u"} == set(found.variants)
    for function in ("inputs", "operands", "arguments", "output_shape", "macs"):
        assert callable(getattr(found.data, function))
    for function in ("golden", "reference"):
        assert callable(getattr(found.golden, function))


def test_parameters_have_defaults_and_can_be_chosen():
    gemm = kernel.load("gemm")
    assert gemm.choose({}) == {"M": 64, "N": 64, "K": 64}
    assert gemm.choose({"K": 3})["K"] == 3


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("gemm", {"Q": 1}, "gemm has no parameter 'Q'; it has M (rows of A and C), N (columns"),
        ("gemm", {"M": 0}, "M=0 is too small for gemm: rows of A and C must be at least 1"),
        ("conv2d", {"K": 17}, "conv2d: a filter of 17 by 17 (K) does not fit an image of 16 by"),
    ],
)
def test_parameters_that_are_not_valid(name, given, sentence):
    with pytest.raises(KernelError) as error:
        kernel.load(name).choose(given)
    assert str(error.value).startswith(sentence)


def test_variants_come_in_the_order_of_the_kernel():
    gemm = kernel.load("gemm")
    assert [v.name for v in gemm.select(["int8", "f32"])] == ["f32", "int8"]
    assert [v.name for v in gemm.select(["all"])] == list(gemm.variants)
    by_default = [v.name for v in gemm.select([])]
    assert by_default == [v.name for v in gemm.variants.values() if v.is_default]
    assert "posit32" in by_default
    assert "posit64" not in by_default
    assert [v.name for v in gemm.select(["posit64"])] == ["posit64"]
    with pytest.raises(KernelError, match="gemm has no variant 'f65'; it has f64, f32, f16_exs"):
        gemm.select(["f65"])


def test_an_unknown_kernel_lists_the_known_ones():
    known = ", ".join(kernel.names())
    with pytest.raises(KernelError, match=f"no kernel 'gem'; known are {known}, or give a"):
        kernel.load("gem")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(programs("gemm"), tmp_path / "mine")


def test_a_folder_of_the_users_own(folder):
    mine = kernel.load(str(folder))
    assert mine.folder == folder
    assert mine.variants["f64"].source == folder / "f64.s"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda f: (f / "int8.s").unlink(), "variant 'int8' has no source"),
        (lambda f: (f / "golden.py").unlink(), "has no golden.py"),
        (lambda f: (f / "kernel.toml").write_text("name = "), r"kernel\.toml is not TOML: "),
        (
            lambda f: (f / "kernel.toml").write_bytes(b"name = '\xff'"),
            r"kernel\.toml' is not text in UTF-8: byte 0xff at offset 8",
        ),
        (
            lambda f: (f / "kernel.toml").write_text("name = 'x'"),
            "has no parameters; write a table",
        ),
        (lambda f: (f / "data.py").write_text(""), r"data\.py' defines no function inputs\(\)"),
    ],
)
def test_folders_that_are_not_complete(folder, damage, sentence):
    damage(folder)
    with pytest.raises(KernelError, match=sentence):
        kernel.load(str(folder))


KEYS = [
    ("name", "", "has no name; write name = "),
    ("doc = ", "", r"has no doc; write doc = "),
    ("name =", "nmae =", "has no name; write name ="),
    ('symbol = "gemm"', "symbol = 7", r"symbol must be a text, such as .*, not 7"),
    ('symbol = "gemm"', 'symbol = "gemm"\nlength = 7', "has no key 'length'; known are modules"),
    ("default = 64", "defualt = 64", r"\[parameters\.M\] of .* has no default; write default = 64"),
    (
        "default = 64,",
        "default = 64, step = 2,",
        r"\[parameters\.M\] of .* no key 'step'; known are ",
    ),
    ("default = 64, ", "default = true, ", "default must be a whole number, such as 64, not True"),
    ("64, doc", "-1, doc", r"the default -1 is not between 1 and 2147483647"),
    ("[parameters]", "[[parameters]]", r"\[parameters\] of .* must be a table of keys, not \["),
    ("[variants.f64]", "[variants]\nf63 = 1\n[variants.f64]", r"\[variants\.f63\] of .* not 1"),
    ('march = "rv64gc"', "march = []", r"\[variants\.f64\] of .*: march must be a text, such"),
    ("march", "mrach", r"\[variants\.f64\] of .* has no march; write march = "),
]


@pytest.mark.parametrize(("old", "new", "sentence"), KEYS)
def test_keys_that_are_missing_unknown_or_of_another_type(folder, old, new, sentence):
    path = folder / "kernel.toml"
    text = path.read_text()
    if new == "":  # the whole line
        line = next(line for line in text.splitlines() if line.startswith(old))
        text = text.replace(f"{line}\n", "", 1)
    else:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(KernelError, match=sentence):
        kernel.load(str(folder))


def test_sizes_are_those_of_registers():
    with pytest.raises(
        KernelError, match="S=2147483648 is too large: sizes are at most 2147483647"
    ):
        kernel.load("conv2d").choose({"S": 1 << 31})


def test_a_folder_of_its_own_variants_only(tmp_path):
    path = tmp_path / "kernel.toml"
    path.write_text('extends = "gemm"\nalone = true\n')
    with pytest.raises(KernelError, match=r"has no variants; write a table \[variants.NAME\]"):
        kernel.load(str(tmp_path))
    (tmp_path / "mine.s").write_text("# gemm\n")
    path.write_text(path.read_text() + '[variants.mine]\nmarch = "rv64gc"\ndoc = "mine"\n')
    found = kernel.load(str(tmp_path))
    assert list(found.variants) == ["mine"]
    assert found.parameters == kernel.load("gemm").parameters
