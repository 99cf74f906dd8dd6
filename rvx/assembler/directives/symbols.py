"""Directives about symbols: values, binding, type, size."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.lines import number_file
from rvx.assembler.directives.registry import arguments, directive, string
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.model.sections import Space, Symbol, Value
from rvx.assembler.source.grammar import (
    parse_expression,
    plain_name,
    split_operands,
    symbol_name,
)
from rvx.assembler.source.syntax import Binary, Name, Number

_TYPES = {
    "function": "func",
    "func": "func",
    "object": "object",
    "notype": "notype",
    "tls_object": "tls",
    "common": "common",
    "gnu_unique_object": "object",
    "gnu_indirect_function": "gnu_ifunc",
}
_IGNORED = (
    ".title .sbttl .eject .psize .list .nolist .addrsig .addrsig_sym .extern .xref .func .endfunc "
    ".debug .format .noformat .lflags .name .nopage .page .plen .llen .spc .line .linefile "
    ".stabs .stabd .stabn .xstabs .linkonce .vtable_inherit .vtable_entry"
).split()


@directive(".set", ".equ", ".equiv")
def set_(assembly: Assembly, name: str, rest: str) -> None:
    """`.set name, expression`: gives a symbol a value; `.equiv` only once."""
    parts = arguments(name, rest, 2, 2, "name, expression")
    assign(assembly, symbol_name(parts[0]), parts[1], is_once=name == ".equiv")


@directive(".eqv")
def eqv(assembly: Assembly, name: str, rest: str) -> None:
    """`.eqv name, expression`: the name stands for the expression wherever it is used."""
    parts = arguments(name, rest, 2, 2, "name, expression")
    assembly.abbreviate(symbol_name(parts[0]), parse_expression(parts[1]))


def assign(assembly: Assembly, name: str, text: str, *, is_once: bool = False) -> None:
    """Gives a symbol the value of an expression."""
    if name in assembly.isa.registers:
        assembly.warn(f"'{name}' is a register, and a symbol of that name is hard to use", name)
    if name == ".":
        target = assembly.evaluate(parse_expression(text))
        assembly.move_to(target)
        return
    assembly.assign(name, assembly.evaluate(parse_expression(text)), is_once=is_once)


@directive(".globl", ".global", ".xdef", is_repeatable=True)
def globl(assembly: Assembly, name: str, rest: str) -> None:
    """`.globl name`: other objects see the symbol."""
    for part in symbol_names(name, rest):
        assembly.do_with(part, _make_global)


def _make_global(assembly: Assembly, symbol: Symbol) -> None:
    symbol.is_mentioned = True
    if symbol.binding == "local":
        symbol.binding = "global"


@directive(".weak")
def weak(assembly: Assembly, name: str, rest: str) -> None:
    """`.weak name`: another object's definition wins."""
    for part in symbol_names(name, rest):
        symbol = assembly.symbol(part)
        if symbol.is_common:
            raise SourceError(f"the common symbol '{part}' cannot be weak", text=part)
        symbol.is_mentioned = True
        symbol.binding = "weak"


@directive(".local")
def local(assembly: Assembly, name: str, rest: str) -> None:
    """`.local name`: only this object sees the symbol."""
    for part in symbol_names(name, rest):
        symbol = assembly.symbol(part)
        symbol.binding = "local"
        symbol.is_fixed = symbol.is_mentioned = True


@directive(".hidden", ".internal", ".protected")
def visibility(assembly: Assembly, name: str, rest: str) -> None:
    """`.hidden name`: no other module sees the symbol."""
    for part in symbol_names(name, rest):
        symbol = assembly.symbol(part)
        symbol.visibility = name[1:]
        symbol.is_mentioned = True


def symbol_names(name: str, rest: str) -> list[str]:
    """The names of symbols that a directive lists.

    Raises:
        SourceError: there are none, or one is no name.
    """
    parts = split_operands(rest)
    if not parts:
        raise SourceError(f"{name} needs the name of a symbol")
    if not parts[-1]:
        parts.pop()  # nothing follows the last comma, which GNU as takes for the end
    return [symbol_name(part) for part in parts]


@directive(".type", is_repeatable=True)
def type_(assembly: Assembly, name: str, rest: str) -> None:
    """`.type name, @function`: what a symbol is."""
    text = rest if "," in rest else ",".join(rest.split(None, 1))
    parts = arguments(name, text, 2, 2, "name, @function")
    word = plain_name(parts[1]).lstrip("@%#")
    kind = _TYPES.get(word.removeprefix("STT_").lower())
    if kind is None:
        raise SourceError(
            f"'{parts[1]}' is not a type of a symbol",
            hint="valid are " + ", ".join(f"@{known}" for known in _TYPES),
            text=parts[1],
        )
    is_unique = word.lower() == "gnu_unique_object"

    def give(assembly: Assembly, symbol: Symbol) -> None:
        if kind == "common" and symbol.is_assigned:
            symbol = assembly.renewed(symbol)
        if kind == "common" and symbol.is_defined and not symbol.is_common:
            raise SourceError(f"symbol '{symbol.name}' is defined already", text=symbol.name)
        if symbol.is_common and kind not in ("object", "common"):
            raise SourceError(f"the common symbol '{symbol.name}' is an object", text=parts[1])
        symbol.type = kind
        if kind == "common" and not symbol.is_defined:  # room without a size, which others may give
            symbol.type, symbol.is_common = "object", True
            symbol.size, symbol.alignment = Value(0), 1
            symbol.binding = "global" if symbol.binding == "local" else symbol.binding
            symbol.defined_at = assembly.location
        symbol.is_mentioned = True
        assembly.is_gnu |= kind == "gnu_ifunc"
        if is_unique:
            symbol.binding, assembly.is_gnu = "gnu_unique", True

    assembly.do_with(symbol_name(parts[0]), give)


