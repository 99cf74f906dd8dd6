# z = x + y over COUNT pairs of binary32, by streams and a repetition: a0, a1 and a2 are x, y and z.
        .include "streams.inc"
        .globl  measured
measured:
        csrr    t1, mcycle
        mv      s0, a0
        mv      s1, a1
        mv      s3, a2
        jal     s2, sum
        wait_for_floats
        ret

sum:    mv      t2, s0
        mv      t3, s1
        mv      t5, s3
        stream_loop EVERY_MOVER, 0, COUNT, 8
        mover   t2, READ, 0
        mover   t3, READ, 1
        mover   t5, WRITE, 2
        csrsi   0x7c0, 1
        li      t4, COUNT - 1
        frep.o  t4, 1, 0, 0
        vfadd.s ft2, ft0, ft1
        csrci   0x7c0, 1
        jr      s2
