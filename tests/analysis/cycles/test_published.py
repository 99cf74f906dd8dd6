"""Published figures; that their page is not stale is checked with the other generated pages."""

import re
from xml.etree import ElementTree

from rvx.analysis.cycles import published
from rvx.resources import cores


def test_every_figure_has_a_source_and_every_program_a_figure() -> None:
    figures, sources = published.read()
    assert {figure.source for figure in figures} == set(sources)
    assert {figure.program for figure in figures} == {
        path.name for path in cores("published").glob("*.s")
    }
    described = {(x.program, tuple(x.defines.items())) for x in figures}
    assert len(described) == len(figures)


def test_estimates_are_near_what_was_measured() -> None:
    table = published.compared()
    assert len(table.lines) >= 20
    assert table.rank_correlation >= 0.95
    assert table.median_error <= 0.15


def test_the_page_shows_every_figure_and_every_miss() -> None:
    table = published.compared()
    text = published.page(table, "notice")
    rows = [line for line in text.splitlines() if re.search(r"[+-]\d+\.\d% \|", line)]
    assert len(rows) == len(table.lines)
    misses = [line for line in table.lines if abs(line.error) > published.MISS]
    assert sum(row.endswith("| miss |") for row in rows) == len(misses)
    tree = ElementTree.fromstring(published.picture(table))
    titles = tree.findall(".//{http://www.w3.org/2000/svg}title")
    assert len(titles) == len(table.lines)


def test_programs_execute_what_the_published_counts_say() -> None:
    """Instructions of the floating-point subsystem: `fpss_issues` of the published tables."""
    figures, _ = published.read()
    wanted = {
        ("relu.s", "COUNT", 16): 21,
        ("sum.s", "COUNT", 16): 19,
        ("saxpy.s", "FREP", 3): 71,
        ("matmul_steps.s", "K", 200): 1013,
        ("plain.s", "COUNT", 128): 387,
    }
    found = {}
    for figure in figures:
        for name, value in figure.defines.items():
            key = (figure.program, name, value)
            if key in wanted and figure.defines.get("STEP", 5) == 5:
                occupied = published.estimated(figure).occupied
                found[key] = occupied["fpu"] + occupied["fp_lsu"] + occupied["fp_csr"]
    assert found == wanted
