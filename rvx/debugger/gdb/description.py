"""The target description: what registers there are, in XML, by the features that GDB knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from rvx.debugger.registers import Group, Register

_FEATURES = {
    Group.GENERAL: "org.gnu.gdb.riscv.cpu",
    Group.FLOAT: "org.gnu.gdb.riscv.fpu",
    Group.VECTOR: "org.gnu.gdb.riscv.vector",
    Group.EXTENSION: "org.rvx.extensions",
    Group.STATE: "org.rvx.states",
    Group.CSR: "org.gnu.gdb.riscv.csr",
}
_GROUPS = {
    Group.GENERAL: "general",
    Group.FLOAT: "float",
    Group.VECTOR: "vector",
    Group.EXTENSION: "extension",
    Group.STATE: "state",
    Group.CSR: "csr",
}
_LANES = (("b", "uint8", 8), ("h", "uint16", 16), ("w", "uint32", 32), ("l", "uint64", 64))
_FLOAT_LANES = (("f", "ieee_single", 32), ("d", "ieee_double", 64))


def size_of(register: Register) -> int:
    """Bytes of a register as GDB has it: a power of two up to 8, or what it has."""
    for size in (1, 2, 4, 8):
        if register.bits <= 8 * size:
            return size
    return -(-register.bits // 32) * 4


def describe(registers: Sequence[Register], xlen: int) -> str:
    """The document; registers are numbered in their order."""
    return "\n".join(_lines(registers, xlen))


def _lines(registers: Sequence[Register], xlen: int) -> Iterator[str]:
    yield '<?xml version="1.0"?>'
    yield '<!DOCTYPE target SYSTEM "gdb-target.dtd">'
    yield '<target version="1.0">'
    yield f"<architecture>riscv:rv{xlen}</architecture>"
    for group, feature in _FEATURES.items():
        chosen = [(i, one) for i, one in enumerate(registers) if one.group == group]
        if not chosen:
            continue
        yield f'<feature name="{feature}">'
        yield from _types(sorted({8 * size_of(one) for _, one in chosen}), group)
        for number, one in chosen:
            yield (
                f'<reg name={quoteattr(one.name)} bitsize="{8 * size_of(one)}" '
                f'type="{_type(one)}" regnum="{number}" group="{_GROUPS[group]}"/>'
            )
        yield "</feature>"
    yield "</target>"


def _types(widths: Sequence[int], group: Group) -> Iterator[str]:
    """Unions of lanes for what is wider than a word, and for floats."""
    if group == Group.FLOAT:
        yield '<vector id="bytes8" type="uint8" count="8"/>'
        yield '<vector id="halves4" type="uint16" count="4"/>'
        yield '<union id="riscv_double">'
        yield '<field name="float" type="ieee_single"/>'
        yield '<field name="double" type="ieee_double"/>'
        yield '<field name="b" type="bytes8"/><field name="h" type="halves4"/>'
        yield "</union>"
    for width in (width for width in widths if width > 64):
        lanes = [(*lane, width // lane[2]) for lane in _LANES if width % lane[2] == 0]
        if group == Group.VECTOR:
            lanes += [(*lane, width // lane[2]) for lane in _FLOAT_LANES]
        for name, kind, _, count in lanes:
            yield f'<vector id="{name}{group}{width}" type="{kind}" count="{count}"/>'
        yield f'<union id="lanes{group}{width}">'
        for name, *_ in lanes:
            yield f'<field name="{name}" type="{name}{group}{width}"/>'
        yield "</union>"


def _type(register: Register) -> str:
    if register.name in ("pc", "ra"):
        return "code_ptr"
    if register.name in ("sp", "gp", "tp", "s0"):
        return "data_ptr"
    if register.group == Group.FLOAT:
        return "riscv_double"
    width = 8 * size_of(register)
    if width > 64:
        return f"lanes{register.group}{width}"
    return f"{'int' if register.group == Group.GENERAL else 'uint'}{width}"
