"""Directives about symbols and relocations that few sources need."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.directives.registry import arguments, directive
from rvx.assembler.directives.symbols import assign, comm, symbol_names
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.model.relocations import NUMBERS
from rvx.assembler.model.sections import Request
from rvx.assembler.model.values import ZERO
from rvx.assembler.source.grammar import (
    parse_expression,
    plain_name,
    split_operands,
    symbol_name,
)

_PLAIN = {"BFD_RELOC_NONE": "NONE", "BFD_RELOC_32": "32", "BFD_RELOC_64": "64"}


@directive(".reloc")
def reloc(assembly: Assembly, name: str, rest: str) -> None:
    """`.reloc offset, R_RISCV_32, symbol + 4`: a relocation at a place of the section."""
    parts = arguments(name, rest, 2, 3, "offset, relocation, expression")
    written = parts[1].upper()
    kind = _PLAIN.get(written, written.removeprefix("R_RISCV_"))
    if kind not in NUMBERS or (written not in _PLAIN and not written.startswith("R_RISCV_")):
        hint = did_you_mean(kind, NUMBERS) or "such as R_RISCV_32; the names are the psABI's"
        raise SourceError(f"there is no relocation '{parts[1]}'", hint=hint, text=parts[1])
    offset = assembly.evaluate(parse_expression(parts[0]))
    value = assembly.evaluate(parse_expression(parts[2])) if len(parts) > 2 else ZERO
    section = assembly.current[0]
    assembly.relocations.append(Request(section, offset, kind, value, assembly.location))


@directive(".dtprelword", ".dtpreldword")
def dtprel(assembly: Assembly, name: str, rest: str) -> None:
    """`.dtprelword symbol`: the offset of a thread-local symbol in its module's block."""
    size = 8 if name == ".dtpreldword" else 4
    for part in split_operands(rest):
        value = assembly.evaluate(parse_expression(part))
        if value.plus is None or value.minus is not None or value.tree is not None:
            raise SourceError(f"{name} takes the name of a thread-local symbol", text=part)
        # GNU as leaves the addend in the data as well as in the relocation.
        assembly.emit((value.number & (1 << 8 * size) - 1).to_bytes(size, "little"))
        assembly.fix(f"TLS_DTPREL{8 * size}", value, back=size)


@directive(".weakref")
def weakref(assembly: Assembly, name: str, rest: str) -> None:
    """`.weakref name, symbol`: a name for a symbol that may be missing."""
    alias, target = (symbol_name(part) for part in arguments(name, rest, 2, 2, "name, symbol"))
    assembly.weak_names.pop(alias, None)
    seen = {alias}
    final = target
    while final in assembly.weak_names and final not in seen:
        seen.add(final)
        final = assembly.weak_names[final]
    if final in seen:
        raise SourceError(f"'{alias}' would be a name for itself", text=target)
    known = assembly.symbols.get(alias)
    if known is not None and (known.is_defined or known.is_directly_used):
        raise SourceError(
            f"symbol '{alias}' is used before this line",
            hint="write .weakref before the first use of its name",
            text=alias,
        )
    assembly.weak_names[alias] = final


@directive(".variant_cc")
def variant_cc(assembly: Assembly, name: str, rest: str) -> None:
    """`.variant_cc name`: calls of it pass arguments in another way than the standard one."""
    for part in symbol_names(name, rest):
        symbol = assembly.symbol(part)
        symbol.is_variant = symbol.is_mentioned = True


@directive(".tls_common")
def tls_common(assembly: Assembly, name: str, rest: str) -> None:
    """`.tls_common name, bytes, alignment`: a common symbol of which each thread has its own."""
    comm(assembly, name, rest)
    assembly.symbol(symbol_name(split_operands(rest)[0])).type = "tls"


@directive(".lsym")
def lsym(assembly: Assembly, name: str, rest: str) -> None:
    """`.lsym name, expression`: like `.set`."""
    parts = arguments(name, rest, 2, 2, "name, expression")
    assign(assembly, symbol_name(parts[0]), parts[1], is_once=True)


@directive(".symver")
def symver(assembly: Assembly, name: str, rest: str) -> None:
    """`.symver name, other@version`: a versioned name for a symbol that is defined here."""
    parts = arguments(name, rest, 2, 3, "name, other@version, visibility")
    other = plain_name(parts[1])
    if "@" not in other[1:]:
        raise SourceError(f"'{other}' names no version", hint="write other@version", text=parts[1])
    fate = parts[2] if len(parts) > 2 else ""
    if fate not in ("", "local", "hidden", "remove"):
        raise SourceError(
            f"'{fate}' cannot become of the first name",
            hint="valid are local, hidden and remove",
            text=fate,
        )
    if assembly.symbol(symbol_name(parts[0])).is_common:
        raise SourceError(f"the common symbol '{parts[0]}' can have no version", text=parts[0])
    assembly.versions[other] = (symbol_name(parts[0]), fate)
