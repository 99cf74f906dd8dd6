"""From LLVM text to machine code, kept on disk by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rvx import jit
from rvx.emulator.regions.bodies import BodyFunction


class CompiledRegion:
    """Machine code of a region; it lives as long as this object."""

    def __init__(self, code: jit.Loaded) -> None:
        self._code = code
        self.address = code.addresses["region"]


def compile_region(text: str, bodies: Iterable[BodyFunction]) -> CompiledRegion:
    """Compiles the text of a region with the bodies that it calls, or loads it from disk."""
    ordered = sorted({body.name: body for body in bodies}.values(), key=lambda body: body.name)
    digest = hashlib.sha256(jit.content_key(extra=text).encode())
    for body in ordered:
        digest.update(body.name.encode())

    def parts() -> list[str]:
        # A body's function becomes private once it is linked: it has to be visible until then.
        shown = [body.text.replace("define internal", "define", 1) for body in ordered]
        return [text, *shown]

    return CompiledRegion(jit.from_llvm(digest.hexdigest()[:32], "regions", parts, ["region"]))
