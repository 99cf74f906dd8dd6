"""Code of AVX-512 that LLVM gets wrong: three-operand logic under a mask, with one in memory.

VPTERNLOG computes any function of three words bit by bit; eight bits of it say which. Lanes that
are masked off keep the first operand, and only the third may lie in memory. So LLVM puts the
operands in that order, and the eight bits with them. Where all three change places (not two of
them), LLVM 22.1 moves the eight bits in the wrong direction. An example is

    select mask, (b & c) | (a & ~c), a        with b in memory

which `vfsgnj.vv v8, v8, v0, v0.t` was in a region: bits beside the sign changed. The mistake is
made at the end of the back end, where no option turns it off. So it is the code itself that is
looked through for what can be wrong.
"""

from __future__ import annotations

import platform
import re


def _bytes(values: list[int]) -> bytes:
    return b"[" + b"".join(re.escape(bytes([value])) for value in values) + b"]"


_MASKED_WITH_MEMORY = re.compile(
    b"\x62"  # the EVEX prefix ...
    + _bytes([x for x in range(256) if x & 0x0F == 3])  # of the map 0F 3A,
    + _bytes([x for x in range(256) if x & 0x07 == 5])  # with 66,
    + _bytes([x for x in range(256) if x & 0x07 != 0])  # under a mask,
    + b"\x25"
    + _bytes([x for x in range(256) if x < 0xC0]),  # with memory
    re.DOTALL,
)


def may_be_wrong(code: bytes) -> bool:
    """Whether machine code has an instruction of this kind, be it right or wrong.

    Other bytes can look like it, once in some hundred megabytes; that costs time and nothing else.
    """
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    return is_x86 and _MASKED_WITH_MEMORY.search(code) is not None
