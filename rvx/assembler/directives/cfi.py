"""`.cfi_*`: call frame information, which becomes .eh_frame."""
