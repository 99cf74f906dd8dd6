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
	sw	s1, 20(sp)
	sw	s2, 16(sp)
	sw	s3, 12(sp)
	blez	a2, .LBB0_3
	mv	s2, a2
	mv	s1, a1
	mv	s0, a0
	li	s3, 0
.LBB0_2:
	lw	a0, 0(s0)
	lw	a1, 0(s1)
	call	__mulsf3@plt
	mv	a1, s3
	call	__addsf3@plt
	mv	s3, a0
	addi	s2, s2, -1
	addi	s1, s1, 4
	addi	s0, s0, 4
	bnez	s2, .LBB0_2
	j	.LBB0_4
.LBB0_3:
	li	s3, 0
.LBB0_4:
	mv	a0, s3
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	lw	s1, 20(sp)
	lw	s2, 16(sp)
	lw	s3, 12(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end0:
	.size	dot, .Lfunc_end0-dot

	.globl	horner
	.p2align	1
	.type	horner,@function
horner:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	sw	s1, 20(sp)
	sw	s2, 16(sp)
	sw	s3, 12(sp)
	mv	s2, a1
	mv	s1, a0
	lui	a0, 629146
	addi	s0, a0, -1638
	lui	a0, 261018
	addi	a3, a0, -1639
	mv	a0, s1
	mv	a2, s0
	call	__muldf3@plt
	lui	a2, 261274
	addi	a3, a2, -1639
	mv	a2, s0
	call	__adddf3@plt
	mv	a2, s1
	mv	a3, s2
	call	__muldf3@plt
	lui	a3, 786624
	li	a2, 0
	call	__adddf3@plt
	lui	a2, %hi(table)
	addi	a2, a2, %lo(table)
	lw	s0, 16(a2)
	lw	s3, 20(a2)
	mv	a2, s1
	mv	a3, s2
	call	__muldf3@plt
	mv	a2, s0
	mv	a3, s3
	call	__adddf3@plt
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	lw	s1, 20(sp)
	lw	s2, 16(sp)
	lw	s3, 12(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end1:
	.size	horner, .Lfunc_end1-horner

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
	addi	sp, sp, -32
	sw	ra, 28(sp)
	sw	s0, 24(sp)
	sw	s1, 20(sp)
	sw	s2, 16(sp)
	sw	s3, 12(sp)
	mv	s2, a1
	mv	s3, a0
	mv	a0, a2
	call	__extendsfdf2@plt
	mv	s0, a0
	mv	s1, a1
	mv	a2, s3
	mv	a3, s2
	call	__gtdf2@plt
	mv	a1, a0
	li	a0, 1
	bgtz	a1, .LBB2_3
	mv	a0, s0
	mv	a1, s1
	mv	a2, s3
	mv	a3, s2
	call	__eqdf2@plt
	mv	a1, a0
	li	a0, 2
	beqz	a1, .LBB2_3
	mv	a0, s3
	mv	a1, s2
	mv	a2, s0
	mv	a3, s1
	call	__subdf3@plt
	call	__fixdfsi@plt
.LBB2_3:
	lw	ra, 28(sp)
	lw	s0, 24(sp)
	lw	s1, 20(sp)
	lw	s2, 16(sp)
	lw	s3, 12(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	to_integer
	.p2align	1
	.type	to_integer,@function
to_integer:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	call	__fixunsdfsi@plt
	lw	ra, 12(sp)
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
	call	__floatsisf@plt
	lw	ra, 12(sp)
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
