.variant_cc f
call f
g: ret
.variant_cc g
.xdef q
q: nop
.lsym z, 5
.word z
.xcom c, 4
.globl v
v: ret
.symver v, v@@V1
.symver v, v_old@V0
call undefined_one
.symver undefined_one, undefined_one@V2
