"""Chains of callers with what was executed at the end of each: folded stacks, and speedscope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rvx.analysis.profile.profile import Profile


def stacks(profile: Profile) -> Iterator[tuple[tuple[int, ...], int]]:
    """Chains of callers, as numbers of functions from the outermost on, and their instructions."""
    frames = profile.tree.frames
    chains: list[tuple[int, ...]] = [()]
    for frame in frames[1:]:
        chains.append((*chains[frame.parent], frame.function))
    for frame, chain in zip(frames, chains, strict=True):
        if frame.own:
            yield chain, frame.own


def to_folded(profile: Profile) -> Iterator[str]:
    """The lines that flamegraph.pl and others read: names with semicolons between, and a number."""
    names = [one.name.replace(";", ":") for one in profile.tree.functions]
    for chain, instructions in stacks(profile):
        yield f"{';'.join(names[number] for number in chain) or '(start)'} {instructions}"


def to_speedscope(profile: Profile) -> dict[str, Any]:
    """The document that speedscope opens: a profile of samples, each weighed by instructions."""
    found = list(stacks(profile))
    return {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "name": profile.name,
        "exporter": "rvx",
        "shared": {"frames": [{"name": one.name} for one in profile.tree.functions]},
        "profiles": [
            {
                "type": "sampled",
                "name": profile.name,
                "unit": "none",
                "startValue": 0,
                "endValue": profile.total.instructions,
                "samples": [list(chain) for chain, _ in found],
                "weights": [instructions for _, instructions in found],
            }
        ],
    }
