"""Compiles plain Python kernels with numba, and keeps the machine code on disk by content.

Kernels and instruction bodies are written as undecorated Python functions over int64 values, so
that they can be read, stepped through and printed from. This module makes the compiled twin of
such a function:

* `native` compiles a function and, recursively, every plain function it reaches through globals,
  module attributes and closures.
* `export` gives it an explicit signature and caches the machine code on disk. The key is a hash of
  everything that is reachable from the function, so a change in a helper three modules away is
  noticed (numba's own cache looks only at the file of the outermost function).
* `elementwise` maps a scalar kernel over NumPy arrays.

numba is imported when something is compiled for the first time, never at import of this module.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import threading
import types
from collections.abc import Callable
from enum import EnumMeta
from functools import cache
from pathlib import Path
from typing import Any

from rvx import disk
from rvx.errors import RvxError
from rvx.reachable import cells, code_objects, is_kernel, reached, references, twin_of

_CACHE_FORMAT = "6"


Replacements = tuple[tuple[Callable[..., Any], Any], ...]
"""Pairs of a function and what stands for it in compiled code."""


@cache
def native(function: Callable[..., Any]) -> Any:
    """The numba dispatcher of a plain function; what it calls is compiled with it.

    Raises:
        KernelError: the function calls itself, at once or through others.
        TypeError: the argument is not a plain Python function.
    """
    return _dispatcher(function, ())


@cache
def callee(function: Callable[..., Any], replacing: Replacements = ()) -> Any:
    """The same for compiled code alone to call, which compiles a third faster.

    Args:
        function: the outermost function.
        replacing: functions that the compiled code calls others for, wherever they are reached.

    Raises:
        KernelError: the function calls itself, at once or through others.
        TypeError: the argument is not a plain Python function.
    """
    for original, stand_in in replacing:
        if function is original:
            return stand_in
    # What reaches nothing that is replaced is compiled once, whoever calls it.
    if replacing and not any(original in reached(function) for original, _ in replacing):
        return callee(function)
    return _dispatcher(function, replacing, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _dispatcher(function: Callable[..., Any], replacing: Replacements, **options: bool) -> Any:
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"only a plain Python function can be compiled, not {function!r}")
    twin = twin_of(function)
    stand_in = twin.make() if twin is not None else None
    if stand_in is not None:
        return stand_in
    outer = _being_compiled.functions
    if function in outer:
        raise KernelError(f"the function '{function.__qualname__}' calls itself")
    _being_compiled.functions = (*outer, function)
    try:
        rebound = _rebound(function, replacing)
    finally:
        _being_compiled.functions = outer
    # Without the runtime (nrt) a kernel cannot allocate arrays, and needs no counting of references
    # to those it is given: that counting costs two thirds of a quire's multiply-accumulate.
    numba = _wrapping_numba()
    checks = _is_foreign(function)
    return numba.njit(rebound, error_model="numpy", _nrt=False, boundscheck=checks, **options)


def _is_foreign(function: types.FunctionType) -> bool:
    """Whether indices are checked: those of rvx's own kernels are right whatever a guest does."""
    return (function.__module__ or "").partition(".")[0] != "rvx"


class KernelError(RvxError, ValueError):
    """A function is not a kernel, for a reason that numba would not tell."""


class UnknownCompilerError(RvxError, RuntimeError):
    """The installed numba is not one that rvx can rely on."""


_FLAGS = "_int_arith_flags"


class _BeingCompiled(threading.local):
    """The functions whose references this thread is compiling."""

    functions: tuple[Callable[..., Any], ...] = ()


_being_compiled = _BeingCompiled()


@cache
def _wrapping_numba() -> Any:
    """numba, told that `+ - *` of int64 wrap.

    It marks them as operations that never overflow (LLVM's nsw), for the sake of array indices.
    The optimiser then derives facts which are false of words that do wrap, and kernels that are
    right when interpreted give wrong results when compiled.
    """
    import numba
    from numba.cpython import numbers

    # A private function: where it is gone, or not asked, all results would be silently wrong.
    users = (numbers.int_add_impl, numbers.int_sub_impl, numbers.int_mul_impl)
    if not hasattr(numbers, _FLAGS) or any(_FLAGS not in one.__code__.co_names for one in users):
        raise UnknownCompilerError(
            f"numba {numba.__version__} adds integers in a way that rvx does not know, so that "
            f"compiled results could be wrong; install a version that rvx is tested with: "
            f"pip install 'numba>=0.61,<0.69'"
        )
    setattr(numbers, _FLAGS, lambda _result: [])
    return numba


