import re

import pytest

from rvx.export.format_pages import formats_page


def test_the_extensions_are_listed(rvx):
    rows = [line.split() for line in rvx("isa", "list").out.splitlines()]
    assert ["I", "2.1"] in [row[:2] for row in rows]
    document = rvx("isa", "list", "--json").document
    assert document["schema"] == "rvx.isa.list/1"
    names = [row["name"] for row in document["extensions"]]
    assert names[:4] == ["I", "E", "M", "A"]
    assert {"Xposit", "Xexfma"} <= set(names)


def test_the_instructions_of_one_extension(rvx):
    done = rvx("isa", "list", "xexfma")
    (row,) = (line for line in done.out.splitlines() if " vfmacexu.h.b " in line)
    assert row.split()[:6] == ["vfmacexu.h.b", "rd,", "rs1,", "rs2", "fe00707f", "fe00207b"]
    document = rvx("isa", "list", "XEXFMA", "--json").document
    assert len(document["instructions"]) == 4
    assert document["instructions"][0]["match"] == "0xfc00007b"


def test_one_instruction(rvx):
    out = rvx("isa", "show", "qmadd.s").out
    assert out.startswith("qmadd.s rs1, rs2\n")
    assert "| 0011110 |  rs2  |  rs1  |  000  | (00000) | 0001011 |" in out
    assert "extension  Xposit, RV32 and RV64" in out
    document = rvx("isa", "show", "qmadd.s", "--json").document
    assert document["schema"] == "rvx.isa.show/1"
    assert document["mask"] == "0xfe00707f"
    assert document["has_body"] is True


def test_instructions_that_are_not_loaded_by_default_are_found(rvx):
    assert "extension  Xposit64" in rvx("isa", "show", "psd").out


def test_an_alias(rvx):
    assert rvx("isa", "show", "ret").out.startswith("ret  stands for  ")


def test_the_users_extension(rvx, extension):
    assert "Xmac" in rvx("isa", "list", "--ext", extension).out
    assert "rd + rs1 * rs2, clipped" in rvx("isa", "show", "smac", "--ext", extension).out
    assert "smac" in rvx("isa", "list", "xmac", "--ext", extension).out


def test_unknown_names(rvx):
    done = rvx("isa", "show", "padd")
    assert done.code == 2
    assert "there is no instruction 'padd' in I M" in done.err
    assert "did you mean" in done.err
    done = rvx("isa", "list", "xpost")
    assert done.code == 2
    assert done.err.startswith("error: there is no extension 'xpost'; there are a, c,")


def test_a_number_is_taken_apart(rvx):
    assert rvx("format", "posit16", "0x5a31").out == (
        "0     10      11        01000110001\n"
        "sign  regime  exponent  fraction\n"
        "\n"
        "format    posit16\n"
        "pattern   0x5a31\n"
        "value     10.19140625\n"
        "          = 2609/256\n"
        "below     10.1875\n"
        "above     10.1953125\n"
    )


def test_a_number_is_rounded(rvx):
    document = rvx("format", "fp8", "0.3", "--json").document
    assert document["schema"] == "rvx.format/1"
    assert document["code"] == "0x35"
    assert document["value"] == "0.3125"
    assert document["error"] == "0.0125"
    assert rvx("format", "posit16", "--", "-2.5").out.splitlines()[4] == "pattern   0xb600"


def test_numbers_of_a_block_share_scales(rvx):
    assert rvx("format", "mxfp4", "3", "100", "1/3").out.splitlines() == [
        "mxfp4_e2m1, 4.25 bits per element",
        "",
        "                        code  value  error",
        "block 0 scale           0x83  16",
        "3                       0x0   0      -3",
        "100                     0x7   96     -4",
        "0.33333333333333333333  0x0   0      -0.33333333333333333333",
    ]


def test_every_block_format_of_the_page_is_shown(rvx):
    table = formats_page().partition("## Block-scaled formats")[2].partition("Libraries")[0]
    names = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(names) >= 9
    for name in names:
        document = rvx("format", name, "3.14", "--json").document
        assert document["format"] == name
        assert float(document["elements"][0]["value"]) == pytest.approx(3.14, rel=0.13)


