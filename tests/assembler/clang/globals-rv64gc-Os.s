	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"globals.c"
	.globl	all
	.p2align	1
	.type	all,@function
all:
	lui	a0, %hi(a)
	lui	a1, %hi(b)
	lw	a6, %lo(b)(a1)
	lui	a2, %hi(s)
	lh	a7, %lo(s)(a2)
	lui	a3, %hi(c)
	lbu	t0, %lo(c)(a3)
	lui	a4, %hi(l)
	lw	a0, %lo(a)(a0)
	lw	a4, %lo(l)(a4)
	lui	a5, %hi(t)
	addi	a5, a5, %lo(t)
	slli	a1, a0, 2
	add	a1, a1, a5
	lw	a1, 0(a1)
	lui	a5, %hi(where)
	ld	a5, %lo(where)(a5)
	lui	a2, %hi(pointer)
	ld	a2, %lo(pointer)(a2)
	lui	a3, %hi(outside)
	lw	a3, %lo(outside)(a3)
	lw	a5, 0(a5)
	lbu	a2, 0(a2)
	addw	a0, a0, a6
	addw	a0, a0, a7
	addw	a0, a0, t0
	addw	a0, a0, a4
	addw	a0, a0, a1
	addw	a0, a0, a3
	addw	a0, a0, a5
	addw	a0, a0, a2
	addiw	a0, a0, 7
	ret
.Lfunc_end0:
	.size	all, .Lfunc_end0-all

	.type	a,@object
	.section	.sdata,"aw",@progbits
	.globl	a
	.p2align	2
a:
	.word	1
	.size	a, 4

	.type	s,@object
	.globl	s
	.p2align	1
s:
	.half	65534
	.size	s, 2

	.type	c,@object
	.globl	c
c:
	.byte	120
	.size	c, 1

	.type	l,@object
	.globl	l
	.p2align	3
l:
	.quad	1234605616436508552
	.size	l, 8

	.type	k,@object
	.section	.rodata,"a",@progbits
	.globl	k
	.p2align	2
k:
	.word	7
	.size	k, 4

	.type	where,@object
	.section	.sdata,"aw",@progbits
	.globl	where
	.p2align	3
where:
	.quad	outside
	.size	where, 8

	.type	t,@object
	.local	t
	.comm	t,400,4
	.type	inner,@object
	.globl	inner
	.p2align	3
inner:
	.quad	t+20
	.size	inner, 8

	.type	text,@object
	.globl	text
text:
	.asciz	"array"
	.size	text, 6

	.type	pointer,@object
	.globl	pointer
	.p2align	3
pointer:
	.quad	text+2
	.size	pointer, 8

	.type	b,@object
	.section	.sbss,"aw",@nobits
	.globl	b
	.p2align	2
b:
	.word	0
	.size	b, 4

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym outside
	.addrsig_sym t
	.addrsig_sym text
