"""Operations of halves and BF16 on the host's unit against the kernels, results and flags.

The witness of the kernels is exact rational arithmetic (`tests/formats/minifloat`). Halves are
rounded twice on the host; what could go wrong lies at middles between halves, near the least normal
one and near the largest one, so that operands are drawn from there.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import random
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.bodies import form_of
from rvx.emulator.regions.floats import HOST_FLAGS
from rvx.emulator.regions.hostformats import CONVERTS_HALVES, OPERATIONS, host_kernels, host_lines
from rvx.emulator.regions.lanes import element_expression
from rvx.extensions import isa_for
from rvx.formats.bits import clz64
from rvx.isa.vector.elementwise import adapted
from rvx.isa.vector.plan import Arithmetic, plan_of

LANES = 8
CASES = 1200
HALVES = [
    *(0, 1, 0x3FF, 0x400, 0x401, 0x7BFF, 0x7C00, 0x7E00, 0x7D00, 0x3C00, 0x3C01, 0x0200, 0x3BFF),
    *(0x8000, 0x8001, 0xFBFF, 0xFC00, 0xFE01, 0xFD00, 0xBC00, 0x6400, 0x67FF, 0x1400, 0x0BFF),
]
SINGLES = [
    *(0x7FA00000, 0x477FEFFF, 0x477FF000, 0x477FE000, 0x387FFFFF, 0x387FE000, 0x387FF000),
    *(0x33000000, 0x33000001, 0x32FFFFFF, 0xB3000001, 0, 0x80000000, 1, 0x7F800000, 0x7FC00001),
]
TWICE = sorted({name for name in host_kernels().values() if OPERATIONS[name].work})
"""Operations that are computed in another format than that of their result, or of operands."""


def sources(name: str) -> int:
    if name.startswith("fma"):
        return 3
    return 2 if name.rstrip("0123456789") in ("fadd", "fsub", "fmul", "fdiv") else 1


def compiled(name: str) -> Callable[..., Any]:
    given = [f"%i{at}" for at in range(sources(name))]
    lines, result, declarations = host_lines(name, given, LANES, None, "h")
    vector = f"<{LANES} x i64>"
    loads = [
        f"  %p{at} = getelementptr {vector}, ptr %in, i64 {at}\n"
        f"  {value} = load {vector}, ptr %p{at}, align 8"
        for at, value in enumerate(given)
    ]
    text = [
        "define void @f(ptr %in, ptr %out, ptr %fflags) strictfp {",
        *loads,
        *lines,
        f"  store {vector} {result}, ptr %out, align 8",
        "  ret void",
        "}",
        *dict.fromkeys(declarations),
        f"declare i1 @llvm.vector.reduce.or.v{LANES}i1(<{LANES} x i1>)",
        '!1 = !{!"branch_weights", i32 1, i32 100000}',
    ]
    code = jit.from_llvm(uuid.uuid4().hex, "tests", lambda: ["\n".join(text)], ["f"])
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3)(code.addresses["f"])
    function.code = code
    return function


def operand(name: str, pick: random.Random) -> int:
    made = OPERATIONS[name]
    if made.from_integer:
        bits = pick.choice((4, 8, 11, 12, 16, 17, 32, 64))
        value = pick.getrandbits(bits) * pick.choice((1, -1))
        return (value + (1 << 63)) % (1 << 64) - (1 << 63)
    if made.source == 32:
        # Near what a half can be, with bits at and around the middle of two of them.
        tail = pick.choice((0, 1, 0xFFF, 0x1000, 0x1001, 0x1FFF, pick.getrandbits(13)))
        near = (
            pick.getrandbits(1) << 31 | pick.randrange(98, 146) << 23 | pick.getrandbits(10) << 13
        )
        return pick.choice((pick.choice(SINGLES), near | tail, near | tail, pick.getrandbits(32)))
    return pick.choice(HALVES) if pick.random() < 0.4 else pick.getrandbits(16)


@pytest.mark.parametrize("name", TWICE)
def test_the_host_gives_what_the_kernel_gives(name: str) -> None:
    kernel = next(one for one, called in host_kernels().items() if called == name)
    function, library = compiled(name), ctypes.CDLL(ctypes.util.find_library("m"))
    pick = random.Random(name)
    result, flags = np.zeros(LANES, np.int64), np.zeros(1, np.int64)
    for _ in range(CASES):
        given = [operand(name, pick) for _ in range(sources(name))]
        lanes = np.repeat(np.array(given, np.int64), LANES)
        flags[0] = 0
        library.feclearexcept(sum(HOST_FLAGS))
        function(lanes.ctypes.data, result.ctypes.data, flags.ctypes.data)
        raised = library.fetestexcept(sum(HOST_FLAGS))
        found = int(flags[0]) | sum(flag for bit, flag in HOST_FLAGS.items() if raised & bit)
        with np.errstate(over="ignore"):
            wanted, expected = kernel(*(np.int64(value) for value in given), 0)
        code = int(wanted) & (1 << OPERATIONS[name].target) - 1
        assert (set(result.tolist()), found) == ({code}, expected), [hex(one) for one in given]


def test_there_are_halves_on_this_host() -> None:
    assert len(TWICE) == (18 if CONVERTS_HALVES else 1)


def expression(mnemonic: str, sew: int, march: str = "rv64gcv_zvfh_zvfbfwma_zvbb") -> Any:
    isa = isa_for(march)
    plan = plan_of(form_of(isa.instructions[mnemonic], isa).function)
    assert isinstance(plan, Arithmetic)
    loop = plan.loops[sew]
    return element_expression(loop.element, sew, plan.has_floats, loop.words)


@pytest.mark.parametrize(
    ("mnemonic", "sew"),
    [
        ("vfcvt.x.f.v", 32),
        ("vfcvt.rtz.xu.f.v", 64),
        ("vfncvt.x.f.w", 16),
        ("vfncvt.rod.f.f.w", 32),
        ("vfncvtbf16.f.f.w", 16),
        ("vclz.v", 64),
        ("vfcvt.f.xu.v", 64),
    ],
)
def test_conversions_are_expressions(mnemonic: str, sew: int) -> None:
    assert expression(mnemonic, sew) is not None


def test_products_of_a_users_are_those_of_the_host() -> None:
    """A factory of kernels may be called in two ways, and gives a kernel for each."""
    found = expression("vfe4m3macc.vv", 8, "rv64gcv_xvfp8")
    assert found.uses_host


def test_counts_of_zeros_are_one_operation() -> None:
    def count(a: int) -> int:
        return clz64(a)

    found = element_expression(adapted(count), 64, False)
    assert found is not None
    assert [node.operation for node in found.nodes()] == ["input", "ctlz"]
