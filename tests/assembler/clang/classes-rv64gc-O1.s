	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"classes.cc"
	.globl	_ZN4BaseD0Ev
	.p2align	1
	.type	_ZN4BaseD0Ev,@function
_ZN4BaseD0Ev:
	unimp	
.Lfunc_end0:
	.size	_ZN4BaseD0Ev, .Lfunc_end0-_ZN4BaseD0Ev

	.globl	_Z3useP4Base
	.p2align	1
	.type	_Z3useP4Base,@function
_Z3useP4Base:
.Lfunc_begin0:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	.cfi_lsda 27, .Lexception0
	addi	sp, sp, -80
	.cfi_def_cfa_offset 80
	sd	ra, 72(sp)
	sd	s0, 64(sp)
	sd	s1, 56(sp)
	sd	s2, 48(sp)
	sd	s3, 40(sp)
	sd	s4, 32(sp)
	sd	s5, 24(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	.cfi_offset s1, -24
	.cfi_offset s2, -32
	.cfi_offset s3, -40
	.cfi_offset s4, -48
	.cfi_offset s5, -56
	sd	zero, 16(sp)
	sd	zero, 8(sp)
	lui	a1, %hi(_ZTV5ArrayIiE+16)
	addi	a1, a1, %lo(_ZTV5ArrayIiE+16)
	sd	a1, 0(sp)
	beqz	zero, .LBB1_7
	ld	a1, 8(sp)
	ld	a2, 0(a0)
	lw	s2, 8(a1)
	ld	a1, 0(a2)
.Ltmp2:
	jalr	a1
.Ltmp3:
	mv	s3, a0
	lui	a0, %hi(_ZZ7countediE5count)
	lw	s1, %lo(_ZZ7countediE5count)(a0)
	addiw	s0, s1, 4
	lui	a1, %tprel_hi(mine)
	add	a1, a1, tp, %tprel_add(mine)
	lw	s4, %tprel_lo(mine)(a1)
	lui	a1, %hi(_ZTH6theirs)
	addi	a1, a1, %lo(_ZTH6theirs)
	sw	s0, %lo(_ZZ7countediE5count)(a0)
	beqz	a1, .LBB1_4
	call	_ZTH6theirs@plt
.LBB1_4:
.LBB1_17:
	auipc	a0, %tls_ie_pcrel_hi(theirs)
	ld	a0, %pcrel_lo(.LBB1_17)(a0)
	add	a0, a0, tp
	lw	s5, 0(a0)
	lui	a0, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	lb	a1, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)(a0)
	fence	r, rw
	beqz	a1, .LBB1_9
.LBB1_5:
	lui	a0, %hi(_ZZN5ArrayIiE5firstEiE4kept)
	lw	a0, %lo(_ZZN5ArrayIiE5firstEiE4kept)(a0)
	addw	a1, s2, s3
	addw	a1, a1, s1
	addw	a1, a1, s0
	addw	a1, a1, s4
	addw	a1, a1, s5
	addw	a0, a0, a1
	addiw	s0, a0, 1
.LBB1_6:
	mv	a0, s0
	ld	ra, 72(sp)
	ld	s0, 64(sp)
	ld	s1, 56(sp)
	ld	s2, 48(sp)
	ld	s3, 40(sp)
	ld	s4, 32(sp)
	ld	s5, 24(sp)
	addi	sp, sp, 80
	ret
.LBB1_7:
	li	a0, 4
	call	__cxa_allocate_exception
	li	a1, 2
	sw	a1, 0(a0)
.Ltmp0:
	lui	a1, %hi(_ZTI5Error)
	addi	a1, a1, %lo(_ZTI5Error)
	li	a2, 0
	call	__cxa_throw
.Ltmp1:
.LBB1_9:
	addi	a0, a0, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_acquire
	sext.w	a0, a0
	beqz	a0, .LBB1_5
.Ltmp5:
	mv	a0, sp
	li	a1, 0
	call	_ZN5ArrayIiE2atEi
.Ltmp6:
	lw	a0, 0(a0)
	lui	a1, %hi(_ZZN5ArrayIiE5firstEiE4kept)
	sw	a0, %lo(_ZZN5ArrayIiE5firstEiE4kept)(a1)
	lui	a0, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_release
	j	.LBB1_5
