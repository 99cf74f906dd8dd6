"""Zvvm: words, shapes, and products, against exact fractions and NumPy.

    pytest -m long tests/extensions/drafts/test_zvvm.py

does 3,000 products of random shapes, formats and partial sums with compiled bodies, and a loop in
all tiers; some ten minutes, a few of which are for compiling.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.extensions.drafts.zvvm import Form, Partial, Rounded, disclosure, exact_steps, make_floats
from rvx.formats.dot import Accumulator, Aligned, Exact, exact
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.exact import decode, round_to
from rvx.formats.minifloat.exact.arithmetic import add, fma, mul
from rvx.formats.minifloat.rounding import Rounding
from rvx.isa import ClashError, DeclarationError
from rvx.isa.vector.state import ALTFMT

from ...formats.dot.cases import KINDS, codes
from ..vector.spike_lab import Bodies, Case
from ..words import check_word

ISA = "rv64gcv_zvvm"
WORDS = {
    "vmmacc.vv v8,v1,v2": 0xE2208457,
    "vwmmacc.vv v8,v1,v2": 0xE6208457,
    "vqmmacc.vv v8,v1,v2": 0xEA208457,
    "v8wmmacc.vv v8,v1,v2": 0xEE208457,
    "vfwimmacc.vv v8,v1,v2,v0.scale": 0xE4208457,
    "vfqimmacc.vv v8,v1,v2,v0.scale": 0xE8208457,
    "vf8wimmacc.vv v8,v1,v2,v0.scale": 0xEC208457,
    "vfmmacc.vv v8,v1,v2": 0x52209457,
    "vfwmmacc.vv v8,v1,v2": 0x56209457,
    "vfqmmacc.vv v8,v1,v2": 0x5A209457,
    "vf8wmmacc.vv v8,v1,v2": 0x5E209457,
    "vfwmmacc.vv v8,v1,v2,v0.scale": 0x54209457,
    "vfqmmacc.vv v8,v1,v2,v0.scale": 0x58209457,
    "vf8wmmacc.vv v8,v1,v2,v0.scale": 0x5C209457,
    "vmtl.v v8,(a0),a1": 0x12B57407,
    "vmtl.v v8,(a0),a1,L1": 0x32B57407,
    "vmtl.v v8,(a0),a1,L4,v0.t": 0x70B57407,
    "vmts.v v8,(a0),a1,v0.t": 0x10B57427,
    "vmttl.v v8,(a0),zero": 0x16057407,
    "vmtts.v v4,(a0),a1,L64,v0.t": 0xF4B57227,
}
"""By the draft's figures: funct6 0x14 to 0x17 and 0x38 to 0x3b, bits 31 to 29 for lambda."""


@pytest.mark.parametrize("line", WORDS)
def test_words(line: str) -> None:
    check_word(line, WORDS[line], isa_for(ISA))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("vmtl.v v8,(a0),a1,L3", "'L3' is not a mask"),
        ("vmtl.v v8,(a0),a1,v0.t,L4", "'v0.t' is not the shape of a tile(?s:.)*L1, L2, L4"),
        ("vfwmmacc.vv v8,v1,v2,v0.t", "'v0.t' is not a scale(?s:.)*v0.scale stands here"),
        ("vfwimmacc.vv v8,v1,v2", "does not take 3 operands"),
        ("vfmmacc.vv v8,v1,v2,v0.scale", "does not take 4 operands"),
    ],
)
def test_what_cannot_be_written(line: str, said: str) -> None:
    with pytest.raises(AssemblyError, match=said):
        assemble(f"_start: {line}\n", isa_for(ISA))


def test_words_that_two_drafts_use() -> None:
    with pytest.raises(ClashError, match=r"Zvt 'vtle8' and Zvvmtls 'vmtl\.v' share words"):
        isa_for("rv64gcv_zvt_zvvmtls")
    assert isa_for("rv64gcv_zvt_zvvmm_zvvfmm").vector is not None


# -- lambda --------------------------------------------------------------------------------

LAMBDAS = """
_start: li      a0, {first}
        li      a1, {second}
        vsetvl  t0, zero, a0
        csrr    s0, vtype
        vsetvl  t0, zero, a1
        csrr    s1, vtype
        vsetvli t0, zero, {width}, m2, tu, mu
        csrr    s2, vtype
        li      a7, 93
        ecall
"""


