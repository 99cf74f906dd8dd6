	.text
	.attribute	4, 16
	.attribute	5, "rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0"
	.file	"sort.c"
	.file	0 "" "tests/assembler/corpus/sort.c" md5 0xd658f1b1347d4a02633b30831ab647fd
	.p2align	1
	.type	compare,@function
compare:
.Lfunc_begin0:
	.loc	0 1 0
	.cfi_sections .debug_frame
	.cfi_startproc
	.loc	0 1 59 prologue_end
	lw	a0, 0(a0)
.Ltmp0:
	.loc	0 1 77 is_stmt 0
	lw	a1, 0(a1)
.Ltmp1:
	.loc	0 1 75
	subw	a0, a0, a1
	.loc	0 1 52
	ret
.Ltmp2:
.Lfunc_end0:
	.size	compare, .Lfunc_end0-compare
	.cfi_endproc

	.globl	quicksort
	.p2align	1
	.type	quicksort,@function
quicksort:
.Lfunc_begin1:
	.loc	0 3 0 is_stmt 1
	.cfi_startproc
	addi	sp, sp, -32
	.cfi_def_cfa_offset 32
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	sd	s2, 0(sp)
	.cfi_offset ra, -8
	.cfi_offset s0, -16
	.cfi_offset s1, -24
	.cfi_offset s2, -32
	li	a2, 2
.Ltmp3:
	.loc	0 4 9 prologue_end
	blt	a1, a2, .LBB1_9
.Ltmp4:
	.loc	0 0 9 is_stmt 0
	mv	s2, a1
.Ltmp5:
	.loc	0 5 21 is_stmt 1
	srliw	a1, a1, 31
	addw	a1, s2, a1
	.loc	0 5 17 is_stmt 0
	slli	a1, a1, 1
	li	a2, 1
	slli	a2, a2, 34
	addi	a2, a2, -4
	and	a1, a1, a2
	add	a1, a1, a0
	lw	t0, 0(a1)
.Ltmp6:
	.loc	0 0 17
	li	a2, 0
	.loc	0 6 5 is_stmt 1
	addi	a6, a0, -4
	mv	a4, s2
.Ltmp7:
.LBB1_2:
	.loc	0 7 9
	sext.w	a2, a2
	slli	a3, a2, 2
	add	s1, a6, a3
.Ltmp8:
.LBB1_3:
	.loc	0 7 16 is_stmt 0
	lw	a5, 4(s1)
	addi	s1, s1, 4
	.loc	0 7 31
	addi	a2, a2, 1
.Ltmp9:
	.loc	0 7 9
	blt	a5, t0, .LBB1_3
.Ltmp10:
	.loc	0 8 9 is_stmt 1
	sext.w	a4, a4
.Ltmp11:
	addi	a7, a2, -1
	slli	a3, a4, 2
	add	s0, a0, a3
.Ltmp12:
.LBB1_5:
	.loc	0 8 16 is_stmt 0
	lw	a3, -4(s0)
.Ltmp13:
	.loc	0 0 0
	addi	a4, a4, -1
.Ltmp14:
	.loc	0 8 16
	addi	s0, s0, -4
	.loc	0 8 9
	blt	t0, a3, .LBB1_5
.Ltmp15:
	sext.w	a7, a7
.Ltmp16:
	.loc	0 9 15 is_stmt 1
	sext.w	a1, a4
.Ltmp17:
	.loc	0 9 13 is_stmt 0
	bge	a7, a1, .LBB1_8
.Ltmp18:
	.loc	0 10 30 is_stmt 1
	sw	a3, 0(s1)
	.loc	0 10 45 is_stmt 0
	sw	a5, 0(s0)
.Ltmp19:
	.loc	0 0 45
	j	.LBB1_2
.Ltmp20:
.LBB1_8:
	.loc	0 8 9 is_stmt 1
	addiw	s0, a2, -1
.Ltmp21:
	.loc	0 12 5
	mv	a1, s0
	call	quicksort
.Ltmp22:
	.loc	0 13 24
	subw	a1, s2, s0
	.loc	0 13 5 is_stmt 0
	mv	a0, s1
	call	quicksort
