"""Reports as a reader uses them: in a headless Chromium."""

import json
import re

import pytest

from rvx.analysis.compare import compare, draw
from rvx.analysis.kernel import load
from rvx.analysis.report import ReportProblem, read, to_html
from rvx.analysis.sweep import Grid, sweep
from tests.browser import browser


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """A comparison and a sweep, as files."""
    folder = tmp_path_factory.mktemp("documents")
    gemm = load("gemm")
    inputs = draw(gemm, {"M": 4, "N": 4, "K": 16})
    found = compare(gemm, inputs, ["f64", "f32", "posit32_quire", "int8", "f16_exsdotp"])
    (folder / "compare.json").write_text(json.dumps(found.to_json()))
    grid = Grid(["gemm"], ["f32", "int8"], {"M=N": [4], "K": [8, 16, 32]}, seeds=[0, 1])
    sweep(grid, folder / "rows", workers=1)
    return folder


def write(studies, path):
    path.write_text("".join(f"{line}\n" for line in to_html(studies)), "utf-8")
    return path


@pytest.fixture(scope="module")
def report(documents):
    return write([read(documents / "compare.json"), read(documents / "rows")], documents / "r.html")


def texts(page, selector):
    return page.run(f"[...document.querySelectorAll({selector!r})].map((e) => e.textContent)")


def test_the_page_opens_without_a_word_from_the_console(page, report):
    page.open(report)
    assert page.run("document.documentElement.dataset.ready") == "true"
    assert page.problems == []  # nor does it ask for anything
    assert texts(page, "#study0 figcaption") == [
        "Accuracy over instructions",
        "Mix: instructions per MAC by class",
        "Errors of single results",
    ]
    assert texts(page, "#study1 figcaption") == [
        "Accuracy over instructions",
        "Over what was asked",
    ]
    assert page.run("document.querySelectorAll('#study0 [data-name]').length") > 15


def test_tables_sort_by_their_numbers(page, report):
    page.open(report)
    click = (
        "[...document.querySelectorAll('#study0 th button')]"
        ".find((b) => b.textContent == 'instructions').click()"
    )
    cells = (
        "[...document.querySelectorAll('#study0 tbody tr')]"
        ".map((r) => +r.children[3].textContent.replaceAll(',', ''))"
    )
    page.run(click)
    found = page.run(cells)
    assert found == sorted(found)
    assert len(found) == 5
    page.run(click)
    assert page.run(cells) == sorted(found, reverse=True)
    assert page.run("document.querySelector('#study0 th[aria-sort]').textContent") == "instructions"


@pytest.mark.parametrize(
    ("typed", "rows"),
    [("", 12), ("int8", 6), ("K = 8", 4), ("int8, K > 8", 4), ("seed = 1", 6), ("K <= 16, f3", 4)],
)
def test_tables_filter(page, report, typed, rows):
    page.open(report)
    page.run(
        f"(() => {{ const field = document.querySelector('#study1 input'); field.value = {typed!r};"
        "field.dispatchEvent(new Event('input')); })()"
    )
    assert page.run("document.querySelectorAll('#study1 tbody tr').length") == rows
    assert f"{rows} of {rows} rows" in texts(page, "#study1 .hint")


def test_a_variant_that_is_hidden_leaves_every_chart(page, report):
    page.open(report)
    drawn = "document.querySelectorAll('#study0 svg [data-name=f32]').length"
    assert page.run(drawn) > 3
    page.run(
        "[...document.querySelectorAll('#study0 .legend button')]"
        ".find((b) => b.textContent == 'f32').click()"
    )
    assert page.run(drawn) == 0
    assert page.run("document.querySelectorAll('#study0 svg [data-name=f64]').length") > 3


def test_points_say_more_under_the_pointer(page, report):
    page.open(report)
    x, y = page.run(
        "(() => { const b = document.querySelector('#study0 svg [data-name=int8] path')"
        ".getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
    )
    assert page.run("document.getElementById('tip').hidden") is True
    page.hover(x, y)
    told = page.run("document.getElementById('tip').textContent")
    assert told.startswith("int8\ninstructions per MAC: ")
    page.hover(1, 1)
    assert page.run("document.getElementById('tip').hidden") is True


