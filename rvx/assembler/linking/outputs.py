"""Where input sections go: the sections of a program, their names and their order."""

from __future__ import annotations

from rvx.assembler.model.object import ObjectSection
from rvx.assembler.model.sections import ALLOC, EXEC, NOBITS, PROGBITS, TLS, WRITE
from rvx.records import dataclass, field

OUTPUTS = (
    ".init .text .fini .rodata .eh_frame .gcc_except_table .preinit_array .init_array "
    ".fini_array .tdata .tbss .got .data .sdata .sbss .bss"
).split()
_MERGED = {".rodata1": ".rodata", ".data1": ".data", ".scommon": ".sbss"}
BOUNDS = (".preinit_array", ".init_array", ".fini_array")


@dataclass(slots=True)
class Output:
    """A section of the program under construction.

    Attributes:
        parts: input sections with their offsets.
    """

    name: str
    parts: list[tuple[ObjectSection, int]] = field(default_factory=list)
    address: int = 0
    size: int = 0
    flags: int = 0
    type: int = NOBITS
    alignment: int = 1

    def add(self, section: ObjectSection) -> None:
        """Appends an input section."""
        self.size += -self.size % section.alignment
        self.parts.append((section, self.size))
        self.size += section.size
        self.flags |= section.flags & (WRITE | ALLOC | EXEC | TLS)
        self.alignment = max(self.alignment, section.alignment)
        if section.type != NOBITS:
            self.type = section.type


def is_kept(section: ObjectSection) -> bool:
    """Whether a section that is not loaded goes into the program's file: debug information."""
    return section.name.startswith(".debug_") and section.type == PROGBITS


def output_name(section: ObjectSection) -> str:
    """The section of the program that an input section goes to."""
    name = _MERGED.get(section.name, section.name)
    if name == ".srodata" or name.startswith(".srodata."):
        return ".sdata"  # near the global pointer, as GNU ld has it
    for known in OUTPUTS:
        if name == known or name.startswith(known + "."):
            return known
    return name


def rank(name: str, section: ObjectSection) -> tuple[int, int, int]:
    """Code, constants, data, zeros, what is not loaded; within them in the order of `OUTPUTS`."""
    if not section.flags & ALLOC:
        group = 4
    elif section.flags & EXEC:
        group = 0
    elif not section.flags & WRITE:
        group = 1
    else:
        group = 3 if section.type == NOBITS and not section.flags & TLS else 2
    position = OUTPUTS.index(name) if name in OUTPUTS else len(OUTPUTS)
    return group, position, 0


def priority(section: ObjectSection) -> tuple[int, str]:
    """The order of initialisers: by the number behind the name, those without one last."""
    suffix = section.name.rpartition(".")[2]
    return (int(suffix), "") if suffix.isdigit() else (1 << 30, section.name)
