"""Xvposit and Xvfp8: every instruction against exact rational arithmetic, in all widths."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE as COMPILE_AFTER
from rvx.extensions import isa_for
from rvx.extensions.xvfp8 import DOT4
from rvx.formats.dot.exact import dot
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP32, FP64
from rvx.formats.minifloat.exact import Kind, round_to
from rvx.formats.minifloat.exact import decode as decode_minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.posit import POSIT8, POSIT16, POSIT32
from rvx.formats.posit.exact import decode, encode, sqrt

ELEMENTS = 24
SCALAR = 5
"""Which element of the second operand is the scalar."""


def program(lines):
    return "\n".join([".globl test", "test:", *lines, "ret", ""])


def run(march, lines, arrays, out_bytes, vlen=512):
    """Runs lines with the addresses of arrays, and of the result after them, in a0 and so on."""
    isa = isa_for(march, vlen=vlen)
    machine = Machine(assemble(program(lines), isa), isa, memory=1 << 20)
    places = [machine.place(array) for array in arrays]
    out = machine.allocate(out_bytes)
    result = machine.call("test", *places, out)
    assert result.trap is None, result.trap
    return machine.array(out, np.uint8, (out_bytes,)).copy()


def rounded(value, fmt):
    return fmt.nar if value is None else encode(value, fmt)


def exact(function):
    """On numbers, where NaR makes NaR."""

    def of(fmt, *codes):
        values = [decode(code, fmt) for code in codes]
        if None in values:
            return fmt.nar
        try:
            return rounded(function(*values), fmt)
        except ZeroDivisionError:
            return fmt.nar

    return of


def signed(code, fmt):
    return code - (1 << fmt.n) if code >= fmt.nar else code


# Posits are in the order of their codes as signed integers, NaR included.
BINARY = {
    "vpadd": exact(lambda a, b: a + b),
    "vpsub": exact(lambda a, b: a - b),
    "vpmul": exact(lambda a, b: a * b),
    "vpdiv": exact(lambda a, b: a / b),
    "vpmin": lambda fmt, a, b: min(a, b, key=lambda code: signed(code, fmt)),
    "vpmax": lambda fmt, a, b: max(a, b, key=lambda code: signed(code, fmt)),
}
UNARY = {
    "vpneg": exact(lambda a: -a),
    "vpabs": exact(abs),
    "vpsqrt": lambda fmt, a: sqrt(a, fmt),
}
COMPARED = {
    "vmpeq": lambda a, b: a == b,
    "vmple": lambda a, b: a <= b,
    "vmplt": lambda a, b: a < b,
}
TERNARY = {
    "vpmacc": exact(lambda a, b, d: d + a * b),
    "vpnmsac": exact(lambda a, b, d: d - a * b),
}


def operands(fmt, seed):
    """Random codes, most of numbers near 1, and the special ones."""
    rng = np.random.default_rng(seed)
    near = rng.integers(1, 1 << fmt.n - 3, (3, ELEMENTS)) + (1 << fmt.n - 3)
    codes = np.where(rng.random((3, ELEMENTS)) < 0.3, rng.integers(0, 1 << fmt.n, near.shape), near)
    codes[0, :3] = fmt.nar, 0, fmt.maxpos
    codes[1, 2:5] = fmt.nar, 0, 1
    return codes.astype(f"u{fmt.n // 8}")


@pytest.mark.parametrize("fmt", [POSIT8, POSIT16, POSIT32], ids=lambda fmt: fmt.name)
def test_elements_are_exact_and_rounded_once(fmt, monkeypatch):
    # Compiling all of them takes a minute; kernels and the tests of regions compile what they use.
    monkeypatch.setenv(COMPILE_AFTER, "never")
    a, b, d = operands(fmt, fmt.n)
    size = ELEMENTS * fmt.n // 8
    scalar = int(b[SCALAR].astype(f"i{fmt.n // 8}"))
    lines = [f"li t0, {ELEMENTS}", f"vsetvli zero, t0, e{fmt.n}, m2, tu, mu", f"li t1, {scalar}"]
    lines += [f"vle{fmt.n}.v v{2 + 2 * i}, (a{i})" for i in range(3)]
    wanted = []

    def keep(instruction, codes, register="v10"):
        lines.extend(
            [instruction, f"vse{fmt.n}.v {register}, (a3)", f"addi a3, a3, {size}"],
        )
        wanted.append(codes)

    for name, of in BINARY.items():
        keep(f"{name}.vv v10, v2, v4", [of(fmt, int(x), int(y)) for x, y in zip(a, b, strict=True)])
        keep(f"{name}.vx v10, v2, t1", [of(fmt, int(x), int(b[SCALAR])) for x in a])
    keep("vprsub.vx v10, v2, t1", [BINARY["vpsub"](fmt, int(b[SCALAR]), int(x)) for x in a])
    for name, of in UNARY.items():
        keep(f"{name}.v v10, v2", [of(fmt, int(x)) for x in a])
    for name, of in TERNARY.items():
        for form, second in (("vv", "v4"), ("vx", "t1")):
            right = b if form == "vv" else np.full_like(b, b[SCALAR])
            lines.append("vmv.v.v v10, v6")
            codes = [of(fmt, int(x), int(y), int(z)) for x, y, z in zip(a, right, d, strict=True)]
            keep(f"{name}.{form} v10, {second}, v2", codes)
    for name, compare in COMPARED.items():
        right = np.full_like(b, b[SCALAR])
        flags = [
            compare(signed(int(x), fmt), signed(int(y), fmt)) for x, y in zip(a, right, strict=True)
        ]
        lines += [f"{name}.vx v0, v2, t1", "vmv.v.v v10, v6"]
        # Also a masked instruction: elements that are masked off keep what they are.
        sums = [BINARY["vpadd"](fmt, int(x), int(y)) for x, y in zip(a, b, strict=True)]
        keep(
            "vpadd.vv v10, v2, v4, v0.t",
            [s if f else z for s, f, z in zip(sums, flags, d, strict=True)],
        )
    found = run("rv64gcv_xvposit", lines, [a, b, d], size * len(wanted))
    rows = found.view(f"u{fmt.n // 8}").reshape(len(wanted), ELEMENTS)
    for row, codes in zip(rows.tolist(), wanted, strict=True):
        assert row == [int(code) for code in codes]


@pytest.mark.parametrize(("fmt", "wide"), [(POSIT8, POSIT16), (POSIT16, POSIT32)])
def test_posits_of_twice_as_many_bits_and_back(fmt, wide):
    a = operands(fmt, 1)[0]
    big = operands(wide, 2)[0]
    lines = [
        f"li t0, {ELEMENTS}",
        f"vsetvli zero, t0, e{fmt.n}, m2, ta, ma",
        f"vle{fmt.n}.v v2, (a0)",
        f"vle{wide.n}.v v8, (a1)",
        "vpwcvt.v v12, v2",
        "vpncvt.w v4, v8",
        f"vse{wide.n}.v v12, (a2)",
        f"addi a2, a2, {ELEMENTS * wide.n // 8}",
        f"vse{fmt.n}.v v4, (a2)",
    ]
    found = run("rv64gcv_xvposit", lines, [a, big], ELEMENTS * (wide.n + fmt.n) // 8)
    edge = ELEMENTS * wide.n // 8
    widened = found[:edge].view(f"u{wide.n // 8}").tolist()
    narrowed = found[edge:].view(f"u{fmt.n // 8}").tolist()
    assert widened == [rounded(decode(int(x), fmt), wide) for x in a]
    assert narrowed == [rounded(decode(int(x), wide), fmt) for x in big]


def to_float(code, fmt, ieee):
    value = decode(code, fmt)
    return ieee.nan if value is None else round_to(ieee, abs(value), value < 0, Rounding.RNE)[0]


def to_posit(code, fmt, ieee):
    found = decode_minifloat(ieee, code)
    return fmt.nar if found.kind is not Kind.FINITE else encode(found.value, fmt)


@pytest.mark.parametrize(
    ("fmt", "ieee"),
    [(POSIT8, FP16), (POSIT16, FP32), (POSIT32, FP64), (POSIT16, FP16), (POSIT32, FP32)],
    ids=lambda fmt: str(getattr(fmt, "name", fmt)),
)
def test_posits_become_floats_and_floats_posits(fmt, ieee, monkeypatch):
    monkeypatch.setenv(COMPILE_AFTER, "never")
    a = operands(fmt, 3)[0]
    rng = np.random.default_rng(4)
    codes = [to_float(int(code), fmt, ieee) for code in operands(fmt, 5)[1]]
    floats = np.array(codes, np.uint64) ^ rng.integers(0, 4, ELEMENTS, np.uint64)
    special = [ieee.infinity, ieee.nan, 0, ieee.sign_mask, 1, ieee.max_finite]
    floats[: len(special)] = special
    floats = floats.astype(f"u{ieee.bits // 8}")
    is_wide = ieee.bits > fmt.n
    there, back = ("vpwcvt.f.p.v", "vpncvt.p.f.w") if is_wide else ("vpcvt.f.p.v", "vpcvt.p.f.v")
    lines = [
        f"li t0, {ELEMENTS}",
        f"vsetvli zero, t0, e{fmt.n}, m2, ta, ma",
        f"vle{fmt.n}.v v2, (a0)",
        f"vle{ieee.bits}.v v8, (a1)",
        f"{there} v12, v2",
        f"{back} v4, v8",
        f"vse{ieee.bits}.v v12, (a2)",
        f"addi a2, a2, {ELEMENTS * ieee.bits // 8}",
        f"vse{fmt.n}.v v4, (a2)",
    ]
    found = run("rv64gcv_xvposit", lines, [a, floats], ELEMENTS * (ieee.bits + fmt.n) // 8)
    edge = ELEMENTS * ieee.bits // 8
    made = found[:edge].view(f"u{ieee.bits // 8}").tolist()
    assert made == [to_float(int(code), fmt, ieee) for code in a]
    made = found[edge:].view(f"u{fmt.n // 8}").tolist()
    assert made == [to_posit(int(code), fmt, ieee) for code in floats]


@pytest.mark.parametrize("fmt", [POSIT8, POSIT16, POSIT32], ids=lambda fmt: fmt.name)
def test_dot_products_in_the_quire_are_exact(fmt):
    a, b, _ = operands(fmt, 7)
    a[a == fmt.nar], b[b == fmt.nar] = 3, 5
    lines = [
        f"li t0, {ELEMENTS}",
        f"vsetvli zero, t0, e{fmt.n}, m2, ta, ma",
        f"vle{fmt.n}.v v2, (a0)",
        f"vle{fmt.n}.v v4, (a1)",
        "vqclear.v",
        "vqmacc.vv v2, v4",
        "vmv.v.i v0, 5",
        "vqmacc.vv v4, v4, v0.t",
        "vqround.v v10",
        f"vse{fmt.n}.v v10, (a2)",
    ]
    found = run("rv64gcv_xvposit", lines, [a, b], 8 * ELEMENTS)
    x, y = ([decode(int(code), fmt) for code in codes] for codes in (a, b))
    # v0 has bits 0 and 2 of every element set; only the lowest `ELEMENTS` bits count.
    step = fmt.n
    active = [i for i in range(ELEMENTS) if i % step in (0, 2)]
    total = sum((p * q for p, q in zip(x, y, strict=True)), Fraction(0)) + sum(
        y[i] ** 2 for i in active
    )
    assert found[: fmt.n // 8].view(f"u{fmt.n // 8}")[0] == encode(total, fmt)


@pytest.mark.parametrize(("name", "fmt"), [("vfe4m3macc", E4M3FN), ("vfe5m2macc", FP8)])
@pytest.mark.parametrize("form", ["vv", "vx"])
def test_products_of_fp8_are_added_up_in_binary32(name, fmt, form):
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 0x70, (2, ELEMENTS)).astype(np.uint8) | np.uint8(0x80) * (
        rng.random((2, ELEMENTS)) < 0.5
    ).astype(np.uint8)
    d = rng.normal(0, 1, ELEMENTS).astype(np.float32)
    second = "v3" if form == "vv" else "t1"
    lines = [
        f"li t0, {ELEMENTS}",
        "vsetvli zero, t0, e8, m1, ta, ma",
        "vle8.v v2, (a0)",
        "vle8.v v3, (a1)",
        f"lbu t1, {SCALAR}(a1)",
        "vle32.v v8, (a2)",
        f"{name}.{form} v8, {second}, v2",
        "vse32.v v8, (a3)",
    ]
    found = run("rv64gcv_xvfp8", lines, [a, b, d], 4 * ELEMENTS).view(np.uint32)
    right = b if form == "vv" else np.full_like(b, b[SCALAR])
    for code, x, y, z in zip(found, a, right, d, strict=True):
        p, q = (decode_minifloat(fmt, int(value)).value for value in (x, y))
        total = Fraction(float(z)) + p * q
        assert int(code) == round_to(FP32, abs(total), total < 0, Rounding.RNE)[0]


@pytest.mark.parametrize("form", ["vv", "vx"])
@pytest.mark.parametrize(("name", "fmt"), [("e4m3", E4M3FN), ("e5m2", FP8)])
def test_four_products_of_fp8_are_rounded_once(name, fmt, form):
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 256, (2, 4 * ELEMENTS)).astype(np.uint8)
    d = rng.normal(0, 1, ELEMENTS).astype(np.float32)
    second = "v4" if form == "vv" else "t1"
    lines = [
        f"li t0, {ELEMENTS}",
        "vsetvli zero, t0, e32, m2, ta, ma",
        "vle32.v v2, (a0)",
        "vle32.v v4, (a1)",
        f"lw t1, {4 * SCALAR}(a1)",
        "vle32.v v8, (a2)",
        f"vf{name}dot4.{form} v8, {second}, v2",
        "vse32.v v8, (a3)",
    ]
    found = run("rv64gcv_xvfp8", lines, [a, b, d], 4 * ELEMENTS).view(np.uint32)
    for x, (code, z) in enumerate(zip(found, d.view(np.uint32), strict=True)):
        at = 4 * x, 4 * (x if form == "vv" else SCALAR)
        left, right = (part[i : i + 4].tolist() for part, i in zip((a, b), at, strict=True))
        assert int(code) == dot(DOT4[fmt], right, left, int(z)).code
