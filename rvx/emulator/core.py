"""The CPU core: the one file that knows Unicorn's interface and its surprises (pinned: 2.1.4).

What the rest of the emulator relies on is stated by tests/emulator/test_unicorn_pin.py, fact by
fact, so that a new release of Unicorn says which of them it changed.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import numpy as np
import unicorn
from numpy.typing import NDArray
from unicorn import riscv_const as const
from unicorn import unicorn_const
from unicorn.unicorn_py3.unicorn import uclib

from rvx.records import dataclass

X0 = int(const.UC_RISCV_REG_X0)
F0 = int(const.UC_RISCV_REG_F0)
PC = int(const.UC_RISCV_REG_PC)
FFLAGS = int(const.UC_RISCV_REG_FFLAGS)
FRM = int(const.UC_RISCV_REG_FRM)
MSTATUS = int(const.UC_RISCV_REG_MSTATUS)
MSTATUS_FS_DIRTY = 0x6000
_WITHOUT_FLOATS = {32: const.UC_CPU_RISCV32_SIFIVE_E31, 64: const.UC_CPU_RISCV64_SIFIVE_E51}

HOOK_TRAP = int(unicorn_const.UC_HOOK_INTR)
HOOK_CODE = int(unicorn_const.UC_HOOK_CODE)
HOOK_BLOCK = int(unicorn_const.UC_HOOK_BLOCK)
HOOK_NEW_BLOCK = int(unicorn_const.UC_HOOK_EDGE_GENERATED)
HOOK_BAD_ACCESS = int(unicorn_const.UC_HOOK_MEM_INVALID)

WRITE = int(unicorn_const.UC_PROT_WRITE)

CAUSE_ILLEGAL = 2
CAUSE_ECALL = 8

_JUMP_TO_NEXT = 0x0040006F.to_bytes(4, "little")
_SEARCHED_HANDLE = 8192
_SEARCHED_STATE = 1 << 17
_SEARCHED_BEHIND_X0 = {32: 0x480, 64: 0x700}
"""By XLEN: bytes from x0 on in which all other registers lie, all of them of the core's own object.

