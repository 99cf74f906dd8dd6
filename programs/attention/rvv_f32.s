# attention in vectors of binary32, a fused multiply-add a lane; the sum of the exponentials is taken in
# the order of a row. The parts are in ../functions; see attention.inc.

        .include "../functions/rvv_exponential.inc"
        .include "../functions/rvv_two_products.inc"

        .macro  function_constants
        exponential_constants a4
        flw     ft6, OTHERS(a4)         # 1 / sqrt(length)
        .endm

        # Goes through the numbers at s7: v8 = as many as there is room for.
        .macro  begin_row
        mv      t1, s7
        mv      t2, s5
        .endm

        .macro  next
        vsetvli t0, t2, e32, m4, ta, ma
        vle32.v v8, (t1)
        .endm

        # Stores what became of them, and goes on.
        .macro  replace group
        vse32.v \group, (t1)
        slli    t3, t0, 2
        add     t1, t1, t3
        sub     t2, t2, t0
        .endm

        .macro  between
        li      t4, 0xff800000          # minus infinity
        vsetivli zero, 1, e32, m1, ta, ma
        vmv.s.x v2, t4
        vmv.s.x v3, zero                # the sum
        begin_row
71:     next
        vfmul.vf v8, v8, ft6
        vfredmax.vs v2, v8, v2
        replace v8
        bnez    t2, 71b
        vfmv.f.s fa0, v2                # the largest

        begin_row
72:     next
        vfsub.vf v8, v8, fa0
        exponential
        vfredosum.vs v3, v12, v3
        replace v12
        bnez    t2, 72b
        vfmv.f.s fa0, v3
        fdiv.s  fa0, fa6, fa0

        begin_row
73:     next
        vfmul.vf v8, v8, fa0
        replace v8
        bnez    t2, 73b
        .endm

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  attention
        .type   attention, @function
attention:
        two_products
        .size   attention, . - attention
