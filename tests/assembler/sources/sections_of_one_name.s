 .section .text.a, "ax"
a: ret
 .section __patchable, "awo", @progbits, a
 .dword a
 .section .text.b, "ax"
b: ret
 .section __patchable, "awo", @progbits, b
 .dword b
 .section __patchable, "awo", @progbits, .text.b
 .dword 1
 .section __patchable, "aw", @progbits
 .dword 2
 .section numbered, "a", @progbits, unique, 1
 .word 1
 .section numbered, "a", @progbits, unique, 2
 .word 2
 .section .data.kept, "awR"
 .word 3
 .section .data.kept, "aw"
 .word 4
 .section .text.x, "a"
 nop
 .section loose, "ao", @progbits, 0
 .word 5
 .section named, "a", "progbits"
 .word 6
