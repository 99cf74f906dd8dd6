"""Host pointers in compiled code: the few operations that numba has no spelling for.

Everything here works on addresses held in int64 values. Nothing is checked: callers pass addresses
of arrays that the machine keeps alive. Each operation is a plain function, which does the same when
it is interpreted, and the twin that stands for it in compiled code.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import unicorn

from rvx import jit
from rvx.reachable import Twin, with_twin

_LIBRARY = {"posix": "libunicorn.so.2", "nt": "unicorn.dll"}


@cache
def _unicorn_file() -> str:
    folder = Path(unicorn.__file__).parent / "lib"
    named = folder / _LIBRARY.get(os.name, "")
    found = named if named.is_file() else next(iter(sorted(folder.glob("libunicorn*"))))
    return str(found)


@cache
def _unicorn() -> Any:
    return ctypes.CDLL(_unicorn_file())


jit.provide(_unicorn)


def fingerprint() -> str:
    """Changes when this file does: compiled code is cached by what it is made of."""
    return _fingerprint


_fingerprint = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _external(name: str, arguments: int) -> Callable[..., Any]:
    """A function of Unicorn's, of int64 and int32 values in turns."""

    def call(*values: int) -> Any:
        return getattr(_unicorn(), name)(*(ctypes.c_size_t(int(value)) for value in values))

    def make() -> Any:
        import llvmlite.binding as llvm
        from numba import types

        llvm.load_library_permanently(_unicorn_file())
        kinds = (types.intp, types.int32, types.intp)[:arguments]
        return types.ExternalFunction(name, types.int32(*kinds))

    return with_twin(call, Twin(make, f"{name} {fingerprint()}"))


uc_reg_read = _external("uc_reg_read", 3)
uc_reg_write = _external("uc_reg_write", 3)
uc_emu_stop = _external("uc_emu_stop", 1)

_SIGNED = {8: ctypes.c_int8, 16: ctypes.c_int16, 32: ctypes.c_int32, 64: ctypes.c_int64}


def _loader(bits: int) -> Callable[[int], Any]:
    kind = _SIGNED[bits]

    def load(address: int) -> Any:
        import numpy as np

        return np.int64(kind.from_address(int(address)).value)

    return with_twin(load, Twin(partial(_compiled_loader, bits), f"load {bits} {fingerprint()}"))


@cache
def _compiled_loader(bits: int) -> Any:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def load(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.IntType(bits)
            value = builder.load(builder.inttoptr(arguments[0], kind.as_pointer()))
            value.align = 1
            return builder.sext(value, ir.IntType(64)) if bits < 64 else value

        return types.int64(types.int64), codegen

    return intrinsic(load)


def _storer(bits: int) -> Callable[[int, int], None]:
    kind = _SIGNED[bits]

    def store(address: int, value: int) -> None:
        kind.from_address(int(address)).value = int(value)

    return with_twin(store, Twin(partial(_compiled_storer, bits), f"store {bits} {fingerprint()}"))


@cache
def _compiled_storer(bits: int) -> Any:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def store(typingctx: Any, address: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.IntType(bits)
            narrow = builder.trunc(arguments[1], kind) if bits < 64 else arguments[1]
            made = builder.store(narrow, builder.inttoptr(arguments[0], kind.as_pointer()))
            made.align = 1
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(store)


load_64 = _loader(64)
"""The int64 at an address."""
load_32 = _loader(32)
"""The int32 at an address, sign-extended."""
load_16 = _loader(16)
"""The int16 at an address, sign-extended."""
load_8 = _loader(8)
"""The int8 at an address, sign-extended."""
store_64 = _storer(64)
"""Writes an int64 to an address."""
store_32 = _storer(32)
"""Writes the low 32 bits to an address."""
store_16 = _storer(16)
"""Writes the low 16 bits to an address."""
store_8 = _storer(8)
"""Writes the low 8 bits to an address."""


def _caller(name: str, arguments: int, has_result: bool) -> Callable[..., Any]:
    """Calls the C function at an address with so many int64 values."""
    result = ctypes.c_int64 if has_result else None
    kind = ctypes.CFUNCTYPE(result, *[ctypes.c_int64] * arguments)

    def call(function: int, *values: int) -> Any:
        return kind(int(function))(*(int(value) for value in values))

    make = partial(_compiled_caller, arguments, has_result)
    return with_twin(call, Twin(make, f"{name} {fingerprint()}"))


@cache
def _compiled_caller(count: int, has_result: bool) -> Any:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    result = types.int64 if has_result else types.void

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(word if has_result else ir.VoidType(), [word] * count)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        made = builder.call(function, arguments[1:])
        return made if has_result else context.get_dummy_value()

    def call_1(typingctx: Any, function: Any, first: Any) -> Any:
        return result(types.int64, types.int64), codegen

    def call_2(typingctx: Any, function: Any, first: Any, second: Any) -> Any:
        return result(types.int64, types.int64, types.int64), codegen

    def call_4(typingctx: Any, function: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
        return result(*[types.int64] * 5), codegen

    return intrinsic({1: call_1, 2: call_2, 4: call_4}[count])


call_handler = _caller("call_handler", 2, has_result=False)
"""Calls the instruction handler at an address with its row and the machine's context."""
call_region = _caller("call_region", 2, has_result=True)
"""Calls the compiled region at an address with the context and its own guest address; gives the
guest address where it was left."""
call_hook = _caller("call_hook", 4, has_result=False)
"""Calls the hook at an address, as Unicorn calls those on blocks."""
call_word_callback = _caller("call_word_callback", 1, has_result=True)
"""Calls the C function at an address with one int64, and gives its int64 result."""

int64_array = jit.borrowed("int64")
"""The int64 values from an address on, as an array."""
int8_array = jit.borrowed("int8")
"""The int8 values from an address on, as an array; likewise for the next two widths."""
int16_array = jit.borrowed("int16")
int32_array = jit.borrowed("int32")
byte_array = jit.borrowed("uint8")
"""The bytes from an address on, as an array."""