.LBB1_12:
.Ltmp7:
	mv	s1, a1
	mv	s0, a0
	lui	a0, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_abort
	j	.LBB1_14
.LBB1_13:
.Ltmp4:
	mv	s1, a1
	mv	s0, a0
.LBB1_14:
	sext.w	s1, s1
	mv	a0, s0
	call	__cxa_begin_catch
	li	a1, 2
	bne	s1, a1, .LBB1_16
	lw	s0, 0(a0)
	call	__cxa_end_catch
	j	.LBB1_6
.LBB1_16:
	call	__cxa_end_catch
	li	s0, 1
	j	.LBB1_6
.Lfunc_end1:
	.size	_Z3useP4Base, .Lfunc_end1-_Z3useP4Base
	.cfi_endproc
	.section	.gcc_except_table,"a",@progbits
	.p2align	2
GCC_except_table1:
.Lexception0:
	.byte	255
	.byte	155
	.uleb128 .Lttbase0-.Lttbaseref0
.Lttbaseref0:
	.byte	3
	.uleb128 .Lcst_end0-.Lcst_begin0
.Lcst_begin0:
	.word	.Ltmp2-.Lfunc_begin0
	.word	.Ltmp3-.Ltmp2
	.word	.Ltmp4-.Lfunc_begin0
	.byte	3
	.word	.Ltmp3-.Lfunc_begin0
	.word	.Ltmp0-.Ltmp3
	.word	0
	.byte	0
	.word	.Ltmp0-.Lfunc_begin0
	.word	.Ltmp1-.Ltmp0
	.word	.Ltmp4-.Lfunc_begin0
	.byte	3
	.word	.Ltmp5-.Lfunc_begin0
	.word	.Ltmp6-.Ltmp5
	.word	.Ltmp7-.Lfunc_begin0
	.byte	3
	.word	.Ltmp6-.Lfunc_begin0
	.word	.Lfunc_end1-.Ltmp6
	.word	0
	.byte	0
.Lcst_end0:
	.byte	1
	.byte	0
	.byte	2
	.byte	125
	.p2align	2
.Ltmp8:
	.word	.L_ZTI5Error.DW.stub-.Ltmp8
	.word	0
.Lttbase0:
	.p2align	2

	.section	.text._ZN5ArrayIiE2atEi,"axG",@progbits,_ZN5ArrayIiE2atEi,comdat
	.weak	_ZN5ArrayIiE2atEi
	.p2align	1
	.type	_ZN5ArrayIiE2atEi,@function
_ZN5ArrayIiE2atEi:
	.cfi_startproc
	addi	sp, sp, -16
	.cfi_def_cfa_offset 16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	lw	a2, 16(a0)
	mv	s0, a1
	bge	a1, a2, .LBB2_2
	ld	a0, 8(a0)
	slli	a1, s0, 2
	add	a0, a0, a1
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret
.LBB2_2:
	li	a0, 4
	call	__cxa_allocate_exception
	sw	s0, 0(a0)
	lui	a1, %hi(_ZTI5Error)
	addi	a1, a1, %lo(_ZTI5Error)
	li	a2, 0
	call	__cxa_throw
.Lfunc_end2:
	.size	_ZN5ArrayIiE2atEi, .Lfunc_end2-_ZN5ArrayIiE2atEi
	.cfi_endproc

	.section	.text._ZN5ArrayIiE5firstEi,"axG",@progbits,_ZN5ArrayIiE5firstEi,comdat
	.weak	_ZN5ArrayIiE5firstEi
	.p2align	1
	.type	_ZN5ArrayIiE5firstEi,@function
_ZN5ArrayIiE5firstEi:
.Lfunc_begin1:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	.cfi_lsda 27, .Lexception1
	addi	sp, sp, -32
	.cfi_def_cfa_offset 32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	.cfi_offset s1, -24
	lui	a2, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	lb	a3, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)(a2)
	mv	s0, a1
	fence	r, rw
	beqz	a3, .LBB3_2
.LBB3_1:
	lui	a0, %hi(_ZZN5ArrayIiE5firstEiE4kept)
	lw	a0, %lo(_ZZN5ArrayIiE5firstEiE4kept)(a0)
	addw	a0, a0, s0
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	ld	s1, 8(sp)
	addi	sp, sp, 32
	ret