def test_another_result_can_be_chosen(page, report):
    page.open(report)
    page.run(
        "(() => { const s = document.querySelector('#study1 select[aria-label=result]');"
        "s.value = [...s.options].find((o) => o.textContent == 'MSE').value;"
        "s.dispatchEvent(new Event('change')); })()"
    )
    assert page.run("document.querySelector('#study1 svg[aria-label=\"MSE over K\"]') !== null")
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_window(page, report, width, scheme):
    page.open(report, width, prefers_color_scheme=scheme)
    assert page.run("document.documentElement.scrollWidth") <= width
    colour = "getComputedStyle(document.body).backgroundColor"
    red = int(re.findall(r"\d+", page.run(colour))[0])
    assert (red > 128) == (scheme == "light")
    page.run("document.getElementById('theme').click()")
    red = int(re.findall(r"\d+", page.run(colour))[0])
    assert (red > 128) == (scheme == "dark")


MEETING = """
[...document.querySelectorAll("svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")];
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  return texts.flatMap((one, i) => texts.filter((_, j) => j > i && meet(boxes[i], boxes[j]))
    .map((other) => `${one.textContent} and ${other.textContent}`));
})
"""
"""Texts of charts that lie on each other."""


@pytest.mark.parametrize("width", [390, 1200])
def test_texts_of_charts_do_not_meet(page, report, documents, width):
    costs = {"instructions": 2_321_028.0, "bytes": 0.38}
    trials = [
        {
            "number": i,
            "choice": {"bits": i, "block": 16},
            "error": 2.0 / 4**i,
            "cost": cost * 1.1**i,
        }
        | {"message": None, "is_best": i % 2 == 0}
        for cost in costs.values()
        for i in range(12)
    ]
    made = {"schema": "rvx.search/1", "space": "vsq", "error": "mse", "distribution": "uniform"}
    made |= {"range": [-1, 1], "seeds": 1, "choices": 12, "tried": 12, "versions": {}}
    for name, some in zip(costs, (trials[:12], trials[12:]), strict=True):
        path = documents / f"{name}.json"
        path.write_text(json.dumps({**made, "cost": name, "trials": some}))
    searches = [read(documents / f"{name}.json") for name in costs]
    for path in (report, write(searches, documents / "searches.html")):
        page.open(path, width)
        assert page.run(MEETING) == []
    # There are more choices than colours, which tell then what nothing beats, and no more.
    assert page.run("document.querySelectorAll('.legend').length") == 0
    marks = (
        "[...new Set([...document.querySelectorAll('.mark')].map((e) => e.getAttribute('fill')))]"
    )
    assert len(page.run(marks)) == 2
    assert texts(page, "#study1 figcaption")[0] == "Accuracy over bytes"


A4 = {"width": 794, "height": 1123}
"""In pixels of style sheets."""


def test_paper_has_all_rows_of_a_table(page, documents):
    grid = Grid(["gemm"], ["f32"], {"M=N=K": [1]}, seeds=range(60))
    sweep(grid, documents / "many_seeds", workers=1)
    page.open(write([read(documents / "many_seeds")], documents / "seeds.html"))
    rows = "document.querySelectorAll('tbody tr').length"
    assert page.run(rows) == 50
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(rows) == 60
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.run(rows) == 50


def test_what_no_logarithm_shows_is_said(page, documents):
    """Of all points, some or none are at 0; those that are negative make the axis linear."""
    rows = [
        {"accumulator": name, "data": "normal", "length": length, "rms_ulp": rms, "mean_ulp": mean}
        for name, scale in (("a", 0.0), ("b", 1.0))
        for length, rms, mean in ((8, scale, -scale), (16, 2 * scale, scale))
    ]
    made = {"schema": "rvx.dot/1", "seeds": 1, "command": "rvx dot", "versions": {}}
    for name, some in (("both", rows), ("zeros", rows[:2])):
        (documents / f"{name}.json").write_text(json.dumps({**made, "rows": some}))
    studies = [read(documents / f"{name}.json") for name in ("both", "zeros")]
    page.open(write(studies, documents / "zeros.html"))
    assert "At 0, which no logarithm shows: a." in texts(page, "#study0 .hint")
    assert page.run("document.querySelectorAll('#study0 svg [data-name] .mark').length") == 2
    page.run(
        "(() => { const s = document.querySelector('#study0 select[aria-label=result]');"
        "s.value = [...s.options].find((o) => o.textContent == 'mean ulp').value;"
        "s.dispatchEvent(new Event('change')); })()"
    )
    assert page.run("document.querySelectorAll('#study0 svg [data-name] .mark').length") == 4
    assert page.run("document.querySelectorAll('#study1 svg [data-name] .mark').length") == 2
    assert page.problems == []


def test_it_prints(page, report):
    page.open(report)
    assert page.pdf().startswith(b"%PDF")
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        for gone in (".tools input", ".tools label", "#theme"):
            style = f"getComputedStyle(document.querySelector('{gone}')).display"
            assert page.run(style) == "none"
        # A4, and no column is cut off.
        page.call("Emulation.setDeviceMetricsOverride", **A4, deviceScaleFactor=1, mobile=False)
        assert page.run("document.documentElement.scrollWidth") <= A4["width"]
    finally:
        page.call("Emulation.setEmulatedMedia", media="")


