.cfi_sections .eh_frame, .debug_frame
simple: .cfi_startproc simple
ret
.cfi_endproc
plain: .cfi_startproc
nop
.cfi_escape 1, 2
.cfi_val_encoded_addr a0, 0x1b, plain
.cfi_window_save
nop
.cfi_signal_frame
.cfi_offset mstatus, -8
.cfi_endproc
