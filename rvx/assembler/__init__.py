"""The assembler: source text to objects and programs.

The way goes through stages, each a module: `reader` (text to lines), `expander` (macros and
conditionals), `repetition` (lines that are like earlier ones, from what `recording` took down),
`statements` and `grammar` (lines to syntax trees), `forms`, `instructions` and `pseudo` (operands
to words), `directives`, `layout` (relaxation), `resolve` (objects), `linker` (addresses) and
`linkresult` (programs). What a source becomes on the way is in `sections`, what its state is in
`assembly`, and `elf` has all that is written to files or read from them.
"""

from rvx.assembler.assembler import Assembler, assemble, load
from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location
from rvx.assembler.elf.executable import ProgramSection, ProgramSymbol, Segment
from rvx.assembler.linkresult import link
from rvx.assembler.objectfile import ObjectFile
from rvx.assembler.program import Program

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
