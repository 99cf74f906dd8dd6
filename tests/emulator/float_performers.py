"""Ways to perform floating-point vectors: Unicorn's core as it is, and the compiled bodies."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx import jit
from rvx.assembler import assemble
from rvx.emulator.context import Context, Field, Row
from rvx.emulator.core import HOOK_TRAP, X0, Core
from rvx.emulator.handlers.arguments import layout_of
from rvx.emulator.handlers.compiled import compile_handler
from rvx.emulator.loader import load_executable
from rvx.emulator.native import pointers
from rvx.extensions import isa_for
from rvx.isa import Instruction, Isa
from rvx.isa.operands import RegisterKind, RoundingKind

from .float_vectors import Vectors, Words, values_of, word_of

Outcome = tuple[Words, Words]
"""The bits of the destination and the accrued exceptions, for each case."""


def has_float_result(made: Instruction) -> bool:
    """Whether the destination is an f register."""
    kind = made.operands["rd"].kind
    assert isinstance(kind, RegisterKind)
    return kind.file.name == "f"


def loop_around(word: int, xlen: int, is_float: bool) -> bytes:
    """Code that performs a word on all cases from a0 on; a1 takes results, a2 is how many.

    A case is five doublewords: three f registers, an x register, and fcsr.
    """
    load, store = ("ld", "sd") if xlen == 64 else ("lw", "sw")
    source = f"""
        .option norvc
        .globl  apply
apply:  fld     fa0, 0(a0)
        fld     fa1, 8(a0)
        fld     fa2, 16(a0)
        {load}  a3, 24(a0)
        lw      t0, 32(a0)
        fscsr   t0
        .word   {word:#010x}
        frflags t1
        {"fsd fa4" if is_float else f"{store} a4"}, 0(a1)
        sw      t1, 8(a1)
        addi    a0, a0, 40
        addi    a1, a1, 16
        addi    a2, a2, -1
        bnez    a2, apply
        ecall
"""
    return bytes(load_executable(assemble(source, isa_for(f"rv{xlen}gc"))).segments[0].data)


def as_cases(vectors: Vectors) -> Words:
    """The cases as `loop_around` takes them."""
    fcsr = vectors.frm << 5 | vectors.fflags
    return np.ascontiguousarray(np.column_stack([vectors.f, vectors.x, fcsr]))


class CorePerformer:
    """Unicorn's core by itself."""

    def __init__(self, xlen: int) -> None:
        self.xlen = xlen
        self.core = Core(xlen)
        self._size = 1 << 24
        ram = np.zeros(self._size + 4096, np.uint8)
        at = -ram.ctypes.data % 4096
        self._ram = ram[at : at + self._size]
        self.core.map(0x10000, self._size, 7, int(self._ram.ctypes.data))
        self.core.uc.hook_add(HOOK_TRAP, lambda _uc, cause, _data: self._trapped(cause))
        self.cause = 0

    def _trapped(self, cause: int) -> None:
        self.cause = cause
        self.core.stop()

    def perform(self, made: Instruction, mode: int, vectors: Vectors) -> Outcome:
        """Performs one instruction on all cases."""
        code = loop_around(word_of(made, mode), self.xlen, has_float_result(made))
        self._ram[: len(code)] = np.frombuffer(code, np.uint8)
        self.core.forget_translations()
        cases = as_cases(vectors)
        count, start = len(vectors), 0x1000
        self._ram[start : start + cases.nbytes] = cases.view(np.uint8).ravel()
        end = start + cases.nbytes
        out = self._ram[end : end + 16 * count]
        out[:] = 0
        for number, value in ((10, start), (11, end)):
            self.core.write(X0 + number, 0x10000 + value)
        self.core.write(X0 + 12, count)
        assert self.core.start(0x10000, 0xFFFFF001) is None
        assert self.cause == 8, f"{made.mnemonic} traps"
        pairs = out.view(np.int64).reshape(-1, 2).copy()
        results = pairs[:, 0]
        if self.xlen == 32 and not has_float_result(made):
            results = results << 32 >> 32
        return results, pairs[:, 1]


TO_RESULT = 99
"""Stands for the column that a row writes."""


@cache
def _applied() -> Any:
    import numba

    size = int(Field.END)
    flags, frm = int(Field.FFLAGS), int(Field.MIRROR_FRM)
    int64_array, call_handler = jit.callee(pointers.int64_array), jit.callee(pointers.call_handler)

    @numba.njit("void(int64, int64[::1], int64, int64[:, ::1], int64[::1], int64[:, ::1])")
    def apply(handler, row, context_at, cases, columns, results):  # type: ignore[no-untyped-def]
        row_at, context = row.ctypes.data, int64_array(context_at, size)
        at = cases.ctypes.data
        for case in range(cases.shape[0]):
            for i in range(columns.size):
                if columns[i] == TO_RESULT:
                    row[i] = results.ctypes.data + 16 * case
                elif columns[i] >= 0:
                    row[i] = at + 40 * case + 8 * columns[i]
            context[frm] = cases[case, 4] >> 5
            context[flags] = 0
            call_handler(handler, row_at, context_at)
            results[case, 1] = cases[case, 4] & 31 | context[flags]

    return apply


class BodyPerformer:
    """The compiled bodies by themselves."""

    def __init__(self, isa: Isa) -> None:
        self.isa = isa
        self._context = Context.for_isa(isa)
        self._context.words[Field.FRM] = self._context.address(Field.MIRROR_FRM)

    def perform(self, made: Instruction, mode: int, vectors: Vectors) -> Outcome:
        """Performs one instruction on all cases."""
        layout = layout_of(made, self.isa, int(Row.END))
        row = np.zeros(layout.end, np.int64)
        columns = np.full(layout.end, -1, np.int64)
        values = values_of(made, mode)
        for name, _, first in layout.arguments:
            operand = made.operands.get(name)
            kind = None if operand is None else operand.kind
            if isinstance(kind, RegisterKind):
                columns[first] = {10: 0, 11: 1, 12: 2, 13: 3}[values[name]]
            elif isinstance(kind, RoundingKind):
                row[first] = mode
        columns[[one.first for one in layout.destinations]] = TO_RESULT
        cases = as_cases(vectors)
        results: NDArray[np.int64] = np.zeros((len(vectors), 2), np.int64)
        handler = compile_handler(made, self.isa).address
        _applied()(
            handler,
            row,
            self._context.address(0),
            cases,
            columns,
            results,
        )
        found = results[:, 0]
        if self.isa.xlen == 32 and not has_float_result(made):
            found = found << 32 >> 32
        return found, results[:, 1]
