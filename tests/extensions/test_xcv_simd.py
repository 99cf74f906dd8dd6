"""XCVsimd: words against the manual's tables and LLVM's, values against the manual's formulas."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Isa

FUNCT5 = """add sub avg avgu min minu max maxu srl sra sll or xor and . .
dotup dotusp dotsp sdotup sdotusp sdotsp"""
COMPARISONS = "cmpeq cmpne cmpgt cmpge cmplt cmple cmpgtu cmpgeu cmpltu cmpleu"
UNSIGNED = {"avgu", "minu", "maxu", "srl", "sra", "sll", "dotup", "sdotup"}
UNSIGNED |= {"cmpgtu", "cmpgeu", "cmpltu", "cmpleu"}
"""Whose numbers are zero-extended, in the manual and in LLVM."""
THREE_FORMS = {name: (i, 0) for i, name in enumerate(FUNCT5.split()) if name != "."}
THREE_FORMS |= {name: (i, 1) for i, name in enumerate(COMPARISONS.split())}

PUBLISHED = """
cv.minu.sc.h t0, t1, t2: 287342fb
cv.minu.sc.b t3, t4, t5: 29eede7b
cv.minu.sci.h t3, t4, 32: 290eee7b
cv.minu.sci.h a0, a1, 7: 2a35e57b
cv.minu.sci.b s0, s1, 63: 2bf4f47b
cv.max.h t3, t4, t5: 31ee8e7b
cv.max.sc.b s0, s1, s2: 3124d47b
cv.max.sci.h t3, t4, -32: 310eee7b
cv.max.sci.b s0, s1, -1: 33f4f47b
cv.maxu.b a0, a1, a2: 38c5957b
cv.srl.h t0, t1, t2: 407302fb
cv.shuffle.b a0, a1, a2: c0c5957b
cv.shuffle.sci.h a0, a1, 7: c235e57b
cv.shufflei0.sci.b a0, a1, 7: c235f57b
cv.shufflei1.sci.b zero, zero, 20: c8a0707b
cv.shufflei1.sci.b a0, a1, 7: ca35f57b
cv.shufflei3.sci.b t0, t1, 32: d90372fb
cv.cplxmul.r t0, t1, t2: 547302fb
cv.cplxmul.r a0, a1, a2: 54c5857b
cv.cplxmul.r.div2 s0, s1, s2: 5524a47b
"""
"""From LLVM's tests of its assembler, and from those of the CORE-V binutils."""
SINGLE = {
    # bits 31 to 25, funct3
    "abs.h": (0b0111000, 0),
    "abs.b": (0b0111000, 1),
    "shuffle.h": (0b1100000, 0),
    "shuffle.b": (0b1100000, 1),
    "shuffle2.h": (0b1110000, 0),
    "shuffle2.b": (0b1110000, 1),
    "pack": (0b1111000, 0),
    "pack.h": (0b1111001, 0),
    "packhi.b": (0b1111101, 1),
    "packlo.b": (0b1111100, 1),
    "cplxconj": (0b0101110, 0),
    **{f"cplxmul.r{d}": (0b0101010, 2 * i) for i, d in enumerate(("", ".div2", ".div4", ".div8"))},
    **{f"cplxmul.i{d}": (0b0101011, 2 * i) for i, d in enumerate(("", ".div2", ".div4", ".div8"))},
    **{f"subrotmj{d}": (0b0110010, 2 * i) for i, d in enumerate(("", ".div2", ".div4", ".div8"))},
    **{f"add.div{2**i}": (0b0110110, 2 * i) for i in (1, 2, 3)},
    **{f"sub.div{2**i}": (0b0111010, 2 * i) for i in (1, 2, 3)},
}
WITH_NUMBER = {
    # bits 31 to 26, funct3
    "extract.h": (0b101110, 0),
    "extract.b": (0b101110, 1),
    "extractu.h": (0b101110, 2),
    "extractu.b": (0b101110, 3),
    "insert.h": (0b101110, 4),
    "insert.b": (0b101110, 5),
    "shuffle.sci.h": (0b110000, 6),
    "shufflei0.sci.b": (0b110000, 7),
    "shufflei1.sci.b": (0b110010, 7),
    "shufflei2.sci.b": (0b110100, 7),
    "shufflei3.sci.b": (0b110110, 7),
}


@pytest.fixture(scope="module")
def isa() -> Isa:
    return isa_for("rv32im_xcvsimd")


