"""Notes the addresses that pairs of instructions make, such as lui and addi, as objdump does."""

from __future__ import annotations

from rvx.disassembler.symbols import Symbols
from rvx.isa import Address, Decoded, Isa, sext32

_GP, _TP = 3, 4
_WITHOUT_NUMBER = ("mv", "sext.w")
_ADDING = ("addi", "addiw", "jalr")


class AddressTracker:
    """Follows lui and auipc through the instructions, in the order of their addresses.

    Args:
        isa: for the register width.
        symbols: to describe addresses; `__global_pointer$` among them is the value of gp.
    """

    def __init__(self, isa: Isa, symbols: Symbols | None) -> None:
        self._isa = isa
        self._high: dict[int, Address] = {}
        self.use_symbols(symbols or Symbols())

    def use_symbols(self, symbols: Symbols) -> None:
        """Describes addresses by these symbols from here on."""
        self._symbols = symbols
        self._gp = symbols.address_of("__global_pointer$")

    def comment(self, decoded: Decoded, address: Address, mnemonic: str = "") -> str:
        """The address that the instruction completes, described; empty if it completes none.

        Args:
            decoded: the instruction.
            address: where it stands.
            mnemonic: under which it is printed. `mv` and `sext.w` show no number, so they
                complete nothing.
        """
        made = decoded.expanded
        name = made.instruction.mnemonic
        values = made.values
        if name in ("lui", "auipc") and values["rd"] == 0:
            return ""
        if name == "lui":
            self._high[values["rd"]] = sext32(values["imm"] << 12)
        elif name == "auipc":
            self._high[values["rd"]] = address + sext32(values["imm"] << 12)
        elif mnemonic not in _WITHOUT_NUMBER and self._is_completed_by(decoded):
            found = self._complete(values["rs1"], values["imm"], is_word=name == "addiw")
            if name == "jalr" and values["rs1"] in (_GP, _TP):
                # objdump looks twice here, and what the first look found is used up.
                again = self._complete(values["rs1"], values["imm"], is_word=False)
                found = found if again is None else again
            if found is not None:
                return self._symbols.describe(found & (1 << self._isa.xlen) - 1)
        return ""

    def _is_completed_by(self, decoded: Decoded) -> bool:
        made = decoded.instruction
        if made.mnemonic in _ADDING:
            return made.mnemonic == "jalr" or decoded.values["rs1"] != 0
        if made.expansion is not None:
            return made.mnemonic in ("c.addi", "c.addiw") and decoded.values["rd"] != 0
        return made.kind in ("load", "store") and {"rs1", "imm"} <= made.operands.keys()

    def _complete(self, base: int, offset: int, is_word: bool) -> Address | None:
        if base in self._high:
            found = self._high.pop(base) + offset
        elif base == _GP and self._gp is not None:
            found = self._gp + offset
        elif base in (0, _TP):
            found = offset
        else:
            return None
        return sext32(found) if is_word else found
