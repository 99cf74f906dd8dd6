	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"floats.c"
	.globl	dot
	.p2align	1
	.type	dot,@function
dot:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	addi	s0, sp, 32
	sw	a0, -12(s0)
	sw	a1, -16(s0)
	sw	a2, -20(s0)
	li	a0, 0
	sw	a0, -24(s0)
	sw	a0, -28(s0)
	j	.LBB0_1
.LBB0_1:
	lw	a0, -28(s0)
	lw	a1, -20(s0)
	bge	a0, a1, .LBB0_4
	j	.LBB0_2
.LBB0_2:
	lw	a0, -12(s0)
	lw	a1, -28(s0)
	slli	a2, a1, 2
	add	a0, a0, a2
	lw	a0, 0(a0)
	lw	a1, -16(s0)
	add	a1, a1, a2
	lw	a1, 0(a1)
	lw	a2, -24(s0)
	sw	a2, -32(s0)
	call	__mulsf3@plt
	lw	a1, -32(s0)
	call	__addsf3@plt
	sw	a0, -24(s0)
	j	.LBB0_3
.LBB0_3:
	lw	a0, -28(s0)
	addi	a0, a0, 1
	sw	a0, -28(s0)
	j	.LBB0_1
.LBB0_4:
	lw	a0, -24(s0)
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	dot, .Lfunc_end0-dot

	.globl	horner
	.p2align	1
	.type	horner,@function
horner:
	addi	sp, sp, -48
	sw	ra, 44(sp)
	sw	s0, 40(sp)
	addi	s0, sp, 48
	sw	a1, -12(s0)
	sw	a0, -16(s0)
	lw	a0, -16(s0)
	sw	a0, -32(s0)
	lw	a1, -12(s0)
	sw	a1, -28(s0)
	lui	a2, 629146
	addi	a2, a2, -1638
	sw	a2, -36(s0)
	lui	a3, 261018
	addi	a3, a3, -1639
	call	__muldf3@plt
	lw	a2, -36(s0)
	lui	a3, 261274
	addi	a3, a3, -1639
	call	__adddf3@plt
	lw	a2, -32(s0)
	lw	a3, -28(s0)
	call	__muldf3@plt
	li	a2, 0
	lui	a3, 786624
	call	__adddf3@plt
	lw	a2, -32(s0)
	lw	a3, -28(s0)
	lui	a4, %hi(table)
	addi	a4, a4, %lo(table)
	lw	a5, 16(a4)
	sw	a5, -24(s0)
	lw	a4, 20(a4)
	sw	a4, -20(s0)
	call	__muldf3@plt
	lw	a2, -24(s0)
	lw	a3, -20(s0)
	call	__adddf3@plt
	lw	ra, 44(sp)
	lw	s0, 40(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end1:
	.size	horner, .Lfunc_end1-horner

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
	addi	sp, sp, -64
	sw	ra, 60(sp)
	sw	s0, 56(sp)
	addi	s0, sp, 64
	sw	a1, -12(s0)
	sw	a0, -16(s0)
	sw	a2, -20(s0)
	lw	a0, -16(s0)
	sw	a0, -28(s0)
	lw	a0, -12(s0)
	sw	a0, -24(s0)
	lw	a0, -20(s0)
	call	__extendsfdf2@plt
	mv	a2, a0
	lw	a0, -28(s0)
	mv	a3, a1
	lw	a1, -24(s0)
	call	__ltdf2@plt
	li	a1, 0
	bge	a0, a1, .LBB2_2
	j	.LBB2_1
.LBB2_1:
	li	a0, 1
	sw	a0, -32(s0)
	j	.LBB2_6
.LBB2_2:
	lw	a0, -16(s0)
	sw	a0, -40(s0)
	lw	a0, -12(s0)
	sw	a0, -36(s0)
	lw	a0, -20(s0)
	call	__extendsfdf2@plt
	mv	a2, a0
	lw	a0, -40(s0)
	mv	a3, a1
	lw	a1, -36(s0)
	call	__nedf2@plt
	li	a1, 0
	bne	a0, a1, .LBB2_4
	j	.LBB2_3
.LBB2_3:
	li	a0, 2
	sw	a0, -44(s0)
	j	.LBB2_5
.LBB2_4:
	lw	a0, -16(s0)
	sw	a0, -52(s0)
	lw	a0, -12(s0)
	sw	a0, -48(s0)
	lw	a0, -20(s0)
	call	__extendsfdf2@plt
	mv	a2, a0
	lw	a0, -52(s0)
	mv	a3, a1
	lw	a1, -48(s0)
	call	__subdf3@plt
	call	__fixdfsi@plt
	sw	a0, -44(s0)
	j	.LBB2_5
.LBB2_5:
	lw	a0, -44(s0)
	sw	a0, -32(s0)
	j	.LBB2_6
.LBB2_6:
	lw	a0, -32(s0)
	lw	ra, 60(sp)
	lw	s0, 56(sp)
	addi	sp, sp, 64
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	to_integer
	.p2align	1
	.type	to_integer,@function
to_integer:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	addi	s0, sp, 16
	sw	a1, -12(s0)
	sw	a0, -16(s0)
	lw	a0, -16(s0)
	lw	a1, -12(s0)
	call	__fixunsdfsi@plt
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end3:
	.size	to_integer, .Lfunc_end3-to_integer

	.globl	from_integer
	.p2align	1
	.type	from_integer,@function
from_integer:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	addi	s0, sp, 16
	sw	a0, -12(s0)
	lw	a0, -12(s0)
	call	__floatsisf@plt
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end4:
	.size	from_integer, .Lfunc_end4-from_integer

	.type	table,@object
	.data
	.globl	table
	.p2align	3
table:
	.quad	0x3ff8000000000000
	.quad	0x4002000000000000
	.quad	0xbfb999999999999a
	.quad	0x7e37e43c8800759c
	.quad	0x0000000000000000
	.quad	0x0000000000000000
	.quad	0x0000000000000000
	.quad	0x0000000000000000
	.quad	0x0000000000000000
	.quad	0x0000000000000000
	.size	table, 80

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym table
