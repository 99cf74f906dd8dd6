"""Zimop and Zcmop: instructions that may be operations one day, and write 0, or nothing, today."""

from rvx.isa import Extension

_SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zimop"'
Zimop = Extension("Zimop", version="1.0", doc="May-be-operations", source=_SOURCE, requires=("I",))
Zcmop = Extension(
    "Zcmop", version="1.0", doc="Compressed may-be-operations", source=_SOURCE, requires=("Zca",)
)


def _declare_of_one(number: int) -> None:
    n = f"{number:05b}"

    @Zimop.instruction(
        f"mop.r.{number} rd, rs1",
        f"1{n[0]}00{n[1:3]}0111{n[3:]} rs1 100 rd 1110011",
        kind="alu",
    )
    def body() -> int:
        """rd = 0; an extension may give it another meaning."""
        return 0


def _declare_of_two(number: int) -> None:
    n = f"{number:03b}"

    @Zimop.instruction(
        f"mop.rr.{number} rd, rs1, rs2",
        f"1{n[0]}00{n[1:]}1 rs2 rs1 100 rd 1110011",
        kind="alu",
    )
    def body() -> int:
        """rd = 0; an extension may give it another meaning."""
        return 0


def _declare_compressed(number: int) -> None:
    @Zcmop.instruction(f"c.mop.{number}", f"011 0 {number:05b} 00000 01", kind="alu")
    def body() -> None:
        """Nothing; an extension may give it another meaning."""


for _number in range(32):
    _declare_of_one(_number)
for _number in range(8):
    _declare_of_two(_number)
for _number in range(1, 16, 2):
    _declare_compressed(_number)
