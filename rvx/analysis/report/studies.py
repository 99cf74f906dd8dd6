"""Documents of several commands as one kind of thing: a table, and what can be drawn of it."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rvx.analysis.array_forms import NO_KERNEL
from rvx.analysis.colours import family
from rvx.errors import RvxError
from rvx.records import dataclass, field
from rvx.userfiles import UserFileError, read_text

Document = Mapping[str, Any]
JOURNAL = "rows.jsonl"
_OF_JOURNAL = ("identity", "code")


class ReportProblem(RvxError, ValueError):
    """A file that no report can be made of."""


@dataclass(frozen=True)
class Column:
    """A column of a study's table.

    Attributes:
        name: for readers.
        values: a text or a number for each row; None where there is none.
        role: what the page may use it for: `series` names what was run, `axis` is what was asked,
            `error` and `cost` are what came out; nothing else is drawn.
        larger_is_better: of errors.
    """

    name: str
    values: Sequence[Any]
    role: str = ""
    larger_is_better: bool = False

    @property
    def varies(self) -> bool:
        """Whether there are two different values."""
        return len({json.dumps(value) for value in self.values}) > 1


@dataclass(frozen=True)
class Study:
    """What a document has found.

    Attributes:
        kind: such as `comparison`, `sweep` or `profile`.
        title: what was studied.
        summary: sentences, the most important first.
        columns: of its table.
        mixes: instructions by class, by name of what ran, for each multiply-accumulate or in all.
        mix_unit: what the mixes are in.
        spreads: by name, the `distribution` of `rvx.compare/1`.
        curves: of what learns: by measure and name, its mean over the seeds after each epoch.
        again: command that makes the document anew; empty where it is not known.
        seeds: of its random numbers, in words; empty where the table or the command has them.
        versions: of what made it.
        profile: the document itself, where it is a profile.
    """

    kind: str
    title: str
    summary: Sequence[str]
    columns: Sequence[Column] = ()
    mixes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    mix_unit: str = ""
    spreads: Mapping[str, Document] = field(default_factory=dict)
    curves: Mapping[str, Mapping[str, Sequence[float | None]]] = field(default_factory=dict)
    again: str = ""
    seeds: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    profile: Document | None = None

    def column(self, role: str) -> Column | None:
        """The first column with a role."""
        return next((one for one in self.columns if one.role == role), None)


def read(path: Path) -> Study:
    """The study of a document (`-` is stdin), or of the folder of a sweep.

    Raises:
        ReportProblem: it is none that a report can be made of.
        OSError: it cannot be read.
    """
    document = _journal(path) if path.is_dir() else _document(path)
    schema = document.get("schema")
    if not isinstance(schema, str) or schema not in _MAKERS:
        raise ReportProblem(
            f"{path} has the schema {schema!r}; a report is made of {', '.join(_MAKERS)}"
        )
    try:
        return _MAKERS[schema](document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ReportProblem(
            f"{path} is no whole document of {schema}: {type(error).__name__} {error}"
        ) from None


def _document(path: Path) -> Document:
    try:
        text = sys.stdin.read() if str(path) == "-" else read_text(path)
        found = json.loads(text)
    except UserFileError as error:
        raise ReportProblem(str(error)) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReportProblem(f"{path} is no JSON document: {error}") from None
    if not isinstance(found, dict):
        raise ReportProblem(f"{path} is no JSON document of rvx: it has no fields")
    return found


def _journal(folder: Path) -> Document:
    """The rows of a sweep as its folder has them; a line without its end is not yet written."""
    path = folder / JOURNAL
    if not path.is_file():
        raise ReportProblem(f"{folder} has no {JOURNAL}: it is not the folder of a sweep")
    rows = {}
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        if not line.endswith(b"\n"):
            break
        try:
            row = json.loads(line)
            rows[row["identity"]] = {k: v for k, v in row.items() if k not in _OF_JOURNAL}
        except (ValueError, KeyError, TypeError):
            raise ReportProblem(f"line {number} of {path} is no row of a sweep") from None
    return {"schema": "rvx.sweep/1", "folder": str(folder), "rows": list(rows.values())}


def _seeds(count: int) -> str:
    """Which a study of so many seeds has."""
    return "seed 0" if count == 1 else f"seeds 0 to {count - 1}"


def _column(name: str, rows: Sequence[Document], key: str, role: str = "", **more: Any) -> Column:
    return Column(name, [row.get(key) for row in rows], role, **more)


_DIGITS = {"larger_is_better": True}


def _results(rows: Sequence[Document], *names: tuple[str, str, str]) -> list[Column]:
    """Columns of results; those that no row has are left out."""
    found = []
    for key, name, role in names:
        better = _DIGITS if key in ("digits", "sqnr_db") else {}
        column = _column(name, rows, key, role, **better)
        if any(value is not None for value in column.values):
            found.append(column)
    return found


_ERRORS = (
    ("digits", "correct digits", "error"),
    ("sqnr_db", "SQNR dB", "error"),
    ("mse", "MSE", "error"),
    ("median_ulp", "median ulp", "error"),
    ("p99_ulp", "99 % ulp", "error"),
    ("max_ulp", "max ulp", "error"),
)
"""What a row of a comparison and one of a sweep tell of their errors: key, heading, role."""


def _compare(document: Document) -> Study:
    rows = [
        {
            **row,
            "name": f"{row['variant']} VLEN {row['vlen']}" if row["vlen"] else row["variant"],
            "digits": row["errors"]["total"]["digits"],
            "max_ulp": row["errors"]["total"]["max_ulp"],
            "inputs_mse": row["errors"]["inputs"]["mse"],
            "arithmetic_mse": row["errors"]["arithmetic"]["mse"],
            "emulation": _emulation(row, f"{row['mismatches']} differ"),
            **_quantiles(row.get("distribution")),
        }
        for row in document["rows"]
    ]
    sizes = " ".join(f"{name}={value}" for name, value in document["parameters"].items())
    low, high = document["range"]
    unit = document.get("unit", "MAC")
    seed, kernel, drawn = document["seed"], document["kernel"], document["distribution"]
    failures = document["failures"]
    summary = [*_verdict(rows, len(failures)), *_best(rows, unit)]
    summary += [f"{one['variant']} could not be run: {one['message']}" for one in failures]
    options = [f"-p {name}={value}" for name, value in document["parameters"].items()]
    vlens = list(dict.fromkeys(str(row["vlen"]) for row in rows if row["vlen"]))
    options += [f"-p VLEN={','.join(vlens)}"] if vlens else []
    options += [f"--variant {name}" for name in dict.fromkeys(row["variant"] for row in rows)]
    again = (
        f"rvx compare {shlex.quote(kernel)} {' '.join(options)} --range={low:g}:{high:g} "
        f"--distribution {shlex.quote(drawn)} --seed {seed}"
    )
    columns = [
        _column("variant", rows, "name", "series"),
        *_results(rows, ("form", "form", ""), ("vlen", "VLEN", "axis")),
        *_results(
            rows,
            ("instructions_per_mac", f"instructions per {unit}", "cost"),
            ("instructions", "instructions", ""),
            ("custom_instructions", "custom", ""),
            *_ERRORS,
            ("bias_ulp", "bias ulp", ""),
            ("inputs_mse", "inputs MSE", ""),
            ("arithmetic_mse", "arithmetic MSE", ""),
        ),
        _column("emulation", rows, "emulation"),
    ]
    return Study(
        kind="comparison",
        title=f"{kernel} {sizes}, {drawn} in [{low:g}, {high:g}], seed {seed}",
        summary=summary,
        columns=columns,
        mixes={
            row["name"]: {kind: n / row["macs"] for kind, n in row["by_kind"].items()}
            for row in rows
            if row["by_kind"]
        },
        mix_unit=f"instructions per {unit}",
        spreads={row["name"]: row["distribution"] for row in rows if row.get("distribution")},
        again=document.get("command", again),
        seeds=f"seed {seed}",
        versions=document["versions"],
    )


def _emulation(row: Document, otherwise: str) -> str:
    """What a row says of its bits."""
    if row["bit_exact"] is None:
        return NO_KERNEL
    return "exact" if row["bit_exact"] else otherwise


def _quantiles(spread: Document | None) -> dict[str, Any]:
    if not spread:
        return {}
    shares = spread["quantiles"]
    return {
        "median_ulp": shares["0.5"],
        "p99_ulp": shares["0.99"],
        "bias_ulp": spread["bias_ulp"],
    }


def _verdict(rows: Sequence[Document], failed: int) -> list[str]:
    forms = [row for row in rows if row["bit_exact"] is None]
    wrong = [row for row in rows if row["bit_exact"] is False]
    count = len(rows) - len(forms)
    ran = f"{count:,} run" + ("s" if count != 1 else "")
    said = f"{ran}, all bit exact." if count and not wrong else f"{ran}."
    if wrong:
        said += f" {len(wrong):,} differ from the order-exact reference."
    if forms:
        said += f" {len(forms):,} in array form, without a kernel."
    return [said + (f" {failed:,} failed." if failed else "")]


def _best(rows: Sequence[Document], unit: str = "MAC") -> list[str]:
    """What is cheapest, what is most accurate."""
    told = []
    cheap = [row for row in rows if row["instructions_per_mac"] is not None]
    if cheap:
        best = min(cheap, key=lambda row: row["instructions_per_mac"])
        told.append(
            f"Fewest instructions: {best['name']}, {best['instructions_per_mac']:.3g} a MAC."
        )
    precise = [row for row in rows if row["digits"] is not None]
    if precise:
        best = max(precise, key=lambda row: row["digits"])
        told.append(f"Most accurate: {best['name']}, {best['digits']:.1f} correct digits.")
    return told


_SWEEP_ASKED = ("kernel", "variant", "vlen", "distribution", "low", "high", "seed")
_SWEEP_RESULTS = (
    ("instructions_per_mac", "instructions per MAC", "cost"),
    ("instructions", "instructions", "cost"),
    ("custom_instructions", "custom", ""),
    *_ERRORS,
    ("max_abs_error", "max abs error", "error"),
    ("bias_ulp", "bias ulp", ""),
)
_SWEEP_OTHERS = (
    *("macs", "inputs_mse", "arithmetic_mse", "results", "mismatches", "bit_exact"),
    *("inputs_out_of_range", "seconds", "error", "sizes"),
)


def _sweep(document: Document) -> Study:
    rows = []
    for row in document["rows"]:
        flat = {**row, **row.get("sizes", {}), "name": row["variant"]}
        flat["emulation"] = row["error"] or _emulation(row, "differs")
        rows.append(flat)
    if not rows:
        raise ValueError("it has no rows")
    known = {key for key, _, _ in _SWEEP_RESULTS} | {*_SWEEP_ASKED, *_SWEEP_OTHERS}
    sizes = [key for key in rows[0] if key not in known | {"name", "emulation"}]
    ran = [row for row in rows if row["error"] is None]
    kernels = list(dict.fromkeys(row["kernel"] for row in rows))
    asked = [
        _column("kernel", rows, "kernel", "axis"),
        *(_column(size, rows, size, "axis") for size in sizes),
        _column("VLEN", rows, "vlen", "axis"),
        _column("distribution", rows, "distribution", "axis"),
        *([] if all(row["low"] == -row["high"] for row in rows) else [_column("low", rows, "low")]),
        _column("range", rows, "high", "axis"),
        _column("seed", rows, "seed"),
    ]
    asked = [column for column in asked if column.varies]
    columns = [
        _column("variant", rows, "name", "series"),
        *asked,
        *_results(rows, *_SWEEP_RESULTS),
        _column("emulation", rows, "emulation"),
    ]
    seeds = len({row["seed"] for row in rows})
    first = f"# the first row; others likewise\n{_one_row(rows[0], sizes)}"
    return Study(
        kind="sweep",
        title=f"{', '.join(kernels)}: {len(rows):,} cells",
        summary=[
            *_verdict(ran, len(rows) - len(ran)),
            f"Over {', '.join(column.name for column in asked) or 'variants'}; "
            f"{seeds} seed{'s' if seeds != 1 else ''}.",
            *_best(ran),
        ],
        columns=columns,
        again=document.get("command", first),
        versions=document.get("versions", {}),
    )


def _one_row(row: Document, sizes: Sequence[str]) -> str:
    options = [f"-p {name}={row[name]}" for name in sizes if row[name] is not None]
    options += [f"-p VLEN={row['vlen']}"] if row["vlen"] else []
    return (
        f"rvx compare {shlex.quote(row['kernel'])} {' '.join(options)} --variant {row['variant']} "
        f"--range={row['low']:g}:{row['high']:g} --distribution {row['distribution']} "
        f"--seed {row['seed']}"
    )


def _dot(document: Document) -> Study:
    rows = document["rows"]
    best = min(rows, key=lambda row: row["rms_ulp"] if row["rms_ulp"] is not None else 1e300)
    return Study(
        kind="dot study",
        title=f"accumulators of dot products, {len(rows):,} settings",
        summary=[
            f"Least error: {best['accumulator']}, {best['rms_ulp']:.3g} ulp rms on "
            f"{best['data']} data of length {best['length']}."
        ],
        columns=[
            _column("accumulator", rows, "accumulator", "series"),
            _column("data", rows, "data", "axis"),
            _column("length", rows, "length", "axis"),
            *_dot_errors(rows),
        ],
        again=document.get("command", ""),
        seeds=_seeds(document["seeds"]),
        versions=document.get("versions", {}),
    )


def _guards(document: Document) -> Study:
    rows = [
        {**row, "name": f"{row['format']}, {row['products']} products, added {row['added']}"}
        for row in document["points"]
    ]
    return Study(
        kind="dot study",
        title="bulk normalisation: products of a group, guard bits, rounding of the sum",
        summary=[f"{len(rows):,} settings, {document['seeds']} seeds each."],
        columns=[
            _column("setting", rows, "name", "series"),
            _column("guard bits", rows, "guard", "axis"),
            _column("data", rows, "data", "axis"),
            *_dot_errors(rows),
        ],
        again=document.get("command", ""),
        seeds=_seeds(document["seeds"]),
        versions=document.get("versions", {}),
    )


def _dot_errors(rows: Sequence[Document]) -> list[Column]:
    return _results(
        rows,
        ("rms_ulp", "rms ulp", "error"),
        ("rms_ulp_half_width", "± 95 %", ""),
        ("mean_ulp", "mean ulp", "error"),
        ("max_ulp", "max ulp", "error"),
        ("not_finite", "not finite", ""),
        ("decreases", "decreases", ""),
    )


def _profile(document: Document) -> Study:
    total = document["instructions"]
    functions = document["functions"]
    first = functions[0] if functions else None
    summary = [f"{total:,} instructions, {document['macs']:,} multiply-accumulates, all counted."]
    if first:
        share = first["instructions"] / max(total, 1)
        summary.append(f"{first['name']} has {share:.1%} of them.")
    columns = [
        _column("function", functions, "name", "series"),
        *_results(
            functions,
            ("instructions", "own instructions", "cost"),
            ("inclusive", "inclusive", ""),
            ("calls", "calls", ""),
            ("bytes_loaded", "bytes loaded", ""),
            ("bytes_stored", "bytes stored", ""),
            ("macs", "MACs", ""),
            ("macs_per_byte", "MACs a byte", ""),
        ),
    ]
    return Study(
        kind="profile",
        title=f"profile of {document['program']}",
        summary=summary,
        columns=columns,
        mixes={document["program"]: document["by_kind"]},
        mix_unit="instructions",
        again=f"rvx run {shlex.quote(document['program'])} --profile profile.json",
        versions=document["versions"],
        profile=document,
    )


def _search(document: Document) -> Study:
    """What was tried: every parameter that varies is an axis."""
    trials = document["trials"]
    if not trials:
        raise ValueError("it has no trials")
    # What is the same for all need not be said of each.
    varying = [k for k in trials[0]["choice"] if len({trial["choice"][k] for trial in trials}) > 1]
    rows = [
        {
            **row,
            **row["choice"],
            "name": " ".join(f"{k}={row['choice'][k]}" for k in varying or row["choice"]),
        }
        for row in trials
    ]
    named = "variant" if "variant" in trials[0]["choice"] else "name"
    low, high = document["range"]
    best = [row for row in rows if row["is_best"]]
    failed = [row for row in rows if row["error"] is None]
    summary = [f"{len(rows):,} of {document['choices']:,} choices were tried."]
    if best:
        ends = (min(best, key=lambda row: row[key]) for key in ("cost", "error"))
        told = "; ".join(
            f"{row[named]} has an {document['error']} of {row['error']:.3g} at {row['cost']:,.6g} "
            f"{document['cost']}"
            for row in ends
        )
        summary.append(f"{len(best):,} are beaten by no other one, from cheap to accurate: {told}.")
    summary += [f"{row['name']} gave nothing: {row['message']}" for row in failed[:5]]
    axes = [_column(name, rows, name, "axis") for name in varying if name != named]
    seeds = f"{document['seeds']} seed" + ("s" if document["seeds"] != 1 else "")
    return Study(
        kind="search",
        title=f"search in {document['space']}, {document['distribution']} in "
        f"[{low:g}, {high:g}], {seeds}",
        summary=summary,
        columns=[
            _column("variant" if named == "variant" else "choice", rows, named, "series"),
            *axes,
            *_results(
                rows, ("cost", document["cost"], "cost"), ("error", document["error"], "error")
            ),
            Column("unbeaten", ["yes" if row["is_best"] else "" for row in rows]),
        ],
        again=document.get("command", ""),
        seeds=f"{_seeds(document['seeds'])} of the inputs",
        versions=document["versions"],
    )


def _language(document: Document) -> Study:
    rows = document["schemes"]
    true, *others = rows
    shown = others or rows
    summary = _verdict([{**row, "bit_exact": row["mismatches"] == 0} for row in others], failed=0)
    measured = [row for row in others if row["perplexity"] is not None]
    if measured and true["perplexity"] is not None:
        best = min(measured, key=lambda row: row["perplexity"])
        summary.append(
            f"Perplexity {true['perplexity']:.4g} in float64; the least of the others is "
            f"{best['perplexity']:.4g}, of {best['scheme']}."
        )
    return Study(
        kind="language model",
        title=f"a language model of {document['parameters']:,} weights, "
        f"{document['foretold']:,} tokens foretold",
        summary=summary,
        columns=[
            _column("scheme", shown, "scheme", "series"),
            *_results(
                shown,
                ("instructions_per_token", "instructions a token", "cost"),
                ("bytes_per_token", "bytes a token", ""),
                ("perplexity", "perplexity", "error"),
                ("divergence", "divergence, nats", "error"),
                ("error", "error, nats", "error"),
            ),
            _column("says", shown, "text"),
        ],
        again=document.get("command", ""),
        versions=document["versions"],
    )


def _mean_curve(runs: Sequence[Sequence[Document]], measure: str) -> list[float | None]:
    """The mean of runs after each epoch; None where one has no number."""
    return [
        None
        if any(epoch[measure] is None for epoch in epochs)
        else sum(epoch[measure] for epoch in epochs) / len(epochs)
        for epochs in zip(*runs, strict=True)
    ]


def _training(document: Document) -> Study:
    rows = [
        {
            **row,
            "wrong": None if row["accuracy"] is None else 1 - row["accuracy"],
            "bit_exact": None if row["instructions_per_step"] is None else not row["mismatches"],
        }
        for row in document["schemes"]
    ]
    measures = dict.fromkeys(
        name for row in rows for run in row["curves"] for epoch in run for name in epoch
    )
    return Study(
        kind="training",
        title=f"training on {document['task']}: {document['epochs']} epochs, "
        f"{document['seeds']} seed" + ("s" if document["seeds"] != 1 else ""),
        summary=_verdict(rows, failed=0),
        curves={
            name: {row["scheme"]: _mean_curve(row["curves"], name) for row in rows}
            for name in measures
        },
        columns=[
            _column("scheme", rows, "scheme", "series"),
            *_results(
                rows,
                ("instructions_per_step", "instructions a step", "cost"),
                ("bytes_per_step", "bytes a step", ""),
                ("perplexity", "perplexity", "error"),
                ("wrong", "told wrongly", "error"),
                ("half_width", "± 95 %", ""),
                ("gap", "against the first", ""),
                ("loss", "loss", "error"),
                ("skipped", "skipped steps", ""),
            ),
        ],
        again=document.get("command", ""),
        seeds=_seeds(document["seeds"]),
        versions=document["versions"],
    )


_MAKERS: Mapping[str, Callable[[Document], Study]] = {
    "rvx.compare/1": _compare,
    "rvx.sweep/1": _sweep,
    "rvx.dot/1": _dot,
    "rvx.dot.study/1": _guards,
    "rvx.profile/1": _profile,
    "rvx.search/1": _search,
    "rvx.lm/1": _language,
    "rvx.train/1": _training,
}


def families(names: Iterable[Any]) -> dict[str, str]:
    """The kind of number system of each name."""
    return {name: family(name) for name in dict.fromkeys(names) if isinstance(name, str)}
