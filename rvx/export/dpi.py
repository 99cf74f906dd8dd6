"""Bodies as reference functions of SystemVerilog test benches: C, called through DPI-C.

The library of `clib`, and a package that imports its functions. An argument is a `longint`, states
and groups of registers are arrays of them; memory is a `chandle` to an `rvx_memory` made by C.
"""

from __future__ import annotations

from collections.abc import Sequence

from rvx.bodies.kinds import MEMORY, Array, Kind
from rvx.export.cbody import one_line, safe
from rvx.export.clib import function_name, write_library
from rvx.export.target import Export
from rvx.isa import Extension, Instruction


def export(extensions: Sequence[Extension]) -> Export:
    """A header, a file of C and a package for each extension."""
    made = Export()
    for extension in extensions:
        said = write_library(extension, made)
        if not said:
            continue
        name = extension.name.lower()
        imports = [line for one, kinds in said for line in _import(extension, one, kinds)]
        made.files[f"{name}_dpi_pkg.sv"] = "\n".join(
            [
                f"// {extension.name} {extension.version}: {one_line(extension.doc)}",
                f"// Compile {name}.c along. A function gives 0, or what has ended its body.",
                f"package {name}_dpi_pkg;",
                *imports,
                "endpackage",
                "",
            ]
        )
    return made


def _import(extension: Extension, made: Instruction, kinds: Sequence[Kind]) -> list[str]:
    arguments = [_argument(name, kind) for name, kind in zip(made.requests, kinds, strict=True)]
    arguments += [f"output longint to_{name}" for name in made.results]
    return [
        "",
        f"  // {made.syntax.shape}: {one_line(made.doc)}",
        f'  import "DPI-C" function int {function_name(extension, made)}(',
        ",\n".join(f"      {each}" for each in arguments) + ");",
    ]


def _argument(name: str, kind: Kind) -> str:
    if isinstance(kind, Array):
        return f"inout longint {safe(name)}[{kind.shape[0]}]"
    return f"input {'chandle' if kind is MEMORY else 'longint'} {safe(name)}"
