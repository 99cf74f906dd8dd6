"""What the instructions of a program did to its numbers, added up by address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from rvx.analysis.shadow.numbers import Numbers, Real, rough
from rvx.errors import RvxError

Shadow = Fraction | float
"""What a value would be, had nothing been rounded."""


class MeaningProblem(RvxError):
    """A function that says what an instruction means gave no number."""


@dataclass(frozen=True)
class Given:
    """An operand of an instruction, as it was.

    Attributes:
        name: of the operand; with the lane in brackets where there are several.
        numbers: of its format.
        code: its bits.
        shadow: None if its value is exact, or nobody knows better.
    """

    name: str
    numbers: Numbers
    code: int
    shadow: Shadow | None


@dataclass(frozen=True)
class Case:
    """One execution: of several lanes or elements, one of them.

    Attributes:
        given: the operands.
        exact: the exact result for these operands; None where there is none, as of 1 / 0.
        numbers: of the format of the result.
        code: the bits of the result.
        shadow: what the result would be, had nothing been rounded before.
        local: its error for these operands, in ulp; None where that is not finite.
    """

    given: tuple[Given, ...]
    exact: Fraction | None
    numbers: Numbers
    code: int
    shadow: Shadow | None
    local: float | None


@dataclass
class Site:
    """An instruction of the program.

    Attributes:
        results: numbers that it has computed, and that were judged.
        inexact: of these, those that were not the exact result for their operands.
        total: local errors, added up, in ulp of the format of the result.
        peak: the largest local error.
        propagated: the largest error against the shadow, in ulp.
        last: that of the last result.
        overflows: results that were beyond all numbers of the format.
        underflows: inexact results below the smallest number of full precision.
        cancellations: sums much smaller than their largest term.
        absorptions: sums in which a term was lost.
        undefined: operations without a result, as 0 / 0.
        worst: the execution with the largest local error.
    """

    results: int = 0
    inexact: int = 0
    total: float = 0.0
    peak: float = 0.0
    propagated: float = 0.0
    last: float = 0.0
    overflows: int = 0
    underflows: int = 0
    cancellations: int = 0
    absorptions: int = 0
    undefined: int = 0
    worst: Case | None = None
    _rank: tuple[bool, float] = field(default=(False, -1.0), repr=False)

    @property
    def events(self) -> dict[str, int]:
        """What happened how often, by the names of the attributes; the gravest first."""
        return {
            "overflows": self.overflows,
            "undefined": self.undefined,
            "underflows": self.underflows,
            "cancellations": self.cancellations,
            "absorptions": self.absorptions,
        }

    def offer(self, is_broken: bool, error: float, case: Callable[[], Case]) -> None:
        """Remembers an execution if none was worse: what has no finite result is."""
        rank = (is_broken, error)
        if rank > self._rank:
            self._rank = rank
            self.worst = case()


class Judge:
    """Compares results with what they would be.

    Args:
        is_exact: whether shadows are rational numbers, and not float64.
    """

    MOST_BITS = 1 << 12
    """Digits of an exact shadow from which on it is rounded."""
    KEPT_BITS = 1 << 10

    def __init__(self, is_exact: bool) -> None:
        self.is_exact = is_exact
        self.sites: dict[int, Site] = {}
        self.rounded = 0

    def result(
        self,
        pc: int,
        function: Callable[..., Any],
        arguments: list[Any],
        shadows: list[Any] | None,
        code: int,
        numbers: Numbers,
        given: Callable[[], tuple[Given, ...]],
    ) -> Shadow | None:
        """Judges one number that an instruction has computed; gives its shadow.

        Args:
            pc: address of the instruction.
            function: its meaning.
            arguments: the operands, `Fraction`s, or tuples of them.
            shadows: their shadows; None if there are none, so that they are the operands.
            code: the bits of the result.
            numbers: of the result's format.
            given: describes the operands.

        Returns:
            The shadow; None where it is the value itself, or not known.
        """
        site = self.sites.get(pc)
        if site is None:
            site = self.sites[pc] = Site()
        value = numbers.value(code)
        is_finite = isinstance(value, Fraction)
        try:
            found, terms = _sum(function(*arguments))
            exact = found if isinstance(found, Fraction) else _as_fraction(found, function)
        except (ZeroDivisionError, ValueError, OverflowError):
            site.results += 1
            site.undefined += 1
            site.offer(True, 0.0, lambda: Case(given(), None, numbers, code, None, None))
            return None
        shadow = self._shadow(function, shadows, exact)
        site.results += 1
        error = 0.0
        is_broken = False
        # Floats decide what is clear, and rational numbers, which are slow, the rest.
        size = rough(exact)
        sizes = [rough(term) for term in terms] if len(terms) > 1 else []
        # Fractions are compared and divided as the integers that they are made of.
        over, under = exact.numerator, exact.denominator
        off = 1
        if is_finite:
            assert isinstance(value, Fraction)
            off = abs(value.numerator * under - over * value.denominator)
        if off:
            site.inexact += 1
            low, high = numbers.surely
            if not low <= size <= high:
                if numbers.is_too_large(exact):
                    site.overflows += 1
                    is_broken = True
                elif is_finite and 0 < abs(exact) < numbers.smallest:
                    site.underflows += 1
            if not is_finite and not is_broken:
                site.undefined += value is None
                is_broken = True
            if is_finite:
                assert isinstance(value, Fraction)
                step = numbers.ulp(exact if over else value)
                error = off * step.denominator / (value.denominator * under * step.numerator)
                site.total += error
                site.peak = max(site.peak, error)
                if sizes and not is_broken and min(sizes) <= 2 * rough(step):
                    site.absorptions += _is_absorbed(value, exact, terms, step)
        if sizes and _cancels(exact, size, shadow, terms, sizes, numbers.precision):
            site.cancellations += 1
        site.last = self._propagated(value, shadow, numbers)
        site.propagated = max(site.propagated, site.last)
        site.offer(
            is_broken,
            error,
            lambda: Case(given(), exact, numbers, code, shadow, error if is_finite else None),
        )
        if value is None or shadow is None or shadow == value:
            return None
        return shadow

    def _shadow(
        self, function: Callable[..., Any], shadows: list[Any] | None, exact: Fraction
    ) -> Shadow | None:
        """What the result would be: of the operands' shadows."""
        try:
            found: Any = exact if shadows is None else _sum(function(*shadows))[0]
            if not self.is_exact:
                found = float(found)
                return found if found - found == 0 else None
            if not isinstance(found, Fraction):
                found = Fraction(found)
        except (ZeroDivisionError, ValueError, OverflowError):
            return None
        size = found.numerator.bit_length() + found.denominator.bit_length()
        return self._cut(found) if size > self.MOST_BITS else found

    def _cut(self, x: Fraction) -> Fraction:
        """Rounds a shadow, so that a long computation does not take ever longer."""
        self.rounded += 1
        places = self.KEPT_BITS - (x.numerator.bit_length() - x.denominator.bit_length())
        if places >= 0:
            return Fraction((x.numerator << places) // x.denominator, 1 << places)
        return Fraction((x.numerator // (x.denominator << -places)) << -places)

    def _propagated(self, value: Real | None, shadow: Shadow | None, numbers: Numbers) -> float:
        """The error of a value against its shadow, in ulp of the larger one."""
        if shadow is None or not isinstance(value, Fraction):
            return 0.0
        over, under = shadow.as_integer_ratio()
        left, right = value.numerator * under, over * value.denominator
        off = abs(left - right)
        if not off:
            return 0.0
        step = numbers.ulp(value if abs(left) >= abs(right) else Fraction(shadow))
        return off * step.denominator / (value.denominator * under * step.numerator)


def _as_fraction(found: Any, function: Callable[..., Any]) -> Fraction:
    """A number that a meaning gave.

    Raises:
        MeaningProblem: it is none.
        ValueError, OverflowError: it is not finite.
    """
    if not isinstance(found, int | float):
        code = function.__code__
        raise MeaningProblem(
            f"{code.co_filename}:{code.co_firstlineno}: the meaning in real numbers gave "
            f"{found!r}; it gives a number, or a tuple of numbers, the terms of a sum"
        )
    return Fraction(found)


def _sum(found: Any) -> tuple[Any, tuple[Any, ...]]:
    """The number, and the terms if it is a sum."""
    if isinstance(found, tuple):
        try:
            return sum(found), found
        except TypeError:  # Whoever wants a number says what it is instead.
            return found, found
    return found, ()


def _is_absorbed(
    value: Fraction, exact: Fraction, terms: tuple[Fraction, ...], step: Fraction
) -> bool:
    """Whether the result is as good a result of the sum without one of its terms."""
    half = step / 2
    return any(term and abs(value - exact + term) <= half for term in terms)


def _cancels(
    exact: Fraction,
    size: float,
    shadow: Shadow | None,
    terms: tuple[Fraction, ...],
    sizes: list[float],
    precision: int,
) -> bool:
    """Whether the first half of the digits of the largest term are gone.

    If all are gone, it is no cancellation unless the shadows do not cancel.
    """
    if not exact:
        return bool(shadow) and any(terms)
    if max(sizes) < size:
        return False
    largest = max(map(abs, terms))
    return largest >= abs(exact) * (1 << max(2, precision // 2))
