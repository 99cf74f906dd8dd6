c.nop
.option norvc
.align 2
x: addi a0, a0, 0
.option rvc
