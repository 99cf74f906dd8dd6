# A symbol of .set may become a label; what stands before that keeps the number.
        .data
        .word   early, early - 1
        early = 1
        early = 2
        .word   early
        .text
        nop
early:  nop
        .globl  counted
        .type   counted, @function
        .size   counted, 8
        .set    counted, 4
        .equ    doubled, counted * 2
counted:
        .word   doubled
        .set    elsewhere, nowhere
        j       elsewhere
elsewhere:
        nop
        .data
        .word   early, counted
        .set    room, 3
        .lcomm  room, 8
        .set    shared, 3
        .type   shared, @common
        .set    big, 3
        .comm   big, 24
        .section .gnu.linkonce.t.x, "axG", @progbits, one
        nop
