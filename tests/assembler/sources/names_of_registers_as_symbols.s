call f2
tail a1
jump s1, t0
la a0, a1
lla a0, s1
lw a0, a1
sw a0, a1, t0
fld fa0, a1, t0
beq a0, a1, a2
j a3
lui a0, %hi(a1)
addi a0, a0, %lo(a1) + 4
lw a0, %lo(x) - 4(a1)
.word a1
