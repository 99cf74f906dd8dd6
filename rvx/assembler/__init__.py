"""The assembler: source text to objects and programs.

The way goes through stages, each a room: `source` (text to lines, macros, statements and syntax
trees), `fragments` and `directives` (statements to bytes, and to what is not settled yet), `object`
(lengths, addresses, symbols and relocations) and `linking` (programs). `model` is what they hand
on, and `elf` has all that is written to files or read from them. `assembler` goes the way to an
object, and `build` on to a program. What has a name here is imported when it is asked for: `rvx as`
needs no linker.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rvx.assembler.assembler import Assembler
    from rvx.assembler.build import assemble, load
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

_MODULES = {
    "Assembler": "assembler",
    "AssemblyError": "diagnostics",
    "Diagnostic": "diagnostics",
    "Location": "diagnostics",
    "ObjectFile": "model.object",
    "Program": "linking.program",
    "ProgramSection": "elf.executable",
    "ProgramSymbol": "elf.executable",
    "Segment": "elf.executable",
    "assemble": "build",
    "link": "linking.result",
    "load": "build",
}


def __getattr__(name: str) -> Any:
    """One of the names above, imported now."""
    if name not in _MODULES:
        raise AttributeError(f"module 'rvx.assembler' has no attribute '{name}'")
    found = globals()[name] = getattr(import_module(f"rvx.assembler.{_MODULES[name]}"), name)
    return found
