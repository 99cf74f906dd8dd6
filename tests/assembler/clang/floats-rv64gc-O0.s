	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"floats.c"
	.globl	dot
	.p2align	1
	.type	dot,@function
dot:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sd	a0, -24(s0)
	sd	a1, -32(s0)
	sw	a2, -36(s0)
	li	a0, 0
	sw	a0, -40(s0)
	sw	a0, -44(s0)
	j	.LBB0_1
.LBB0_1:
	lw	a0, -44(s0)
	lw	a1, -36(s0)
	bge	a0, a1, .LBB0_4
	j	.LBB0_2
.LBB0_2:
	ld	a0, -24(s0)
	lw	a1, -44(s0)
	slli	a1, a1, 2
	add	a0, a0, a1
	flw	ft0, 0(a0)
	ld	a0, -32(s0)
	add	a0, a0, a1
	flw	ft1, 0(a0)
	flw	ft2, -40(s0)
	fmadd.s	ft0, ft0, ft1, ft2
	fsw	ft0, -40(s0)
	j	.LBB0_3
.LBB0_3:
	lw	a0, -44(s0)
	addiw	a0, a0, 1
	sw	a0, -44(s0)
	j	.LBB0_1
.LBB0_4:
	flw	fa0, -40(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end0:
	.size	dot, .Lfunc_end0-dot

	.section	.sdata,"aw",@progbits
	.p2align	3
.LCPI1_0:
	.quad	0x3fc999999999999a
.LCPI1_1:
	.quad	0x3fb999999999999a
.LCPI1_2:
	.quad	0xc00c000000000000
	.text
	.globl	horner
	.p2align	1
	.type	horner,@function
horner:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	addi	s0, sp, 32
	fsd	fa0, -24(s0)
	fld	ft1, -24(s0)
	lui	a0, %hi(.LCPI1_0)
	fld	ft2, %lo(.LCPI1_0)(a0)
	lui	a0, %hi(.LCPI1_1)
	fld	ft0, %lo(.LCPI1_1)(a0)
	fmadd.d	ft0, ft1, ft0, ft2
	lui	a0, %hi(.LCPI1_2)
	fld	ft2, %lo(.LCPI1_2)(a0)
	fmadd.d	ft0, ft0, ft1, ft2
	lui	a0, %hi(table)
	addi	a0, a0, %lo(table)
	fld	ft2, 16(a0)
	fmadd.d	fa0, ft0, ft1, ft2
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end1:
	.size	horner, .Lfunc_end1-horner

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	fsd	fa0, -24(s0)
	fsw	fa1, -28(s0)
	fld	ft0, -24(s0)
	flw	ft1, -28(s0)
	fcvt.d.s	ft1, ft1
	flt.d	a0, ft0, ft1
	li	a1, 0
	beq	a0, a1, .LBB2_2
	j	.LBB2_1
.LBB2_1:
	li	a0, 1
	sd	a0, -40(s0)
	j	.LBB2_6
.LBB2_2:
	fld	ft0, -24(s0)
	flw	ft1, -28(s0)
	fcvt.d.s	ft1, ft1
	feq.d	a0, ft0, ft1
	li	a1, 0
	beq	a0, a1, .LBB2_4
	j	.LBB2_3
.LBB2_3:
	li	a0, 2
	sd	a0, -48(s0)
	j	.LBB2_5
.LBB2_4:
	fld	ft0, -24(s0)
	flw	ft1, -28(s0)
	fcvt.d.s	ft1, ft1
	fsub.d	ft0, ft0, ft1
	fcvt.w.d	a0, ft0, rtz
	sd	a0, -48(s0)
	j	.LBB2_5
.LBB2_5:
	ld	a0, -48(s0)
	sd	a0, -40(s0)
	j	.LBB2_6
.LBB2_6:
	ld	a0, -40(s0)
	sext.w	a0, a0
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	to_integer
	.p2align	1
	.type	to_integer,@function
to_integer:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	addi	s0, sp, 32
	fsd	fa0, -24(s0)
	fld	ft0, -24(s0)
	fcvt.lu.d	a0, ft0, rtz
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	addi	sp, sp, 32
	ret
.Lfunc_end3:
	.size	to_integer, .Lfunc_end3-to_integer

	.globl	from_integer
	.p2align	1
	.type	from_integer,@function
from_integer:
	addi	sp, sp, -32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	addi	s0, sp, 32
	sd	a0, -24(s0)
	ld	a0, -24(s0)
	fcvt.s.l	fa0, a0
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	addi	sp, sp, 32
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
