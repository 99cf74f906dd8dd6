"""Trees of IDL, and what is said of text that is none."""

from __future__ import annotations

import pytest

from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Choice,
    Concatenation,
    Element,
    For,
    IdlError,
    If,
    Name,
    Number,
    Replication,
    Slice,
    Unary,
    parse,
)


def value(text: str) -> object:
    (made,) = parse(f"a = {text};")
    assert isinstance(made, Assignment)
    return made.value


A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a | b ^ c & a", Binary("|", A, Binary("^", B, Binary("&", C, A)))),
        ("a << b + c", Binary("<<", A, Binary("+", B, C))),
        ("a == b && a < c", Binary("&&", Binary("==", A, B), Binary("<", A, C))),
        ("a ? b : a ? b : c", Choice(A, B, Choice(A, B, C))),
        ("~a[3:0]", Unary("~", Slice(A, Number(3), Number(0)))),
        ("X[a][b]", Element(Element(Name("X"), A), B)),
        ("{a, 2'b01}", Concatenation((A, Number(1, 2)))),
        ("{4{a}}", Replication(Number(4), A)),
        ("f<8>(a)", Call("f", (Number(8),), (A,))),
        ("f<(a > b)>(c)", Call("f", (Binary(">", A, B),), (C,))),
        ("a < b", Binary("<", A, B)),
        ("a `+ b `<< 3", Binary("`<<", Binary("`+", A, B), Number(3))),
    ],
)
def test_operators_bind_as_in_c(text: str, tree: object) -> None:
    assert value(text) == tree


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8'hff", Number(255, 8)),
        ("8'13", Number(13, 8)),
        ("'13", Number(13, 0)),
        ("MXLEN'b1", Number(1, 0)),
        ("'s0", Number(0, 0, True)),
        ("8'sd13", Number(13, 8, True)),
        ("0b1_01", Number(5)),
        ("015", Number(13)),
        ("0x8000_0000", Number(0x80000000)),
        ("13s", Number(13, None, True)),
    ],
)
def test_literals(text: str, number: Number) -> None:
    assert value(text) == number


def test_statements() -> None:
    text = """
    if (a) { b = 1; } else if (c) { b = 2; } else { b = 3; }   # a comment
    for (U32 i = 0; i < 8; i++) { b = b + i; }
    f(a) if c;
    """
    first, loop, last = parse(text)
    assert isinstance(first, If)
    assert isinstance(first.otherwise[0], If)
    assert isinstance(loop, For)
    assert loop.step == Assignment(Name("i"), Binary("+", Name("i"), Number(1)))
    assert isinstance(last, If)
    assert last.test == C


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1", "line 1 of its operation: the end is where ';' should be"),
        ("a = 1;\nb = (2;", "line 2 of its operation: ';' stands where ')' should be"),
        ("a @ b;", "line 1 of its operation: '@' is no part of the language"),
        ("a = 4'hff;", "line 1 of its operation: '4'hff' does not fit its 4 bits"),
        ("a = 0b2;", "line 1 of its operation: 'b2' stands where ';' should be"),
        ("XReg a[4];", "'[' stands where no array, which rvx does not read, should be"),
        ("XReg a = ;", "line 1 of its operation: ';' stands where a value should be"),
        ("a;", "line 1 of its operation: ';' stands where '=' or a call should be"),
        ("for (i = 0; i < 4; i++) {}", "';' stands where a loop with a variable of its own"),
        ("a = " + "(" * 500, "too much stands within each other"),
        ("a = " + "~" * 500 + "b;", "too much stands within each other"),
        ("if (a) {" * 100, "too much stands within each other"),
    ],
)
def test_what_is_no_idl_is_said(text: str, sentence: str) -> None:
    with pytest.raises(IdlError) as raised:
        parse(text)
    assert sentence in str(raised.value)
