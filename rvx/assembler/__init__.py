"""The assembler: source text to objects and programs.

The way goes through stages, each a module: `reader` (text to lines), `expander` (macros and
conditionals), `repetition` (lines that are like earlier ones), `statements` and `grammar` (lines to
syntax trees), `forms`, `instructions` and `pseudo` (operands to words), `directives`, `layout`
(relaxation), `resolve` (objects), `linker`.
"""

from rvx.assembler.assembler import Assembler, assemble, load
from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location
from rvx.assembler.linker import link
from rvx.assembler.objectfile import ObjectFile
from rvx.assembler.program import Program, ProgramSection, ProgramSymbol, Segment

__all__ = [
    "Assembler",
    "AssemblyError",
    "Diagnostic",
    "Location",
    "ObjectFile",
    "Program",
    "ProgramSection",
    "ProgramSymbol",
    "Segment",
    "assemble",
    "link",
    "load",
]
