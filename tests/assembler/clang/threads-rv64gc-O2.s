	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"threads.c"
	.globl	bump
	.p2align	1
	.type	bump,@function
bump:
	lui	a0, %tprel_hi(zeroed)
	add	a0, a0, tp, %tprel_add(zeroed)
	ld	a1, %tprel_lo(zeroed)(a0)
	lui	a2, %tprel_hi(mine)
	add	a2, a2, tp, %tprel_add(mine)
	lw	a3, %tprel_lo(mine)(a2)
	addi	a1, a1, 1
	sd	a1, %tprel_lo(zeroed)(a0)
	addiw	a0, a3, 1
	sw	a0, %tprel_lo(mine)(a2)
.LBB0_1:
	auipc	a0, %tls_ie_pcrel_hi(theirs)
	ld	a0, %pcrel_lo(.LBB0_1)(a0)
	add	a0, a0, tp
	lw	a0, 0(a0)
	addw	a0, a0, a3
	ret
.Lfunc_end0:
	.size	bump, .Lfunc_end0-bump

	.type	mine,@object
	.section	.tdata,"awT",@progbits
	.globl	mine
	.p2align	2
mine:
	.word	5
	.size	mine, 4

	.type	zeroed,@object
	.section	.tbss,"awT",@nobits
	.globl	zeroed
	.p2align	3
zeroed:
	.quad	0
	.size	zeroed, 8

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
