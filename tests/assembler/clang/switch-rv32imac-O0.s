	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"switch.c"
	.globl	dense
	.p2align	1
	.type	dense,@function
dense:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -16(s0)
	lw	a1, -16(s0)
	sw	a1, -20(s0)
	li	a0, 9
	bltu	a0, a1, .LBB0_10
	lw	a0, -20(s0)
	slli	a0, a0, 2
	lui	a1, %hi(.LJTI0_0)
	addi	a1, a1, %lo(.LJTI0_0)
	add	a0, a0, a1
	lw	a0, 0(a0)
	jr	a0
.LBB0_2:
	li	a0, 5
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_3:
	li	a0, 17
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_4:
	li	a0, 99
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_5:
	li	a0, 1
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_6:
	li	a0, -4
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_7:
	li	a0, 88
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_8:
	li	a0, 77
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_9:
	li	a0, 3
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_10:
	li	a0, 0
	sw	a0, -12(s0)
	j	.LBB0_11
.LBB0_11:
	lw	a0, -12(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	dense, .Lfunc_end0-dense
	.section	.rodata,"a",@progbits
	.p2align	2
.LJTI0_0:
	.word	.LBB0_2
	.word	.LBB0_3
	.word	.LBB0_4
	.word	.LBB0_5
	.word	.LBB0_6
	.word	.LBB0_7
	.word	.LBB0_10
	.word	.LBB0_8
	.word	.LBB0_10
	.word	.LBB0_9

	.text
	.globl	jump_table
	.p2align	1
	.type	jump_table,@function
jump_table:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	addi	s0, sp, 16
	sw	a0, -12(s0)
	lw	a0, -12(s0)
	addi	a1, a0, -10
	sw	a1, -16(s0)
	li	a0, 6
	bltu	a0, a1, .LBB1_9
	lw	a0, -16(s0)
	slli	a0, a0, 2
	lui	a1, %hi(.LJTI1_0)
	addi	a1, a1, %lo(.LJTI1_0)
	add	a0, a0, a1
	lw	a0, 0(a0)
	jr	a0
.LBB1_2:
	li	a0, 1
	call	act
	j	.LBB1_10
.LBB1_3:
	li	a0, 22
	call	act
	j	.LBB1_4
.LBB1_4:
	li	a0, 3
	call	act
	j	.LBB1_10
.LBB1_5:
	lw	a0, -12(s0)
	call	act
	j	.LBB1_10
.LBB1_6:
	lw	a1, -12(s0)
	slli	a0, a1, 2
	add	a0, a0, a1
	call	act
	j	.LBB1_10
.LBB1_7:
	lw	a1, -12(s0)
	li	a0, 0
	sub	a0, a0, a1
	call	act
	j	.LBB1_10
.LBB1_8:
	lw	a0, -12(s0)
	slli	a0, a0, 3
	call	act
	j	.LBB1_10
.LBB1_9:
	li	a0, 0
	call	act
	j	.LBB1_10
.LBB1_10:
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end1:
	.size	jump_table, .Lfunc_end1-jump_table
	.section	.rodata,"a",@progbits
	.p2align	2
.LJTI1_0:
	.word	.LBB1_2
	.word	.LBB1_3
	.word	.LBB1_4
	.word	.LBB1_5
	.word	.LBB1_6
	.word	.LBB1_7
	.word	.LBB1_8

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym act
