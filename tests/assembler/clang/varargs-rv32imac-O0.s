	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"varargs.c"
	.globl	sum
	.p2align	1
	.type	sum,@function
sum:
	addi	sp, sp, -64
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a7, 28(s0)
	sw	a6, 24(s0)
	sw	a5, 20(s0)
	sw	a4, 16(s0)
	sw	a3, 12(s0)
	sw	a2, 8(s0)
	sw	a1, 4(s0)
	sw	a0, -12(s0)
	li	a0, 0
	sw	a0, -20(s0)
	addi	a0, s0, 4
	sw	a0, -16(s0)
	j	.LBB0_1
.LBB0_1:
	lw	a0, -12(s0)
	addi	a1, a0, -1
	sw	a1, -12(s0)
	li	a1, 0
	beq	a0, a1, .LBB0_3
	j	.LBB0_2
.LBB0_2:
	lw	a0, -16(s0)
	addi	a1, a0, 4
	sw	a1, -16(s0)
	lw	a1, 0(a0)
	lw	a0, -20(s0)
	add	a0, a0, a1
	sw	a0, -20(s0)
	j	.LBB0_1
.LBB0_3:
	lw	a0, -20(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 64
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum

	.globl	mean
	.p2align	1
	.type	mean,@function
mean:
	addi	sp, sp, -80
	sw	ra, 44(sp)
	sw	s0, 40(sp)
	addi	s0, sp, 48
	sw	a7, 28(s0)
	sw	a6, 24(s0)
	sw	a5, 20(s0)
	sw	a4, 16(s0)
	sw	a3, 12(s0)
	sw	a2, 8(s0)
	sw	a1, 4(s0)
	sw	a0, -12(s0)
	li	a0, 0
	sw	a0, -20(s0)
	sw	a0, -24(s0)
	addi	a1, s0, 4
	sw	a1, -16(s0)
	sw	a0, -28(s0)
	j	.LBB1_1
.LBB1_1:
	lw	a0, -28(s0)
	lw	a1, -12(s0)
	bge	a0, a1, .LBB1_4
	j	.LBB1_2
.LBB1_2:
	lw	a0, -16(s0)
	addi	a0, a0, 7
	andi	a0, a0, -8
	addi	a1, a0, 8
	sw	a1, -16(s0)
	lw	a2, 0(a0)
	ori	a0, a0, 4
	lw	a3, 0(a0)
	lw	a0, -24(s0)
	lw	a1, -20(s0)
	call	__adddf3@plt
	sw	a1, -20(s0)
	sw	a0, -24(s0)
	j	.LBB1_3
.LBB1_3:
	lw	a0, -28(s0)
	addi	a0, a0, 1
	sw	a0, -28(s0)
	j	.LBB1_1
.LBB1_4:
	lw	a0, -24(s0)
	sw	a0, -36(s0)
	lw	a0, -20(s0)
	sw	a0, -32(s0)
	lw	a0, -12(s0)
	call	__floatsidf@plt
	mv	a2, a0
	lw	a0, -36(s0)
	mv	a3, a1
	lw	a1, -32(s0)
	call	__divdf3@plt
	lw	ra, 44(sp)
	lw	s0, 40(sp)
	addi	sp, sp, 80
	ret
.Lfunc_end1:
	.size	mean, .Lfunc_end1-mean

	.globl	use
	.p2align	1
	.type	use,@function
use:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	addi	s0, sp, 16
	li	a1, 1
	li	a2, 2
	sw	a2, -16(s0)
	li	a3, 3
	mv	a0, a3
	call	sum
	mv	a1, a0
	lw	a0, -16(s0)
	sw	a1, -12(s0)
	lui	a3, 261888
	li	a4, 0
	lui	a5, 262144
	mv	a2, a4
	call	mean
	call	__fixdfsi@plt
	mv	a1, a0
	lw	a0, -12(s0)
	add	a0, a0, a1
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end2:
	.size	use, .Lfunc_end2-use

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym sum
	.addrsig_sym mean
