	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"structs.c"
	.globl	moved
	.p2align	1
	.type	moved,@function
moved:
	lh	a3, 2(a1)
	lw	a4, 4(a1)
	addw	a3, a3, a2
	lbu	a5, 0(a1)
	sh	a3, 2(a1)
	subw	a2, a4, a2
	sw	a2, 4(a1)
	andi	a2, a5, 1
	li	a3, 24
	mul	a2, a2, a3
	ld	a3, 16(a1)
	lui	a4, %hi(others)
	addi	a4, a4, %lo(others)
	add	a2, a2, a4
	sd	a3, 16(a2)
	ld	a3, 8(a1)
	sd	a3, 8(a2)
	ld	a3, 0(a1)
	sd	a3, 0(a2)
	ld	a2, 0(a1)
	sd	a2, 0(a0)
	ld	a2, 8(a1)
	sd	a2, 8(a0)
	ld	a1, 16(a1)
	sd	a1, 16(a0)
	ret
.Lfunc_end0:
	.size	moved, .Lfunc_end0-moved

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	srliw	a1, a0, 8
	lui	a2, 16
	addiw	a2, a2, -256
	and	a1, a1, a2
	srliw	a2, a0, 24
	or	a1, a1, a2
	slli	a2, a0, 8
	lui	a3, 4080
	and	a2, a2, a3
	slliw	a0, a0, 24
	or	a0, a0, a2
	or	a0, a0, a1
	ret
.Lfunc_end1:
	.size	swap, .Lfunc_end1-swap

	.type	origin,@object
	.data
	.globl	origin
	.p2align	3
origin:
	.byte	111
	.zero	1
	.half	1
	.word	2
	.quad	3
	.quad	0x4010000000000000
	.size	origin, 24

	.type	others,@object
	.bss
	.globl	others
	.p2align	3
others:
	.zero	72
	.size	others, 72

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
