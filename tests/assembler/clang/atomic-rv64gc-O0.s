	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"atomic.c"
	.globl	increment
	.p2align	1
	.type	increment,@function
increment:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	addi	s0, sp, 32
	li	a0, 1
	sw	a0, -20(s0)
	lw	a1, -20(s0)
	lui	a0, %hi(counter)
	addi	a0, a0, %lo(counter)
	amoadd.w.aqrl	a0, a1, (a0)
	sw	a0, -24(s0)
	lw	a0, -24(s0)
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	increment, .Lfunc_end0-increment

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a0, -24(s0)
	sw	a1, -28(s0)
	ld	a0, -24(s0)
	lw	a1, -28(s0)
	sw	a1, -32(s0)
	lw	a1, -32(s0)
	amoswap.w.aqrl	a0, a1, (a0)
	sw	a0, -36(s0)
	lw	a0, -36(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end1:
	.size	swap, .Lfunc_end1-swap

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
	addi	sp, sp, -64
	sd	ra, 56(sp)
	sd	s0, 48(sp)
	addi	s0, sp, 64
	sd	a0, -24(s0)
	sw	a1, -28(s0)
	sw	a2, -32(s0)
	ld	a3, -24(s0)
	lw	a0, -32(s0)
	sw	a0, -36(s0)
	lw	a1, -28(s0)
	lw	a4, -36(s0)
.LBB2_3:
	lr.w.aqrl	a0, (a3)
	bne	a0, a1, .LBB2_5
	sc.w.aqrl	a2, a4, (a3)
	bnez	a2, .LBB2_3
.LBB2_5:
	sd	a0, -56(s0)
	xor	a2, a0, a1
	seqz	a2, a2
	sd	a2, -48(s0)
	beq	a0, a1, .LBB2_2
	j	.LBB2_1
.LBB2_1:
	ld	a0, -56(s0)
	sw	a0, -28(s0)
	j	.LBB2_2
.LBB2_2:
	ld	a0, -48(s0)
	andi	a0, a0, 1
	sb	a0, -37(s0)
	lbu	a0, -37(s0)
	andi	a0, a0, 1
	ld	ra, 56(sp)
	ld	s0, 48(sp)
	addi	sp, sp, 64
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	fence
	.p2align	1
	.type	fence,@function
fence:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	addi	s0, sp, 16
	fence	rw, w
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end3:
	.size	fence, .Lfunc_end3-fence

	.type	counter,@object
	.section	.sbss,"aw",@nobits
	.globl	counter
	.p2align	2
counter:
	.word	0
	.size	counter, 4

	.type	big,@object
	.globl	big
	.p2align	3
big:
	.quad	0
	.size	big, 8

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym counter
