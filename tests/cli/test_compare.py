import json

import pytest

from rvx.analysis.kernel import load, names

SMALL = ("-p", "M=3", "-p", "N=5", "-p", "K=7")


def test_the_table_has_a_row_for_every_variant(rvx):
    done = rvx("compare", "gemm", *SMALL)
    assert done.code == 0
    assert done.err == ""
    lines = [line.split() for line in done.out.splitlines() if line.strip()]
    assert " ".join(lines[0]) == "gemm M=3 N=5 K=7, plain form, uniform in [-1, 1], seed 0"
    assert lines[2][:3] == ["variant", "instructions", "custom"]
    rows = lines[4:]
    assert [row[0] for row in rows] == [each.name for each in load("gemm").select([])]
    assert {row[-1] for row in rows} == {"exact"}
    assert all(len(row) == 10 for row in rows)


@pytest.mark.parametrize("kernel", ["gemm", "conv2d"])
def test_json_follows_the_schema(rvx, kernel):
    sizes = SMALL if kernel == "gemm" else ("-p", "C=3", "-p", "H=5", "-p", "W=4", "-p", "F=2")
    done = rvx("compare", kernel, *sizes, "--json", "--seed", 4)
    document = done.document
    assert document["schema"] == "rvx.compare/1"
    assert document["kernel"] == kernel
    assert document["seed"] == 4
    assert document["range"] == [-1, 1]
    assert document["versions"]["rvx"]
    assert [row["variant"] for row in document["rows"]] == [
        each.name for each in load(kernel).select([])
    ]
    for row in document["rows"]:
        assert row["bit_exact"] is True
        assert row["instructions"] == sum(row["by_mnemonic"].values())
        assert row["instructions"] > row["custom_instructions"] >= 0
        assert row["instructions_per_mac"] == row["instructions"] / row["macs"]
        assert row["mse"] >= 0
        assert row["max_abs_error"] ** 2 >= row["mse"]
        assert row["sqnr_db"] > 0
        assert row["seconds"] > 0
        assert set(row["errors"]) == {"total", "inputs", "arithmetic"}
        assert row["errors"]["total"]["mse"] == row["mse"]
    f64 = document["rows"][0]
    assert f64["errors"]["inputs"]["mse"] == 0


def test_the_same_seed_gives_the_same_document(rvx):
    def run(seed):
        done = rvx("compare", "gemm", *SMALL, "--variant", "f32", "--json", "--seed", seed)
        document = done.document
        for row in document["rows"]:
            del row["seconds"]
        return document

    assert run(1) == run(1)
    assert run(1)["rows"][0]["mse"] != run(2)["rows"][0]["mse"]


VECTORS = ("compare", "gemm", "-p", "M=2", "-p", "N=40", "-p", "K=3", "--variant", "rvv_f32*")


def test_instructions_over_vlen(rvx, monkeypatch):
    # Nothing is compiled ahead: that takes the usual sizes, for every VLEN.
    monkeypatch.setattr("rvx.analysis.warmup.LEAST_VARIANTS", 100)
    done = rvx(*VECTORS, "--variant", "f32", "-p", "VLEN=128,512,256")
    assert done.code == 0
    lines = [line.rstrip() for line in done.out.splitlines() if line.strip()]
    assert lines[0] == "gemm M=2 N=40 K=3, instructions, uniform in [-1, 1], seed 0"
    assert lines[1].split() == ["no", "VLEN", "VLEN", "VLEN", "SQNR"]
    assert lines[2].split() == "variant form vectors 128 256 512 dB emulation".split()
    f32, plain, tuned = (line.split() for line in lines[4:])
    # A kernel without vectors is there once, the others with strips of 16, 32 and 64 lanes.
    assert f32[:2] + f32[-1:] == ["f32", "plain", "exact"]
    assert len(f32) == 5
    assert plain[:5] == ["rvv_f32", "plain", "198", "138", "78"]
    assert tuned[:2] == ["rvv_f32_tuned", "tuned"]
    document = rvx(*VECTORS, "-p", "VLEN=128,512,256", "--json").document
    assert [(row["variant"], row["vlen"], row["form"]) for row in document["rows"]] == [
        (name, vlen, form)
        for name, form in (("rvv_f32", "plain"), ("rvv_f32_tuned", "tuned"))
        for vlen in (128, 512, 256)
    ]
    markdown = rvx(*VECTORS, "-p", "VLEN=128,256", "--markdown").out
    assert markdown.startswith("| variant | form | no vectors | VLEN 128 | VLEN 256 | SQNR dB |")


