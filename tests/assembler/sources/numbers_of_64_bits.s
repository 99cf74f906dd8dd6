# Numbers are signed ones of 64 bits wherever something is computed or compared.
        .data
        .iflt   0x8000000000000000
        .byte   1
        .endif
        .if     0xffffffffffffffff == -1
        .byte   2
        .endif
        .ifgt   0xf000000000000000
        .byte   3
        .endif
        .byte   (0x8000000000000000 / 2) >> 60, (0xffffffffffffffff / 2) >> 56
        .byte   0xffffffffffffffff % 7, 0xffffffffffffffff >> 60
        .byte   (0xffffffffffffffff > 1) & 3, (1 < 0xffffffffffffffff) & 3
here:   .byte   (here - here + 4 >= 0x8000000000000000) & 3
        .text
        .reloc  here, R_RISCV_NONE, other
        .attribute 0, 1
        .attribute 4, 0x100000000
