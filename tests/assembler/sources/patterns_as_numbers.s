addi a0, a0, 0xfffffffffffff800
andi a0, a0, 0xffffffffffffff0f
li a0, 0xfffffffffffff800
