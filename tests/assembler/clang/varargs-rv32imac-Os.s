	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"varargs.c"
	.globl	sum
	.p2align	1
	.type	sum,@function
sum:
	addi	sp, sp, -48
	sw	a7, 44(sp)
	sw	a6, 40(sp)
	sw	a5, 36(sp)
	sw	a4, 32(sp)
	sw	a3, 28(sp)
	sw	a2, 24(sp)
	sw	a1, 20(sp)
	addi	a1, sp, 20
	sw	a1, 12(sp)
	beqz	a0, .LBB0_3
	lw	a2, 12(sp)
	li	a1, 0
	addi	a2, a2, 4
.LBB0_2:
	sw	a2, 12(sp)
	lw	a3, -4(a2)
	addi	a0, a0, -1
	add	a1, a1, a3
	addi	a2, a2, 4
	bnez	a0, .LBB0_2
	j	.LBB0_4
.LBB0_3:
	li	a1, 0
.LBB0_4:
	mv	a0, a1
	addi	sp, sp, 48
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum

	.globl	mean
	.p2align	1
	.type	mean,@function
mean:
	addi	sp, sp, -64
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	sw	s1, 20(sp)
	sw	s2, 16(sp)
	sw	s3, 12(sp)
	sw	s4, 8(sp)
	mv	s2, a0
	sw	a7, 60(sp)
	sw	a6, 56(sp)
	sw	a5, 52(sp)
	sw	a4, 48(sp)
	sw	a3, 44(sp)
	sw	a2, 40(sp)
	sw	a1, 36(sp)
	addi	a0, sp, 36
	sw	a0, 4(sp)
	blez	s2, .LBB1_4
	lw	s0, 4(sp)
	li	s3, 0
	li	s4, 0
	mv	s1, s2
.LBB1_2:
	addi	a0, s0, 7
	andi	a0, a0, -8
	lw	a2, 0(a0)
	ori	a1, a0, 4
	lw	a3, 0(a1)
	addi	s0, a0, 8
	mv	a0, s3
	mv	a1, s4
	call	__adddf3@plt
	addi	s1, s1, -1
	mv	s3, a0
	mv	s4, a1
	bnez	s1, .LBB1_2
	sw	s0, 4(sp)
	j	.LBB1_5
.LBB1_4:
	li	s3, 0
	li	s4, 0
.LBB1_5:
	mv	a0, s2
	call	__floatsidf@plt
	mv	a2, a0
	mv	a3, a1
	mv	a0, s3
	mv	a1, s4
	call	__divdf3@plt
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	lw	s1, 20(sp)
	lw	s2, 16(sp)
	lw	s3, 12(sp)
	lw	s4, 8(sp)
	addi	sp, sp, 64
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
	li	a0, 3
	li	a1, 1
	li	a2, 2
	li	a3, 3
	call	sum
	mv	s0, a0
	li	a0, 2
	lui	a3, 261888
	lui	a5, 262144
	li	a2, 0
	li	a4, 0
	call	mean
	call	__fixdfsi@plt
	add	a0, a0, s0
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end2:
	.size	use, .Lfunc_end2-use

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
