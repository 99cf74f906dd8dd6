"""Host pointers in compiled code: the few operations that numba has no spelling for.

Everything here works on addresses held in int64 values. Nothing is checked: callers pass addresses
of arrays that the machine keeps alive.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import unicorn
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

_LIBRARY = {"posix": "libunicorn.so.2", "nt": "unicorn.dll"}


def _load_unicorn() -> None:
    folder = Path(unicorn.__file__).parent / "lib"
    named = folder / _LIBRARY.get(os.name, "")
    found = named if named.is_file() else next(iter(sorted(folder.glob("libunicorn*"))))
    llvm.load_library_permanently(str(found))


_load_unicorn()
uc_reg_read = types.ExternalFunction(
    "uc_reg_read", types.int32(types.intp, types.int32, types.intp)
)
uc_reg_write = types.ExternalFunction(
    "uc_reg_write", types.int32(types.intp, types.int32, types.intp)
)
uc_emu_stop = types.ExternalFunction("uc_emu_stop", types.int32(types.intp))


def _loader(bits: int) -> Any:
    @intrinsic
    def load(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.IntType(bits)
            value = builder.load(builder.inttoptr(arguments[0], kind.as_pointer()))
            value.align = 1
            return builder.sext(value, ir.IntType(64)) if bits < 64 else value

        return types.int64(types.int64), codegen

    return load


def _storer(bits: int) -> Any:
    @intrinsic
    def store(typingctx: Any, address: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.IntType(bits)
            narrow = builder.trunc(arguments[1], kind) if bits < 64 else arguments[1]
            made = builder.store(narrow, builder.inttoptr(arguments[0], kind.as_pointer()))
            made.align = 1
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return store


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


@intrinsic
def call_handler(typingctx: Any, handler: Any, row: Any, context_address: Any) -> Any:
    """Calls the instruction handler at an address with its row and the machine's context."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [word, word])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def call_region(typingctx: Any, function: Any, context_address: Any, address: Any) -> Any:
    """Calls the compiled region at an address; gives the guest address where it was left."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(word, [word, word])
        return builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])

    return types.int64(types.int64, types.int64, types.int64), codegen


@intrinsic
def call_word_callback(typingctx: Any, function: Any, argument: Any) -> Any:
    """Calls the C function at an address with one int64, and gives its int64 result."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(word, [word])
        return builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), [arguments[1]])

    return types.int64(types.int64, types.int64), codegen


def _array_maker(element: Any) -> Any:
    """An intrinsic that makes a borrowed one-dimensional array; `carray` cannot be returned."""

    @intrinsic
    def make(typingctx: Any, address: Any, size: Any) -> Any:
        kind = types.Array(element, 1, "C")

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(kind)(context, builder)
            itemsize = context.get_constant(types.intp, element.bitwidth // 8)
            populate_array(
                array,
                data=builder.inttoptr(arguments[0], array.data.type),
                shape=[arguments[1]],
                strides=[itemsize],
                itemsize=itemsize,
                meminfo=None,
            )
            return array._getvalue()

        return kind(types.int64, types.int64), codegen

    return make


int64_array = _array_maker(types.int64)
"""The int64 values from an address on, as an array."""
int8_array = _array_maker(types.int8)
"""The int8 values from an address on, as an array; likewise for the next two widths."""
int16_array = _array_maker(types.int16)
int32_array = _array_maker(types.int32)
byte_array = _array_maker(types.uint8)
"""The bytes from an address on, as an array."""


def fingerprint() -> str:
    """Changes when this file does: compiled code is cached by what it is made of."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
