	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"structs.c"
	.globl	moved
	.p2align	1
	.type	moved,@function
moved:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a1, -40(s0)
	mv	a1, a0
	ld	a0, -40(s0)
	sd	a1, -24(s0)
	sw	a2, -28(s0)
	lw	a3, -28(s0)
	lh	a2, 2(a0)
	addw	a2, a2, a3
	sh	a2, 2(a0)
	lw	a3, -28(s0)
	lw	a2, 4(a0)
	subw	a2, a2, a3
	sw	a2, 4(a0)
	lbu	a2, 0(a0)
	andi	a2, a2, 1
	li	a3, 24
	mul	a2, a2, a3
	lui	a3, %hi(others)
	addi	a3, a3, %lo(others)
	add	a3, a3, a2
	ld	a2, 16(a0)
	sd	a2, 16(a3)
	ld	a2, 8(a0)
	sd	a2, 8(a3)
	ld	a2, 0(a0)
	sd	a2, 0(a3)
	ld	a2, 16(a0)
	sd	a2, 16(a1)
	ld	a2, 8(a0)
	sd	a2, 8(a1)
	ld	a0, 0(a0)
	sd	a0, 0(a1)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end0:
	.size	moved, .Lfunc_end0-moved

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sw	a0, -20(s0)
	lw	a0, -20(s0)
	sw	a0, -24(s0)
	li	a0, 0
	sw	a0, -36(s0)
	j	.LBB1_1
.LBB1_1:
	lw	a1, -36(s0)
	li	a0, 3
	blt	a0, a1, .LBB1_4
	j	.LBB1_2
.LBB1_2:
	lw	a2, -36(s0)
	li	a0, 3
	subw	a1, a0, a2
	addi	a0, s0, -24
	add	a0, a0, a1
	lb	a0, 0(a0)
	addi	a1, s0, -32
	add	a1, a1, a2
	sb	a0, 0(a1)
	j	.LBB1_3
.LBB1_3:
	lw	a0, -36(s0)
	addiw	a0, a0, 1
	sw	a0, -36(s0)
	j	.LBB1_1
.LBB1_4:
	lw	a0, -32(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end1:
	.size	swap, .Lfunc_end1-swap

	.type	origin,@object
	.data
	.globl	origin
	.p2align	3
origin:
	.byte	111
	.zero	1
	.half	1
	.word	2
	.quad	3
	.quad	0x4010000000000000
	.size	origin, 24

	.type	others,@object
	.bss
	.globl	others
	.p2align	3
others:
	.zero	72
	.size	others, 72

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym others
