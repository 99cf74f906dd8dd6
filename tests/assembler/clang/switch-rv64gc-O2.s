	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"switch.c"
	.globl	dense
	.p2align	1
	.type	dense,@function
dense:
	li	a1, 9
	bltu	a1, a0, .LBB0_2
	lui	a1, %hi(.Lswitch.table.dense)
	addi	a1, a1, %lo(.Lswitch.table.dense)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	ret
.LBB0_2:
	li	a0, 0
	ret
.Lfunc_end0:
	.size	dense, .Lfunc_end0-dense

	.globl	jump_table
	.p2align	1
	.type	jump_table,@function
jump_table:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	addi	a0, a0, -10
	li	a1, 6
	bltu	a1, a0, .LBB1_4
	slli	a0, a0, 2
	lui	a1, %hi(.LJTI1_0)
	addi	a1, a1, %lo(.LJTI1_0)
	add	a0, a0, a1
	lw	a1, 0(a0)
	li	a0, 1
	jr	a1
.LBB1_2:
	li	a0, 22
	call	act
.LBB1_3:
	li	a0, 3
	j	.LBB1_9
.LBB1_4:
	li	a0, 0
	j	.LBB1_9
.LBB1_5:
	li	a0, 13
	j	.LBB1_9
.LBB1_6:
	li	a0, 70
	j	.LBB1_9
.LBB1_7:
	li	a0, 1
	slli	a0, a0, 32
	addi	a0, a0, -15
	j	.LBB1_9
.LBB1_8:
	li	a0, 128
.LBB1_9:
	sext.w	a0, a0
	ld	ra, 8(sp)
	addi	sp, sp, 16
	tail	act
.Lfunc_end1:
	.size	jump_table, .Lfunc_end1-jump_table
	.section	.rodata,"a",@progbits
	.p2align	2
.LJTI1_0:
	.word	.LBB1_9
	.word	.LBB1_2
	.word	.LBB1_3
	.word	.LBB1_5
	.word	.LBB1_6
	.word	.LBB1_7
	.word	.LBB1_8

	.type	.Lswitch.table.dense,@object
	.p2align	2
.Lswitch.table.dense:
	.word	5
	.word	17
	.word	99
	.word	1
	.word	4294967292
	.word	88
	.word	0
	.word	77
	.word	0
	.word	3
	.size	.Lswitch.table.dense, 40

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
