	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"structs.c"
	.globl	moved
	.p2align	1
	.type	moved,@function
moved:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	sw	s1, 4(sp)
	mv	s0, a1
	lh	a1, 2(a1)
	mv	s1, a0
	lw	a0, 4(s0)
	add	a1, a1, a2
	lbu	a3, 0(s0)
	sh	a1, 2(s0)
	sub	a0, a0, a2
	sw	a0, 4(s0)
	andi	a0, a3, 1
	li	a1, 24
	mul	a0, a0, a1
	lui	a1, %hi(others)
	addi	a1, a1, %lo(others)
	add	a0, a0, a1
	li	a2, 24
	mv	a1, s0
	call	memcpy@plt
	li	a2, 24
	mv	a0, s1
	mv	a1, s0
	call	memcpy@plt
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	lw	s1, 4(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end0:
	.size	moved, .Lfunc_end0-moved

	.globl	swap
	.p2align	1
	.type	swap,@function
swap:
	addi	sp, sp, -16
	sw	a0, 8(sp)
	li	a0, 3
	mv	a1, sp
	addi	a2, sp, 8
	li	a3, -1
.LBB1_1:
	add	a4, a2, a0
	lb	a4, 0(a4)
	sb	a4, 0(a1)
	addi	a0, a0, -1
	addi	a1, a1, 1
	bne	a0, a3, .LBB1_1
	lw	a0, 0(sp)
	addi	sp, sp, 16
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
