"""Which definition of a symbol counts, and which objects of archives are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rvx.assembler.diagnostics import Location, Note, SourceError
from rvx.assembler.linking.archive import Archive
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol

Report = Callable[[Location | None, SourceError], None]


class Definitions:
    """The global symbols of a program.

    Args:
        report: takes errors.

    Attributes:
        objects: those of the program; archives add theirs.
        globals: the definition that counts, by name.
    """

    def __init__(self, report: Report) -> None:
        self.objects: list[ObjectFile] = []
        self.globals: dict[str, ObjectSymbol] = {}
        self._report = report
        self._missing: dict[str, None] = {}
        self._signatures: set[str] = set()
        self._dropped: set[int] = set()

    def is_dropped(self, section: ObjectSection | None) -> bool:
        """Whether a section belongs to a group that another object has brought already."""
        return id(section) in self._dropped

    def add(self, item: ObjectFile) -> None:
        """Takes an object into the program; of COMDAT groups with one name the first is kept."""
        self.objects.append(item)
        again = {n for n, is_comdat in item.groups.items() if is_comdat and n in self._signatures}
        self._signatures.update(item.groups)
        self._dropped.update(id(s) for s in item.sections if s.group and s.group in again)
        for symbol in item.symbols:
            if symbol.binding == "local":
                continue
            if symbol.kind == "undefined" or self.is_dropped(symbol.section):
                if symbol.binding != "weak" and symbol.name not in self.globals:
                    self._missing[symbol.name] = None
                continue
            self._collect(symbol)
            self._missing.pop(symbol.name, None)

    def need(self, name: str) -> None:
        """Asks for a symbol that no object mentions, such as the entry."""
        if name not in self.globals:
            self._missing[name] = None

    def search(self, archives: Iterable[Archive]) -> None:
        """Adds members of archives until none of them defines what is missing."""
        known = list(archives)
        is_done = False
        while not is_done:
            is_done = True
            for name in list(self._missing):
                found = next((m for a in known if (m := a.take(name)) is not None), None)
                if found is not None:
                    self.add(found)
                    is_done = False

    def _collect(self, symbol: ObjectSymbol) -> None:
        known = self.globals.get(symbol.name)
        if known is None or (known.binding == "weak" and symbol.binding != "weak"):
            self.globals[symbol.name] = symbol
        elif known.kind == "common" and symbol.kind == "common":
            known.size = max(known.size, symbol.size)
            known.value = max(known.value, symbol.value)
        elif known.kind == "common":
            self.globals[symbol.name] = symbol
        elif symbol.binding != "weak" and symbol.kind != "common":
            notes = (Note(known.used_at, "first defined here"),) if known.used_at else ()
            self._report(
                symbol.used_at,
                SourceError(
                    f"symbol '{symbol.name}' is defined twice",
                    hint="make one of them local, or .weak",
                    notes=notes,
                ),
            )