def test_the_rule_of_nvfp4(rvx):
    numbers = ["6", *["0"] * 16]
    scales = {
        rule: [
            s["value"]
            for s in rvx("format", "nvfp4", *numbers, *option, "--json").document["scales"]
        ]
        for rule, option in (("", []), ("modelopt", ["--rule", "modelopt-0.47"]))
    }
    assert scales[""][1:] == ["448", "0.015625"]
    assert scales["modelopt"][1:] == ["448", "1"]


def test_accuracies_are_drawn(rvx, tmp_path):
    path = tmp_path / "digits.svg"
    done = rvx("format", "plot", "posit16", "fp16", "bf16", "-o", path)
    assert done.err == f"wrote {path}\n"
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        ["posit16", "1.388e-17", "7.206e+16", "33.7", "4.22"],
        ["float16", "5.960e-8", "6.550e+4", "12.0", "3.92"],
        ["bfloat16", "9.184e-41", "3.390e+38", "78.6", "3.01"],
    ]
    assert b"bfloat16" in path.read_bytes()


def test_the_picture_has_a_name_by_default(rvx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert rvx("format", "plot", "int4").code == 0
    assert (tmp_path / "accuracy.svg").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["point99", "1"], "'point99' is not a format; there are posit8 to posit64"),
        (["posit8", "0x100"], "0x100 does not fit the 8 bits of posit8"),
        (["posit8", "1", "2"], "rvx format takes one number, not 2: 1 2"),
        (["plot", "posit8", "point99"], "'point99' is not a format; there are posit8"),
        (["plot", "int2"], "int2 has one positive number only, and so no accuracy to draw"),
        (["plot", "posit8", "--json"], "rvx format plot has no --json; it draws a picture"),
        (["plot", "posit8", "-o", "a.gif"], "'a.gif' is not the name of a picture; it must end"),
        (["nvfp4", "nan"], "'nan' is not a finite number; where a format has it, give its pattern"),
        (["nvfp4", "1e39"], "1e+39 is beyond float32, in which tensors are quantised to nvfp4"),
        (["mxint8", "1e400"], "1e400 is beyond float64, which blocks begin with"),
        (["mx9", "1"], "'mx9' is not a microscaling format; valid are mxfp8_e4m3"),
        (["vsq99-v16-m4", "1"], "an integer format of 99 bits is not supported"),
        (["mxfp4", "1", "--rule", "up"], "'up' is not a rule of MX; valid are floor, ceil, even"),
        (["nvfp4", "1", "--rule", "torchao"], "'torchao' is not a rule of NVFP4; valid are"),
        (["int4", "1", "--rule", "modelopt-0.47"], "--rule is for nvfp4 and mx; int4 is"),
        (["plot", "nvfp4"], "nvfp4 has no accuracy of its own to draw: its numbers share scales"),
        (["posit8", "pi"], "'pi' is neither a pattern such as 0x5a nor a number"),
    ],
)
def test_usage_errors_of_format(rvx, arguments, sentence):
    done = rvx("format", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")


def test_brackets_in_descriptions_are_text(rvx, tmp_path):
    path = tmp_path / "brackets.py"
    path.write_text(
        "from rvx.isa import Extension\n"
        "X = Extension('Xbrackets', version='0[1]', doc='a [bold]table[/] :smile:')\n"
        "@X.instruction('look rd, rs1', '0000010 00000 rs1 010 rd 0101011')\n"
        "def look(rs1):\n"
        '    """rd = table[/x] of [rs1]."""\n'
        "    return rs1\n"
    )
    listed = rvx("isa", "list", "xbrackets", "--ext", path)
    assert listed.code == 0
    assert "rd = table[/x] of [rs1]." in listed.out
    assert "a [bold]table[/] :smile:" in rvx("isa", "list", "--ext", path).out


def test_no_description_that_is_shipped_loses_its_brackets(rvx):
    from rvx import extensions

    seen = 0
    for name in extensions.names():
        made = extensions.load(name).instructions.values()
        texts = [text for one in made for text in (one.syntax.shape, one.doc.partition("\n")[0])]
        printed = rvx("isa", "list", name).out
        for bracket in "[]":
            wanted = sum(text.count(bracket) for text in texts)
            assert printed.count(bracket) == wanted, name
            seen += wanted
    assert seen > 500
