"""What an instruction is: patterns, operands, declarations, extensions and the decoder.

This package knows nothing else of rvx and needs nothing but the standard library.
"""

from rvx.isa.bits import Address, Word, Words, sext, sext32, zext
from rvx.isa.csr import Csr
from rvx.isa.decoded import Decoded
from rvx.isa.errors import ClashError, DeclarationError, EncodingError, IsaError
from rvx.isa.extension import Extension, State
from rvx.isa.instruction import Alias, Expansion, Instruction
from rvx.isa.isa import Isa
from rvx.isa.memory import Memory
from rvx.isa.operands import Operand
from rvx.isa.pattern import Field, Pattern, parse_pattern
from rvx.isa.registers import RegisterFile

__all__ = [
    "Address",
    "Alias",
    "ClashError",
    "Csr",
    "DeclarationError",
    "Decoded",
    "EncodingError",
    "Expansion",
    "Extension",
    "Field",
    "Instruction",
    "Isa",
    "IsaError",
    "Memory",
    "Operand",
    "Pattern",
    "RegisterFile",
    "State",
    "Word",
    "Words",
    "parse_pattern",
    "sext",
    "sext32",
    "zext",
]
