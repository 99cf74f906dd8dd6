# mlp in vectors of binary32, a fused multiply-add a lane. The parts are in ../functions; see mlp.inc.

        .include "../functions/rvv_gelu.inc"
        .include "../functions/rvv_two_products.inc"

        .macro  function_constants
        gelu_constants a4
        .endm

        .macro  between
        fmv.w.x ft5, zero               # which the products have used
        mv      t1, s7
        mv      t2, s5
71:     vsetvli t0, t2, e32, m4, ta, ma
        vle32.v v4, (t1)
        gelu_of_numbers
        vse32.v v12, (t1)
        slli    t3, t0, 2
        add     t1, t1, t3
        sub     t2, t2, t0
        bnez    t2, 71b
        .endm

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  mlp
        .type   mlp, @function
mlp:
        two_products
        .size   mlp, . - mlp
