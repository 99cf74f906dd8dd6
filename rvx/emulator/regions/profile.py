"""Which loops of a program were hot, remembered from one process to the next.

A program that has run before starts with its regions: what is stored is their outline, and their
machine code is found by content as always. A profile that does not fit any more is not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from rvx import disk
from rvx.emulator.memory import GuestMemory
from rvx.emulator.regions.flow import blocks_from
from rvx.emulator.regions.select import Region
from rvx.isa import Isa
from rvx.isa.bits import Address


@cache
def _rules() -> str:
    """Changes with what chooses and translates regions: a profile is what they made once."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _path(isa: Isa, memory: GuestMemory, suffix: str = "") -> Path:
    digest = hashlib.sha256()
    for address, code in memory.loaded_code():
        digest.update(f"{address} {code.size} ".encode())
        digest.update(code.data)
    names = [f"{name} {extension.version}" for name, extension in isa.extensions.items()]
    digest.update(f"{_rules()} {isa.xlen} {memory.executable_begin} {names}".encode())
    return disk.directory() / "profiles" / f"{digest.hexdigest()[:32]}{suffix}.json"


def store(isa: Isa, memory: GuestMemory, regions: Iterable[Region]) -> None:
    """Remembers the regions of a program; says nothing if the disk does not take them."""
    outlines = [
        {
            "blocks": [[start, len(block.steps)] for start, block in region.blocks.items()],
            "entries": list(region.entries),
            "weight": region.weight,
            "settings": [list(setting) for setting in region.settings.items()],
        }
        for region in regions
    ]
    disk.store(_path(isa, memory), json.dumps({"regions": outlines}).encode())


def recall(isa: Isa, memory: GuestMemory) -> list[Region]:
    """The regions that a program had when it ran before, none if it is not known."""
    try:
        stored = json.loads(_path(isa, memory).read_text())
        outlines = [
            (
                [(int(start), int(length)) for start, length in outline["blocks"]],
                tuple(int(entry) for entry in outline["entries"]),
                int(outline["weight"]),
                {int(entry): int(vtype) for entry, vtype in outline["settings"]},
            )
            for outline in stored["regions"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    regions: list[Region] = []
    for outline, entries, weight, settings in outlines:
        blocks = blocks_from(isa, memory, outline)
        if blocks and entries and all(entry in blocks for entry in entries):
            regions.append(Region(blocks, entries, weight, settings))
    return regions


def store_repeats(isa: Isa, memory: GuestMemory, repeats: Iterable[tuple[Address, bool]]) -> None:
    """Remembers which repetitions were compiled, each for one state of streams."""
    data = json.dumps({"repeats": sorted(repeats)}).encode()
    disk.store(_path(isa, memory, "-repeats"), data)


def recall_repeats(isa: Isa, memory: GuestMemory) -> set[tuple[Address, bool]]:
    """What `store_repeats` remembered of a program, nothing if it is not known."""
    try:
        stored = json.loads(_path(isa, memory, "-repeats").read_text())
        return {(int(pc), bool(is_streaming)) for pc, is_streaming in stored["repeats"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