@pytest.mark.parametrize("line", PUBLISHED.split("\n")[1:-1])
def test_published_words(isa: Isa, line: str) -> None:
    text, _, digits = line.partition(": ")
    data = assemble(f".globl f\nf: {text}\n", isa).segments[0].data
    assert data[:4] == int(digits, 16).to_bytes(4, "little")
    decoded = isa.decode(int(digits, 16))
    assert decoded is not None
    mnemonic, _, operands = text.partition(" ")
    assert format_instruction(decoded, isa).split(maxsplit=1) == [
        mnemonic,
        operands.replace(" ", ""),
    ]


def number_fields(imm: int) -> int:
    """The manual's Imm6[0|5:1] in bits 25 to 20."""
    return (imm & 1) << 25 | (imm >> 1 & 31) << 20


def words_of_the_tables() -> dict[str, tuple[dict[str, int], int]]:
    """Operands and word of every instruction, as the tables of the manual have them."""
    found: dict[str, tuple[dict[str, int], int]] = {}
    three = {"rd": 10, "rs1": 11, "rs2": 12}
    fixed = 12 << 20 | 11 << 15 | 10 << 7 | 0x7B
    for name, (funct5, f) in THREE_FORMS.items():
        top = funct5 << 27 | f << 26
        imm = 45 if name in UNSIGNED else -19
        numbers = number_fields(imm) | 11 << 15 | 10 << 7 | 0x7B
        for i, size in enumerate("hb"):
            found[f"{name}.{size}"] = three, top | fixed | i << 12
            found[f"{name}.sc.{size}"] = three, top | fixed | (4 + i) << 12
            given = {"rd": 10, "rs1": 11, "imm": imm}
            found[f"{name}.sci.{size}"] = given, top | numbers | (6 + i) << 12
    for name, (funct7, funct3) in SINGLE.items():
        if name.startswith(("abs", "cplxconj")):
            given = {"rd": 10, "rs1": 11}
            found[name] = given, funct7 << 25 | 11 << 15 | funct3 << 12 | 10 << 7 | 0x7B
        else:
            found[name] = three, funct7 << 25 | fixed | funct3 << 12
    for name, (funct6, funct3) in WITH_NUMBER.items():
        word = funct6 << 26 | number_fields(45) | 11 << 15 | funct3 << 12 | 10 << 7 | 0x7B
        found[name] = {"rd": 10, "rs1": 11, "imm": 45}, word
    return found


def test_every_word_is_that_of_the_tables(isa: Isa) -> None:
    tables = words_of_the_tables()
    declared = {name[3:] for name in isa.instructions if name.startswith("cv.")}
    assert declared == set(tables)
    for name, (operands, word) in tables.items():
        assert isa.instructions[f"cv.{name}"].encode(operands) == word, name


Reference = Callable[[int, int, int], int]


def lanes(word: int, width: int, is_signed: bool) -> list[int]:
    kind = np.dtype(f"<{'i' if is_signed else 'u'}{width // 8}")
    return [int(one) for one in np.frombuffer((word % 2**32).to_bytes(4, "little"), kind)]


