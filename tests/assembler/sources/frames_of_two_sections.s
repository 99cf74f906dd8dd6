# Frames go where .cfi_sections says, and to the sections that were in use before.
first:  .cfi_startproc
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        ret
        .cfi_endproc
        .cfi_sections .debug_frame
second: .cfi_startproc
        addi    sp, sp, -32
        .cfi_def_cfa_offset 32
        ret
        .cfi_endproc
