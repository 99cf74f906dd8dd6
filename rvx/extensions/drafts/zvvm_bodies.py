"""Bodies of Zvvm's instructions: matrices in vector registers, and tiles in memory.

What they mean, and which choices of an implementation they leave to words of state, is said in
`zvvm`, where they are declared. Names are those of the draft: a product has M rows and N columns of
C, and K_eff products in each sum; lambda and LMUL come as binary logarithms, `lam` and `lmul`.

Source: Zvvm 0.1, riscv/integrated-matrix-extension, src/unpriv/integrated-matrix.adoc at 102f354f.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.extensions.vector.memory import LOADS, STORES
from rvx.formats.bits import clz64, ctz64
from rvx.formats.dot import chosen
from rvx.formats.dot.chosen import OF_FP32, OF_FP64, SCRATCH, WORDS, pack, unpack
from rvx.formats.dot.step import (
    EXACT,
    INFINITE,
    QUIET,
    Setting,
    add,
    multiply,
    round_number,
    rounded_sum,
    special_of_products,
    sum_aligned,
    summed,
)
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP64
from rvx.formats.minifloat.rounding import NV, Rounding
from rvx.isa import Memory, Words
from rvx.isa.memory import FAULT_KIND, FAULT_NONE
from rvx.isa.vector.elementwise import generated
from rvx.isa.vector.legality import is_aligned, overlaps
from rvx.isa.vector.plan import with_moves, with_result
from rvx.isa.vector.setting import has_lambda
from rvx.isa.vector.state import (
    VL,
    VSTART,
    VTYPE,
    Vector,
    is_active,
    is_alternative,
    is_ill,
    is_ready,
    log_width,
    refuse,
    width,
)
from rvx.isa.vector.state import group as log_group

# -- geometry ------------------------------------------------------------------------------


def shape_bits(v: Vector, xlen: int) -> int:
    """The six bits of vtype below vill: three of lambda, bs, and the formats of A and B."""
    return v.config[VTYPE] >> (xlen - 7) & 63


def log_lambda(v: Vector, xlen: int) -> int:
    """The binary logarithm of lambda; -1 if none is set, or none that SEW allows."""
    code = shape_bits(v, xlen) >> 3
    if not has_lambda(v, code):
        return -1
    return code - 1


def log_elements(v: Vector) -> int:
    """The binary logarithm of the elements of SEW bits in a register."""
    made = 0
    while v.vlenb >> log_width(v) >> made > 1:
        made += 1
    return made


def is_legal_product(v: Vector, xlen: int, vd: int, vs1: int, vs2: int) -> bool:
    """Whether registers may stand in a product, under the present setting."""
    if not is_ready(v):
        return False
    lam, lmul = log_lambda(v, xlen), log_group(v)
    if lam < 0 or lmul < 0:
        return False
    if v.config[VL] & ((1 << (lam + lmul)) - 1) != 0:
        return False
    if not (is_aligned(vs1, lmul) and is_aligned(vs2, lmul)):
        return False
    emul = log_elements(v) - 2 * lam
    if not is_aligned(vd, emul):
        return False
    return not overlaps(vd, emul, vs1, lmul) and not overlaps(vd, emul, vs2, lmul)


def size_of_c(v: Vector, lam: int) -> tuple[int, int]:
    """Rows of C, and the columns that an instruction adds to."""
    return 1 << (log_elements(v) - lam), v.config[VL] >> (lam + log_group(v))


def place_of_c(v: Vector, lam: int, i: int, j: int) -> int:
    """The position of an element of C behind the first of its group."""
    per_register = v.vlenb >> log_width(v)
    return (j >> lam) * per_register + (i << lam) + (j & ((1 << lam) - 1))


def factor(v: Vector, eew: int, register: int, lam_w: int, row: int, k: int) -> int:
    """The bits of an element of a factor, sign-extended where it has 8 bits or more.

    Args:
        v: the vector unit.
        eew: bits of an element.
        register: the first of the factor.
        lam_w: the binary logarithm of lambda times W.
        row: of the factor.
        k: column of it.
    """
    at = (row << lam_w) + (k & ((1 << lam_w) - 1))
    first = (register + (k >> lam_w)) * v.vlenb
    if eew == 8:
        return v.e8[first + at] | 0
    if eew == 4:
        return v.e8[first + (at >> 1)] >> 4 * (at & 1) & 15
    if eew == 16:
        return v.e16[(first >> 1) + at] | 0
    if eew == 32:
        return v.e32[(first >> 2) + at] | 0
    return v.e64[(first >> 3) + at] | 0


def element(v: Vector, sew: int, register: int, at: int) -> int:
    """An element of C."""
    first = register * v.vlenb
    if sew == 32:
        return v.e32[(first >> 2) + at] | 0
    if sew == 16:
        return v.e16[(first >> 1) + at] | 0
    if sew == 8:
        return v.e8[first + at] | 0
    return v.e64[(first >> 3) + at] | 0


def put(v: Vector, sew: int, register: int, at: int, value: int) -> None:
    """Writes an element of C."""
    first = register * v.vlenb
    if sew == 32:
        v.e32[(first >> 2) + at] = value
    elif sew == 16:
        v.e16[(first >> 1) + at] = value
    elif sew == 8:
        v.e8[first + at] = value
    else:
        v.e64[(first >> 3) + at] = value


# -- integers ------------------------------------------------------------------------------


def signed(value: int, eew: int) -> int:
    """The number of so many bits, with a sign."""
    if eew == 64:
        return value
    return ((value & ((1 << eew) - 1)) ^ (1 << (eew - 1))) - (1 << (eew - 1))


def integer(value: int, eew: int, is_signed: bool) -> int:
    """The number that an element of a factor is."""
    if is_signed:
        return signed(value, eew)
    if eew == 64:
        return value
    return value & ((1 << eew) - 1)


def integers(v: Vector, xlen: int, log_w: int, vd: int, vs1: int, vs2: int) -> None:
    """C += A B^T modulo 2^SEW."""
    sew, lam, lmul = width(v), log_lambda(v, xlen), log_group(v)
    eew = sew >> log_w
    is_signed_a = shape_bits(v, xlen) & 2 == 0
    is_signed_b = shape_bits(v, xlen) & 1 == 0
    m, n = size_of_c(v, lam)
    for i in range(m):
        for j in range(n):
            at = place_of_c(v, lam, i, j)
            total = element(v, sew, vd, at)
            for k in range(1 << (lam + log_w + lmul)):
                a = integer(factor(v, eew, vs1, lam + log_w, i, k), eew, is_signed_a)
                b = integer(factor(v, eew, vs2, lam + log_w, j, k), eew, is_signed_b)
                total += a * b
            put(v, sew, vd, at, total)


def integers_body(log_w: int) -> Callable[..., None]:
    """Of products of integers of SEW / 2^log_w bits."""

    def body(vd: int, vs1: int, vs2: int, v: Vector, xlen: int, fault: Words) -> None:
        if width(v) >> log_w < 4 or not is_legal_product(v, xlen, vd, vs1, vs2):
            refuse(fault)
            return
        integers(v, xlen, log_w, vd, vs1, vs2)

    return with_result(body, "tile", 0)


# -- floats --------------------------------------------------------------------------------

PER_BYTE = 16
"""Elements of a factor for each byte of a register: eight registers of 4-bit elements."""
MOST_GROUP = 64 * 8
_ODD = int(Rounding.ROD)


def format_of(bits: int, is_other: bool) -> int:
    """Number of the format of so many bits; -1 if there is none."""
    if bits == 8:
        return chosen.OF_E5M2 if is_other else chosen.OF_E4M3
    if bits == 16:
        return chosen.OF_BF16 if is_other else chosen.OF_FP16
    if bits == 4 and not is_other:
        return chosen.OF_E2M1
    if bits == 32:
        return OF_FP32
    return OF_FP64 if bits == 64 else -1


def is_listed(left: int, right: int, result: int, log_w: int) -> bool:
    """Whether the encoding map has a row of these formats."""
    if left < 0 or right < 0 or result < 0:
        return False
    # A sum of two factors of 16 bits has their format, if that is one and the same.
    is_half = log_w == 0 and result in (chosen.OF_FP16, chosen.OF_BF16)
    return not (is_half and left == right and left != result)


def take_apart(
    v: Vector,
    eew: int,
    fmt: int,
    register: int,
    lam_w: int,
    rows: int,
    length: int,
    s: Any,
    e: Any,
) -> int:
    """Takes the elements of a factor apart, a row behind the other; gives 1 if all are numbers."""
    is_tame = 1
    for row in range(rows):
        for k in range(length):
            made, exponent = unpack(fmt, factor(v, eew, register, lam_w, row, k))
            s[row * length + k], e[row * length + k] = made, exponent
            if exponent >= INFINITE:
                is_tame = 0
    return is_tame


def scale_of(work: Any, v: Vector, stride: int, i: int, j: int, block: int, mode: int) -> Any:
    """The scale of a block of row i of A and column j: (significand, exponent, flags)."""
    sa, ea, flags = power_of(work, v.e8[2 * (i * stride + block)] & 255, mode)
    sb, eb, raised = power_of(work, v.e8[2 * (j * stride + block) + 1] & 255, mode)
    s, e, more = multiply(work, sa, ea, sb, eb, mode)
    return s, e, flags | raised | more


def power_of(work: Any, code: int, mode: int) -> tuple[int, int, int]:
    """A scale of E8M0 in the result format."""
    if code == 255:
        return 1, QUIET, 0
    return round_number(work, 1, code - 127, 0, mode, 0, 1)


def scaled_group(
    work: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    ts: Any,
    te: Any,
    i: int,
    j: int,
    n: int,
    scale: int,
    scale_e: int,
    cs: int,
    ce: int,
    mode: int,
    is_tame: int,
    scratch: Any,
) -> tuple[int, int, int]:
    """C after a group of products that has a scale."""
    if work[_GROUP_ROUNDING] >= 0:
        s, e, flags = rounded_sum(work, sa, ea, sb, eb, i, j, n, 0, is_tame, scratch)
        s, e, raised = multiply(work, s, e, scale, scale_e, mode)
        s, e, more = add(work, s, e, cs, ce, work[_PRECISION], 0)
        return s, e, flags | raised | more
    found = 0
    if is_tame == 0:
        found = special_of_products(sa, ea, sb, eb, i, j, n)
    if found != 0 or scale == 0 or scale_e >= INFINITE:
        # No more than the sign of the sum counts, and whether it is zero.
        work[_GROUP_ROUNDING] = _ODD
        s, e, flags = rounded_sum(work, sa, ea, sb, eb, i, j, n, 0, is_tame, scratch)
        work[_GROUP_ROUNDING] = -1
        s, e, raised = multiply(work, s, e, scale, scale_e, mode)
        s, e, more = add(work, s, e, cs, ce, work[_PRECISION], 0)
        return s, e, flags & NV | raised | more
    zeros = ctz64(scale)
    scale >>= zeros
    scale_e += zeros
    if work[_REDUCTION] != EXACT:
        s, e = sum_aligned(work, sa, ea, sb, eb, i, j, n, 0, 0)
        if s == 0:
            e = 0
        else:
            if scale != 1:
                # Only scales beyond the format are no powers of two: 24 bits at most.
                low = max(64 - clz64(abs(s)) - 36, 0)
                rest = 1 if abs(s) & ((1 << low) - 1) != 0 else 0
                s = (s >> low | rest) * scale
                e += low
            e += scale_e
        return add(work, s, e, cs, ce, 60, 0)
    for k in range(n):
        ts[k], te[k] = sa[i + k] * scale, ea[i + k]
        if sa[i + k] != 0:
            te[k] += scale_e
    before = work[_PRODUCT_BITS] | 0
    work[_PRODUCT_BITS] = before + 64 - clz64(scale)
    s, e, flags = summed(work, ts, te, sb, eb, 0, j, n, cs, ce, 0, 1, scratch)
    work[_PRODUCT_BITS] = before
    return s, e, flags


_GROUP_ROUNDING, _PRECISION = Setting.GROUP_ROUNDING + 0, Setting.PRECISION + 0
_REDUCTION, _PRODUCT_BITS = Setting.REDUCTION + 0, Setting.PRODUCT_BITS + 0


def choose_sums(work: Any, sums: int, n: int, mode: int) -> None:
    """Fills in how partial sums come about; a group has n products at the most."""
    if sums >> 8 & 1 != 0:
        chosen.normalise(work)
    rounded = sums >> 9
    if rounded == 0:
        chosen.round_groups(work, mode)
    elif rounded == 1:
        chosen.round_groups(work, _ODD)
    chosen.in_groups(work, n)


def floats(
    v: Vector,
    xlen: int,
    log_w: int,
    is_scaled: bool,
    vd: int,
    vs1: int,
    vs2: int,
    mode: int,
    left: int,
    right: int,
    result: int,
    partial_sums: Any,
    work: Any,
) -> int:
    """C += A B^T; gives flags."""
    sew, lam, lmul = width(v), log_lambda(v, xlen), log_group(v)
    eew, lam_w = sew >> log_w, lam + log_w
    m, n = size_of_c(v, lam)
    length, step = 1 << (lam_w + lmul), 1 << lam_w
    if n == 0:
        return 0
    sums = partial_sums[((log_width(v) * 4) + log_w) * 8 + lam + 1] | 0
    size = (sums & 255) << log_w
    chosen.choose(work, left, right, result, mode)
    choose_sums(work, sums, size, mode)
    scratch = work[SCRATCH:WORDS]
    each = PER_BYTE * v.vlenb
    sa, ea = work[WORDS : WORDS + each], work[WORDS + each : WORDS + 2 * each]
    sb = work[WORDS + 2 * each : WORDS + 3 * each]
    eb = work[WORDS + 3 * each : WORDS + 4 * each]
    rest = WORDS + 4 * each
    ts, te = work[rest : rest + MOST_GROUP], work[rest + MOST_GROUP : rest + 2 * MOST_GROUP]
    is_tame = take_apart(v, eew, left, vs1, lam_w, m, length, sa, ea)
    is_tame &= take_apart(v, eew, right, vs2, lam_w, n, length, sb, eb)
    block = length
    if is_scaled:
        block = 16 if shape_bits(v, xlen) & 4 != 0 else 32
    stride = sew << lam >> 4
    flags = 0
    for i in range(m):
        for j in range(n):
            at = place_of_c(v, lam, i, j)
            cs, ce = unpack(result, element(v, sew, vd, at))
            k, scale, scale_e = 0, 0, 0
            while k < length:
                if is_scaled and k & (block - 1) == 0:
                    scale, scale_e, raised = scale_of(work, v, stride, i, j, k // block, mode)
                    flags |= raised
                    if scale_e >= QUIET:
                        cs, ce = 1, QUIET
                        break
                # Groups end where a step does, and where a block does.
                end = min((k | (step - 1)) + 1, (k | (block - 1)) + 1)
                count = min(size, end - k)
                if is_scaled:
                    chosen.in_groups(work, count)
                    cs, ce, raised = scaled_group(
                        work,
                        sa,
                        ea,
                        sb,
                        eb,
                        ts,
                        te,
                        i * length + k,
                        j * length + k,
                        count,
                        scale,
                        scale_e,
                        cs,
                        ce,
                        mode,
                        is_tame,
                        scratch,
                    )
                else:
                    cs, ce, raised = summed(
                        work,
                        sa,
                        ea,
                        sb,
                        eb,
                        i * length + k,
                        j * length + k,
                        count,
                        cs,
                        ce,
                        0,
                        is_tame,
                        scratch,
                    )
                flags |= raised
                k += count
            put(v, sew, vd, at, pack(result, cs, ce))
    return flags


_multiply, _add, _fma = kernels.make_mul(FP64), kernels.make_add(FP64), kernels.make_fma(FP64)


def doubles(v: Vector, xlen: int, vd: int, vs1: int, vs2: int, mode: int, partial_sums: Any) -> int:
    """C += A B^T of binary64, whose products have more digits than accumulators take."""
    lam, lmul = log_lambda(v, xlen), log_group(v)
    m, n = size_of_c(v, lam)
    rounded = (partial_sums[(3 * 4) * 8 + lam + 1] | 0) >> 9
    flags = 0
    for i in range(m):
        for j in range(n):
            at = place_of_c(v, lam, i, j)
            c = element(v, 64, vd, at)
            for k in range(1 << (lam + lmul)):
                a, b = factor(v, 64, vs1, lam, i, k), factor(v, 64, vs2, lam, j, k)
                if rounded == 2:
                    c, raised = _fma(a, b, c, mode)
                else:
                    product, raised = _multiply(a, b, _ODD if rounded == 1 else mode)
                    c, more = _add(c, product, mode)
                    raised |= more
                flags |= raised
            put(v, 64, vd, at, c)
    return flags


def integers_scaled(
    v: Vector,
    xlen: int,
    log_w: int,
    vd: int,
    vs1: int,
    vs2: int,
    mode: int,
    result: int,
    work: Any,
) -> int:
    """C += A B^T of integers with scales into floats, block by block; gives flags."""
    sew, lam, lmul = width(v), log_lambda(v, xlen), log_group(v)
    eew, lam_w = sew >> log_w, lam + log_w
    m, n = size_of_c(v, lam)
    length = 1 << (lam_w + lmul)
    chosen.choose(work, chosen.OF_E4M3, chosen.OF_E4M3, result, mode)
    block = 16 if shape_bits(v, xlen) & 4 != 0 else 32
    stride = sew << lam >> 4
    flags = 0
    for i in range(m):
        for j in range(n):
            at = place_of_c(v, lam, i, j)
            cs, ce = unpack(result, element(v, sew, vd, at))
            for first in range(0, length, block):
                scale, scale_e, raised = scale_of(work, v, stride, i, j, first // block, mode)
                flags |= raised
                if scale_e >= QUIET:
                    cs, ce = 1, QUIET
                    break
                total = 0
                for k in range(first, min(first + block, length)):
                    a = signed(factor(v, eew, vs1, lam_w, i, k), eew)
                    total += a * signed(factor(v, eew, vs2, lam_w, j, k), eew)
                s, e, raised = round_number(work, total, 0, 0, mode, 0, 1)
                s, e, more = multiply(work, s, e, scale, scale_e, mode)
                cs, ce, last = add(work, s, e, cs, ce, work[_PRECISION], 0)
                flags |= raised | more | last
            put(v, sew, vd, at, pack(result, cs, ce))
    return flags


def is_legal_scale(v: Vector, xlen: int, log_w: int, vd: int, vs1: int, vs2: int) -> bool:
    """Whether there may be scales in v0, under the present setting."""
    if vd == 0 or vs1 == 0 or vs2 == 0 or width(v) << log_lambda(v, xlen) < 16:
        return False
    is_short = shape_bits(v, xlen) & 4 != 0
    wide = 1 << (log_w + log_group(v))
    return wide <= (width(v) if is_short else 2 * width(v))


def floats_body(log_w: int) -> Callable[..., None]:
    """Of products of floats of SEW / 2^log_w bits, perhaps with scales of blocks."""

    def run(
        vd: int,
        vs1: int,
        vs2: int,
        scale: int,
        v: Vector,
        xlen: int,
        frm: int,
        fflags: Words,
        fault: Words,
        partial_sums: Words,
        matrix_operands: Words,
    ) -> None:
        sew, shape = width(v), shape_bits(v, xlen)
        eew = sew >> log_w
        is_small = eew <= 16
        left = format_of(eew, is_small and shape & 2 != 0)
        right = format_of(eew, is_small and shape & 1 != 0)
        result = format_of(sew, is_alternative(v))
        is_legal = frm <= 4 and eew >= 4 and is_legal_product(v, xlen, vd, vs1, vs2)
        is_legal = is_legal and is_listed(left, right, result, log_w)
        if is_legal and scale == 0:
            is_legal = eew <= 8 and is_legal_scale(v, xlen, log_w, vd, vs1, vs2)
        if not is_legal:
            refuse(fault)
            return
        if eew == 64:
            fflags[0] |= doubles(v, xlen, vd, vs1, vs2, frm, partial_sums)
        else:
            fflags[0] |= floats(
                v,
                xlen,
                log_w,
                scale == 0,
                vd,
                vs1,
                vs2,
                frm,
                left,
                right,
                result,
                partial_sums,
                matrix_operands,
            )

    names = "vd, vs1, vs2, {}v, xlen, frm, fflags, fault, partial_sums, matrix_operands"
    asked = names.format("scale, " if log_w else "")
    passed = names.format("scale, " if log_w else "1, ")
    text = f"def body({asked}):\n    run({passed})\n"
    return with_result(generated(text, "body", {"run": run}), "tile", 0)


def scaled_body(log_w: int) -> Callable[..., None]:
    """Of products of integers with the scales of blocks, into floats."""

    def body(
        vd: int,
        vs1: int,
        vs2: int,
        v: Vector,
        xlen: int,
        frm: int,
        fflags: Words,
        fault: Words,
        matrix_operands: Words,
    ) -> None:
        sew = width(v)
        eew = sew >> log_w
        is_legal = frm <= 4 and shape_bits(v, xlen) & 3 == 0 and sew > 8
        is_legal = is_legal and (eew == 8 or (eew == 4 and sew <= 32))
        result = format_of(sew, is_alternative(v))
        is_legal = is_legal and is_legal_product(v, xlen, vd, vs1, vs2)
        if not is_legal or not is_legal_scale(v, xlen, log_w, vd, vs1, vs2):
            refuse(fault)
            return
        fflags[0] |= integers_scaled(v, xlen, log_w, vd, vs1, vs2, frm, result, matrix_operands)

    return with_result(body, "tile", 0)


# -- tiles in memory -----------------------------------------------------------------------


def make_transfer(sew: int, *, is_store: bool, transposes: bool) -> Callable[..., None]:
    """The loop over the elements of a tile, in the order of its rows."""
    load, store, size = LOADS[sew], STORES[sew], sew // 8

    def transfer(
        v: Vector,
        mem: Memory,
        fault: Words,
        lanes: Words,
        first: int,
        base: int,
        ahead: int,
        lam: int,
        vm: int,
    ) -> None:
        per_register = v.vlenb // size
        line = lam + log_group(v)
        for x in range(v.config[VSTART], v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            row, column = x >> line, x & ((1 << line) - 1)
            at = first + (column >> lam) * per_register
            at += (row << lam) + (column & ((1 << lam) - 1))
            if transposes:
                address = base + size * (column * ahead + row)
            else:
                address = base + size * (row * ahead + column)
            if is_store:
                store(mem, address, lanes[at] | 0)
                value = 0
            else:
                value = load(mem, address)
            if fault[FAULT_KIND] != FAULT_NONE:
                v.config[VSTART] = x
                return
            if not is_store:
                lanes[at] = value
        v.config[VSTART] = 0

    return transfer


def access_body(is_store: bool, transposes: bool) -> Callable[..., None]:
    """Of loads and stores of tiles."""
    by_8, by_16, by_32, by_64 = (
        make_transfer(sew, is_store=is_store, transposes=transposes) for sew in (8, 16, 32, 64)
    )

    def access(
        vd: int,
        rs1: int,
        rs2: int,
        shape: int,
        vm: int,
        v: Vector,
        mem: Memory,
        xlen: int,
        fault: Words,
    ) -> None:
        lam, lmul = -1, log_group(v)
        if not is_ill(v) and lmul >= 0:
            if shape == 0:
                lam = log_lambda(v, xlen)
            elif has_lambda(v, shape):
                lam = shape - 1
        if lam < 0 or v.config[VL] & ((1 << (lam + lmul)) - 1) != 0 or not is_aligned(vd, lmul):
            refuse(fault)
            return
        if not is_store and vm == 0 and vd == 0:
            refuse(fault)
            return
        ahead, sew, n = rs2, width(v), v.vlenb
        if ahead == 0:
            ahead = 1 << (lam + lmul)
            if transposes:
                ahead = 1 << (log_elements(v) - lam)
        if sew == 8:
            by_8(v, mem, fault, v.e8, vd * n, rs1, ahead, lam, vm)
        elif sew == 16:
            by_16(v, mem, fault, v.e16, vd * n >> 1, rs1, ahead, lam, vm)
        elif sew == 32:
            by_32(v, mem, fault, v.e32, vd * n >> 2, rs1, ahead, lam, vm)
        else:
            by_64(v, mem, fault, v.e64, vd * n >> 3, rs1, ahead, lam, vm)

    return with_result(with_moves(access, 0), "tile", 0)
