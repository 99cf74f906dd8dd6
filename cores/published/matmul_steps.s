# A row of K binary64 times a matrix of K rows and five columns, as a compiler takes it step by step:
# STEP 2, sums in registers; 3, repetition; 4, no separate pass of zeros; 5, all columns at a time.
# a0 is the row, a1 the matrix, a2 the five results.
        .include "streams.inc"
        .globl  measured
measured:
        csrr    t1, mcycle
        mv      s0, a0
        mv      s1, a1
        mv      s3, a2
        jal     s2, matmul
        wait_for_floats
        ret

matmul: mv      t2, s0
        mv      t3, s1
        mv      t5, s3
        .if     STEP < 5
        fcvt.d.w ft3, zero
        .endif
        .if     STEP < 4
        stream_loop 2, 0, 5, 8
        mover   t5, WRITE, 2
        csrsi   0x7c0, 1
        .if     STEP == 3
        li      t4, 4
        frep.o  t4, 1, 0, 0
        fmv.d   ft2, ft3
        .else
        li      t4, 5
        mv      a4, zero
zeros:  fmv.d   ft2, ft3
        addi    a4, a4, 1
        blt     a4, t4, zeros
        .endif
        csrci   0x7c0, 1
        .endif
        .if     STEP == 5
        stream_loop 0, 0, K, 8
        li      t0, 4
        mover   t0, REPEAT, 0
        stream_loop 1, 0, 5 * K, 8
        stream_loop 2, 0, 5, 8
        mover   t2, READ, 0
        mover   t3, READ, 1
        mover   t5, WRITE, 2
        csrsi   0x7c0, 1
        .irp    register, ft3, ft4, ft5, ft6, ft7
        fcvt.d.w \register, zero
        .endr
        li      t4, K - 1
        frep.o  t4, 5, 0, 0
        .irp    register, ft3, ft4, ft5, ft6, ft7
        fmadd.d \register, ft0, ft1, \register
        .endr
        .irp    register, ft3, ft4, ft5, ft6, ft7
        fmv.d   ft2, \register
        .endr
        .else
        stream_loop 0, 0, K, 8
        stream_loop 0, 1, 5, -(K - 1) * 8
        stream_loop 1, 0, K, 5 * 8
        stream_loop 1, 1, 5, 8 - (K - 1) * 5 * 8
        mover   t2, READ + 1, 0
        mover   t3, READ + 1, 1
        stream_loop 2, 0, 5, 8
        mover   t5, WRITE, 2
        csrsi   0x7c0, 1
        li      a4, 5
        li      a5, K
        li      a6, 1
        mv      a7, zero
columns:
        .if     STEP < 4
        fld     ft4, 0(t5)
        .else
        fmv.d   ft4, ft3
        .endif
        .if     STEP == 2
        mv      t4, zero
rows:   fmadd.d ft4, ft0, ft1, ft4
        add     t4, t4, a6
        blt     t4, a5, rows
        .else
        addi    t4, a5, -1
        frep.o  t4, 1, 0, 0
        fmadd.d ft4, ft0, ft1, ft4
        .endif
        fmv.d   ft2, ft4
        add     a7, a7, a6
        blt     a7, a4, columns
        .endif
        csrci   0x7c0, 1
        jr      s2
