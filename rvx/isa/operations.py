"""How many operations an instruction performs, by what it means in real numbers.

The meaning (`rvx.isa.real`) is a function of numbers. It is called with operands that count what is
done to them: so whoever says what an instruction means has said this, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rvx.isa.real import (
    LANE,
    GatheredReal,
    Lanes,
    Meaning,
    MovedReal,
    VectorReal,
    Whole,
    either,
    no_number,
    parameters,
)
from rvx.records import dataclass


@dataclass(frozen=True)
class Operations:
    """What one execution does, or one element of a vector instruction.

    Attributes:
        macs: products that go into a sum, whatever the numbers are.
        flops: additions, subtractions, products, quotients and square roots of numbers that are
            no integers; what is fused counts as if it were not, and a product of more than two
            numbers, such as that of elements and their scales, as one.
    """

    macs: int = 0
    flops: int = 0


@dataclass
class _Tally:
    macs: int = 0
    operations: int = 0


class _Counted(float):
    """An operand that counts what is done to it.

    It has a value, since a meaning may ask for its sign.
    """

    tally: _Tally
    is_product = False

    @classmethod
    def made(cls, tally: _Tally, is_product: bool = False) -> _Counted:
        found = cls(1.5)
        found.tally, found.is_product = tally, is_product
        return found

    def _sum(self, other: Any) -> Any:
        if not isinstance(other, _Counted) and other == 0:  # As `sum` begins.
            return self
        self.tally.operations += 1
        self.tally.macs += self.is_product + (isinstance(other, _Counted) and other.is_product)
        return _Counted.made(self.tally)

    def _product(self, other: Any) -> Any:
        if self.is_product or (isinstance(other, _Counted) and other.is_product):
            # Scales and signs make no further operations of a product.
            return _Counted.made(self.tally, is_product=True)
        if not isinstance(other, _Counted) and abs(other) == 1:
            return self
        self.tally.operations += 1
        return _Counted.made(self.tally, is_product=True)

    def _quotient(self, other: Any) -> Any:
        self.tally.operations += 1
        return _Counted.made(self.tally)

    def _same(self) -> Any:
        return self

    def square_root(self) -> Any:
        """As `rvx.isa.real.root` wants it."""
        return self._quotient(None)

    __add__ = __radd__ = __sub__ = __rsub__ = _sum
    __mul__ = __rmul__ = _product
    __truediv__ = __rtruediv__ = _quotient
    __neg__ = __pos__ = __abs__ = _same


class _AllZero(Mapping[str, int]):
    """Bits of operands and CSRs by name, for formats that depend on some: as after reset."""

    def __getitem__(self, name: str) -> int:
        return 0

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def operations_of(real: Meaning | None) -> Operations:
    """The operations of an instruction with this meaning.

    Where formats depend on operands or CSRs, so does how many there are; those for zeros hold then.
    """
    if real is None or isinstance(real, MovedReal) or real.function in (either, no_number):
        return Operations()
    if isinstance(real, GatheredReal):
        return Operations()  # How many depends on vl; the declaration says what one counts as.
    tally = _Tally()
    if isinstance(real, VectorReal):
        is_integer = all(
            isinstance(fmt, Whole) for row in real.formats.values() for fmt in row if fmt
        )
        # Of a reduction or a dot product, what one element adds.
        groups = {"a": real.is_reduction or real.is_dot, "b": real.is_dot}
        arguments = [_operand(tally, groups.get(name, False)) for name in _names(real)]
        _add_terms(tally, real.function(*arguments))
    else:
        places = {name: _known(real.lanes(name)) for name in (*real.sources, real.to)}
        is_integer = all(isinstance(place.format, Whole) for place in places.values())
        takes_lane = LANE in parameters(real.function)
        for lane in range(places[real.to].count):
            arguments = [
                _operand(tally, place.group > 1, place.group)
                for place in (places[name] for name in real.sources)
            ]
            options = {LANE: lane} if takes_lane else {}
            _add_terms(tally, real.function(*arguments, **options))
    return Operations(tally.macs, 0 if is_integer else tally.operations)


def _names(real: VectorReal) -> tuple[str, ...]:
    return parameters(real.function)


def _known(lanes: Lanes) -> Lanes:
    if not callable(lanes.format):
        return lanes
    found = lanes.format(_AllZero())
    return found if isinstance(found, Lanes) else Lanes(found, lanes.count, group=lanes.group)


def _operand(tally: _Tally, is_group: bool, members: int = 1) -> Any:
    if not is_group:
        return _Counted.made(tally)
    return tuple(_Counted.made(tally) for _ in range(members))


def _add_terms(tally: _Tally, result: Any) -> None:
    """Adds up the terms that a meaning gives, which is the last thing that it does."""
    if isinstance(result, tuple):
        sum(result)
