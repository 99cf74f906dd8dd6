"""`rvx new`: folders to begin with, an extension of one's own or a kernel, that work at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from rvx.cli.declare import Argument, Option
from rvx.cli.doctor import DISTRIBUTION
from rvx.cli.export import write
from rvx.cli.output import UsageProblem

Folder = Annotated[
    Path | None,
    Option("-o", metavar="FOLDER", help="Where it goes; a folder of the name by default."),
]


def extension(
    name: Annotated[str, Argument(metavar="NAME", help="Such as Xmac: letters and digits.")],
    output: Folder = None,
) -> None:
    """Begin an extension: a declaration, tests, a program that uses it, and a package of all."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        raise UsageProblem(f"'{name}' is no name of an extension: letters and digits, such as Xmac")
    from rvx.extensions import names

    lower = name.lower() if name[0] in "xX" else f"x{name.lower()}"
    if lower in names():
        raise UsageProblem(
            f"there is an extension {lower.capitalize()} already; choose another name"
        )
    known = {"@name@": lower, "@Name@": lower.capitalize(), "@distribution@": DISTRIBUTION}
    _write(_EXTENSION, output or Path(lower), known)


def kernel(
    name: Annotated[str, Argument(metavar="NAME", help="Such as gemv: letters, digits and _.")],
    output: Folder = None,
) -> None:
    """Begin a kernel for `rvx compare`: the product of a matrix and a vector, in two formats."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise UsageProblem(
            f"'{name}' is no name of a kernel, which is a symbol: letters, digits and _, as in gemv"
        )
    _write(_KERNEL, output or Path(name), {"@name@": name})


def _write(templates: dict[str, str], folder: Path, names: dict[str, str]) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(f"'{folder}' is there already; name another folder with -o")
    files = {}
    for path, template in templates.items():
        text, place = template, path
        for key, value in names.items():
            text, place = text.replace(key, value), place.replace(key, value)
        files[place] = text
    folder.mkdir(parents=True, exist_ok=True)
    write(files, folder)


_EXTENSION = {
    "@name@.py": '''"""@Name@: a multiply-accumulate that saturates, to be replaced by yours."""

from rvx.isa import Extension

@Name@ = Extension(
    "@Name@",
    version="0.1",
    doc="A multiply-accumulate that saturates",
    source="where your instructions are described",
)


@@Name@.instruction("@name@.mac rd, rs1, rs2", "1000000 rs2 rs1 001 rd 1011011")
def mac(rd, rs1, rs2):
    """rd = rd + rs1 * rs2, clipped to 32 signed bits."""
    return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)
''',
    "dot.s": """# long dot(const int *a, const int *b, long n), saturating
# The program is right if it exits with 0.
        .globl  _start, dot
_start: la      a0, first
        la      a1, second
        li      a2, 4
        call    dot
        addi    a0, a0, -70             # 1*5 + 2*6 + 3*7 + 4*8
        li      a7, 93                  # exit(a0)
        ecall

dot:    mv      a3, a0
        li      a0, 0
        beqz    a2, done
next:   lw      a4, 0(a3)
        lw      a5, 0(a1)
        @name@.mac a0, a4, a5
        addi    a3, a3, 4
        addi    a1, a1, 4
        addi    a2, a2, -1
        bnez    a2, next
done:   ret

        .data
first:  .word   1, 2, 3, 4
second: .word   5, 6, 7, 8
""",
    "test_@name@.py": '''"""The instruction against Python's integers, in both forms of its body."""

import random
from pathlib import Path

import numpy as np
import pytest
import rvx
from @name@ import @Name@

HERE = Path(__file__).parent
ISA = rvx.isa_for(None, [@Name@])


def clipped(number):
    return min(max(number, -(2**31)), 2**31 - 1)


@pytest.mark.parametrize("backend", ["native", "python"])
def test_mac_saturates(backend):
    program = rvx.assemble(".globl one\\none: @name@.mac a0, a1, a2\\n ret\\n", ISA)
    machine = rvx.Machine(program, ISA, backend=backend)
    draw = random.Random(1)
    for _ in range(100):
        old, a, b = (draw.randint(-(2**31), 2**31 - 1) for _ in range(3))
        assert machine.call("one", old, a, b).value == clipped(old + a * b)


