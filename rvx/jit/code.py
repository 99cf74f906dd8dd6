"""Compiled code by content: made once, kept on disk, loaded without numba.

A function is declared by generated source and by its C signature. Its file in the cache is named
by all that it reaches and by the processor (`rvx.jit.keys`, `rvx.jit.host`).
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rvx import disk
from rvx.jit import host
from rvx.jit.arrays import borrowed
from rvx.jit.image import Image, Loaded, load
from rvx.jit.keys import content_key
from rvx.reachable import is_kernel
from rvx.records import dataclass

_LLVM_KINDS = {
    "int64": "i64",
    "uint64": "i64",
    "uint32": "i32",
    "float64": "double",
    "void": "void",
}
_C_KINDS: dict[str, Any] = {
    "int64": ctypes.c_int64,
    "uint64": ctypes.c_uint64,
    "uint32": ctypes.c_uint32,
    "float64": ctypes.c_double,
    "void": None,
}
_SIGNATURE = re.compile(r"(\w+)\((.*)\)")


@dataclass(frozen=True)
class Signature:
    """The C signature of a compiled function.

    Attributes:
        result: `void`, `int64` or `float64`.
        arguments: kinds such as `int64`, or `uint32`, which the function itself sees as an int64.
    """

    result: str
    arguments: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Signature:
        """As numba writes it: `int64(int64, float64[::1])`."""
        found = _SIGNATURE.fullmatch(text)
        assert found is not None, text
        return cls(found[1], tuple(part for part in re.split(r",\s*(?![^[]*\])", found[2]) if part))


class Code:
    """Generated functions and where they are compiled, found by what they are made of.

    Args:
        source: Python source of the functions.
        signatures: C signature of each, by name, such as `void(int64, uint32)`.
        names: what the source may refer to; plain functions are compiled with it.
        is_checked: whether they give a status, 0 unless something was raised, and write their
            result to a last argument; otherwise what is raised is dropped.
    """

    def __init__(
        self,
        source: str,
        signatures: Mapping[str, str],
        names: Mapping[str, Any],
        *,
        is_checked: bool = False,
    ) -> None:
        self.source = source
        self._signatures = {name: Signature.of(text) for name, text in signatures.items()}
        self._names = names
        self._is_checked = is_checked
        functions = [value for _, value in sorted(names.items()) if is_kernel(value)]
        extra = f"{source}|{sorted(signatures.items())}|{is_checked}"
        self.key = content_key(*functions, extra=extra)
        self._path = disk.directory() / "code" / f"{self.key}-{host_key()}"

    def is_stored(self) -> bool:
        """Whether it is in memory or on disk."""
        return self._path in _loaded or self._path.exists()

    def addresses(self) -> Mapping[str, int]:
        """Where the functions are, which are loaded or compiled now if they are not yet.

        Raises:
            Exception: whatever numba raises if it does not take a function.
        """
        return _loaded_or_made(self._path, self._compiled).addresses

    def function(self, name: str) -> Callable[..., Any]:
        """One of the functions, to be called from Python; others run meanwhile."""
        signature = self._signatures[name]
        kinds = [_C_KINDS[kind] for kind in signature.arguments]
        result = _C_KINDS[signature.result]
        if self._is_checked:
            result = ctypes.c_int32
            kinds.append(ctypes.c_void_p)
        return ctypes.CFUNCTYPE(result, *kinds)(self.addresses()[name])

    def _compiled(self) -> Image:
        from rvx.jit import compiler

        arguments = {
            name: ["float64" if kind == "float64" else "int64" for kind in signature.arguments]
            for name, signature in self._signatures.items()
        }
        made = compiler.to_llvm(self.key, self.source, self._names, arguments)
        texts = [
            _entry(name, made.symbols[name], signature, self._is_checked)
            for name, signature in self._signatures.items()
        ]
        return compiler.to_image(compiler.linked(made.module, texts), tuple(self._signatures))


def from_llvm(
    key: str, folder: str, parts: Callable[[], Sequence[str]], entries: Sequence[str]
) -> Loaded:
    """Machine code of LLVM modules, compiled now or loaded from disk.

    Args:
        key: changes whenever the modules do.
        folder: of the cache.
        parts: gives the text of the modules, which are linked.
        entries: functions that are called from outside.
    """

    def compiled() -> Image:
        from rvx.jit import compiler

        return compiler.to_image(compiler.linked(None, parts()), tuple(entries), speed=2)

    return _loaded_or_made(disk.directory() / folder / f"{key}-{host_key()}", compiled)


_loaded: dict[Path, Loaded] = {}
compiling = threading.RLock()
"""Held by the thread that compiles: LLVM keeps what all modules share, and locks none of it.