def _rebound(function: types.FunctionType, replacing: Replacements) -> types.FunctionType:
    """A copy of the function whose references lead to compiled twins."""
    namespace = dict(function.__globals__)
    stand_ins: dict[tuple[str, ...], types.ModuleType] = {}
    for chain, value in references(function).items():
        if not is_kernel(value) or chain[0] == "<closure>":
            continue
        if len(chain) == 1:
            namespace[chain[0]] = callee(value, replacing)
            continue
        parent = _stand_in(namespace, stand_ins, chain[:-1])
        setattr(parent, chain[-1], callee(value, replacing))
    closure = tuple(
        types.CellType(callee(value, replacing) if is_kernel(value) else value)
        for value in cells(function).values()
    )
    copy = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, closure or None
    )
    copy.__qualname__ = _symbol(function, replacing)
    copy.__module__ = function.__module__
    return copy


def _symbol(function: types.FunctionType, replacing: Replacements) -> str:
    """A name that no other code has, in this process or another.

    What is loaded from disk brings along the compiled code of all that it calls, and of two pieces
    of one name the linker takes either. numba tells closures of one factory apart by a number that
    counts up in each process, so that posit8's `add` of one run is called what posit16's is in
    another.
    """
    replaced = [(original.__qualname__, repr(stand_in)) for original, stand_in in replacing]
    return f"{function.__qualname__}_{content_key(function, extra=repr(replaced))}"


def _stand_in(
    namespace: dict[str, Any],
    made: dict[tuple[str, ...], types.ModuleType],
    path: tuple[str, ...],
) -> types.ModuleType:
    """A copy of the module at `path` of the namespace, whose functions may be replaced."""
    if path in made:
        return made[path]
    if len(path) == 1:
        original = namespace[path[0]]
    else:
        original = getattr(_stand_in(namespace, made, path[:-1]), path[-1])
    copy = types.ModuleType(original.__name__)
    copy.__dict__.update(original.__dict__)
    made[path] = copy
    if len(path) == 1:
        namespace[path[0]] = copy
    else:
        setattr(made[path[:-1]], path[-1], copy)
    return copy


def content_key(*functions: Callable[..., Any], extra: str = "") -> str:
    """A hash of the functions and of everything that they reach, for use as a cache key."""
    digest = hashlib.sha256(f"{_environment()}|{extra}".encode())
    seen: dict[types.FunctionType, int] = {}
    for function in functions:
        _digest_function(function, digest, seen)
    return digest.hexdigest()[:24]


@cache
def _environment() -> str:
    import llvmlite.binding
    import numba

    return "|".join(
        (
            _CACHE_FORMAT,
            numba.__version__,
            sys.version,
            platform.machine(),
            llvmlite.binding.get_host_cpu_name(),
            llvmlite.binding.get_host_cpu_features().flatten(),
        )
    )


def _digest_function(function: Any, digest: Any, seen: dict[types.FunctionType, int]) -> None:
    if not isinstance(function, types.FunctionType):
        return
    is_new = function not in seen
    digest.update(f"<function {seen.setdefault(function, len(seen))}>".encode())
    if not is_new:
        return
    digest.update(f"checked {_is_foreign(function)}".encode())
    for code in code_objects(function.__code__):
        digest.update(code.co_code)
        constants = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
        digest.update(repr((code.co_names, code.co_varnames, constants)).encode())
    twin = twin_of(function)
    digest.update(repr((function.__defaults__, twin and twin.key)).encode())
    for chain, value in sorted(references(function).items(), key=lambda item: item[0]):
        digest.update(".".join(chain).encode())
        if is_kernel(value):
            _digest_function(value, digest, seen)
        elif hasattr(value, "tobytes") and not isinstance(value, type):
            kind = f"{getattr(value, 'dtype', None)} {getattr(value, 'shape', None)}"
            digest.update(kind.encode() + value.tobytes())
        elif isinstance(value, EnumMeta):
            digest.update(repr(list(value)).encode())
        elif isinstance(value, int | float | tuple | str):
            digest.update(repr(value).encode())


def load_generated(source: str, names: dict[str, Any], key: str) -> types.ModuleType:
    """Executes generated source as a module that numba can cache on disk.

    The source is written to a file named after `key` in the cache folder, because numba keeps
    machine code beside the file that a function comes from. The write is atomic, so that several
    processes may do this at once.

    Args:
        source: Python source whose functions are decorated with `cache=True`.
        names: what the source may refer to, usually dispatchers made by `native`.
        key: names the file; must change whenever the source or what it reaches changes.
    """
    path = disk.directory() / "code" / f"k{key}.py"
    if not path.exists() and not disk.store(path, source.encode()):
        # A read-only home is no reason to fail: compile in memory and keep nothing.
        source = source.replace("cache=True", "cache=False")
        path = Path(f"<generated {key}>")
    module = types.ModuleType(f"rvx_generated_{key}")
    module.__file__ = str(path)
    # numba finds the environment of a cached function through the name of its module.
    sys.modules[module.__name__] = module
    module.__dict__.update(names)
    code = compile(source, str(path), "exec")
    try:
        exec(code, module.__dict__)
    except Exception:
        # Damaged or left by another installation, if there is something on disk: make it anew.
        stale = list((path.parent / "__pycache__").glob(f"{path.stem}.*"))
        # Another process may have cleared the cache since the source was written to it.
        is_gone = not path.exists() and path.is_absolute()
        if not stale and not is_gone:
            raise
        for old in stale:
            old.unlink(missing_ok=True)
        disk.store(path, source.encode())
        exec(code, module.__dict__)
    return module


