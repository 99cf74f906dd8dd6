"""One page of three claims: the figures are those of the studies that it names."""

import pytest

from rvx.cli.declare import End
from rvx.cli.paper_spectrum import spectrum
from rvx.paper.exsdotp import study as exsdotp
from rvx.paper.percival import study as percival
from rvx.paper.spectrum import study


@pytest.fixture(scope="module")
def figures():
    told = []
    found = study.run(told.append, size=16, images=16)
    assert len(told) == study.STEPS
    return found


def test_three_claims_with_figures(figures):
    assert len({figure.claim for figure in figures}) == 3
    assert study.is_exact(figures)
    assert not study.is_exact([study.Figure("", "", 1.0, None, "", False)])


def test_posits_are_those_of_the_study(figures):
    ((_, _, row),) = percival.run([1.0], [16], 1).rows()
    by_name = {figure.what: figure for figure in figures}
    figure = by_name["MSE of f32 / MSE of posit32_quire, 16x16"]
    assert figure.measured == row["f32"].mse / row["posit32_quire"].mse
    assert figure.measured > 100
    assert figure.published is None  # of 256 rows only


def test_published_ratios_are_those_of_the_papers(figures):
    by_name = {figure.what: figure for figure in figures}
    speed = by_name["MACs per instruction, FP8 ExSdotp / FP16 ExSdotp"]
    assert speed.published == 1.96
    assert speed.measured == pytest.approx(1.96, abs=0.1)
    error = by_name["median error of ExFMA / ExSdotp, FP8 to FP16, 2000 products"]
    cells = {cell.unit: cell for cell in exsdotp.run([2000], 100) if cell.pair.name == "f8"}
    assert error.measured == cells["exfma"].quartiles[1] / cells["exsdotp"].quartiles[1]
    assert error.published == pytest.approx(1.2e-2 / 3.9e-3)


def test_vector_scales_lie_between_eight_and_four_bits(figures):
    errors = {
        figure.what.rsplit(" ", 1)[-1]: figure.measured
        for figure in figures
        if figure.what.startswith("relative error of the logits")
    }
    assert errors["int8"] < errors["vsq-4/4/4/4"] < errors["int4"]


def test_a_result_that_differs_ends_with_1(monkeypatch, capsys):
    wrong = study.Figure("claim", "figure", 2.0, None, "rvx", False)
    monkeypatch.setattr(study, "run", lambda *arguments: [wrong])
    with pytest.raises(End) as ended:
        spectrum()
    assert ended.value.exit_code == 1
    said = capsys.readouterr()
    assert "error: the emulation differs" in said.err
    assert said.out.split()[-4:] == ["figure", "2", "-", "rvx"]
