"""The bytes of .eh_frame and .debug_frame.

The encoding is that of DWARF 3 (6.4) and of the Linux Standard Base for .eh_frame. Code may shrink
when it is linked, so distances between places with a stretchable thing in between are left to the
linker as pairs of relocations, exactly where GNU as does it.
"""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.frames import (
    DATA_ALIGNMENT,
    PC_RELATIVE_32,
    Advance,
    Encoded,
    Frame,
    FrameTable,
    Label,
)
from rvx.assembler.model.sections import ALLOC, PROGBITS, Symbol, Value
from rvx.assembler.model.values import subtract
from rvx.records import dataclass

_VAL_EXPRESSION, _OP_ENCODED_ADDRESS = 0x16, 0xF1
_ADVANCES = ((0x3F, 0, 0), (0xFF, 2, 1), (0xFFFF, 3, 2), (1 << 64, 4, 4))


def write_frames(assembly: Assembly, table: FrameTable) -> list[str]:
    """Appends the sections of frame information; code must be laid out by now.

    Returns:
        The names of the sections made.
    """
    names: tuple[str, ...] = (".eh_frame", ".debug_frame")
    made = [name for name in names if name in table.used]
    for name in made:
        flags = ALLOC if name == ".eh_frame" else 0
        assembly.switch(assembly.section(name, flags, PROGBITS))
        frames = [frame for frame in table.frames if name in frame.sections]
        _Writer(assembly, is_eh=name == ".eh_frame").write(frames)
    return made


def _identity(pointer: tuple[int, Value] | None) -> object:
    """Equal for pointers with one encoding to one place."""
    return pointer and (pointer[0], id(pointer[1].plus), pointer[1].number)


_Entries = dict[int, dict[tuple[bytes, ...], tuple[int, Symbol]]]
"""Common entries by the number of their instructions and by these, each with its age."""


