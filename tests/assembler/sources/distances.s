# Distances that no linker changes are numbers once a symbol stands for them.
first: nop
second: nop
.equ distance, second - first
li a0, distance
call far
third: nop
.word third - first, second - first
.data
here: .word 1, 2
there: .word there - here
.text
lui a1, %hi(there - here)
li a2, %lo(8) + 4
li a3, %lo(first)
lw a4, %lo(there - here)(a1)
sw a4, %lo(there - here)(a1)