.Ltmp23:
.LBB1_9:
	.loc	0 14 1 is_stmt 1
	ld	ra, 24(sp)
	ld	s0, 16(sp)
	ld	s1, 8(sp)
	ld	s2, 0(sp)
	addi	sp, sp, 32
	ret
.Ltmp24:
.Lfunc_end1:
	.size	quicksort, .Lfunc_end1-quicksort
	.cfi_endproc

	.type	chosen,@object
	.section	.sdata,"aw",@progbits
	.globl	chosen
	.p2align	3
chosen:
	.quad	compare
	.size	chosen, 8

	.section	.debug_loclists,"",@progbits
	.word	.Ldebug_list_header_end0-.Ldebug_list_header_start0
.Ldebug_list_header_start0:
	.half	5
	.byte	8
	.byte	0
	.word	7
.Lloclists_table_base0:
	.word	.Ldebug_loc0-.Lloclists_table_base0
	.word	.Ldebug_loc1-.Lloclists_table_base0
	.word	.Ldebug_loc2-.Lloclists_table_base0
	.word	.Ldebug_loc3-.Lloclists_table_base0
	.word	.Ldebug_loc4-.Lloclists_table_base0
	.word	.Ldebug_loc5-.Lloclists_table_base0
	.word	.Ldebug_loc6-.Lloclists_table_base0
.Ldebug_loc0:
	.byte	4
	.uleb128 .Lfunc_begin0-.Lfunc_begin0
	.uleb128 .Ltmp0-.Lfunc_begin0
	.byte	1
	.byte	90
	.byte	0
.Ldebug_loc1:
	.byte	4
	.uleb128 .Lfunc_begin0-.Lfunc_begin0
	.uleb128 .Ltmp1-.Lfunc_begin0
	.byte	1
	.byte	91
	.byte	0
.Ldebug_loc2:
	.byte	4
	.uleb128 .Lfunc_begin1-.Lfunc_begin0
	.uleb128 .Ltmp22-.Lfunc_begin0
	.byte	1
	.byte	90
	.byte	0
.Ldebug_loc3:
	.byte	4
	.uleb128 .Lfunc_begin1-.Lfunc_begin0
	.uleb128 .Ltmp5-.Lfunc_begin0
	.byte	1
	.byte	91
	.byte	4
	.uleb128 .Ltmp5-.Lfunc_begin0
	.uleb128 .Ltmp23-.Lfunc_begin0
	.byte	1
	.byte	98
	.byte	0
.Ldebug_loc4:
	.byte	4
	.uleb128 .Ltmp6-.Lfunc_begin0
	.uleb128 .Ltmp7-.Lfunc_begin0
	.byte	3
	.byte	130
	.byte	127
	.byte	159
	.byte	4
	.uleb128 .Ltmp7-.Lfunc_begin0
	.uleb128 .Ltmp11-.Lfunc_begin0
	.byte	3
	.byte	126
	.byte	127
	.byte	159
	.byte	4
	.uleb128 .Ltmp14-.Lfunc_begin0
	.uleb128 .Ltmp19-.Lfunc_begin0
	.byte	1
	.byte	94
	.byte	4
	.uleb128 .Ltmp19-.Lfunc_begin0
	.uleb128 .Ltmp20-.Lfunc_begin0
	.byte	15
	.byte	126
	.byte	0
	.byte	168
	.asciz	"\253\200\200"
	.byte	168
	.asciz	"\257\200\200"
	.byte	49
	.byte	28
	.byte	159
	.byte	4
	.uleb128 .Ltmp20-.Lfunc_begin0
	.uleb128 .Ltmp22-.Lfunc_begin0
	.byte	1
	.byte	94
	.byte	0
.Ldebug_loc5:
	.byte	4
	.uleb128 .Ltmp6-.Lfunc_begin0
	.uleb128 .Ltmp7-.Lfunc_begin0
	.byte	3
	.byte	17
	.byte	0
	.byte	159
	.byte	4
	.uleb128 .Ltmp8-.Lfunc_begin0
	.uleb128 .Ltmp19-.Lfunc_begin0
	.byte	1
	.byte	92
	.byte	4
	.uleb128 .Ltmp20-.Lfunc_begin0
	.uleb128 .Ltmp22-.Lfunc_begin0
	.byte	1
	.byte	92
	.byte	0
