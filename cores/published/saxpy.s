# z = a x + y over 8 (FREP + 1) pairs of binary32, eight at a time: a0 has a and x, a1 y, a2 z.
        .include "streams.inc"
        .globl  measured
measured:
        csrr    t1, mcycle
        flw     fa0, 0(a0)
        mv      s0, a0
        mv      s1, a1
        mv      s3, a2
        jal     s2, saxpy
        wait_for_floats
        ret

saxpy:  addi    sp, sp, -16
        stream_loop EVERY_MOVER, 0, 8 * (FREP + 1), 8
        mover   s0, READ, 0
        mover   s1, READ, 1
        mover   s3, WRITE, 2
        fsw     fa0, 4(sp)
        fsw     fa0, 0(sp)
        csrsi   0x7c0, 1
        fld     fa1, 0(sp)
        li      t4, FREP
        frep.o  t4, 16, 0, 0
        .irp    register, fa2, fa3, fa4, fa5, fa6, fa7, ft3, ft4
        vfmul.s \register, fa1, ft0
        .endr
        .irp    register, fa2, fa3, fa4, fa5, fa6, fa7, ft3, ft4
        vfadd.s ft2, \register, ft1
        .endr
        csrci   0x7c0, 1
        addi    sp, sp, 16
        jr      s2
