	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"varargs.c"
	.globl	sum
	.p2align	1
	.type	sum,@function
sum:
	addi	sp, sp, -112
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a7, 56(s0)
	sd	a6, 48(s0)
	sd	a5, 40(s0)
	sd	a4, 32(s0)
	sd	a3, 24(s0)
	sd	a2, 16(s0)
	sd	a1, 8(s0)
	sw	a0, -20(s0)
	li	a0, 0
	sw	a0, -36(s0)
	addi	a0, s0, 8
	sd	a0, -32(s0)
	j	.LBB0_1
.LBB0_1:
	lw	a0, -20(s0)
	addiw	a1, a0, -1
	sw	a1, -20(s0)
	li	a1, 0
	beq	a0, a1, .LBB0_3
	j	.LBB0_2
.LBB0_2:
	ld	a0, -32(s0)
	addi	a1, a0, 8
	sd	a1, -32(s0)
	lw	a1, 0(a0)
	lw	a0, -36(s0)
	addw	a0, a0, a1
	sw	a0, -36(s0)
	j	.LBB0_1
.LBB0_3:
	lw	a0, -36(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 112
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum

	.globl	mean
	.p2align	1
	.type	mean,@function
mean:
	addi	sp, sp, -112
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a7, 56(s0)
	sd	a6, 48(s0)
	sd	a5, 40(s0)
	sd	a4, 32(s0)
	sd	a3, 24(s0)
	sd	a2, 16(s0)
	sd	a1, 8(s0)
	sw	a0, -20(s0)
	li	a0, 0
	sd	a0, -40(s0)
	addi	a1, s0, 8
	sd	a1, -32(s0)
	sw	a0, -44(s0)
	j	.LBB1_1
.LBB1_1:
	lw	a0, -44(s0)
	lw	a1, -20(s0)
	bge	a0, a1, .LBB1_4
	j	.LBB1_2
.LBB1_2:
	ld	a0, -32(s0)
	addi	a1, a0, 8
	sd	a1, -32(s0)
	fld	ft1, 0(a0)
	fld	ft0, -40(s0)
	fadd.d	ft0, ft0, ft1
	fsd	ft0, -40(s0)
	j	.LBB1_3
.LBB1_3:
	lw	a0, -44(s0)
	addiw	a0, a0, 1
	sw	a0, -44(s0)
	j	.LBB1_1
.LBB1_4:
	fld	ft0, -40(s0)
	lw	a0, -20(s0)
	fcvt.d.w	ft1, a0
	fdiv.d	fa0, ft0, ft1
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 112
	ret
.Lfunc_end1:
	.size	mean, .Lfunc_end1-mean

	.globl	use
	.p2align	1
	.type	use,@function
use:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	li	a1, 1
	sd	a1, -40(s0)
	li	a2, 2
	sd	a2, -32(s0)
	li	a3, 3
	mv	a0, a3
	call	sum
	ld	a2, -40(s0)
	mv	a1, a0
	ld	a0, -32(s0)
	sd	a1, -24(s0)
	li	a1, 1023
	slli	a1, a1, 52
	slli	a2, a2, 62
	call	mean
	ld	a0, -24(s0)
	fcvt.w.d	a1, fa0, rtz
	addw	a0, a0, a1
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end2:
	.size	use, .Lfunc_end2-use

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym sum
	.addrsig_sym mean
