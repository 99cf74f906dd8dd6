	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"threads.c"
	.globl	bump
	.p2align	1
	.type	bump,@function
bump:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	addi	s0, sp, 16
	lui	a0, %tprel_hi(zeroed)
	add	a1, a0, tp, %tprel_add(zeroed)
	lw	a0, %tprel_lo(zeroed)(a1)
	addi	a0, a0, 1
	sw	a0, %tprel_lo(zeroed)(a1)
	lui	a0, %tprel_hi(mine)
	add	a2, a0, tp, %tprel_add(mine)
	lw	a0, %tprel_lo(mine)(a2)
	addi	a1, a0, 1
	sw	a1, %tprel_lo(mine)(a2)
.LBB0_1:
	auipc	a1, %tls_ie_pcrel_hi(theirs)
	lw	a1, %pcrel_lo(.LBB0_1)(a1)
	add	a1, a1, tp
	lw	a1, 0(a1)
	add	a0, a0, a1
	lw	ra, 12(sp)
	lw	s0, 8(sp)
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
	.p2align	2
zeroed:
	.word	0
	.size	zeroed, 4

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