def possible(vlen: int, sew: int) -> list[int]:
    """The fields of lambda that are possible."""
    elements = vlen // sew
    found = []
    for code in range(1, 8):
        square = 1 << 2 * (code - 1)
        if elements % square == 0 and elements // square in (1, 2, 4, 8, 16):
            found.append(code)
    return found


def after(vlen: int, sew: int, asked: int, before: int) -> int:
    """The field of lambda after a write, by the draft's text."""
    there = possible(vlen, sew)
    if asked == 0:
        return before if before in there else (there[-1] if there else 0)
    if asked in there or not there:
        return asked if there else 0
    below = [code for code in there if code <= asked]
    return below[-1] if below else there[0]


@pytest.mark.parametrize("vlen", [128, 512, 2048])
def test_lambda_becomes_what_is_possible(vlen: int) -> None:
    isa = isa_for(f"{ISA}_zvl{vlen}b")
    rng = np.random.default_rng(vlen)
    for _ in range(12):
        fields = [int(x) for x in rng.integers(0, 64, 2)]
        sews = [int(x) for x in rng.integers(0, 4, 3)]
        values = [fields[i] << 57 | sews[i] << 3 for i in range(2)]
        text = LAMBDAS.format(first=values[0], second=values[1], width=f"e{8 << sews[2]}")
        machine = Machine(assemble(text, isa), isa)
        assert machine.run().trap is None
        code = 0
        for i in range(3):
            asked = fields[i] >> 3 if i < 2 else 0
            code = after(vlen, 8 << sews[i], asked, code)
            rest = fields[min(i, 1)] & 7
            got = machine.register(f"s{i}")
            assert got >> 57 == code << 3 | rest, (i, fields, sews)
            assert got & 0xFFFF == sews[i] << 3 | (1 if i == 2 else 0)


# -- products ------------------------------------------------------------------------------

CASES = [
    *((8, 1, left, right, result) for left in (0, 1) for right in (0, 1) for result in (0, 1)),
    *((8, 2, 0, 0, result) for result in (0, 1)),
    *((16, 1, *x) for x in ((0, 0, 0), (1, 1, 1), (0, 1, 0), (1, 0, 1))),
    *((16, 2, *x) for x in ((0, 0, 0), (1, 1, 1), (0, 1, 0), (1, 0, 1))),
    *((16, 4, 0, 0, result) for result in (0, 1)),
    *((32, w, left, right, 0) for w in (2, 4) for left in (0, 1) for right in (0, 1)),
    *((32, w, 0, 0, 0) for w in (1, 8)),
    *((64, w, left, right, 0) for w in (4, 8) for left in (0, 1) for right in (0, 1)),
    *((64, w, 0, 0, 0) for w in (1, 2)),
]
"""SEW, W, altfmt_A, altfmt_B and altfmt: rows of the encoding map."""
NAMES = {1: "", 2: "w", 4: "q", 8: "8w"}


def format_of(bits: int, is_other: int) -> Minifloat:
    usual = {4: E2M1, 8: E4M3FN, 16: FP16, 32: FP32, 64: FP64}
    return {8: FP8, 16: FP16ALT}.get(bits, usual[bits]) if is_other else usual[bits]


def numbers(fmt: Minifloat, rng: np.random.Generator, shape: Any, kind: str) -> np.ndarray:
    """Codes of one kind; of binary64 too, whose sign does not fit the other function."""
    if fmt == E2M1:
        return rng.integers(0, 16, shape)
    if fmt != FP64:
        return codes(fmt, rng, shape, kind)
    low, high = {"any": (0, 2047), "small": (0, 3)}.get(kind, (1018, 1028))
    made = rng.integers(low, high + 1, shape) << 52 | rng.integers(0, 1 << 52, shape)
    return np.where(rng.random(shape) < 0.5, made, made | np.int64(-(1 << 63)))


def quiet(fmt: Minifloat, code: int) -> int:
    """A code whose NaNs are quiet, as all NaNs of 8 bits are."""
    return 0x7E if fmt == FP8 and code & 0x7F > 0x7C else code & (1 << fmt.bits) - 1


