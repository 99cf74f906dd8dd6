"""A minifloat format as a value: exponent bits, mantissa bits, and what the extreme codes mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from rvx.formats.elements import OFFERS
from rvx.formats.minifloat.rounding import Overflow
from rvx.records import dataclass

WIDEST_EXPONENT = 11
WIDEST_MANTISSA = 52
WIDEST_EMAX = 1023
WIDEST_LSB_MIN = -1074


class Flavour(Enum):
    """What a format does with its extreme codes; the value is the suffix of ml_dtypes names."""

    IEEE = ""
    """Infinities and NaNs in the top exponent, as IEEE 754."""
    FN = "fn"
    """No infinity; NaN only where all bits but the sign are ones (OCP OFP8 E4M3)."""
    FINITE = "finite"
    """Neither infinity nor NaN (OCP MX FP6 and FP4, which ml_dtypes also call `fn`)."""
    FNUZ = "fnuz"
    """No infinity and no negative zero; the code of negative zero is the only NaN."""
    SCALE = "fnu"
    """Unsigned powers of two without zero; all ones is NaN (OCP MX E8M0)."""


@dataclass(frozen=True)
class Minifloat:
    """A binary floating-point format of at most 64 bits: sign, exponent field, mantissa field.

    Attributes:
        e: bits of the exponent field, 1 to 11.
        m: bits of the mantissa field, 1 to 52 (0 for `Flavour.SCALE`, and only there).
        flavour: what the extreme codes mean.
        excess: exponent bias; the default is 2^(e-1) - 1, and one more for `Flavour.FNUZ`.

    Raises:
        ValueError: a field is out of range, or does not suit the flavour.
    """

    e: int
    m: int
    flavour: Flavour = Flavour.IEEE
    excess: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.e <= WIDEST_EXPONENT:
            raise ValueError(
                f"an exponent field of {self.e} bits is not supported; "
                f"valid are 1 to {WIDEST_EXPONENT} bits"
            )
        if self.flavour is Flavour.SCALE:
            if self.m != 0:
                raise ValueError(
                    f"a scale format has no mantissa field, but {self.m} bits were asked for"
                )
        elif not 1 <= self.m <= WIDEST_MANTISSA:
            raise ValueError(
                f"a mantissa field of {self.m} bits is not supported; "
                f"valid are 1 to {WIDEST_MANTISSA} bits"
            )
        usual = (1 << (self.e - 1)) - (self.flavour is not Flavour.FNUZ)
        if self.excess == usual:
            # One value per format, so that equal formats share their compiled kernels.
            object.__setattr__(self, "excess", None)
        if self.emax > WIDEST_EMAX or self.lsb_min < WIDEST_LSB_MIN:
            raise ValueError(
                f"the numbers of {self.name} reach from 2^{self.lsb_min} to 2^{self.emax}; "
                f"valid are formats within float64 (2^{WIDEST_LSB_MIN} to 2^{WIDEST_EMAX})"
            )

    @property
    def is_signed(self) -> bool:
        """Whether there is a sign bit."""
        return self.flavour is not Flavour.SCALE

    @property
    def has_infinity(self) -> bool:
        """Whether some codes are infinities."""
        return self.flavour is Flavour.IEEE

    @property
    def has_nan(self) -> bool:
        """Whether some code is not a number."""
        return self.flavour is not Flavour.FINITE

    @property
    def has_negative_zero(self) -> bool:
        """Whether zero has a sign."""
        return self.flavour in (Flavour.IEEE, Flavour.FN, Flavour.FINITE)

    @property
    def bits(self) -> int:
        """Width of a code in bits."""
        return self.is_signed + self.e + self.m

    @property
    def has_flags(self) -> bool:
        """Whether operations round as frm says and raise flags: IEEE formats do, posits do not."""
        return True

    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The operations that element functions of vector instructions ask for by name."""
        return OFFERS[Minifloat].operations(self)

    def conversion(self, target: Any) -> Callable[..., Any] | None:
        """convert(a, mode, flags) from this format to another; None if there is none."""
        return OFFERS[Minifloat].conversion(self, target)

    @property
    def precision(self) -> int:
        """Significant bits of a normal number, with the leading one."""
        return self.m + 1

    @property
    def bias(self) -> int:
        """What the exponent field is too large by."""
        if self.excess is not None:
            return self.excess
        return (1 << (self.e - 1)) - (self.flavour is not Flavour.FNUZ)

    @property
    def emin(self) -> int:
        """Exponent of the smallest normal number."""
        return -self.bias if self.flavour is Flavour.SCALE else 1 - self.bias

    @property
    def emax(self) -> int:
        """Exponent of the largest finite number."""
        reserved = self.flavour in (Flavour.IEEE, Flavour.SCALE)
        return (1 << self.e) - 1 - reserved - self.bias

    @property
    def lsb_min(self) -> int:
        """Exponent of the smallest positive number, or of the smallest step between numbers."""
        return self.emin - self.m

    @property
    def sign_mask(self) -> int:
        """The sign bit; 0 if there is none."""
        return 1 << (self.bits - 1) if self.is_signed else 0

    @property
    def magnitude_mask(self) -> int:
        """All bits but the sign."""
        return int((1 << (self.e + self.m)) - 1)

    @property
    def infinity(self) -> int | None:
        """Code of positive infinity; None if there is none."""
        return ((1 << self.e) - 1) << self.m if self.has_infinity else None

    @property
    def nan(self) -> int | None:
        """Code of the canonical NaN (RISC-V: positive, no payload); None if there is none."""
        match self.flavour:
            case Flavour.IEEE:
                return ((2 << self.e) - 1) << (self.m - 1)
            case Flavour.FN | Flavour.SCALE:
                return self.magnitude_mask
            case Flavour.FNUZ:
                return self.sign_mask
            case Flavour.FINITE:
                return None

    @property
    def max_finite(self) -> int:
        """Code of the largest finite number."""
        if self.infinity is not None:
            return self.infinity - 1
        return self.magnitude_mask - (self.flavour in (Flavour.FN, Flavour.SCALE))

    @property
    def min_normal(self) -> int:
        """Code of the smallest positive normal number."""
        return 0 if self.flavour is Flavour.SCALE else 1 << self.m

    @property
    def natural_overflow(self) -> Overflow:
        """The overflow policy in the absence of a choice: infinity, else NaN, else saturation."""
        if self.has_infinity:
            return Overflow.INFINITY
        return Overflow.NAN if self.has_nan else Overflow.SATURATE

    def overflow_policy(self, wanted: Overflow | None) -> Overflow:
        """The wanted overflow policy, or the natural one for None.

        Raises:
            ValueError: the format has no code for what the policy asks.
        """
        policy = self.natural_overflow if wanted is None else wanted
        missing = (policy is Overflow.INFINITY and not self.has_infinity) or (
            policy is Overflow.NAN and not self.has_nan
        )
        if missing:
            raise ValueError(
                f"{self} cannot overflow to {policy.value}, which it has no code for; "
                f"its natural overflow policy is {self.natural_overflow.value}"
            )
        return policy

    @property
    def name(self) -> str:
        """Name in the grammar of ml_dtypes, for example `float8_e4m3fn`; `bfloat16` for E8M7."""
        if self == Minifloat(8, 7):
            return "bfloat16"
        if self.flavour is Flavour.IEEE and (self.e, self.m) in IEEE_INTERCHANGE:
            return f"float{self.bits}"
        suffix = self.flavour.value
        if self.bits < NARROWEST_WITH_NAN:
            # Names of ml_dtypes: below 8 bits `fn` also means that there is no NaN.
            suffix = {"finite": "fn", "fn": "nan"}.get(suffix, suffix)
        bias = "" if self.excess is None else f"b{self.excess}"
        return f"float{self.bits}_e{self.e}m{self.m}{bias}{suffix}"

    def __str__(self) -> str:
        return self.name


IEEE_INTERCHANGE = ((5, 10), (8, 23), (11, 52))
NARROWEST_WITH_NAN = 8
