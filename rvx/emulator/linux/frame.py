"""The frame of a signal's handler on the stack: `struct rt_sigframe` of arch/riscv.

A handler is called with the signal, `siginfo` and `ucontext`, and returns to code that calls
rt_sigreturn, which puts everything back from the frame.
"""

from __future__ import annotations

import errno

from rvx.emulator.linux.process import CallError, Process
from rvx.emulator.linux.signals import Sent
from rvx.emulator.linux.structures import words
from rvx.emulator.registers import Registers
from rvx.isa.bits import Address
from rvx.records import dataclass

RA, SP, A0, A1, A2 = 1, 2, 10, 11, 12
SIGRETURN = 139
TRAMPOLINE = b"".join(word.to_bytes(4, "little") for word in (SIGRETURN << 20 | 0x893, 0x73))
"""`li a7, 139` and `ecall`: where handlers return to."""
TRAMPOLINE_OFFSET = 16
"""Where it is on the page that calls return to."""
_INFO = 128
_MASK = 8
_UNUSED = 120
_QUAD_REGISTERS = 528
_RESET_HAND, _NO_DEFER, _ON_STACK = 0x80000000, 0x40000000, 0x08000000


@dataclass(frozen=True)
class _Layout:
    """Where the parts of a frame are, from its begin."""

    xlen: int

    @property
    def word(self) -> int:
        return self.xlen // 8

    @property
    def stack(self) -> int:
        """uc_stack, behind uc_flags and uc_link."""
        return _INFO + 2 * self.word

    @property
    def mask(self) -> int:
        """uc_sigmask, behind uc_flags, uc_link and uc_stack."""
        return _INFO + 5 * self.word

    @property
    def registers(self) -> int:
        """pc and x1 to x31."""
        return self.mask + _MASK + _UNUSED + 15 & -16

    @property
    def floats(self) -> int:
        return self.registers + 32 * self.word

    @property
    def size(self) -> int:
        return self.floats + _QUAD_REGISTERS + 15 & -16


def enter_handler(
    process: Process, registers: Registers, sent: Sent, pc: Address, trampoline: Address
) -> Address:
    """Puts a frame on the stack, and gives where the handler begins.

    Args:
        process: whose handler it is.
        registers: as they are to be when the handler has returned.
        sent: the signal.
        pc: where execution goes on when the handler has returned.
        trampoline: where `TRAMPOLINE` is.

    Raises:
        CallError: there is no room on the stack.
    """
    signals, layout = process.signals, _Layout(process.xlen)
    word = layout.word
    mask = (1 << process.xlen) - 1
    number, before = sent.number, registers.get(SP)
    bottom, _, room = signals.stack
    is_on_it = 0 <= before - bottom <= room
    if signals.flags(number) & _ON_STACK and room and not is_on_it:
        before = bottom + room
    sp = (before - layout.size & mask) & -16
    if room and bottom <= before <= bottom + room and sp < bottom:
        raise CallError(errno.EFAULT)
    values = [pc, *(registers.get(i) for i in range(1, 32))]
    image = bytearray(layout.size)
    image[:_INFO] = sent.information(word)
    stack = words(signals.stack, word)
    image[layout.stack : layout.stack + len(stack)] = stack
    blocked = signals.blocked if signals.before is None else signals.before
    signals.before = None
    image[layout.mask : layout.mask + _MASK] = blocked.to_bytes(_MASK, "little")
    packed = b"".join(value.to_bytes(word, "little") for value in values)
    image[layout.registers : layout.registers + len(packed)] = packed
    floats = registers.floats()
    image[layout.floats : layout.floats + len(floats)] = floats
    process.write(sp, bytes(image))
    action = signals.actions[number]
    flags = signals.flags(number)
    signals.blocked |= int.from_bytes(action[2 * word :], "little")
    if not flags & _NO_DEFER:
        signals.blocked |= 1 << number - 1
    if flags & _RESET_HAND:
        signals.actions.pop(number)
    for register, value in ((A0, number), (A1, sp), (A2, sp + _INFO), (RA, trampoline), (SP, sp)):
        registers.put(register, value)
    return int.from_bytes(action[:word], "little")


def leave_handler(process: Process, registers: Registers) -> Address:
    """Puts back what is in the frame at sp, and gives where execution goes on.

    Raises:
        CallError: there is no frame.
    """
    layout = _Layout(process.xlen)
    word = layout.word
    image = process.read(registers.get(SP), layout.size)
    process.signals.blocked = int.from_bytes(image[layout.mask : layout.mask + _MASK], "little")
    values = [
        int.from_bytes(image[at : at + word], "little")
        for at in range(layout.registers, layout.floats, word)
    ]
    for i, value in enumerate(values[1:], 1):
        registers.put(i, value)
    registers.put_floats(image[layout.floats : layout.floats + 32 * 8 + 4])
    return values[0]
