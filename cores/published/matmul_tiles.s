# C = A B of binary32, B with its columns side by side, M x N outputs and K products each: four
# outputs at a time, by streams and a repetition. a0 is A, a1 is B, a2 is C.
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
        fmv.w.x ft3, zero
        stream_loop 0, 0, K / 2, 8
        stream_loop 0, 1, N / 4, -(K / 2 - 1) * 8
        stream_loop 0, 2, M, 8
        li      t0, 3
        mover   t0, REPEAT, 0
        stream_loop 1, 0, 4, 4 * K
        stream_loop 1, 1, K / 2, 8 - 3 * 4 * K
        stream_loop 1, 2, N / 4, 8
        stream_loop 1, 3, M, 8 - N * K * 4
        mover   t2, READ + 2, 0
        mover   t3, READ + 3, 1
        csrsi   0x7c0, 1
        li      a4, M * N * 4
        li      a5, N * 4
        li      a6, 16
        li      a7, K / 2 - 1
        mv      s4, zero
rows:   add     s5, t5, s4
        mv      s6, zero
tiles:  add     s7, s5, s6
        vfcpka.s.s ft4, ft3, ft3
        vfcpka.s.s ft5, ft3, ft3
        vfcpka.s.s ft6, ft3, ft3
        vfcpka.s.s ft7, ft3, ft3
        vfmul.s fa4, ft0, ft1
        vfmul.s fa5, ft0, ft1
        vfmul.s fa6, ft0, ft1
        vfmul.s fa7, ft0, ft1
        addi    t4, a7, -1
        frep.o  t4, 4, 0, 0
        vfmac.s fa4, ft0, ft1
        vfmac.s fa5, ft0, ft1
        vfmac.s fa6, ft0, ft1
        vfmac.s fa7, ft0, ft1
        vfsum.s ft4, fa4
        vfsum.s ft5, fa5
        vfsum.s ft6, fa6
        vfsum.s ft7, fa7
        fsw     ft4, 0(s7)
        fsw     ft5, 4(s7)
        fsw     ft6, 8(s7)
        fsw     ft7, 12(s7)
        add     s6, s6, a6
        blt     s6, a5, tiles
        add     s4, s4, a5
        blt     s4, a4, rows
        csrci   0x7c0, 1
        jr      s2
