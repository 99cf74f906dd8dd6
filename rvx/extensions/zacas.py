"""Zacas: atomic compare-and-swap."""

from collections.abc import Callable

from rvx.extensions.rv_a import ORDERS, Load, Store, low_word, whole
from rvx.isa import Extension, Memory, memory

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
