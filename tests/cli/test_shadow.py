"""`rvx run --shadow` and `rvx compare --shadow`: what is printed, and what is refused."""

from __future__ import annotations

import json
import re

SOURCE = """
        .globl _start
_start: la a0, data
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        call sum
        li a0, 0
        li a7, 93
        ecall
sum:    fadd.s fa2, fa0, fa1
        fsub.s fa3, fa2, fa0
        ret
        .data
data:   .float 1, 0x1p-30
"""
FAULT = '''"""fadd.s with a fault."""
from rvx.extensions.rv_f import F
from rvx.formats.minifloat import FP32
from rvx.isa import Extension
from rvx.isa.real import Real

Xfaulty = Extension("Xfaulty", version="1", doc="A copy with a fault", requires=("F",))
_right = F.instructions["fadd.s"].body


@Xfaulty.instruction(
    "fadd2.s rd:f, rs1:f, rs2:f, rm",
    "0000001 rs2 rs1 rm rd 0101011",
    real=Real(lambda rs1, rs2: (rs1, rs2), FP32),
)
def fadd2(rs1, rs2, rm, fflags):
    """rd = rs1 + rs2, wrong by a step."""
    return _right(rs1, rs2, rm, fflags) + 1
'''


def test_the_table_names_what_was_born_where(rvx, source):
    done = rvx("run", source(SOURCE), "--shadow", "exact")
    assert done.code == 0
    lines = done.out.splitlines()
    rows = [line.split() for line in lines if line.strip().startswith("8000")]
    add, subtract = rows[:2]
    assert add[1:5] == ["fadd.s", "fa2,fa0,fa1", "sum", "test.s:10"]
    assert add[5:] == ["1", "0.00781", "0.00781", "0.00781", "term", "lost", "1"]
    assert subtract[5:] == ["1", "0", "0", "8,388,608.0", "cancellation", "1"]
    assert any(
        line.endswith(
            "rs1 = 1 (0x3f800000), rs2 = 9.31322575e-10 (0x30800000) gave 1 (0x3f800000), "
            "exactly 1.000000000931: 0.00781 ulp of float32"
        )
        for line in lines
    )


def test_the_document_has_everything(rvx, source):
    path = source(SOURCE)
    plain = rvx("run", path, "--json").document
    document = rvx("run", path, "--shadow", "float64", "--json").document
    shadow = document["shadow"]
    assert (shadow["schema"], shadow["shadow"]) == ("rvx.shadow/1", "float64")
    assert shadow["instructions"] == document["instructions"] == plain["instructions"]
    assert document["by_mnemonic"] == plain["by_mnemonic"]
    assert "shadow" not in plain
    add, subtract = shadow["sites"]
    assert (add["mnemonic"], add["function"], add["line"]) == ("fadd.s", "sum", 10)
    assert add["local_ulp"] == {"max": 2.0**-7, "total": 2.0**-7}
    assert add["absorptions"] == subtract["cancellations"] == 1
    assert subtract["propagated_ulp"] == {"max": 2.0**23, "last": 2.0**23}
    assert add["worst"]["operands"][1] == {
        "name": "rs2",
        "format": "float32",
        "code": "0x30800000",
        "value": 2.0**-30,
        "shadow": None,
    }
    assert add["worst"]["result"]["shadow"] == 1 + 2.0**-30
    assert shadow["restarted"] == {}


def test_a_seeded_fault_is_the_first_line(rvx, source, tmp_path):
    extension = tmp_path / "faulty.py"
    extension.write_text(FAULT)
    path = source(SOURCE.replace("fsub.s fa3, fa2, fa0", "fadd2.s fa3, fa2, fa0"))
    done = rvx("run", path, "--ext", extension, "--shadow", "exact", "--json")
    first = done.document["shadow"]["sites"][0]
    assert (first["mnemonic"], first["local_ulp"]["max"]) == ("fadd2.s", 1)


def test_a_run_that_ends_badly_has_its_report(rvx, source):
    path = source(SOURCE.replace("ret", "ebreak"))
    done = rvx("run", path, "--shadow", "exact")
    assert done.code != 0
    assert "term lost 1" in done.out


def test_what_is_refused(rvx, source, tmp_path):
    path = source(SOURCE)
    done = rvx("run", path, "--shadow", "double")
    assert (done.code, done.err) == (
        2,
        "error: --shadow double: shadows are float64 or exact\n",
    )
    done = rvx("run", path, "--shadow", "exact", "--trace", tmp_path / "t")
    assert done.err == "error: numbers are followed in a run of its own: give --shadow alone\n"
    assert not (tmp_path / "t").exists()
    assert rvx("compare", "dot", "--shadow", "no").code == 2


def test_a_comparison_says_it_of_every_variant(rvx):
    options = ("-p", "K=8", "--variant", "posit32", "--variant", "posit32_quire")
    done = rvx("compare", "dot", *options, "--shadow", "exact", "--backend", "python")
    assert done.code == 0
    quire, plain = done.out.split("\nposit32\n")
    assert " pmul.s " in plain
    assert " padd.s " in plain
    assert " qround.s " in quire
    assert " qmadd.s " not in quire
    document = json.loads(
        rvx("compare", "dot", *options, "--shadow", "exact", "--backend", "python", "--json").out
    )
    for row in document["rows"]:
        sites = {one["mnemonic"]: one for one in row["shadow"]["sites"]}
        assert row["shadow"]["instructions"] == row["instructions"]
        assert row["bit_exact"]
        if "qmadd.s" in sites:
            assert sites["qmadd.s"]["local_ulp"]["max"] == 0


def test_the_report_is_drawn(rvx, source, tmp_path):
    """The worst instructions with their lines, in the order of the table; always the same bytes."""
    path = source(SOURCE)
    pictures = [tmp_path / f"{number}.svg" for number in range(2)]
    for picture in pictures:
        done = rvx("run", path, "--shadow", "exact", "--plot", picture)
        assert done.code == 0
        assert f"wrote {picture}" in done.err
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    texts = re.findall(r"<!-- (.*?) -->", pictures[0].read_text())
    rows = [text for text in texts if text.startswith(("fadd", "fsub", "sum test"))]
    assert rows == ["fadd.s fa2,fa0,fa1", "sum test.s:10", "fsub.s fa3,fa2,fa0", "sum test.s:11"]
    assert {"0.00781  (1 of 1 inexact)", "0  (0 of 1 inexact)"} <= set(texts)
    assert {"term lost 1", "cancellation 1"} <= set(texts)
    assert f"{path.name}: where errors were born, against exact" in texts
    with_json = rvx("run", path, "--shadow", "exact", "--plot", tmp_path / "a.png", "--json")
    assert with_json.document["shadow"]["sites"]
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_not_drawn(rvx, source, tmp_path):
    path = source(SOURCE)
    done = rvx("run", path, "--plot", tmp_path / "a.svg")
    assert (done.code, "give --shadow float64 or exact" in done.err) == (2, True)
    for name in ("a.txt", "missing/a.svg"):
        done = rvx("run", path, "--shadow", "exact", "--plot", tmp_path / name)
        assert (done.code, done.out) == (2, "")
    exact = source(SOURCE.replace("0x1p-30", "2"))
    done = rvx("run", exact, "--shadow", "exact", "--plot", tmp_path / "b.svg")
    assert (done.code, "no picture was drawn" in done.err) == (0, True)
    assert not list(tmp_path.glob("*.svg"))
