"""The CSRs of machine and supervisor mode that the unit holds.

Those of counters and of floating point are declared by extensions; here is what is left of the
manual's volume II, chapter 2. A field that is not in a mask holds what it held at reset.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from rvx.records import dataclass


class Mode(IntEnum):
    """Privilege modes."""

    USER = 0
    SUPERVISOR = 1
    MACHINE = 3


class Address(IntEnum):
    """CSRs that do something."""

    SSTATUS = 0x100
    SIE = 0x104
    STVEC = 0x105
    SCOUNTEREN = 0x106
    SEPC = 0x141
    SCAUSE = 0x142
    STVAL = 0x143
    SIP = 0x144
    SATP = 0x180
    MSTATUS = 0x300
    MSTATUSH = 0x310
    MISA = 0x301
    MEDELEG = 0x302
    MIDELEG = 0x303
    MIE = 0x304
    MTVEC = 0x305
    MCOUNTEREN = 0x306
    MEPC = 0x341
    MCAUSE = 0x342
    MTVAL = 0x343
    MIP = 0x344
    PMPCFG = 0x3A0
    SEED = 0x015
    MSECCFG = 0x747
    PMPADDR = 0x3B0


VS_SHIFT = 9
"""Position of mstatus.VS."""


class Status:
    """Fields of mstatus."""

    SIE = 1 << 1
    MIE = 1 << 3
    SPIE = 1 << 5
    MPIE = 1 << 7
    SPP = 1 << 8
    VS = 3 << VS_SHIFT
    MPP = 3 << 11
    FS = 3 << 13
    MPRV = 1 << 17
    SUM = 1 << 18
    MXR = 1 << 19
    TVM = 1 << 20
    TW = 1 << 21
    TSR = 1 << 22
    WRITABLE = SIE | MIE | SPIE | MPIE | SPP | MPP | MPRV | SUM | MXR | TVM | TW | TSR
    SUPERVISOR = SIE | SPIE | SPP | VS | FS | 3 << 15 | SUM | MXR


SOFTWARE, TIMER, EXTERNAL = 1, 5, 9
"""Interrupts of supervisor mode; those of machine mode are two higher."""
SUPERVISOR_INTERRUPTS = 1 << SOFTWARE | 1 << TIMER | 1 << EXTERNAL
MACHINE_INTERRUPTS = SUPERVISOR_INTERRUPTS << 2
DELEGABLE = 0xB3FF
"""Exceptions that may go to supervisor mode: all but an ecall of machine mode."""


@dataclass(frozen=True)
class Register:
    """A CSR that is held as it is written.

    Attributes:
        address: of 12 bits.
        name: of the manual.
        mask: bits that can be written.
        reset: what it holds at first.
    """

    address: int
    name: str
    mask: int = 0
    reset: int = 0


SEED_OF_USERS, SEED_OF_SUPERVISORS = 1 << 8, 1 << 9
"""Fields of mseccfg: which lower modes may read the CSR seed."""
SEED_IS_READY = 2 << 30
"""Of the CSR seed: sixteen bits of entropy are in it."""


def registers(xlen: int, alignment: int, has_entropy: bool) -> Iterator[Register]:
    """The CSRs of a machine.

    Args:
        xlen: 32 or 64.
        alignment: what addresses of instructions are multiples of.
        has_entropy: whether it has Zkr.
    """
    if has_entropy:
        yield Register(Address.SEED, "seed")
        yield Register(Address.MSECCFG, "mseccfg", SEED_OF_USERS | SEED_OF_SUPERVISORS)
        if xlen == 32:
            yield Register(0x757, "mseccfgh")
    everything = (1 << xlen) - 1
    places = everything & -alignment
    yield Register(Address.STVEC, "stvec", everything & ~2)
    yield Register(Address.SCOUNTEREN, "scounteren", 7)
    yield Register(0x10A, "senvcfg", 1)
    yield Register(0x140, "sscratch", everything)
    yield Register(Address.SEPC, "sepc", places)
    yield Register(Address.SCAUSE, "scause", everything)
    yield Register(Address.STVAL, "stval", everything)
    yield Register(Address.SATP, "satp")
    yield Register(Address.MEDELEG, "medeleg", DELEGABLE)
    yield Register(Address.MIDELEG, "mideleg", SUPERVISOR_INTERRUPTS)
    yield Register(Address.MIE, "mie", SUPERVISOR_INTERRUPTS | MACHINE_INTERRUPTS)
    yield Register(Address.MTVEC, "mtvec", everything & ~2)
    yield Register(Address.MCOUNTEREN, "mcounteren", 7)
    yield Register(0x30A, "menvcfg", 1)
    yield Register(0x320, "mcountinhibit")
    yield Register(0x340, "mscratch", everything)
    yield Register(Address.MEPC, "mepc", places)
    yield Register(Address.MCAUSE, "mcause", everything)
    yield Register(Address.MTVAL, "mtval", everything)
    for number, name in enumerate(("tselect", "tdata1", "tdata2", "tdata3", "tinfo", "tcontrol")):
        yield Register(0x7A0 + number, name)
    yield Register(0x7A8, "mcontext")
    for number, name in enumerate(("mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr")):
        yield Register(0xF11 + number, name)
    if xlen == 32:
        yield Register(Address.MSTATUSH, "mstatush")
        yield Register(0x31A, "menvcfgh")
    # Sixteen regions of memory; RV64 has eight in a CSR, so that there are no odd ones.
    for number in range(0, 4, xlen // 32):
        yield Register(Address.PMPCFG + number, f"pmpcfg{number}")
    for number in range(16):
        yield Register(Address.PMPADDR + number, f"pmpaddr{number}")
    for number in range(3, 32):
        yield Register(0x320 + number, f"mhpmevent{number}")
        yield Register(0xB00 + number, f"mhpmcounter{number}")
        yield Register(0xC00 + number, f"hpmcounter{number}")
        if xlen == 32:
            yield Register(0xB80 + number, f"mhpmcounter{number}h")
            yield Register(0xC80 + number, f"hpmcounter{number}h")
