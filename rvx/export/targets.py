"""Which targets there are.

A target is a module of this package with a function `export`: it takes extensions and gives files.
To add one, write the module and a row here.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from rvx.export.target import Export
from rvx.isa import Extension

TARGETS: dict[str, str] = {
    "binutils": "rows of opcodes/riscv-opc.c and include/opcode/riscv-opc.h",
    "c": "headers of C and C++ for unmodified GCC and Clang",
    "clib": "bodies as portable C",
    "coredsl": "CoreDSL of Seal5 and M2-ISA-R, with bodies over x registers",
    "dpi": "reference functions for SystemVerilog, in C through DPI-C",
    "json": "one document with everything but the bodies",
    "latex": "tables of bit diagrams",
    "llvm": "TableGen records of LLVM's RISC-V target",
    "pygments": "a lexer that knows the mnemonics",
    "riscv-opcodes": "files of the repository riscv-opcodes",
    "riscv-unified-db": "YAML of riscv-unified-db, with bodies in IDL",
    "sail": "Sail of the model sail-riscv, with bodies over x registers",
    "spike": "C++ that Spike loads, with the bodies",
    "svg": "a bit diagram for each instruction",
    "systemverilog": "packages with a decoder",
    "textmate": "a grammar that knows the mnemonics, for editors",
    "tree-sitter": "a query that highlights the mnemonics and registers",
}
"""What each target is, by name; its module has the name with underscores."""


def export(target: str, extensions: Sequence[Extension]) -> Export:
    """The files of a target for these extensions."""
    module = importlib.import_module(f"rvx.export.{target.replace('-', '_')}")
    made: Export = module.export(extensions)
    return made