def is_stored(key: str) -> bool:
    """Whether there is machine code on disk for the generated source with this key."""
    folder = disk.directory() / "code" / "__pycache__"
    return any(folder.glob(f"k{key}.*.nbi"))


class Exported:
    """A compiled entry point: compiled, or loaded from disk, when it is called first."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.function = function
        self.signature = signature
        self._compiled: Any = None

    def compile(self) -> Any:
        """Compiles now, and returns numba's dispatcher."""
        if self._compiled is None:
            parameters = ", ".join(
                self.function.__code__.co_varnames[: self.function.__code__.co_argcount]
            )
            source = (
                "import numba\n\n\n"
                f"@numba.njit({self.signature!r}, cache=True, error_model='numpy', nogil=True)\n"
                f"def entry({parameters}):\n"
                f"    return kernel({parameters})\n"
            )
            key = content_key(self.function, extra=source)
            module = load_generated(source, {"kernel": callee(self.function)}, key)
            self._compiled = module.entry
        return self._compiled

    def __call__(self, *arguments: Any) -> Any:
        """Calls it, compiled."""
        return self.compile()(*arguments)


@cache
def export(function: Callable[..., Any], signature: str) -> Exported:
    """A compiled entry point of `function` with an explicit numba signature, cached on disk."""
    return Exported(function, signature)


@cache
def _inlined(function: types.FunctionType) -> Any:
    """As `native`, and always inlined, so that LLVM can vectorise the loop around it."""
    return _wrapping_numba().njit(
        _rebound(function, ()), error_model="numpy", _nrt=False, forceinline=True
    )


def _loop(kinds: tuple[str, ...], inputs: int) -> str:
    sources = ", ".join(f"in{i}" for i in range(inputs))
    targets = ", ".join(f"out{i}" for i in range(len(kinds) - inputs))
    elements = ", ".join(f"numpy.int64(in{i}[i])" for i in range(inputs))
    results = ", ".join(f"out{i}[i]" for i in range(len(kinds) - inputs))
    array = ", ".join(f"{'boolean' if kind == 'bool' else kind}[::1]" for kind in kinds)
    return (
        "import numba\nimport numpy\n\n\n"
        f"@numba.njit('void({array})', cache=True, error_model='numpy', nogil=True)\n"
        f"def entry({sources}, {targets}):\n"
        "    for i in range(in0.size):\n"
        f"        {results} = kernel({elements})\n"
    )


@cache
def elementwise(
    function: Callable[..., Any],
    inputs: int,
    outputs: int = 1,
    kinds: tuple[str, ...] | None = None,
) -> Callable[..., Any]:
    """Maps a scalar kernel over integer arrays, broadcasting as NumPy does.

    Args:
        function: a kernel of `inputs` int64 values that returns one value, or a tuple of
            `outputs` values.
        inputs: how many arrays go in.
        outputs: how many arrays come out; a tuple is returned when there are several.
        kinds: the element types of the arrays, inputs first, such as "uint16" or "bool"; all
            int64 if left out. Narrow patterns are fastest in arrays of their own width.
    """
    compiled: list[Any] = []
    kinds = kinds or ("int64",) * (inputs + outputs)

    def run(*arrays: Any) -> Any:
        import numpy as np

        if len(arrays) != inputs:
            raise TypeError(f"{function.__name__} takes {inputs} arrays, not {len(arrays)}")
        if not compiled:
            source = _loop(kinds, inputs)
            key = content_key(function, extra=source)
            module = load_generated(source, {"kernel": _inlined(function)}, key)
            compiled.append(module.entry)
        given = [np.asarray(a, dtype=kind) for a, kind in zip(arrays, kinds, strict=False)]
        shape = np.broadcast_shapes(*(a.shape for a in given))
        # NumPy warns of a look at the writable flag of what `broadcast_arrays` returns.
        spread = [a if a.shape == shape else np.broadcast_to(a, shape) for a in given]
        # numba takes a read-only array for another type: such a one is copied.
        flat = [np.require(a, requirements=("C", "W")).reshape(-1) for a in spread]
        results = [np.empty(flat[0].size, kind) for kind in kinds[inputs:]]
        compiled[0](*flat, *results)
        shaped = tuple(result.reshape(shape) for result in results)
        return shaped[0] if outputs == 1 else shaped

    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    return run
