"""A profile as a JSON document."""

from __future__ import annotations

from typing import Any

from rvx.analysis.profile.profile import Costs, Profile, Spot
from rvx.disassembler.lines import SourceLine

SCHEMA = "rvx.profile/1"


def to_json(profile: Profile) -> dict[str, Any]:
    """The document of the schema rvx.profile/1, without versions."""
    names = [one.name for one in profile.tree.functions]
    return {
        "schema": SCHEMA,
        "program": profile.name,
        **_costs(profile.total),
        "by_mnemonic": dict(profile.by_mnemonic),
        "by_kind": dict(profile.by_kind),
        "by_extension": dict(profile.by_extension),
        "functions": [
            {
                "name": one.name,
                "address": one.begin,
                **_costs(one.costs),
                "inclusive": one.inclusive,
                "calls": one.calls,
                "code": [_spot(spot) for spot in one.spots],
            }
            for one in profile.functions
        ],
        "lines": [{**_place(line), **_costs(costs)} for line, costs in profile.lines.items()],
        "loops": [
            {
                "begin": one.begin,
                "end": one.end,
                "function": one.function,
                "turns": one.turns,
                "instructions": one.instructions,
                **_place(one.place),
            }
            for one in profile.loops
        ],
        "calls": [
            {
                "site": one.site,
                "target": one.target,
                "caller": names[one.caller] if one.site else None,
                "callee": names[one.callee],
                "calls": one.calls,
                "inclusive": one.cost,
                "is_jump": one.is_jump,
            }
            for one in profile.tree.calls
        ],
        "is_complete": profile.tree.is_complete,
    }


def _costs(costs: Costs) -> dict[str, int | float | None]:
    return {
        "instructions": costs.instructions,
        "bytes_loaded": costs.loaded,
        "bytes_stored": costs.stored,
        "untold_accesses": costs.untold,
        "branches": costs.branches,
        "branches_taken": costs.taken,
        "macs": costs.macs,
        "flops": costs.flops,
        "vector_elements": costs.elements,
        "macs_per_byte": costs.per_byte(costs.macs),
        "flops_per_byte": costs.per_byte(costs.flops),
    }


def _place(place: SourceLine | None) -> dict[str, Any]:
    if place is None:
        return {"file": None, "line": None}
    return {"file": place.file, "line": place.line}


def _spot(spot: Spot) -> dict[str, Any]:
    return {
        "address": spot.address,
        "word": spot.word,
        "text": spot.text,
        "executed": spot.costs.instructions,
        **_place(spot.place),
    }
