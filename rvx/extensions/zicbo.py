"""Zicbom, Zicbop and Zicboz: cache blocks are cleaned, prefetched and zeroed.

rvx has no caches: of these instructions, only the zeroing of a block does something.
"""

from rvx.isa import Extension, Memory, memory

_SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "CMO"'
Zicbom = Extension(
    "Zicbom", version="1.0", doc="Cache-block management", source=_SOURCE, requires=("I",)
)
Zicbop = Extension(
    "Zicbop", version="1.0", doc="Cache-block prefetches", source=_SOURCE, requires=("I",)
)
Zicboz = Extension(
    "Zicboz", version="1.0", doc="Cache-block zeroing", source=_SOURCE, requires=("I",)
)

BLOCK = 64
"""Bytes of a cache block: what the profiles RVA22 and RVA23 promise."""


def _declare_management(name: str, code: str, doc: str) -> None:
    @Zicbom.instruction(
        f"cbo.{name} (rs1)", f"{code} rs1 010 00000 0001111", kind="system", doc=doc
    )
    def body(rs1: int, mem: Memory) -> None:
        memory.load_u8(mem, rs1)
        if mem.fault[memory.FAULT_KIND] == memory.FAULT_LOAD:
            # The manual counts it as a store, also where a load would do.
            mem.fault[memory.FAULT_KIND] = memory.FAULT_STORE


_declare_management("inval", "000000000000", "Forgets the copies of the cache block at rs1.")
_declare_management("clean", "000000000001", "Writes back the cache block at rs1.")
_declare_management("flush", "000000000010", "Writes back and forgets the cache block at rs1.")


@Zicboz.instruction("cbo.zero (rs1)", "000000000100 rs1 010 00000 0001111", kind="system")
def cbo_zero(rs1: int, mem: Memory) -> None:
    """Stores zeros to the 64 bytes of the cache block that rs1 points into."""
    begin = rs1 & -BLOCK
    for at in range(0, BLOCK, 8):
        memory.store_64(mem, begin + at, 0)


for _letter, _code, _what in (
    ("i", "00000", "instructions"),
    ("r", "00001", "a load"),
    ("w", "00011", "a store"),
):

    @Zicbop.instruction(
        f"prefetch.{_letter} imm(rs1)",
        f"imm[11:5] {_code} rs1 110 00000 0010011",
        kind="alu",
        overlaps=("ori",),
        doc=f"Says that the cache block at rs1 + imm is needed soon for {_what}.",
    )
    def prefetch() -> None:
        """Without a cache, nothing."""
