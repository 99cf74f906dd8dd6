"""Declarations: what is taken, and the sentence for what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rvx.isa import DeclarationError, Extension
from rvx.isa.syntax import parse_syntax

BITS = "0000000 rs2 rs1 000 rd 0001011"


@pytest.fixture
def ext() -> Extension:
    return Extension("Xtest", version="1.0")


def test_an_instruction_is_a_decorated_function(ext: Extension) -> None:
    @ext.instruction("foo rd, rs1, rs2", BITS)
    def foo(rs1: int, rs2: int) -> int:
        """rd = rs1 + rs2."""
        return rs1 + rs2

    made = ext.instructions["foo"]
    assert made.mnemonic == "foo"
    assert made.body is foo
    assert made.requests == ("rs1", "rs2")
    assert made.doc == "rd = rs1 + rs2."
    assert made.size == 4
    assert made.xlens == (32, 64)
    assert made.syntax.shape == "foo rd, rs1, rs2"
    assert foo(1, 2) == 3, "the function stays what it was"


def test_a_body_may_ask_for_all_that_is_declared(ext: Extension) -> None:
    ext.state("quire", 8)

    @ext.instruction("foo rd, rs1, rs2", BITS)
    def foo(rd, rs1, pc, next_pc, xlen, frm, fflags, mem, quire): ...  # type: ignore[no-untyped-def]

    assert ext.instructions["foo"].requests[-1] == "quire"


def test_one_mnemonic_may_differ_by_width(ext: Extension) -> None:
    ext.encoding("foo rd, shamt", "0000000 shamt[4:0] 00000 000 rd 0001011", xlen=32)
    ext.encoding("foo rd, shamt", "000000 shamt[5:0] 00000 000 rd 0001011", xlen=64)
    assert [made.xlens for made in ext.instructions.values()] == [(32,), (64,)]


def declare(syntax: str, bits: str = BITS) -> Callable[[Extension], object]:
    return lambda ext: ext.encoding(syntax, bits)


def ask_for_what_is_not_there(ext: Extension) -> None:
    @ext.instruction("foo rd, rs1, rs2", BITS)
    def foo(rs1: int, quire: int) -> int:
        return rs1


def declare_twice(ext: Extension) -> None:
    ext.encoding("foo rd, rs1, rs2", BITS)
    ext.encoding("foo rd, rs1, rs2", BITS)


def alias(text: str, expansion: str) -> Callable[[Extension], object]:
    def run(ext: Extension) -> None:
        ext.encoding("foo rd, rs1, rs2", BITS)
        ext.alias(text, expansion)

    return run


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (
            declare("foo rd, rs1"),
            "Xtest: instruction 'foo': field 'rs2' of the pattern is not an operand of the "
            "syntax 'foo rd, rs1'",
        ),
        (
            declare("foo rd, rs1, rs2, rs3"),
            f"Xtest: instruction 'foo': operand 'rs3' has no field in the pattern '{BITS}'; "
            f"its fields are rs2, rs1, rd",
        ),
        (
            declare("foo rd:q, rs1, rs2"),
            "instruction 'foo': operand 'rd': there is no operand kind 'q'; known are ahead,",
        ),
        (
            declare("foo rd, rs1, other"),
            "syntax 'foo rd, rs1, other': operand 'other' needs a kind, such as other:x or other:u",
        ),
        (declare("foo rd, rd, rs2"), "syntax 'foo rd, rd, rs2': operand 'rd' stands twice"),
        (declare("foo rd, 12(rs1)"), "'12' is not an operand such as rd, rs1:p or imm(rs1)"),
        (declare("Foo! rd"), "syntax 'Foo! rd': 'Foo!' is not a mnemonic"),
        (
            declare("foo rd, rs1, rs2", "0000 rs2 rs1 000 rd 0001011"),
            "Xtest: instruction 'foo': pattern '0000 rs2 rs1 000 rd 0001011' is 29 bits wide",
        ),
        (
            ask_for_what_is_not_there,
            "Xtest: instruction 'foo': the body asks for 'quire', which is neither an operand nor "
            "known to Xtest; it may ask for rd, rs1, rs2, pc, next_pc,",
        ),
        (declare_twice, "Xtest: instruction 'foo' is declared twice"),
        (
            alias("bar rd", "foo rd, zero"),
            "alias 'bar rd': 'foo rd, zero' gives 2 operands, foo has 3 (foo rd, rs1, rs2)",
        ),
        (
            alias("bar rd", "foo rd, zero, seven"),
            "alias 'bar rd': 'seven' is neither an operand of it nor a value for 'rs2'",
        ),
        (
            alias("bar rd, rs1", "foo rd, rd, zero"),
            "alias 'bar rd, rs1': operand 'rs1' is not in 'foo rd, rd, zero'",
        ),
        (alias("bar rd", "baz rd"), "Xtest: alias 'bar rd': no instruction 'baz'"),
        (
            lambda ext: ext.register_file("x", count=32, bits=64),
            "Xtest: the operand kind 'x' is taken",
        ),
        (
            lambda ext: ext.register_file("p1", count=32, bits=32),
            "register file 'p1': the name must be letters, such as 'p'",
        ),
        (
            lambda ext: ext.register_file("p", count=32, bits=32, abi=["pt0"]),
            "register file 'p' has 32 registers and 1 ABI names; there must be one name a register",
        ),
        (
            lambda ext: ext.register_file("p", count=32, bits=100),
            "register file 'p': a register has 1 to 64 bits, or a multiple of 64 up to 65536, "
            "not 100",
        ),
        (
            lambda ext: ext.state("pc", 1),
            "Xtest: the name of state 'pc' is taken, as are next_pc, ",
        ),
        (
            lambda ext: ext.state("quire", 0),
            "Xtest: state 'quire' cannot have 0 words; valid is 1 to ",
        ),
        (lambda ext: ext.csr("foo", 0x1000), "CSR 'foo': 0x1000 is not a 12-bit address"),
        (
            lambda ext: ext.csr("foo", 0x800, lsb=60, bits=8),
            "CSR 'foo': bits 60 to 67 are not within a 64-bit state word",
        ),
    ],
)
def test_what_is_wrong_is_said(
    ext: Extension, run: Callable[[Extension], object], sentence: str
) -> None:
    with pytest.raises(DeclarationError) as error:
        run(ext)
    assert sentence in str(error.value)


def test_a_csr_is_a_window_into_a_state_word(ext: Extension) -> None:
    ext.state("status", 1)
    ext.csr("flags", 0x801, state="status", lsb=0, bits=5)
    ext.csr("mode", 0x802, state="status", lsb=5, bits=3)
    own = ext.csr("lonely", 0x803)
    assert own.state == "lonely"
    assert list(ext.states) == ["status", "lonely"]
    assert ext.csr_names == {"flags": 0x801, "mode": 0x802, "lonely": 0x803}


def test_memory_operands() -> None:
    syntax = parse_syntax("plw rd:p, imm(rs1)")
    assert [(slot.name, slot.base) for slot in syntax.slots] == [("rd", ""), ("imm", "rs1")]
    assert dict(syntax.kinds) == {"rd": "p", "imm": "s", "rs1": "x"}
    assert syntax.shape == "plw rd, imm(rs1)"
    assert parse_syntax("lr.w rd, (rs1)").slots[1].name == ""


def test_compressed_instructions_name_what_they_abbreviate(ext: Extension) -> None:
    ext.encoding("foo rd, rs1, rs2", BITS)
    other = Extension("Xshort", version="1.0")
    made = other.compressed(
        "c.foo rd:xc, rs2:xc", "100 0 11 rd 00 rs2 01", "foo rd, rd, rs2", of=ext
    )
    assert made.expansion is not None
    assert made.expansion.target is ext.instructions["foo"]
    assert made.expansion.expand({"rd": 8, "rs2": 9}) == {"rd": 8, "rs1": 8, "rs2": 9}
    assert made.expansion.compress({"rd": 8, "rs1": 8, "rs2": 9}) == {"rd": 8, "rs2": 9}
    assert made.expansion.compress({"rd": 8, "rs1": 10, "rs2": 9}) is None
    with pytest.raises(DeclarationError, match="expansion 'bar rd': Xtest has no such instruction"):
        other.compressed("c.bar rd", "0000 rd 0000001", "bar rd", of=ext)


def test_aliases_match_what_they_stand_for(ext: Extension) -> None:
    ext.encoding("foo rd, rs1, rs2", BITS)
    twice = ext.alias("twice rd, rs1", "foo rd, rs1, rs1")
    assert twice.expand({"rd": 1, "rs1": 2}) == {"rd": 1, "rs1": 2, "rs2": 2}
    assert twice.matches({"rd": 1, "rs1": 2, "rs2": 2}) == {"rd": 1, "rs1": 2}
    assert twice.matches({"rd": 1, "rs1": 2, "rs2": 3}) is None
    assert twice.fixed_operands == 0
    assert ext.alias("zero rd", "foo rd, zero, x0").fixed_operands == 2


@pytest.mark.parametrize("bits", [1, 8, 63, 64])
def test_the_mask_of_a_csr_is_an_int64(ext: Extension, bits: int) -> None:
    made = ext.csr("mine", 0x800, bits=bits)
    assert made.mask == int(f"{(1 << bits) - 1:#x}", 16) - (1 << 64 if bits == 64 else 0)
    assert ext.csr("usual", 0x801).mask == -1


def operand_of_an_instruction(ext: Extension) -> None:
    ext.encoding("bar rd, rs1, rs2", BITS)
    ext.state("rs1", 1)


def state_of_an_operand(ext: Extension) -> None:
    ext.state("rs1", 1)
    ext.encoding("bar rd, rs1, rs2", BITS)


def csr_twice(ext: Extension) -> None:
    ext.csr("one", 0x800)
    ext.csr("two", 0x800)


def csr_without_state(ext: Extension) -> None:
    ext.csr("one", 0x800, state="word")


def registers_like_state(ext: Extension) -> None:
    ext.state("w", 1)
    ext.register_file("w", count=1, bits=8)


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (
            lambda ext: ext.encoding("bar rd, rs1, rs2", 12),
            "Xext: the pattern of an instruction must be text, not 12",
        ),
        (
            lambda ext: ext.encoding("bar rd, rs1, rs2", BITS, xlen=16),
            "xlen of Xext 'bar rd, rs1, rs2' must be 32 or 64, or nothing for both, not 16",
        ),
        (
            lambda ext: ext.csr("c", 0x800, xlen=128),
            "xlen of CSR 'c' of Xext must be 32 or 64, or nothing for both, not 128",
        ),
        (operand_of_an_instruction, "the name of state 'rs1' is taken, as are "),
        (state_of_an_operand, "instruction 'bar': 'rs1' is an operand, and a state of Xext; a"),
        (csr_twice, "CSR 'two' at 0x800: there is 'one' at 0x800 already"),
        (csr_without_state, "CSR 'one' is a window into the state 'word', which is not declared"),
        (registers_like_state, "'w' is a state already; choose another name"),
        (
            lambda ext: ext.state("s", 1 << 40),
            "state 's' cannot have 1099511627776 words; valid is 1 to ",
        ),
        (lambda ext: ext.state("s", "4"), "state 's' cannot have '4' words; valid is 1 to "),
        (lambda ext: ext.state("a b", 1), "a state of Xext must be a name that Python can have"),
        (lambda ext: ext.csr("c", "0x800"), "CSR 'c': address, lsb and bits are whole numbers, no"),
        (lambda ext: ext.csr("", 0x800), "a CSR of Xext must be a name such as fcsr, not ''"),
        (lambda ext: ext.register_file("p", count="4", bits=8), "register file 'p': count and bi"),
        (lambda ext: Extension(7, version="1"), "the name must be letters and digits that begin"),
        (lambda ext: Extension("X[a]", version="1"), "the name must be letters and digits that"),
        (lambda ext: Extension("Xa", version=1), "the version of Xa must be a line, such as 0.1"),
        (lambda ext: Extension("Xa", version="1", doc=None), "the doc of Xa must be a text, not N"),
        (lambda ext: Extension("Xa", version="1", requires="D"), "requires of Xa must be names of"),
        (lambda ext: Extension("Xa", version="1", conflicts=3), "conflicts of Xa must be names of"),
    ],
)
def test_parts_that_cannot_be_are_refused(
    ext: Extension, declare: Callable[[Extension], object], sentence: str
) -> None:
    with pytest.raises(DeclarationError) as error:
        declare(ext)
    assert sentence.replace("Xext", ext.name) in str(error.value)


def test_what_was_set_by_hand_is_found(ext: Extension) -> None:
    ext.csrs = {1: 2}  # type: ignore[dict-item]
    with pytest.raises(DeclarationError, match="csrs is filled by declarations; do not set it"):
        ext.check()


def test_formats_of_an_extension_are_checked() -> None:
    made = Extension("Xfmt", version="0.1")
    with pytest.raises(DeclarationError, match="a format of Xfmt"):
        made.format("Log8", None)
    with pytest.raises(DeclarationError, match="something with bits, encode, decode, not 3"):
        made.format("log8", 3)
