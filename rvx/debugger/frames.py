"""The functions that are active: who called whom, out of call frame information and prologues.

Call frame information (DWARF version 5, 6.4) says for every instruction where the caller's
registers are. Code without it is read as compilers and people write it: its prologue says where it
saves what (the RISC-V psABI, "Integer Calling Convention"), and a function that has saved nothing
is returned from by ra, as long as it has called nobody.
"""

from __future__ import annotations

import io
import operator
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rvx.debugger.code import Code
from rvx.debugger.session import DebugProblem, Frame, Session
from rvx.disassembler.damage import reading
from rvx.isa import Decoded
from rvx.isa.bits import Address, word_size
from rvx.isa.operands import RegisterKind

_RA, _SP, _FP = 1, 2, 8
_KEPT = frozenset({2, 3, 4, 8, 9, *range(18, 28)})
"""Registers that are the caller's after a call as well: sp, gp, tp and s0 to s11."""
_DEF_CFA, _DEF_CFA_SF = 0x0C, 0x12
_VLENB = 4096 + 0xC22
"""The number of vlenb in DWARF (psABI, "Register Numbers")."""
_OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "plus": operator.add,
    "minus": operator.sub,
    "mul": operator.mul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
_MOST_STRAIGHT = 1 << 10
"""Instructions of a prologue or an epilogue that are looked at."""


@dataclass(frozen=True)
class _Rules:
    """What call frame information says at an instruction."""

    cfa: Any
    registers: Mapping[int, Any]
    return_column: int
    is_signal: bool
    structs: Any


class FrameTable:
    """The call frame information of a file.

    Args:
        data: of an ELF file.

    Raises:
        ValueError: the information is damaged.
    """

    def __init__(self, data: bytes) -> None:
        from elftools.dwarf.callframe import CIE, FDE
        from elftools.elf.elffile import ELFFile

        elf = ELFFile(io.BytesIO(data))
        self._entries: list[tuple[Address, Address, Any]] = []
        self._mask = (1 << elf.elfclass) - 1
        with reading("the call frame information"):
            if not elf.has_dwarf_info():
                return
            dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
            entries = dwarf.EH_CFI_entries() if dwarf.has_EH_CFI() else []
            entries += dwarf.CFI_entries() if dwarf.has_CFI() else []
            for entry in entries:
                if isinstance(entry, FDE | CIE):
                    _scale(entry)
                if isinstance(entry, FDE):
                    begin = entry["initial_location"] & self._mask
                    self._entries.append((begin, begin + entry["address_range"], entry))
        self._entries.sort(key=lambda one: one[0])
        self._begins = [begin for begin, _, _ in self._entries]

    def find(self, address: Address) -> _Rules | None:
        """What holds at an address; None if nothing is said of it.

        Raises:
            ValueError: the information is damaged.
        """
        at = bisect_right(self._begins, address) - 1 if self._entries else -1
        if at < 0 or address >= self._entries[at][1]:
            return None
        entry = self._entries[at][2]
        with reading("the call frame information"):
            found = None
            for row in entry.get_decoded().table:
                if row["pc"] & self._mask <= address:
                    found = row
            if found is None:
                return None
            rules = {key: rule for key, rule in found.items() if isinstance(key, int)}
            common = entry.cie
            column = common["return_address_register"]
            is_signal = b"S" in common["augmentation"]
            return _Rules(found["cfa"], rules, column, is_signal, entry.structs)


def _scale(entry: Any) -> None:
    """Corrects the scale of `DW_CFA_def_cfa_sf`: pyelftools takes that of code for its offset."""
    factor = (entry.cie or entry)["data_alignment_factor"]
    for one in entry.instructions:
        if one.opcode == _DEF_CFA_SF:
            one.opcode, one.args = _DEF_CFA, [one.args[0], one.args[1] * factor]


class _End(Exception):
    """No caller is known, or there is none; the sentence says why, if there is anything to say."""


