"""A: atomic read-modify-write, and load-reserved with store-conditional.

Zaamo and Zalrsc are its two halves.
"""

from collections.abc import Callable

from rvx.extensions import integer
from rvx.isa import Extension, Memory, Words, memory, sext32

A = Extension(
    "A",
    version="2.1",
    doc="Atomic memory operations",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 8",
    requires=("I",),
    supersedes=("Zaamo", "Zalrsc"),
    is_core=True,
)
_NEWER = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "A"'
Zaamo = Extension(
    "Zaamo",
    version="1.0",
    doc="Atomic read-modify-write",
    source=_NEWER,
    requires=("I",),
    is_core=True,
)
Zalrsc = Extension(
    "Zalrsc",
    version="1.0",
    doc="Load-reserved and store-conditional",
    source=_NEWER,
    requires=("I",),
    is_core=True,
)
for _extension in (A, Zalrsc):
    _extension.state(
        "reservation", 2, "1 while a load-reserved waits for its store, and the address of it"
    )

Operation = Callable[[int, int, int], int]
Load = Callable[[Memory, int], int]
Store = Callable[[Memory, int, int], None]

ORDERS = (("", "00"), (".aq", "10"), (".rl", "01"), (".aqrl", "11"))
# mnemonic, funct5, operation on the old value and rs2, what it stores
_OPERATIONS: tuple[tuple[str, str, Operation, str], ...] = (
    ("amoswap", "00001", integer.swap, "rs2"),
    ("amoadd", "00000", integer.add, "the sum of it and rs2"),
    ("amoxor", "00100", integer.xor, "the bits that are set in one of it and rs2"),
    ("amoand", "01100", integer.and_, "the bits that are set in it and in rs2"),
    ("amoor", "01000", integer.or_, "the bits that are set in it or in rs2"),
    ("amomin", "10000", integer.smaller, "the smaller of it and rs2, signed"),
    ("amomax", "10100", integer.larger, "the larger of it and rs2, signed"),
    ("amominu", "11000", integer.smaller_unsigned, "the smaller of it and rs2, unsigned"),
    ("amomaxu", "11100", integer.larger_unsigned, "the larger of it and rs2, unsigned"),
)


def low_word(value: int) -> int:
    """The operand of a 32-bit operation."""
    return sext32(value)


def whole(value: int) -> int:
    """The operand of a 64-bit operation."""
    return value


def _declare_reservations(
    extension: Extension, width: str, funct3: str, bits: int, load: Load, store: Store
) -> None:
    """Load-reserved and store-conditional of one width; `.d` is for RV64 only."""
    xlen = 64 if bits == 64 else None
    size = bits // 8

    def load_reserved(rs1: int, mem: Memory, reservation: Words) -> int:
        if not memory.is_aligned(mem, memory.FAULT_MISALIGNED_LOAD, rs1, size):
            return 0
        value = load(mem, rs1)
        if mem.fault[memory.FAULT_KIND] == memory.FAULT_NONE:
            reservation[0] = 1
            reservation[1] = rs1
        return value

    def store_conditional(rs1: int, rs2: int, mem: Memory, reservation: Words) -> int:
        if not memory.is_aligned(mem, memory.FAULT_MISALIGNED_STORE, rs1, size):
            return 0
        is_held = reservation[0] == 1 and reservation[1] == rs1
        if is_held:
            store(mem, rs1, rs2)
            if mem.fault[memory.FAULT_KIND] != memory.FAULT_NONE:
                return 0  # Whoever performs it once more finds it reserved.
        reservation[0] = 0
        return 0 if is_held else 1

    for order, flags in ORDERS:
        tail = f"rs1 {funct3} rd 0101111"
        extension.instruction(
            f"lr.{width}{order} rd, (rs1)",
            f"00010 {flags} 00000 {tail}",
            kind="atomic",
            xlen=xlen,
            doc=f"rd = the {bits} bits at rs1, which are reserved for a store-conditional.",
        )(load_reserved)
        extension.instruction(
            f"sc.{width}{order} rd, rs2, (rs1)",
            f"00011 {flags} rs2 {tail}",
            kind="atomic",
            xlen=xlen,
            doc=f"If rs1 is still reserved, stores {bits} bits of rs2 there; rd = 0 if so, else 1.",
        )(store_conditional)


def declare_operations(
    extension: Extension,
    width: str,
    funct3: str,
    bits: int,
    load: Load,
    store: Store,
    operand: Callable[[int], int],
) -> None:
    """Every read-modify-write of one width; `.d` is for RV64 only."""
    for name, funct5, operation, stored in _OPERATIONS:
        body = _read_modify_write(operation, bits, load, store, operand)
        for order, flags in ORDERS:
            extension.instruction(
                f"{name}.{width}{order} rd, rs2, (rs1)",
                f"{funct5} {flags} rs2 rs1 {funct3} rd 0101111",
                kind="atomic",
                xlen=64 if bits == 64 else None,
                doc=f"rd = the {bits} bits at rs1; stores {stored} there.",
            )(body)


def _read_modify_write(
    operation: Operation, bits: int, load: Load, store: Store, operand: Callable[[int], int]
) -> Callable[[int, int, Memory], int]:
    size = bits // 8

    def body(rs1: int, rs2: int, mem: Memory) -> int:
        if not memory.is_aligned(mem, memory.FAULT_MISALIGNED_STORE, rs1, size):
            return 0
        # Not to be read either is a fault of a store: an AMO never gives that of a load.
        if memory.store_offset(mem, rs1, size) < 0:
            return 0
        old = load(mem, rs1)
        store(mem, rs1, operation(old, operand(rs2), bits))
        return old

    return body


for _extension in (A, Zalrsc):
    _declare_reservations(_extension, "w", "010", 32, memory.load_s32, memory.store_32)
    _declare_reservations(_extension, "d", "011", 64, memory.load_64, memory.store_64)
for _extension in (A, Zaamo):
    declare_operations(_extension, "w", "010", 32, memory.load_s32, memory.store_32, low_word)
    declare_operations(_extension, "d", "011", 64, memory.load_64, memory.store_64, whole)
