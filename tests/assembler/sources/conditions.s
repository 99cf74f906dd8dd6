.set n, 3
.if n == 3
li a0, 1
.elseif n == 4
li a0, 2
.else
li a0, 3
.endif
.ifdef n
nop
.endif
.ifndef n
ebreak
.else
.ifdef missing
ebreak
.endif
.endif
.ifc abc, abc
li a1, 1
.endif
.ifgt n - 2
li a2, 1
.endif
.ifeqs "a", "a"
li a3, 1
.endif
.data
begin: .zero 10
.if . - begin == 10
.byte 1
.endif
