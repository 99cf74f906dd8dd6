	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"goto.c"
	.globl	interpret
	.p2align	1
	.type	interpret,@function
interpret:
	mv	a2, a0
	lbu	a0, 0(a0)
	andi	a0, a0, 255
	lui	a3, %hi(interpret.labels)
	addi	a3, a3, %lo(interpret.labels)
	slli	a0, a0, 2
	add	a0, a0, a3
	lw	a4, 0(a0)
	mv	a0, a1
	addi	a1, a2, 1
	jr	a4
.Ltmp0:
.LBB0_1:
	lbu	a2, 0(a1)
	andi	a2, a2, 3
	andi	a2, a2, 255
	slli	a2, a2, 2
	add	a2, a2, a3
	lw	a2, 0(a2)
	addi	a0, a0, 1
	addi	a1, a1, 1
	jr	a2
.Ltmp1:
.LBB0_2:
	lbu	a2, 0(a1)
	andi	a2, a2, 3
	andi	a2, a2, 255
	slli	a2, a2, 2
	add	a2, a2, a3
	lw	a2, 0(a2)
	addi	a0, a0, -1
	addi	a1, a1, 1
	jr	a2
.Ltmp2:
.LBB0_3:
	lbu	a2, 0(a1)
	andi	a2, a2, 3
	andi	a2, a2, 255
	slli	a2, a2, 2
	add	a2, a2, a3
	lw	a2, 0(a2)
	slli	a0, a0, 1
	addi	a1, a1, 1
	jr	a2
.Ltmp3:
.LBB0_4:
	ret
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
