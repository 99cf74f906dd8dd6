x: nop
.reloc 0, R_RISCV_NONE, y
.reloc x + 2, R_RISCV_32, z + 4
.reloc ., R_RISCV_RELAX
.reloc later, R_RISCV_64, x - 4
nop
later: nop
.reloc 4, BFD_RELOC_32, 8
