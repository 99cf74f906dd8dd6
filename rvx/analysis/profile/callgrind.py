"""The format of Callgrind, which KCachegrind and callgrind_annotate read (its manual, part 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rvx.analysis.profile.profile import Costs, Profile, ProfiledFunction, Spot
from rvx.emulator.calls import Call

_EVENTS = "Ir Lb Sb Bc Bt Mac Flop"


def to_callgrind(profile: Profile) -> Iterator[str]:
    """The lines of the file, costs by instruction and source line.

    Ir are instructions, Lb and Sb bytes loaded and stored, Bc conditional branches and Bt those
    that were taken, Mac multiply-accumulates, Flop floating-point operations. Calls have Ir alone.
    Of functions that are active already, calls cost nothing: so the costs of all calls of a
    function add up to its inclusive cost, recursive or not.
    """
    yield "# callgrind format"
    yield "version: 1"
    yield "creator: rvx"
    yield f"cmd: {profile.name}"
    yield "positions: instr line"
    yield "event: Lb : Bytes loaded"
    yield "event: Sb : Bytes stored"
    yield "event: Bt : Branches taken"
    yield "event: Mac : Multiply-accumulates"
    yield "event: Flop : Floating-point operations"
    yield f"events: {_EVENTS}"
    yield f"summary: {_costs(profile.total)}"
    calls: dict[int, list[Call]] = defaultdict(list)
    for call in profile.tree.calls:
        calls[call.site].append(call)
    homes = {function.number: _file(function.spots[0]) for function in profile.functions}
    yield ""
    yield f"ob={profile.name}"
    for function in sorted(profile.functions, key=lambda one: one.begin):
        yield from _function(function, calls, homes, profile)


def _function(
    function: ProfiledFunction,
    calls: dict[int, list[Call]],
    homes: dict[int, str],
    profile: Profile,
) -> Iterator[str]:
    yield ""
    yield f"fl={homes[function.number]}"
    yield f"fn={function.name}"
    file = homes[function.number]
    for spot in function.spots:
        if _file(spot) != file:
            file = _file(spot)
            yield f"{'fe' if file == homes[function.number] else 'fi'}={file}"
        line = spot.place.line if spot.place else 0
        yield f"{spot.address:#x} {line} {_costs(spot.costs)}"
        for call in calls.get(spot.address, ()):
            if call.callee in homes:
                yield f"cfi={homes[call.callee]}"
                yield f"cfn={profile.tree.functions[call.callee].name}"
                yield f"calls={call.calls} {call.target:#x} 0"
                yield f"{spot.address:#x} {line} {call.cost}"


def _file(spot: Spot) -> str:
    return spot.place.file if spot.place else "???"


def _costs(costs: Costs) -> str:
    events = (costs.loaded, costs.stored, costs.branches, costs.taken, costs.macs, costs.flops)
    return " ".join(map(str, (costs.instructions, *events)))
