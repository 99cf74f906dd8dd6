"""From words back to assembly."""

from rvx.disassembler.objdump import disassemble_elf
from rvx.disassembler.stream import Disassembler, Line, disassemble, instruction_size
from rvx.disassembler.symbols import Symbols
from rvx.disassembler.text import Written, format_instruction

__all__ = [
    "Disassembler",
    "Line",
    "Symbols",
    "Written",
    "disassemble",
    "disassemble_elf",
    "format_instruction",
    "instruction_size",
]
