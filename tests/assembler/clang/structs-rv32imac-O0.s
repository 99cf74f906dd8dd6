	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"structs.c"
	.globl	moved
	.p2align	1
	.type	moved,@function
moved:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a1, -20(s0)
	mv	a1, a0
	lw	a0, -20(s0)
	sw	a1, -12(s0)
	sw	a2, -16(s0)
	lw	a3, -16(s0)
	lh	a2, 2(a0)
	add	a2, a2, a3
	sh	a2, 2(a0)
	lw	a3, -16(s0)
	lw	a2, 4(a0)
	sub	a2, a2, a3
	sw	a2, 4(a0)
	lbu	a2, 0(a0)
	andi	a2, a2, 1
	li	a3, 24
	mul	a2, a2, a3
	lui	a3, %hi(others)
	addi	a3, a3, %lo(others)
	add	a3, a3, a2
	lw	a2, 20(a0)
	sw	a2, 20(a3)
	lw	a2, 16(a0)
	sw	a2, 16(a3)
	lw	a2, 12(a0)
	sw	a2, 12(a3)
	lw	a2, 8(a0)
	sw	a2, 8(a3)
	lw	a2, 4(a0)
	sw	a2, 4(a3)
	lw	a2, 0(a0)
	sw	a2, 0(a3)
	lw	a2, 20(a0)
	sw	a2, 20(a1)
	lw	a2, 16(a0)
	sw	a2, 16(a1)
	lw	a2, 12(a0)
	sw	a2, 12(a1)
	lw	a2, 8(a0)
	sw	a2, 8(a1)
	lw	a2, 4(a0)
	sw	a2, 4(a1)
	lw	a0, 0(a0)
	sw	a0, 0(a1)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	moved, .Lfunc_end0-moved

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -12(s0)
	lw	a0, -12(s0)
	sw	a0, -16(s0)
	li	a0, 0
	sw	a0, -28(s0)
	j	.LBB1_1
.LBB1_1:
	lw	a1, -28(s0)
	li	a0, 3
	blt	a0, a1, .LBB1_4
	j	.LBB1_2
.LBB1_2:
	lw	a2, -28(s0)
	addi	a0, s0, -16
	sub	a0, a0, a2
	lb	a0, 3(a0)
	addi	a1, s0, -24
	add	a1, a1, a2
	sb	a0, 0(a1)
	j	.LBB1_3
.LBB1_3:
	lw	a0, -28(s0)
	addi	a0, a0, 1
	sw	a0, -28(s0)
	j	.LBB1_1
.LBB1_4:
	lw	a0, -24(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
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
	.word	3
	.zero	4
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
