"""The comparison of drafts: the table of the page is what the command prints."""

from __future__ import annotations

from pathlib import Path

from rvx.paper.drafts import study, view

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "drafts.md"


def table() -> list[str]:
    lines = PAGE.read_text().splitlines()
    first = lines.index("| " + " | ".join(view.HEADERS) + " |")
    return [line for line in lines[first : lines.index("", first)] if line.startswith("|")][2:]


def test_the_page_has_every_row() -> None:
    rows = [tuple(line.strip("| ").split(" | ")[:3]) for line in table()]
    assert rows == [
        (entry.label, entry.numbers, str(vlen or "-"))
        for entry, vlen in study.runs_of(study.ENTRIES, (256, 1024))
    ]


def test_rows_of_the_page_are_what_comes_out() -> None:
    chosen = study.runs_of(study.choose(["Zvdot4a"]), (1024,))
    (found,) = study.run(chosen, backend="python")
    assert view.to_markdown([found]).splitlines()[-1] in table()
