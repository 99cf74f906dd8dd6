# void epilogue(const posit8 *c, posit8 *y, const struct layer *layer)
#
# The end of a layer of a network in posit8: y = max(c, least). The layer is that of epilogue.s;
# the bias is in the product already (as the weight of an input that is 1), and `least` is a
# posit: 0 for a ReLU, NaR, which is less than every number, for none.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  epilogue
        .type   epilogue, @function
epilogue:
        ld      t0, 0(a2)               # rows to go
        ld      t1, 8(a2)
        ld      t2, 16(a2)
        plw     pt1, 40(a2)
        sub     t2, t2, t1              # from the end of a row of y to the next
row:
        mv      t5, t1                  # columns to go
column:
        plw     pt0, 0(a0)
        pmax.s  pt0, pt0, pt1
        psw     pt0, 0(a1)
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    t5, t5, -1
        bnez    t5, column

        add     a1, a1, t2
        addi    t0, t0, -1
        bnez    t0, row
        ret
        .size   epilogue, . - epilogue
