"""What an instruction means in real numbers: a line of its declaration, beside its body.

The body says which bits come out; this says which number they stand for, had nothing been rounded:

    @ext.instruction("halve rd:f, rs1:f", ..., real=Real(lambda rs1: rs1 / 2, FP16))

Nobody needs it to run a program. What follows the error of a computation does: it gives the
function numbers (`Fraction`, or `float`) and compares what it returns with what the body did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from rvx.isa.errors import DeclarationError
from rvx.records import dataclass, field

if TYPE_CHECKING:
    from fractions import Fraction

Function = Callable[..., Any]
"""From the operands that it names to a number, or to a tuple: the terms of a sum.

Of a sum it is known when its terms cancel and when one of them is lost.
"""

Number = TypeVar("Number", "Fraction", float)
LANE = "lane"
ROOT_BITS = 256
"""Bits of a square root of a `Fraction`, which is cut off there."""


@dataclass(frozen=True)
class Whole:
    """A format: integers, as x registers and lanes hold them.

    Attributes:
        bits: of a code.
        is_signed: whether it is in two's complement.
        places: bits behind the binary point.
    """

    bits: int
    is_signed: bool = True
    places: int = 0

    @property
    def name(self) -> str:
        """Such as `int32`; `uint8.4` with four places."""
        point = f".{self.places}" if self.places else ""
        return f"{'' if self.is_signed else 'u'}int{self.bits}{point}"


@dataclass(frozen=True)
class Lanes:
    """Where an operand holds numbers.

    Attributes:
        format: of each: something with `bits`; or a function that gives it, or `Lanes`, of a
            mapping: the bits of operands, and of CSRs, by name.
        count: how many numbers of a result there are, one after the other.
        first: the lane of the first one.
        group: of a source, how many lanes belong to one number of the result; the function gets
            a tuple of them then.
        is_shared: whether all numbers of the result take the same lanes.
        is_repeated: whether all lanes of a group are the same one.
        pitch: bits from one lane to the next; 0 where that is the width of the format.
    """

    format: Any
    count: int = 1
    first: int = 0
    group: int = 1
    is_shared: bool = False
    is_repeated: bool = False
    pitch: int = 0

    def lane(self, result: int, member: int) -> int:
        """Which lane number `member` of the group of a result is."""
        within = 0 if self.is_repeated else member
        step = 0 if self.is_shared else (1 if self.is_repeated else self.group)
        return self.first + result * step + within


def either(*operands: Any) -> Any:
    """The function of what gives one of its operands as it is, or negated.

    Signs, minima and maxima are such. Which operand it was is seen from the bits.
    """
    raise AssertionError("the operand is found by its bits")


def no_number(*operands: Any) -> Any:
    """The function of what gives no number, such as a comparison."""
    raise AssertionError("there is no number")


@dataclass(frozen=True, eq=False)
class Real:
    """The real-number meaning of an instruction.

    Attributes:
        function: see `Function`; or `either`, or `no_number`. A parameter `lane` is which number
            of the result is wanted.
        format: of all operands for which nothing else is said; None where that is nobody.
        to: the operand, or the state, that holds the result.
        places: formats or `Lanes` of operands and states for which something else is said.
    """

    function: Function
    format: Any = None
    to: str = "rd"
    places: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def lanes(self, name: str) -> Lanes:
        """Where an operand holds numbers."""
        found = self.places.get(name, self.format)
        return found if isinstance(found, Lanes) else Lanes(found)

    @property
    def sources(self) -> tuple[str, ...]:
        """The operands that the function takes."""
        return tuple(name for name in parameters(self.function) if name != LANE)


NO_NUMBER = Real(no_number)
"""The meaning of what gives no number: comparisons, classes."""


@dataclass(frozen=True, eq=False)
class VectorReal:
    """The real-number meaning of a vector instruction, element by element.

    Attributes:
        function: of `d`, the old element of vd, `a`, that of vs2, and `b`, that of vs1 or the
            scalar; or `either`. Of a reduction, of `d`, element 0 of vs1, and `a`, a tuple. Of a
            dot product, of `d`, element 0 of vd, and the tuples `a` and `b`.
        formats: of `d`, `a` and `b` by SEW; each may be a function that gives it, of a mapping
            with `vtype`.
        third: name of the third operand, empty if there is none.
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        is_reduction: whether it is one.
        is_dot: whether it is a dot product.
    """

    function: Function
    formats: Mapping[int, tuple[Any, Any, Any]]
    third: str = ""
    wider_d: int = 0
    wider_2: int = 0
    is_reduction: bool = False
    is_dot: bool = False


@dataclass(frozen=True)
class Performed:
    """How a vector instruction was performed: what says which bits it takes.

    Attributes:
        values: operands by name; of registers their numbers.
        vlen: bits of a vector register.
        sew: of vtype.
        lmul: of vtype, its binary logarithm.
        shape: the six bits of vtype below vill, which Zvvm has: lambda, bs, and the formats of A
            and B.
        mtype: the CSR of Zvt, as bits; 0 where there is none.
        edge: rows and columns of a tile of matrix state; 0 where there is none.
        vl: elements.
        is_active: whether the mask, if there is one, leaves an element in.
        x: gives the bits of the x register that an operand is, by the operand's name.
    """

    values: Mapping[str, int]
    vlen: int
    sew: int
    lmul: int
    shape: int
    mtype: int
    edge: int
    vl: int
    is_active: Callable[[int], bool]
    x: Callable[[str], int]

    def row(self, name: str, first: int, count: int, bits: int) -> tuple[int, ...]:
        """Where elements of so many bits of an operand are, from one on."""
        begin = self.values[name] * self.vlen + first * bits
        return tuple(range(begin, begin + count * bits, bits))


Spot = tuple[int, tuple[tuple[int, ...], ...]]
"""Where a number of the result is, and for each source where the numbers are that it is made of.

