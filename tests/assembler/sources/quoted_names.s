"a[31mred":
nop
j "a[31mred"
.data
.word "a[31mred"
