scall
sbreak
sext.b a0, a1
sext.h a0, a1
zext.h a0, a1
zext.w a0, a1
zext.b a0, a1
