# Names that stand in quotes, labels by number, lists that end in a comma.
.globl a,
.weak "5x", b,
.hidden "a b"
"5": nop
j "5"
2147483647: j 2147483647b
01: j 1b
.ifdef "5"
"a b": j "a b"
.endif
.comm "x y", 4
.type "5", @function
.size "5", . - "5"
call "5x"
la a0, far + 0x7fffffff
lla a0, far - 0x80000000
call far + 0x100000000
lw a0, far + 0xffffffff
.set other, far + 0x80000000
la a0, other
.data
.dtprelword t + 4
.dtpreldword t - 4
