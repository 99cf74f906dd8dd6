# Compilers write identifiers in UTF-8; every byte above 127 is a letter of a name.
	.macro	größer ä, b=été
	li	a0, \ä
	lla	a1, \b
	.endm
	.text
	.globl	函数
	.type	函数, @function
函数:
été:
	größer	3
	größer	4, größe
	.irp	ü, 1, 2
	li	a2, \ü
	.endr
größe = 12
	li	a3, größe+1
	call	weiße
	call	weite
	beq	a0, a1, été
	lui	a1, %hi(Ω)
	lw	a0, %lo(Ω+4)(a1)
	lw	a0, %lo(ω)(a1)
1:	j	1b
	.ifdef	größe
	.ifndef	größte
	li	a4, größe * 2
	.endif
	.endif
	.size	函数, .-函数
	.data
	.dword	weiße - 2, Ω+2, été
	.word	größe, 3f - 2f
2:	.half	1
3:
	.comm	Ω, 8, 4
