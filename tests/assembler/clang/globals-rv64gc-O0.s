	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"globals.c"
	.globl	all
	.p2align	1
	.type	all,@function
all:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	addi	s0, sp, 16
	lui	a1, %hi(a)
	lui	a0, %hi(b)
	lw	a0, %lo(b)(a0)
	lw	a1, %lo(a)(a1)
	addw	a0, a0, a1
	lui	a2, %hi(s)
	lh	a2, %lo(s)(a2)
	addw	a0, a0, a2
	lui	a2, %hi(c)
	lbu	a2, %lo(c)(a2)
	addw	a0, a0, a2
	lui	a2, %hi(l)
	lw	a2, %lo(l)(a2)
	addw	a0, a0, a2
	lui	a2, %hi(t)
	addi	a2, a2, %lo(t)
	slli	a1, a1, 2
	add	a1, a1, a2
	lw	a1, 0(a1)
	addw	a0, a0, a1
	lui	a1, %hi(outside)
	lw	a1, %lo(outside)(a1)
	addw	a0, a0, a1
	lui	a1, %hi(where)
	ld	a1, %lo(where)(a1)
	lw	a1, 0(a1)
	addw	a0, a0, a1
	lui	a1, %hi(pointer)
	ld	a1, %lo(pointer)(a1)
	lbu	a1, 0(a1)
	addw	a0, a0, a1
	addiw	a0, a0, 7
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
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
	.addrsig_sym a
	.addrsig_sym s
	.addrsig_sym c
	.addrsig_sym l
	.addrsig_sym outside
	.addrsig_sym where
	.addrsig_sym t
	.addrsig_sym text
	.addrsig_sym pointer
	.addrsig_sym b
