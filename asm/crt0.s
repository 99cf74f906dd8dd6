# Start-up code for programs that begin with `main` and end with its return value.
#
# The stack pointer is set by whoever loads the program; .bss is zero then, too.

    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    la s0, __init_array_start
    la s1, __init_array_end
1:  bgeu s0, s1, 2f             # the functions of .init_array, in order
    .if __riscv_xlen == 64
    ld t0, 0(s0)
    .else
    lw t0, 0(s0)
    .endif
    addi s0, s0, __riscv_xlen / 8
    jalr t0
    j 1b
2:  li a0, 0                    # argc
    li a1, 0                    # argv
    li a2, 0                    # envp
    call main
    li a7, 93                   # exit
    ecall
3:  j 3b
    .size _start, . - _start
