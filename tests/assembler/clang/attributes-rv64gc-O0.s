	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"attributes.c"
	.p2align	1
	.type	before,@function
before:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	addi	s0, sp, 16
	lui	a1, %hi(page)
	li	a0, 1
	sb	a0, %lo(page)(a1)
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end0:
	.size	before, .Lfunc_end0-before

	.globl	rare
	.p2align	1
	.type	rare,@function
rare:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	addi	s0, sp, 32
	sw	a0, -20(s0)
	lw	a1, -20(s0)
	lui	a0, 599186
	addiw	a0, a0, 1171
	mul	a0, a1, a0
	srli	a0, a0, 32
	addw	a0, a0, a1
	srliw	a1, a0, 31
	sraiw	a0, a0, 2
	add	a0, a0, a1
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end1:
	.size	rare, .Lfunc_end1-rare

	.globl	call
	.p2align	1
	.type	call,@function
call:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sw	a0, -20(s0)
	lui	a0, %hi(optional)
	addi	a0, a0, %lo(optional)
	li	a1, 0
	beq	a0, a1, .LBB2_2
	j	.LBB2_1
.LBB2_1:
	call	optional
	sd	a0, -40(s0)
	lw	a0, -20(s0)
	call	rare
	mv	a1, a0
	ld	a0, -40(s0)
	addw	a0, a0, a1
	sd	a0, -32(s0)
	j	.LBB2_3
.LBB2_2:
	lui	a0, %hi(hidden)
	lw	a0, %lo(hidden)(a0)
	lui	a1, %hi(special)
	lw	a1, %lo(special)(a1)
	addw	a0, a0, a1
	sd	a0, -32(s0)
	j	.LBB2_3
.LBB2_3:
	ld	a0, -32(s0)
	sext.w	a0, a0
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end2:
	.size	call, .Lfunc_end2-call

	.type	special,@object
	.section	.special,"aw",@progbits
	.p2align	2
special:
	.word	3
	.size	special, 4

	.type	page,@object
	.bss
	.globl	page
	.p2align	6
page:
	.zero	128
	.size	page, 128

	.hidden	hidden
	.type	hidden,@object
	.section	.sbss,"aw",@nobits
	.globl	hidden
	.p2align	2
hidden:
	.word	0
	.size	hidden, 4

	.section	.init_array,"aw",@init_array
	.p2align	3
	.quad	before
	.weak	optional
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym before
	.addrsig_sym rare
	.addrsig_sym optional
	.addrsig_sym special
	.addrsig_sym page
	.addrsig_sym hidden
