"""What retires in `rvx run`: lines of a trace, and an estimate of cycles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rvx.cli.output import print_table, say
from rvx.cli.trace import Lines, Wanted

if TYPE_CHECKING:
    from rvx.analysis.cycles import Core, Estimate, Estimator
    from rvx.analysis.cycles.view import Part
    from rvx.analysis.profile.profile import Places
    from rvx.emulator import Executable, Machine
    from rvx.emulator.tracing.records import Batch
    from rvx.emulator.tracing.tracer import Tracing
    from rvx.isa import Isa


@dataclass(frozen=True)
class Estimated:
    """An estimate, with the places of its cycles.

    Attributes:
        estimate: of the run.
        functions: with most cycles first.
        lines: likewise.
    """

    estimate: Estimate
    functions: list[Part]
    lines: list[Part]

    def to_json(self) -> dict[str, Any]:
        """As part of the document of a run."""
        from rvx.analysis.cycles import view

        return view.to_json(self.estimate, self.functions, self.lines)

    def show(self) -> None:
        """Prints tables, and on stderr what to know about them."""
        from rvx.analysis.cycles import view

        print_table(view.summary(self.estimate))
        print_table(view.places_table(self.estimate, self.functions, self.lines))
        say(view.remarks([self.estimate]))


class Retired:
    """Takes what retires.

    Args:
        wanted: what of the run, and whether lines of it are written.
        core: that cycles are estimated for, if there is one.

    Attributes:
        lines: of the trace.
    """

    def __init__(self, wanted: Wanted, core: Core | None) -> None:
        self.lines = Lines(wanted)
        self._wanted, self._core = wanted, core
        self._estimator: Estimator | None = None

    def tracing(self, executable: Executable, isa: Isa) -> Tracing | None:
        """What is traced of a program; None if nobody wants to know.

        Raises:
            UsageProblem: a name means nothing in it.
        """
        if self._core is None and self._wanted.file is None:
            return None
        if self._core is not None:
            from rvx.analysis.cycles import Estimator

            self._estimator = Estimator(isa, self._core)
        return self._wanted.tracing(executable, isa)

    @contextmanager
    def opened(self, isa: Isa) -> Iterator[None]:
        """Takes lines of a machine meanwhile."""
        with self.lines.opened(isa):
            yield

    def take(self, batch: Batch) -> None:
        """Takes a batch."""
        if self._wanted.file is not None:
            self.lines.write(batch)
        if self._estimator is not None:
            self._estimator.take(batch)

    def estimate(self, machine: Machine, places: Places | None) -> Estimated | None:
        """The estimate of what has retired; None if nobody wants to know."""
        if self._estimator is None:
            return None
        from rvx.analysis.cycles import view

        found = self._estimator.estimate()
        return Estimated(
            found, view.functions_of(machine, found), view.lines_of(machine, found, places)
        )
