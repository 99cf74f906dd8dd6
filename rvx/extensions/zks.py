"""Zksed and Zksh: the block cipher SM4 and the hash SM3."""

from collections.abc import Callable

from rvx.extensions.bitmanip import CRYPTOGRAPHY, declare_unary, reverse_bytes, rotate_left
from rvx.extensions.gf256 import SM4_FORWARD, make_look_up
from rvx.isa import Extension, sext32

Zksed = Extension("Zksed", version="1.0", doc="SM4", source=CRYPTOGRAPHY, requires=("I",))
Zksh = Extension("Zksh", version="1.0", doc="SM3", source=CRYPTOGRAPHY, requires=("I",))

_substituted = make_look_up(SM4_FORWARD)


def _declare_sm4(name: str, funct5: str, counts: tuple[int, ...], what: str) -> None:
    @Zksed.instruction(
        f"{name} rd, rs1, rs2, bs:shamt",
        f"bs[1:0] {funct5} rs2 rs1 000 rd 0110011",
        kind="alu",
        doc=f"rd = rs1 ^ the S-box on byte bs of rs2 after the linear step of {what}, rotated to "
        "its place, sign-extended from 32 bits.",
    )
    def body(rs1: int, rs2: int, bs: int) -> int:
        # The step is defined on words whose bytes are in the opposite order.
        word = _substituted(rs2 >> (bs << 3)) << 24
        mixed = word
        for count in counts:
            mixed ^= rotate_left(word, count, 32)
        return sext32(rs1 ^ rotate_left(reverse_bytes(mixed, 32), bs << 3, 32))


_declare_sm4("sm4ed", "11000", (2, 10, 18, 24), "a round")
_declare_sm4("sm4ks", "11010", (13, 23), "the key schedule")


def _permutation(first: int, second: int) -> Callable[[int, int], int]:
    def operation(a: int, xlen: int) -> int:
        return sext32(a ^ rotate_left(a, first, 32) ^ rotate_left(a, second, 32))

    return operation


for _name, _rs2, _counts in (("sm3p0", "01000", (9, 17)), ("sm3p1", "01001", (15, 23))):
    _doc = f"rd = P{_name[-1]} of SM3 of the low 32 bits of rs1, sign-extended."
    declare_unary(Zksh, _name, f"0001000 {_rs2}", "001", _permutation(*_counts), _doc)