def test_dot_product():
    machine = rvx.Machine(rvx.assemble((HERE / "dot.s").read_text(), ISA), ISA)
    a, b = np.array([100, -3, 7], np.int32), np.array([2, 5, 11], np.int32)
    result = machine.call("dot", a, b, 3)
    assert result.value == 200 - 15 + 77
    assert result.by_mnemonic["@name@.mac"] == 3
''',
    "pyproject.toml": """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "rvx-@name@"
version = "0.1"
description = "The RISC-V extension @Name@ for rvx"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["@distribution@"]

# Where this package is installed, rvx knows the extension without --ext.
[project.entry-points."rvx.extensions"]
@name@ = "@name@:@Name@"

[tool.hatch.build.targets.wheel]
include = ["@name@.py"]
""",
    "README.md": """# @Name@

A RISC-V extension for rvx.

    rvx isa check @name@.py                     # review it
    rvx isa show @name@.mac --ext @name@.py      # what is declared
    rvx run dot.s --ext @name@.py --count       # a program that uses it
    python -m pytest                            # its tests
    rvx isa export c --ext @name@.py            # for GCC and Clang; `rvx isa export list` has more

`pip install .` makes it known to rvx for good. @name@.py is the declaration: the syntax, the bits,
and the function that is the meaning. Change it, and everything else follows.
""",
}

_KERNEL = {
    "kernel.toml": """name = "@name@"
doc = "The product y = A x of a matrix and a vector"
symbol = "@name@"
products = true

[parameters]
M = { default = 16, doc = "rows of A" }
K = { default = 256, doc = "columns of A" }

[variants.f32]
march = "rv64gc"
doc = "binary32, fused multiply-add"

[variants.posit32_quire]
march = "rv64gc_xposit"
doc = "posit32, exact sums in the quire"
""",
    "f32.s": """# void @name@(const float *a, const float *x, float *y, size_t m, size_t k)
        .globl  @name@
@name@:
        slli    a5, a4, 2               # bytes of a row
row:    add     a6, a0, a5              # where this row ends
        mv      t0, a1
        fmv.w.x fa0, zero
next:   flw     fa1, 0(a0)
        flw     fa2, 0(t0)
        addi    a0, a0, 4
        addi    t0, t0, 4
        fmadd.s fa0, fa1, fa2, fa0
        bne     a0, a6, next
        fsw     fa0, 0(a2)
        addi    a2, a2, 4
        addi    a3, a3, -1
        bnez    a3, row
        ret
""",
    "posit32_quire.s": """# As f32.s, with posit32 instead of float.
        .globl  @name@
@name@:
        slli    a5, a4, 2
row:    add     a6, a0, a5
        mv      t0, a1
        qclr.s
next:   plw     pt0, 0(a0)
        plw     pt1, 0(t0)
        addi    a0, a0, 4
        addi    t0, t0, 4
        qmadd.s pt0, pt1                # exact
        bne     a0, a6, next
        qround.s pt0                    # rounded once
        psw     pt0, 0(a2)
        addi    a2, a2, 4
        addi    a3, a3, -1
        bnez    a3, row
        ret
""",
    "data.py": '''def inputs(p, uniform):
    """A (M, K) and x (1, K), random."""
    return uniform(p["M"], p["K"]), uniform(1, p["K"])


def operands(a, x):
    """As the kernel stores them: reduced along the last axis."""
    return a, x


def arguments(p, call):
    """a0 to a4 of @name@(a, x, y, m, k)."""
    return call.a, call.b, call.c, p["M"], call.length


def output_shape(p):
    """The elements of y."""
    return (p["M"], 1)


def macs(p):
    """Multiply-accumulates, for the column per MAC."""
    return p["M"] * p["K"]
''',
    "golden.py": '''from rvx.analysis.dot import matmul


def golden(p, a, x):
    """What y is in float64, for the errors."""
    return matmul(a, x)


def reference(p, arithmetic, a, x):
    """What y is bit for bit, every row summed up from left to right."""
    return arithmetic.product(a, x)
''',
}
