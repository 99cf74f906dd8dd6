# C = A B of binary64: the ROWS rows of one core, K products, COLUMNS columns; eight rows at a time,
# and as many columns as two registers hold. a0 is A, a1 is B, a2 is C.
        .globl  measured
        .macro  row vector, scalar, column, is_first
        .if     \is_first
        vfmul.vf \vector, \column, \scalar
        .else
        vfmacc.vf \vector, \scalar, \column
        .endif
        fld     \scalar, 0(t1)
        add     t1, t1, s1
        .endm

        # A row of B times eight elements of A, and the next of these; and the row behind it.
        .macro  step column, next, is_first
        addi    t4, t4, 8
        mv      t1, t4
        vle64.v \next, (t3)
        add     t3, t3, s2
        row     v0, ft0, \column, \is_first
        row     v2, ft1, \column, \is_first
        row     v4, ft2, \column, \is_first
        row     v6, ft3, \column, \is_first
        row     v8, ft4, \column, \is_first
        row     v10, ft5, \column, \is_first
        row     v12, ft6, \column, \is_first
        row     v14, ft7, \column, \is_first
        .endm

measured:
        li      s1, 8 * K               # from a row of A to the next
        li      s2, 8 * COLUMNS
        li      t0, COLUMNS
strip:  vsetvli t2, t0, e64, m2, ta, ma
        mv      s3, a0
        mv      s4, a2
        li      s5, ROWS / 8
block:  mv      t3, a1
        vle64.v v18, (t3)
        add     t3, t3, s2
        mv      t1, s3
        .irp    scalar, ft0, ft1, ft2, ft3, ft4, ft5, ft6, ft7
        fld     \scalar, 0(t1)
        add     t1, t1, s1
        .endr
        mv      t4, s3
        li      t5, K / 2 - 1
        step    v18, v20, 1
        step    v20, v18, 0
next:   step    v18, v20, 0
        step    v20, v18, 0
        addi    t5, t5, -1
        bnez    t5, next
        mv      t6, s4
        .irp    vector, v0, v2, v4, v6, v8, v10, v12, v14
        vse64.v \vector, (t6)
        add     t6, t6, s2
        .endr
        slli    t6, s1, 3
        add     s3, s3, t6
        slli    t6, s2, 3
        add     s4, s4, t6
        addi    s5, s5, -1
        bnez    s5, block
        slli    t6, t2, 3
        add     a1, a1, t6
        add     a2, a2, t6
        sub     t0, t0, t2
        bnez    t0, strip
        ret
