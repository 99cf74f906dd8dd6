.text
nop
.section .rodata.str1.1, "aMS", @progbits, 1
.string "x"
.section .init_array, "aw"
.dword f
.section .text.f, "ax", @progbits
f: ret
.data 1
.byte 2
.data
.byte 1
.subsection 2
.byte 3
.pushsection .custom, "aw"
.word 1
.popsection
.byte 4
.text
nop
.previous
.byte 5
.bss
.zero 100
.section .tbss, "awT", @nobits
.zero 8
.section .text.g, "axG", @progbits, g, comdat
g: ret
