"""What `.cfi_*` said: call frame information, before it is bytes (`framebytes`)."""

from __future__ import annotations

from rvx.assembler.diagnostics import Location
from rvx.assembler.model.sections import Symbol, Value
from rvx.records import dataclass, field

DATA_ALIGNMENT = -4
PC_RELATIVE_32 = 0x1B
_REMEMBER_STATE = 0x0A
DEF_CFA_SP = b"\x0d\x02"


@dataclass(slots=True)
class Advance:
    """What follows holds from this place on."""

    start: Symbol
    end: Symbol


@dataclass(slots=True)
class Label:
    """A name for the place in the frame information, and where the source gives it."""

    name: str
    location: Location


@dataclass(slots=True)
class Encoded:
    """A register that holds the address of a symbol."""

    register: int
    encoding: int
    value: Value


class Raw(bytes):
    """Instructions of the call frame machine that no common entry holds."""


Step = bytes | Advance | Label | Encoded


@dataclass(slots=True)
class Frame:
    """The frame information of one function.

    Attributes:
        sections: where the information goes.
        steps: instructions of the call frame machine, and places.
        personality: encoding and symbol of the personality routine.
        lsda: encoding and symbol of the language-specific data.
        last: the place that the last step belongs to.
    """

    start: Symbol
    last: Symbol
    sections: tuple[str, ...]
    end: Symbol | None = None
    steps: list[Step] = field(default_factory=list)
    return_column: int = 1
    is_signal_frame: bool = False
    personality: tuple[int, Value] | None = None
    lsda: tuple[int, Value] | None = None
    offset: int = 0
    saved_offsets: list[int] = field(default_factory=list)

    @property
    def prefix(self) -> tuple[bytes, ...]:
        """The steps that a common entry (CIE) can hold for several functions."""
        found: list[bytes] = []
        for step in self.steps:
            if not isinstance(step, bytes) or isinstance(step, Raw) or step[0] == _REMEMBER_STATE:
                break
            found.append(step)
        return tuple(found)


@dataclass
class FrameTable:
    """Every frame of a source, and where the information goes.

    Attributes:
        frames: in the order of the source.
        current: the one that has not ended.
        sections: what `.cfi_sections` said last.
        used: the sections of all frames so far.
    """

    frames: list[Frame] = field(default_factory=list)
    current: Frame | None = None
    sections: tuple[str, ...] = (".eh_frame",)
    used: tuple[str, ...] = ()

    def begin(self, start: Symbol) -> Frame:
        """Opens a frame. As with GNU as, it goes to every section that was in use before, too."""
        self.used = tuple(dict.fromkeys((*self.used, *self.sections)))
        self.current = Frame(start, start, self.used)
        self.frames.append(self.current)
        return self.current
