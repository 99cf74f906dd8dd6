	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"structs.c"
	.globl	moved
	.p2align	1
	.type	moved,@function
moved:
	lh	a3, 2(a1)
	lw	a4, 4(a1)
	lbu	a5, 0(a1)
	add	a3, a3, a2
	sh	a3, 2(a1)
	sub	a2, a4, a2
	andi	a3, a5, 1
	li	a4, 24
	mul	a3, a3, a4
	lui	a4, %hi(others)
	lw	a5, 16(a1)
	addi	a4, a4, %lo(others)
	add	a3, a3, a4
	sw	a2, 4(a1)
	sw	a5, 16(a3)
	lw	a4, 8(a1)
	sw	a4, 8(a3)
	lw	a4, 0(a1)
	sw	a4, 0(a3)
	lw	a4, 20(a1)
	sw	a4, 20(a3)
	lw	a4, 12(a1)
	sw	a4, 12(a3)
	sw	a2, 4(a3)
	lw	a2, 8(a1)
	sw	a2, 8(a0)
	lw	a2, 4(a1)
	sw	a2, 4(a0)
	lw	a2, 12(a1)
	sw	a2, 12(a0)
	lw	a2, 20(a1)
	sw	a2, 20(a0)
	lw	a2, 16(a1)
	sw	a2, 16(a0)
	lw	a1, 0(a1)
	sw	a1, 0(a0)
	ret
.Lfunc_end0:
	.size	moved, .Lfunc_end0-moved

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	srli	a1, a0, 8
	lui	a2, 16
	addi	a2, a2, -256
	and	a1, a1, a2
	srli	a2, a0, 24
	or	a1, a1, a2
	slli	a2, a0, 8
	lui	a3, 4080
	and	a2, a2, a3
	slli	a0, a0, 24
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
	.word	3
	.zero	4
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