@directive(".size", is_repeatable=True)
def size(assembly: Assembly, name: str, rest: str) -> None:
    """`.size name, expression`: how many bytes a symbol stands for."""
    parts = arguments(name, rest, 2, 2, "name, expression")
    target, expression = symbol_name(parts[0]), parse_expression(parts[1])
    if expression == Binary("-", Name("."), Name(target)):
        assembly.do_with(target, _end_here)
        return
    value = assembly.evaluate(expression)
    if isinstance(expression, Number):
        assembly.do_with(target, lambda place, symbol: _give_size(place, symbol, value))
        return
    symbol = assembly.symbol(target)
    _give_size(assembly, symbol, value)
    assembly.depend_on_place()


def _end_here(assembly: Assembly, symbol: Symbol) -> None:
    """`.size name, .-name`, as compilers write it."""
    _give_size(assembly, symbol, assembly.evaluate(Binary("-", Name("."), Name(symbol.name))))


def _give_size(assembly: Assembly, symbol: Symbol, value: Value) -> None:
    symbol.is_mentioned = True
    if symbol.is_common:  # its size is how much room it asks for, whatever is said here
        assembly.other_sizes.append((symbol.name, value, assembly.location))
    else:
        symbol.size = value


@directive(".comm", ".common", ".common.s", ".xcom")
def comm(assembly: Assembly, name: str, rest: str) -> None:
    """`.comm name, bytes, alignment`: room that the linker finds; several objects share it."""
    parts = arguments(name, rest, 2, 3, "name, bytes, alignment")
    symbol = assembly.symbol(symbol_name(parts[0]))
    count = assembly.constant(parts[1], "the size")
    if count < 0:
        raise SourceError(f"the size of '{parts[0]}' is negative: {count}", text=parts[1])
    assembly.check_size(count, parts[1])
    is_local = symbol.binding == "local" and symbol.is_fixed
    natural = 1 if is_local else min(16, 1 << max(count - 1, 0).bit_length())
    alignment = _alignment(assembly, parts[2]) if len(parts) > 2 else natural
    assembly.check_no_other_name(symbol.name)
    if symbol.is_defined and not symbol.is_common and not symbol.is_assigned:
        raise SourceError(f"symbol '{symbol.name}' is defined already", text=parts[0])
    if is_local:
        _reserve(assembly, symbol.name, count, alignment)
        return
    if symbol.is_assigned:
        symbol = assembly.renewed(symbol)
    symbol.binding = "global" if symbol.binding == "local" else symbol.binding
    symbol.is_common = True
    symbol.size = Value(count)
    symbol.alignment = alignment
    symbol.type = "object"
    symbol.defined_at = assembly.location


@directive(".lcomm")
def lcomm(assembly: Assembly, name: str, rest: str) -> None:
    """`.lcomm name, bytes`: room in .bss that only this object sees."""
    parts = arguments(name, rest, 2, 2, "name, bytes")
    count = assembly.constant(parts[1], "the size")
    if count < 0:
        raise SourceError(f"the size of '{parts[0]}' is negative: {count}", text=parts[1])
    assembly.check_size(count, parts[1])
    natural = min(8, 1 << max(count, 1).bit_length() - 1)
    _reserve(assembly, symbol_name(parts[0]), count, natural)


def _reserve(assembly: Assembly, name: str, count: int, alignment: int) -> None:
    from rvx.assembler.directives.layout import add_alignment

    current = assembly.current
    before = assembly.previous
    assembly.switch(assembly.section(".bss"), 1)
    add_alignment(assembly, alignment, b"\0", 0)
    assembly.define(name)
    symbol = assembly.symbol(name)
    symbol.type = "object"
    symbol.size = Value(count)
    assembly.end_fragment(Space(Value(count), b"\0", assembly.location))
    assembly.switch(*current)
    assembly.previous = before


def _alignment(assembly: Assembly, text: str) -> int:
    alignment = assembly.constant(text, "the alignment")
    if alignment < 1 or alignment & alignment - 1 or alignment > 1 << 31:
        raise SourceError(f"{alignment} is not a power of two", hint="valid are 1, 2, 4, 8 ...")
    return alignment


@directive(".file")
def file(assembly: Assembly, name: str, rest: str) -> None:
    """`.file "name"`: the source the compiler read; with a number, for line information."""
    if rest[:1].isdecimal():
        number_file(assembly, rest)
        return
    assembly.file_symbols.append(string(rest).decode("utf-8", "surrogateescape"))


@directive(*_IGNORED)
def ignored(assembly: Assembly, name: str, rest: str) -> None:
    """Directives that say something to people or other tools, and nothing to the code."""
