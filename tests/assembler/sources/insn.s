.insn r 0x33, 0, 0, a0, a1, fa2
.insn r CUSTOM_0, 3, 1, a0, a1, a2
.insn r MADD, 0, 1, fa0, fa1, fa2, fa3
.insn r4 MADD, 0, 1, fa0, fa1, fa2, fa3
.insn i 0x13, 0, a0, a1, -5
.insn i 0x3, 2, a0, 4(a1)
.insn s 0x23, 2, a0, 4(a1)
1: .insn sb BRANCH, 0, a0, a1, 1b
.insn b BRANCH, 1, a0, a1, 1b
.insn u LUI, a0, 0x12345
.insn uj JAL, a0, 1b
.insn j JAL, a0, 1b
.insn cr C2, 0x8, a0, a1
.insn ci C1, 0, a0, 4
.insn ciw C0, 0, a1, 1
.insn css C2, 6, a0, 1
.insn cl C0, 2, a0, 4(a1)
.insn cs C0, 6, a0, 4(a1)
.insn ca C1, 0x23, 0, a0, a1
.insn cb C1, 6, a0, 1b
.insn cj C1, 5, 1b
.insn 0x00000013
.insn 4, 0x00000013
.insn 2, 0x0001
