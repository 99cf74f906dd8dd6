"""Programs with streams and repetitions, run in every way there is to run them."""

from __future__ import annotations

from typing import Any

from rvx.assembler import Program, assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Isa

from ..witness import Witness

MODES: dict[str, dict[str, Any]] = {
    "witness": {"tier": "trap"},
    "python": {"backend": "python"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "region": {},
}
EXTENSIONS = "rv{}gc_xsmallfloat_xssr_xfrep"


def isa(xlen: int = 64) -> Isa:
    return isa_for(EXTENSIONS.format(xlen))


def program(text: str, xlen: int = 64) -> Program:
    return assemble(f".option norvc\n.text\n{text}\n", isa(xlen))


def machine(
    source: str | Program, mode: str, xlen: int = 64, *, is_limited: bool = False
) -> Machine:
    """A machine with the program; in the region mode, repetitions are compiled at once."""
    made = Machine(
        program(source, xlen) if isinstance(source, str) else source,
        isa(xlen),
        memory=1 << 20,
        **MODES[mode],
    )
    if mode == "witness":
        Witness(made)
    if mode == "region":
        made.hart.prepare(is_limited)
        if made.hart.repeats is not None:  # None where nothing is repeated or streamed
            made.hart.repeats.is_eager = True
    return made


def configure(stream: int, bounds: list[int], strides: list[int], repeat: int = 0) -> str:
    """Instructions that configure a stream: `bounds` are counts, `strides` absolute; uses t6."""
    lines = [f"li t6, {repeat}", f"scfgwi t6, {1 << 5 | stream}"]
    relative = 0
    for loop, (count, stride) in enumerate(zip(bounds, strides, strict=True)):
        lines += [f"li t6, {count - 1}", f"scfgwi t6, {2 + loop << 5 | stream}"]
        lines += [f"li t6, {stride - relative}", f"scfgwi t6, {6 + loop << 5 | stream}"]
        relative += stride * (count - 1)
    return "\n".join(lines)


def start(register: str, stream: int, loops: int, *, writes: bool = False) -> str:
    """The instruction that starts a stream at the address in a register."""
    return f"scfgwi {register}, {(28 if writes else 24) + loops - 1 << 5 | stream}"
