.data
.byte 1
.zero 3
.space 5, 0xaa
.skip 2
.fill 3, 2, 0x1234
.fill 2
.fill 2, 8, 0x11223344
.balign 16, 0xff
.byte 2
.p2align 3
.byte 3
.align 2
.balign 8, 0, 2
.byte 4
.org 128, 7
.byte 5
