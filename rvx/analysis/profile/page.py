"""A profile as one HTML page that needs nothing else: no scripts, no files, no network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from rvx.analysis.html import head
from rvx.analysis.profile.listing import MOST_ROWS, WORK, work
from rvx.analysis.profile.profile import Profile, ProfiledFunction, Sources

_LEAST_SHARE = 0.002
"""Frames narrower than this part of the graph are left out."""
_MOST_DEPTH = 60
_HUES = 12

_STYLE = """
.flame { border: 1px solid var(--line); border-radius: 4px; padding: 2px; overflow: hidden; }
.flame .row { display: flex; width: 100%; min-width: 0; }
.flame .frame { min-width: 0; overflow: hidden; }
.flame .name { display: block; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  font-size: .75rem; line-height: 1.25rem; height: 1.25rem; padding: 0 .25rem; margin: 1px;
  border-radius: 2px; color: #222; }
"""


def to_html(profile: Profile) -> Iterator[str]:
    """The lines of the page."""
    name = escape(profile.name)
    yield from head(f"{profile.name}: profile", _STYLE)
    yield f"<h1>{name}</h1>"
    told = dict(zip(WORK, work(profile.total), strict=True))
    yield (
        f"<p>{profile.total.instructions:,} instructions, {told['loaded']} bytes loaded, "
        f"{told['stored']} bytes stored, {told['MACs']} multiply-accumulates, {told['FLOPs']} "
        f"floating-point operations, {told['branches']} conditional branches, {told['taken']} of "
        "them taken. All is counted, nothing sampled.</p>"
    )
    if profile.total.untold:
        yield (
            f"<p>{profile.total.untold:,} executed instructions access memory without saying how "
            "much; the bytes of those are not in the sums, which have a + then.</p>"
        )
    if not profile.tree.is_complete:
        yield "<p>There were more chains of callers than there is room for.</p>"
    yield "<h2>Who called whom</h2>"
    yield '<div class="flame">'
    yield from _flame(profile)
    yield "</div>"
    yield "<h2>Functions</h2>"
    yield from _table(
        (
            "function",
            "own",
            "share",
            "inclusive",
            "share",
            "calls",
        ),
        (
            (
                f'<a href="#f{one.number}">{escape(one.name)}</a>',
                f"{one.costs.instructions:,}",
                profile.share(one.costs.instructions),
                f"{one.inclusive:,}",
                profile.share(one.inclusive),
                f"{one.calls:,}",
            )
            for one in profile.functions
        ),
        bars=(2, 4),
    )
    yield "<h2>What functions do themselves</h2>"
    yield from _table(
        ("function", *WORK),
        (
            (f'<a href="#f{one.number}">{escape(one.name)}</a>', *work(one.costs))
            for one in profile.functions
        ),
    )
    sources = Sources()
    if profile.loops:
        yield "<h2>Hot loops</h2>"
        yield from _table(
            ("loop", "share", "instructions", "turns", "source"),
            (
                (
                    f"{escape(one.function)} <code>{one.begin:#x}</code>",
                    profile.share(one.instructions),
                    f"{one.instructions:,}",
                    f"{one.turns:,}",
                    escape(_short(str(one.place))) if one.place else "",
                )
                for one in profile.loops[:MOST_ROWS]
            ),
            bars=(1,),
            lefts=(4,),
        )
    if profile.lines:
        yield "<h2>Source lines</h2>"
        yield from _table(
            ("line", "share", "instructions", "source"),
            (
                (
                    escape(_short(str(line))),
                    profile.share(costs.instructions),
                    f"{costs.instructions:,}",
                    f"<code>{escape(sources.text(line).strip())}</code>",
                )
                for line, costs in list(profile.lines.items())[:MOST_ROWS]
            ),
            bars=(1,),
            lefts=(3,),
        )
    yield '<div class="columns">'
    for header, counts in (
        ("class", profile.by_kind),
        ("extension", profile.by_extension),
        ("mnemonic", profile.by_mnemonic),
    ):
        yield f"<div><h2>By {header}</h2>"
        yield from _counts(profile, header, counts)
        yield "</div>"
    yield "</div><h2>Code</h2>"
    for rank, function in enumerate(profile.functions):
        yield from _code(profile, function, sources, is_open=rank == 0)
    yield "</body></html>"


def _short(place: str) -> str:
    """The last part of a path, which is enough to know a file by."""
    return place.rsplit("/", 1)[-1]


def _counts(profile: Profile, header: str, counts: Mapping[str, int]) -> Iterator[str]:
    rows = ((escape(key), f"{count:,}", profile.share(count)) for key, count in counts.items())
    yield from _table((header, "executed", "share"), rows, bars=(2,))


def _table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    bars: Sequence[int] = (),
    lefts: Sequence[int] = (),
) -> Iterator[str]:
    def side(column: int) -> str:
        return ' class="l"' if column == 0 or column in lefts else ""

    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f"<th{side(i)}>{text}</th>" for i, text in enumerate(header))
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (
            f'<td class="bar" style="--share:{text}">{text}</td>'
            if column in bars
            else f"<td{side(column)}>{text}</td>"
            for column, text in enumerate(row)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _flame(profile: Profile) -> Iterator[str]:
    """Chains of callers from above; each frame is as wide as what was executed in and below it."""
    frames = profile.tree.frames
    below: dict[int, list[int]] = defaultdict(list)
    for number, frame in enumerate(frames[1:], 1):
        below[frame.parent].append(number)
    least = max(profile.total.instructions * _LEAST_SHARE, 1)

    def shown(number: int) -> list[int]:
        found = [child for child in below[number] if frames[child].total >= least]
        return sorted(found, key=lambda child: -frames[child].total)

    # Depth first without recursion: an element is closed when all within it are done.
    work: list[tuple[int, int, bool]] = [(child, 1, False) for child in reversed(shown(0))]
    yield '<div class="row">'
    while work:
        number, depth, is_done = work.pop()
        if is_done:
            yield "</div></div>"
            continue
        frame = frames[number]
        within = profile.total.instructions if frame.parent == 0 else frames[frame.parent].total
        name = escape(profile.tree.functions[frame.function].name)
        said = f"{name}: {frame.total:,} ({profile.share(frame.total)}), own {frame.own:,}"
        hue = 20 + 4 * (frame.function * 7 % _HUES)
        yield (
            f'<div class="frame" style="flex:0 0 {100 * frame.total / max(within, 1):.3f}%">'
            f'<span class="name" style="background:hsl({hue} 80% 70%)" title="{said}">{name}</span>'
            '<div class="row">'
        )
        work.append((number, depth, True))
        if depth < _MOST_DEPTH:
            work += [(child, depth + 1, False) for child in reversed(shown(number))]
    yield "</div>"


def _code(
    profile: Profile, function: ProfiledFunction, sources: Sources, *, is_open: bool
) -> Iterator[str]:
    own = function.costs.instructions
    yield f'<details id="f{function.number}"{" open" if is_open else ""}>'
    yield f"<summary><b>{escape(function.name)}</b>: {own:,} ({profile.share(own)})</summary>"
    yield '<div class="wide"><table class="code"><tbody>'
    before = None
    most = max(spot.costs.instructions for spot in function.spots)
    for spot in function.spots:
        place = spot.place
        if place is not None and (place.file, place.line) != before:
            before = (place.file, place.line)
            text = f"{_short(str(place))}  {sources.text(place).strip()}"
            yield f'<tr class="source"><td></td><td></td><td class="l">{escape(text)}</td></tr>'
        count = spot.costs.instructions
        yield (
            f'<tr><td class="bar" style="--share:{100 * count / most:.1f}%">{count:,}</td>'
            f'<td>{spot.address:x}</td><td class="l">{escape(spot.text)}</td></tr>'
        )
    yield "</tbody></table></div></details>"
