"""From words back to assembly."""

from rvx.disassembler.stream import Line, disassemble
from rvx.disassembler.symbols import Symbols
from rvx.disassembler.text import Written, format_instruction

__all__ = ["Line", "Symbols", "Written", "disassemble", "format_instruction"]