.LBB3_2:
	mv	s1, a0
	addi	a0, a2, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_acquire
	sext.w	a0, a0
	beqz	a0, .LBB3_1
.Ltmp9:
	mv	a0, s1
	li	a1, 0
	call	_ZN5ArrayIiE2atEi
.Ltmp10:
	lw	a0, 0(a0)
	lui	a1, %hi(_ZZN5ArrayIiE5firstEiE4kept)
	sw	a0, %lo(_ZZN5ArrayIiE5firstEiE4kept)(a1)
	lui	a0, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_release
	j	.LBB3_1
.LBB3_5:
.Ltmp11:
	mv	s0, a0
	lui	a0, %hi(_ZGVZN5ArrayIiE5firstEiE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIiE5firstEiE4kept)
	call	__cxa_guard_abort
	mv	a0, s0
	call	_Unwind_Resume@plt
.Lfunc_end3:
	.size	_ZN5ArrayIiE5firstEi, .Lfunc_end3-_ZN5ArrayIiE5firstEi
	.cfi_endproc
	.section	.gcc_except_table._ZN5ArrayIiE5firstEi,"aG",@progbits,_ZN5ArrayIiE5firstEi,comdat
	.p2align	2
GCC_except_table3:
.Lexception1:
	.byte	255
	.byte	255
	.byte	3
	.uleb128 .Lcst_end1-.Lcst_begin1
.Lcst_begin1:
	.word	.Ltmp9-.Lfunc_begin1
	.word	.Ltmp10-.Ltmp9
	.word	.Ltmp11-.Lfunc_begin1
	.byte	0
	.word	.Ltmp10-.Lfunc_begin1
	.word	.Lfunc_end3-.Ltmp10
	.word	0
	.byte	0
.Lcst_end1:
	.p2align	2

	.text
	.globl	_ZN4BaseD2Ev
	.p2align	1
	.type	_ZN4BaseD2Ev,@function
_ZN4BaseD2Ev:
	ret
.Lfunc_end4:
	.size	_ZN4BaseD2Ev, .Lfunc_end4-_ZN4BaseD2Ev

	.section	.text._ZN5ArrayIiED2Ev,"axG",@progbits,_ZN5ArrayIiED2Ev,comdat
	.weak	_ZN5ArrayIiED2Ev
	.p2align	1
	.type	_ZN5ArrayIiED2Ev,@function
_ZN5ArrayIiED2Ev:
	ret
.Lfunc_end5:
	.size	_ZN5ArrayIiED2Ev, .Lfunc_end5-_ZN5ArrayIiED2Ev

	.section	.text._ZN5ArrayIlED2Ev,"axG",@progbits,_ZN5ArrayIlED2Ev,comdat
	.weak	_ZN5ArrayIlED2Ev
	.p2align	1
	.type	_ZN5ArrayIlED2Ev,@function
_ZN5ArrayIlED2Ev:
	ret
.Lfunc_end6:
	.size	_ZN5ArrayIlED2Ev, .Lfunc_end6-_ZN5ArrayIlED2Ev

	.section	.text._ZN5ArrayIiED0Ev,"axG",@progbits,_ZN5ArrayIiED0Ev,comdat
	.weak	_ZN5ArrayIiED0Ev
	.p2align	1
	.type	_ZN5ArrayIiED0Ev,@function
_ZN5ArrayIiED0Ev:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	call	_ZdlPv
	ld	ra, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end7:
	.size	_ZN5ArrayIiED0Ev, .Lfunc_end7-_ZN5ArrayIiED0Ev

	.section	.text._ZN5ArrayIlED0Ev,"axG",@progbits,_ZN5ArrayIlED0Ev,comdat
	.weak	_ZN5ArrayIlED0Ev
	.p2align	1
	.type	_ZN5ArrayIlED0Ev,@function
_ZN5ArrayIlED0Ev:
	addi	sp, sp, -16
	sd	ra, 8(sp)
	call	_ZdlPv
	ld	ra, 8(sp)
	addi	sp, sp, 16
	ret
