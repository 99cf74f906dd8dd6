# a comment
nop # behind
nop /* in */ ; nop ; nop
/* over
   lines */ nop
label: other: nop
.ascii "a#b;" ; nop
