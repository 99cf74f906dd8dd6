	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"literals.c"
	.globl	pick
	.p2align	1
	.type	pick,@function
pick:
	andi	a0, a0, 7
	xori	a0, a0, 4
	lui	a1, %hi(.Lswitch.table.pick)
	addi	a1, a1, %lo(.Lswitch.table.pick)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	ret
.Lfunc_end0:
	.size	pick, .Lfunc_end0-pick

	.section	.sdata,"aw",@progbits
	.p2align	3
.LCPI1_0:
	.quad	0x4000000000000000
.LCPI1_1:
	.quad	0x400921fb54442d18
.LCPI1_2:
	.quad	0xbe112e0be826d695
	.text
	.globl	constants
	.p2align	1
	.type	constants,@function
constants:
	beqz	a0, .LBB1_4
	li	a1, 1
	beq	a0, a1, .LBB1_5
	li	a1, 2
	bne	a0, a1, .LBB1_6
	lui	a0, %hi(.LCPI1_0)
	fld	fa0, %lo(.LCPI1_0)(a0)
	ret
.LBB1_4:
	lui	a0, %hi(.LCPI1_1)
	fld	fa0, %lo(.LCPI1_1)(a0)
	ret
.LBB1_5:
	lui	a0, %hi(.LCPI1_2)
	fld	fa0, %lo(.LCPI1_2)(a0)
	ret
.LBB1_6:
	andi	a0, a0, 7
	lui	a1, %hi(values)
	addi	a1, a1, %lo(values)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	fcvt.s.l	ft0, a0
	fcvt.d.s	fa0, ft0
	ret
.Lfunc_end1:
	.size	constants, .Lfunc_end1-constants

	.type	values,@object
	.data
	.globl	values
	.p2align	3
values:
	.quad	0
	.quad	-1
	.quad	2047
	.quad	2048
	.quad	-2049
	.quad	74565
	.quad	2147479552
	.quad	-2147483648
	.size	values, 64

	.type	.Lswitch.table.pick,@object
	.section	.rodata,"a",@progbits
	.p2align	3
.Lswitch.table.pick:
	.quad	2047
	.quad	2048
	.quad	4294963200
	.quad	6148914691236517205
	.quad	2147483647
	.quad	2147483648
	.quad	4886718345
	.quad	-78187493520
	.size	.Lswitch.table.pick, 64

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
