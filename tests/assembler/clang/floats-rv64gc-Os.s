	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"floats.c"
	.globl	dot
	.p2align	1
	.type	dot,@function
dot:
	blez	a2, .LBB0_4
	slli	a2, a2, 32
	srli	a2, a2, 32
	fmv.w.x	fa0, zero
.LBB0_2:
	flw	ft0, 0(a0)
	flw	ft1, 0(a1)
	fmadd.s	fa0, ft0, ft1, fa0
	addi	a1, a1, 4
	addi	a2, a2, -1
	addi	a0, a0, 4
	bnez	a2, .LBB0_2
	ret
.LBB0_4:
	fmv.w.x	fa0, zero
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
	lui	a0, %hi(.LCPI1_0)
	fld	ft0, %lo(.LCPI1_0)(a0)
	lui	a0, %hi(.LCPI1_1)
	fld	ft1, %lo(.LCPI1_1)(a0)
	lui	a0, %hi(.LCPI1_2)
	fld	ft2, %lo(.LCPI1_2)(a0)
	lui	a0, %hi(table+16)
	fld	ft3, %lo(table+16)(a0)
	fmadd.d	ft0, fa0, ft1, ft0
	fmadd.d	ft0, ft0, fa0, ft2
	fmadd.d	fa0, ft0, fa0, ft3
	ret
.Lfunc_end1:
	.size	horner, .Lfunc_end1-horner

	.globl	compare
	.p2align	1
	.type	compare,@function
compare:
	fcvt.d.s	ft0, fa1
	flt.d	a1, fa0, ft0
	li	a0, 1
	bnez	a1, .LBB2_2
	feq.d	a1, ft0, fa0
	li	a0, 2
	beqz	a1, .LBB2_3
.LBB2_2:
	ret
.LBB2_3:
	fsub.d	ft0, fa0, ft0
	fcvt.w.d	a0, ft0, rtz
	ret
.Lfunc_end2:
	.size	compare, .Lfunc_end2-compare

	.globl	to_integer
	.p2align	1
	.type	to_integer,@function
to_integer:
	fcvt.lu.d	a0, fa0, rtz
	ret
.Lfunc_end3:
	.size	to_integer, .Lfunc_end3-to_integer

	.globl	from_integer
	.p2align	1
	.type	from_integer,@function
from_integer:
	fcvt.s.l	fa0, a0
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
