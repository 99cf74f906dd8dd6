	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"goto.c"
	.globl	interpret
	.p2align	1
	.type	interpret,@function
interpret:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -12(s0)
	sw	a1, -16(s0)
	lw	a0, -12(s0)
	lbu	a0, 0(a0)
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	sw	a0, -20(s0)
	j	.LBB0_5
.Ltmp0:
.LBB0_1:
	lw	a0, -16(s0)
	addi	a0, a0, 1
	sw	a0, -16(s0)
	lw	a0, -12(s0)
	addi	a1, a0, 1
	sw	a1, -12(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	sw	a0, -20(s0)
	j	.LBB0_5
.Ltmp1:
.LBB0_2:
	lw	a0, -16(s0)
	addi	a0, a0, -1
	sw	a0, -16(s0)
	lw	a0, -12(s0)
	addi	a1, a0, 1
	sw	a1, -12(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	sw	a0, -20(s0)
	j	.LBB0_5
.Ltmp2:
.LBB0_3:
	lw	a0, -16(s0)
	slli	a0, a0, 1
	sw	a0, -16(s0)
	lw	a0, -12(s0)
	addi	a1, a0, 1
	sw	a1, -12(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	sw	a0, -20(s0)
	j	.LBB0_5
.Ltmp3:
.LBB0_4:
	lw	a0, -16(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.LBB0_5:
	lw	a0, -20(s0)
	jr	a0
.Lfunc_end0:
	.size	interpret, .Lfunc_end0-interpret

	.type	interpret.labels,@object
	.section	.rodata,"a",@progbits
	.p2align	2
interpret.labels:
	.word	.Ltmp0
	.word	.Ltmp1
	.word	.Ltmp2
	.word	.Ltmp3
	.size	interpret.labels, 16

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym interpret
	.addrsig_sym interpret.labels
