.cfi_sections .debug_frame
f: .cfi_startproc
.cfi_label inside
nop
.cfi_endproc
