"""Zicsr: access to control and status registers."""

from collections.abc import Callable

from rvx.extensions.csr_names import NAMES, NEWER_NAMES, OBSOLETE_NAMES
from rvx.isa import Extension, Words
from rvx.isa.bits import narrow, shift_right_logical

Zicsr = Extension(
    "Zicsr",
    version="2.0",
    doc="Control and status registers",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 9",
    requires=("I",),
    is_core=True,
)
for _name, _address in NAMES.items():
    Zicsr.csr_name(_name, _address)
for _name, _address in (NEWER_NAMES | OBSOLETE_NAMES).items():
    Zicsr.csr_name(_name, _address, is_printed=False)

INSTRUCTIONS_PER_TICK = 100
"""Of `time`. Every instruction takes one cycle."""
for _name, _address, _counts in (
    ("cycle", 0x000, 1),
    ("time", 0x001, INSTRUCTIONS_PER_TICK),
    ("instret", 0x002, 1),
):
    _what = "Executed instructions" if _counts == 1 else f"One for {_counts} executed instructions"
    _state = _name if _name == "time" else f"m{_name}"
    Zicsr.state(_state, 1, f"what {_state} reads beyond the count of executed instructions")
    for _prefix, _base in (("", 0xC00), ("m", 0xB00)):
        if _prefix and _name == "time":
            continue
        Zicsr.csr(f"{_prefix}{_name}", _base + _address, state=_state, doc=_what, counts=_counts)
        Zicsr.csr(
            f"{_prefix}{_name}h",
            _base + 0x80 + _address,
            state=_state,
            lsb=32,
            bits=32,
            doc=f"{_what}, the high half",
            counts=_counts,
            xlen=32,
        )


def write(old: int, operand: int) -> int:
    """The new value of the CSR is the operand."""
    return operand


def set_bits(old: int, operand: int) -> int:
    """The bits of the operand are set."""
    return old | operand


def clear_bits(old: int, operand: int) -> int:
    """The bits of the operand are cleared."""
    return old & (operand ^ -1)


def access(
    operation: Callable[[int, int], int],
) -> Callable[[int, Words, int, int, int], int]:
    """A function that applies the operation to a CSR and returns its old value."""

    def body(operand: int, csr_word: Words, csr_lsb: int, csr_mask: int, xlen: int) -> int:
        word = csr_word[0]
        old = shift_right_logical(word, csr_lsb) & csr_mask
        new = operation(old, operand) & csr_mask
        csr_word[0] = (word & ((csr_mask << csr_lsb) ^ -1)) | (new << csr_lsb)
        return narrow(old, xlen)

    return body


def _declare(name: str, funct3: str, operation: Callable[[int, int], int], what: str) -> None:
    apply = access(operation)

    @Zicsr.instruction(
        f"{name} rd, csr, rs1",
        f"csr[11:0] rs1 0{funct3} rd 1110011",
        kind="csr",
        doc=f"rd = csr; {what.format('rs1')}.",
    )
    def body(rs1: int, csr_word: Words, csr_lsb: int, csr_mask: int, xlen: int) -> int:
        return apply(rs1, csr_word, csr_lsb, csr_mask, xlen)

    @Zicsr.instruction(
        f"{name}i rd, csr, uimm",
        f"csr[11:0] uimm[4:0] 1{funct3} rd 1110011",
        kind="csr",
        doc=f"rd = csr; {what.format('uimm')}.",
    )
    def immediate_body(uimm: int, csr_word: Words, csr_lsb: int, csr_mask: int, xlen: int) -> int:
        return apply(uimm, csr_word, csr_lsb, csr_mask, xlen)


_declare("csrrw", "01", write, "csr = {}")
_declare("csrrs", "10", set_bits, "sets the bits of {} in csr")
_declare("csrrc", "11", clear_bits, "clears the bits of {} in csr")

# What is listed first is printed first: the named counters before csrr.
Zicsr.alias("unimp", "csrrw zero, 0xc00, zero")
Zicsr.alias("rdcycle rd", "csrrs rd, 0xc00, zero")
Zicsr.alias("rdtime rd", "csrrs rd, 0xc01, zero")
Zicsr.alias("rdinstret rd", "csrrs rd, 0xc02, zero")
Zicsr.alias("rdcycleh rd", "csrrs rd, 0xc80, zero", xlen=32)
Zicsr.alias("rdtimeh rd", "csrrs rd, 0xc81, zero", xlen=32)
Zicsr.alias("rdinstreth rd", "csrrs rd, 0xc82, zero", xlen=32)
Zicsr.alias("csrr rd, csr", "csrrs rd, csr, zero")
for _short, _long in (("csrw", "csrrw"), ("csrs", "csrrs"), ("csrc", "csrrc")):
    Zicsr.alias(f"{_short} csr, rs1", f"{_long} zero, csr, rs1")
    Zicsr.alias(f"{_short} csr, uimm", f"{_long}i zero, csr, uimm")
    Zicsr.alias(f"{_short}i csr, uimm", f"{_long}i zero, csr, uimm", is_printed=False)
    Zicsr.alias(f"{_long} rd, csr, uimm", f"{_long}i rd, csr, uimm")
