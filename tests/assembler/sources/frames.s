.cfi_sections .eh_frame, .debug_frame
f: .cfi_startproc
.cfi_personality 0x9b, DW.ref.personality
.cfi_lsda 0x1b, .Ldata
addi sp, sp, -16
.cfi_adjust_cfa_offset 16
.cfi_rel_offset ra, 8
call g
.cfi_remember_state
nop
.cfi_restore_state
.cfi_escape 0x16, 1, 2
.cfi_def_cfa s0, 16
.cfi_def_cfa_register sp
.cfi_undefined ra
.cfi_same_value s1
.cfi_register s2, s3
.cfi_offset fs0, -24
.cfi_offset 8, 20
.cfi_val_offset 8, 20
.space 300
.cfi_restore 8
.cfi_return_column 5
.cfi_signal_frame
.cfi_endproc
h: .cfi_startproc
nop
.cfi_def_cfa_offset 32
.cfi_endproc
.Ldata: .word 1
