"""What `import rvx` gives."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import rvx
from rvx.emulator import Tracing

ROOT = Path(__file__).resolve().parent.parent
USER = '''
import numpy as np
import rvx
from rvx.emulator import Tracing

mine = rvx.Extension("Xmine", version="1.0")


@mine.instruction("twice rd, rs1", "0000000 00000 rs1 000 rd 0001011")
def twice(rs1: int) -> int:
    """rd = 2 * rs1."""
    return rs1 + rs1


def use(text: str) -> int:
    isa = rvx.isa_for("rv64gc", [mine])
    program: rvx.Program = rvx.assemble(text, isa)
    machine = rvx.Machine(program, isa)
    result: rvx.RunResult = machine.call("f", np.zeros(3), 1.5, 4)
    registers: dict[str, int] = machine.registers()
    trap: rvx.Trap | None = result.trap
    found: rvx.Comparison = rvx.compare("gemm", variants=["f64"])
    fmt: rvx.Posit = rvx.Posit(16)
    return registers["a0"] + result.value + len(found.rows) + fmt.bits + (trap is None)
'''


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_name_is_there_and_has_a_docstring():
    assert sorted(rvx.__all__) == rvx.__all__
    for name in rvx.__all__:
        assert getattr(rvx, name).__doc__, name
        assert getattr(rvx, name) is getattr(
            import_module(rvx._MODULES[name]), rvx._OTHER_NAMES.get(name, name)
        )
    assert {*rvx.__all__, "__version__"} <= set(dir(rvx))
    assert set(rvx._MODULES) == set(rvx.__all__)


def test_every_name_is_on_the_page():
    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    assert [name for name in rvx.__all__ if f":: rvx.{name}\n" not in page] == []


def test_importing_it_imports_nothing():
    found = python(
        "import sys, typing; old = set(sys.modules); import rvx; print(*(set(sys.modules) - old))"
    )
    assert set(found.split()) == {"rvx", "rvx.version"}


def test_rooms_are_there_without_being_imported():
    assert python("import rvx; print(rvx.formats.__name__)") == "rvx.formats"
    assert python("import rvx; print(rvx.Posit(16) == rvx.formats.posit.POSIT16)") == "True"


@pytest.mark.parametrize("name", ["nothing", "_private", "machine"])
def test_other_names_are_not(name: str):
    with pytest.raises(AttributeError, match=f"^module 'rvx' has no attribute '{name}'$"):
        getattr(rvx, name)


def test_a_strict_type_checker_sees_through(tmp_path: Path):
    user = tmp_path / "user.py"
    user.write_text(USER + "\nuse(3)\nrvx.Machine(1, 2)\nrvx.compare(4).rows.nothing\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", ""),
            *("--cache-dir", str(ROOT / ".mypy_cache" / "user"), "--follow-imports", "silent"),
            str(user),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.partition("error: ")[2] for line in done.stdout.splitlines() if "error" in line]
    said = [line.rpartition("[")[2].rstrip("]") for line in lines[:-1]]
    assert said == ["arg-type", "arg-type", "arg-type", "attr-defined", "arg-type"], done.stdout


PROGRAM = """
        .globl sum, scale, half, mixed, endless
sum:    mv      t0, a0                  # double sum(double *x, long n)
        fmv.d.x fa0, zero
1:      fld     fa1, 0(t0)
        fadd.d  fa0, fa0, fa1
        addi    t0, t0, 8
        addi    a1, a1, -1
        bnez    a1, 1b
        ret
scale:  flw     ft0, 0(a0)              # void scale(float *x, long n, float by)
        fmul.s  ft0, ft0, fa0
        fsw     ft0, 0(a0)
        addi    a0, a0, 4
        addi    a1, a1, -1
        bnez    a1, scale
        ret
half:   fadd.s  fa0, fa0, fa0           # float twice(float x)
        ret
