import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from rvx.analysis.plots import (
    PlotError,
    check,
    draw_mix,
    draw_over_vlen,
    draw_pareto,
    label_offsets,
    pareto_front,
    spread,
)


@dataclass(frozen=True)
class Row:
    """As much of a row as the pictures look at."""

    name: str
    instructions_per_mac: float
    sqnr: float
    by_kind: dict = field(default_factory=lambda: {"load": 2, "custom": 1})
    macs: int = 1
    vlen: int = 0
    form: str = "plain"

    @property
    def variant(self):
        return SimpleNamespace(
            name=self.name, vlen=self.vlen, form=self.form, arithmetic=self.name.split("_")[0]
        )

    @property
    def total(self):
        return SimpleNamespace(sqnr_db=self.sqnr)

    @property
    def run(self):
        return SimpleNamespace(by_kind=self.by_kind)


ROWS = [
    Row("good", 6, 300),
    Row("cheap", 0.5, 20),
    Row("middle", 1, 45),
    Row("beaten", 2, 40),
    Row("twin", 6, 290),
]


def test_the_front_is_what_nothing_beats():
    assert [row.name for row in pareto_front(ROWS)] == ["cheap", "middle", "good"]
    assert pareto_front([]) == []


def test_labels_keep_out_of_each_others_way():
    axes = Figure().subplots()
    points = {f"variant_{i}": (0.5 + i / 1000, 0.5) for i in range(8)}
    offsets = label_offsets(axes, points)
    places = list(offsets.values())
    assert len(places) == 8
    for i, (x, y) in enumerate(places):
        for u, v in places[:i]:
            assert abs(x - u) > 30 or abs(y - v) >= 8


def test_names_at_the_ends_of_lines_keep_apart_and_in_order():
    assert spread([], 10, 0) == []
    assert spread([5, 50, 90], 10, 0) == [5, 50, 90]
    assert spread([50, 50, 50], 10, 0) == [40, 50, 60]
    # The group of the first three has moved into the fourth, which then belongs to it.
    assert spread([50, 50, 50, 62], 10, 0) == [38, 48, 58, 68]
    assert spread([1, 2, 3, 80], 10, 5) == [5, 15, 25, 80]


def test_lines_over_vlen_and_marks_of_what_has_no_vectors():
    over = [
        Row(name, 8 / vlen * factor, 50, vlen=vlen, form=form)
        for name, factor, form in (("f32", 100, "plain"), ("f32_tuned", 50, "tuned"))
        for vlen in (128, 256, 512)
    ]
    axes = Figure().subplots()
    draw_over_vlen(axes, [*ROWS[:2], *over], [128, 256, 512])
    assert {text.get_text() for text in axes.texts} == {"good", "cheap", "f32", "f32_tuned"}
    plain, tuned, scalars, _ = axes.lines
    assert plain.get_color() == tuned.get_color()
    assert plain.get_markerfacecolor() != tuned.get_markerfacecolor() == "white"
    assert list(tuned.get_xdata()) == [7, 8, 9]
    assert list(scalars.get_ydata()) == [6, 0.5]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["none", "128", "256", "512"]


def test_every_variant_is_drawn_and_named():
    left, right = Figure().subplots(1, 2)
    draw_pareto(left, ROWS)
    draw_mix(right, ROWS)
    assert {text.get_text() for text in left.texts} == {row.name for row in ROWS}
    assert [t.get_text() for t in right.get_yticklabels()] == [row.name for row in ROWS]
    assert [t.get_text() for t in right.get_legend().get_texts()] == ["custom", "load"]


def test_exact_results_have_no_place_on_a_scale_of_decibels():
    axes = Figure().subplots()
    draw_pareto(axes, [*ROWS, Row("exact", 1, float("inf"))])
    assert "exact" not in {text.get_text() for text in axes.texts}


def test_a_missing_library_is_said_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlotError, match="not installed: pip install matplotlib"):
        check(tmp_path / "a.svg")


def test_names_that_are_no_pictures():
    with pytest.raises(PlotError, match=r"'a\.jpeg' is not the name of a picture; it"):
        check(Path("a.jpeg"))