Bits are numbered through all vector registers, v0 first; of other registers and states, from 0 on.
"""


@dataclass(frozen=True, eq=False)
class GatheredReal:
    """The real-number meaning of a vector instruction whose results come from several elements.

    Products of matrices in vector registers are such, and sums in a quire.

    Attributes:
        function: of the old number of the result, and of a tuple of numbers for each source.
        formats: of the result and of each source, by SEW; each may be a function that gives it, of
            a mapping with `vtype` and `shape`, see `Performed`.
        sources: names of operands or states.
        spots: says where numbers are.
        to: the operand or the state that holds the result.
    """

    function: Function
    formats: Mapping[int, tuple[Any, ...]]
    sources: tuple[str, ...]
    spots: Callable[[Performed], Iterable[Spot]]
    to: str = "vd"


MEMORY, ZEROS = "memory", "zeros"
"""Where numbers come from or go to that is no operand and no state."""


@dataclass(frozen=True, eq=False)
class MovedReal:
    """The meaning of a vector instruction that moves numbers of any format, or sets some to zero.

    What other instructions move is found by its bits; of tiles, which may hold the same bits often,
    only the declaration says which element comes from where.

    Attributes:
        spots: pairs: where a number is to be, and where it was, in bits that are numbered as those
            of a `Spot`; for `MEMORY` and `ZEROS` nobody looks at it. Memory is accessed in this
            order.
        width: bits of each number.
        to: the operand or the state that numbers go to, or `MEMORY`.
        source: where they are, likewise, or `ZEROS`.
    """

    spots: Callable[[Performed], Iterable[tuple[int, int]]]
    width: Callable[[Performed], int]
    to: str
    source: str


def add_products(old: Any, first: Any, second: Any) -> tuple[Any, ...]:
    """The function of a dot product that is added to what there was."""
    return (old, *(a * b for a, b in zip(first, second, strict=True)))


def dot_products_of_bytes(right: str, formats: tuple[Any, Any, Any]) -> GatheredReal:
    """Elements of 32 bits, to which the dot product of four bytes each of vs2 and b is added.

    Args:
        right: name of the operand b: `vs1`, or a register that holds four bytes for all elements.
        formats: of the result, and of the bytes of vs2 and of b.
    """

    def spots(how: Performed) -> Iterator[Spot]:
        for x, to in enumerate(how.row("vd", 0, how.vl, 32)):
            if how.is_active(x):
                of_b = how.row("vs1", 4 * x, 4, 8) if right == "vs1" else tuple(range(0, 32, 8))
                yield to, (how.row("vs2", 4 * x, 4, 8), of_b)

    return GatheredReal(add_products, {32: formats}, ("vs2", right), spots)


Meaning = Real | VectorReal | GatheredReal | MovedReal


def parameters(function: Function) -> tuple[str, ...]:
    """The names of what a function takes."""
    if function in (either, no_number):
        return ()
    code = getattr(function, "__code__", None)
    return code.co_varnames[: code.co_argcount] if code is not None else ()


def check_real(where: str, real: Meaning | None, known: Collection[str]) -> None:
    """Checks the meaning of an instruction against what it has.

    Args:
        where: which instruction it is.
        real: its meaning.
        known: names of its operands, and of the states of its extension.

    Raises:
        DeclarationError: it names something else, or a format is missing.
    """
    if real is None or isinstance(real, VectorReal | GatheredReal | MovedReal):
        return
    if not isinstance(real, Real):
        raise DeclarationError(
            f"{where}: real is Real(function, format), such as Real(lambda rs1, rs2: rs1 * rs2, "
            f"FP16), not {real!r}"
        )
    if real.function is no_number:
        return
    if not callable(real.function):
        raise DeclarationError(f"{where}: the function of real is {real.function!r}; it is called")
    sources = real.sources
    if not sources and real.function is not either:
        raise DeclarationError(
            f"{where}: the function of real takes the operands that it works on, by name, as in "
            f"lambda rs1, rs2: rs1 * rs2"
        )
    for name in (*sources, real.to, *real.places):
        if name not in known:
            raise DeclarationError(
                f"{where}: real names '{name}', which is neither an operand nor a state; there are "
                f"{', '.join(known)}"
            )
    for name in (*sources, real.to):
        fmt = real.lanes(name).format
        if not callable(fmt) and not isinstance(getattr(fmt, "bits", None), int):
            raise DeclarationError(
                f"{where}: real does not say the format of '{name}': give Real a format for all "
                f"operands, or places={{'{name}': a format}}"
            )


def root(x: Number) -> Number:
    """The square root, of a `Fraction` to `ROOT_BITS` bits.

    Raises:
        ValueError: x is negative.
    """
    if isinstance(x, float):
        own = getattr(x, "square_root", None)  # Of what counts operations.
        return math.sqrt(x) if own is None else own()
    if x < 0:
        raise ValueError("the root of a negative number")
    if x == 0:
        return x
    length = x.numerator.bit_length() - x.denominator.bit_length()
    places = max(ROOT_BITS - length // 2, 1)
    whole = (x.numerator << 2 * places) // x.denominator
    near = math.isqrt(whole)
    is_exact = near * near * x.denominator == x.numerator << 2 * places
    # A half of the last place says that there is more, so that nothing is taken for exact.
    from fractions import Fraction

    return Fraction(2 * near + (not is_exact), 2 << places)