def test_one_vlen_is_the_usual_table(rvx):
    done = rvx(*VECTORS, "-p", "VLEN=256", "--variant", "f32")
    assert done.out.startswith("gemm M=2 N=40 K=3, VLEN=256, uniform in")
    assert [line.split()[0] for line in done.out.splitlines()[5:] if line.strip()] == [
        "f32",
        "rvv_f32",
        "rvv_f32_tuned",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("VLEN=100", "VLEN is a power of two from 128 to 65536 with these extensions, not 100"),
        ("VLEN=128,64", "VLEN is a power of two from 128 to 65536 with these extensions, not 64"),
        ("VLEN=-128", "VLEN is a power of two from 128 to 65536 with these extensions, not -128"),
        ("VLEN=0", "VLEN is a power of two from 128 to 65536 with these extensions, not 0"),
        ("VLEN=wide", "-p VLEN=wide: write bits of a vector register, such as -p VLEN=128,256,5"),
        ("VLEN=128,", "-p VLEN=128,: write bits of a vector register, such as -p VLEN=128,256,5"),
        ("VLEN", "-p VLEN: write bits of a vector register, such as -p VLEN=128,256,512"),
        ("M=1,2", "-p M=1,2: write a name and a whole number, such as -p M=128"),
    ],
)
def test_a_vlen_that_there_is_not(rvx, arguments, sentence):
    done = rvx(*VECTORS, "-p", arguments, "--json")
    assert done.code == 2
    assert done.document["message"].startswith(sentence)


def test_a_vlen_for_variants_without_vectors(rvx):
    done = rvx("compare", "gemm", "--variant", "f32", "-p", "VLEN=256")
    assert done.code == 2
    assert done.err == (
        "error: VLEN says how wide vector registers are, and none of these variants of gemm has "
        "any: f32\n"
    )


def test_a_variant_that_fails_at_one_vlen(rvx, tmp_path):
    (tmp_path / "kernel.toml").write_text(
        'extends = "gemm"\n[variants.mine]\nmarch = "rv64gcv"\ndoc = "mine"\narithmetic = "f64"\n'
    )
    (tmp_path / "mine.s").write_text(
        ".globl gemm\ngemm: csrr t0, vlenb\nli t1, 16\nbeq t0, t1, 1f\nlw a0, 0(zero)\n1: ret\n"
    )
    done = rvx("compare", tmp_path, *SMALL, "--variant", "mine", "-p", "VLEN=128,256")
    assert done.code == 4
    mine = [row.split() for row in done.out.splitlines() if row.strip()][-1]
    assert mine[:3] == ["mine", "4", "failed"]
    assert mine[-1] == "failed"


def test_only_the_variants_that_are_asked_for(rvx):
    done = rvx("compare", "gemm", *SMALL, "--variant", "posit32", "--variant", "f64", "--json")
    assert [row["variant"] for row in done.document["rows"]] == ["f64", "posit32"]


def test_the_range_scales_the_errors(rvx):
    def mse(*range_):
        done = rvx("compare", "gemm", *SMALL, "--variant", "f32", "--json", *range_)
        return done.document["rows"][0]["mse"]

    assert mse("--range", "2") == 16 * mse()
    document = rvx("compare", "gemm", *SMALL, "--variant", "f64", "--range", "0:3", "--json")
    assert document.document["range"] == [0, 3]


def test_markdown(rvx):
    done = rvx("compare", "gemm", *SMALL, "--variant", "f32", "--markdown")
    header, rule, row = done.out.splitlines()
    assert header.startswith("| variant | instructions | custom | per MAC | MSE |")
    assert rule.startswith("| --- | ---: |")
    assert row.startswith("| f32 | 740 | 0 | 7.048 | ")


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_pictures(rvx, tmp_path, suffix):
    path = tmp_path / f"picture.{suffix}"
    done = rvx("compare", "gemm", *SMALL, "--plot", path, "--json")
    assert done.code == 0
    assert json.loads(done.out)["schema"] == "rvx.compare/1"
    assert done.err == f"wrote {path}\n"
    head = {"svg": b"<?xml", "png": b"\x89PNG"}[suffix]
    assert path.read_bytes().startswith(head)
    if suffix == "svg":
        again = tmp_path / "again.svg"
        rvx("compare", "gemm", *SMALL, "--plot", again, "--json")
        assert again.read_bytes() == path.read_bytes()


