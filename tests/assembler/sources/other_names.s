.irep r, a0, a1
li \r, 1
.endr
.irepc c, 12
.byte \c
.endr
.balign 4
.if 0
nop
.elsec
li a0, 2
.endc
.macro m a
.if \a
.mexit
.endif
nop
.endm
m 1
m 0