def word_of(values: list[int], width: int) -> int:
    data = b"".join((value % 2**width).to_bytes(width // 8, "little") for value in values)
    return int.from_bytes(data, "little")


def wrapped(value: int, width: int, is_signed: bool) -> int:
    value %= 2**width
    return value - 2**width if is_signed and value >= 2 ** (width - 1) else value


def of_lanes(name: str, width: int) -> Callable[[int, int], int]:
    """The formula of the manual for one lane."""
    signed = name not in ("avgu", "minu", "maxu", "srl", "sll")
    found: dict[str, Callable[[int, int], int]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "avg": lambda a, b: wrapped(a + b, width, True) // 2,
        "avgu": lambda a, b: wrapped(a + b, width, False) // 2,
        "min": lambda a, b: sorted((a, b))[0],
        "max": lambda a, b: sorted((a, b))[1],
        "srl": lambda a, b: a // 2 ** (b % width),
        "sra": lambda a, b: a // 2 ** (b % width),
        "sll": lambda a, b: a * 2 ** (b % width),
        "or": lambda a, b: a | b,
        "xor": lambda a, b: a ^ b,
        "and": lambda a, b: a & b,
    }
    found["minu"], found["maxu"] = found["min"], found["max"]
    assert signed or name[-1] == "u" or name in ("srl", "sll")
    return found[name]


COMPARE: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
SIGNS = {"up": (False, False), "usp": (False, True), "sp": (True, True)}


def two_operands(name: str, width: int) -> Reference:
    """What an instruction makes of the old rd and of the words a and b."""
    if "dot" in name:
        left, right = SIGNS[name.removeprefix("s").removeprefix("dot")]

        def dot(d: int, a: int, b: int) -> int:
            pairs = zip(lanes(a, width, left), lanes(b, width, right), strict=True)
            return sum(x * y for x, y in pairs) + (d if name[0] == "s" else 0)

        return dot
    compare = COMPARE[name[3:5]] if name.startswith("cmp") else None
    signed = not name.endswith("u") if compare else name not in UNSIGNED or name == "sra"
    function = (lambda a, b: -compare(a, b)) if compare else of_lanes(name, width)

    def each(d: int, a: int, b: int) -> int:
        pairs = zip(lanes(a, width, signed), lanes(b, width, signed), strict=True)
        return word_of([function(x, y) for x, y in pairs], width)

    return each


def spread(value: int, width: int) -> int:
    return word_of([value] * (32 // width), width)


def halves(word: int) -> tuple[int, int]:
    low, high = lanes(word, 16, True)
    return low, high


def references(n: int) -> dict[str, Reference]:
    """All instructions, with the number `n` of six bits where they take one."""
    found: dict[str, Reference] = {}
    for name in THREE_FORMS:
        imm = n if name in UNSIGNED else wrapped(n, 6, True)
        for size, width in (("h", 16), ("b", 8)):
            f = two_operands(name, width)
            found[f"{name}.{size} rd, rs1, rs2"] = f
            found[f"{name}.sc.{size} rd, rs1, rs2"] = (
                lambda d, a, b, f=f, w=width: f(d, a, spread(b, w))  # type: ignore[misc]
            )
            found[f"{name}.sci.{size} rd, rs1, {imm}"] = (
                lambda d, a, b, f=f, w=width, i=imm: f(d, a, spread(i, w))  # type: ignore[misc]
            )
    for size, w in (("h", 16), ("b", 8)):
        count = 32 // w
        found[f"abs.{size} rd, rs1"] = lambda d, a, b, w=w: word_of(  # type: ignore[misc]
            [abs(x) for x in lanes(a, w, True)], w
        )
        found[f"extract.{size} rd, rs1, {n}"] = (
            lambda d, a, b, w=w, i=n % count: lanes(a, w, True)[i]  # type: ignore[misc]
        )
        found[f"extractu.{size} rd, rs1, {n}"] = (
            lambda d, a, b, w=w, i=n % count: lanes(a, w, False)[i]  # type: ignore[misc]
        )
        found[f"insert.{size} rd, rs1, {n}"] = lambda d, a, b, w=w, i=n % count: word_of(  # type: ignore[misc]
            [lanes(a, w, False)[0] if k == i else x for k, x in enumerate(lanes(d, w, False))], w
        )
        found[f"shuffle.{size} rd, rs1, rs2"] = lambda d, a, b, w=w, c=count: word_of(  # type: ignore[misc]
            [lanes(a, w, False)[x % c] for x in lanes(b, w, False)], w
        )
        found[f"shuffle2.{size} rd, rs1, rs2"] = lambda d, a, b, w=w, c=count: word_of(  # type: ignore[misc]
            [lanes(a if x // c % 2 else d, w, False)[x % c] for x in lanes(b, w, False)], w
        )
    found[f"shuffle.sci.h rd, rs1, {n}"] = lambda d, a, b: word_of(
        [lanes(a, 16, False)[n % 2], lanes(a, 16, False)[n // 2 % 2]], 16
    )
    for last in range(4):
        picks = [n % 4, n // 4 % 4, n // 16, last]
        found[f"shufflei{last}.sci.b rd, rs1, {n}"] = lambda d, a, b, p=picks: word_of(  # type: ignore[misc]
            [lanes(a, 8, False)[x] for x in p], 8
        )
    found["pack rd, rs1, rs2"] = lambda d, a, b: word_of([halves(b)[0], halves(a)[0]], 16)
    found["pack.h rd, rs1, rs2"] = lambda d, a, b: word_of([halves(b)[1], halves(a)[1]], 16)
    found["packhi.b rd, rs1, rs2"] = lambda d, a, b: word_of(
        [*lanes(d, 8, False)[:2], b % 256, a % 256], 8
    )
    found["packlo.b rd, rs1, rs2"] = lambda d, a, b: word_of(
        [b % 256, a % 256, *lanes(d, 8, False)[2:]], 8
    )
    found["cplxconj rd, rs1"] = lambda d, a, b: word_of([halves(a)[0], -halves(a)[1]], 16)
    for shift in range(4):
        suffix = f".div{2**shift}" if shift else ""

        def product(value: int, s: int = shift) -> int:
            return wrapped(value, 32, True) // 2 ** (15 + s)

        def down(value: int, s: int = shift) -> int:
            return int(wrapped(value, 16, True) // 2**s)

        found[f"cplxmul.r{suffix} rd, rs1, rs2"] = lambda d, a, b, p=product: word_of(  # type: ignore[misc]
            [p(halves(a)[0] * halves(b)[0] - halves(a)[1] * halves(b)[1]), halves(d)[1]], 16
        )
        found[f"cplxmul.i{suffix} rd, rs1, rs2"] = lambda d, a, b, p=product: word_of(  # type: ignore[misc]
            [halves(d)[0], p(halves(a)[0] * halves(b)[1] + halves(a)[1] * halves(b)[0])], 16
        )
        found[f"subrotmj{suffix} rd, rs1, rs2"] = lambda d, a, b, h=down: word_of(  # type: ignore[misc]
            [h(halves(a)[1] - halves(b)[1]), h(halves(b)[0] - halves(a)[0])], 16
        )
        for name, sign in (("add", 1), ("sub", -1)) if shift else ():
            found[f"{name}{suffix} rd, rs1, rs2"] = lambda d, a, b, h=down, s=sign: word_of(  # type: ignore[misc]
                [h(x + s * y) for x, y in zip(halves(a), halves(b), strict=True)], 16
            )
    return found


EDGES = (0, -1, 0x7FFF7FFF, -0x7FFF8000, 0x7F7F7F7F, -0x7F7F7F80, 0x00010203, 0x07060504)


def test_the_references_are_all_instructions(isa: Isa) -> None:
    names = {f"cv.{text.split()[0]}" for text in references(45)}
    assert names == {name for name in isa.instructions if name.startswith("cv.")}


@pytest.mark.parametrize("backend", ["native", "python"])
def test_values(isa: Isa, backend: Any) -> None:
    """All of them interpreted; a sample compiled, since each takes the compiler its time."""
    wanted = references(45)
    names = list(wanted) if backend == "python" else random.Random(9).sample(list(wanted), 24)
    check_values(isa, backend, {name: wanted[name] for name in names})


@pytest.mark.long
@pytest.mark.parametrize("n", [0, 27, 63])
def test_all_values_compiled(isa: Isa, n: int) -> None:
    """All 220 bodies compiled: a minute of processor time for each number."""
    check_values(isa, "native", references(n))


def check_values(isa: Isa, backend: Any, wanted: dict[str, Reference]) -> None:
    draw = random.Random(8)
    lines = []
    for i, text in enumerate(wanted):
        word = text.replace("rd", "t3").replace("rs1", "t0").replace("rs2", "t1")
        lines.append(f" mv t3, t2\n cv.{word}\n sw t3, {4 * i}(a1)")
    source = ".globl f\nf: lw t0, 4(a0)\n lw t1, 8(a0)\n lw t2, 0(a0)\n" + "\n".join(lines)
    elf = assemble(f"{source}\n ret\n", isa).to_elf()
    machine = Machine(elf, isa, memory=1 << 20, backend=backend)
    given, out = machine.allocate(12), machine.allocate(4 * len(wanted))
    for _ in range(40):
        values = [
            draw.choice(EDGES) if draw.random() < 0.4 else draw.randrange(-(2**31), 2**31)
            for _ in range(3)
        ]
        machine.array(given, np.uint32, 3)[:] = [value % 2**32 for value in values]
        result = machine.call("f", given, out)
        assert result.trap is None, result.trap
        found = machine.array(out, np.uint32, len(wanted)).tolist()
        for (text, reference), value in zip(wanted.items(), found, strict=True):
            assert value == reference(*values) % 2**32, (text, values)


def test_the_square_of_minus_one_minus_j_overflows(isa: Isa) -> None:
    """-2**15 twice in both parts: the imaginary part is 2**31, which the multiplier wraps."""
    text = ".globl f\nf: li a1, 0\n cv.cplxmul.i.div4 a1, a0, a0\n mv a0, a1\n ret"
    machine = Machine(assemble(text, isa).to_elf(), isa)
    assert machine.call("f", 0x80008000).value == -(2**31) // 2**17 << 16
