"""Numerical debugging: every value of a run carries a shadow, computed without rounding beside it.

`numbers` is what the codes of formats mean, `sites` adds up by instruction what was wrong, `store`
keeps the shadows of registers and memory, `plans` says what an instruction does to them, `engine`
follows a machine by what it traces, and `report` tells what was found. What an instruction means in
real numbers is part of its declaration (`rvx.isa.real`).
"""
