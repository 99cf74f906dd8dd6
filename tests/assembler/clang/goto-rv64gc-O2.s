	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"goto.c"
	.globl	interpret
	.p2align	1
	.type	interpret,@function
interpret:
	lbu	a2, 0(a0)
	andi	a3, a2, 255
	lui	a2, %hi(interpret.labels)
	addi	a2, a2, %lo(interpret.labels)
	slli	a3, a3, 3
	add	a3, a3, a2
	ld	a3, 0(a3)
	addi	a0, a0, 1
	jr	a3
.Ltmp0:
.LBB0_1:
	lbu	a3, 0(a0)
	andi	a3, a3, 3
	andi	a3, a3, 255
	slli	a3, a3, 3
	add	a3, a3, a2
	ld	a3, 0(a3)
	addiw	a1, a1, 1
	addi	a0, a0, 1
	jr	a3
.Ltmp1:
.LBB0_2:
	lbu	a3, 0(a0)
	andi	a3, a3, 3
	andi	a3, a3, 255
	slli	a3, a3, 3
	add	a3, a3, a2
	ld	a3, 0(a3)
	addiw	a1, a1, -1
	addi	a0, a0, 1
	jr	a3
.Ltmp2:
.LBB0_3:
	lbu	a3, 0(a0)
	andi	a3, a3, 3
	andi	a3, a3, 255
	slli	a3, a3, 3
	add	a3, a3, a2
	ld	a3, 0(a3)
	slliw	a1, a1, 1
	addi	a0, a0, 1
	jr	a3
.Ltmp3:
.LBB0_4:
	sext.w	a0, a1
	ret
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
