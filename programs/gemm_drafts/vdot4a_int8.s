# gemm of INT8 with dot products of four bytes a lane (Zvdot4a8i): four rows of A, by as many columns of C
# as a group of four registers has lanes. See nest.inc for the call.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0

        .macro  shape
        li      s6, 4
        vsetvli s7, zero, e32, m4, ta, ma
        .endm

        .macro  block
        vsetvli zero, s4, e32, m4, ta, ma
        four_rows s3, a0, a5, s0, s5, s8, s10
        vmv.v.i v8, 0
        vmv.v.i v12, 0
        vmv.v.i v16, 0
        vmv.v.i v20, 0
        mv      s11, s1
        add     a6, a0, a5
2:      vlse32.v v4, (s11), a5          # four bytes of each row of Bt
        lw      t0, 0(s0)
        lw      t1, 0(s5)
        lw      t2, 0(s8)
        lw      t3, 0(s10)
        vdot4a.vx v8, v4, t0
        vdot4a.vx v12, v4, t1
        vdot4a.vx v16, v4, t2
        vdot4a.vx v20, v4, t3
        addi    s0, s0, 4
        addi    s5, s5, 4
        addi    s8, s8, 4
        addi    s10, s10, 4
        addi    s11, s11, 4
        bne     s0, a6, 2b

        four_rows s3, s2, a7, t1, t2, t3, t4
        scale   v8
        scale   v12
        scale   v16
        scale   v20
        vse32.v v8, (t1)
        vse32.v v12, (t2)
        vse32.v v16, (t3)
        vse32.v v20, (t4)
        .endm

        .include "nest.inc"
