"""Zcmp: the registers of a function saved and restored by one compressed instruction.

The words are those of compressed stores of doubles on the stack, so that it is for cores without
Zcd, which is part of C where there are doubles.
"""

from rvx.isa import Extension, Memory, Words, memory
from rvx.isa.bits import address, narrow
from rvx.isa.memory import FAULT_ILLEGAL, FAULT_KIND, FAULT_NONE
from rvx.isa.operands import FrameKind, RegisterKind, frame_registers, frame_size
from rvx.isa.registers import X

Zcmp = Extension(
    "Zcmp",
    version="1.0",
    doc="Compressed prologues and epilogues of functions",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zc"',
    requires=("Zca",),
)
Zcmp.operand_kind(FrameKind("saved", is_negative=True))
Zcmp.operand_kind(FrameKind("restored", is_negative=False))
Zcmp.operand_kind(RegisterKind("xs", X, (8, 9, *range(18, 24))))

_RA, _SP, _A0, _A1 = 1, 2, 10, 11


def _register(place: int) -> int:
    """The register at a place of a list: ra, s0, s1, s2 and on."""
    if place == 0:
        return _RA
    return place + 7 if place < 3 else place + 15


def restore(frame: int, mem: Memory, x_registers: Words, xlen: int) -> None:
    """Loads the registers of a list and releases the stack.

    After a load that is not good the registers are as they were: what is changed here are copies.
    """
    count, size = frame_registers(frame >> 2), xlen >> 3
    end = x_registers[_SP] + frame_size(frame >> 2, frame & 3, xlen)
    for place in range(count):
        at = end - size * (count - place)
        value = memory.load_s32(mem, at) if xlen == 32 else memory.load_64(mem, at)
        x_registers[_register(place)] = value
    x_registers[_SP] = narrow(end, xlen)


@Zcmp.instruction("cm.push frame:saved", "101 11000 frame[5:0] 10", kind="store")
def cm_push(frame: int, mem: Memory, x_registers: Words, xlen: int) -> None:
    """Stores ra and s registers below sp, and makes sp smaller."""
    count, size = frame_registers(frame >> 2), xlen >> 3
    sp = x_registers[_SP]
    for place in range(count):
        at = sp - size * (place + 1)
        value = x_registers[_register(count - 1 - place)]
        if xlen == 32:
            memory.store_32(mem, at, value)
        else:
            memory.store_64(mem, at, value)
        if mem.fault[FAULT_KIND] != FAULT_NONE:
            return
    x_registers[_SP] = narrow(sp - frame_size(frame >> 2, frame & 3, xlen), xlen)


@Zcmp.instruction("cm.pop frame:restored", "101 11010 frame[5:0] 10", kind="load")
def cm_pop(frame: int, mem: Memory, x_registers: Words, xlen: int) -> None:
    """Loads ra and s registers from the stack, and makes sp larger."""
    restore(frame, mem, x_registers, xlen)


@Zcmp.instruction("cm.popret frame:restored", "101 11110 frame[5:0] 10", kind="jump")
def cm_popret(frame: int, mem: Memory, x_registers: Words, next_pc: Words, xlen: int) -> None:
    """Loads ra and s registers from the stack, makes sp larger, and returns."""
    restore(frame, mem, x_registers, xlen)
    next_pc[0] = address(x_registers[_RA] & -2, xlen)


@Zcmp.instruction("cm.popretz frame:restored", "101 11100 frame[5:0] 10", kind="jump")
def cm_popretz(frame: int, mem: Memory, x_registers: Words, next_pc: Words, xlen: int) -> None:
    """Loads ra and s registers from the stack, makes sp larger, and returns 0."""
    restore(frame, mem, x_registers, xlen)
    x_registers[_A0] = 0
    next_pc[0] = address(x_registers[_RA] & -2, xlen)


@Zcmp.instruction("cm.mvsa01 r1s:xs, r2s:xs", "101 011 r1s 01 r2s 10", kind="alu")
def cm_mvsa01(r1s_number: int, r2s_number: int, x_registers: Words, fault: Words) -> None:
    """r1s = a0 and r2s = a1; they are not the same register."""
    if r1s_number == r2s_number:
        fault[0] = FAULT_ILLEGAL
        return
    x_registers[r1s_number] = x_registers[_A0]
    x_registers[r2s_number] = x_registers[_A1]


@Zcmp.instruction("cm.mva01s r1s:xs, r2s:xs", "101 011 r1s 11 r2s 10", kind="alu")
def cm_mva01s(r1s_number: int, r2s_number: int, x_registers: Words) -> None:
    """a0 = r1s and a1 = r2s."""
    x_registers[_A0] = x_registers[r1s_number]
    x_registers[_A1] = x_registers[r2s_number]
