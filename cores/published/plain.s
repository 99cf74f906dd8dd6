# Loops as a compiler writes them, without streams and repetitions, over COUNT elements. KERNEL is
# 1: y = max(x, 0), 2: z = x + y, both written out; 3: a dot product; 4: z = a x + y.
# a0, a1 and a2 are the arrays; elements are binary64 if WIDE, else binary32.
        .include "streams.inc"
        .macro  load register, place
        .if     WIDE
        fld     \register, \place
        .else
        flw     \register, \place
        .endif
        .endm
        .macro  store register, place
        .if     WIDE
        fsd     \register, \place
        .else
        fsw     \register, \place
        .endif
        .endm
        .macro  float name, operands:vararg
        .if     WIDE
        \name\().d \operands
        .else
        \name\().s \operands
        .endif
        .endm

        .globl  measured
measured:
        csrr    t1, mcycle
        jal     s2, kernel
        wait_for_floats
        ret

kernel:
        .if     KERNEL == 1
        fcvt.d.w fa1, zero
        .set    at, 0
        .rept   COUNT
        load    fa0, at(a0)
        float   fmax, fa0, fa0, fa1
        store   fa0, at(a1)
        .set    at, at + 4 + 4 * WIDE
        .endr
        .endif
        .if     KERNEL == 2
        .set    at, 0
        .rept   COUNT
        load    fa0, at(a0)
        load    fa1, at(a1)
        float   fadd, fa0, fa0, fa1
        store   fa0, at(a2)
        .set    at, at + 4 + 4 * WIDE
        .endr
        .endif
        .if     KERNEL == 3
        load    fa0, 0(a2)
        li      t4, COUNT
dot:    load    fa1, 0(a0)
        load    fa2, 0(a1)
        float   fmadd, fa0, fa1, fa2, fa0
        addi    t4, t4, -1
        addi    a1, a1, 8
        addi    a0, a0, 8
        bnez    t4, dot
        store   fa0, 0(a2)
        .endif
        .if     KERNEL == 4
        load    fa0, 0(a0)
        li      t4, COUNT
axpy:   load    fa1, 0(a0)
        load    fa2, 0(a1)
        float   fmadd, fa1, fa0, fa1, fa2
        store   fa1, 0(a2)
        addi    a2, a2, 4
        addi    a1, a1, 4
        addi    t4, t4, -1
        addi    a0, a0, 4
        bnez    t4, axpy
        .endif
        jr      s2
