"""Damaged files are said to be damaged, whatever part of them is read."""

import random

from rvx.assembler import assemble
from rvx.disassembler import disassemble_elf
from rvx.disassembler.tables import section_rows, symbol_rows
from rvx.extensions import isa_for

SOURCE = (
    ".globl _start\n_start: call f\nret\n.type f, @function\nf: li a0, 1\nret\n.data\n.word 1\n"
)


def test_damaged_files_raise_value_errors_only() -> None:
    rng = random.Random(3)
    isa = isa_for("rv64gc")
    seed = assemble(SOURCE, isa, debug=True).to_elf()
    refused = 0
    for _ in range(250):
        data = bytearray(seed)
        for _ in range(rng.choice([1, 3, 10, 40])):
            data[rng.randrange(16, len(data))] = rng.choice([0, 1, 0x80, 0xFF, rng.randrange(256)])
        try:
            disassemble_elf(bytes(data), isa, lines=True, source_text=True, relocations=True)
            section_rows(bytes(data))
            symbol_rows(bytes(data))
        except ValueError:
            refused += 1
    assert 0 < refused < 250
