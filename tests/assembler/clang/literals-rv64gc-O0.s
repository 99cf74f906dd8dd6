	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"literals.c"
	.section	.sdata,"aw",@progbits
	.p2align	3
.LCPI0_0:
	.quad	6148914691236517205
	.text
	.globl	pick
	.p2align	1
	.type	pick,@function
pick:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sw	a0, -28(s0)
	lwu	a0, -28(s0)
	andi	a1, a0, 7
	sd	a1, -40(s0)
	li	a0, 6
	bltu	a0, a1, .LBB0_9
	ld	a0, -40(s0)
	slli	a0, a0, 2
	lui	a1, %hi(.LJTI0_0)
	addi	a1, a1, %lo(.LJTI0_0)
	add	a0, a0, a1
	lw	a0, 0(a0)
	jr	a0
.LBB0_2:
	lui	a0, 524288
	addiw	a0, a0, -1
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_3:
	li	a0, 1
	slli	a0, a0, 31
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_4:
	lui	a0, 146
	addiw	a0, a0, -1493
	slli	a0, a0, 13
	addi	a0, a0, 1929
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_5:
	lui	a0, 1047993
	addiw	a0, a0, 1875
	slli	a0, a0, 15
	addi	a0, a0, 1904
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_6:
	li	a0, 2047
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_7:
	lui	a0, 1
	addiw	a0, a0, -2048
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_8:
	lui	a0, 256
	addiw	a0, a0, -1
	slli	a0, a0, 12
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_9:
	lui	a0, %hi(.LCPI0_0)
	ld	a0, %lo(.LCPI0_0)(a0)
	sd	a0, -24(s0)
	j	.LBB0_10
.LBB0_10:
	ld	a0, -24(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
	ret
.Lfunc_end0:
	.size	pick, .Lfunc_end0-pick
	.section	.rodata,"a",@progbits
	.p2align	2
.LJTI0_0:
	.word	.LBB0_2
	.word	.LBB0_3
	.word	.LBB0_4
	.word	.LBB0_5
	.word	.LBB0_6
	.word	.LBB0_7
	.word	.LBB0_8

	.section	.sdata,"aw",@progbits
	.p2align	3
.LCPI1_0:
	.word	0x40000000
	.zero	4
.LCPI1_1:
	.quad	0xbe112e0be826d695
.LCPI1_2:
	.quad	0x400921fb54442d18
	.text
	.globl	constants
	.p2align	1
	.type	constants,@function
constants:
	addi	sp, sp, -48
	sd	ra, 40(sp)
	sd	s0, 32(sp)
	addi	s0, sp, 48
	sw	a0, -20(s0)
	lw	a0, -20(s0)
	li	a1, 0
	bne	a0, a1, .LBB1_2
	j	.LBB1_1
.LBB1_1:
	lui	a0, %hi(.LCPI1_2)
	fld	ft0, %lo(.LCPI1_2)(a0)
	fsd	ft0, -32(s0)
	j	.LBB1_9
.LBB1_2:
	lw	a0, -20(s0)
	li	a1, 1
	bne	a0, a1, .LBB1_4
	j	.LBB1_3
.LBB1_3:
	lui	a0, %hi(.LCPI1_1)
	fld	ft0, %lo(.LCPI1_1)(a0)
	fsd	ft0, -40(s0)
	j	.LBB1_8
.LBB1_4:
	lw	a0, -20(s0)
	li	a1, 2
	bne	a0, a1, .LBB1_6
	j	.LBB1_5
.LBB1_5:
	lui	a0, %hi(.LCPI1_0)
	flw	ft0, %lo(.LCPI1_0)(a0)
	fsw	ft0, -44(s0)
	j	.LBB1_7
.LBB1_6:
	lwu	a0, -20(s0)
	andi	a0, a0, 7
	lui	a1, %hi(values)
	addi	a1, a1, %lo(values)
	slli	a0, a0, 3
	add	a0, a0, a1
	ld	a0, 0(a0)
	fcvt.s.l	ft0, a0
	fsw	ft0, -44(s0)
	j	.LBB1_7
.LBB1_7:
	flw	ft0, -44(s0)
	fcvt.d.s	ft0, ft0
	fsd	ft0, -40(s0)
	j	.LBB1_8
.LBB1_8:
	fld	ft0, -40(s0)
	fsd	ft0, -32(s0)
	j	.LBB1_9
.LBB1_9:
	fld	fa0, -32(s0)
	ld	ra, 40(sp)
	ld	s0, 32(sp)
	addi	sp, sp, 48
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

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym values
