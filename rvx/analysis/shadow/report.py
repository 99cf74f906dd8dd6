"""What a shadow has found, for people and for programs: the worst instructions first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rvx.analysis.profile.profile import Places, places_of
from rvx.analysis.shadow.engine import FLOAT64, Shadow
from rvx.analysis.shadow.numbers import Numbers
from rvx.analysis.shadow.sites import Case, Given, Site
from rvx.disassembler import format_instruction
from rvx.disassembler.lines import SourceLine
from rvx.emulator import Machine
from rvx.isa.bits import Address
from rvx.records import dataclass

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA = "rvx.shadow/1"
MOST_ROWS = 15
"""Instructions in the table for a terminal; a document has all."""
_CASES = 3
"""Of how many of these the worst case is told."""
_MOST_GIVEN = 6
"""Operands of a case that are told; of long sums the largest shadows are no more readable."""
_EVENTS = {
    "overflows": "overflow",
    "undefined": "undefined",
    "underflows": "underflow",
    "cancellations": "cancellation",
    "absorptions": "term lost",
}
"""How a table calls what happened."""
_FLOAT64_BITS = 53


@dataclass(frozen=True)
class Finding:
    """An instruction of the program that computes numbers.

    Attributes:
        address: where it is.
        text: in assembly.
        mnemonic: its name.
        function: the symbol before it; empty if there is none.
        place: its source line, if it is known.
        site: what it did.
    """

    address: Address
    text: str
    mnemonic: str
    function: str
    place: SourceLine | None
    site: Site

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """What is greater is worse.

        A result that is not finite before all; then what has ever been more than half a step from
        the exact result, as no correctly rounded one is; then the sum of the errors.
        """
        site = self.site
        return bool(site.overflows or site.undefined), site.peak > _HALF, site.total

    @property
    def events(self) -> dict[str, int]:
        """How often something happened, by its name."""
        return {_EVENTS[name]: times for name, times in self.site.events.items() if times}


_HALF = 0.5


@dataclass(frozen=True)
class Report:
    """Where the errors of a run were born.

    Attributes:
        mode: what shadows were.
        instructions: that were followed.
        findings: the worst first.
        restarts: by mnemonic, how often shadows ended at an instruction without a meaning.
        notes: what a reader should know, sentences.
    """

    mode: str
    instructions: int
    findings: tuple[Finding, ...]
    restarts: Mapping[str, int]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.shadow/1."""
        return {
            "schema": SCHEMA,
            "shadow": self.mode,
            "instructions": self.instructions,
            "results": sum(one.site.results for one in self.findings),
            "sites": [_document(one) for one in self.findings],
            "restarted": dict(self.restarts),
            "notes": list(self.notes),
        }

    @property
    def erring(self) -> tuple[Finding, ...]:
        """The findings at which something happened: those that are not exact."""
        return tuple(one for one in self.findings if one.site.inexact or one.events)

    def to_rich(self, most: int = MOST_ROWS) -> Table:
        """The table for a terminal."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(
            title=f"Where errors were born (against {self.mode})",
            box=SIMPLE_HEAD,
            title_justify="left",
        )
        for header, is_text in _COLUMNS:
            table.add_column(
                header, justify="left" if is_text else "right", no_wrap=True, vertical="bottom"
            )
        for one in self.erring[:most]:
            site = one.site
            table.add_row(
                f"{one.address:x}",
                one.text,
                where(one),
                f"{site.results:,}",
                ulps(site.peak),
                ulps(site.total),
                ulps(site.propagated),
                ", ".join(f"{name} {times:,}" for name, times in one.events.items()),
            )
        return table

    def sentences(self, most: int = MOST_ROWS) -> Iterator[str]:
        """What stands below the table."""
        shown = self.erring
        if not shown:
            yield "No instruction that computes numbers gave an inexact result."
        for one in shown[:_CASES]:
            if one.site.worst is not None:
                yield f"{one.address:x} {one.text}: {told(one.site.worst)}"
        if len(shown) > most:
            yield f"{len(shown) - most:,} more instructions are in the document of --json."
        yield from self.notes


_COLUMNS = (
    ("address", True),
    ("instruction", True),
    ("in", True),
    ("results", False),
    ("local error\nmax ulp", False),
    ("\ntotal ulp", False),
    ("propagated\nmax ulp", False),
    ("what happened", True),
)


def report(shadow: Shadow, machine: Machine, places: Places | None = None) -> Report:
    """The report on what a shadow has seen of a machine.

    Args:
        shadow: that followed it.
        machine: for its symbols and its code.
        places: source lines by address; by default those of the debug information.
    """
    if places is None:
        places = places_of(machine)
    findings = [
        _finding(machine, address, site, places) for address, site in shadow.judge.sites.items()
    ]
    findings.sort(key=lambda one: (one.rank, -one.address), reverse=True)
    return Report(
        shadow.mode,
        shadow.instructions,
        tuple(findings),
        dict(shadow.restarts.most_common()),
        tuple(_notes(shadow, findings)),
    )


def _finding(machine: Machine, address: Address, site: Site, places: Places) -> Finding:
    word = machine.memory.word(address) or 0
    decoded = machine.isa.decode(word)
    text, mnemonic = f"{word:#x}", ""
    if decoded is not None:
        text = " ".join(format_instruction(decoded, machine.isa, address=address).split())
        mnemonic = decoded.instruction.mnemonic
    symbol = machine.executable.symbols.find(address)
    return Finding(
        address, text, mnemonic, "" if symbol is None else symbol.name, places(address), site
    )


def _notes(shadow: Shadow, findings: Sequence[Finding]) -> Iterator[str]:
    if shadow.restarts:
        names = ", ".join(f"{name} ({times:,})" for name, times in shadow.restarts.most_common(8))
        yield f"no real-number meaning is declared for {names}: values restart there"
    if shadow.untold:
        names = ", ".join(shadow.untold)
        yield f"no real-number meaning is declared for {names}: what that computes is not judged"
    if shadow.mode == FLOAT64:
        wide = {
            one.site.worst.numbers.name
            for one in findings
            if one.site.worst is not None and _is_wide(one.site.worst.numbers)
        }
        if wide:
            yield (
                f"a shadow of float64 is no more precise than {', '.join(sorted(wide))}: "
                f"propagated errors there need --shadow exact"
            )
    if shadow.judge.rounded:
        yield (
            f"exact shadows with more than {shadow.judge.MOST_BITS:,} bits were rounded to "
            f"{shadow.judge.KEPT_BITS:,} bits, {shadow.judge.rounded:,} times"
        )
    if shadow.was_full or shadow.store.is_full:
        yield (
            f"memory had more than {shadow.store.MOST:,} values with errors: others were taken "
            f"for exact when they were loaded"
        )


def _is_wide(numbers: Numbers) -> bool:
    return _FLOAT64_BITS <= numbers.precision <= 2 * _FLOAT64_BITS and numbers.smallest != 0


def where(one: Finding) -> str:
    """The function and the line of an instruction, as far as they are known."""
    if one.place is None:
        return one.function
    line = f"{one.place.file.rpartition('/')[2]}:{one.place.line}"
    return f"{one.function} {line}".strip()


def ulps(x: float) -> str:
    """An error in ulp."""
    if x == 0:
        return "0"
    return f"{x:,.1f}" if 10 <= x < 1e7 else f"{x:.3g}"


def told(case: Case) -> str:
    """A case in a sentence: operands, the result, and what would be exact."""
    shown = case.given[:_MOST_GIVEN]
    operands = ", ".join(f"{one.name} = {_of(one)}" for one in shown)
    if len(case.given) > len(shown):
        operands += f" and {len(case.given) - len(shown)} more"
    value = case.numbers.value(case.code)
    text = f"{operands} gave {_number(value, case.numbers)} ({_code(case.code, case.numbers)})"
    if case.exact is None:
        return f"{text}, where there is no result"
    text += f", exactly {_number(case.exact, case.numbers, 4)}"
    if case.local is not None and case.local:
        text += f": {ulps(case.local)} ulp of {case.numbers.name}"
    if case.shadow is not None and case.shadow != case.exact:
        text += f"; without all rounding {_number(case.shadow, case.numbers, 4)}"
    return text


def _of(one: Given) -> str:
    value = _number(one.numbers.value(one.code), one.numbers)
    return f"{value} ({_code(one.code, one.numbers)})"


def _code(code: int, numbers: Numbers) -> str:
    if numbers.bits > 64:
        return numbers.name
    return f"{code:#0{2 + (numbers.bits + 3) // 4}x}"


def _number(value: Any, numbers: Numbers, more: int = 0) -> str:
    """A number with as many digits as tell those of its format apart."""
    if value is None:
        return "no number"
    digits = min(max(numbers.precision * 3 // 10 + 2, 3) + more, 17)
    try:
        return f"{float(value):.{digits}g}"
    except OverflowError:
        return _huge(value)


def _huge(value: Fraction) -> str:
    """A number that no float holds, by its magnitude."""
    length = value.numerator.bit_length() - value.denominator.bit_length()
    return f"{'-' if value < 0 else ''}2^{length}"


def _document(one: Finding) -> dict[str, Any]:
    site = one.site
    return {
        "pc": one.address,
        "text": one.text,
        "mnemonic": one.mnemonic,
        "function": one.function or None,
        "file": None if one.place is None else one.place.file,
        "line": None if one.place is None else one.place.line,
        "results": site.results,
        "inexact": site.inexact,
        "local_ulp": {"max": site.peak, "total": site.total},
        "propagated_ulp": {"max": site.propagated, "last": site.last},
        **site.events,
        "worst": None if site.worst is None else _case(site.worst),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "operands": [
            {
                "name": one.name,
                "format": one.numbers.name,
                "code": f"{one.code:#x}",
                "value": _json(one.numbers.value(one.code)),
                "shadow": _json(one.shadow),
            }
            for one in case.given
        ],
        "result": {
            "format": case.numbers.name,
            "code": f"{case.code:#x}",
            "value": _json(case.numbers.value(case.code)),
            "exact": _json(case.exact),
            "shadow": _json(case.shadow),
        },
        "local_ulp": case.local,
    }


def _json(value: Fraction | float | None) -> float | str | None:
    """A number as JSON has it; infinities, and what no float holds, as text."""
    if value is None:
        return None
    try:
        found = float(value)
    except OverflowError:
        assert isinstance(value, Fraction)
        return _huge(value)
    return found if found - found == 0 else str(found)