def test_a_difference_to_the_reference_makes_the_exit_code_1(rvx, monkeypatch):
    from rvx.analysis import arithmetic

    numbers = arithmetic.find("f32")
    right = numbers.product
    monkeypatch.setattr(numbers, "product", lambda a, b: right(a, b) * (1 + 2**-20))
    done = rvx("compare", "gemm", *SMALL, "--variant", "f64", "--variant", "f32")
    assert done.code == 1
    assert "15 of 15 differ" in done.out
    assert done.err == "error: the emulation of f32 differs from the order-exact reference\n"


def test_a_kernel_that_traps_makes_the_exit_code_4(rvx, tmp_path):
    import shutil

    from rvx.resources import programs

    folder = shutil.copytree(programs("gemm").parent, tmp_path / "broken") / "gemm"
    source = folder.parent / "steps" / "f64.inc"
    source.write_text(source.read_text().replace("0(t3)", "0(zero)"))
    done = rvx("compare", folder, "--variant", "f64", *SMALL)
    assert done.code == 4
    assert done.err.startswith("error: variant f64: load from unmapped memory at 0x")
    assert "<step" in done.err


def test_a_kernel_that_does_not_assemble_makes_the_exit_code_3(rvx, tmp_path):
    import shutil

    from rvx.resources import programs

    folder = shutil.copytree(programs("gemm").parent, tmp_path / "broken") / "gemm"
    source = folder.parent / "steps" / "f64.inc"
    source.write_text(source.read_text().replace("fmadd.d", "fmad.d"))
    done = rvx("compare", folder, "--variant", "f64", *SMALL)
    assert done.code == 3
    assert f"{folder}/../steps/f64.inc:" in done.err
    assert "fmad.d" in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["gem"],
            f"there is no kernel 'gem'; known are {', '.join(names()[:4])}, ",
        ),
        (["gemm", "-p", "Q=3"], "gemm has no parameter 'Q'; it has M (rows of A and C), N ("),
        (["gemm", "-p", "M"], "-p M: write a name and a whole number, such as -p M=128"),
        (["gemm", "-p", "M=two"], "-p M=two: write a name and a whole number"),
        (["gemm", "-p", "M=0"], "M=0 is too small for gemm: rows of A and C must be at least 1"),
        (["conv2d", "-p", "K=99"], "conv2d: a filter of 99 by 99 (K) does not fit an image of"),
        (["gemm", "--range", "wide"], "--range wide: write a positive number R for [-R, R]"),
        (["gemm", "--range", "-1"], "--range -1: write a positive number R"),
        (["gemm", "--range", "2:1"], "--range 2:1: write a positive number R"),
        (["gemm", "--range", "inf"], "--range inf: write a positive number R"),
        (["gemm", "--variant", "f65"], "gemm has no variant 'f65'; it has f64, f32, f16_exs"),
        (["gemm", "--backend", "fpga"], "--backend fpga: there are native and python"),
        (["gemm", "--plot", "a.gif"], "'a.gif' is not the name of a picture; it must end in .svg"),
        (["gemm", "--plot", "no/such/a.svg"], "'no/such/a.svg' cannot be written: there is no"),
    ],
)
def test_usage_errors_say_what_is_valid(rvx, arguments, sentence):
    done = rvx("compare", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")
    assert done.out == ""


def test_a_narrow_terminal_cuts_no_number(monkeypatch, capsys):
    import sys

    from rich.console import Console
    from rich.table import Table

    from rvx.cli.output import print_table

    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Console().width == 30
    table = Table()
    for _ in range(8):
        table.add_column("number", no_wrap=True)
    table.add_row(*["123,456,789"] * 8)
    print_table(table)
    assert capsys.readouterr().out.count("123,456,789") == 8


def test_a_format_of_the_users_own_that_fails_is_named(rvx, tmp_path):
    (tmp_path / "kernel.toml").write_text(
        'extends = "gemm"\nmodules = ["faulty.py"]\n'
        '[variants.mine]\nmarch = "rv64gc"\ndoc = "mine"\n'
    )
    (tmp_path / "mine.s").write_text(".globl gemm\ngemm: ret\n")
    (tmp_path / "faulty.py").write_text(
        "from rvx.analysis.arithmetic.own import Codec, Sums, one_by_one\n"
        "BYTE = Codec(8, lambda x: x / 'a', lambda codes: codes)\n"
        "ARITHMETICS = {'mine': Sums(BYTE, BYTE, one_by_one(lambda s, a, b: s))}\n"
    )
    done = rvx("compare", tmp_path, "--variant", "mine", *SMALL)
    assert done.code == 2
    where = f"{tmp_path / 'faulty.py'}:2"
    assert done.err.startswith(f"error: encode ({where}) raised ")


def test_sizes_without_memory_for_them_are_a_sentence(rvx):
    done = rvx("compare", "gemm", *"-p M=1000000 -p N=1000000 -p K=1000000".split(), "--json")
    assert done.code == 2
    assert done.err.startswith("error: gemm with M=1000000 N=1000000 K=1000000 needs about 58.2 T")
    assert done.document["message"] + "\n" == done.err.removeprefix("error: ")


def test_a_range_that_a_format_does_not_hold_is_a_row_that_says_so(rvx):
    done = rvx("compare", "gemm", *"-p M=4 -p N=4 -p K=16 --range 100000".split())
    assert done.code == 0
    assert done.err == ""
    rows = {row.split()[0]: row for row in done.out.splitlines()[5:] if row.strip()}
    assert list(rows) == [each.name for each in load("gemm").select([])]
    assert rows["f16_exsdotp"].rstrip().endswith("inf           -  exact, 51 inputs out of range")
    assert rows["f32"].rstrip().endswith("exact")


def test_a_variant_that_fails_is_a_row_too(rvx, tmp_path):
    (tmp_path / "kernel.toml").write_text(
        'extends = "gemm"\n[variants.mine]\nmarch = "rv64gc"\ndoc = "mine"\narithmetic = "f64"\n'
    )
    (tmp_path / "mine.s").write_text(".globl gemm\ngemm: lw a0, 0(zero)\n")
    done = rvx("compare", tmp_path, *SMALL, "--variant", "f32", "--variant", "mine")
    assert done.code == 4
    assert done.err.startswith("error: variant mine: load from unmapped memory at ")
    f32, mine = [row.split() for row in done.out.splitlines() if row.strip()][-2:]
    assert (f32[0], f32[-1]) == ("f32", "exact")
    assert mine == ["mine", *"--------", "failed"]


def test_kernels_are_listed_with_parameters_and_variants(rvx):
    done = rvx("compare", "--list", "gemv")
    assert done.code == 0
    lines = [line.rstrip() for line in done.out.splitlines() if line.strip()]
    kernel = load("gemv")
    assert lines[0] == f"gemv: {kernel.doc}"
    assert lines[1] == f"  -p M={kernel.parameters['M'].default}: {kernel.parameters['M'].doc}"
    rows = {line.split()[0]: line for line in lines if line.split()[0] in kernel.variants}
    assert list(rows) == list(kernel.variants)
    assert rows["w4a8"].split()[:5] == ["w4a8", "plain", "int8", "by", "int4"]
    assert rows["w4a8"].endswith(kernel.variants["w4a8"].doc)
    assert " tuned " in rows["f64_tuned"]


def test_the_list_as_a_document_has_every_kernel(rvx):
    document = rvx("compare", "--list", "--json").document
    assert document["schema"] == "rvx.kernels/1"
    assert [one["name"] for one in document["kernels"]] == names()
    for one in document["kernels"]:
        kernel = load(one["name"])
        assert [size["name"] for size in one["parameters"]] == list(kernel.parameters)
        assert [v["name"] for v in one["variants"]] == list(kernel.variants)
        chosen = [v["name"] for v in one["variants"] if v["is_default"]]
        assert chosen == [v.name for v in kernel.select([])]
        assert all(v["formats"] for v in one["variants"])


def test_a_folder_is_listed_by_its_path(rvx, tmp_path):
    assert rvx("new", "kernel", "mine", "-o", tmp_path / "mine").code == 0
    (one,) = rvx("compare", tmp_path / "mine", "--list", "--json").document["kernels"]
    assert one["name"] == str(tmp_path / "mine")
    assert len(one["variants"]) == 2


def test_without_a_kernel_there_is_a_sentence(rvx):
    done = rvx("compare")
    assert done.code == 2
    assert done.err.startswith("error: name a kernel: attention, ")
    assert "rvx compare --list" in done.err


def test_every_variant_has_a_profile(rvx, tmp_path):
    words = ["compare", "gemm", *SMALL, "--variant", "f32", "--variant", "posit32"]
    paths = [tmp_path / "{}.json", tmp_path / "{}.html"]
    done = rvx(*words, "--json", "--profile", paths[0], "--profile", paths[1])
    assert done.code == 0
    for row in done.document["rows"]:
        found = json.loads((tmp_path / f"{row['variant']}.json").read_text())
        assert found["instructions"] == row["instructions"]
        assert found["by_mnemonic"] == row["by_mnemonic"]
        assert {one["name"] for one in found["functions"]} == {"gemm"}
        assert found["lines"][0]["file"].endswith((".s", ".inc"))
        assert f"gemm {row['variant']}" in (tmp_path / f"{row['variant']}.html").read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--profile", "all.html"], "all.html: there are 2 variants; write {} where"),
        (["--profile", "{}.pdf"], "f64.pdf: the name of a profile ends with"),
        (["--profile", "absent/{}.txt"], "there is no folder absent"),
        (["--profile", "{}.txt", "--core", "snitch"], "give --profile, or --core and --shadow"),
    ],
)
def test_profiles_that_cannot_be_written(rvx, options, sentence):
    done = rvx("compare", "gemm", *SMALL, "--variant", "f32", "--variant", "f64", *options)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


