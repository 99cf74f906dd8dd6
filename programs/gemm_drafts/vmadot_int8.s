# gemm of INT8 with SpacemiT's products of matrices in vector registers (Xsmtvdot), at VLEN 256 (4 rows of
# 8 bytes) or 1024 (8 rows of 16): blocks of two by two of them. The rows of a register lie apart in
# memory, in pieces of eight bytes, and are gathered. See nest.inc for the call.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0

        .macro  shape
        csrr    t0, vlenb
        srli    t0, t0, 7
        snez    s8, t0                  # binary logarithm of the pieces of a row
        li      s6, 8
        sll     s6, s6, s8              # rows of two registers
        mv      s7, s6
        vsetvli t0, zero, e64, m1, ta, ma
        vid.v   v12
        vsrl.vx v13, v12, s8
        vand.vx v12, v12, s8
        vsll.vi v12, v12, 3
        vmacc.vx v12, a5, v13           # where the pieces of a register lie
        .endm

        # One C of the block; t0 holds its rows.
        .macro  store_matrix sums, count, columns, to
        mv      t1, \count
        beqz    t1, 4f
        vsetvli t2, zero, e32, m2, ta, ma
        scale   \sums
3:      vsetvli zero, \columns, e32, m2, ta, ma
        vse32.v \sums, (\to)
        vsetvli t2, zero, e32, m2, ta, ma
        vslidedown.vx \sums, \sums, t0
        add     \to, \to, a7
        addi    t1, t1, -1
        bnez    t1, 3b
4:
        .endm

        .macro  gather to, pointer, pieces
        vsetvli zero, \pieces, e64, m1, ta, ma
        vluxei64.v \to, (\pointer), v12
        .endm

        .macro  block
        srli    t0, s6, 1
        least   s0, s3, t0              # rows of the upper ones, and of the lower ones
        sub     s5, s3, s0
        least   s10, s4, t0             # columns of the left ones, and of the right ones
        sub     s11, s4, s10
        mv      t1, a0
        mul     t2, s0, a5
        add     t2, t2, a0
        mv      t3, s1
        mul     t4, s10, a5
        add     t4, t4, s1
        add     t5, a0, a5
        vsetvli t0, zero, e32, m8, ta, ma
        vmv.v.i v16, 0
        li      a6, 8
        sll     a6, a6, s8              # bytes of a row of a register
        sll     s0, s0, s8              # pieces of them
        sll     s5, s5, s8
        sll     s10, s10, s8
        sll     s11, s11, s8
2:      gather  v8, t1, s0
        gather  v9, t2, s5
        gather  v10, t3, s10
        gather  v11, t4, s11
        vsetvli t0, zero, e8, m1, ta, ma
        smt.vmadot v16, v8, v10
        smt.vmadot v18, v8, v11
        smt.vmadot v20, v9, v10
        smt.vmadot v22, v9, v11
        add     t1, t1, a6
        add     t2, t2, a6
        add     t3, t3, a6
        add     t4, t4, a6
        bne     t1, t5, 2b

        srl     s0, s0, s8
        srl     s5, s5, s8
        srl     s10, s10, s8
        srl     s11, s11, s8
        srli    t0, s6, 1
        mv      t3, s2
        store_matrix v16, s0, s10, t3   # leaves t3 where the lower ones begin
        store_matrix v20, s5, s10, t3
        slli    t4, s10, 2
        add     t4, t4, s2
        store_matrix v18, s0, s11, t4
        store_matrix v22, s5, s11, t4
        .endm

        .include "nest.inc"
