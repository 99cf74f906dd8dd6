"""Zbkx: look-ups in a register, as S-boxes need them."""

from rvx.extensions.bitmanip import (
    CRYPTOGRAPHY,
    declare_binary,
    look_up_bytes,
    look_up_nibbles,
)
from rvx.isa import Extension

Zbkx = Extension(
    "Zbkx",
    version="1.0",
    doc="Permutations of bytes and nibbles",
    source=CRYPTOGRAPHY,
    requires=("I",),
)

for _name, _funct3, _operation, _what in (
    ("xperm4", "010", look_up_nibbles, "nibble"),
    ("xperm8", "100", look_up_bytes, "byte"),
):
    declare_binary(
        Zbkx,
        _name,
        "0010100",
        _funct3,
        _operation,
        f"rd = for each {_what} of rs2 the {_what} of rs1 with that number, 0 if there is none.",
    )
