move a0, a1
frsr a0
fssr a0
fssr a0, a1
sfence.vm
sfence.vm a0
