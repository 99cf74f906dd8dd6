"""Kernels: what is compiled, what is cached under which key, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import types
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats import bits
from rvx.jit import code, compiler

TABLE = np.array([3, 1, 4, 1, 5], np.int64)
STEPS = (2, 7, 1)


def leaf(x: int) -> int:
    return x * 3 + 1


def middle(x: int) -> int:
    return leaf(x) + leaf(x + 1)


def through_module(x: int) -> int:
    return bits.clz64(x)


def from_table(i: int) -> int:
    return TABLE[i] + STEPS[i % 3]


def make_adder(amount: int, inner: Callable[[int], int]) -> Callable[[int], int]:
    def add(x: int) -> int:
        return inner(x) + amount

    return add


def endless(x: int) -> int:
    return x if x < 1 else endless(x - 1)


def ping(x: int) -> int:
    return pong(x - 1) if x > 0 else 0


def pong(x: int) -> int:
    return ping(x)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (leaf, range(-3, 4)),
        (middle, range(-3, 4)),
        (through_module, (0, 1, 2**62, -1)),
        (from_table, range(5)),
        (make_adder(5, leaf), range(4)),
        (make_adder(6, make_adder(-2, middle)), range(4)),
    ],
)
def test_native_gives_what_python_gives(function: Any, arguments: Any) -> None:
    native = jit.native(function)
    for value in arguments:
        assert native(value) == int(function(np.int64(value)))


def test_native_is_made_once() -> None:
    assert jit.native(leaf) is jit.native(leaf)


def test_the_original_is_left_as_it_was() -> None:
    jit.native(middle)(1)
    assert isinstance(middle.__globals__["leaf"], types.FunctionType)
    assert isinstance(bits.clz64, types.FunctionType)
    assert middle(np.int64(1)) == 11


@pytest.mark.parametrize("what", [len, 3, "leaf", int])
def test_only_functions_are_compiled(what: Any) -> None:
    with pytest.raises(TypeError, match="only a plain Python function can be compiled, not "):
        jit.native(what)


@pytest.mark.parametrize("function", [endless, ping, pong])
def test_recursion_is_refused(function: Any) -> None:
    with pytest.raises(jit.KernelError, match=r"the function '\w+' calls itself"):
        jit.native(function)
    assert jit.native(leaf)(1) == 4


def test_two_threads_may_compile_the_same_function() -> None:
    shared = make_adder(1, leaf)
    made: list[int] = []

    def work() -> None:
        made.append(jit.native(make_adder(2, shared))(1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [7] * 4


# --- Keys


class Red(IntEnum):
    LEVEL = 1


class Green(IntEnum):
    LEVEL = 2


def _function(source: str, **names: Any) -> Any:
    space: dict[str, Any] = {"__name__": __name__, **names}
    exec(source, space)
    return space["f"]


USES_G = "def f(x):\n    return g(x)"
DIFFERENT = {
    "constant": ("def f(x):\n    return x + 1", {}, "def f(x):\n    return x + 2", {}),
    "operation": ("def f(x):\n    return x + 1", {}, "def f(x):\n    return x - 1", {}),
    "default": ("def f(x, y=1):\n    return x + y", {}, "def f(x, y=2):\n    return x + y", {}),
    "global": ("def f(x):\n    return x + N", {"N": 1}, "def f(x):\n    return x + N", {"N": 2}),
    "type of global": ("def f(x):\n    return N", {"N": 1}, "def f(x):\n    return N", {"N": 1.0}),
    "table": (
        "def f(x):\n    return T[x]",
        {"T": np.array([1, 2])},
        "def f(x):\n    return T[x]",
        {"T": np.array([1, 3])},
    ),
    "type of table": (
        "def f(x):\n    return T[x]",
        {"T": np.array([1, 0, 2, 0], np.int32)},
        "def f(x):\n    return T[x]",
        {"T": np.array([1, 2], np.int64)},
    ),
    "callee": (USES_G, {"g": leaf}, USES_G, {"g": middle}),
    "closure of callee": (USES_G, {"g": make_adder(1, leaf)}, USES_G, {"g": make_adder(2, leaf)}),
    "enumeration": (
        "def f(x):\n    return E.LEVEL",
        {"E": Red},
        "def f(x):\n    return E.LEVEL",
        {"E": Green},
    ),
    "which of two": (
        "def f(x):\n    return a(x) + b(x) + c(x)",
        {"a": leaf, "b": middle, "c": leaf},
        "def f(x):\n    return a(x) + b(x) + c(x)",
        {"a": leaf, "b": middle, "c": middle},
    ),
    "nested function": (
        "def f(x):\n    def h(y):\n        return y + 1\n    return h(x)",
        {},
        "def f(x):\n    def h(y):\n        return y + 2\n    return h(x)",
        {},
    ),
    "attribute of module": (
        "def f(x):\n    return m.g(x)",
        {"m": types.SimpleNamespace(g=leaf)},
        "def f(x):\n    return m.h(x)",
        {"m": types.SimpleNamespace(h=leaf)},
    ),
}


@pytest.mark.parametrize("case", DIFFERENT.values(), ids=DIFFERENT)
def test_key_changes_with(case: tuple[str, dict[str, Any], str, dict[str, Any]]) -> None:
    first, first_names, second, second_names = case
    one = jit.content_key(_function(first, **first_names))
    assert one != jit.content_key(_function(second, **second_names))
    assert one == jit.content_key(_function(first, **first_names))


def test_key_reaches_into_modules() -> None:
    module = types.ModuleType("somewhere")
    module.g = leaf  # type: ignore[attr-defined]
    uses = _function("def f(x):\n    return m.g(x)", m=module)
    before = jit.content_key(uses)
    module.g = middle  # type: ignore[attr-defined]
    assert jit.content_key(uses) != before


def test_key_is_the_same_in_every_process() -> None:
    script = (
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('it', sys.argv[1])\n"
        "it = importlib.util.module_from_spec(spec); sys.modules['it'] = it\n"
        "spec.loader.exec_module(it)\n"
        "from rvx import jit\n"
        "print(jit.content_key(it.middle, it.from_table, it.make_adder(3, it.through_module)))\n"
    )
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", script, __file__],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


# --- The cache


SIGNATURE = "int64(int64)"


def stored(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def forget_loaded() -> None:
    """As in a new process: what has been loaded is loaded again."""
    code._loaded.clear()


def test_export_is_loaded_from_disk(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adder = make_adder(40, leaf)
    assert jit.Exported(adder, SIGNATURE)(1) == 44
    (path,) = stored(own_cache)
    before = path.read_bytes()
    forget_loaded()
    monkeypatch.setattr(compiler, "to_llvm", lambda *_: pytest.fail("it is compiled again"))
    assert jit.Exported(adder, SIGNATURE)(1) == 44
    assert (stored(own_cache), path.read_bytes()) == ([path], before)


@pytest.mark.parametrize("keep", [0, 1, 20, 60, 0.5, 0.9])
def test_a_truncated_cache_is_made_anew(own_cache: Path, keep: float) -> None:
    adder = make_adder(50, leaf)
    assert jit.Exported(adder, SIGNATURE)(1) == 54
    (path,) = stored(own_cache)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if keep < 1 else int(keep)])
    forget_loaded()
    assert jit.Exported(adder, SIGNATURE)(2) == 57
    assert path.read_bytes() == data


def test_a_damaged_byte_is_noticed(own_cache: Path) -> None:
    adder = make_adder(60, leaf)
    jit.Exported(adder, SIGNATURE)(1)
    (path,) = stored(own_cache)
    data = path.read_bytes()
    for at in (0, 15, 60, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        forget_loaded()
        assert jit.Exported(adder, SIGNATURE)(1) == 64
        assert path.read_bytes() == data


def test_without_a_writable_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("RVX_CACHE_DIR", str(blocked / "below"))
    assert jit.Exported(make_adder(70, leaf), SIGNATURE)(1) == 74


def test_an_error_in_the_kernel_is_not_hidden(own_cache: Path) -> None:
    import numba.core.errors

    wrong = _function("def f(x):\n    return x.nothing")
    for _ in range(2):
        with pytest.raises(numba.core.errors.TypingError, match="nothing"):
            jit.Exported(wrong, SIGNATURE)(1)


def test_several_processes_at_once(own_cache: Path) -> None:
    script = (
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('it', sys.argv[1])\n"
        "it = importlib.util.module_from_spec(spec); sys.modules['it'] = it\n"
        "spec.loader.exec_module(it)\n"
        "from rvx import jit\n"
        "print(jit.Exported(it.make_adder(80, it.middle), 'int64(int64)')(1))\n"
    )
    command = [sys.executable, "-c", script, __file__]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    results = [process.communicate(timeout=100) for process in running]
    assert results == [("91\n", "")] * 4


def test_what_is_on_disk_is_loaded_without_a_compiler(own_cache: Path) -> None:
    script = (
        "import sys\n"
        "import numpy as np\n"
        "from rvx import jit\n"
        "def total(numbers, scale):\n"
        "    found = 0.0\n"
        "    for row in range(numbers.shape[0]):\n"
        "        for column in range(numbers.shape[1]):\n"
        "            found += numbers[row, column] * scale\n"
        "    return found\n"
        "entry = jit.export(total, 'float64(int64[:, ::1], float64)')\n"
        "print(entry(np.arange(6).reshape(2, 3), 0.5), 'llvmlite' in sys.modules)\n"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert found == ["7.5 True\n", "7.5 False\n"]


# --- What exported functions take


def scaled(numbers: Any, by: int) -> int:
    for i in range(numbers.size):
        numbers[i] *= by
    return numbers.size


FROZEN = np.zeros(3, np.int64)
FROZEN.flags.writeable = False


@pytest.mark.parametrize(
    "given",
    [
        np.zeros(3, np.int32),
        np.zeros((3, 1), np.int64),
        np.zeros(6, np.int64)[::2],
        FROZEN,
        [1, 2],
        7,
    ],
    ids=["kind", "shape", "strides", "read only", "list", "number"],
)
def test_other_arrays_are_refused(given: Any) -> None:
    entry = jit.export(scaled, "int64(int64[::1], int64)")
    sentence = r"scaled takes a writable array in C order, int64\[::1\], not "
    with pytest.raises(TypeError, match=sentence):
        entry(given, 2)


def test_arrays_are_changed_in_place() -> None:
    numbers = np.arange(4)
    assert jit.export(scaled, "int64(int64[::1], int64)")(numbers, 3) == 4
    assert numbers.tolist() == [0, 3, 6, 9]
    with pytest.raises(TypeError, match="scaled takes 2 arguments, not 1"):
        jit.export(scaled, "int64(int64[::1], int64)")(numbers)


def picky(x: int) -> int:
    if x == 3:
        raise ValueError("three")
    return x


def test_what_a_kernel_raises_comes_out() -> None:
    entry = jit.export(picky, SIGNATURE)
    assert entry(2) == 2
    with pytest.raises(ValueError, match="three"):
        entry(3)


def test_importing_rvx_does_not_import_numba() -> None:
    script = (
        "import sys, rvx.jit, rvx.emulator, rvx.extensions\n"
        "rvx.extensions.isa_for('rv64gc_xposit')\n"
        "assert not {'numba', 'llvmlite'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
