.struct 8
first: .space 4
second: .align 3
third: .skip 2
end_of_record:
.offset 0
x: .word 0
y: .zero 3
.text
li a0, first
li a1, second
lw a2, third(sp)
li a3, end_of_record
.data
.word x, y
