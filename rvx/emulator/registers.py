"""The registers of a hart, as the run loop and what it calls see them."""

from __future__ import annotations

import ctypes

from rvx.emulator.context import Context, Field
from rvx.emulator.core import F0, FFLAGS, FRM, X0, Core


class Registers:
    """x, f and fcsr, wherever they are kept.

    Args:
        core: Unicorn.
        context: has fcsr where an extension has made it wider.
    """

    def __init__(self, core: Core, context: Context) -> None:
        self._core = core
        self._context = context
        self._mask = (1 << core.xlen) - 1
        self._x: memoryview[int] | None = None
        if core.pointers is not None:
            held = (ctypes.c_char * (32 * core.xlen // 8)).from_address(core.pointers.x)
            self._x = memoryview(held).cast("B").cast("Q" if core.xlen == 64 else "I")

    def get(self, number: int) -> int:
        """A register of x, not negative."""
        return self._core.read(X0 + number) if self._x is None else self._x[number]

    def several(self, first: int, end: int) -> list[int]:
        """Registers of x from one number up to another."""
        if self._x is None:
            return [self.get(number) for number in range(first, end)]
        return self._x[first:end].tolist()

    def put(self, number: int, value: int) -> None:
        """Writes a register of x."""
        if self._x is None:
            self._core.write(X0 + number, value)
        elif number:
            self._x[number] = value & self._mask

    def get_float(self, number: int) -> int:
        """The bits of a register of f."""
        return self._core.read(F0 + number)

    def put_float(self, number: int, value: int) -> None:
        """Writes the bits of a register of f."""
        self._core.write(F0 + number, value)

    def floats(self) -> bytes:
        """f0 to f31 and fcsr, as they lie in the frame of a signal."""
        values = b"".join(self._core.read(F0 + i).to_bytes(8, "little") for i in range(32))
        return values + self._fcsr.to_bytes(4, "little")

    def put_floats(self, data: bytes) -> None:
        """Writes f0 to f31 and fcsr."""
        for i in range(32):
            self._core.write(F0 + i, int.from_bytes(data[8 * i : 8 * i + 8], "little"))
        self._fcsr = int.from_bytes(data[256:260], "little") & 0xFF

    @property
    def _fcsr(self) -> int:
        if self._context.words[Field.FCSR]:
            return int(self._context.state("fcsr", 1)[0]) & 0xFF
        return self._core.read(FFLAGS) | self._core.read(FRM) << 5

    @_fcsr.setter
    def _fcsr(self, value: int) -> None:
        if self._context.words[Field.FCSR]:
            word = self._context.state("fcsr", 1)
            word[0] = int(word[0]) & ~0xFF | value
            self._context.words[Field.MIRROR_FRM] = value >> 5
        else:
            self._core.write(FFLAGS, value & 31)
            self._core.write(FRM, value >> 5)
