"""Zcmt: jumps through a table whose address is in a CSR.

Like those of Zcmp, the words are those of compressed stores of doubles on the stack.
"""

from rvx.isa import Extension, Memory, Words, memory
from rvx.isa.bits import address, narrow
from rvx.isa.memory import FAULT_ILLEGAL, FAULT_KIND, FAULT_NONE
from rvx.isa.operands import ImmediateKind

Zcmt = Extension(
    "Zcmt",
    version="1.0",
    doc="Compressed jumps through a table",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zc"',
    requires=("Zca", "Zicsr"),
)
_FIRST_LINKING = 32
_MODE = 0x3F
Zcmt.csr("jvt", 0x017, doc="Address of the table, a multiple of 64, and its mode, which is 0")
Zcmt.operand_kind(ImmediateKind("linking", signed=False, least=_FIRST_LINKING))


def target(index: int, jvt: Words, mem: Memory, next_pc: Words, fault: Words, xlen: int) -> bool:
    """Goes on where an entry of the table says; whether there is one."""
    if jvt[0] & _MODE != 0:
        fault[0] = FAULT_ILLEGAL
        return False
    at = (jvt[0] & -64) + index * (xlen >> 3)
    entry = memory.load_s32(mem, at) if xlen == 32 else memory.load_64(mem, at)
    if mem.fault[FAULT_KIND] != FAULT_NONE:
        return False
    next_pc[0] = address(entry & -2, xlen)
    return True


@Zcmt.instruction("cm.jt index:u", "101 000 000 index[4:0] 10", kind="jump")
def cm_jt(index: int, jvt: Words, mem: Memory, next_pc: Words, fault: Words, xlen: int) -> None:
    """Goes on at the address in entry `index` of the table, one of the first 32."""
    target(index, jvt, mem, next_pc, fault, xlen)


@Zcmt.instruction(
    "cm.jalt index:linking", "101 000 index[7:0] 10", kind="jump", overlaps=("cm.jt",)
)
def cm_jalt(
    index: int,
    jvt: Words,
    mem: Memory,
    next_pc: Words,
    fault: Words,
    x_registers: Words,
    xlen: int,
) -> None:
    """ra = address of the next instruction; goes on at the address in entry `index`."""
    link = next_pc[0]
    if target(index, jvt, mem, next_pc, fault, xlen):
        x_registers[1] = narrow(link, xlen)
