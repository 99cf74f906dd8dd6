	.text
	.attribute	4, 16
	.attribute	5, "rv32i2p0_m2p0_a2p0_c2p0"
	.file	"literals.c"
	.globl	pick
	.p2align	1
	.type	pick,@function
pick:
	andi	a0, a0, 7
	li	a1, 7
	bne	a0, a1, .LBB0_2
	lui	a0, 349525
	addi	a0, a0, 1365
	ret
.LBB0_2:
	lui	a1, %hi(.Lswitch.table.pick)
	addi	a1, a1, %lo(.Lswitch.table.pick)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	ret
.Lfunc_end0:
	.size	pick, .Lfunc_end0-pick

	.globl	constants
	.p2align	1
	.type	constants,@function
constants:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	beqz	a0, .LBB1_4
	li	a1, 1
	beq	a0, a1, .LBB1_5
	li	a1, 2
	bne	a0, a1, .LBB1_6
	li	a0, 0
	lui	a1, 262144
	j	.LBB1_7
.LBB1_4:
	lui	a0, 262290
	addi	a1, a0, 507
	lui	a0, 345155
	addi	a0, a0, -744
	j	.LBB1_7
.LBB1_5:
	lui	a0, 778515
	addi	a1, a0, -501
	lui	a0, 950893
	addi	a0, a0, 1685
	j	.LBB1_7
.LBB1_6:
	andi	a0, a0, 7
	lui	a1, %hi(values)
	addi	a1, a1, %lo(values)
	slli	a0, a0, 2
	add	a0, a0, a1
	lw	a0, 0(a0)
	call	__floatsisf@plt
	call	__extendsfdf2@plt
.LBB1_7:
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end1:
	.size	constants, .Lfunc_end1-constants

	.type	values,@object
	.data
	.globl	values
	.p2align	2
values:
	.word	0
	.word	4294967295
	.word	2047
	.word	2048
	.word	4294965247
	.word	74565
	.word	2147479552
	.word	2147483648
	.size	values, 32

	.type	.Lswitch.table.pick,@object
	.section	.rodata,"a",@progbits
	.p2align	2
.Lswitch.table.pick:
	.word	2147483647
	.word	2147483648
	.word	591751049
	.word	3416885104
	.word	2047
	.word	2048
	.word	4294963200
	.size	.Lswitch.table.pick, 28

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