What follows belongs to others, to Python among them, and changes while the search goes on: a byte
there that happens to change with the flags makes two places of one.
"""
_SEARCHED_PLACES = (0x3579BDE0, 0x12345678, 0x2468ACE0)


class CoreError(RuntimeError):
    """Unicorn refused something that rvx takes for granted."""


@dataclass(frozen=True)
class RegisterPointers:
    """Host addresses of the core's own registers, found by looking for values written to them.

    Attributes:
        x: address of x0; x registers are XLEN bits each.
        f: address of f0; f registers are 64 bits each.
        pc: address of the program counter, an XLEN-bit word.
        frm: address of the rounding mode, an XLEN-bit word.
        mstatus: address of mstatus, an XLEN-bit word.
        fflags: address of the byte of accrued exceptions.
        flags_table: that byte for each of the 32 values of RISC-V fflags.
    """

    x: int
    f: int
    pc: int
    frm: int
    mstatus: int
    fflags: int
    flags_table: tuple[int, ...]

    def moved(self, distance: int) -> RegisterPointers:
        """The same places so many bytes further."""
        return RegisterPointers(
            self.x + distance,
            self.f + distance,
            self.pc + distance,
            self.frm + distance,
            self.mstatus + distance,
            self.fflags + distance,
            self.flags_table,
        )


_found_before: dict[int, tuple[int, RegisterPointers]] = {}
"""By XLEN: which word of the handle led to the registers, and where they were from there on."""


class _Alive:
    """The cores that there are.

    Each reserves a gigabyte of addresses for translated code, and Unicorn ends the process where
    that cannot be had. A machine is full of circles, so those that nobody uses any longer wait for
    Python's collector, which sees small objects only: it is called for once there are many.
    """

    MANY = 64

    def __init__(self) -> None:
        self._cores: WeakSet[Core] = WeakSet()
        self._in_use = 0

    def add(self, core: Core) -> None:
        """One more; those that are in use are not looked at again and again."""
        if len(self._cores) >= max(self._many(), 2 * self._in_use):
            gc.collect()
            self._in_use = len(self._cores)
        self._cores.add(core)

    def _many(self) -> int:
        """Half of what the process may have of addresses."""
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        return self.MANY if limit == resource.RLIM_INFINITY else min(self.MANY, limit >> 31)


_alive = _Alive()


class Core:
    """A RISC-V hart in machine mode with its floating-point unit switched on.

    Args:
        xlen: 32 or 64.
        by_pointer: look for the registers in memory, so that compiled code reaches them without
            a call; where they are not found, `pointers` is None.
        has_floats: whether it performs F and D. Otherwise most of them trap, and so do the CSRs
            while mstatus.FS is off. What does not (fsgnj.d, and the loads and stores of the C
            extension, which do nothing) it must not get to see, see `rvx.emulator.gate`.
    """

    def __init__(self, xlen: int, by_pointer: bool = True, has_floats: bool = True) -> None:
        mode = unicorn.UC_MODE_RISCV64 if xlen == 64 else unicorn.UC_MODE_RISCV32
        self.xlen = xlen
        _alive.add(self)
        self.uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, mode)
        if not has_floats:
            self.uc.ctl_set_cpu_model(_WITHOUT_FLOATS[xlen])
        # Without FS every floating-point instruction is illegal. It is set to dirty at once,
        # because translated blocks are tied to its value.
        self.uc.reg_write(MSTATUS, MSTATUS_FS_DIRTY)
        self._kept: list[Any] = []
        self.pointers = self._find_registers() if by_pointer else None

    @property
    def handle(self) -> int:
        """The `uc_engine *` that hooks are called with."""
        return int(self.uc._uch.value)

    def map(self, address: int, size: int, permissions: int, host: int) -> None:
        """Maps host memory into the guest; both sides see each other's writes."""
        self.uc.mem_map_ptr(address, size, permissions, host)

    def unmap(self, address: int, size: int) -> None:
        """Takes back what `map` has mapped there, as a whole."""
        self.uc.mem_unmap(address, size)

    def add_native_hook(
        self, kind: int, callback: int, data: int, begin: int = 1, end: int = 0
    ) -> None:
        """Installs compiled code as a hook on `begin` to `end` inclusive; everywhere if empty."""
        handle = ctypes.c_size_t()
        error = uclib.uc_hook_add(
            self.uc._uch,
            ctypes.byref(handle),
            ctypes.c_int(kind),
            ctypes.c_void_p(callback),
            ctypes.c_void_p(data),
            ctypes.c_uint64(begin),
            ctypes.c_uint64(end),
        )
        if error:
            raise CoreError(f"a hook could not be installed: Unicorn error {error}")

    def on_bad_access(self, callback: Callable[[int, int, int], None]) -> None:
        """Calls back with (kind of access, address, size) before a bad access ends the run."""

        def forward(_uc: Any, access: int, address: int, size: int, _v: int, _d: Any) -> bool:
            callback(access, address, size)
            return False

        self.uc.hook_add(HOOK_BAD_ACCESS, forward)

    def stop(self) -> None:
        """Ends `start` before the instruction of the hook that this is called from."""
        self.uc.emu_stop()

    def on_reaching(self, address: int, callback: Callable[[], None]) -> None:
        """Calls back before the instruction at an address is performed."""
        self.uc.hook_add(HOOK_CODE, lambda *_: callback(), begin=address, end=address)

    def read(self, register: int) -> int:
        """A register by Unicorn's number, not negative."""
        value: int = self.uc.reg_read(register)
        return value & ((1 << 64) - 1 if F0 <= register <= F0 + 31 else (1 << self.xlen) - 1)

    def write(self, register: int, value: int) -> None:
        """Writes a register by Unicorn's number."""
        bits = 64 if F0 <= register <= F0 + 31 else self.xlen
        self.uc.reg_write(register, value & (1 << bits) - 1)

    @property
    def x_registers(self) -> NDArray[Any] | None:
        """A view of all x registers; None where nobody knows their place."""
        if self.pointers is None:
            return None
        words = ctypes.c_int64 if self.xlen == 64 else ctypes.c_uint32
        return np.ctypeslib.as_array((words * 32).from_address(self.pointers.x))

    @property
    def pc(self) -> int:
        """The program counter."""
        return self.read(PC)

    def start(self, pc: int, until: int) -> str | None:
        """Runs until stopped; gives Unicorn's words for an error, None for a plain stop."""
        try:
            self.uc.emu_start(pc, until)
        except unicorn.UcError as error:
            return str(error)
        return None

    def forget_translations(self) -> None:
        """Drops all translated code: needed after hooks are added or the host changes code."""
        self.uc.ctl_flush_tb()

    def run_once(self, address: int) -> None:
        """Runs a block of one jump there, before there are hooks.

        Unicorn calls the hook on new blocks with the block that was left before; without one, it
        does not call it. A block that is left by a trap does not count.
        """
        self.uc.mem_write(address, _JUMP_TO_NEXT)
        self.start(address, address + 4)
        self.uc.mem_write(address, bytes(4))
        self.forget_translations()

    def forget(self, begin: int, end: int) -> None:
        """Drops all translated blocks that hold any of these bytes."""
        self.uc.ctl_remove_cache(begin, end)

    def translate(self, address: int) -> int:
        """Translates the block at this address now, with the memory and hooks of this moment.

        Nothing is done where it is translated already. The hook on new blocks is not called.

        Returns:
            How many bytes of instructions the block has.

        Raises:
            CoreError: there is no code at this address.
        """
        try:
            _, _, size = self.uc.ctl_request_cache(address)
        except unicorn.UcError as error:
            raise CoreError(f"no block at {address:#x}: {error}") from None
        return int(size)

    def _find_registers(self) -> RegisterPointers | None:
        """Finds the registers by writing random values and searching what the handle points to.

        The search reads through `process_vm_readv`, which answers with an error where a stray
        pointer would crash. The values are new ones every time, so that nothing is found that an
        earlier core has left behind.
        """
        peek = _memory_reader()
        if peek is None:
            return None
        size = self.xlen // 8
        # Not numpy.random, which takes longer to import than all of this.
        draw = np.frombuffer(os.urandom(64 * 8), np.int64)
        x, f = draw[:32] >> 33 & 0x7FFFFFFF | 1, draw[32:] >> 2 & (1 << 61) - 1 | 1
        for i in range(32):
            self.uc.reg_write(X0 + i, int(x[i]) if i else 0)
            self.uc.reg_write(F0 + i, int(f[i]))
        x_bytes = b"".join(int(value).to_bytes(size, "little") for value in x[1:])
        found = self._locate(peek, x_bytes, f.astype("<i8").tobytes())
        self.uc.reg_write(PC, 0)
        self.uc.reg_write(FRM, 0)
        self.uc.reg_write(FFLAGS, 0)
        self.uc.reg_write(MSTATUS, MSTATUS_FS_DIRTY)
        for i in range(32):
            self.uc.reg_write(X0 + i, 0)
            self.uc.reg_write(F0 + i, 0)
        return found

    def _locate(
        self, peek: Callable[[int, int], bytes], x_bytes: bytes, f_bytes: bytes
    ) -> RegisterPointers | None:
        size = self.xlen // 8
        handle = np.frombuffer(peek(self.handle, _SEARCHED_HANDLE), "<u8")
        known = _found_before.get(self.xlen)
        if known is not None and known[0] < len(handle):
            moved = known[1].moved(int(handle[known[0]]))
            if self._is_confirmed(peek, moved, x_bytes, f_bytes):
                return moved
        for slot, candidate in enumerate(int(value) for value in handle):
            if not 0x10000 <= candidate < 1 << 47:
                continue
            state = peek(candidate, _SEARCHED_STATE)
            x1 = self._living(peek, candidate, state, x_bytes, X0 + 1)
            f0 = self._living(peek, candidate, state, f_bytes, F0)
            if x1 is None or f0 is None:
                continue
            start = x1 - size
            window = peek(start, _SEARCHED_BEHIND_X0[self.xlen])
            frm = self._locate_word(peek, start, len(window), FRM, (3, 1, 4, 2, 0))
            states = (0x2000, 0x6000, 0, 0x4000)
            mstatus = self._locate_word(peek, start, len(window), MSTATUS, states)
            pc = self._locate_word(peek, start, len(window), PC, _SEARCHED_PLACES)
            flags = self._locate_flags(peek, start, len(window))
            if pc is not None and frm is not None and mstatus is not None and flags is not None:
                found = RegisterPointers(start, f0, pc, frm, mstatus, *flags)
                _found_before[self.xlen] = slot, found.moved(-candidate)
                return found
        return None

    def _living(
        self,
        peek: Callable[[int, int], bytes],
        base: int,
        state: bytes,
        values: bytes,
        register: int,
    ) -> int | None:
        """Where these values are registers, of which the first is given.

        The values that were written lie in Python's own memory too, which may be near the engine's.
        """
        size = 8 if register >= F0 else self.xlen // 8
        first = int.from_bytes(values[:size], "little")
        at = state.find(values)
        while at >= 0:
            self.uc.reg_write(register, first ^ 1)
            is_living = peek(base + at, size) == (first ^ 1).to_bytes(size, "little")
            self.uc.reg_write(register, first)
            if is_living:
                return base + at
            at = state.find(values, at + 1)
        return None

    def _is_confirmed(
        self,
        peek: Callable[[int, int], bytes],
        pointers: RegisterPointers,
        x_bytes: bytes,
        f_bytes: bytes,
    ) -> bool:
        """Whether the registers are where those of an earlier core were."""
        size = self.xlen // 8
        self.uc.reg_write(FRM, 3)
        self.uc.reg_write(FFLAGS, 21)
        self.uc.reg_write(MSTATUS, 0x2000)
        self.uc.reg_write(PC, _SEARCHED_PLACES[0])
        return (
            peek(pointers.x + size, len(x_bytes)) == x_bytes
            and peek(pointers.f, len(f_bytes)) == f_bytes
            and peek(pointers.pc, size) == _SEARCHED_PLACES[0].to_bytes(size, "little")
            and peek(pointers.frm, size) == (3).to_bytes(size, "little")
            and peek(pointers.mstatus, size) == (0x2000).to_bytes(size, "little")
            and peek(pointers.fflags, 1) == bytes([pointers.flags_table[21]])
        )

    def _locate_word(
        self,
        peek: Callable[[int, int], bytes],
        start: int,
        length: int,
        register: int,
        values: tuple[int, ...],
    ) -> int | None:
        """Where a register is of which all these values are found after they were written."""
        places: set[int] | None = None
        size = self.xlen // 8
        for value in values:
            self.uc.reg_write(register, value)
            held = self.read(register)
            words = np.frombuffer(peek(start, length), f"<u{size}")
            hits = {int(i) for i in np.flatnonzero(words == held)}
            places = hits if places is None else places & hits
        if not places or len(places) != 1:
            return None
        return start + size * places.pop()

    def _locate_flags(
        self, peek: Callable[[int, int], bytes], start: int, length: int
    ) -> tuple[int, tuple[int, ...]] | None:
        self.uc.reg_write(FFLAGS, 0)
        before = np.frombuffer(peek(start, length), np.uint8)
        places: set[int] | None = None
        encoded: list[NDArray[np.uint8]] = []
        for flags in range(32):
            self.uc.reg_write(FFLAGS, flags)
            after = np.frombuffer(peek(start, length), np.uint8)
            encoded.append(after)
            hits = {int(i) for i in np.flatnonzero(after != before)}
            if flags:
                places = hits if places is None else places & hits
        self.uc.reg_write(FFLAGS, 0)
        if not places or len(places) != 1:
            return None
        at = places.pop()
        table = tuple(int(image[at]) for image in encoded)
        return (start + at, table) if len(set(table)) == 32 else None


class _Span(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


def _memory_reader() -> Callable[[int, int], bytes] | None:
    """A function that reads this process' memory and gives fewer bytes where it is not mapped."""
    try:
        read = ctypes.CDLL(None).process_vm_readv
    except (OSError, AttributeError):
        return None
    read.restype = ctypes.c_ssize_t

    def peek(address: int, size: int) -> bytes:
        buffer = ctypes.create_string_buffer(size)
        done = 0
        page = 4096
        while done < size:
            step = min(size - done, page - (address + done) % page)
            local = _Span(ctypes.addressof(buffer) + done, step)
            remote = _Span(address + done, step)
            got = read(
                os.getpid(),
                ctypes.byref(local),
                ctypes.c_ulong(1),
                ctypes.byref(remote),
                ctypes.c_ulong(1),
                ctypes.c_ulong(0),
            )
            if got <= 0:
                break
            done += got
        return buffer.raw[:done]

    return peek
