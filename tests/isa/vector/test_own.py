"""Vector instructions of a user's own, of every kind, against exact arithmetic, in all tiers.

States are random: vtype, vl, masks, register groups, operands with hard values. What is expected is
said here once more, with Python's integers and fractions, and shares nothing with rvx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.bodies import BodyProblem, check_bodies
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.extensions.catalogue import load_file
from rvx.formats.minifloat import FP16, FP32
from rvx.formats.posit import POSIT16, exact
from rvx.isa import DeclarationError, Extension, Instruction
from rvx.isa.vector.arithmetic import saturate
from tests.emulator.regions.vector_lab import InRegions
from tests.extensions.vector.cases import Generator
from tests.extensions.vector.spike_lab import Bodies, Case, Outcome

from .own_extension import Xvown

ISA = isa_for("rv64gcv_zvl128b", [Xvown])
TOTAL, SCALE = 12345, 3
VLENB = 16


@dataclass
class State:
    """What an instruction finds, as plain numbers; `registers` is what it leaves."""

    values: dict[str, int]
    sew: int
    vl: int
    most: int
    scalar: int
    registers: np.ndarray
    total: int = TOTAL

    def group(self, name: str, bits: int, *, is_signed: bool = True) -> np.ndarray:
        """The elements from a register on."""
        at = self.values[name] * VLENB
        return self.registers[at:].view(f"{'i' if is_signed else 'u'}{bits // 8}")

    def active(self) -> Iterator[int]:
        """The elements that are not masked off."""
        for x in range(self.vl):
            if self.values.get("vm", 1) or self.registers[x >> 3] >> (x & 7) & 1:
                yield x

    def right(self, bits: int) -> Callable[[int], int]:
        """The third operand, by element."""
        if "vs1" in self.values:
            elements = self.group("vs1", bits).copy()
            return lambda x: int(elements[x])
        value = self.values.get("imm", self.scalar)
        return lambda _: cut(value, bits)

    def put(self, element: Callable[[int, int, int], int], wider: int = 1) -> None:
        """vd[x] = element(d, a, b) for all active elements."""
        d, a = self.group("vd", self.sew * wider), self.group("vs2", self.sew).copy()
        b = self.right(self.sew)
        for x in self.active():
            d[x] = cut(element(int(d[x]), int(a[x]), b(x)), self.sew * wider)


def cut(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def byte_dot(d: int, a: int, b: int) -> int:
    return d + sum(cut(a >> i, 8) * cut(b >> i, 8) for i in (0, 8, 16, 24))


def grouped_dot(s: State) -> None:
    d, a = s.group("vd", 32), s.group("vs2", 8).copy()
    b = s.group("vs1", 8, is_signed=False).copy()
    for x in s.active():
        d[x // 4] = cut(int(d[x // 4]) + int(a[x]) * int(b[x]), 32)


def outer(s: State) -> None:
    d, a, b = s.group("vd", 4 * s.sew), s.group("vs2", s.sew), s.group("vs1", s.sew)
    registers = max(1, 4 * s.most * s.sew // 8 // VLENB)
    if s.vl:
        for i in range(registers * VLENB * 8 // (4 * s.sew)):
            d[i] = cut(int(d[i]) + int(a[i // 4 % s.most]) * int(b[i % 4 % s.most]), 4 * s.sew)


def accumulate(s: State) -> None:
    a, b = s.group("vs2", s.sew), s.group("vs1", s.sew)
    s.total = cut(s.total + sum(int(a[x]) * int(b[x]) for x in s.active()), 64)


def take(s: State) -> None:
    if s.vl:
        s.group("vd", s.sew)[: s.vl] = cut(s.total >> SCALE, s.sew)
        s.total = 0


def reduce(s: State, wider: int, combine: Callable[[int, int], int]) -> None:
    total = int(s.group("vs1", s.sew * wider)[0])
    for x in s.active():
        total = combine(total, int(s.group("vs2", s.sew)[x]))
    if s.vl:
        s.group("vd", s.sew * wider)[0] = cut(total, s.sew * wider)


def mask(s: State) -> None:
    a, b = s.group("vs2", s.sew).copy(), s.right(s.sew)
    found = [(x, abs(int(a[x]) - b(x)) < 16) for x in s.active()]
    for x, is_close in found:
        byte = s.group("vd", 8, is_signed=False)[x >> 3 : (x >> 3) + 1]
        byte[:] = byte & ~np.uint8(1 << (x & 7)) | np.uint8(int(is_close) << (x & 7))


def pick(s: State) -> None:
    bits = np.unpackbits(s.registers[:VLENB], bitorder="little").copy()
    d, a, b = s.group("vd", s.sew), s.group("vs2", s.sew).copy(), s.right(s.sew)
    for x in range(s.vl):
        d[x] = (max if bits[x] else min)(int(a[x]), b(x))


def shave(s: State) -> None:
    d, a, b = s.group("vd", s.sew), s.group("vs2", 2 * s.sew).copy(), s.right(s.sew)
    for x in s.active():
        d[x] = cut(int(a[x]) >> (b(x) & 2 * s.sew - 1), s.sew)


def lanes_sum(s: State) -> None:
    """Eight sums side by side, then a tree, each sum rounded once by NumPy."""
    numbers = s.group("vs2", 32).view(np.float32)
    lanes: list[np.float32 | None] = [None] * 8
    with np.errstate(all="ignore"):
        for x in s.active():
            before = lanes[x % 8]
            lanes[x % 8] = numbers[x] if before is None else before + numbers[x]
        while len(lanes) > 1:
            pairs = zip(lanes[::2], lanes[1::2], strict=True)
            lanes = [b if a is None else a if b is None else a + b for a, b in pairs]
        if s.vl:
            first = s.group("vs1", 32).view(np.float32)[0]
            s.group("vd", 32).view(np.float32)[0] = first if lanes[0] is None else first + lanes[0]


def fp8_accumulate(s: State) -> None:
    """Products of FP8 are exact in binary64, and so is the sum, before it is rounded to nearest."""
    kind = ml_dtypes.float8_e4m3fn
    d = s.group("vd", 32).view(np.float32)
    a, b = (s.group(name, 8).view(kind).astype(float).copy() for name in ("vs2", "vs1"))
    with np.errstate(all="ignore"):
        for x in s.active():
            product, before = a[x] * b[x], float(d[x])
            if not np.isfinite(product) or not np.isfinite(before) or product == 0 or before == 0:
                d[x] = np.float32(before + product)
            else:
                d[x] = rounded(Fraction(before) + Fraction(product), np.float32(product + before))


def rounded(exact: Fraction, guess: np.float32) -> np.float32:
    """The single nearest to a number, ties to even, found around a guess."""
    near = [
        guess,
        np.nextafter(guess, np.float32(np.inf)),
        np.nextafter(guess, -np.float32(np.inf)),
    ]
    finite = [one for one in near if np.isfinite(one)]
    return min(finite, key=lambda one: (abs(Fraction(float(one)) - exact), one.view(np.int32) & 1))


MODELS: dict[str, Callable[[State], None]] = {
    "vdot4": lambda s: s.put(byte_dot),
    "vgdot": grouped_dot,
    "vouter": outer,
    "vaccumulate": lambda s: s.put(lambda d, a, b: d + a * b, 4),
    "vtotal": accumulate,
    "vtake": take,
    "vredspan": lambda s: reduce(s, 1, lambda d, a: max(cut(abs(d), 64), cut(abs(a), 64))),
    "vwredsq": lambda s: reduce(s, 2, lambda d, a: d + a * a),
    "vfredtree": lanes_sum,
    "vmclose": mask,
    "vpick": pick,
    "vfqmacc": fp8_accumulate,
    "vshave": shave,
}
FLOATS = ("vfredtree", "vfqmacc")


def cases_of(generator: Generator, made: Instruction, times: int) -> Iterator[Case]:
    """Cases of an instruction; floats are rounded to nearest, as NumPy does."""
    for _ in range(times):
        case = generator.case(made)
        case.vstart = 0
        if made.mnemonic.partition(".")[0] in FLOATS:
            case.fcsr = 0
            case.vtype = case.vtype & ~0x38 | (0x10 if "tree" in made.mnemonic else 0)
        yield case


def performed(by: Bodies, case: Case) -> tuple[Outcome, int]:
    """What a case leaves, and the accumulator."""
    total, scale = by.context.state("total", 1), by.context.state("scale", 1)
    total[0], scale[0] = TOTAL, SCALE
    outcome = by.perform(case)
    return outcome, int(total[0])


def expected(case: Case, outcome: Outcome) -> State:
    """What a case should leave where it is legal."""
    decoded = ISA.decode(case.word)
    assert decoded is not None
    sew = 8 << (outcome.vtype >> 3 & 7)
    log = ((outcome.vtype & 7) ^ 4) - 4
    state = State(
        dict(decoded.values),
        sew,
        outcome.vl,
        int(VLENB * 8 // sew * 2.0**log),
        case.x[0],
        case.registers.copy(),
    )
    MODELS[decoded.instruction.mnemonic.partition(".")[0]](state)
    return state


OWN = [made for _, made in sorted(ISA.instructions.items()) if made.extension == "Xvown"]
MODELLED = [made for made in OWN if made.mnemonic != "vcheck.vv"]


def test_bodies_do_what_exact_arithmetic_says() -> None:
    check_bodies(ISA)
    generator = Generator(ISA, seed=11)
    by = Bodies(ISA, False, generator.low_memory())
    for made in MODELLED:
        legal = 0
        for case in cases_of(generator, made, 40):
            outcome, total = performed(by, case)
            if outcome.cause:
                assert outcome.registers == case.registers.tobytes()
                continue
            legal += 1
            wanted = expected(case, outcome)
            got = np.frombuffer(outcome.registers, np.uint8)
            if made.mnemonic.partition(".")[0] in FLOATS:
                same_numbers(got, wanted.registers)
            else:
                assert (got == wanted.registers).all(), made.mnemonic
            assert total == wanted.total
        assert legal >= 2, made.mnemonic


def same_numbers(got: np.ndarray, wanted: np.ndarray) -> None:
    """Singles are equal, or both NaN, whose payloads NumPy keeps."""
    ours, theirs = got.view(np.float32), wanted.view(np.float32)
    differ = got.view(np.uint32) != wanted.view(np.uint32)
    assert (np.isnan(ours[differ]) & np.isnan(theirs[differ])).all()


@pytest.mark.parametrize(
    "mnemonic", ["vgdot.vv", "vtotal.vv", "vfredtree.vs", "vpick.vvm", "vfqmacc.vv", "vwredsq.vs"]
)
def test_compiled_bodies_and_regions_do_the_same(mnemonic: str) -> None:
    generator = Generator(ISA, seed=12)
    low = generator.low_memory()
    made = ISA.instructions[mnemonic]
    by = Bodies(ISA, False, low.copy())
    # A body that regions call is compiled for each vtype, so these are few.
    drawn = cases_of(generator, made, 60)
    legal = [case for case in drawn if not performed(by, case)[0].cause]
    vtypes = list(dict.fromkeys(case.vtype for case in legal))[:2]
    cases = [case for case in legal if case.vtype in vtypes]
    compiled, regions = Bodies(ISA, True, low.copy()), InRegions(ISA, low.copy())
    regions.place(cases)
    for case in cases:
        wanted = performed(by, case)
        assert performed(compiled, case) == wanted
        assert performed(regions, case) == wanted
    assert regions.entered


def traps(text: str, extension: Extension, backend: str) -> str:
    """What ends a program of one instruction."""
    isa = isa_for("rv64gcv_zvl128b", [extension])
    source = f"_start: vsetivli zero, 4, e32, m1, ta, ma\n vmv.v.i v2, 4\n {text}\n"
    trap = Machine(assemble(source, isa), isa, backend=backend).run().trap
    assert trap is not None
    return trap.message


@pytest.mark.parametrize("backend", ["native", "python"])
def test_what_a_function_raises_ends_the_guest(backend: str) -> None:
    message = traps("vcheck.vv v1, v2, v3", Xvown, backend)
    assert "ZeroDivisionError: division by zero" in message
    assert "own_extension.py" in message


@pytest.mark.parametrize("backend", ["native", "python"])
def test_no_index_leaves_a_group(backend: str) -> None:
    ext = Extension("Xvwild", version="0.1")

    @ext.vector("vwild", "vv", "000001")
    def vwild(vd, vs2, vs1):
        vd[0] = vs1[vs2[0]]

    assert "IndexError: there is no element 4" in traps("vwild.vv v1, v2, v3", ext, backend)


def test_saturation_is_for_users_too() -> None:
    ext = Extension("Xvsat", version="0.1")

    @ext.vector("vclamp", "vv", "000001")
    def vclamp(a, b, flags):
        if a > b:
            saturate(flags)
            return b
        return a

    isa = isa_for("rv64gcv_zvl128b", [ext])
    source = (
        "_start: vsetivli zero, 4, e8, m1, ta, ma\n vmv.v.i v2, 9\n vmv.v.i v3, 5\n"
        "vclamp.vv v1, v2, v3\n csrr a0, vxsat\n vmv.x.s a1, v1\n li a7, 93\n ecall\n"
    )
    machine = Machine(assemble(source, isa), isa)
    assert machine.run().trap is None
    assert (machine.register("a0"), machine.register("a1")) == (1, 5)


def declared(function: Callable[..., object], forms: str = "vv", **options: object) -> Extension:
    ext = Extension("Xvbad", version="0.1")
    ext.state("total", words=1)
    ext.vector("vbad", forms, "000001", **options)(function)
    return ext


def _no_vd(a, b):
    return a + b


def _loops(vd, vs1):
    vd[0] = vs1[0]


def _strange(vd, total, sum):
    vd[0] = total[0]


def _one_operand(d):
    return d


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: declared(_no_vd, result=""), "it needs a function of register groups"),
        (lambda: declared(_no_vd, result="z"), "the result is v, w, q, m or nothing, not 'z'"),
        (lambda: declared(_loops, "vx"), "the form 'vx' has no vs1: it has vd, vs2, b"),
        (lambda: declared(_strange), "asks for 'sum'; it may ask for vd, vs2, vs1, b, m, vl"),
        (lambda: declared(_one_operand, "vs"), "combines d, the result so far, with a, an element"),
        (lambda: declared(_no_vd, widths=(24,)), "widths are of 8, 16, 32 and 64, not 24"),
        (lambda: declared(_no_vd, widths=(8,), formats=(FP16,)), "formats have their widths"),
        (lambda: declared(_no_vd, formats=(FP16,), wide=(FP16,), result="w"), "have 32"),
        (
            lambda: declared(lambda d, a: d + a, "vs", result="w", is_ordered=False),
            "so that they have the width of elements",
        ),
        (lambda: declared(_no_vd, "vz"), "there is no form 'vz' in space I"),
    ],
)
def test_what_does_not_fit_is_a_sentence(declare: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DeclarationError) as error:
        declare()
    assert sentence in str(error.value)


def _writes_flags(a, flags):
    flags[1] = 0
    return a


def _writes_mask(vd, m):
    m[0] = 1


def _returns(vd, vs2):
    return vs2[0]


def _gives_nothing(a):
    if a > 0:
        return a


def _asks_for_the_unit(v):
    v.config[1] = 0


def _is_known(a, sew):
    sew = 3
    return a + sew


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (_writes_flags, "'flags' is raised by operations"),
        (_writes_mask, "'m' says which elements are active"),
        (_returns, "it returns something"),
        (_gives_nothing, "some path ends without a result"),
        (_is_known, "'sew' is known; give the result another name"),
    ],
)
def test_what_a_function_may_not_do_is_a_sentence(
    function: Callable[..., object], sentence: str
) -> None:
    with pytest.raises(BodyProblem) as error:
        check_bodies(isa_for("rv64gcv", [declared(function)]))
    assert sentence in str(error.value)
    assert "test_own.py" in str(error.value)


def test_a_body_of_one_s_own_does_not_get_the_unit() -> None:
    ext = Extension("Xvraw", version="0.1")
    ext.instruction("vraw", "0000000 00000 00000 000 00000 1011011")(_asks_for_the_unit)
    with pytest.raises(BodyProblem) as error:
        check_bodies(isa_for("rv64gcv", [ext]))
    assert "Extension.vector gets elements, or register groups" in str(error.value)


def test_posits_become_singles_and_come_back() -> None:
    ext = Extension("Xvpcvt", version="0.1")

    @ext.vector("vpwiden", "v", "000001", result="w", formats=(POSIT16,), wide=(FP32,))
    def vpwiden(a, widen, mode, flags):
        return widen(a, mode, flags)

    @ext.vector("vpnarrow", "w", "000010", formats=(POSIT16,), wide=(FP32,))
    def vpnarrow(a, narrow, mode, flags):
        return narrow(a, mode, flags)

    isa = isa_for("rv64gcv_zvl256b", [ext])
    source = (
        ".globl run\nrun: vsetivli zero, 16, e16, m1, ta, ma\n vle16.v v2, (a0)\n"
        "vpwiden.v v4, v2\n vse32.v v4, (a1)\n vpnarrow.w v2, v4\n vse16.v v2, (a0)\n ret\n"
    )
    machine = Machine(assemble(source, isa), isa)
    codes = np.arange(0x3800, 0x4800, 0x100, dtype=np.uint16)
    places = machine.place(codes), machine.place(np.zeros(16, np.float32))
    assert machine.call("run", *places).trap is None
    # Between 1/2 and 2, where a posit16 is 1 + fraction / 2048, or half of that.
    expected = [(1 + (c & 0x7FF) / 2048) * (1 if c >= 0x4000 else 0.5) for c in codes]
    assert machine.array(places[1], np.float32, 16).tolist() == expected
    assert (machine.array(places[0], np.uint16, 16) == codes).all()


HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "vector-instruction.md"


def test_the_instructions_of_the_how_to_work(tmp_path: Path) -> None:
    blocks = [block.partition("```")[0] for block in HOWTO.read_text().split("```python\n")[1:]]
    for number, block in enumerate(blocks):
        path = tmp_path / f"own{number}.py"
        path.write_text(block)
        isa = isa_for("rv64gcv_zvl256b", load_file(path))
        check_bodies(isa)
    assert "vqmacc.vv" in isa.instructions
    source = (
        ".globl run\nrun: vsetivli zero, 16, e16, m1, ta, ma\n vle16.v v2, (a0)\n"
        "vle16.v v3, (a1)\n vqmacc.vv v2, v3\n vqmacc.vv v3, v3\n vqround.v v4\n"
        "vse16.v v4, (a0)\n ret\n"
    )
    machine = Machine(assemble(source, isa), isa)
    codes = np.random.default_rng(5).integers(1, 1 << 15, (2, 16)).astype(np.uint16)
    places = [machine.place(row) for row in codes]
    assert machine.call("run", *places).trap is None
    a, b = ([exact.decode(int(code), POSIT16) for code in row] for row in codes)
    total = sum(x * y + y * y for x, y in zip(a, b, strict=True))
    assert (machine.array(places[0], np.uint16, 16) == exact.encode(total, POSIT16)).all()