@pytest.mark.parametrize(
    ("kernel", "variant", "accumulator"),
    [
        ("gemm", "rvv_bf16", "fma-bfloat16"),
        ("gemm_drafts", "zvt_bf16", "rvbna-bfloat16-n2-g1-rne"),
        ("gemv", "f16_exfma", None),
    ],
)
def test_an_accumulator_beside_the_kernel_that_has_it(rvx, tmp_path, kernel, variant, accumulator):
    """The errors are those of the emulator; what needs a kernel is missing."""
    words = ["compare", kernel, "-p", "M=3", "-p", "K=50", "--variant", variant]
    if accumulator:
        words += ["-p", "N=5", "--variant", accumulator]
    else:
        accumulator = "two-lanes"
        path = tmp_path / "mine.py"
        path.write_text(LANES)
        words += ["--file", path]
    theirs, ours = rvx(*words, "--json").document["rows"]
    assert (ours["variant"], ours["form"]) == (accumulator, "array")
    if accumulator != "two-lanes":
        assert (ours["errors"], ours["distribution"]) == (theirs["errors"], theirs["distribution"])
    needed = ("instructions", "custom_instructions", "fetched", "instructions_per_mac", "seconds")
    assert [ours[name] for name in (*needed, "bit_exact")] == [None] * 6
    assert (ours["by_mnemonic"], ours["macs"]) == ({}, theirs["macs"])
    done = rvx(*words)
    assert done.code == 0
    last = done.out.rstrip().splitlines()[-1].split()
    assert last[:5] == [accumulator, "array", "-", "-", "-"]
    assert last[-4:] == ["array", "form,", "no", "kernel"]


