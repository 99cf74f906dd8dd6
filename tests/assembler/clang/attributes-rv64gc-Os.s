	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"attributes.c"
	.section	.text.unlikely.,"ax",@progbits
	.globl	rare
	.p2align	1
	.type	rare,@function
rare:
	lui	a1, 599186
	addiw	a1, a1, 1171
	mul	a1, a0, a1
	srli	a1, a1, 32
	addw	a0, a0, a1
	srliw	a1, a0, 31
	sraiw	a0, a0, 2
	add	a0, a0, a1
	ret
.Lfunc_end0:
	.size	rare, .Lfunc_end0-rare

	.text
	.globl	call
	.p2align	1
	.type	call,@function
call:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	lui	a1, %hi(optional)
	addi	a1, a1, %lo(optional)
	bnez	a1, .LBB1_3
	lui	a0, %hi(hidden)
	lw	a0, %lo(hidden)(a0)
	lui	a1, %hi(special)
	lw	a1, %lo(special)(a1)
	addw	a0, a0, a1
.LBB1_2:
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	ld	s1, 8(sp)
	addi	sp, sp, 32
	ret
.LBB1_3:
	mv	s0, a0
	call	optional
	mv	s1, a0
	mv	a0, s0
	call	rare
	addw	a0, a0, s1
	j	.LBB1_2
.Lfunc_end1:
	.size	call, .Lfunc_end1-call

	.type	special,@object
	.section	.special,"aw",@progbits
	.p2align	2
special:
	.word	3
	.size	special, 4

	.type	page,@object
	.data
	.globl	page
	.p2align	6
page:
	.asciz	"\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
	.size	page, 128

	.hidden	hidden
	.type	hidden,@object
	.section	.sbss,"aw",@nobits
	.globl	hidden
	.p2align	2
hidden:
	.word	0
	.size	hidden, 4

	.weak	optional
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym optional
	.addrsig_sym special