.Lfunc_end8:
	.size	_ZN5ArrayIlED0Ev, .Lfunc_end8-_ZN5ArrayIlED0Ev

	.section	.text._ZN5ArrayIlE5firstEl,"axG",@progbits,_ZN5ArrayIlE5firstEl,comdat
	.weak	_ZN5ArrayIlE5firstEl
	.p2align	1
	.type	_ZN5ArrayIlE5firstEl,@function
_ZN5ArrayIlE5firstEl:
.Lfunc_begin2:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	.cfi_lsda 27, .Lexception2
	addi	sp, sp, -32
	.cfi_def_cfa_offset 32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	.cfi_offset s1, -24
	lui	a2, %hi(_ZGVZN5ArrayIlE5firstElE4kept)
	lb	a3, %lo(_ZGVZN5ArrayIlE5firstElE4kept)(a2)
	mv	s0, a1
	fence	r, rw
	beqz	a3, .LBB9_2
.LBB9_1:
	lui	a0, %hi(_ZZN5ArrayIlE5firstElE4kept)
	ld	a0, %lo(_ZZN5ArrayIlE5firstElE4kept)(a0)
	add	a0, a0, s0
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	ld	s1, 8(sp)
	addi	sp, sp, 32
	ret
.LBB9_2:
	mv	s1, a0
	addi	a0, a2, %lo(_ZGVZN5ArrayIlE5firstElE4kept)
	call	__cxa_guard_acquire
	sext.w	a0, a0
	beqz	a0, .LBB9_1
.Ltmp12:
	mv	a0, s1
	li	a1, 0
	call	_ZN5ArrayIlE2atEi
.Ltmp13:
	ld	a0, 0(a0)
	lui	a1, %hi(_ZZN5ArrayIlE5firstElE4kept)
	sd	a0, %lo(_ZZN5ArrayIlE5firstElE4kept)(a1)
	lui	a0, %hi(_ZGVZN5ArrayIlE5firstElE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIlE5firstElE4kept)
	call	__cxa_guard_release
	j	.LBB9_1
.LBB9_5:
.Ltmp14:
	mv	s0, a0
	lui	a0, %hi(_ZGVZN5ArrayIlE5firstElE4kept)
	addi	a0, a0, %lo(_ZGVZN5ArrayIlE5firstElE4kept)
	call	__cxa_guard_abort
	mv	a0, s0
	call	_Unwind_Resume@plt
.Lfunc_end9:
	.size	_ZN5ArrayIlE5firstEl, .Lfunc_end9-_ZN5ArrayIlE5firstEl
	.cfi_endproc
	.section	.gcc_except_table._ZN5ArrayIlE5firstEl,"aG",@progbits,_ZN5ArrayIlE5firstEl,comdat
	.p2align	2
GCC_except_table9:
.Lexception2:
	.byte	255
	.byte	255
	.byte	3
	.uleb128 .Lcst_end2-.Lcst_begin2
.Lcst_begin2:
	.word	.Ltmp12-.Lfunc_begin2
	.word	.Ltmp13-.Ltmp12
	.word	.Ltmp14-.Lfunc_begin2
	.byte	0
	.word	.Ltmp13-.Lfunc_begin2
	.word	.Lfunc_end9-.Ltmp13
	.word	0
	.byte	0
.Lcst_end2:
	.p2align	2

	.section	.text._ZN5ArrayIlE2atEi,"axG",@progbits,_ZN5ArrayIlE2atEi,comdat
	.weak	_ZN5ArrayIlE2atEi
	.p2align	1
	.type	_ZN5ArrayIlE2atEi,@function