class Unwinder:
    """Finds callers.

    Args:
        session: the program.

    Attributes:
        problem: why there is no call frame information, if it is damaged.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._machine = session.machine
        self._code: Code = session.code
        self._size = self._machine.isa.xlen // 8
        self._load_name, self._store_name = ("lw", "sw") if self._size == 4 else ("ld", "sd")
        self._table: FrameTable | None = None
        self.problem = ""
        try:
            self._table = FrameTable(self._machine.executable.data)
        except ValueError as error:
            self.problem = str(error)

    def frames(self) -> Iterator[Frame | str]:
        """The frames, the innermost first; at last the reason why there are no more, if any is."""
        file = self._machine.isa.register_files["x"]
        registers = {n: self._machine.register(name) for n, name in enumerate(file.abi)}
        frame, is_innermost = Frame(self._machine.pc, self._machine.pc, registers), True
        seen: set[Address] = set()
        while True:
            yield frame
            try:
                found = self._caller(frame, is_innermost)
            except _End as end:
                if str(end):
                    yield str(end)
                return
            except (DebugProblem, ValueError) as error:
                yield str(error)
                return
            # The stack grows down. Damaged frames may lead round for ever.
            up = found.registers[_SP] - frame.registers[_SP]
            if up:
                seen.clear()
            if up < 0 or found.pc in seen:
                yield f"the caller's stack, at {found.registers[_SP]:#x}, does not lie above"
                return
            seen.add(found.pc)
            frame, is_innermost = found, False

    def _caller(self, frame: Frame, is_innermost: bool) -> Frame:
        rules = None if self._table is None else self._table.find(frame.place)
        is_exact = False
        if rules is not None:
            registers, pc = self._by_rules(frame, rules)
            is_exact = rules.is_signal
        else:
            registers, pc = self._by_code(frame, is_innermost)
        if pc == 0:
            raise _End
        if pc & 1 or not self._machine.memory.is_executable(pc):
            raise _End(f"there is no code at {pc:#x}, where this function returns to")
        # Behind a call that never returns, another function may begin.
        return Frame(pc, pc if is_exact else pc - 1, registers)

    def _by_rules(self, frame: Frame, rules: _Rules) -> tuple[dict[int, int], Address]:
        if rules.cfa.expr is not None:
            cfa = self._value(frame, rules, rules.cfa.expr)
        elif rules.cfa.reg is not None:
            cfa = self._wrapped(self._known(frame, rules.cfa.reg) + rules.cfa.offset)
        else:
            raise _End("the call frame information does not say here where the caller's stack is")
        registers = {n: value for n, value in frame.registers.items() if n in _KEPT}
        registers[_SP] = cfa
        pc: int | None = frame.registers.get(rules.return_column)
        for number, rule in rules.registers.items():
            value: int | None
            if rule.type == rule.OFFSET:
                # The f registers, from 32 on, are nothing that leads to a caller.
                value = self._load(cfa + rule.arg) if number < 32 else None
            elif rule.type == rule.VAL_OFFSET:
                value = self._wrapped(cfa + rule.arg)
            elif rule.type == rule.REGISTER:
                value = frame.registers.get(rule.arg)
            elif rule.type == rule.EXPRESSION:
                value = self._load(self._value(frame, rules, rule.arg, cfa))
            elif rule.type == rule.VAL_EXPRESSION:
                value = self._value(frame, rules, rule.arg, cfa)
            elif rule.type == rule.SAME_VALUE:
                value = frame.registers.get(number)
            else:
                value = None
            if number == rules.return_column:
                if rule.type == rule.UNDEFINED:
                    raise _End  # So compilers and libraries mark the outermost function.
                pc = value
            if value is None:
                registers.pop(number, None)
            elif number < 32:
                registers[number] = value
        if pc is None:
            raise _End("this function has not saved where it returns to")
        return registers, pc

    def _value(self, frame: Frame, rules: _Rules, expression: Any, *stack: int) -> int:
        """The value of a DWARF expression (2.5), such as of a frame whose size is in vlenb."""
        from elftools.dwarf.dwarf_expr import DWARFExprParser

        values = list(stack)
        with reading("the call frame information"):
            for one in DWARFExprParser(rules.structs).parse_expr(expression):
                name = one.op_name.removeprefix("DW_OP_")
                if name.startswith("breg"):
                    number, offset = one.args if name == "bregx" else (int(name[4:]), *one.args)
                    values.append(self._known(frame, number) + offset)
                elif name.startswith("lit"):
                    values.append(int(name[3:]))
                elif name.startswith("const"):
                    values.append(one.args[0])
                elif name == "plus_uconst":
                    values.append(values.pop() + one.args[0])
                elif name == "deref":
                    values.append(self._load(values.pop()))
                elif name in _OPERATIONS:
                    right = values.pop()
                    values.append(_OPERATIONS[name](values.pop(), right))
                else:
                    raise _End(f"the call frame information has {one.op_name}, which is not read")
                values[-1] = self._wrapped(values[-1])
            return values[-1]

    def _by_code(self, frame: Frame, is_innermost: bool) -> tuple[dict[int, int], Address]:
        """The caller by what the code of the function does to the stack."""
        begin, end = self._code.function_range(frame.place)
        if begin <= self._machine.executable.entry < end:
            raise _End  # Nobody calls the program.
        found = self._before_return(frame) if is_innermost else None
        if found is not None:
            return found
        height, saved, pointer = self._prologue(begin, frame.pc)
        cfas = [self._wrapped(self._known(frame, _SP) - height)]
        if pointer is not None:  # What is allocated later moves sp, but not the frame pointer.
            cfas.insert(0, self._wrapped(self._known(frame, _FP) - pointer))
        if _RA in saved:
            for cfa in cfas:
                registers = {n: value for n, value in frame.registers.items() if n in _KEPT}
                registers |= {n: self._load(cfa + at) for n, at in saved.items()}
                registers[_SP] = cfa
                pc = registers.pop(_RA)
                if any(self._code.is_call(pc - size) for size in (2, 4)):
                    return registers, pc
            raise _End(
                f"there is no call frame information here, and {pc:#x}, which stands where ra was "
                f"saved, is behind no call"
            )
        registers = {n: value for n, value in frame.registers.items() if n in _KEPT}
        registers |= {n: self._load(cfas[0] + at) for n, at in saved.items()}
        registers[_SP] = cfas[0]
        if not is_innermost:
            raise _End("there is no call frame information here, and the function has not saved ra")
        pc = frame.registers[_RA]
        if begin < pc < end and not self._calls(pc, begin):
            raise _End(
                "there is no call frame information here, and ra is from a call that this "
                "function has made"
            )
        return registers, pc

    def _calls(self, behind: Address, target: Address) -> bool:
        """Whether the instruction in front of an address may call a function."""
        for size in (2, 4):
            decoded = self._decoded(behind - size)
            if decoded is None or not self._code.is_call(behind - size):
                continue
            made, values = decoded.expanded.instruction, decoded.expanded.values
            if made.target is not None:
                return behind - size + values[made.target.name] == target
            before = self._decoded(behind - size - 4)
            is_pair = before is not None and before.instruction.mnemonic == "auipc"
            if before is not None and is_pair and before.expanded.values["rd"] == values["rs1"]:
                upper = before.expanded.values["imm"] << 12
                return self._wrapped(behind - size - 4 + upper + values["imm"] - target) == 0
            return True
        return False

    def _before_return(self, frame: Frame) -> tuple[dict[int, int], Address] | None:
        """The caller if straight code leads to the return, as in leaves and epilogues."""
        registers: dict[int, int | None] = dict(frame.registers)
        for at, decoded in self._straight(frame.pc):
            made, values = decoded.expanded.instruction, decoded.expanded.values
            source = registers.get(values.get("rs1", 0))
            if made.mnemonic == "jalr" and self._code.is_return(at) and source is not None:
                kept = {n: v for n, v in registers.items() if v is not None and n in _KEPT}
                return (kept, source & ~1) if _SP in kept else None
            for number in self._written(decoded):
                registers[number] = None
                if made.mnemonic == "addi" and source is not None:
                    registers[number] = self._wrapped(source + values["imm"])
                elif (
                    made.mnemonic == self._load_name
                    and number in (_RA, *_KEPT)
                    and source is not None
                ):
                    registers[number] = self._load(source + values["imm"])
        return None

    def _prologue(self, begin: Address, pc: Address) -> tuple[int, dict[int, int], int | None]:
        """What a function has done to the stack by pc.

        Returns:
            How far sp has moved, where registers are saved, and the frame pointer if it is set up:
            all of them as distances from where sp was when the function was called.
        """
        height, pointer, saved = 0, None, dict[int, int]()
        for at, decoded in self._straight(begin):
            if at >= pc:
                break
            made, values = decoded.expanded.instruction, decoded.expanded.values
            sources = {_SP: height, _FP: pointer}
            source = sources.get(values["rs1"]) if made.mnemonic == "addi" else None
            if source is not None and values["rd"] == _SP:
                height = source + values["imm"]
            elif source is not None and values["rd"] == _FP:
                pointer = source + values["imm"]
            elif made.mnemonic == self._store_name and values["rs1"] == _SP:
                # Only the first time it is what the caller had.
                if values["rs2"] in (_RA, *_KEPT):
                    saved.setdefault(values["rs2"], height + values["imm"])
            elif _FP in self._written(decoded):
                pointer = None
            elif _SP in self._written(decoded):
                raise _End("there is no call frame information here, and sp is set anew")
        return height, saved, pointer

    def _straight(self, at: Address) -> Iterator[tuple[Address, Decoded]]:
        """Instructions from an address up to the first that may lead elsewhere."""
        for _ in range(_MOST_STRAIGHT):
            word = self._machine.memory.word(at)
            decoded = None if word is None else self._machine.isa.decode(word)
            # Those of Zcmp move the stack in ways of their own.
            if word is None or decoded is None or decoded.instruction.mnemonic.startswith("cm."):
                return
            yield at, decoded
            if "next_pc" in decoded.expanded.instruction.requests:
                return
            at += word_size(word)

    @staticmethod
    def _written(decoded: Decoded) -> list[int]:
        """The integer registers that an instruction writes."""
        made, values = decoded.expanded.instruction, decoded.expanded.values
        kinds = [(name, made.operands[name].kind) for name in made.writes]
        return [
            values[name]
            for name, kind in kinds
            if isinstance(kind, RegisterKind) and kind.file.name == "x"
        ]

    def _decoded(self, address: Address) -> Decoded | None:
        word = self._machine.memory.word(address)
        return None if word is None else self._machine.isa.decode(word)

    def _known(self, frame: Frame, number: int) -> int:
        value = frame.registers.get(number)
        if number == _VLENB and "vlenb" in self._session.registers:
            value = self._session.registers["vlenb"].read()
        if value is None:
            raise _End("a register that leads to the caller's stack is not known in this function")
        return value

    def _load(self, address: int) -> int:
        data = self._session.get_memory(self._wrapped(address), self._size)
        return int.from_bytes(data, "little")

    def _wrapped(self, value: int) -> int:
        return value & (1 << 8 * self._size) - 1
