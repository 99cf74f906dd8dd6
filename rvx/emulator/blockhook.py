"""The block hook, built from LLVM instructions: it runs once per block of every program.

numba wraps a callback into a second function that looks for Python exceptions. That costs as much
as the counting itself, so this one function is built by hand. What it does is

    slot = BLOCKS_BIASED + 8 * address
    if slot.bytes != size: return SLOW_BLOCK(uc, address, size, context)
    slot.executions += 1
    context.BLOCK_BEGIN = address

where `SLOW_BLOCK` is the compiled hook of `rvx.emulator.hooks` that can deal with every case.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from rvx.emulator.context import Field

_WORD = ir.IntType(64)
_HALF = ir.IntType(32)


def _field(builder: ir.IRBuilder, context: ir.Value, field: Field) -> ir.Value:
    address = builder.add(context, ir.Constant(_WORD, 8 * field))
    return builder.inttoptr(address, _WORD.as_pointer())


def _module() -> ir.Module:
    module = ir.Module("rvx_block_hook")
    signature = ir.FunctionType(ir.VoidType(), [_WORD, _WORD, _HALF, _WORD])
    function = ir.Function(module, signature, "rvx_count_block")
    uc, address, size, context = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    biased = builder.load(_field(builder, context, Field.BLOCKS_BIASED))
    slot = builder.add(biased, builder.shl(address, ir.Constant(_WORD, 3)))
    executions = builder.inttoptr(slot, _WORD.as_pointer())
    known = builder.load(
        builder.inttoptr(builder.add(slot, ir.Constant(_WORD, 8)), _WORD.as_pointer())
    )
    is_known = builder.icmp_unsigned("==", known, builder.zext(size, _WORD))
    with builder.if_else(is_known, likely=True) as (fast, slow):
        with fast:
            one_more = builder.add(builder.load(executions), ir.Constant(_WORD, 1))
            builder.store(one_more, executions)
            builder.store(address, _field(builder, context, Field.BLOCK_BEGIN))
        with slow:
            target = builder.load(_field(builder, context, Field.SLOW_BLOCK))
            call = builder.inttoptr(target, signature.as_pointer())
            builder.call(call, [uc, address, size, context], tail=True)
    builder.ret_void()
    return module


@cache
def _engine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=3)
    parsed = llvm.parse_assembly(str(_module()))
    parsed.verify()
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    return engine


def count_block_address() -> int:
    """Where the block hook is."""
    return int(_engine().get_function_address("rvx_count_block"))
