"""How many bytes an instruction loads and stores, by what its body calls."""

from __future__ import annotations

from typing import Any

from rvx.isa import Instruction, memory

_KINDS = ("load", "store", "atomic")
_BYTES = {
    memory.load_u8: (1, 0),
    memory.load_s8: (1, 0),
    memory.load_u16: (2, 0),
    memory.load_s16: (2, 0),
    memory.load_u32: (4, 0),
    memory.load_s32: (4, 0),
    memory.load_64: (8, 0),
    memory.store_8: (0, 1),
    memory.store_16: (0, 2),
    memory.store_32: (0, 4),
    memory.store_64: (0, 8),
}


def traffic_of(made: Instruction) -> tuple[int, int] | None:
    """Bytes that one execution loads and stores; None where the body does not tell.

    It tells where each function of `rvx.isa.memory` is called once, as in loads, stores and atomic
    accesses. What has a loop over memory does not; vector loads and stores are counted by element.
    """
    if "mem" not in made.requests:
        return (0, 0)
    if made.kind not in _KINDS or made.body is None:
        return None
    found = {function for function in _reached(made.body) if function in _BYTES}
    if not found:
        return None
    loads, stores = (sum(_BYTES[function][side] for function in found) for side in (0, 1))
    return (loads, stores) if len(found) <= 2 and (loads in (0, stores) or not stores) else None


def _reached(body: Any) -> list[Any]:
    """Functions that a plain function refers to: through closures, and names of its module."""
    code = body.__code__
    cells = [cell.cell_contents for cell in body.__closure__ or ()]
    names = [body.__globals__.get(name) for name in code.co_names]
    named = [getattr(memory, name) for name in code.co_names if hasattr(memory, name)]
    return [one for one in (*cells, *names, *named) if callable(one) and _is_hashable(one)]


def _is_hashable(one: Any) -> bool:
    return type(one).__hash__ is not None
