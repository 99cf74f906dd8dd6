"""Zabha: atomic read-modify-write of bytes and halfwords."""

from rvx.extensions.rv_a import declare_operations
from rvx.extensions.zacas import declare_compare_and_swap
from rvx.isa import Extension, memory, sext

Zabha = Extension(
    "Zabha",
    version="1.0",
    doc="Atomic operations on bytes and halfwords",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zabha"',
    requires=("Zaamo",),
)


def _byte(value: int) -> int:
    """The operand of an 8-bit operation."""
    return sext(value, 8)


def _half(value: int) -> int:
    """The operand of a 16-bit operation."""
    return sext(value, 16)


for _width, _funct3, _bits, _load, _store, _operand in (
    ("b", "000", 8, memory.load_s8, memory.store_8, _byte),
    ("h", "001", 16, memory.load_s16, memory.store_16, _half),
):
    declare_operations(Zabha, _width, _funct3, _bits, _load, _store, _operand)
    declare_compare_and_swap(
        Zabha, _width, _funct3, _bits, _load, _store, _operand, needs=("Zacas",)
    )
