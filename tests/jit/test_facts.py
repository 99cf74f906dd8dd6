"""What rvx relies on in numba and llvmlite, fact by fact: a new release says which it changed."""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest

from rvx import jit
from rvx.jit import compiler, facts

ROOT = Path(__file__).resolve().parents[2]
LOWEST = -(2**63)


def grows(x: int, y: int) -> bool:
    return x + y > x if y > 0 else x + y <= x


def high_bit_after_add(x: int) -> int:
    # With an overflow that "never happens" the optimiser folds this comparison to true.
    return 1 if x + 1 > x else 0


def product_is_even(x: int) -> int:
    return (x * 6) // 6 == x


# --- Versions


def test_the_versions_are_pinned_and_those_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, number in facts.SUPPORTED.items():
        assert f"{name}=={number}" in project["dependencies"]
        assert version(name) == number


def test_nothing_is_missing_here() -> None:
    assert facts.missing_facts() == []


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_numba_that_adds_otherwise_is_refused(
    is_gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.cpython import numbers

    if is_gone:
        monkeypatch.delattr(numbers, "_int_arith_flags")
    else:
        monkeypatch.setattr(numbers, "int_add_impl", lambda *_: None)
    sentence = (
        r"numba \S+ with llvmlite \S+ adds integers in a way that rvx does not know, so that "
        r"compiled results could be wrong; .* pip install numba==\S+ llvmlite==\S+$"
    )
    with pytest.raises(jit.UnknownCompilerError, match=sentence):
        facts.wrapping_numba.__wrapped__()


def test_a_numba_that_keeps_code_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core import codegen

    monkeypatch.delattr(codegen.CPUCodeLibrary, "_optimize_functions")
    with pytest.raises(jit.UnknownCompilerError, match="keeps the code of functions in a way"):
        facts.wrapping_numba.__wrapped__()


def test_an_llvmlite_that_optimises_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(llvm, "create_pass_builder")
    with pytest.raises(jit.UnknownCompilerError, match="optimises in a way"):
        facts.wrapping_numba.__wrapped__()


# --- Sums and products wrap


def test_compiled_add_wraps() -> None:
    native = jit.native(high_bit_after_add)
    assert [native(5), native(2**63 - 1)] == [1, 0]


def test_compiled_add_of_two_wraps() -> None:
    native = jit.native(grows)
    assert [native(1, 2), native(2**63 - 1, 1), native(LOWEST, -1)] == [True, False, False]


def test_compiled_multiply_wraps() -> None:
    native = jit.native(product_is_even)
    assert [native(7), native(2**62)] == [True, False]


def test_no_operation_is_marked_as_never_overflowing() -> None:
    native = jit.native(product_is_even)
    native(np.int64(3))
    (text,) = native.inspect_llvm().values()
    body = text[text.index("define") : text.index("PyArg_UnpackTuple")]
    assert "mul i64" in body
    assert "mul nsw" not in body


# --- The first half of numba


def twice(x: int) -> int:
    return x + x


def four_times(x: int) -> int:
    return twice(twice(x))


def raising(x: int) -> int:
    if x > 5:
        raise ValueError("too large")
    return x


SOURCE = "def op(x):\n    return int64(body(x))\n"


def unlinked(function: Any) -> tuple[Any, str]:
    made = compiler.to_llvm("key", SOURCE, {"body": function}, {"op": ["int64"]})
    return made.module, made.symbols["op"]


def test_a_function_takes_places_for_result_and_exception_and_gives_a_status() -> None:
    module, symbol = unlinked(twice)
    function = module.get_function(symbol)
    assert str(function.global_value_type).startswith("i32 (ptr, ptr, i64)")


def test_its_status_is_0_unless_something_is_raised() -> None:
    entry = jit.export(raising, "int64(int64)").compile()
    import ctypes

    result = ctypes.c_int64(-1)
    assert (entry(5, ctypes.addressof(result)), result.value) == (0, 5)
    assert entry(6, ctypes.addressof(result)) != 0


def test_what_it_calls_is_in_the_module_and_is_not_optimised() -> None:
    module, symbol = unlinked(four_times)
    bodies = {one.name: str(one) for one in module.functions if not one.is_declaration}
    assert any("twice" in name for name in bodies)
    assert "call" in bodies[symbol]
    assert any("alloca" in text for text in bodies.values())


def test_optimised_it_consists_of_one_function() -> None:
    module, symbol = unlinked(four_times)
    compiler.keep_only(module, [symbol])
    compiler.optimise(module)
    defined = [one.name for one in module.functions if not one.is_declaration]
    assert defined == [symbol]
    assert "shl i64" in str(module)


def test_what_was_compiled_so_is_linked_by_numba_itself() -> None:
    """A numba dispatcher of a function whose callee has the first half only so far."""
    unlinked(twice)
    assert jit.native(four_times)(3) == 12


def test_numba_is_left_as_it_was() -> None:
    from numba.core.codegen import JITCodeLibrary
    from numba.core.registry import cpu_target

    unlinked(twice)
    codegen = cpu_target.target_context.codegen()
    assert codegen._library_class is JITCodeLibrary
    assert "set_env" not in vars(codegen)


def test_a_failure_leaves_numba_as_it_was() -> None:
    from numba.core.codegen import JITCodeLibrary
    from numba.core.errors import TypingError
    from numba.core.registry import cpu_target

    with pytest.raises(TypingError):
        compiler.to_llvm("key", "def op(x):\n    return x.nothing\n", {}, {"op": ["int64"]})
    assert cpu_target.target_context.codegen()._library_class is JITCodeLibrary


# --- llvmlite


def test_code_for_any_address_needs_relocations_that_the_linker_knows() -> None:
    """All of the kinds that LLVM makes for rvx's own code; see `rvx.jit.image`."""
    from rvx.emulator import hooks

    image = hooks._code()._compiled()
    assert not image.is_object or image.code[:4] != b"\x7fELF"


def test_the_host_is_told_by_llvm_and_by_linux() -> None:
    from rvx.jit import host

    assert host.description()
    features = llvm.get_host_cpu_features()
    for name in ("fma", "f16c", "avx2"):
        assert bool(features.get(name)) == (name in host.features()), name