.Ldebug_loc6:
	.byte	4
	.uleb128 .Ltmp18-.Lfunc_begin0
	.uleb128 .Ltmp20-.Lfunc_begin0
	.byte	1
	.byte	95
	.byte	0
.Ldebug_list_header_end0:
	.section	.debug_abbrev,"",@progbits
	.byte	1
	.byte	17
	.byte	1
	.byte	37
	.byte	37
	.byte	19
	.byte	5
	.byte	3
	.byte	37
	.byte	114
	.byte	23
	.byte	16
	.byte	23
	.byte	27
	.byte	37
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	115
	.byte	23
	.byte	116
	.byte	23
	.ascii	"\214\001"
	.byte	23
	.byte	0
	.byte	0
	.byte	2
	.byte	36
	.byte	0
	.byte	3
	.byte	37
	.byte	62
	.byte	11
	.byte	11
	.byte	11
	.byte	0
	.byte	0
	.byte	3
	.byte	52
	.byte	0
	.byte	3
	.byte	37
	.byte	73
	.byte	19
	.byte	63
	.byte	25
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	2
	.byte	24
	.byte	0
	.byte	0
	.byte	4
	.byte	15
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	5
	.byte	21
	.byte	1
	.byte	73
	.byte	19
	.byte	39
	.byte	25
	.byte	0
	.byte	0
	.byte	6
	.byte	5
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	7
	.byte	38
	.byte	0
	.byte	0
	.byte	0
	.byte	8
	.byte	38
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	9
	.byte	46
	.byte	1
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	64
	.byte	24
	.byte	122
	.byte	25
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	39
	.byte	25
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	10
	.byte	5
	.byte	0
	.byte	2
	.byte	34
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	11
	.byte	46
	.byte	1
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	64
	.byte	24
	.byte	122
	.byte	25
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	39
	.byte	25
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	12
	.byte	52
	.byte	0
	.byte	2
	.byte	34
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	13
	.byte	52
	.byte	0
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	14
	.byte	11
	.byte	1
	.byte	85
	.byte	35
	.byte	0
	.byte	0
	.byte	15
	.byte	72
	.byte	0
	.byte	127
	.byte	19
	.byte	125
	.byte	27
	.byte	0
	.byte	0
	.byte	0
	.section	.debug_info,"",@progbits
.Lcu_begin0:
	.word	.Ldebug_info_end0-.Ldebug_info_start0
.Ldebug_info_start0:
	.half	5
	.byte	1
	.byte	8
	.word	.debug_abbrev
	.byte	1
	.byte	0
	.half	12
	.byte	1
	.word	.Lstr_offsets_base0
	.word	.Lline_table_start0
	.byte	2
	.byte	1
	.word	.Lfunc_end1-.Lfunc_begin0
	.word	.Laddr_table_base0
	.word	.Lrnglists_table_base0
	.word	.Lloclists_table_base0
	.byte	2
	.byte	6
	.byte	7
	.byte	8
	.byte	2
	.byte	5
	.byte	7
	.byte	4
	.byte	3
	.byte	3
	.word	62

	.byte	0
	.byte	2
	.byte	2
	.byte	161
	.byte	0
	.byte	4
	.word	67
	.byte	5
	.word	83

	.byte	6
	.word	87
	.byte	6
	.word	87
	.byte	0
	.byte	2
	.byte	4
	.byte	5
	.byte	4
	.byte	4
	.word	92
	.byte	7
	.byte	4
	.word	98
	.byte	8
	.word	83
	.byte	9
	.byte	1
	.word	.Lfunc_end0-.Lfunc_begin0
	.byte	1
	.byte	82

	.byte	7
	.byte	0
	.byte	1

	.word	83
	.byte	10
	.byte	0
	.byte	9
	.byte	0
	.byte	1
	.word	87
	.byte	10
	.byte	1
	.byte	10
	.byte	0
	.byte	1
	.word	87
	.byte	0
	.byte	11
	.byte	2
	.word	.Lfunc_end1-.Lfunc_begin1
	.byte	1
	.byte	82

	.byte	8
	.byte	0
	.byte	3


	.byte	10
	.byte	2
	.byte	9
	.byte	0
	.byte	3
	.word	217
	.byte	10
	.byte	3
	.byte	11
	.byte	0
	.byte	3
	.word	83
	.byte	12
	.byte	4
	.byte	12
	.byte	0
	.byte	5
	.word	83
	.byte	12
	.byte	5
	.byte	13
	.byte	0
	.byte	5
	.word	83
	.byte	13
	.byte	15
	.byte	0
	.byte	5
	.word	83
	.byte	14
	.byte	0
	.byte	12
	.byte	6
	.byte	14
	.byte	0
	.byte	10
	.word	83
	.byte	0
	.byte	15
	.word	137
	.byte	3
	.byte	15
	.word	137
	.byte	4
	.byte	0
	.byte	4
	.word	83
	.byte	0
