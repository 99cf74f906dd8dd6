	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"varargs.c"
	.globl	sum
	.p2align	1
	.type	sum,@function
sum:
	addi	sp, sp, -80
	sd	a7, 72(sp)
	sd	a6, 64(sp)
	sd	a5, 56(sp)
	sd	a4, 48(sp)
	sd	a3, 40(sp)
	sd	a2, 32(sp)
	sd	a1, 24(sp)
	addi	a1, sp, 24
	sd	a1, 8(sp)
	beqz	a0, .LBB0_3
	ld	a2, 8(sp)
	li	a1, 0
	addi	a2, a2, 8
.LBB0_2:
	sd	a2, 8(sp)
	lw	a3, -8(a2)
	addiw	a0, a0, -1
	addw	a1, a1, a3
	addi	a2, a2, 8
	bnez	a0, .LBB0_2
	j	.LBB0_4
.LBB0_3:
	li	a1, 0
.LBB0_4:
	mv	a0, a1
	addi	sp, sp, 80
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum

	.globl	mean
	.p2align	1
	.type	mean,@function
mean:
	addi	sp, sp, -80
	sd	a7, 72(sp)
	sd	a6, 64(sp)
	sd	a5, 56(sp)
	sd	a4, 48(sp)
	sd	a3, 40(sp)
	sd	a2, 32(sp)
	sd	a1, 24(sp)
	addi	a1, sp, 24
	sd	a1, 8(sp)
	blez	a0, .LBB1_3
	ld	a2, 8(sp)
	li	a1, 0
	addi	a2, a2, 8
	fmv.d.x	ft0, zero
.LBB1_2:
	sd	a2, 8(sp)
	fld	ft1, -8(a2)
	fadd.d	ft0, ft0, ft1
	addiw	a1, a1, 1
	addi	a2, a2, 8
	blt	a1, a0, .LBB1_2
	j	.LBB1_4
.LBB1_3:
	fmv.d.x	ft0, zero
.LBB1_4:
	fcvt.d.w	ft1, a0
	fdiv.d	fa0, ft0, ft1
	addi	sp, sp, 80
	ret
.Lfunc_end1:
	.size	mean, .Lfunc_end1-mean

	.globl	use
	.p2align	1
	.type	use,@function
use:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	li	a0, 3
	li	a1, 1
	li	a2, 2
	li	a3, 3
	li	s1, 1
	call	sum
	mv	s0, a0
	li	a0, 1023
	slli	a1, a0, 52
	slli	a2, s1, 62
	li	a0, 2
	call	mean
	fcvt.w.d	a0, fa0, rtz
	addw	a0, a0, s0
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	ld	s1, 8(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end2:
	.size	use, .Lfunc_end2-use

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
