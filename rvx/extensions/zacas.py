"""Zacas: atomic compare-and-swap."""

from collections.abc import Callable

from rvx.extensions.rv_a import ORDERS, Load, Store, low_word, whole
from rvx.isa import Extension, Memory, Words, memory

Zacas = Extension(
    "Zacas",
    version="1.0",
    doc="Atomic compare-and-swap",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zacas"',
    requires=("Zaamo",),
)


def declare_compare_and_swap(
    extension: Extension,
    width: str,
    funct3: str,
    bits: int,
    load: Load,
    store: Store,
    operand: Callable[[int], int],
    *,
    xlen: int | None = None,
    needs: tuple[str, ...] = (),
) -> None:
    """Declares amocas of one width."""

    def body(rd: int, rs1: int, rs2: int, mem: Memory) -> int:
        if not memory.is_aligned(mem, memory.FAULT_MISALIGNED_STORE, rs1, bits // 8):
            return 0
        old = load(mem, rs1)
        store(mem, rs1, rs2 if old == operand(rd) else old)
        return old

    for order, flags in ORDERS:
        extension.instruction(
            f"amocas.{width}{order} rd, rs2, (rs1)",
            f"00101 {flags} rs2 rs1 {funct3} rd 0101111",
            kind="atomic",
            xlen=xlen,
            needs=needs,
            doc=f"rd = the {bits} bits at rs1; stores rs2 there if they are those of rd.",
        )(body)


declare_compare_and_swap(Zacas, "w", "010", 32, memory.load_s32, memory.store_32, low_word)
declare_compare_and_swap(Zacas, "d", "011", 64, memory.load_64, memory.store_64, whole, xlen=64)


def _declare_pair(width: str, funct3: str, xlen: int, load: Load, store: Store) -> None:
    """Declares amocas of twice the width of a register, on pairs of registers."""
    size = xlen // 8

    def body(rd: Words, rs1: int, rs2: Words, mem: Memory) -> None:
        if not memory.is_aligned(mem, memory.FAULT_MISALIGNED_STORE, rs1, 2 * size):
            return
        low, high = load(mem, rs1), load(mem, rs1 + size)
        if low == rd[0] and high == rd[1]:
            store(mem, rs1, rs2[0])
            store(mem, rs1 + size, rs2[1])
        else:
            store(mem, rs1, low)
            store(mem, rs1 + size, high)
        rd[0] = low
        rd[1] = high

    for order, flags in ORDERS:
        Zacas.instruction(
            f"amocas.{width}{order} rd:x*2, rs2:x*2, (rs1)",
            f"00101 {flags} rs2 rs1 {funct3} rd 0101111",
            kind="atomic",
            xlen=xlen,
            doc=f"rd = the {2 * xlen} bits at rs1; stores rs2 there if they are those of rd. Both "
            "are pairs of registers.",
        )(body)


_declare_pair("d", "011", 32, memory.load_s32, memory.store_32)
_declare_pair("q", "100", 64, memory.load_64, memory.store_64)
