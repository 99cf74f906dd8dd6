.macro push reg, offset=0
sd \reg, \offset(sp)
.endm
.macro each first:req, rest:vararg
mv a0, \first
.ifnb \rest
each \rest
.endif
.endm
.macro unique
label\@: j label\@
.endm
push ra
push s0, 8
push offset=16, reg=s1
each a1, a2, a3
unique
unique
.rept 3
nop
.endr
.irp reg, a0, a1, a2
addi \reg, \reg, 1
.endr
.irpc digit, 123
li a\digit, \digit
.endr
.macro named name
\name\()_start: nop
.endm
named first
j first_start
.purgem named
.macro early x
.if \x
.exitm
.endif
ebreak
.endm
early 1
early 0

# Nothing follows the last comma: that is the end, unless arguments are missing.
.macro pair one, two
        .byte   \one, 0\two
.endm
        pair    1, 2,
        pair    1, 2,	
        pair    3,
.macro rests first, others:vararg
        .ascii  "\first|\others|"
.endm
        rests   1,
        rests   1, 2,
