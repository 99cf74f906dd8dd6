.section .text.f, "axG", @progbits, f, comdat
.weak f
.type f, @function
f: call g
ret
.size f, . - f
.section .rodata.f, "aG", @progbits, f, comdat
.dword f
.section .text.g, "axG", @progbits, g, comdat
.weak g
g: ret
.section .data.h, "awG", @progbits, h
.word 1
.section .text.f, "axG", @progbits, f, comdat
nop
.section .init_array, "aw"
.balign 8
.dword f
.section .text.i, "axG", @progbits, signature, comdat
i: ret
.section .bss.j, "awG?", @nobits, j, comdat
.zero 4
