	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"goto.c"
	.globl	interpret
	.p2align	1
	.type	interpret,@function
interpret:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a0, -24(s0)
	sw	a1, -28(s0)
	ld	a0, -24(s0)
	lbu	a0, 0(a0)
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	sd	a0, -40(s0)
	j	.LBB0_5
.Ltmp0:
.LBB0_1:
	lw	a0, -28(s0)
	addiw	a0, a0, 1
	sw	a0, -28(s0)
	ld	a0, -24(s0)
	addi	a1, a0, 1
	sd	a1, -24(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	sd	a0, -40(s0)
	j	.LBB0_5
.Ltmp1:
.LBB0_2:
	lw	a0, -28(s0)
	addiw	a0, a0, -1
	sw	a0, -28(s0)
	ld	a0, -24(s0)
	addi	a1, a0, 1
	sd	a1, -24(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	sd	a0, -40(s0)
	j	.LBB0_5
.Ltmp2:
.LBB0_3:
	lw	a0, -28(s0)
	slliw	a0, a0, 1
	sw	a0, -28(s0)
	ld	a0, -24(s0)
	addi	a1, a0, 1
	sd	a1, -24(s0)
	lbu	a0, 1(a0)
	andi	a0, a0, 3
	lui	a1, %hi(interpret.labels)
	addi	a1, a1, %lo(interpret.labels)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	sd	a0, -40(s0)
	j	.LBB0_5
.Ltmp3:
.LBB0_4:
	lw	a0, -28(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.LBB0_5:
	ld	a0, -40(s0)
	jr	a0
.Lfunc_end0:
	.size	interpret, .Lfunc_end0-interpret

	.type	interpret.labels,@object
	.section	.rodata,"a",@progbits
	.p2align	3
interpret.labels:
	.quad	.Ltmp0
	.quad	.Ltmp1
	.quad	.Ltmp2
	.quad	.Ltmp3
	.size	interpret.labels, 32

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym interpret
	.addrsig_sym interpret.labels
