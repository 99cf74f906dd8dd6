.section .rodata
.ascii "abc", "def\n\t\\\"\101\x41"
.string "one" "two", "three"
.asciz ""
.ascii "semi;colon # hash // slash /* star */"
