"""Symbols of a source to symbols of its object."""

from __future__ import annotations

from rvx.assembler.diagnostics import Location, SourceError
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol
from rvx.assembler.model.sections import TLS, Symbol, Value

_COPIED_TYPES = ("func", "object", "gnu_ifunc")


class SymbolMaker:
    """Makes the symbols of an object, each when it is asked for first.

    Args:
        assembly: laid out; errors are taken down in its diagnostics.
        made: the object that gets the symbols.
        sections: its sections, by the identity of those of the assembly.

    Attributes:
        replaced: symbols that the object does not have, since their names stand for others by now.
    """

    def __init__(
        self, assembly: Assembly, made: ObjectFile, sections: dict[int, ObjectSection]
    ) -> None:
        self._assembly = assembly
        self._object = made
        self._sections = sections
        self._known: dict[Symbol, ObjectSymbol] = {}
        self.replaced: dict[int, str] = {}

    def symbol(self, symbol: Symbol) -> ObjectSymbol:
        """The object's symbol for one of the assembly."""
        known = self._known.get(symbol)
        if known is not None:
            return known
        fragment, used_at = symbol.fragment, symbol.used_at or symbol.defined_at
        if fragment is not None and symbol.alias is None and not symbol.is_replaced:
            section = self._sections[id(fragment.section)]
            made = self._known[symbol] = ObjectSymbol(
                symbol.name,
                section,
                fragment.address + symbol.offset,
                "defined",
                0 if symbol.size is None else self._size(symbol),
                "tls" if section.flags & TLS else symbol.type,
                symbol.binding,
                symbol.visibility,
                used_at,
                symbol.is_variant,
            )
            self._object.symbols.append(made)
            return made
        home = None if symbol.is_defined else self._assembly.sections.get(symbol.name)
        if home is not None and id(home) in self._sections:
            # The name of a section stands for its first byte; its symbol has no name of its own.
            section = self._sections[id(home)]
            made = ObjectSymbol("", section, kind="defined", type="section")
            self._known[symbol] = made
            return made
        made = ObjectSymbol(symbol.name, type=symbol.type, visibility=symbol.visibility)
        self._known[symbol] = made
        if symbol.is_replaced:
            self.replaced[id(made)] = symbol.name
        else:
            self._object.symbols.append(made)
        made.binding = symbol.binding
        made.is_variant = symbol.is_variant
        made.used_at = used_at
        if symbol.fragment is not None:
            made.kind = "defined"
            made.section = self._sections[id(symbol.fragment.section)]
            made.value = symbol.fragment.address + symbol.offset
        elif symbol.is_common:
            made.kind, made.value = "common", symbol.alignment
        elif symbol.value is not None:
            self._assigned(symbol, made)
        elif made.binding == "local":
            is_weak = symbol.is_weakly_used and not symbol.is_directly_used
            made.binding = "weak" if is_weak else "global"
        if symbol.size is not None:
            made.size = self._size(symbol)
        self._inherit(symbol, made)
        if made.section is not None and made.section.flags & TLS:
            made.type = "tls"
        return made

    def _inherit(self, symbol: Symbol, made: ObjectSymbol) -> None:
        """Gives a symbol that is another name type and size of the other."""
        if symbol.alias is None or made.kind != "defined":
            return
        target = self.symbol(symbol.alias)
        is_copied = target.type in _COPIED_TYPES and target.binding != "gnu_unique"
        if made.type == "notype" and is_copied:
            made.type = target.type
        made.size = made.size or target.size

    def _assigned(self, symbol: Symbol, made: ObjectSymbol) -> None:
        assert symbol.value is not None
        distances = self._assembly.distances
        try:
            value = distances.reduce(symbol.value)
            number = distances.constant(value)
            if number is not None:
                made.kind, made.value = "absolute", number
            elif value.plus is not None and value.minus is None and value.tree is None:
                target = self.symbol(value.plus)
                made.kind, made.section = target.kind, target.section
                made.value = target.value + value.number
                if target.kind in ("undefined", "common"):
                    raise SourceError(
                        f"'{symbol.name}' is set to the {target.kind} symbol '{target.name}'",
                        text=target.name,
                    )
            else:
                raise SourceError(f"the value of '{symbol.name}' cannot be computed")
        except SourceError as problem:
            self._error(symbol.defined_at, problem)

    def _size(self, symbol: Symbol) -> int:
        assert symbol.size is not None
        return self.size(symbol.name, symbol.size, symbol.defined_at)

    def size(self, name: str, value: Value, location: Location | None) -> int:
        """The number that a size is worth; where it is none, that is an error."""
        try:
            number = self._assembly.distances.constant(value)
        except SourceError:
            number = None
        if number is None:
            self._error(location, SourceError(f"the size of '{name}' is not a number"))
            return 0
        return number

    def _error(self, location: Location | None, problem: SourceError) -> None:
        place = location or Location(self._object.name, 1)
        self._assembly.diagnostics.error(place, "", problem)
