"""From LLVM text to machine code, kept on disk by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rvx import jit, notes
from rvx.emulator.regions.bodies import BodyFunction
from rvx.isa.bits import Address

SLOW = "not optimised, since LLVM gets an instruction of this processor wrong there"


class CompiledRegion:
    """Machine code of a region; it lives as long as this object.

    Attributes:
        address: of the function.
        is_slow: whether it is as LLVM leaves it where it does not optimise (`SLOW`).
    """

    def __init__(self, code: jit.Loaded) -> None:
        self._code = code
        self.address = code.addresses["region"]
        self.is_slow = code.is_slow


def compile_region(text: str, bodies: Iterable[BodyFunction], begin: Address) -> CompiledRegion:
    """Compiles the text of a region with the bodies that it calls, or loads it from disk.

    Args:
        text: LLVM's.
        bodies: what it calls.
        begin: where the region begins, for who is to be told that it is slow.
    """
    ordered = sorted({body.name: body for body in bodies}.values(), key=lambda body: body.name)
    digest = hashlib.sha256(jit.content_key(extra=text).encode())
    for body in ordered:
        digest.update(body.name.encode())

    def parts() -> list[str]:
        # A body's function becomes private once it is linked: it has to be visible until then.
        shown = [body.text.replace("define internal", "define", 1) for body in ordered]
        return [text, *shown]

    made = CompiledRegion(jit.from_llvm(digest.hexdigest()[:32], "regions", parts, ["region"]))
    if made.is_slow:
        notes.keep(f"the loop at {begin:#x} runs slower than others: its code is {SLOW}")
    return made
