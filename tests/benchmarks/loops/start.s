# The same start-up for both simulators: Spike ends at a store to tohost, rvx at the ecall before.
        .section .text.start, "ax"
        .globl  _start
_start:
        la      sp, stack_top
        li      t0, 0x6000              # mstatus.FS: floating point on
        .ifdef  SPIKE
        csrs    mstatus, t0
        .endif
        call    main
        .ifdef  SPIKE
        slli    a0, a0, 1
        ori     a0, a0, 1
        la      t0, tohost
        sd      a0, 0(t0)
1:      j       1b
        .else
        li      a7, 93
        ecall
        .endif
        .section .tohost, "aw", @nobits
        .globl  tohost, fromhost
        .balign 64
tohost: .skip   64
fromhost:
        .skip   64
        .bss
        .balign 16
        .skip   65536
stack_top:
