.ifnc (x8, X0)
.byte 1
.endif
.ifc (x8, (x8
.byte 2
.endif
.ifnc(a,b
.byte 3
.endif
.ifnc x(8),x(8)
.byte 4
.endif
.ifc a + b, a+b
.byte 5
.endif
.ifc "a", a
.byte 6
.endif
.ifc a  b, a b
.byte 7
.endif
