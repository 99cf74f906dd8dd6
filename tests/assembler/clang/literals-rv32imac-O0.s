	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"literals.c"
	.globl	pick
	.p2align	1
	.type	pick,@function
pick:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -16(s0)
	lw	a0, -16(s0)
	andi	a1, a0, 7
	sw	a1, -20(s0)
	li	a0, 6
	bltu	a0, a1, .LBB0_9
	lw	a0, -20(s0)
	slli	a0, a0, 2
	lui	a1, %hi(.LJTI0_0)
	addi	a1, a1, %lo(.LJTI0_0)
	add	a0, a0, a1
	lw	a0, 0(a0)
	jr	a0
.LBB0_2:
	lui	a0, 524288
	addi	a0, a0, -1
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_3:
	lui	a0, 524288
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_4:
	lui	a0, 144470
	addi	a0, a0, 1929
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_5:
	lui	a0, 834200
	addi	a0, a0, 1904
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_6:
	li	a0, 2047
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_7:
	lui	a0, 1
	addi	a0, a0, -2048
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_8:
	lui	a0, 1048575
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_9:
	lui	a0, 349525
	addi	a0, a0, 1365
	sw	a0, -12(s0)
	j	.LBB0_10
.LBB0_10:
	lw	a0, -12(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	pick, .Lfunc_end0-pick
	.section	.rodata,"a",@progbits
	.p2align	2
.LJTI0_0:
	.word	.LBB0_2
	.word	.LBB0_3
	.word	.LBB0_4
	.word	.LBB0_5
	.word	.LBB0_6
	.word	.LBB0_7
	.word	.LBB0_8

	.text
	.globl	constants
	.p2align	1
	.type	constants,@function
constants:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -12(s0)
	lw	a0, -12(s0)
	li	a1, 0
	bne	a0, a1, .LBB1_2
	j	.LBB1_1
.LBB1_1:
	lui	a0, 262290
	addi	a0, a0, 507
	lui	a1, 345155
	addi	a1, a1, -744
	sw	a1, -20(s0)
	sw	a0, -16(s0)
	j	.LBB1_9
.LBB1_2:
	lw	a0, -12(s0)
	li	a1, 1
	bne	a0, a1, .LBB1_4
	j	.LBB1_3
.LBB1_3:
	lui	a0, 778515
	addi	a1, a0, -501
	lui	a0, 950893
	addi	a0, a0, 1685
	sw	a0, -28(s0)
	sw	a1, -24(s0)
	j	.LBB1_8
.LBB1_4:
	lw	a0, -12(s0)
	li	a1, 2
	bne	a0, a1, .LBB1_6
	j	.LBB1_5
.LBB1_5:
	lui	a0, 262144
	sw	a0, -32(s0)
	j	.LBB1_7
.LBB1_6:
	lw	a0, -12(s0)
	andi	a0, a0, 7
	lui	a1, %hi(values)
	addi	a1, a1, %lo(values)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	call	__floatsisf@plt
	sw	a0, -32(s0)
	j	.LBB1_7
.LBB1_7:
	lw	a0, -32(s0)
	call	__extendsfdf2@plt
	sw	a0, -28(s0)
	sw	a1, -24(s0)
	j	.LBB1_8
.LBB1_8:
	lw	a1, -28(s0)
	lw	a0, -24(s0)
	sw	a1, -20(s0)
	sw	a0, -16(s0)
	j	.LBB1_9
.LBB1_9:
	lw	a0, -20(s0)
	lw	a1, -16(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end1:
	.size	constants, .Lfunc_end1-constants

	.type	values,@object
	.data
	.globl	values
	.p2align	2
values:
	.word	0
	.word	4294967295
	.word	2047
	.word	2048
	.word	4294965247
	.word	74565
	.word	2147479552
	.word	2147483648
	.size	values, 32

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym values