@dataclass
class _Writer:
    assembly: Assembly
    is_eh: bool

    def write(self, frames: list[Frame]) -> None:
        word = self.assembly.isa.xlen // 8
        self.assembly.current[0].alignment = word
        entries: dict[object, _Entries] = {}
        for index, frame in enumerate(frames):
            key = (
                frame.return_column,
                frame.is_signal_frame,
                self.is_eh and _identity(frame.personality),
                self.is_eh and frame.lsda is not None and frame.lsda[0],
            )
            known = entries.setdefault(key, {})
            prefix = frame.prefix
            # GNU as takes the newest entry that the frame begins with, and writes what is left.
            lengths = [n for n in known if n <= len(prefix) and prefix[:n] in known[n]]
            if not lengths:
                known.setdefault(len(prefix), {})[prefix] = (index, self.assembly.here())
                self._common(frame)
                lengths.append(len(prefix))
            _, common, length = max((*known[n][prefix[:n]], n) for n in lengths)
            is_last = index == len(frames) - 1
            self._frame(frame, common, length, 4 if self.is_eh and not is_last else word)

    def _common(self, frame: Frame) -> None:
        emit = self.assembly.emit
        length = self._begin()
        has_signal = b"S" if frame.is_signal_frame else b""
        if self.is_eh:
            emit(bytes(4) + b"\x03z")
            emit(b"P" if frame.personality else b"")
            emit(b"L" if frame.lsda else b"")
            emit(b"R" + has_signal + b"\0")
        else:
            emit(b"\xff\xff\xff\xff\x03" + has_signal + b"\0")
        emit(b"\x01" + encode_leb128(DATA_ALIGNMENT, True))
        emit(encode_leb128(frame.return_column, False))
        if self.is_eh:
            size = 1 + (1 + self._width(frame.personality[0]) if frame.personality else 0)
            emit(bytes([size + (1 if frame.lsda else 0)]))
            if frame.personality:
                emit(bytes([frame.personality[0]]))
                self._pointer(*frame.personality)
            if frame.lsda:
                emit(bytes([frame.lsda[0]]))
            emit(bytes([PC_RELATIVE_32]))
        for step in frame.prefix:
            emit(step)
        self._end(length, 4 if self.is_eh else self.assembly.isa.xlen // 8)

    def _frame(self, frame: Frame, common: Symbol, length_there: int, alignment: int) -> None:
        """Writes a frame whose first instructions are those of a common entry."""
        assembly = self.assembly
        end = frame.end or frame.last
        length = self._begin()
        if self.is_eh:
            distance = assembly.here().offset - common.offset
            assembly.emit(distance.to_bytes(4, "little"))
            self._field("32_PCREL", 4, Value(0, frame.start))
            self._field("DATA32", 4, Value(0, end, frame.start))
            assembly.emit(bytes([self._width(frame.lsda[0])]) if frame.lsda else b"\0")
            if frame.lsda:
                self._pointer(*frame.lsda)
        else:
            word = assembly.isa.xlen // 8
            self._field("DATA32", 4, Value(0, common))
            self._field(f"DATA{8 * word}", word, Value(0, frame.start))
            self._field(f"DATA{8 * word}", word, Value(0, end, frame.start))
        for step in frame.steps[length_there:]:
            if isinstance(step, Advance):
                self._advance(step)
            elif isinstance(step, Label):
                try:
                    assembly.define(step.name)
                except SourceError as problem:
                    assembly.diagnostics.error(step.location, "", problem)
            elif isinstance(step, Encoded):
                self._encoded(step)
            else:
                assembly.emit(step)
        self._end(length, alignment)

    def _begin(self) -> int:
        at = len(self.assembly.fragment.data)
        self.assembly.emit(bytes(4))
        return at

    def _end(self, at: int, alignment: int) -> None:
        data = self.assembly.fragment.data
        data += bytes(-len(data) % alignment)
        data[at : at + 4] = (len(data) - at - 4).to_bytes(4, "little")

    def _field(self, kind: str, size: int, value: Value) -> None:
        self.assembly.emit(bytes(size))
        self.assembly.fix(kind, value, back=size)

    def _width(self, encoding: int) -> int:
        return {0: self.assembly.isa.xlen // 8, 2: 2, 3: 4, 4: 8}[encoding & 7]

    def _encoded(self, step: Encoded) -> None:
        size = 2 + self._width(step.encoding)
        self.assembly.emit(
            bytes([_VAL_EXPRESSION])
            + encode_leb128(step.register, False)
            + bytes([size, _OP_ENCODED_ADDRESS, step.encoding])
        )
        self._pointer(step.encoding, step.value)

    def _pointer(self, encoding: int, value: Value) -> None:
        width = self._width(encoding)
        is_relative = encoding & 0x70 == 0x10
        if is_relative and not self.is_eh:
            # As GNU as does it: a distance, where .eh_frame has a relocation of its own.
            here = self.assembly.hidden_label(".L0 ")
            value, is_relative = subtract(value, Value(0, here)), False
        kind = "32_PCREL" if is_relative else f"DATA{8 * width}"
        self._field(kind, width, value)

    def _advance(self, step: Advance) -> None:
        """Moves on; the forms differ in how far they reach."""
        distance = self.assembly.distances.between(step.end, step.start) or 0
        is_settled = step.end.fragment is step.start.fragment
        code, size = next((c, s) for limit, c, s in _ADVANCES if distance <= limit)
        if size == 0:
            self.assembly.emit(bytes([0x40 | distance]))
            if not is_settled:
                self.assembly.fix("SET6", Value(0, step.end), back=1)
                self.assembly.fix("SUB6", Value(0, step.start), back=1)
            return
        self.assembly.emit(bytes([code]) + distance.to_bytes(size, "little"))
        if not is_settled:
            self.assembly.fix(f"SET{8 * size}", Value(0, step.end), back=size)
            self.assembly.fix(f"SUB{8 * size}", Value(0, step.start), back=size)
