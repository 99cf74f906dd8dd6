.data
.dc 1, 2
.dc.b 1
.dc.w 2
.dc.l 3
.dc.s 1.5
.dc.d 2.5
.dcb 2, 3
.dcb.b 2, 3
.dcb.w 2, -1
.dcb.l 2, 0x12345678
.dcb.s 2, 1.5
.dcb.d 2, 1.5
.ds 3
.ds.b 3
.ds.w 3
.ds.l 3
.ds.s 1
.ds.d 1
.ds.p 1
.ds.x 1
.string8 "x"
.string16 "ab"
.string32 "a"
.string64 "a", "b"
.text
.nop
