"""rvx: declare a RISC-V instruction once, in Python; assemble, run, count and judge it.

What people use has its name here, and is imported when it is asked for: `import rvx` itself is as
quick as an empty module. The rest is in the rooms that `docs/architecture.md` lists.
"""

from typing import TYPE_CHECKING, Any

from rvx.version import __version__ as __version__

if TYPE_CHECKING:
    from rvx.analysis.compare import compare, draw
    from rvx.analysis.comparison import Comparison
    from rvx.analysis.kernel import Kernel
    from rvx.analysis.kernel import load as load_kernel
    from rvx.assembler import AssemblyError, Program, assemble
    from rvx.disassembler import disassemble
    from rvx.emulator import LoadError, Machine, RunResult, Trap, TrapKind
    from rvx.errors import RvxError
    from rvx.extensions import isa_for
    from rvx.formats.integer.format import Integer
    from rvx.formats.minifloat import Minifloat
    from rvx.formats.posit import Posit, PositArray
    from rvx.isa import DeclarationError, Extension, Instruction, Isa, IsaError

__all__ = [
    "AssemblyError",
    "Comparison",
    "DeclarationError",
    "Extension",
    "Instruction",
    "Integer",
    "Isa",
    "IsaError",
    "Kernel",
    "LoadError",
    "Machine",
    "Minifloat",
    "Posit",
    "PositArray",
    "Program",
    "RunResult",
    "RvxError",
    "Trap",
    "TrapKind",
    "assemble",
    "compare",
    "disassemble",
    "draw",
    "isa_for",
    "load_kernel",
]

_ROOMS = {
    "analysis.compare": "compare draw",
    "analysis.comparison": "Comparison",
    "analysis.kernel": "Kernel load_kernel",
    "assembler": "AssemblyError Program assemble",
    "disassembler": "disassemble",
    "emulator": "LoadError Machine RunResult Trap TrapKind",
    "errors": "RvxError",
    "extensions": "isa_for",
    "formats.integer.format": "Integer",
    "formats.minifloat": "Minifloat",
    "formats.posit": "Posit PositArray",
    "isa": "DeclarationError Extension Instruction Isa IsaError",
}
"""Which module has which of these names, to import it when one is asked for."""
_MODULES = {name: f"rvx.{room}" for room, names in _ROOMS.items() for name in names.split()}
_OTHER_NAMES = {"load_kernel": "load"}
"""What a module calls it, where that says enough in the module only."""


def __getattr__(name: str) -> Any:
    """One of the names above, or a room such as `rvx.formats`, imported now."""
    from importlib import import_module
    from importlib.util import find_spec

    if name in _MODULES:
        found = getattr(import_module(_MODULES[name]), _OTHER_NAMES.get(name, name))
        globals()[name] = found
        return found
    if not name.startswith("_") and find_spec(f"rvx.{name}") is not None:
        return import_module(f"rvx.{name}")
    raise AttributeError(f"module 'rvx' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
