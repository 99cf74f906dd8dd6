	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"atomic.c"
	.globl	increment
	.p2align	1
	.type	increment,@function
increment:
	lui	a0, %hi(counter)
	addi	a0, a0, %lo(counter)
	li	a1, 1
	amoadd.w.aqrl	a0, a1, (a0)
	ret
.Lfunc_end0:
	.size	increment, .Lfunc_end0-increment

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	amoswap.w.aqrl	a0, a1, (a0)
	ret
.Lfunc_end1:
	.size	swap, .Lfunc_end1-swap

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
.LBB2_1:
	lr.w.aqrl	a3, (a0)
	bne	a3, a1, .LBB2_3
	sc.w.aqrl	a4, a2, (a0)
	bnez	a4, .LBB2_1
.LBB2_3:
	xor	a0, a3, a1
	seqz	a0, a0
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	fence
	.p2align	1
	.type	fence,@function
fence:
	fence	rw, w
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
	.p2align	2
big:
	.word	0
	.size	big, 4

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym counter
