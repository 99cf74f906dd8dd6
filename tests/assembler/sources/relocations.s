lui a0, %hi(symbol)
addi a0, a0, %lo(symbol)
lw a1, %lo(symbol + 4)(a0)
sw a1, %lo(symbol)(a0)
1: auipc a2, %pcrel_hi(symbol)
addi a2, a2, %pcrel_lo(1b)
ld a3, %pcrel_lo(1b)(a2)
sd a3, %pcrel_lo(1b)(a2)
lui a4, %tprel_hi(thread)
add a4, a4, tp, %tprel_add(thread)
lw a5, %tprel_lo(thread)(a4)
sw a5, %tprel_lo(thread)(a4)
2: auipc a5, %got_pcrel_hi(symbol)
ld a5, %pcrel_lo(2b)(a5)
la.tls.ie a0, thread
la.tls.gd a0, thread
lui a0, %hi(0x12345678)
addi a0, a0, %lo(0x12345678)
lw a0, symbol
sw a0, symbol, t0
fld fa0, symbol, t1
fsw fa0, symbol + 4, t2
lbu a0, symbol
call symbol
call symbol@plt
call t0, symbol
tail symbol
jump symbol, t3
.option pic
la a0, symbol
lla a0, symbol
.option nopic
.dword symbol
.word symbol
