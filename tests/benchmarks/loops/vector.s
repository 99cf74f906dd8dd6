# Vector kernels, VLEN 256: KERNEL says which one, ROUNDS how often. With SPIKE it ends by HTIF.
        .macro  strip                   # int32: eight elements, two multiply-adds
        li      a0, 8
        vsetvli t0, a0, e32, m1, ta, ma
        vle32.v v8, (a1)
        vmacc.vv v16, v8, v8
        vmacc.vv v16, v8, v16
        vse32.v v16, (a1)
        .endm

        .macro  gemm_row                # a row of C, 32 singles, += a[k] * B[k, :] for 64 k
        li      a0, 32
        vsetvli t0, a0, e32, m4, ta, ma
        vle32.v v16, (a3)
        mv      t1, a1
        mv      t2, a2
        li      t3, 64
1:      flw     ft0, 0(t1)
        vle32.v v8, (t2)
        addi    t1, t1, 4
        addi    t2, t2, 128
        addi    t3, t3, -1
        vfmacc.vf v16, ft0, v8
        bnez    t3, 1b
        vse32.v v16, (a3)
        .endm

        .macro  half_row                # the same of 32 halves
        li      a0, 32
        vsetvli t0, a0, e16, m2, ta, ma
        vle16.v v16, (a3)
        mv      t1, a1
        mv      t2, a2
        li      t3, 64
1:      flh     ft0, 0(t1)
        vle16.v v8, (t2)
        addi    t1, t1, 2
        addi    t2, t2, 64
        addi    t3, t3, -1
        vfmacc.vf v16, ft0, v8
        bnez    t3, 1b
        vse16.v v16, (a3)
        .endm

        .macro  dot                     # int8: 256 products, strip by strip
        li      a0, 256
        mv      t1, a1
        mv      t2, a2
        vsetivli x0, 1, e32, m1, ta, ma
        vmv.s.x v24, x0
1:      vsetvli t0, a0, e8, m2, ta, ma
        vle8.v  v8, (t1)
        vle8.v  v10, (t2)
        vwmul.vv v12, v8, v10
        vsetvli x0, x0, e16, m4, ta, ma
        vwredsum.vs v24, v12, v24
        add     t1, t1, t0
        add     t2, t2, t0
        sub     a0, a0, t0
        bnez    a0, 1b
        vsetivli x0, 1, e32, m1, ta, ma
        vmv.x.s t4, v24
        sw      t4, 0(a3)
        .endm

        .macro  masked                  # singles: where x > y, x += x * y
        li      a0, 64
        vsetvli t0, a0, e32, m8, ta, mu
        vle32.v v8, (a1)
        vle32.v v16, (a2)
        vmfgt.vf v0, v8, ft1
        vfmacc.vv v8, v8, v16, v0.t
        vse32.v v8, (a3), v0.t
        .endm

        .macro  segments                # triples of bytes to their weighted sum
        li      a0, 64
        vsetvli t0, a0, e8, m2, ta, ma
        vlseg3e8.v v8, (a1)
        vwmulu.vx v16, v8, a4
        vwmaccu.vx v16, a5, v10
        vwmaccu.vx v16, a4, v12
        vnsrl.wi v8, v16, 8
        vse8.v  v8, (a3)
        .endm

        .macro  strided                 # a column of 32 singles, scaled
        li      a0, 32
        li      t1, 64
        vsetvli t0, a0, e32, m4, ta, ma
        vlse32.v v8, (a1), t1
        vfmul.vf v8, v8, ft1
        vse32.v v8, (a3)
        .endm

        .macro  gather                  # 32 singles by their offsets
        li      a0, 32
        vsetvli t0, a0, e32, m4, ta, ma
        vid.v   v8
        vsll.vi v8, v8, 3
        vluxei32.v v16, (a1), v8
        vse32.v v16, (a3)
        .endm

        .macro  distance                # |a - b| of 32 singles by a user's instruction
        li      a0, 32
        vsetvli t0, a0, e32, m4, ta, ma
        vle32.v v8, (a1)
        vle32.v v16, (a2)
        .word   DISTANCE                # vfabsdiff.vv v24, v8, v16
        vse32.v v24, (a3)
        .endm

        .macro  posits                  # 16 posits of 16 bits: a * b + a
        li      a0, 16
        vsetvli t0, a0, e16, m1, ta, ma
        vle16.v v8, (a1)
        vle16.v v9, (a2)
        .word   PRODUCT                 # vpmul.vv v10, v8, v9
        .word   SUM                     # vpadd.vv v10, v10, v8
        vse16.v v10, (a3)
        .endm

        .macro  quads                   # int8: 32 sums of 256 products, four at a time
        li      a0, 32
        vsetvli t0, a0, e32, m4, ta, ma
        vle32.v v16, (a3)
        mv      t1, a1
        mv      t2, a2
        li      t3, 64
1:      lw      t4, 0(t1)
        vle32.v v8, (t2)
        addi    t1, t1, 4
        addi    t2, t2, 128
        addi    t3, t3, -1
        .word   QUADS                   # vdot4a.vx v16, v8, t4
        bnez    t3, 1b
        vse32.v v16, (a3)
        .endm

        .macro  bulk lmul               # E4M3: a sum of 256 products, a register group at a time
        li      a0, 256
        mv      t1, a1
        mv      t2, a2
1:      vsetvli t0, a0, e8, \lmul, ta, ma
        vle8.v  v8, (t1)
        vle8.v  v16, (t2)
        .word   BULK                    # vfqwdota.vv v24, v8, v16
        add     t1, t1, t0
        add     t2, t2, t0
        sub     a0, a0, t0
        bnez    a0, 1b
        .endm

        .macro  tiles                   # E4M3: 16 x 16 sums of 64 products, four at a time
        li      t3, 16
1:      vle8.v  v8, (a1)
        .word   TILES                   # vtfmm.tvv mt4, v8, v16
        addi    t3, t3, -1
        bnez    t3, 1b
        .endm

        .globl  _start
        .section .text.start, "ax"
_start:
        .ifdef  SPIKE
        li      t0, 0x6600
        csrs    mstatus, t0
        .endif
        li      s0, ROUNDS
        la      a1, a
        la      a2, b
        la      a3, c
        li      a4, 77
        li      a5, 150
        flw     ft1, 0(a1)
        .ifdef  HAS_TILES
        li      t0, 3
        .word   SET_MATRIX              # msetmtype t0, zero
        li      t0, 16
        .word   SET_ROWS                # msettm t1, t0
        .word   SET_COLUMNS             # msettn t1, t0
        .word   SET_DEPTH               # msettk t1, t0
        .endif
loop:   KERNEL
        addi    s0, s0, -1
        bnez    s0, loop
        .ifdef  SPIKE
        li      a0, 1
        la      t0, tohost
        sd      a0, 0(t0)
2:      j       2b
        .section .tohost, "aw"
        .balign 64
tohost: .dword  0
        .balign 64
fromhost: .dword 0
        .globl  tohost, fromhost
        .else
        li      a0, 0
        li      a7, 93
        ecall
        .endif
        .data
        .balign 64
a:      .fill   1024, 4, 0x3f801234
b:      .fill   4096, 4, 0x3f805678
c:      .fill   1024, 4, 0
