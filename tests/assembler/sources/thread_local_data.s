.section .tdata, "awT"
t: .word 1
.type u, @object
u: .word 2
.size u, 4
.tls_common v, 8, 4
.data
.dtprelword t
.dtpreldword elsewhere
