"""What a shell offers where a word is to be completed, by the protocol of Click's scripts."""

import pytest
from click.shell_completion import get_completion_class

from rvx.analysis import kernel
from rvx.cli.main import app


def offered(words, text):
    """Type and word of what is offered for a text behind some words."""
    shell = get_completion_class("bash")(app, {}, "rvx", "_RVX_COMPLETE")
    return [(each.type, each.value) for each in shell.get_completions(words.split(), text)]


def plain(words, text):
    found = offered(words, text)
    assert {kind for kind, _ in found} == {"plain"}
    return [value for _, value in found]


def test_kernels_by_name_or_as_folders():
    assert plain("compare", "") == kernel.names()
    assert plain("sweep gemm", "conv") == ["conv2d"]
    assert offered("compare", "./mi") == [("dir", "./mi")]
    assert offered("sweep", "./mi") == [("file", "./mi")]


def test_variants_of_the_kernel_that_is_named():
    assert plain("compare softmax --variant", "rvv") == [
        "rvv_f32",
        "rvv_f16",
        "rvv_bf16",
        "rvv_f64",
    ]
    assert plain("compare softmax --variant", "a") == ["all"]
    # A name is offered once, however many kernels have it; before a kernel is named, all are.
    both = plain("sweep dot gemm --variant", "f32")
    assert both == ["f32", "f32_nofma", "f32_tuned"]
    assert "fp16_opt" in plain("compare --variant", "fp16")


@pytest.mark.parametrize(
    ("words", "text", "some"),
    [
        ("isa show", "padd", ["padd.s"]),
        ("isa show --march rv64gc_xvsq", "vsq.sacc.s2", ["vsq.sacc.s24"]),
        ("isa vectors", "czero", ["czero.eqz", "czero.nez"]),
        ("isa list", "xpositst", ["xpositstd"]),
        ("isa check", "zicon", ["zicond"]),
        ("isa export", "lis", ["list"]),
        ("asm x.s --ext", "xmxd", ["xmxdotp"]),
        ("run x.s --march", "rv64gc_zba_xexf", ["rv64gc_zba_xexfma"]),
        ("run x.s --march", "rv64gcv", ["rv64gcv"]),
        ("dot", "fma-bf", ["fma-bfloat16"]),
        ("sweep gemm --distribution", "normal,la", ["normal,laplace"]),
        ("format", "pos", ["posit8", "posit16", "posit32", "posit64"]),
        ("format", "p", ["plot", "posit16"]),
        ("dot --formats", "fp16,posit1", ["fp16,posit16"]),
        ("format", "mxfp8", ["mxfp8_e4m3"]),
        ("format plot fp16", "taku", ["takum8", "takum16"]),
    ],
)
def test_mnemonics_extensions_and_other_names(words, text, some):
    found = plain(words, text)
    assert set(some) <= set(found)
    assert all(value.startswith(text) for value in found)


def test_words_that_mean_nothing_are_not_completed():
    assert offered("isa show --march rv64gc_nonsense", "padd") == []
    assert offered("compare nonsense --variant", "f3") == []
    assert offered("format posit16", "f") == [], "a number"


def test_formats_of_ones_own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        "from rvx.isa import Extension\n"
        "class Thirds:\n"
        "    bits = 8\n"
        "    def encode(self, value):\n"
        "        return round(value * 3)\n"
        "    def decode(self, code):\n"
        "        return code / 3\n"
        'X = Extension("Xown", version="1")\n'
        'X.format("thirds", Thirds())\n'
    )
    assert plain(f"format --ext {path}", "thi") == ["thirds"]


def test_zsh_is_told_what_they_are():
    shell = get_completion_class("zsh")(app, {}, "rvx", "_RVX_COMPLETE")
    (found,) = shell.get_completions(["compare", "gemm", "--variant"], "posit32_quire_t")
    assert found.help == "posit32, exact sums in the quire, four steps at a time"
