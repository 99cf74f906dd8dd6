"""The vector MX dot product against exact fractions, and which operands it takes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

ISA = isa_for("rv64gcv_zvl256b_xvmxdotp")
COUNT = 8
"""Elements of vd."""
FORMATS: dict[str, Any] = {
    "e4m3": ml_dtypes.float8_e4m3fn,
    "e5m2": ml_dtypes.float8_e5m2,
    "e2m3": ml_dtypes.float6_e2m3fn,
    "e3m2": ml_dtypes.float6_e3m2fn,
    "e2m1": ml_dtypes.float4_e2m1fn,
    "int8": np.int8,
}
ACCUMULATORS: dict[str, tuple[Any, int, int]] = {
    "w": (np.dtype("f4"), 32, 24),
    "q": (np.dtype(ml_dtypes.bfloat16), 16, 8),
}
"""By the letter: the type, its bits, and its precision."""


def decoded(name: str, word: int) -> list[Fraction]:
    """The elements of 64 bits."""
    if name == "e2m1":
        codes = np.array([word >> 4 * at & 15 for at in range(16)], np.uint8)
    else:
        codes = np.array([word >> 8 * at & 255 for at in range(8)], np.uint8)
    if name in ("e2m3", "e3m2"):
        codes &= 63
    scale = Fraction(1, 64) if name == "int8" else Fraction(1)
    return [Fraction(float(x)) * scale for x in codes.view(FORMATS[name])]


def rounded(exact: Fraction, precision: int) -> Fraction:
    """To nearest, ties to even, with the exponents of binary32."""
    if exact == 0:
        return exact
    exponent = abs(exact.numerator).bit_length() - exact.denominator.bit_length() - 1
    exponent += abs(exact) >= Fraction(2) ** (exponent + 1)
    unit = Fraction(2) ** (max(exponent, -126) - precision + 1)
    return round(exact / unit) * unit


def program(mnemonic: str, sew: int) -> str:
    first, third = ("fa0", "fa1") if mnemonic.split(".")[1][1] == "f" else ("v8", "v24")
    return f"""
            .globl   run
    run:    vsetivli zero, {COUNT}, e64, m4, ta, ma
            vle64.v  v8, (a1)
            vle64.v  v16, (a2)
            vsetivli zero, {COUNT}, e8, m1, ta, ma
            vle8.v   v24, (a3)
            vle8.v   v25, (a4)
            fld      fa0, (a1)
            fld      fa1, (a3)
            vsetivli zero, {COUNT}, e{sew}, m1, ta, ma
            vle{sew}.v  v4, (a0)
            {mnemonic} v4, {first}, v16, {third}, v25
            vse{sew}.v  v4, (a0)
            ret
    """


def numbers_without_nan(random: np.random.Generator, name: str) -> np.ndarray:
    codes = random.integers(0, 256, 8 * COUNT).astype(np.uint8)
    if name in ("e4m3", "e5m2"):
        # Exponents below the one that holds infinities and NaNs.
        codes &= 0xBF
    return codes.view(np.uint64)


@pytest.mark.parametrize("form", ["ww", "wf", "qq", "qf"])
@pytest.mark.parametrize("name", FORMATS)
def test_results_are_exact_sums_rounded_once(name: str, form: str) -> None:
    dtype, sew, precision = ACCUMULATORS[form[0]]
    random = np.random.default_rng(len(name) + ord(form[1]))
    machine = Machine(assemble(program(f"vmxdotp.{form}.{name}", sew), ISA), ISA, backend="python")
    has_vectors = form[1] != "f"
    for _ in range(4):
        a, b = numbers_without_nan(random, name), numbers_without_nan(random, name)
        scale_a, scale_b = random.integers(120, 135, (2, COUNT)).astype(np.uint8)
        acc = random.normal(0, 64, COUNT).astype(dtype)
        old = [Fraction(float(x)) for x in acc]
        assert machine.call("run", acc.view(f"u{sew // 8}"), a, b, scale_a, scale_b).trap is None
        for x, value in enumerate(acc.astype(np.float64)):
            left, scale = (a[x], scale_a[x]) if has_vectors else (a[0], scale_a[0])
            pairs = zip(decoded(name, int(left)), decoded(name, int(b[x])), strict=True)
            total = sum(p * q for p, q in pairs)
            exact = old[x] + total * Fraction(2) ** (int(scale) + int(scale_b[x]) - 254)
            assert Fraction(value) == rounded(exact, precision)


def test_words_have_the_operands_of_spatz_in_their_low_half() -> None:
    """48 bits, with vs1, vs2 and vd where V has them, vs3 above and vs4 in the gaps."""
    values = {"vd": 1, "vs1": 2, "vs2": 3, "vs3": 4, "vs4": 0b10110}
    low = 4 << 27 | 0b10 << 25 | 3 << 20 | 2 << 15 | 0b110 << 12 | 1 << 7
    for at, name in enumerate(FORMATS):
        for form, ending in (("ww", 0x5F), ("qq", 0x1F)):
            made = ISA.instructions[f"vmxdotp.{form}.{name}"]
            assert made.encode(values) == at << 33 | 1 << 32 | low | ending
    found = ISA.decode(0x0003_20A1_A0DF | 22 << 25)
    assert found is not None
    assert found.instruction.mnemonic == "vmxdotp.ww.e5m2"


@pytest.mark.parametrize(
    ("operands", "setting"),
    [
        ("v4, v8, v16, v24, v25", "e16, m1"),
        ("v4, v8, v16, v24, v25", "e32, m8"),
        ("v4, v9, v16, v24, v25", "e32, m1"),
        ("v4, v8, v17, v24, v25", "e32, m1"),
        ("v9, v8, v16, v24, v25", "e32, m1"),
        ("v4, v8, v16, v4, v25", "e32, m1"),
        ("v4, v8, v16, v24, v4", "e32, m1"),
        ("v5, v8, v16, v24, v25", "e32, m2"),
    ],
)
def test_what_is_reserved_traps(operands: str, setting: str) -> None:
    source = f"""
            .globl   run
    run:    vsetivli zero, 1, {setting}, ta, ma
            vmxdotp.ww.e4m3 {operands}
            ret
    """
    result = Machine(assemble(source, ISA), ISA, backend="python").call("run")
    assert result.trap is not None
    assert "illegal" in str(result.trap).lower()


def test_formats_are_part_of_the_mnemonic() -> None:
    with pytest.raises(AssemblyError, match=r"vmxdotp\.ww\.e4m4"):
        assemble("vmxdotp.ww.e4m4 v4, v8, v16, v24, v25", ISA)