def test_ten_thousand_cells(page, documents):
    """All of them can be found, and few of them are elements of the page."""
    one = read(documents / "rows").columns
    rows = [json.loads(x) for x in (documents / "rows" / "rows.jsonl").read_text().splitlines()]
    many = [{**rows[i % len(rows)], "seed": i} for i in range(10_000)]
    many = [{k: v for k, v in row.items() if k not in ("identity", "code")} for row in many]
    path = documents / "many.json"
    path.write_text(json.dumps({"schema": "rvx.sweep/1", "rows": many}))
    study = read(path)
    assert [column.name for column in study.columns] == [column.name for column in one]
    page.open(write([study], documents / "many.html"))
    assert page.problems == []
    assert "50 of 10,000 rows" in texts(page, ".hint")
    assert page.run("document.querySelectorAll('*').length") < 3000
    assert page.run("document.querySelectorAll('svg [data-name]').length") < 2000


def test_names_are_never_markup(page, documents):
    document = json.loads((documents / "compare.json").read_text())
    evil = "</script><img src=x onerror=\"console.error('!')\">"
    document["rows"][0]["variant"] = document["kernel"] = evil
    (documents / "evil.json").write_text(json.dumps(document))
    page.open(write([read(documents / "evil.json")], documents / "evil.html"))
    assert page.problems == []
    assert page.run("document.querySelectorAll('img').length") == 0
    assert evil in page.run("document.querySelector('h1').textContent")
    assert evil in texts(page, "tbody td")


def test_a_profile_shows_its_hot_loop(page, tmp_path, rvx_run):
    source = tmp_path / "p.s"
    source.write_text(
        "_start: li a0, 9\nagain: addi a0, a0, -1\n bnez a0, again\n li a7, 93\n ecall\n"
    )
    rvx_run("run", source, "--profile", tmp_path / "p.json")
    page.open(write([read(tmp_path / "p.json")], tmp_path / "p.html"))
    assert page.problems == []
    loop = texts(page, ".code")[0]
    assert "a0,a0,-1" in loop
    assert "9" in loop


@pytest.fixture
def rvx_run():
    from click.testing import CliRunner

    from rvx.cli.main import app

    def run(*arguments):
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        assert result.exit_code == 0, result.stderr
        return result

    return run


def test_a_page_of_dot_products(page, tmp_path, rvx_run):
    for name, more in (("rows", ["--lengths", "8,16"]), ("study", ["--study", "NVFP4"])):
        done = rvx_run("dot", *more, "--seeds", 1, "--json")
        (tmp_path / f"{name}.json").write_text(done.stdout)
    studies = [read(tmp_path / "rows.json"), read(tmp_path / "study.json")]
    page.open(write(studies, tmp_path / "dot.html"))
    assert page.problems == []
    assert page.run("document.querySelectorAll('#study1 figure svg').length") == 1


def test_a_page_of_searches_models_and_training(page, tmp_path, rvx_run):
    words = ["search", "int", "-o", tmp_path / "found", "-p", "bits=2:4", "--json"]
    (tmp_path / "search.json").write_text(rvx_run(*words).stdout)
    scheme = {
        "scheme": "float64",
        "perplexity": 3.5,
        "divergence": 0.0,
        "error": 0.0,
        "instructions_per_token": None,
        "bytes_per_token": None,
        "text": "<b>once",
        "mismatches": 0,
    }
    costs = {"instructions_per_token": 900.0, "bytes_per_token": 80.0}
    schemes = [scheme, *({**scheme, **costs, "scheme": name} for name in ("f32", "int8"))]
    lm = {"schema": "rvx.lm/1", "parameters": 9, "foretold": 8, "schemes": schemes, "versions": {}}
    lm["command"] = "rvx lm 'my model.bin' --prompt Once"
    (tmp_path / "lm.json").write_text(json.dumps(lm))
    learnt = {
        "scheme": "f32",
        "accuracy": 0.97,
        "perplexity": None,
        "half_width": 0.01,
        "gap": 0.0,
        "loss": 0.1,
        "instructions_per_step": 5000.0,
        "bytes_per_step": 600.0,
        "skipped": 0,
        "mismatches": 1,
        "curves": [
            [{"loss": 0.5, "accuracy": 0.9}, {"loss": 0.1, "accuracy": 0.96}],
            [{"loss": 0.7, "accuracy": 0.8}, {"loss": None, "accuracy": 0.98}],
        ],
    }
    train = {"schema": "rvx.train/1", "task": "digits", "seeds": 2, "epochs": 3, "versions": {}}
    (tmp_path / "train.json").write_text(json.dumps({**train, "schemes": [learnt]}))
    studies = [read(tmp_path / f"{name}.json") for name in ("search", "lm", "train")]
    page.open(write(studies, tmp_path / "page.html"))
    assert page.problems == []
    told = page.run("document.body.textContent")
    assert "3 of 3 choices were tried." in told
    assert "Perplexity 3.5 in float64; the least of the others is 3.5, of f32." in told
    assert "1 run. 1 differ from the order-exact reference." in told
    assert "<b>once" in told
    assert page.run("document.querySelectorAll('#study0 figure svg').length") > 0
    # Means of the seeds; a seed without a number has none in the mean.
    assert page.run("document.querySelectorAll('#study2 svg .mark').length") == 2
    label = "document.querySelectorAll('#study2 svg [data-name]')[1].getAttribute('aria-label')"
    assert page.run(label) == "f32\nepoch 1: 0.6"
    search, *others = texts(page, "pre")
    assert search == f"rvx search int --output {tmp_path / 'found'} --parameter bits=2:4"
    assert others == [lm["command"]]
    assert "seed 0 of the inputs; rvx 0.1" in told
    assert "seeds 0 to 1" in told