LANES = """
from rvx.formats.dot import Accumulator, Exact
from rvx.formats.minifloat.catalogue import FP16, FP32

TWO = Accumulator("two-lanes", FP16, FP16, FP32, 2, Exact())
"""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["softmax", "--variant", "fma-bfloat16"],
            "softmax is more than sums of products, which is",
        ),
        (["softmax", "--variant", "fma"], "softmax has no variant 'fma'; it has fp16, fp16_opt, "),
        (["gemm", "--variant", "int8-wrap32"], "int8-wrap32 is of integers; here factors and resu"),
        (["gemm", "--file", "none.py"], "'none.py' is not a file of Python, which ends in .py"),
        (["gemm", "--variant", "fma-bfloat16", "-p", "VLEN=256"], "VLEN says how wide vector reg"),
        (
            ["gemm", "--variant", "fma-bfloat16", "--profile", "x.json"],
            "fma-bfloat16 is an array form, and no kernel to profile",
        ),
    ],
)
def test_accumulators_that_do_not_go(rvx, arguments, sentence):
    done = rvx("compare", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")


def test_an_unknown_name_is_told_of_both_kinds(rvx, tmp_path):
    done = rvx("compare", "gemm", "--variant", "f65")
    assert "; 'f65' is not an accumulator; there are rvbna-float8" in done.err
    path = tmp_path / "f32.py"
    path.write_text(LANES.replace("two-lanes", "f32"))
    done = rvx("compare", "gemm", "--file", path)
    assert done.err == "error: gemm has a variant 'f32'; give the accumulator another name\n"


def test_accumulators_leave_other_columns_and_pictures_alone(rvx, tmp_path):
    words = ["compare", "gemm", *SMALL, "--variant", "rvv_f32", "--variant", "fma-float32"]
    done = rvx(*words, "-p", "VLEN=128,256", "--plot", tmp_path / "a.svg")
    assert done.code == 0
    last = done.out.rstrip().splitlines()[-1].split()
    assert last[:3] == ["fma-float32", "array", "-"]
    assert "rvv_f32" in (tmp_path / "a.svg").read_text()


def test_a_search_of_which_nothing_comes_says_why(rvx, tmp_path):
    done = rvx("search", "int", "-p", "bits=0", "-o", tmp_path / "s")
    assert done.code == 1
    last = done.err.strip().splitlines()[-1]
    assert last.startswith("error: none of 1 trials came out; the first of them: ")
    assert "0" in last.partition("them: ")[2]
