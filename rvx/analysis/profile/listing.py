"""A profile as text: tables, and source beside code beside counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rvx.analysis.profile.profile import Costs, Profile, ProfiledFunction, Sources

MOST_ROWS = 20
"""Rows of a table of lines or loops."""


SHORT = 0.02
"""Of all instructions, how many a function has of its own that a short report goes into."""


def to_text(profile: Profile, least: float = 0) -> Iterator[str]:
    """The lines of the report: functions, loops, source lines, classes, then executed code.

    Args:
        profile: what is reported.
        least: the share of all instructions from which on a function is shown.
    """
    yield f"{profile.name}: {profile.total.instructions:,} instructions, counted exactly"
    if not profile.tree.is_complete:
        yield "(more chains of callers than there is room for: the deepest hang from the root)"
    yield ""
    shown = [
        one
        for one in profile.functions
        if one.costs.instructions >= least * profile.total.instructions
    ]
    yield from functions_table(profile, shown)
    yield from work_table(shown)
    sources = Sources()
    loops = [
        (
            f"{one.begin:#x}-{one.end:#x}",
            one.function,
            f"{one.turns:,}",
            f"{one.instructions:,}",
            profile.share(one.instructions),
            "" if one.place is None else str(one.place),
        )
        for one in profile.loops[:MOST_ROWS]
    ]
    yield from _table("loop  function  turns  instructions  share  source", loops, "llrrrl")
    lines = [
        (
            str(line),
            f"{costs.instructions:,}",
            profile.share(costs.instructions),
            sources.text(line).strip(),
        )
        for line, costs in list(profile.lines.items())[:MOST_ROWS]
    ]
    yield from _table("line  instructions  share  source", lines, "lrrl")
    for name, counts in (
        ("class", profile.by_kind),
        ("extension", profile.by_extension),
        ("mnemonic", profile.by_mnemonic),
    ):
        rows = [(key, f"{count:,}", profile.share(count)) for key, count in counts.items()]
        yield from _table(f"{name}  instructions  share", rows, "lrr")
    for function in shown:
        yield from _function(profile, function, sources)
    if len(shown) < len(profile.functions):
        left = len(profile.functions) - len(shown)
        yield f"({left} functions with less than {least:.0%} are left out; a file has all)"


def functions_table(profile: Profile, functions: Iterable[ProfiledFunction]) -> Iterator[str]:
    """The lines of the table of functions and their calls."""
    rows = [
        (
            one.name,
            f"{one.costs.instructions:,}",
            profile.share(one.costs.instructions),
            f"{one.inclusive:,}",
            profile.share(one.inclusive),
            f"{one.calls:,}",
        )
        for one in functions
    ]
    yield from _table("function  own  share  inclusive  share  calls", rows, "lrrrrr")


def work_table(functions: Iterable[ProfiledFunction]) -> Iterator[str]:
    """The lines of the table of what functions do themselves."""
    rows = [(one.name, *work(one.costs)) for one in functions]
    yield from _table("  ".join(("function", *WORK)), rows, "l" + "r" * len(WORK))


WORK = (
    "branches",
    "taken",
    "loaded",
    "stored",
    "elements",
    "MACs",
    "MACs/byte",
    "FLOPs",
    "FLOPs/byte",
)
"""The columns that `work` fills."""


def work(costs: Costs) -> tuple[str, ...]:
    """Branches, bytes, elements of vectors and operations, and those a byte.

    Bytes have a plus where some instructions do not tell.
    """
    more = "+" if costs.untold else ""

    def ratio(operations: int) -> str:
        found = costs.per_byte(operations)
        return "-" if found is None or not operations else f"{found:.3g}"

    return (
        f"{costs.branches:,}",
        f"{costs.taken:,}",
        f"{costs.loaded:,}{more}",
        f"{costs.stored:,}{more}",
        f"{costs.elements:,}",
        f"{costs.macs:,}",
        ratio(costs.macs),
        f"{costs.flops:,}",
        ratio(costs.flops),
    )


def _table(header: str, rows: Iterable[Sequence[str]], sides: str) -> Iterator[str]:
    cells = [header.split("  "), *rows]
    if len(cells) == 1:
        return
    widths = [max(len(row[column]) for row in cells) for column in range(len(sides))]
    for row in cells:
        texts = (
            text.ljust(width) if side == "l" else text.rjust(width)
            for text, width, side in zip(row, widths, sides, strict=True)
        )
        yield "  ".join(texts).rstrip()
    yield ""


def _function(profile: Profile, function: ProfiledFunction, sources: Sources) -> Iterator[str]:
    own = function.costs.instructions
    yield f"{function.name}: {own:,} instructions of its own, {profile.share(own)}"
    width = len(f"{profile.total.instructions:,}")
    before = None
    for spot in function.spots:
        place = spot.place
        if place is not None and (place.file, place.line) != before:
            before = (place.file, place.line)
            yield f"{'':{width + 9}}{place}  {sources.text(place).strip()}".rstrip()
        count = spot.costs.instructions
        digits = f"{spot.word:0{4 if spot.word & 3 != 3 else 8}x}"
        yield (
            f"{count:>{width},} {profile.share(count):>6}  "
            f"{spot.address:>8x}:  {digits:<8}  {spot.text}"
        )
    yield ""
