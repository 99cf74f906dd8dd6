start: beq a0, a1, 1f
bnez a0, 1f
bltz s0, start
bgt a0, a1, start
bleu a0, a1, 1f
j start
jal start
jal t0, 1f
1: beqz a5, 1b
bne a3, zero, 2f
.zero 300
2: beqz a4, 1b
bnez s2, 1b
.zero 5000
3: beq a0, a1, start
bnez a0, start
bgeu t0, t1, 1b
j start
blt a0, a1, other
c.beqz a0, other
c.j other
j other
