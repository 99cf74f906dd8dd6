"""What a body cannot be made of is refused when its extension is loaded, with place and advice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from rvx.bodies import BodyProblem
from rvx.extensions import isa_for
from rvx.isa import Extension

DECLARED = '@X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")\n'
TABLE = "TABLE = np.zeros(4, np.int64)\n"


@pytest.mark.parametrize(
    ("before", "body", "sentence"),
    [
        (
            "",
            "def op(rs1):\n    if rs1 > 8:\n        return rs1",
            "some path ends without a result",
        ),
        ("", "def op(rs1):\n    pass", "some path ends without a result"),
        ("", "def op(rs1):\n    return rs1, 1", "it returns a tuple of 2; a result is an integer"),
        ("", "def op(rs1):\n    return rs1 / 2", r"it returns a float; .*int\(\.\.\.\) cuts off"),
        ("", "def op(rs1):\n    return 'one'", "text cannot be part of a body"),
        ("", "def op(rs1):\n    return [rs1]", r"a list; .*np\.zeros\(COUNT, np\.int64\)"),
        ("", "def op(rs1):\n    return {rs1: 1}", "a dictionary; a NumPy array of the module"),
        ("", "def op(rs1):\n    return None", "some path ends without a result"),
        (
            "",
            "def op(rs1):\n    return (rs1 & 0xFFFFFFFFFFFFFFFF) >> 4",
            "0xffffffffffffffff does not fit: .* write -0x1; .*shift_right_logical",
        ),
        ("", "def op(rs1):\n    return rs1 & ((1 << 64) - 1)", "0x10000000000000000 does not fit"),
        ("MASK = 2**64 - 1\n", "def op(rs1):\n    return rs1 & MASK", "does not fit"),
        ("", "def op(rs1):\n    return np.uint64(rs1)", "'np.uint64' cannot be called.*signed"),
        ("", "def op(rs1):\n    return np.int32(rs1)", r"write rvx\.isa\.bits\.sext32"),
        (
            TABLE,
            "def op(rs1):\n    TABLE[0] = rs1\n    return 0",
            r"'TABLE' belongs to the module, whose tables are read-only; .*Extension\.state",
        ),
        (
            TABLE + "def put(a, v):\n    a[0] = v\n",
            "def op(rs1):\n    put(TABLE, rs1)\n    return 0",
            "calls 'put': 'a' belongs to the module",
        ),
        (TABLE, "def op(rs1):\n    return TABLE[4]", "there is no element 4 of 4"),
        (TABLE, "def op(rs1):\n    return TABLE[1:]", "a slice; index with a number"),
        (
            "",
            "def op(rs1):\n    a = np.zeros(rs1, np.int64)\n    return a[0]",
            "a number that is known beforehand, from 1 to 4096",
        ),
        ("", "def op(rs1):\n    a = np.empty(4)\n    return 0", "words of its own are 64-bit"),
        (
            "",
            "def op(rs1):\n    if rs1:\n        x = 1\n    return x",
            "'x' may have no value here; give it one before, on every path",
        ),
        (
            "",
            "def op(rs1):\n    x = 1\n    x = x / 2\n    return 1",
            "'x' is an integer elsewhere and a float here; give the two different names",
        ),
        (
            "def f(x):\n    return f(x - 1) if x else 0\n",
            "def op(rs1):\n    return f(rs1)",
            "calls 'f': the function calls itself; write a loop",
        ),
        ("N = 0\n", "def op(rs1):\n    global N\n    return N", r"'global': what lasts is a state"),
        (
            "",
            "def op(rs1):\n    try:\n        return 1\n    except ValueError:\n        return 2",
            "'try'",
        ),
        (
            "",
            "def op(rs1):\n    return sum((rs1, 1))",
            "'sum' cannot be called by a body: write a loop",
        ),
        ("", "def op(rs1):\n    return undefined(rs1)", "'undefined' is not defined"),
        ("", "def op(rs1):\n    return rs1.real", "numbers and arrays have no attributes"),
        ("", "def op(rs1):\n    return (lambda x: x)(rs1)", "is no function"),
        ("", "def op(rs1, rs2):\n    return rs1 is rs2", "numbers are compared with == and !="),
        ("", "def op(rs1, *more):\n    return rs1", "its parameters one by one"),
        ("T = {1: 2}\n", "def op(rs1):\n    return T[rs1]", "'T' is no array"),
    ],
)
def test_refused_with_a_sentence(
    declare: Callable[[str], Extension], before: str, body: str, sentence: str
) -> None:
    extension = declare(before + DECLARED + body + "\n")
    with pytest.raises(BodyProblem) as told:
        isa_for("rv64i", [extension])
    assert re.match(r".*mine\d+\.py:\d+: the body of 'op'", str(told.value))
    assert re.search(sentence, str(told.value)), str(told.value)


def test_a_body_without_rd_returns_nothing(declare: Callable[[str], Extension]) -> None:
    extension = declare(
        '@X.instruction("op rs1", "0000000 00000 rs1 000 00000 1011011")\n'
        "def op(rs1):\n    return rs1\n"
    )
    with pytest.raises(BodyProblem, match="it returns something, but the instruction has no rd"):
        isa_for("rv64i", [extension])


def test_a_table_is_read_only_where_it_is(declare: Callable[[str], Extension]) -> None:
    extension = declare(TABLE + DECLARED + "def op(rs1):\n    return TABLE[rs1 & 3]\n")
    isa_for("rv64i", [extension])
    body: Any = extension.instructions["op"].body
    with pytest.raises(ValueError, match="read-only"):
        body.__globals__["TABLE"][0] = 1
