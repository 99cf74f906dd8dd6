"""The stages one by one: reading, expanding, parsing, floats, formats, listings, attributes."""

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvx import resources
from rvx.assembler import AssemblyError, assemble
from rvx.assembler.diagnostics import SourceError
from rvx.assembler.elf.attributes import arch_string, attributes_section, read_attributes
from rvx.assembler.floats import binary_float
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.listing import listing
from rvx.assembler.source.expander import Expander
from rvx.assembler.source.grammar import parse_by_grammar, parse_operand, split_operands
from rvx.assembler.source.macros import parse_header, split_arguments
from rvx.assembler.source.reader import Line, SourceText
from rvx.assembler.source.statements import parse_statement
from rvx.assembler.source.syntax import Binary, Expression, Modified, Name, Number, Unary
from rvx.extensions import isa_for

from .conftest import program

EXPRESSIONS = st.recursive(
    st.builds(Number, st.integers(0, 1 << 64))
    | st.sampled_from([Name("a"), Name(".L1"), Name("$x"), Name(".")]),
    lambda inner: (
        st.builds(
            Binary, st.sampled_from("+ - * / % << >> & | ^ ! == < <= && ||".split()), inner, inner
        )
        | st.builds(Unary, st.sampled_from("~!"), inner)
        | st.builds(Modified, st.just("%lo"), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # the first one loads the parser
@given(EXPRESSIONS)
def test_printed_expressions_read_the_same(expression: Expression) -> None:
    assert parse_operand(str(expression)) == expression


@pytest.mark.parametrize(
    "text",
    [
        *("a0", ".L5", "$x", "0", "-0", "17", "-2048", "0x1F", "-0X1f", "8(sp)", "-8 ( a0 )"),
        *("0x10(s0)", '"text"', '"a\\"b\\n"', '""', '"two\\101\\x41"'),
        *("%hi(.LC0)", "%lo( x + 4 )(a5)", "%lo(x-0x10) ( a5 )", "x(a0)", "x+1", ". - f", "a-b"),
        *(". + 0", "a - b (tp)", "@function", "%progbits", "%pcrel_hi(a.b$c)", "%lo(STT_X)"),
        *("x+017", "x+1f", "x-1b", "x+STT_Y", "x+4u", "a+b-c", "%hi(x)+1", "x@plt", "x- -4"),
    ],
)
def test_plain_operands_are_what_the_grammar_makes_of_them(text: str) -> None:
    assert parse_operand(text) == parse_by_grammar(text)


def test_lines_and_their_places() -> None:
    text = "a: nop # c\n  li a0, ';' ; ret // d\n/* x\n y */ .word 1\n\n.ascii \"#;\" ; nop\n"
    found = [
        (line.text, line.location.line, line.location.column) for line in SourceText(text, "f")
    ]
    assert found == [
        ("a: nop", 1, 1),
        ("li a0, ';'", 2, 3),
        ("ret", 2, 16),
        (".word 1", 4, 7),
        ('.ascii "#;"', 6, 1),
        ("nop", 6, 15),
    ]


def test_statements() -> None:
    assert str(parse_statement("a: 1: add a0,a1, a2")) == "a: 1: add a0,a1, a2"
    assert parse_statement("x = 1 + 2").target == "x"
    assert parse_statement("lab:").labels == ("lab",)
    assert parse_statement("jr(a0)").rest == "(a0)"


def test_operands_are_split_at_commas_outside_of_strings() -> None:
    assert split_operands("\"a,b\", ',', (c, d), 4(sp)") == ['"a,b"', "','", "(c, d)", "4(sp)"]


def test_macro_headers_and_arguments() -> None:
    name, parameters = parse_header("m a, b:req, c=5, d:vararg")
    assert name == "m"
    assert [(p.name, p.kind, p.default) for p in parameters] == [
        ("a", "", ""),
        ("b", "req", ""),
        ("c", "", "5"),
        ("d", "vararg", ""),
    ]
    assert split_arguments('a0, 4 (sp) x + 1,,"s, t"') == ["a0", "4(sp)", "x+1", "", '"s, t"']


def test_the_expander_prints_plain_lines() -> None:
    source = ".macro twice x\n\\x\n\\x\n.endm\n.if 0\nret\n.else\ntwice nop\n.endif\n"
    problems: list[tuple[Line, SourceError]] = []
    expander = Expander(lambda text, what: int(text), lambda name: False, problems.append)  # type: ignore[arg-type]
    assert [line.text for line in expander.expand(SourceText(source, "f"))] == ["nop", "nop"]
    assert not problems


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_are_rounded_once(number: float) -> None:
    assert binary_float(repr(number), 11, 52) == struct.unpack("<Q", struct.pack("<d", number))[0]


@given(st.decimals(-(10**30), 10**30, allow_nan=False))
def test_floats_are_rounded_once(number: object) -> None:
    """Also where going through a double would round twice."""
    pattern = binary_float(str(number), 8, 23)
    value = np.uint32(pattern).view(np.float32)
    exact = Fraction(str(number))
    below, above = np.nextafter(value, np.float32(-np.inf)), np.nextafter(value, np.float32(np.inf))
    distance = abs(Fraction(float(value)) - exact)
    assert distance <= abs(Fraction(float(below)) - exact)
    assert distance <= abs(Fraction(float(above)) - exact)


def test_a_tie_goes_to_even_where_gnu_as_rounds_up() -> None:
    """A difference from GNU as 2.40, which makes 0x4b800001 of it."""
    assert binary_float("16777217", 8, 23) == 0x4B800000


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (".posit32 1, -1, 0.1, nar, 0", "00000040000000c0cdcccc240000008000000000"),
        (".posit16 1", "0040"),
        (".posit8 1, 1e-30", "4001"),
        (".fp8 1.5, inf, nan, -0", "3e7c7e80"),
        (".fp8alt 1.5", "3c"),
        (".float8_e4m3fn 448, 1", "7e38"),
        (".bfloat16 1.0, 3.14159", "803f4940"),
        (".fp16 65504", "ff7b"),
        (".int4 1, -8, 7, 0", "8107"),
        (".uint8 255", "ff"),
        (".fp4 1, -0.5", "92"),
        (".binary8p3se 3, nan, -inf", "4680ff"),
        (".ue4m3 448, 1e9, nan", "7e7e7f"),
        (".e3m0 -0, 16", "78"),
        (".lintakum16 3.140625, nar", "484a0080"),
        (".lns16f8 2, -1", "00010080"),
        (".ternary 1, -1, 0, 1", "4d"),
        (".posit24e1 1", "000040"),
    ],
)
def test_data_in_the_formats(text: str, data: str) -> None:
    assert program(f".data\n{text}\n").section(".data").data.hex() == data


def test_what_a_format_has_not_is_said() -> None:
    with pytest.raises(AssemblyError, match=r"\.e3m0 has no NaN"):
        program(".data\n.e3m0 nan, 1\n")
    with pytest.raises(AssemblyError, match=r"\.lns16f8 has no infinity"):
        program(".data\n.lns16f8 inf\n")


def test_formats_of_extensions_are_directives(tmp_path: Path) -> None:
    """Before those of rvx of the same name; rounded as the user's function does."""
    declared = tmp_path / "own.py"
    declared.write_text(
        "import numpy as np\n"
        "from rvx.formats.number.own import Codec\n"
        "from rvx.isa import Extension\n"
        "Xown = Extension('Xown', version='0.1')\n"
        "Xown.format('down', Codec(4, lambda x: np.floor(x), lambda codes: codes * 1.0))\n"
        "Xown.format('fp8', Codec(8, lambda x: x * 0 + 0xab, lambda codes: codes * 1.0))\n"
    )
    made = assemble(".data\n.down 1.9, 2.1\n.fp8 1\n", isa=isa_for(None, [declared]))
    assert made.section(".data").data.hex() == "21ab"


@given(st.integers(-(1 << 70), 1 << 70))
def test_leb128(number: int) -> None:
    data = encode_leb128(number, True)
    value = sum((byte & 0x7F) << 7 * i for i, byte in enumerate(data))
    if data[-1] & 0x40:
        value -= 1 << 7 * len(data)
    assert value == number
    assert all(byte & 0x80 for byte in data[:-1])


def test_attributes_are_read_back() -> None:
    isa = isa_for("rv64gc", ["xposit"])
    arch = arch_string(64, isa.extensions.values())
    assert arch.startswith("rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0_zmmul1p0_xposit")
    found: dict[int, int | str] = {4: 16, 5: arch, 6: 1}
    assert read_attributes(attributes_section(found)) == found


def test_listing() -> None:
    text = "main: li a0, 0x12345678\n# nothing\nret\n"
    assert listing(program(text), {"test.s": text}).splitlines() == [
        "section .text",
        " " * 32 + "main:",
        "    80000000  375534121b058567       1 main: li a0, 0x12345678",
        "    80000008  8280                   3 ret",
    ]


def test_listing_of_data() -> None:
    text = 'nop\n.data\nx: .word 1, 2, 3\n.zero 100\n.string "ab"\n.bss\nroom: .space 4\n'
    lines = listing(program(text), {"test.s": text}).splitlines()
    assert lines[2:6] == [
        "section .data",
        " " * 32 + "x:",
        "    80001000  0100000002000000       3 x: .word 1, 2, 3",
        "    80001008  03000000",
    ]
    assert lines[6] == "    8000100c  0000000000000000       4 .zero 100"
    assert lines[15:17] == [
        "              ... and 28 bytes more",
        '    80001070  616200                 5 .string "ab"',
    ]
    assert lines[17:] == [
        "section .bss",
        " " * 32 + "room:",
        "    80001073" + " " * 25 + "7 room: .space 4",
    ]


def test_lines_of_addresses() -> None:
    made = program("nop\n\nret\n")
    first, second = made.line_at(0x80000000), made.line_at(0x80000002)
    assert first is not None
    assert second is not None
    assert (first.line, second.line) == (1, 3)
    assert made.line_at(0x1000) is None


def test_files_are_found_preprocessed_and_linked(tmp_path: Path) -> None:
    (tmp_path / "value.h").write_text("#define VALUE 42\n")
    (tmp_path / "one.S").write_text('#include "value.h"\n.globl f\nf: li a0, VALUE\nret\n')
    (tmp_path / "bytes.bin").write_bytes(b"abcdef")
    (tmp_path / "more.inc").write_text(".macro twice\nnop\nnop\n.endm\n")
    two = tmp_path / "two.s"
    two.write_text(
        '.include "more.inc"\n.globl _start\n_start: twice\ncall f\n'
        '.data\n.incbin "bytes.bin", 1, 3\n'
    )
    made = assemble([two, tmp_path / "one.S"], isa_for("rv64gc"), include_dirs=[tmp_path])
    assert made.section(".data").data == b"bcd"
    assert made.symbols["f"].address > made.entry
    assert bytes.fromhex("1305a002") in made.section(".text").data


def test_defines_and_addresses() -> None:
    made = program("li a0, n\n.data\n.byte n\n", defines={"n": 7}, addresses={".data": 0x90000000})
    assert made.section(".data").data == b"\x07"
    assert made.section(".data").address == 0x90000000


def test_the_grammar_travels_with_the_package() -> None:
    assert resources.asm("rvx.lark").is_file()
    with pytest.raises(FileNotFoundError, match="reinstall rvx"):
        resources.folder("nothing")
