"""Checked indices do not keep the loops of a body from the host's vector unit."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from rvx.emulator.regions.bodies import body_function
from rvx.extensions import isa_for
from rvx.isa import Extension

LOOPS = {
    "a number that is known": "for i in range(64):\n        big[i] += T[i] * rs1",
    "a number that is bounded": "for i in range(rs2 & 1023):\n        big[i] ^= rs1 + i",
    "any number": "for i in range(rs2):\n        big[i] += i * rs1",
    "from any number": "for i in range(rs1, rs2):\n        big[i] += i",
}


@pytest.mark.parametrize("loop", list(LOOPS))
def test_loops_are_vectorised(declare: Callable[[str], Extension], loop: str) -> None:
    extension = declare(
        "X.state('big', 1024)\nT = np.arange(64, dtype=np.int16)\n"
        '@X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")\n'
        f"def op(rs1, rs2, big):\n    {LOOPS[loop]}\n    return 0\n"
    )
    isa = isa_for("rv64i", [extension])
    text = body_function(isa.instructions["op"], isa).text
    assert re.search(r"<\d+ x i64>", text)
