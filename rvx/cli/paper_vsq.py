"""`rvx paper vsq`: what four bits cost with a scale per vector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli.declare import End, Option
from rvx.cli.options import BackendName, Json, parse_tier
from rvx.cli.output import UsageProblem, print_json, print_table, progress_bar, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from rvx.emulator import Backend
    from rvx.paper.vsq.digits import Digits
    from rvx.paper.vsq.network import Network
    from rvx.paper.vsq.scheme import Scheme
    from rvx.paper.vsq.study import Outcome, Report

NETWORKS = ("mlp", "cnn")


def vsq(
    network: Annotated[
        list[str] | None,
        Option("--network", metavar="mlp|cnn", help="Only this network. Repeatable."),
    ] = None,
    scheme: Annotated[
        list[str] | None,
        Option("--scheme", metavar="NAME", help="Only this scheme. Repeatable."),
    ] = None,
    images: Annotated[
        int, Option("--images", min=1, max=540, help="How many of the test images.")
    ] = 540,
    sqnr: Annotated[
        bool, Option("--sqnr/--no-sqnr", help="Also study SQNR over vector size and scales.")
    ] = True,
    train: Annotated[
        Path | None,
        Option(
            "--train", metavar="FOLDER", help="Train the networks, write FOLDER/NAME.npz, and stop."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw the study (.svg, .png, .pdf)."),
    ] = None,
    markdown: Annotated[bool, Option("--markdown", help="Print Markdown tables.")] = False,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Run quantised networks on handwritten digits, with every layer on the emulator.

    Post-training quantisation, largest values as ranges. The logit error is relative to the
    network in float64; instructions are those of one image. Every result of every kernel is
    compared with a reference of the same order of operations; if one differs, the exit code is 1.
    """
    from rvx.analysis import plots as pictures
    from rvx.paper.vsq import digits, plots, table
    from rvx.paper.vsq import network as networks
    from rvx.paper.vsq import scheme as schemes

    chosen = network or list(NETWORKS)
    for name in chosen:
        if name not in NETWORKS:
            raise UsageProblem(f"--network {name}: there are {' and '.join(NETWORKS)}")
    wanted = [schemes.find(name) for name in scheme or schemes.SCHEMES]
    if plot is not None:
        pictures.check(plot)
    data = digits.load()
    if train is not None:
        _train(chosen, data, train)
        return
    loaded = [networks.load(name) for name in chosen]
    report = _study(loaded, wanted, data, images, sqnr, parse_tier(backend, "3")[0])
    if plot is not None:
        plots.draw(report, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json(report.to_json())
    elif markdown:
        print("\n".join(table.to_markdown(grid) for grid in table.grids(report)), end="")
    else:
        for grid in table.grids(report):
            print_table(table.to_rich(grid))
    if not report.is_exact:
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)


def _train(names: Sequence[str], data: Digits, folder: Path) -> None:
    from rvx.paper.vsq.study import accuracy
    from rvx.paper.vsq.train import train

    folder.mkdir(parents=True, exist_ok=True)
    for name, advance in _with_bar(names):
        made = train(name, data, advance)
        path = made.save(folder)
        right = accuracy(made.results(made.images(data.test))[-1], data.test_labels)
        say(f"wrote {path}: {100 * right:.2f} % of {len(data.test)} test images")


def _study(
    loaded: Sequence[Network],
    wanted: Sequence[Scheme],
    data: Digits,
    images: int,
    has_sqnr: bool,
    backend: Backend,
) -> Report:
    from rvx.paper.vsq.sqnr import network_tensors, study
    from rvx.paper.vsq.study import Report, accuracy, evaluate

    outcomes: dict[str, list[Outcome]] = {network.name: [] for network in loaded}
    by_title = {f"{n.name} {s.name}": (n, s) for n in loaded for s in wanted}
    titles = [*by_title, "SQNR"] if has_sqnr else list(by_title)
    surfaces = None
    for title, advance in _with_bar(titles):
        if title in by_title:
            network, one = by_title[title]
            outcome = evaluate(one, network, data, images=images, progress=advance, backend=backend)
            outcomes[network.name].append(outcome)
        else:
            tensors = {k: v for n in loaded for k, v in network_tensors(n, data.test).items()}
            surfaces = study(tensors, advance)
    labels = data.test_labels[:images]
    right = {n.name: accuracy(n.results(n.images(data.test[:images]))[-1], labels) for n in loaded}
    return Report({n.name: n for n in loaded}, right, outcomes, surfaces)


def _with_bar(titles: Sequence[str]) -> Iterator[tuple[str, Callable[[float], None]]]:
    """Each title with a function to be told the part that is done; a bar if somebody watches."""
    with progress_bar(len(titles)) as show:
        for i, title in enumerate(titles):
            show(title, i)

            def advance(part: float, title: str = title, done: int = i) -> None:
                show(title, done + part)

            yield title, advance
