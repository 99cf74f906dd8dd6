.globl f
.type f, @function
f: ret
.size f, . - f
.globl again
.set again, f
inside = f + 2
.data
.type o, @object
.size o, 8
o: .dword again
.weak p
p = o