def canonical(fmt: Minifloat, code: int) -> int:
    """The NaN of the drafts instead of that of the format."""
    return 0x7F if fmt == FP8 and code & 0x7F > 0x7C else code


def accumulator(fmts: Any, made: Partial, n: int, mode: int) -> Accumulator:
    """What a partial sum declares, for groups of n products."""
    rounding = {Rounded.MODE: Rounding(mode), Rounded.ODD: Rounding.ROD, Rounded.NOT: None}
    bulk = made.form == Form.BULK
    return Accumulator(
        "disclosed",
        *fmts,
        n,
        Aligned((n - 1).bit_length()) if bulk else Exact(),
        is_fused=not bulk and made.rounded == Rounded.NOT,
        group_rounding=rounding[made.rounded],
        rounding=Rounding(mode),
    )


def plain(fmts: Any, a: Any, b: Any, c: int, made: Partial, w: int, mode: int) -> tuple[int, int]:
    """An element of C without scales."""
    if fmts[0] == FP64:
        flags = 0
        for x, y in zip(a, b, strict=True):
            if made.rounded == Rounded.NOT:
                c, raised = fma(FP64, x, y, c, mode)
            else:
                odd = made.rounded == Rounded.ODD
                product, raised = mul(FP64, x, y, int(Rounding.ROD) if odd else mode)
                c, more = add(FP64, c, product, mode)
                raised |= more
            flags |= raised
        return c, flags
    found = exact.dot(accumulator(fmts, made, made.group * w, mode), a, b, c)
    return found.code, found.flags


def scale_of(fmt: Minifloat, code: int, mode: int) -> tuple[int, int]:
    """A scale of E8M0 in a format."""
    if code == 255:
        return fmt.nan or 0, 0
    return round_to(fmt, Fraction(2) ** (code - 127), False, mode, None)


