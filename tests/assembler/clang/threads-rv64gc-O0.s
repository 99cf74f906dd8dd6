	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"threads.c"
	.globl	bump
	.p2align	1
	.type	bump,@function
bump:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	addi	s0, sp, 16
	lui	a0, %tprel_hi(zeroed)
	add	a1, a0, tp, %tprel_add(zeroed)
	ld	a0, %tprel_lo(zeroed)(a1)
	addi	a0, a0, 1
	sd	a0, %tprel_lo(zeroed)(a1)
	lui	a0, %tprel_hi(mine)
	add	a2, a0, tp, %tprel_add(mine)
	lw	a0, %tprel_lo(mine)(a2)
	addiw	a1, a0, 1
	sw	a1, %tprel_lo(mine)(a2)
.LBB0_1:
	auipc	a1, %tls_ie_pcrel_hi(theirs)
	ld	a1, %pcrel_lo(.LBB0_1)(a1)
	add	a1, a1, tp
	lw	a1, 0(a1)
	addw	a0, a0, a1
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
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
