"""Register files: those of the base ISA, and those that an extension brings along."""

from __future__ import annotations

from rvx.isa.errors import DeclarationError
from rvx.records import dataclass

_X_ABI = (
    "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 "
    "s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
).split()
_F_ABI = (
    "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 "
    "fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11"
).split()


MOST_BITS = 1 << 16
"""The largest width of a register."""


@dataclass(frozen=True)
class RegisterFile:
    """A file of registers.

    Attributes:
        name: the letter in front of the number, as `p` in `p7`; also the operand kind.
        count: how many registers there are.
        bits: width of a register; 0 means that the ISA says: XLEN for x, VLEN for v.
        abi: the name that the disassembler prints, one a register.
        aliases: further accepted names, as pairs of name and number.
        is_core: whether the CPU core holds it (x and f), not the extension's own state.
        is_vector: whether it is v, of which a body gets the number of a register and not its value.
        is_tiled: whether registers are tiles, see `rvx.isa.tiles`; the ISA says how large they are,
            and a body gets the number of one, too.
    """

    name: str
    count: int
    bits: int
    abi: tuple[str, ...]
    aliases: tuple[tuple[str, int], ...] = ()
    is_core: bool = False
    is_vector: bool = False
    is_tiled: bool = False

    def __post_init__(self) -> None:
        if not self.name.isalpha():
            raise DeclarationError(
                f"register file '{self.name}': the name must be letters, such as 'p'"
            )
        if len(self.abi) != self.count:
            raise DeclarationError(
                f"register file '{self.name}' has {self.count} registers and {len(self.abi)} "
                f"ABI names; there must be one name a register"
            )
        if not 0 <= self.bits <= 64 and (self.bits % 64 or not 0 < self.bits <= MOST_BITS):
            raise DeclarationError(
                f"register file '{self.name}': a register has 1 to 64 bits, or a multiple of 64 up "
                f"to {MOST_BITS}, not {self.bits}"
            )

    @property
    def is_by_number(self) -> bool:
        """Whether a body gets the number of a register; it asks for what is in it by name."""
        return self.is_vector or self.is_tiled

    @property
    def words(self) -> int:
        """How many words of 64 bits a register takes; VLEN says so for v."""
        return max(self.bits // 64, 1)

    def numbers(self) -> dict[str, int]:
        """Every accepted spelling of every register, with its number."""
        names = {f"{self.name}{i}": i for i in range(self.count)}
        names |= {name: i for i, name in enumerate(self.abi)}
        names |= dict(self.aliases)
        return names


X = RegisterFile("x", 32, 0, tuple(_X_ABI), (("fp", 8),), is_core=True)
F = RegisterFile("f", 32, 64, tuple(_F_ABI), (), is_core=True)
V = RegisterFile("v", 32, 0, tuple(f"v{i}" for i in range(32)), is_vector=True)
VECTOR_BASE = "Zve32x"
"""The extension that all extensions with vector registers build on."""
