.word 0xa56363c6U, 5L, 0b101ul, 017U
li a0, (1UL<<12)
.dword 5ULL
