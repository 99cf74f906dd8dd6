"""What F, D and Zfh have in common: the instructions of one IEEE format in f registers.

Arithmetic comes from the kernels of `rvx.formats.minifloat`, which round the exact result once and
return its flags. Formats narrower than 64 bits are NaN-boxed in the registers: the bits above are
all ones, and a value that is not boxed reads as the canonical NaN.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from rvx.formats.minifloat import scalar as kernels
from rvx.isa import Extension
from rvx.isa.real import NO_NUMBER, Function, Lanes, Real, Whole, either, root

_FUSED = (
    ("fmadd", "1000011", False, False, lambda rs1, rs2, rs3: (rs1 * rs2, rs3), "rs1 * rs2 + rs3"),
    ("fmsub", "1000111", False, True, lambda rs1, rs2, rs3: (rs1 * rs2, -rs3), "rs1 * rs2 - rs3"),
    (
        "fnmsub",
        "1001011",
        True,
        False,
        lambda rs1, rs2, rs3: (-(rs1 * rs2), rs3),
        "-(rs1 * rs2) + rs3",
    ),
    (
        "fnmadd",
        "1001111",
        True,
        True,
        lambda rs1, rs2, rs3: (-(rs1 * rs2), -rs3),
        "-(rs1 * rs2) - rs3",
    ),
)
_ROUNDED = (
    ("fadd", "00000", kernels.make_add, lambda rs1, rs2: (rs1, rs2), "rs1 + rs2"),
    ("fsub", "00001", kernels.make_sub, lambda rs1, rs2: (rs1, -rs2), "rs1 - rs2"),
    ("fmul", "00010", kernels.make_mul, lambda rs1, rs2: rs1 * rs2, "rs1 * rs2"),
    ("fdiv", "00011", kernels.make_div, lambda rs1, rs2: rs1 / rs2, "rs1 / rs2"),
)
_EXTREMES = (
    ("fmin", "000", kernels.make_minimum, "smaller"),
    ("fmax", "001", kernels.make_maximum, "larger"),
)
_SIGNS = (
    ("fsgnj", "000", kernels.make_copy_sign, "the sign of rs2"),
    ("fsgnjn", "001", kernels.make_copy_negated_sign, "the opposite of the sign of rs2"),
    ("fsgnjx", "010", kernels.make_xor_signs, "its sign flipped if rs2 is negative"),
)
_COMPARISONS = (
    ("feq", "010", kernels.make_eq, "rs1 = rs2, quietly"),
    ("flt", "001", kernels.make_lt, "rs1 < rs2"),
    ("fle", "000", kernels.make_le, "rs1 <= rs2"),
)
_INTEGERS = (
    ("w", "00000", 32, True),
    ("wu", "00001", 32, False),
    ("l", "00010", 64, True),
    ("lu", "00011", 64, False),
)


class Bodies(Protocol):
    """Makes the bodies of scalar instructions of one width."""

    precision: int
    results: Any
    """The format of what arithmetic takes and gives, as `rvx.isa.real.Lanes` has it."""
    sources: Any
    """The format of what conversions take."""

    def rounded(self, make: Any) -> Any:
        """rd = kernel(rs1, rs2, rm)."""

    def fused(self, negates_product: bool, negates_addend: bool) -> Any:
        """rd = +-(rs1 * rs2) +- rs3."""

    def root(self) -> Any:
        """rd = the square root of rs1."""

    def extreme(self, make: Any) -> Any:
        """rd = kernel(rs1, rs2), a number."""

    def comparison(self, make: Any) -> Any:
        """rd = kernel(rs1, rs2), 0 or 1."""

    def sign(self, make: Any) -> Any:
        """rd = rs1 with a sign that the kernel takes from both."""

    def classification(self) -> Any:
        """rd = the ten bits of fclass."""

    def to_integer(self, width: int, is_signed: bool) -> Any:
        """rd = rs1 as an integer."""

    def from_integer(self, width: int, is_signed: bool) -> Any:
        """rd = the integer rs1."""


def declare_format(
    extension: Extension,
    letter: str,
    code: str,
    bodies: Bodies,
    *,
    file: str = "f",
    xlen: int | None = None,
) -> None:
    """Declares arithmetic, comparison and conversion to and from integers for one format.

    Args:
        extension: takes the instructions.
        letter: the format in mnemonics, such as `s`.
        code: the two bits of the word that stand for it.
        bodies: of the format, or of those that a CSR selects from.
        file: of the registers that hold numbers.
        xlen: 32 or 64 where only that width has them.
    """

    def declare(syntax: str, bits: str, doc: str, body: Any, real: Real) -> None:
        name, _, operands = syntax.partition(" ")
        extension.instruction(
            f"{name}.{letter} {operands}",
            f"{bits} 1010011",
            kind="float",
            doc=doc,
            xlen=xlen,
            real=real,
        )(body)

    function: Function
    for name, opcode, negates_product, negates_addend, function, meaning in _FUSED:
        extension.instruction(
            f"{name}.{letter} rd:{file}, rs1:{file}, rs2:{file}, rs3:{file}, rm",
            f"rs3 {code} rs2 rs1 rm rd {opcode}",
            kind="float",
            xlen=xlen,
            doc=f"rd = {meaning}, rounded once.",
            real=Real(function, bodies.results),
        )(bodies.fused(negates_product, negates_addend))
    for name, funct5, make, function, meaning in _ROUNDED:
        declare(
            f"{name} rd:{file}, rs1:{file}, rs2:{file}, rm",
            f"{funct5} {code} rs2 rs1 rm rd",
            f"rd = {meaning}, rounded once.",
            bodies.rounded(make),
            Real(function, bodies.results),
        )
    declare(
        f"fsqrt rd:{file}, rs1:{file}, rm",
        f"01011 {code} 00000 rs1 rm rd",
        "rd = the square root of rs1, rounded once.",
        bodies.root(),
        Real(root_of_rs1, bodies.results),
    )
    for name, funct3, make_sign, meaning in _SIGNS:
        declare(
            f"{name} rd:{file}, rs1:{file}, rs2:{file}",
            f"00100 {code} rs2 rs1 {funct3} rd",
            f"rd = rs1 with {meaning}.",
            bodies.sign(make_sign),
            # What gives the sign gives no number.
            Real(either, places={"rd": bodies.results, "rs1": bodies.results}),
        )
    for name, funct3, make_extreme, meaning in _EXTREMES:
        declare(
            f"{name} rd:{file}, rs1:{file}, rs2:{file}",
            f"00101 {code} rs2 rs1 {funct3} rd",
            f"rd = the {meaning} of rs1 and rs2; the number if one of them is NaN.",
            bodies.extreme(make_extreme),
            Real(either, bodies.results),
        )
    for name, funct3, make_comparison, meaning in _COMPARISONS:
        declare(
            f"{name} rd, rs1:{file}, rs2:{file}",
            f"10100 {code} rs2 rs1 {funct3} rd",
            f"rd = 1 if {meaning}, else 0; 0 if one is NaN.",
            bodies.comparison(make_comparison),
            NO_NUMBER,
        )
    declare(
        f"fclass rd, rs1:{file}",
        f"11100 {code} 00000 rs1 001 rd",
        "rd = one bit that says what kind of number rs1 is.",
        bodies.classification(),
        NO_NUMBER,
    )
    for name, number, width, is_signed in _INTEGERS:
        if width == 64 and xlen == 32:
            continue
        of_width = 64 if width == 64 else xlen
        integer = f"{'signed' if is_signed else 'unsigned'} {width}-bit integer"
        is_exact = bodies.precision >= width
        declare_conversion(
            extension,
            f"fcvt.{name}.{letter} rd, rs1:{file}, rm",
            f"11000 {code} {number}",
            f"rd = rs1 rounded to a {integer}.",
            bodies.to_integer(width, is_signed),
            real=converted(bodies.sources, Whole(width, is_signed)),
            xlen=of_width,
        )
        declare_conversion(
            extension,
            f"fcvt.{letter}.{name} rd:{file}, rs1, rm:{'rm0' if is_exact else 'rm'}",
            f"11010 {code} {number}",
            f"rd = the {integer} rs1{'' if is_exact else ', rounded once'}.",
            bodies.from_integer(width, is_signed),
            real=converted(Whole(width, is_signed), bodies.results),
            xlen=of_width,
        )
    _declare_aliases(extension, letter, file, xlen)


def root_of_rs1(rs1: Any) -> Any:
    """The meaning of a square root."""
    return root(rs1)


def declare_conversion(
    extension: Extension,
    syntax: str,
    bits: str,
    doc: str,
    body: Any,
    *,
    real: Real | None,
    xlen: int | None = None,
    needs: Collection[str] = (),
) -> None:
    """Declares a conversion: `bits` is the word down to rs2, which says the type of the source."""
    extension.instruction(
        syntax,
        f"{bits} rs1 rm rd 1010011",
        kind="float",
        doc=doc,
        xlen=xlen,
        needs=needs,
        real=real,
    )(body)


def converted(source: Any, result: Any, count: int = 1, first: int = 0) -> Real:
    """The meaning of a conversion of rs1, of one format, to rd, of another.

    Args:
        source: the format of rs1.
        result: that of rd.
        count: how many lanes there are.
        first: the lane of rs1 that the first one takes.
    """
    places = {"rs1": Lanes(source, count, first), "rd": Lanes(result, count)}
    return Real(lambda rs1: rs1, places=places)


def _declare_aliases(extension: Extension, letter: str, file: str, xlen: int | None) -> None:
    for name, target in (("fmv", "fsgnj"), ("fneg", "fsgnjn"), ("fabs", "fsgnjx")):
        extension.alias(
            f"{name}.{letter} rd:{file}, rs1:{file}", f"{target}.{letter} rd, rs1, rs1", xlen=xlen
        )
    for name, target in (("fgt", "flt"), ("fge", "fle")):
        extension.alias(
            f"{name}.{letter} rd, rs1:{file}, rs2:{file}",
            f"{target}.{letter} rd, rs2, rs1",
            is_printed=False,
            xlen=xlen,
        )