def test_a_page_of_accumulators_has_no_instructions_for_them(page, tmp_path, rvx_run):
    words = ["-p", "M=N=2", "-p", "K=8,16", "--variant", "f32", "--variant", "fma-*"]
    done = rvx_run("sweep", "gemm", *words, "-o", tmp_path / "rows", "--json")
    (tmp_path / "sweep.json").write_text(done.stdout)
    words = ["-p", "K=8", "--variant", "fma-float32", "--variant", "f32"]
    (tmp_path / "one.json").write_text(rvx_run("compare", "gemm", *words, "--json").stdout)
    studies = [read(tmp_path / "one.json"), read(tmp_path / "sweep.json")]
    page.open(write(studies, tmp_path / "page.html"))
    assert page.problems == []
    told = page.run("document.body.textContent")
    assert "1 run, all bit exact. 1 in array form, without a kernel." in told
    assert "2 runs, all bit exact. 10 in array form, without a kernel." in told
    assert len(texts(page, "#study0 tbody .bad")) == 0
    # Their errors are drawn where no instruction is needed.
    drawn = "document.querySelectorAll('#study0 svg [data-name=fma-float32]').length"
    assert page.run(drawn) == 1
    again = texts(page, "pre")[0]
    assert again == "rvx compare gemm --parameter K=8 --variant fma-float32 --variant f32"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no JSON document"),
        ("[1]", "it has no fields"),
        (
            '{"schema": "rvx.run/1"}',
            r"has the schema 'rvx.run/1'; a report is made of rvx.compare/1",
        ),
        ('{"a": 1}', "has the schema None"),
        ('{"schema": "rvx.compare/1"}', "is no whole document of rvx.compare/1: KeyError 'rows'"),
        ('{"schema": "rvx.sweep/1", "rows": []}', "ValueError it has no rows"),
        ('{"schema": "rvx.dot/1", "rows": [1]}', "is no whole document of rvx.dot/1"),
        ("[" * 100_000, "is no JSON document"),
        ("\udcff", "is not text in UTF-8: byte 0xff at offset 0"),
    ],
)
def test_documents_that_are_none(tmp_path, text, sentence):
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ReportProblem, match=sentence):
        read(path)


def test_damaged_documents_end_in_a_sentence(documents):
    """Each field in turn is something else."""
    whole = json.loads((documents / "compare.json").read_text())

    def places(value, path=()):
        yield path
        inner = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value[:1])
            if isinstance(value, list)
            else ()
        )
        for key, one in inner:
            yield from places(one, (*path, key))

    wrong = 0
    for path in [p for p in places(whole) if p and "by_mnemonic" not in p]:
        for bad in (None, "x", 7, [], {}):
            document = json.loads(json.dumps(whole))
            at = document
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = bad
            (documents / "bad.json").write_text(json.dumps(document))
            try:
                list(to_html([read(documents / "bad.json")]))
            except ReportProblem:
                wrong += 1
    assert wrong > 50


def test_a_folder_that_is_no_sweep(tmp_path):
    with pytest.raises(ReportProblem, match=r"has no rows\.jsonl: it is not the folder of a sweep"):
        read(tmp_path)
    (tmp_path / "rows.jsonl").write_text("{}\n")
    with pytest.raises(ReportProblem, match=r"line 1 of .* is no row of a sweep"):
        read(tmp_path)
