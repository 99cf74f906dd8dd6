.data
.byte 1, -1, 'a', '\n', 0x7f, 0b101, 017
.half 0x1234, -2
.2byte 7
.short 8
.word 0x12345678, -1, 1 + 2 * 3, (1 + 2) * 3, 7 / 2, -7 / 2, 7 % 4, 1 << 4, 256 >> 4
.long 0xff & 0x0f | 0x30 ^ 0x11, ~5, !5, !0, 3 == 3, 3 != 3, 2 < 3, 3 > 2, 2 >= 3
.4byte 1 && 2, 0 || 0, 5 ! 3, 1 | 2 + 3, -1 >> 60
.dword 0x123456789abcdef0, -5
.quad 1 << 63, 1 - 2
.8byte 9
.octa 0x0123456789abcdef0123456789abcdef
.uleb128 0
.uleb128 127
.uleb128 300
.uleb128 123456789
.sleb128 0
.sleb128 -1
.sleb128 64
.sleb128 -64
.sleb128 -65
.sleb128 -123456
