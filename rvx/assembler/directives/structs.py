"""`.struct` and `.offset`: labels that are plain numbers, to describe records."""

from __future__ import annotations

from rvx.assembler.directives.registry import directive
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.output import ABSOLUTE
from rvx.assembler.model import sections
from rvx.assembler.model.sections import Section


@directive(".struct", ".offset")
def struct(assembly: Assembly, name: str, rest: str) -> None:
    """`.struct 0`: what follows takes room in no section; its labels are offsets.

    Ends where the next directive chooses a section.
    """
    assembly.record_base = assembly.constant(rest, "the first offset") if rest else 0
    assembly.switch(Section(ABSOLUTE, 0, sections.NOBITS))
