"""Handlers as plain Python: the same generated source, run by the interpreter.

It is the text that `rvx.emulator.handlers.compiled` compiles, called by the same hooks through the
same row. What differs is what the names in it stand for: operations on pointers are interpreted
(`rvx.emulator.native.pointers`), and the body is called as it is written, so that `print`, pdb and
coverage see it, and an exception keeps its place.
"""

from __future__ import annotations

import traceback
from bdb import BdbQuit
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.bodies import Form, form_of
from rvx.bodies.arithmetic import BodyRaised
from rvx.emulator.context import Context, Field
from rvx.emulator.handlers.compiled import NAMES, handler_lines
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native import pointers
from rvx.isa import Instruction, Isa, Memory
from rvx.isa.tiles import Tiles
from rvx.isa.vector.state import HEADER, Vector
from rvx.isa.vector.state import STATE as VECTOR


class Left(BaseException):
    """Somebody has left the debugger; no handler takes this for a failure of the body."""


class Failures:
    """What interpreted bodies have raised, other than what they are known to.

    Attributes:
        said: a sentence about the last one, empty if there was none.
    """

    def __init__(self) -> None:
        self.said = ""

    def noting(self, form: Form) -> Callable[..., Any]:
        """The interpreted form of a body, noting what it raises on the way."""

        def body(*arguments: Any) -> Any:
            try:
                return form.interpreted(*arguments)
            except BodyRaised:
                raise
            except BdbQuit as error:
                raise Left from error
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                said = f"{type(error).__name__}: {error}".removesuffix(": ")
                self.said = f"its body raised {said} ({place.filename}:{place.lineno})"
                raise

        return body


def interpreted_memory(context: Context, memory: GuestMemory) -> Memory:
    """Guest memory for the functions of `rvx.isa.memory`, when they are interpreted."""
    words = context.words
    return Memory(
        memory.view,
        memory.pages.data,
        words[Field.RAM_BOUNDS : Field.RAM_BOUNDS + 3].tolist(),
        words[Field.FAULT : Field.FAULT + 4],
    )


class Lanes:
    """Vector registers as elements of one width: each is read as an int64, and written cut off.

    Args:
        lanes: the elements.
    """

    def __init__(self, lanes: NDArray[Any]) -> None:
        self._lanes = lanes
        self._patterns = lanes.view(f"u{lanes.itemsize}")
        self._mask = (1 << 8 * lanes.itemsize) - 1

    def __len__(self) -> int:
        return len(self._lanes)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Lanes(self._lanes[index])
        return np.int64(self._lanes[index])

    def __setitem__(self, index: int, value: int) -> None:
        self._patterns[index] = int(value) & self._mask


def interpreted_vector(isa: Isa, context: Context) -> Vector | None:
    """The vector unit for interpreted bodies; None if the ISA has none."""
    unit = isa.vector
    if unit is None:
        return None
    words = context.state(VECTOR, unit.words)
    registers = words[HEADER:]
    e8, e16, e32, e64 = (Lanes(registers.view(f"i{eew // 8}")) for eew in (8, 16, 32, 64))
    return Vector(e8, e16, e32, e64, words[:HEADER], *unit.settings)


def interpreted_tiles(isa: Isa, context: Context) -> Tiles | None:
    """The matrix state for interpreted bodies; None if the ISA has none."""
    for name in isa.tile_files:
        assert isa.vector is not None
        words = context.state(name, isa.states[name].words)
        e8, e16, e32, e64 = (Lanes(words.view(f"i{eew // 8}")) for eew in (8, 16, 32, 64))
        return Tiles(e8, e16, e32, e64, isa.vector.edge)
    return None


class Interpreted:
    """Makes interpreted handlers for one machine.

    Args:
        isa: the instructions.
        context: the machine's.
        mem: guest memory, as bodies get it.
        failures: takes what bodies raise.
    """

    def __init__(self, isa: Isa, context: Context, mem: Memory, failures: Failures) -> None:
        self._isa = isa
        self._failures = failures
        vector = interpreted_vector(isa, context)
        tiles = interpreted_tiles(isa, context)
        self._names: dict[str, Any] = {
            **NAMES,
            "Memory": lambda *parts: mem._replace(log=parts[-1]) if len(parts[-1]) else mem,
            "Vector": lambda *_: vector,
            "Tiles": lambda *_: tiles,
            # Arrays over the same words are asked for again and again, and cost more than bodies.
            "int64_array": cache(pointers.int64_array),
            **dict.fromkeys(
                ("byte_array", "int8_array", "int16_array", "int32_array"),
                lambda _address, _size: None,
            ),
        }

    def handler(self, instruction: Instruction) -> Callable[[int, int], None]:
        """The handler of an instruction, to be called with a row and the context's address."""
        body = self._failures.noting(form_of(instruction, self._isa))
        names = {**self._names, "body": body}
        source = handler_lines(instruction, self._isa)
        exec(compile(source, f"<{instruction.mnemonic}>", "exec"), names)
        made: Callable[[int, int], None] = names["handler"]
        return made
