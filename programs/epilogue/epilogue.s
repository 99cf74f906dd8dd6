# struct layer { size_t rows, columns, pitch; const float *scale, *bias; float least; };
# void epilogue(const float *c, float *y, const struct layer *layer)
#
# The end of a layer of a network: y = max(c * scale + bias, least) with a scale and a bias per
# column, product and sum each rounded to binary32. least is 0 for a ReLU, and -infinity for
# none. c is rows by columns without gaps, a row of y begins `pitch` elements after the one
# before; what lies between is left alone. All sizes are at least 1.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  epilogue
        .type   epilogue, @function
epilogue:
        ld      t0, 0(a2)               # rows to go
        ld      t1, 8(a2)
        ld      t2, 16(a2)
        ld      a3, 24(a2)
        ld      a4, 32(a2)
        flw     fa0, 40(a2)
        sub     t2, t2, t1
        slli    t2, t2, 2               # from the end of a row of y to the next
row:
        mv      t3, a3
        mv      t4, a4
        mv      t5, t1                  # columns to go
column:
        flw     fa1, 0(a0)
        flw     fa2, 0(t3)
        flw     fa3, 0(t4)
        fmul.s  fa1, fa1, fa2
        fadd.s  fa1, fa1, fa3
        fmax.s  fa1, fa1, fa0
        fsw     fa1, 0(a1)
        addi    a0, a0, 4
        addi    a1, a1, 4
        addi    t3, t3, 4
        addi    t4, t4, 4
        addi    t5, t5, -1
        bnez    t5, column

        add     a1, a1, t2
        addi    t0, t0, -1
        bnez    t0, row
        ret
        .size   epilogue, . - epilogue
