"""The debugger: a program on a timeline, at a terminal or for GDB.

`session` is what both have in common: breakpoints, watchpoints, and going on until Ctrl-C.
`registers` names everything that a program has, `values` shows it in its format, `terminal` and the
room `gdb` are the two faces.
"""
