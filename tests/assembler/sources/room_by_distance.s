start: beqz a0, end
nop
here: .zero here - start
.fill here - start, 1, 3
end: ret
.data
first: .word 1
.word . - first
