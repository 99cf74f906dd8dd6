.option push
.option arch, -c
add a0, a0, a1
.option pop
add a0, a0, a1
.option push
.option arch, rv64id
add a0, a0, a1
.option arch, +c
add a0, a0, a1
.option norvc
add a0, a0, a1
.option rvc
add a0, a0, a1
.option arch, +m2p0, +zicsr
mul a0, a0, a1
.option pop
