"""The assembler: source text to objects and programs.

The way goes through stages, each a room: `source` (text to lines, macros, statements and syntax
trees), `fragments` and `directives` (statements to bytes, and to what is not settled yet), `object`
(lengths, addresses, symbols and relocations) and `linking` (programs). `model` is what they hand
on, and `elf` has all that is written to files or read from them. `assembler` goes the way.
"""

from rvx.assembler.assembler import Assembler, assemble, load
from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location
from rvx.assembler.elf.executable import ProgramSection, ProgramSymbol, Segment
from rvx.assembler.linking.program import Program
from rvx.assembler.linking.result import link
from rvx.assembler.model.object import ObjectFile

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