def scaled(
    fmts: Any, a: Any, b: Any, c: int, made: Partial, sizes: Any, scales: Any, mode: int
) -> tuple[int, int]:
    """An element of C with scales, step by step and block by block, in the order of K.

    Args:
        fmts: of A, B and C.
        a: a row of A.
        b: a row of B.
        c: the element.
        made: how partial sums come about.
        sizes: W, lambda times W, and the elements of a block.
        scales: codes of both scales of every block.
        mode: frm.
    """
    w, step, block = sizes
    fmt, flags, k = fmts[2], 0, 0
    scale = 0
    while k < len(a):
        if k % block == 0:
            (left, x), (right, y) = (scale_of(fmt, code, mode) for code in scales[k // block])
            scale, z = mul(fmt, left, right, mode)
            flags |= x | y | z
            if decode(fmt, scale).is_nan:
                return fmt.nan or 0, flags
        n = min(made.group * w, step - k % step, block - k % block)
        part = slice(k, k + n)
        k += n
        acc = accumulator(fmts, made, n, mode)
        if made.rounded == Rounded.NOT:
            power = decode(fmt, scale).magnitude
            assert power
            assert power.numerator & (power.numerator - 1) == 0
            exponent = power.numerator.bit_length() - power.denominator.bit_length()
            found = exact.dot(acc, a[part], b[part], c, [exponent] * n)
            c, raised = found.code, found.flags
        else:
            # The sum of a group alone: what a fused one gives of -0, which takes nothing away.
            minus = fmt.sign_mask
            pairs = list(
                zip(
                    exact._data(fmts[0], a[part], ()),
                    exact._data(fmts[1], b[part], ()),
                    strict=True,
                )
            )
            datum, raised = exact._group(acc, pairs, 0)
            code, _ = round_to(fmt, datum.magnitude, datum.is_negative, 0, None)
            if datum.is_nan:
                code = fmt.nan or 0
            elif datum.is_infinite:
                code = (fmt.infinity or 0) | (minus if datum.is_negative else 0)
            product, more = mul(fmt, scale, code, mode)
            c, last = add(fmt, c, product, mode)
            raised |= more | last
        flags |= raised
    return c, flags


def placed(registers: np.ndarray, first: int, bits: int, lam: int, matrix: np.ndarray) -> None:
    """Writes a matrix into registers: `lam` elements of each row to a register."""
    vlenb = registers.size // 32
    rows, columns = matrix.shape
    for row in range(rows):
        for k in range(columns):
            at = (first + k // lam) * vlenb * 8 + (row * lam + k % lam) * bits
            code = int(matrix[row, k]) & (1 << bits) - 1
            if bits == 4:
                registers[at // 8] = int(registers[at // 8]) & (0xF0 if at % 8 == 0 else 0x0F)
                registers[at // 8] |= code << at % 8
            else:
                registers[at // 8 :][: bits // 8] = np.frombuffer(
                    code.to_bytes(bits // 8, "little"), np.uint8
                )


def taken(registers: np.ndarray, first: int, bits: int, lam: int, rows: int) -> list[list[int]]:
    """The matrix of so many rows and columns in registers."""
    vlenb = registers.size // 32
    found = []
    for row in range(rows):
        line = []
        for k in range(rows):
            at = (first + k // lam) * vlenb + (row * lam + k % lam) * bits // 8
            line.append(int.from_bytes(bytes(registers[at:][: bits // 8]), "little"))
        found.append(line)
    return found


class Shape:
    """A random setting of a machine."""

    def __init__(self, rng: np.random.Generator, vlen: int, sew: int, w: int) -> None:
        self.code = int(rng.choice(possible(vlen, sew)))
        self.lam = 1 << (self.code - 1)
        self.lmul = int(rng.choice([0, 0, 1, 2]))
        self.rows = vlen // sew // self.lam
        self.columns = int(rng.integers(1, min(self.rows, 3) + 1))
        self.length = self.lam * w << self.lmul
        self.avl = self.columns * self.lam << self.lmul
        self.bs = int(rng.integers(2))
        self.vtype = self.code << 60 | self.bs << 59 | (sew.bit_length() - 4) << 3 | self.lmul


def check_floats(vlen: int, rng: np.random.Generator, rounds: int, fast: bool) -> None:
    isa = isa_for(f"{ISA}_zvl{vlen}b")
    bodies = Bodies(isa, fast, np.zeros(8192, np.uint8))
    words = bodies.context.state("partial_sums", 128)
    for _ in range(rounds):
        sew, w, left, right, other = CASES[int(rng.integers(len(CASES)))]
        shape, mode = Shape(rng, vlen, sew, w), int(rng.integers(5))
        if shape.rows * shape.columns * shape.length > 3000:
            continue
        bits = sew // w
        fmts = format_of(bits, left), format_of(bits, right), format_of(sew, other)
        group = 1 << int(rng.integers(shape.code))
        forms = [Form.EXACT] if sew == 64 else list(Form)
        form = forms[int(rng.integers(len(forms)))]
        made = Partial(1 if bits == 64 else group, form, Rounded(int(rng.integers(3))))
        is_scaled = w > 1 and bits <= 8 and sew * shape.lam >= 16 and bool(rng.integers(2))
        if is_scaled and w << shape.lmul > (sew if shape.bs else 2 * sew):
            is_scaled = False

        def disclosed(s: int, _: int, lam: int, made: Partial = made, sew: int = sew) -> Partial:
            return made if s == sew and lam >= made.group else Partial(1)

        for at, word in disclosure(disclosed).items():
            words[at] = word
        kind = KINDS[int(rng.integers(len(KINDS)))]
        registers = rng.integers(0, 256, 4 * vlen).astype(np.uint8)
        a = numbers(fmts[0], rng, (shape.rows, shape.length), kind)
        b = numbers(fmts[1], rng, (shape.columns, shape.length), kind)
        c = numbers(fmts[2], rng, (shape.rows, shape.rows), "near")
        placed(registers, 8, bits, shape.lam * w, a)
        placed(registers, 12, bits, shape.lam * w, b)
        placed(registers, 16, sew, shape.lam, c)
        pairs = registers[: vlen // 8].reshape(-1, 2)
        if made.rounded == Rounded.NOT:
            pairs[:] = rng.integers(124, 130, pairs.shape)
        elif rng.random() < 0.5:
            pairs[:] = rng.integers(118, 136, pairs.shape)
        vtype = shape.vtype | left << 58 | right << 57 | other * ALTFMT
        name = f"vf{NAMES[w]}mmacc.vv"
        operands = {"vd": 16, "vs1": 8, "vs2": 12}
        if w > 1:
            operands["scale"] = 0 if is_scaled else 1
        word = isa.instructions[name].encode(operands)
        done = bodies.perform(
            Case(word, vtype, shape.avl, 0, 0, mode << 5, (0, 0, 0), (0, 0), registers)
        )
        case = (vlen, sew, w, fmts, shape.__dict__, made, is_scaled, mode, kind)
        assert done.cause == 0, case
        got = taken(np.frombuffer(done.registers, np.uint8), 16, sew, shape.lam, shape.rows)
        raised, mask = 0, (1 << sew) - 1
        block, stride = (16 if shape.bs else 32), shape.lam * sew // 16
        for i in range(shape.rows):
            for j in range(shape.rows):
                old = int(c[i, j]) & mask
                if j >= shape.columns:
                    assert got[i][j] == old, case
                    continue
                x, y = (
                    [quiet(f, int(z)) for z in row] for f, row in ((fmts[0], a[i]), (fmts[1], b[j]))
                )
                if is_scaled:
                    blocks = range(-(-shape.length // block))
                    scales = [
                        (int(pairs[i * stride + s, 0]), int(pairs[j * stride + s, 1]))
                        for s in blocks
                    ]
                    sizes = w, shape.lam * w, block
                    made_of = scaled(fmts, x, y, quiet(fmts[2], old), made, sizes, scales, mode)
                else:
                    made_of = plain(fmts, x, y, quiet(fmts[2], old), made, w, mode)
                assert got[i][j] == canonical(fmts[2], made_of[0]), (case, i, j, x, y, old)
                raised |= made_of[1]
        assert done.fcsr & 31 == raised, case


def test_products_of_floats() -> None:
    check_floats(128, np.random.default_rng(11), 60, False)


@pytest.mark.long
@pytest.mark.parametrize("vlen", [128, 256, 512])
def test_products_of_floats_for_a_long_time(vlen: int) -> None:
    check_floats(vlen, np.random.default_rng([12, vlen]), 1000, True)


@pytest.mark.parametrize("vlen", [128, 256])
def test_products_of_integers(vlen: int) -> None:
    isa, rng = isa_for(f"{ISA}_zvl{vlen}b"), np.random.default_rng([13, vlen])
    bodies = Bodies(isa, False, np.zeros(8192, np.uint8))
    for sew in (8, 16, 32, 64):
        for w in (1, 2, 4, 8):
            if sew // w < 4:
                continue
            shape, bits = Shape(rng, vlen, sew, w), sew // w
            signs = [int(x) for x in rng.integers(0, 2, 2)]
            registers = rng.integers(0, 256, 4 * vlen).astype(np.uint8)
            factors = []
            for first, is_unsigned, rows in (
                (8, signs[0], shape.rows),
                (12, signs[1], shape.columns),
            ):
                low = 0 if is_unsigned else -(1 << bits - 1)
                factor = rng.integers(low, low + (1 << min(bits, 62)), (rows, shape.length))
                placed(registers, first, bits, shape.lam * w, factor)
                factors.append(factor.astype(object))
            before = taken(registers, 16, sew, shape.lam, shape.rows)
            vtype = shape.vtype | signs[0] << 58 | signs[1] << 57
            word = isa.instructions[f"v{NAMES[w]}mmacc.vv"].encode({"vd": 16, "vs1": 8, "vs2": 12})
            case = Case(word, vtype, shape.avl, 0, 0, 0, (0, 0, 0), (0, 0), registers)
            with np.errstate(over="ignore"):
                done = bodies.perform(case)
            assert done.cause == 0
            got = taken(np.frombuffer(done.registers, np.uint8), 16, sew, shape.lam, shape.rows)
            product = factors[0] @ factors[1].T
            for i in range(shape.rows):
                for j in range(shape.rows):
                    wanted = before[i][j]
                    if j < shape.columns:
                        wanted = (wanted + int(product[i, j])) % (1 << sew)
                    assert got[i][j] == wanted, (sew, w, shape.__dict__, i, j)


def test_integers_with_scales() -> None:
    vlen, rng = 128, np.random.default_rng(14)
    isa = isa_for(f"{ISA}_zvl{vlen}b")
    bodies = Bodies(isa, False, np.zeros(8192, np.uint8))
    for sew, w, other in (
        (16, 2, 0),
        (16, 2, 1),
        (16, 4, 0),
        (32, 4, 0),
        (32, 8, 0),
        (64, 8, 0),
    ) * 2:
        shape, mode, bits = Shape(rng, vlen, sew, w), int(rng.integers(5)), sew // w
        if w << shape.lmul > sew:
            continue
        fmt = format_of(sew, other)
        registers = rng.integers(0, 256, 4 * vlen).astype(np.uint8)
        low = -(1 << bits - 1)
        a = rng.integers(low, -low, (shape.rows, shape.length))
        b = rng.integers(low, -low, (shape.columns, shape.length))
        c = numbers(fmt, rng, (shape.rows, shape.rows), "near")
        placed(registers, 8, bits, shape.lam * w, a)
        placed(registers, 12, bits, shape.lam * w, b)
        placed(registers, 16, sew, shape.lam, c)
        pairs = registers[: vlen // 8].reshape(-1, 2)
        pairs[:] = rng.integers(115, 138, pairs.shape)
        pairs[0, 0] = 255
        operands = {"vd": 16, "vs1": 8, "vs2": 12, "scale": 0}
        word = isa.instructions[f"vf{NAMES[w]}immacc.vv"].encode(operands)
        vtype = shape.vtype | other * ALTFMT
        done = bodies.perform(
            Case(word, vtype, shape.avl, 0, 0, mode << 5, (0, 0, 0), (0, 0), registers)
        )
        assert done.cause == 0
        got = taken(np.frombuffer(done.registers, np.uint8), 16, sew, shape.lam, shape.rows)
        block, stride, raised = (16 if shape.bs else 32), shape.lam * sew // 16, 0
        for i in range(shape.rows):
            for j in range(shape.columns):
                code = int(c[i, j]) & (1 << sew) - 1
                for s in range(-(-shape.length // block)):
                    left, x = scale_of(fmt, int(pairs[i * stride + s, 0]), mode)
                    right, y = scale_of(fmt, int(pairs[j * stride + s, 1]), mode)
                    scale, z = mul(fmt, left, right, mode)
                    raised |= x | y | z
                    if decode(fmt, scale).is_nan:
                        code = fmt.nan or 0
                        break
                    part = slice(s * block, (s + 1) * block)
                    total = int(a[i, part] @ b[j, part])
                    number, x = round_to(fmt, Fraction(abs(total)), total < 0, mode, None)
                    product, y = mul(fmt, scale, number, mode)
                    code, z = add(fmt, code, product, mode)
                    raised |= x | y | z
                assert got[i][j] == code, (sew, w, shape.__dict__, i, j)
        assert done.fcsr & 31 == raised


@pytest.mark.parametrize(
    ("name", "operands", "vtype", "avl"),
    [
        ("vmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12}, 2 << 60 | 2 << 3, 3),  # no whole column
        ("vmmacc.vv", {"vd": 17, "vs1": 8, "vs2": 12}, 1 << 60 | 2 << 3, 4),
        ("vmmacc.vv", {"vd": 8, "vs1": 8, "vs2": 12}, 1 << 60 | 2 << 3, 4),
        ("vmmacc.vv", {"vd": 16, "vs1": 9, "vs2": 12}, 1 << 60 | 2 << 3 | 1, 4),
        ("vmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12}, 1 << 60 | 2 << 3 | 7, 2),  # LMUL = 1/2
        ("vqmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12}, 1 << 60, 4),  # elements of two bits
        ("vfmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12}, 2 << 60 | 1 << 3 | ALTFMT, 4),
        ("vfwmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12, "scale": 0}, 2 << 60 | 2 << 3, 4),
        ("vfwmmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12, "scale": 1}, 4 << 60 | 1 << 58, 4),
        ("vfwimmacc.vv", {"vd": 16, "vs1": 8, "vs2": 12, "scale": 0}, 2 << 60 | 1 << 58 | 8, 4),
    ],
)
def test_what_is_reserved(name: str, operands: dict[str, int], vtype: int, avl: int) -> None:
    isa = isa_for(f"{ISA}_zvl128b")
    bodies = Bodies(isa, False, np.zeros(8192, np.uint8))
    word = isa.instructions[name].encode(operands)
    registers = np.zeros(512, np.uint8)
    case = Case(word, vtype, avl, 0, 0, 0, (0, 0, 0), (0, 0), registers)
    assert bodies.perform(case).cause == 2


def test_a_disclosure_that_is_not_possible() -> None:
    with pytest.raises(DeclarationError, match="a group of 3 is not possible"):
        disclosure(lambda sew, w, lam: Partial(3))
    with pytest.raises(DeclarationError, match=r"SEW = 64, W = 1.*are not normalised"):
        disclosure(lambda sew, w, lam: Partial(0, Form.BULK))
    mine = make_floats("Xmine", exact_steps, supersedes=("Zvvfmm",))
    assert len(mine.states["partial_sums"].reset) == len(disclosure(exact_steps))


# -- tiles in memory -----------------------------------------------------------------------

TILES = """
_start: la      s0, data
        la      s1, out
        li      s2, {rounds}
        li      a0, {vtype}
        li      a1, {ahead}
        vsetvl  t0, zero, a0
        li      t0, 0xb7
        vmv.s.x v0, t0
loop:   vm{t}tl.v v8, (s0), a1
        vm{t}ts.v v8, (s1), zero
        addi    s2, s2, -1
        bnez    s2, loop
        vmv.v.i v8, 1
        vmtl.v  v8, (s0), a1, v0.t
        la      s1, masked
        vmts.v  v8, (s1), zero
        li      a0, 0
        li      a7, 93
        ecall
        .data
        .balign 8
data:   .zero   2048
out:    .zero   2048
masked: .zero   2048
"""


@pytest.mark.parametrize("tier", ["region", "trap"])
@pytest.mark.parametrize(("t", "lmul"), [("", 0), ("", 1), ("t", 0), ("t", 2)])
def test_tiles(tier: Any, t: str, lmul: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if tier == "region":
        monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    else:
        monkeypatch.setenv(VARIABLE, "never")
    isa = isa_for(f"{ISA}_zvl256b")
    lam, rows = 2, 4  # of 32-bit elements, eight to a register
    line, ahead = lam << lmul, 20
    vtype = 2 << 60 | 2 << 3 | lmul
    made = assemble(TILES.format(vtype=vtype, ahead=ahead, t=t, rounds=30), isa)
    machine = Machine(made, isa, tier=tier)
    data = np.arange(512, dtype=np.int32)
    machine.array("data", np.int32, 512)[:] = data
    assert machine.run().trap is None
    out = machine.array("out", np.int32, 512)
    if t:
        wanted = data[: ahead * line].reshape(line, ahead)[:, :rows]
        assert np.array_equal(out[: line * rows].reshape(line, rows), wanted)
    else:
        wanted = data[: ahead * rows].reshape(rows, ahead)[:, :line]
        assert np.array_equal(out[: rows * line].reshape(rows, line), wanted)
        masked = machine.array("masked", np.int32, 512)[:8]
        flat = np.where([0xB7 >> x & 1 for x in range(8)], wanted.reshape(-1)[:8], 1)
        assert np.array_equal(masked, flat)


LOOP = """
_start: la      s0, data
        li      a0, {vtype}
        vsetvl  t0, zero, a0
        li      s2, 60
        vle32.v v8, (s0)
        addi    s0, s0, 32
        vle32.v v9, (s0)
loop:   v{name}.vv v16, v8, v9
        vxor.vv v8, v8, v16
        addi    s2, s2, -1
        bnez    s2, loop
        la      s0, data
        vs2r.v  v16, (s0)
        frflags a0
        li      a7, 93
        ecall
        .data
        .balign 8
data:   .zero   64
"""


@pytest.mark.parametrize("name", ["qmmacc", pytest.param("fqmmacc", marks=pytest.mark.long)])
def test_a_loop_in_all_tiers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    isa = isa_for(f"{ISA}_zvl256b")
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    made = assemble(LOOP.format(vtype=2 << 60 | 2 << 3, name=name), isa)
    found = []
    for tier in ("region", "inline", "trap"):
        if tier == "trap":
            monkeypatch.setenv(VARIABLE, "never")
        machine = Machine(made, isa, tier=tier)
        machine.array("data", np.uint8, 64)[:] = np.random.default_rng(15).integers(0, 256, 64)
        result = machine.run()
        assert result.trap is None
        found.append((bytes(machine.array("data", np.uint8, 64)), result.exit_code))
    assert any(found[0][0])
    assert found[0] == found[1] == found[2]
