.ident "made by hand"
.ident "and again"
.version "01.01"
.extern somewhere
.line 5
.list
.psize 60
nop