_ZN5ArrayIlE2atEi:
	.cfi_startproc
	addi	sp, sp, -16
	.cfi_def_cfa_offset 16
	sd	ra, 8(sp)
	sd	s0, 0(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	lw	a2, 16(a0)
	mv	s0, a1
	bge	a1, a2, .LBB10_2
	ld	a0, 8(a0)
	slli	a1, s0, 3
	add	a0, a0, a1
	ld	ra, 8(sp)
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret
.LBB10_2:
	li	a0, 4
	call	__cxa_allocate_exception
	sw	s0, 0(a0)
	lui	a1, %hi(_ZTI5Error)
	addi	a1, a1, %lo(_ZTI5Error)
	li	a2, 0
	call	__cxa_throw
.Lfunc_end10:
	.size	_ZN5ArrayIlE2atEi, .Lfunc_end10-_ZN5ArrayIlE2atEi
	.cfi_endproc

	.section	.text._ZTW4mine,"axG",@progbits,_ZTW4mine,comdat
	.hidden	_ZTW4mine
	.weak	_ZTW4mine
	.p2align	1
	.type	_ZTW4mine,@function
_ZTW4mine:
	.cfi_startproc
	lui	a0, %tprel_hi(mine)
	add	a0, a0, tp, %tprel_add(mine)
	addi	a0, a0, %tprel_lo(mine)
	ret
.Lfunc_end11:
	.size	_ZTW4mine, .Lfunc_end11-_ZTW4mine
	.cfi_endproc

	.type	mine,@object
	.section	.tdata,"awT",@progbits
	.globl	mine
	.p2align	2
mine:
	.word	5
	.size	mine, 4

	.type	_ZTS5Error,@object
	.section	.rodata._ZTS5Error,"aG",@progbits,_ZTS5Error,comdat
	.weak	_ZTS5Error
_ZTS5Error:
	.asciz	"5Error"
	.size	_ZTS5Error, 7

	.type	_ZTI5Error,@object
	.section	.rodata._ZTI5Error,"aG",@progbits,_ZTI5Error,comdat
	.weak	_ZTI5Error
	.p2align	3
_ZTI5Error:
	.quad	_ZTVN10__cxxabiv117__class_type_infoE+16
	.quad	_ZTS5Error
	.size	_ZTI5Error, 16

	.type	global,@object
	.data
	.globl	global
	.p2align	3
global:
	.quad	_ZTV5ArrayIlE+16
	.quad	0
	.word	0
	.zero	4
	.size	global, 24

	.type	_ZTV4Base,@object
	.section	.rodata,"a",@progbits
	.globl	_ZTV4Base
	.p2align	3
_ZTV4Base:
	.quad	0
	.quad	_ZTI4Base
	.quad	__cxa_pure_virtual
	.quad	_ZN4BaseD2Ev
	.quad	_ZN4BaseD0Ev
	.size	_ZTV4Base, 40

	.type	_ZTS4Base,@object
	.globl	_ZTS4Base
_ZTS4Base:
	.asciz	"4Base"
	.size	_ZTS4Base, 6

	.type	_ZTI4Base,@object
	.globl	_ZTI4Base
	.p2align	3
_ZTI4Base:
	.quad	_ZTVN10__cxxabiv117__class_type_infoE+16
	.quad	_ZTS4Base
	.size	_ZTI4Base, 16

	.type	_ZTV5ArrayIiE,@object
	.section	.rodata._ZTV5ArrayIiE,"aG",@progbits,_ZTV5ArrayIiE,comdat
	.weak	_ZTV5ArrayIiE
	.p2align	3
_ZTV5ArrayIiE:
	.quad	0
	.quad	_ZTI5ArrayIiE
	.quad	_ZN5ArrayIiED2Ev
	.quad	_ZN5ArrayIiED0Ev
	.quad	_ZN5ArrayIiE5firstEi
	.size	_ZTV5ArrayIiE, 40

	.type	_ZTS5ArrayIiE,@object
	.section	.rodata._ZTS5ArrayIiE,"aG",@progbits,_ZTS5ArrayIiE,comdat
	.weak	_ZTS5ArrayIiE
_ZTS5ArrayIiE:
	.asciz	"5ArrayIiE"
	.size	_ZTS5ArrayIiE, 10

	.type	_ZTI5ArrayIiE,@object
	.section	.rodata._ZTI5ArrayIiE,"aG",@progbits,_ZTI5ArrayIiE,comdat
	.weak	_ZTI5ArrayIiE
	.p2align	3
_ZTI5ArrayIiE:
	.quad	_ZTVN10__cxxabiv117__class_type_infoE+16
	.quad	_ZTS5ArrayIiE
	.size	_ZTI5ArrayIiE, 16

	.type	_ZZ7countediE5count,@object
	.section	.sbss,"aw",@nobits
	.weak	_ZZ7countediE5count
	.p2align	2
_ZZ7countediE5count:
	.word	0
	.size	_ZZ7countediE5count, 4

	.type	_ZTV5ArrayIlE,@object
	.section	.rodata._ZTV5ArrayIlE,"aG",@progbits,_ZTV5ArrayIlE,comdat
	.weak	_ZTV5ArrayIlE
	.p2align	3
_ZTV5ArrayIlE:
	.quad	0
	.quad	_ZTI5ArrayIlE
	.quad	_ZN5ArrayIlED2Ev
	.quad	_ZN5ArrayIlED0Ev
	.quad	_ZN5ArrayIlE5firstEl
	.size	_ZTV5ArrayIlE, 40

	.type	_ZTS5ArrayIlE,@object
	.section	.rodata._ZTS5ArrayIlE,"aG",@progbits,_ZTS5ArrayIlE,comdat
	.weak	_ZTS5ArrayIlE
_ZTS5ArrayIlE:
	.asciz	"5ArrayIlE"
	.size	_ZTS5ArrayIlE, 10

	.type	_ZTI5ArrayIlE,@object
	.section	.rodata._ZTI5ArrayIlE,"aG",@progbits,_ZTI5ArrayIlE,comdat
	.weak	_ZTI5ArrayIlE
	.p2align	3
_ZTI5ArrayIlE:
	.quad	_ZTVN10__cxxabiv117__class_type_infoE+16
	.quad	_ZTS5ArrayIlE
	.size	_ZTI5ArrayIlE, 16

	.type	_ZZN5ArrayIlE5firstElE4kept,@object
	.section	.sbss,"aw",@nobits
	.weak	_ZZN5ArrayIlE5firstElE4kept
	.p2align	3
_ZZN5ArrayIlE5firstElE4kept:
	.quad	0
	.size	_ZZN5ArrayIlE5firstElE4kept, 8

	.type	_ZGVZN5ArrayIlE5firstElE4kept,@object
	.weak	_ZGVZN5ArrayIlE5firstElE4kept
	.p2align	3
_ZGVZN5ArrayIlE5firstElE4kept:
	.quad	0
	.size	_ZGVZN5ArrayIlE5firstElE4kept, 8

	.type	_ZZN5ArrayIiE5firstEiE4kept,@object
	.weak	_ZZN5ArrayIiE5firstEiE4kept
	.p2align	2
_ZZN5ArrayIiE5firstEiE4kept:
	.word	0
	.size	_ZZN5ArrayIiE5firstEiE4kept, 4

	.type	_ZGVZN5ArrayIiE5firstEiE4kept,@object
	.weak	_ZGVZN5ArrayIiE5firstEiE4kept
	.p2align	3
_ZGVZN5ArrayIiE5firstEiE4kept:
	.quad	0
	.size	_ZGVZN5ArrayIiE5firstEiE4kept, 8

	.data
	.p2align	3
.L_ZTI5Error.DW.stub:
	.quad	_ZTI5Error
	.hidden	DW.ref.__gxx_personality_v0
	.weak	DW.ref.__gxx_personality_v0
	.section	.data.DW.ref.__gxx_personality_v0,"aGw",@progbits,DW.ref.__gxx_personality_v0,comdat
	.p2align	3
	.type	DW.ref.__gxx_personality_v0,@object
	.size	DW.ref.__gxx_personality_v0, 8
DW.ref.__gxx_personality_v0:
	.quad	__gxx_personality_v0
	.weak	_ZTH6theirs
	.globl	_ZN4BaseD1Ev
	.type	_ZN4BaseD1Ev,@function
.set _ZN4BaseD1Ev, _ZN4BaseD2Ev
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym __gxx_personality_v0
	.addrsig_sym _ZTH6theirs
	.addrsig_sym _Unwind_Resume
	.addrsig_sym _ZTVN10__cxxabiv117__class_type_infoE
	.addrsig_sym _ZTS5Error
	.addrsig_sym _ZTI5Error
	.addrsig_sym _ZTS4Base
	.addrsig_sym _ZTI4Base
	.addrsig_sym _ZTS5ArrayIiE
	.addrsig_sym _ZTI5ArrayIiE
	.addrsig_sym _ZTS5ArrayIlE
	.addrsig_sym _ZTI5ArrayIlE
	.addrsig_sym _ZGVZN5ArrayIlE5firstElE4kept
	.addrsig_sym _ZGVZN5ArrayIiE5firstEiE4kept