Handlers and regions are compiled by threads of their own, so that two of them in LLVM at once end
the process, sooner or later.
"""


def _loaded_or_made(path: Path, make: Callable[[], Image]) -> Loaded:
    # Who takes something from the disk does not wait for what another thread compiles.
    found = _loaded.get(path) or _stored(path)
    if found is not None:
        return _loaded.setdefault(path, found)
    with compiling:
        found = _loaded.get(path) or _stored(path)
        if found is None:
            image = make()
            disk.store(path, image.to_bytes())
            found = mapped(image)
            assert found is not None
        return _loaded.setdefault(path, found)


def _stored(path: Path) -> Loaded | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    image = Image.from_bytes(data)
    return None if image is None else mapped(image)


def mapped(image: Image) -> Loaded | None:
    """The code in memory; LLVM loads what could not be linked in advance."""
    if not image.is_object:
        return load(image)
    from rvx.jit import compiler

    return compiler.load_object(image.code, tuple(image.entries), image.is_slow)


@cache
def host_key() -> str:
    """Part of the names of files whose contents are for this processor."""
    return content_key(extra=host.description())[:8]


def _entry(name: str, symbol: str, signature: Signature, is_checked: bool) -> str:
    """A C function around one that numba has made.

    That has a convention of its own: it takes the addresses of its result and of what it raises
    before the arguments, and returns a status.
    """
    kinds = [_LLVM_KINDS[kind] for kind in signature.arguments]
    own = [f"{kind} %a{i}" for i, kind in enumerate(kinds)]
    lines, passed = [], []
    for i, (kind, spelled) in enumerate(zip(kinds, signature.arguments, strict=True)):
        if kind == "i32":
            assert spelled == "uint32"
            lines.append(f"  %w{i} = zext i32 %a{i} to i64")
            passed.append(f"i64 %w{i}")
        else:
            passed.append(f"{kind} %a{i}")
    inner = ", ".join(["ptr", "ptr", *(one.split()[0] for one in passed)])
    result = _LLVM_KINDS[signature.result]
    call = f'call i32 @"{symbol}"(' + ", ".join(["ptr %r", "ptr %e", *passed]) + ")"
    if is_checked:
        own.append("ptr %r")
        result, rest = "i32", ["  ret i32 %s"]
    elif result == "void":
        rest = ["  ret void"]
    else:
        rest = [f"  %v = load {result}, ptr %r", f"  ret {result} %v"]
    if not is_checked:
        lines += ["  %r = alloca i64", "  store i64 0, ptr %r"]
    return "\n".join(
        [
            f'declare i32 @"{symbol}"({inner})',
            f"define {result} @{name}({', '.join(own)}) {{",
            *lines,
            "  %e = alloca ptr",
            "  store ptr null, ptr %e",
            f"  %s = {call}",
            *rest,
            "}",
        ]
    )


# --- Functions of arrays, called from Python


class Exported:
    """A compiled entry point: compiled, or loaded from disk, when it is called first.

    Args:
        function: the kernel.
        signature: as numba writes it, such as `void(int64[:, ::1], int64)`.
    """

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.function = function
        self.signature = Signature.of(signature)
        self._call: Any = None

    def code(self) -> Code:
        """The generated function around the kernel, with an address and sizes for each array."""
        names: dict[str, Any] = {"kernel": self.function}
        parameters, passed, kinds = [], [], []
        for i, kind in enumerate(self.signature.arguments):
            element, dimensions = _array_kind(kind)
            sizes = [f"a{i}_{d}" for d in range(dimensions)]
            parameters += [f"a{i}", *sizes]
            kinds += ["int64"] * (1 + dimensions) if dimensions else [kind]
            if dimensions:
                names[f"array{i}"] = borrowed(element, dimensions)
                passed.append(f"array{i}({', '.join([f'a{i}', *sizes])})")
            else:
                passed.append(f"a{i}")
        result = self.signature.result
        call = f"kernel({', '.join(passed)})"
        line = call if result == "void" else f"return {result}({call})"
        source = f"def entry({', '.join(parameters)}):\n    {line}\n"
        spelled = f"{result}({', '.join(kinds)})"
        return Code(source, {"entry": spelled}, names, is_checked=True)

    def compile(self) -> Any:
        """Compiles or loads now; gives the C function, which returns a status."""
        if self._call is None:
            self._call = self.code().function("entry")
        return self._call

    def __call__(self, *arguments: Any) -> Any:
        """Calls it, compiled.

        Raises:
            TypeError: an argument is not what the signature says.
            Exception: what the kernel raises.
        """
        call = self.compile()
        kinds = self.signature.arguments
        name = self.function.__name__
        if len(arguments) != len(kinds):
            raise TypeError(f"{name} takes {len(kinds)} arguments, not {len(arguments)}")
        passed: list[Any] = []
        for kind, given in zip(kinds, arguments, strict=True):
            element, dimensions = _array_kind(kind)
            if dimensions == 0:
                passed.append(float(given) if kind == "float64" else int(given))
            else:
                passed += _address_and_sizes(name, kind, element, dimensions, given)
        result = (_C_KINDS[self.signature.result] or ctypes.c_int64)()
        if call(*passed, ctypes.addressof(result)):
            from rvx.jit.compiler import native

            # numba knows what it raises, and raises it again.
            native(self.function)(*arguments)
            raise RuntimeError(f"{name} raised an exception, and not again")
        return None if self.signature.result == "void" else result.value


def _array_kind(kind: str) -> tuple[str, int]:
    """The kind of the elements, and how many dimensions; 0 for a number."""
    element, bracket, rest = kind.partition("[")
    return element, rest.count(":") - rest.count("::1") if bracket else 0


def _address_and_sizes(
    name: str, kind: str, element: str, dimensions: int, given: Any
) -> list[int]:
    import numpy as np

    dtype = np.dtype("bool" if element == "boolean" else element)
    is_fine = isinstance(given, np.ndarray) and given.ndim == dimensions and given.dtype == dtype
    if not is_fine or not given.flags.c_contiguous or not given.flags.writeable:
        what = getattr(given, "dtype", type(given).__name__)
        raise TypeError(
            f"{name} takes a writable array in C order, {kind}, not {what} of shape "
            f"{np.shape(given)}"
        )
    return [given.ctypes.data, *given.shape]


@cache
def export(function: Callable[..., Any], signature: str) -> Exported:
    """A compiled entry point of `function` with an explicit signature, cached on disk."""
    return Exported(function, signature)


def _loop(kinds: tuple[str, ...], inputs: int) -> str:
    outputs = range(len(kinds) - inputs)
    names = [f"in{i}" for i in range(inputs)] + [f"out{i}" for i in outputs]
    arrays = "".join(f"    {name} = array_{name}({name}, size)\n" for name in names)
    elements = ", ".join(f"int64(in{i}[i])" for i in range(inputs))
    results = ", ".join(f"out{i}[i]" for i in outputs)
    return (
        f"def entry({', '.join([*names, 'size'])}):\n{arrays}"
        "    for i in range(size):\n"
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
            compiled.append(_compiled_loop(function, kinds, inputs))
        given = [np.asarray(a, dtype=kind) for a, kind in zip(arrays, kinds, strict=False)]
        shape = np.broadcast_shapes(*(a.shape for a in given))
        # NumPy warns of a look at the writable flag of what `broadcast_arrays` returns.
        spread = [a if a.shape == shape else np.broadcast_to(a, shape) for a in given]
        flat = [np.require(a, requirements=("C", "A")).reshape(-1) for a in spread]
        results = [np.empty(flat[0].size, kind) for kind in kinds[inputs:]]
        compiled[0](*(a.ctypes.data for a in (*flat, *results)), flat[0].size)
        shaped = tuple(result.reshape(shape) for result in results)
        return shaped[0] if outputs == 1 else shaped

    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    return run


def _compiled_loop(function: Callable[..., Any], kinds: tuple[str, ...], inputs: int) -> Any:
    names: dict[str, Any] = {"kernel": function}
    for i, kind in enumerate(kinds):
        name = f"in{i}" if i < inputs else f"out{i - inputs}"
        names[f"array_{name}"] = borrowed("boolean" if kind == "bool" else kind, 1)
    signature = f"void({', '.join(['int64'] * (len(kinds) + 1))})"
    code = Code(_loop(kinds, inputs), {"entry": signature}, names)
    return code.function("entry")
