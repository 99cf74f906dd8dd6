# Versioned names: of what is defined here, of what is used, and of what nobody uses.
        .globl  both, kept, hidden, gone, renamed
both:   nop
        .symver both, both@V1
        .symver both, both@@V2
kept:   nop
        .symver kept, old@V1, local
hidden: nop
        .symver hidden, hidden@V1, hidden
gone:   nop
        .symver gone, gone@V1, remove
renamed:
        nop
        .symver renamed, renamed@@@V1
        call    renamed
        call    used
        .symver used, used@V1
        .globl  unused
        .weak   too
        .symver unused, unused@V1
        .symver too, too@V1
        .weakref name, target
        call    name
        .symver target, target@V1
        # What is said of a name of .weakref is said of nothing.
        .weakref alias, other
        .globl  alias
        .hidden alias
        .type   alias, @function
        .size   alias, 4
        call    alias
        # A second name that is made when the symbol of this place is gone.
        lui     t0, %hi(. + 8)
        la      t1, .
        .data
held:   .word   1
        .symver held, held@V1
