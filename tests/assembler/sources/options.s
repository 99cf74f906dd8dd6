.option push
.option norvc
addi a0, a0, 1
ret
.option pop
addi a0, a0, 1
.option norelax
call f
la a0, f
.option relax
call f
.option arch, +c
nop
