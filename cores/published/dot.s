# The dot product of two vectors of binary64, by streams, of COUNT elements and with SUMS sums,
# 1 or 4: a0 and a1 are the vectors, a2 is the result.
        .include "streams.inc"
        .globl  measured
measured:
        csrr    t1, mcycle
        mv      s0, a0
        mv      s1, a1
        mv      s3, a2
        jal     s2, dot
        wait_for_floats
        ret

        .if     SUMS == 1
dot:    stream_loop EVERY_MOVER, 0, COUNT, 8
        mover   s0, READ, 0
        mover   s1, READ, 1
        csrsi   0x7c0, 1
        fld     ft3, 0(s3)
        li      t4, COUNT - 1
        frep.o  t4, 1, 0, 0
        fmadd.d ft3, ft0, ft1, ft3
        fsd     ft3, 0(s3)
        csrci   0x7c0, 1
        jr      s2
        .else
dot:    mv      t2, s0
        mv      t3, s1
        mv      t5, s3
        fcvt.d.w ft3, zero
        stream_loop EVERY_MOVER, 0, COUNT, 8
        mover   t2, READ, 0
        mover   t3, READ, 1
        csrsi   0x7c0, 1
        fmv.d   ft4, ft3
        fmv.d   ft5, ft3
        fmv.d   ft6, ft3
        li      t4, COUNT / 4 - 1
        frep.o  t4, 4, 0, 0
        fmadd.d ft3, ft0, ft1, ft3
        fmadd.d ft4, ft0, ft1, ft4
        fmadd.d ft5, ft0, ft1, ft5
        fmadd.d ft6, ft0, ft1, ft6
        fadd.d  ft3, ft3, ft4
        fadd.d  ft3, ft3, ft5
        fadd.d  ft3, ft3, ft6
        fsd     ft3, 0(t5)
        csrci   0x7c0, 1
        jr      s2
        .endif