.Ldebug_info_end0:
	.section	.debug_rnglists,"",@progbits
	.word	.Ldebug_list_header_end1-.Ldebug_list_header_start1
.Ldebug_list_header_start1:
	.half	5
	.byte	8
	.byte	0
	.word	1
.Lrnglists_table_base0:
	.word	.Ldebug_ranges0-.Lrnglists_table_base0
.Ldebug_ranges0:
	.byte	4
	.uleb128 .Ltmp7-.Lfunc_begin0
	.uleb128 .Ltmp13-.Lfunc_begin0
	.byte	4
	.uleb128 .Ltmp14-.Lfunc_begin0
	.uleb128 .Ltmp21-.Lfunc_begin0
	.byte	0
.Ldebug_list_header_end1:
	.section	.debug_str_offsets,"",@progbits
	.word	68
	.half	5
	.half	0
.Lstr_offsets_base0:
	.section	.debug_str,"MS",@progbits,1
.Linfo_string0:
	.asciz	"Debian clang version 14.0.6"
.Linfo_string1:
	.asciz	"tests/assembler/corpus/sort.c"
.Linfo_string2:
	.asciz	""
.Linfo_string3:
	.asciz	"chosen"
.Linfo_string4:
	.asciz	"int"
.Linfo_string5:
	.asciz	"DW_ATE_unsigned_32"
.Linfo_string6:
	.asciz	"DW_ATE_unsigned_64"
.Linfo_string7:
	.asciz	"compare"
.Linfo_string8:
	.asciz	"quicksort"
.Linfo_string9:
	.asciz	"a"
.Linfo_string10:
	.asciz	"b"
.Linfo_string11:
	.asciz	"n"
.Linfo_string12:
	.asciz	"j"
.Linfo_string13:
	.asciz	"i"
.Linfo_string14:
	.asciz	"t"
.Linfo_string15:
	.asciz	"pivot"
	.section	.debug_str_offsets,"",@progbits
	.word	.Linfo_string0
	.word	.Linfo_string1
	.word	.Linfo_string2
	.word	.Linfo_string3
	.word	.Linfo_string4
	.word	.Linfo_string5
	.word	.Linfo_string6
	.word	.Linfo_string7
	.word	.Linfo_string8
	.word	.Linfo_string9
	.word	.Linfo_string10
	.word	.Linfo_string11
	.word	.Linfo_string12
	.word	.Linfo_string13
	.word	.Linfo_string14
	.word	.Linfo_string15
	.section	.debug_addr,"",@progbits
	.word	.Ldebug_addr_end0-.Ldebug_addr_start0
.Ldebug_addr_start0:
	.half	5
	.byte	8
	.byte	0
.Laddr_table_base0:
	.quad	chosen
	.quad	.Lfunc_begin0
	.quad	.Lfunc_begin1
	.quad	.Ltmp22
	.quad	.Ltmp23
.Ldebug_addr_end0:
	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
	.addrsig
	.addrsig_sym compare
	.section	.debug_line,"",@progbits
.Lline_table_start0:
