.attribute arch, "rv64imafdc_zfh"
.attribute stack_align, 16
fadd.h fa0, fa1, fa2
