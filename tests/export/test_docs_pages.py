from pathlib import Path

import pytest

from rvx.export.docs_pages import escape, extension_page, index_page, table
from rvx.export.format_pages import formats_page
from rvx.extensions import load
from rvx.formats.minifloat.catalogue import FORMATS
from rvx.isa import Extension


def sample() -> Extension:
    base = Extension("Xbase", version="1.0")
    base.instruction("twice rd, rs1", "0000000 00000 rs1 000 rd 0001011", doc="rd = 2 * rs1.")(
        lambda rs1: 2 * rs1
    )
    ext = Extension(
        "Xsample",
        version="0.3",
        doc="A sample with a posit<8,2> file",
        source="Some paper, section 4",
        requires=("Xbase",),
        conflicts={"Xother": "both use custom-1"},
    )
    ext.register_file("q", count=4, bits=8)
    ext.state("sum", 2, "the running sum")
    ext.csr("mode", 0x7C0, bits=3, doc="the mode")

    @ext.instruction("qadd rd:q, rs1:q", "0000000 00000 rs1[4:0] 000 rd[4:0] 0101011", xlen=64)
    def qadd(rd: int, rs1: int) -> int:
        """rd += rs1 * 2.

        A second paragraph that the summary leaves out.
        """
        return rd + 2 * rs1

    ext.encoding("qnop", "0000001 00000 00000 000 00000 0101011", overlaps=("qadd",))
    ext.alias("qdouble rd:q", "qadd rd, rd", xlen=64)
    return ext


def test_a_page_has_everything_that_is_declared():
    page = extension_page(sample())
    assert "# Xsample 0.3\n" in page
    assert "A sample with a posit\\<8,2\\> file." in page
    assert "- Source: Some paper, section 4\n- Builds on: Xbase\n" in page
    assert "- Not together with Xother: both use custom-1\n" in page
    assert "| `q0` to `q3` | 4 registers | 8 bits each |" in page
    assert "| `sum` | state | the running sum |" in page
    assert "| `mode` | CSR 0x7c0 | the mode |" in page
    assert "| `qadd rd, rs1` (RV64 only) | rd += rs1 \\* 2. |" in page
    assert "| `qdouble rd` | `qadd` with rd = rd, rs1 = rd | yes |" in page


def test_a_section_has_syntax_diagram_meaning_and_notes():
    section = extension_page(sample()).split("### qadd\n")[1].split("### ")[0]
    assert section.startswith("\n```text\nqadd rd, rs1\n\n 31     25")
    assert "| 0000000 | 00000 |  rs1  |  000  |  rd  | 0101011 |" in section
    assert "A second paragraph that the summary leaves out." in section
    assert section.endswith("Class `custom`; RV64 only.\n\n")


def test_overlaps_and_missing_meanings_are_named():
    section = extension_page(sample()).split("### qnop\n")[1]
    assert "Only its encoding is declared." in section
    assert "shares words with `qadd`" in section


def test_what_is_not_declared_has_no_heading():
    page = extension_page(Extension("Xempty", version="1"))
    assert "## State" not in page
    assert "## Aliases" not in page


def test_the_index_links_to_all_pages():
    page = index_page([sample()])
    assert "| [Xsample](xsample.md) | 0.3 | 2 | A sample with a posit\\<8,2\\> file |" in page
    assert "\nxsample\n" in page


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a * b_c", "a \\* b\\_c"),
        ("x[3:0] < y", "x\\[3:0\\] \\< y"),
        ("as `addi rd, rd, imm_1` does_it", "as `addi rd, rd, imm_1` does\\_it"),
        ("a | b", "a \\| b"),
    ],
)
def test_text_means_itself(text: str, escaped: str):
    assert escape(text) == escaped


def test_a_table_without_rows_is_nothing():
    assert table(("a",), []) == ""
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |\n"


def test_every_named_minifloat_is_listed_with_its_range():
    page = formats_page()
    assert all(f"| `{name}` |" in page for name in FORMATS)
    # OCP OFP8: 448 and 57344 are the largest numbers, 2^-9 and 2^-16 the smallest.
    assert "| `e4m3fn` | `float8_e4m3fn` | 8 | 4, 3 | 7 | 448 | 0.015625 | 0.00195312 |" in page
    assert "| `fp8` | `float8_e5m2` | 8 | 5, 2 | 15 | 57344 | 6.10352e-05 | 1.52588e-05 |" in page
    assert "| `e8m0` | `float8_e8m0fnu` | 8 | 8, 0 | 127 | 1.70141e+38 | 5.87747e-39 |" in page


def test_posits_have_the_range_of_the_standard():
    assert "| `posit32` | 32 | 2 | 27 | 2^120 | 2^-120 | 8,388,608 | 512 |" in formats_page()


@pytest.mark.parametrize("name", ["xssr", "zihintpause"])
def test_pages_are_those_in_the_folder_gold(name: str):
    """To change them on purpose: `rvx isa docs FOLDER`, look at them, and copy them here."""
    gold = Path(__file__).parent / "gold" / f"{name}.md"
    assert extension_page(load(name)) == gold.read_text()
