"""Studies as one HTML page, which needs nothing else.

What a reader must know stands in the page as text: the summary, the worst results, hot loops, and
how to do it again. Tables and charts are made of the data in it by a script (`report.js`), so that
they can be sorted, filtered and looked into.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from rvx.analysis.array_forms import NO_KERNEL
from rvx.analysis.colours import BLACK, CLASSES, FAMILIES
from rvx.analysis.html import head
from rvx.analysis.report.studies import Column, ReportProblem, Study, families

_HERE = Path(__file__).parent
_LOOPS = 3
_SHOWN_OPERANDS = 64


def to_html(studies: Sequence[Study]) -> Iterator[str]:
    """The lines of the page."""
    title = studies[0].title if len(studies) == 1 else f"{len(studies)} studies"
    yield from head(f"{title}: report", (_HERE / "report.css").read_text("utf-8"))
    yield f"<header><h1>{escape(title)}</h1>"
    yield '<button id="theme" type="button">light / dark</button></header>'
    if len(studies) > 1:
        links = (f'<a href="#study{i}">{escape(s.title)}</a>' for i, s in enumerate(studies))
        yield f"<nav>{' '.join(links)}</nav>"
    for i, study in enumerate(studies):
        yield "<section>"
        if len(studies) > 1:
            yield f"<h2>{escape(study.title)}</h2>"
        try:
            yield from _section(i, study)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ReportProblem(
                f"the document about {study.title} is not whole: {type(error).__name__} {error}"
            ) from None
        yield "</section>"
    yield "<noscript><p>Tables and charts need a browser with scripts.</p></noscript>"
    yield '<div id="tip" role="tooltip" hidden></div>'
    yield f'<script type="application/json" id="data">{_data(studies)}</script>'
    yield f"<script>{(_HERE / 'report.js').read_text('utf-8')}</script></body></html>"


def _section(i: int, study: Study) -> Iterator[str]:
    yield from (f"<p>{escape(sentence)}</p>" for sentence in study.summary)
    yield f'<div id="study{i}"></div>'
    if study.profile:
        yield from _loops(study.profile)
    yield from _worst(study.spreads)
    yield from _origin(study)


def _data(studies: Sequence[Study]) -> str:
    """What the script draws; text that could end the element is spelled otherwise."""
    document = {
        "families": FAMILIES,
        "classes": list(CLASSES.items()),
        "rest": BLACK,
        "well": ["exact", NO_KERNEL],
        "studies": [
            {
                "kind": study.kind,
                "columns": [_column(column) for column in study.columns],
                "families": families(_names(study)),
                "mixes": study.mixes,
                "mix_unit": study.mix_unit,
                "curves": study.curves,
                "spreads": {name: _light(one) for name, one in study.spreads.items()},
            }
            for study in studies
        ],
    }
    text = json.dumps(_finite(document), separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _names(study: Study) -> list[Any]:
    series = study.column("series")
    return list(series.values) if series else []


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "values": column.values,
        "role": column.role,
        "larger": column.larger_is_better,
    }


def _light(spread: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in spread.items() if name != "worst"}


def _finite(value: Any) -> Any:
    """The same with null for numbers that JSON does not know."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _worst(spreads: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The result with the largest error of each variant, and what went into it."""
    found = {name: one["worst"] for name, one in spreads.items() if one.get("worst")}
    if not found:
        return
    yield "<details><summary>The worst result of each variant, with its operands</summary>"
    yield '<div class="wide"><table><thead><tr><th class="l">variant</th><th>at</th><th>result</th>'
    yield "<th>wanted</th><th>error, ulp</th></tr></thead><tbody>"
    operands: dict[str, Mapping[str, Any]] = {}
    for name, worst in found.items():
        place = ", ".join(map(str, worst["index"]))
        operands.setdefault(place, worst)
        cells = (worst["result"], worst["wanted"], worst["ulp"])
        numbers = "".join(f"<td>{_number(x)}</td>" for x in cells)
        yield f'<tr><td class="l">{escape(name)}</td><td>[{place}]</td>{numbers}</tr>'
    yield "</tbody></table></div>"
    for place, worst in operands.items():
        for side in "ab":
            box = worst.get(side)
            if box:
                yield f"<p>[{place}]: {_box(side, box)}</p>"
    yield "</details>"


def _box(side: str, box: Mapping[str, Any]) -> str:
    ends = zip(box["first"], box["last"], strict=True)
    where = ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in ends)
    values = box["values"]
    if values is None:
        return f"operand {side}[{where}]"
    shown = " ".join(_number(x) for x in values[:_SHOWN_OPERANDS])
    more = f" … {len(values)} in all" if len(values) > _SHOWN_OPERANDS else ""
    return f"operand {side}[{where}] = <code>{shown}{more}</code>"


def _number(x: float | None) -> str:
    return "–" if x is None else f"{x:.6g}"


def _loops(profile: Mapping[str, Any]) -> Iterator[str]:
    """The code of the hottest loops, with how often each instruction ran."""
    spots = {spot["address"]: spot for one in profile["functions"] for spot in one["code"]}
    total = max(profile["instructions"], 1)
    loops = sorted(profile["loops"], key=lambda loop: -loop["instructions"])[:_LOOPS]
    if loops:
        yield "<h3>Hot loops</h3>"
    for rank, loop in enumerate(loops):
        code = [spots[at] for at in sorted(spots) if loop["begin"] <= at <= loop["end"]]
        most = max((spot["executed"] for spot in code), default=1) or 1
        share = f"{loop['instructions'] / total:.1%}"
        yield f"<details{' open' if rank == 0 else ''}><summary><b>{escape(loop['function'])}</b> "
        yield f"{loop['begin']:#x}: {share} of all instructions, {loop['turns']:,} turns</summary>"
        yield '<div class="wide"><table class="code"><tbody>'
        before = None
        for spot in code:
            place = (spot["file"], spot["line"])
            if spot["file"] is not None and place != before:
                before = place
                name = str(spot["file"]).rsplit("/", 1)[-1]
                said = escape(f"{name}:{spot['line']}")
                yield f'<tr class="source"><td></td><td></td><td class="l">{said}</td></tr>'
            yield (
                f'<tr><td class="bar" style="--share:{100 * spot["executed"] / most:.1f}%">'
                f"{spot['executed']:,}</td><td>{spot['address']:x}</td>"
                f'<td class="l">{escape(spot["text"])}</td></tr>'
            )
        yield "</tbody></table></div></details>"


def _origin(study: Study) -> Iterator[str]:
    """How to get the same again."""
    yield "<h3>To reproduce it</h3>"
    if study.again:
        yield f"<pre>{escape(study.again)}</pre>"
    said = ", ".join(f"{name} {version}" for name, version in study.versions.items())
    said = "; ".join(filter(None, (study.seeds, said)))
    if said:
        yield f'<p class="hint">{escape(said)}</p>'