mixed:  fcvt.d.l fa2, a0                # double mixed(long a, double b, long c, double d)
        fcvt.d.l fa3, a1
        fadd.d  fa0, fa0, fa2
        fsub.d  fa1, fa1, fa3
        fmul.d  fa0, fa0, fa1
        ret
        .globl _start
_start: li      a0, 0
        li      t1, 5
2:      addi    a0, a0, 7
        addi    t1, t1, -1
        bnez    t1, 2b
        li      a7, 93
        ecall
"""


@pytest.fixture(scope="module")
def isa():
    return rvx.isa_for("rv64gc")


@pytest.fixture(scope="module")
def program(isa):
    return rvx.assemble(PROGRAM, isa)


@pytest.fixture
def machine(isa, program):
    return rvx.Machine(program, isa)


def test_arrays_and_numbers_are_passed(machine):
    values = np.array([[1.5, 2.0], [-0.25, 8.0]])
    assert machine.call("sum", values, 4).float_value == 11.25
    assert machine.call("sum", values.T, 4).float_value == 11.25
    assert machine.call("half", np.float32(0.1)).float_value == float(np.float32(0.1) * 2)
    assert machine.call("mixed", 3, 0.5, 4, 6.0).float_value == 3.5 * 2


def test_arrays_are_changed_in_place_unless_they_are_read_only(machine):
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    expected = values * np.float32(2.5)
    machine.call("scale", values, 6, np.float32(2.5))
    np.testing.assert_array_equal(values, expected)
    column = np.asfortranarray(values)
    machine.call("scale", column, 6, np.float32(2))
    np.testing.assert_array_equal(column, expected * 2)
    values.flags.writeable = False
    machine.call("scale", values, 6, np.float32(3))
    np.testing.assert_array_equal(values, expected)


def test_calls_with_arrays_take_no_room_for_ever(isa, program):
    machine = rvx.Machine(program, isa, memory=8 << 20)
    values = np.ones(1 << 17)
    for _ in range(40):
        assert machine.call("sum", values, values.size).float_value == 1 << 17


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (["x"], TypeError, "'x' cannot be passed to a guest; arguments are integers, floating-"),
        ([np.array(["x"])], TypeError, "an array of <U1 cannot be passed to a guest"),
        ([np.array([None])], TypeError, "an array of object cannot be passed"),
        ([np.longdouble(1)], TypeError, "does not fit a register"),
        ([1] * 9, ValueError, "at most 8 arguments go into registers, not 9"),
        ([1.0] * 9, ValueError, "at most 8 arguments go into registers, not 9"),
    ],
)
def test_what_cannot_be_passed_is_a_sentence(machine, arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        machine.call("half", *arguments)


def test_numbers_need_registers():
    isa = rvx.isa_for("rv32i")
    machine = rvx.Machine(rvx.assemble("f: ret", isa), isa)
    assert machine.call("f", 7).value == 7
    with pytest.raises(ValueError, match="this ISA has no floating-point registers to pass a"):
        machine.call("f", 1.0)


@pytest.mark.parametrize("backend", ["native", "python"])
def test_run_goes_on_where_it_stopped(isa, program, backend):
    whole = rvx.Machine(program, isa, backend=backend).run()
    machine = rvx.Machine(program, isa, backend=backend)
    total = 0
    for limit in (1, 2, 3, 4):
        result = machine.run(limit)
        assert (result.instructions, result.trap.kind) == (limit, rvx.TrapKind.LIMIT)
        assert machine.pc == result.trap.pc == machine.registers()["pc"]
        total += limit
    last = machine.run()
    assert last.exit_code == whole.exit_code == 35
    assert total + last.instructions == whole.instructions
    assert machine.pc == program.entry
    assert machine.run(10**6).instructions == whole.instructions


def test_steps(isa, program):
    machine = rvx.Machine(program, isa)
    seen = []
    while (result := machine.step()).exit_code is None:
        assert result.trap is None
        seen.append((machine.registers()["a0"], result.instructions))
    assert result.exit_code == 35
    assert [count for _, count in seen] == [1] * len(seen)
    assert sorted({value for value, _ in seen}) == [0, 7, 14, 21, 28, 35]
    assert machine.step(3).instructions == 3
    assert machine.registers()["a0"] == 7


def test_counts_of_steps_are_those_of_the_run(isa, program):
    whole = rvx.Machine(program, isa).run()
    machine = rvx.Machine(program, isa, tracing=Tracing())
    steps = [machine.step(count) for count in (1, 2, 3, 1)]
    while steps[-1].exit_code is None:
        steps.append(machine.step())
    # Added up behind the last of them, each has still its own.
    assert [len(one.executions) for one in steps[:4]] == [1, 2, 3, 1]
    assert sum((Counter(one.executions) for one in steps), Counter()) == whole.executions
    assert sum((Counter(one.by_mnemonic) for one in steps), Counter()) == whole.by_mnemonic
    assert [one.instructions for one in steps] == [len(one.retired) for one in steps]


def test_a_step_that_traps_says_so(isa):
    machine = rvx.Machine(rvx.assemble("_start: ebreak", isa), isa)
    result = machine.step()
    assert result.trap.kind is rvx.TrapKind.BREAKPOINT


def test_a_call_that_was_stopped_goes_on(machine):
    stopped = machine.call("sum", np.ones(4), 4, max_instructions=6)
    assert stopped.trap.kind is rvx.TrapKind.LIMIT
    assert machine.run().float_value == 4.0


def test_registers_have_all_names_but_vectors():
    isa = rvx.isa_for("rv64gcv_xposit")
    machine = rvx.Machine(rvx.assemble("_start: li a0, -1\n li a7, 93\n ecall", isa), isa)
    machine.run()
    found = machine.registers()
    assert found["a0"] == (1 << 64) - 1
    assert {"pc", "zero", "sp", "fa0", "ft11", "pt0"} <= set(found)
    assert not [name for name in found if name.startswith("v")]


def test_results_show_themselves_in_notebooks(machine):
    shown = machine.run()._repr_html_()
    assert shown.startswith("<table><caption>ended with exit code 35</caption>")
    assert ">c.addi</td>" in shown
    assert ">total</td>" in shown
    isa = rvx.isa_for("rv64gc")
    bad = rvx.Machine(rvx.assemble("_start: .word 0", isa), isa).run()
    assert "<caption>illegal instruction" in bad._repr_html_()


def test_a_kernel_is_compared_by_its_name():
    kernel = rvx.load_kernel("gemm")
    inputs = rvx.draw(kernel, {"M": 4, "N": 4, "K": 8})
    found = rvx.compare("gemm", inputs, ["f64", kernel.variants["int8"]])
    assert [row.variant.name for row in found.rows] == ["f64", "int8"]
    assert found.is_exact
    shown = found._repr_html_()
    assert "<caption>gemm M=4 N=4 K=8, plain form, uniform in [-1, 1], seed 0</caption>" in shown
    assert shown.count("<tr>") == 3
    with pytest.raises(rvx.RvxError, match="nothing"):
        rvx.compare("gemm", inputs, ["nothing"])
    with pytest.raises(rvx.RvxError, match="there is no kernel 'nothing'"):
        rvx.compare("nothing")


def test_registers_have_the_names_that_they_are_listed_with():
    isa = rvx.isa_for("rv64gc")
    machine = rvx.Machine(rvx.assemble("_start: li t0, 7\n li t1, 9\n ebreak\n", isa), isa)
    machine.run(1)
    named = machine.registers()
    assert {name: machine.register(name) for name in named} == named
    assert (named["pc"], named["t0"], named["t1"]) == (machine.pc, 7, 0)
    for access in (machine.register, lambda name: machine.set_register(name, 1)):
        with pytest.raises(KeyError, match="has no register 'x32'"):
            access("x32")
