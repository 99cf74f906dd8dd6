"""Static linking of objects to a program, without relaxation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rvx.assembler.alignment import align_code
from rvx.assembler.diagnostics import Diagnostics, Location, Note, SourceError, did_you_mean
from rvx.assembler.objectfile import ObjectFile, ObjectSection, ObjectSymbol, Relocation
from rvx.assembler.output import MAX_BYTES, MAX_NOBITS
from rvx.assembler.outputs import BOUNDS, OUTPUTS, Output, output_name, priority, rank
from rvx.assembler.patch import patch
from rvx.assembler.program import PAGE, Program, ProgramSection, ProgramSymbol
from rvx.assembler.sections import ALLOC, EXEC, NOBITS, TLS, WRITE

BASE = 0x80000000


class Linker:
    """Puts objects together.

    Args:
        objects: in order; the first definition of a weak or grouped symbol counts.
        base: address of the first section.
        entry: symbol where the program starts.
        addresses: addresses of sections by name, where they are to be elsewhere.
        defines: values of absolute symbols.
    """

    def __init__(
        self,
        objects: Iterable[ObjectFile],
        *,
        base: int = BASE,
        entry: str = "_start",
        addresses: Mapping[str, int] | None = None,
        defines: Mapping[str, int] | None = None,
    ) -> None:
        self.objects = list(objects)
        self.base = base
        self.entry = entry
        self.addresses = dict(addresses or {})
        self.diagnostics = Diagnostics()
        self.globals: dict[str, ObjectSymbol] = {}
        self.absolute = dict(defines or {})
        self.outputs: dict[str, Output] = {}
        self.places: dict[int, int] = {}
        self._dropped: set[int] = set()
        self.xlen = self.objects[0].xlen if self.objects else 64

    def link(self) -> Program:
        """The program.

        Raises:
            AssemblyError: symbols are missing or defined twice, or something does not fit.
        """
        self._check_company()
        for item in self.objects:
            align_code(item)
        self._drop_groups()
        self._collect_symbols()
        self._collect_sections()
        self._place()
        self._provide()
        sections = [self._section(output) for output in self.outputs.values()]
        self.diagnostics.check()
        return self._program(sections)

    def _check_company(self) -> None:
        for other in self.objects:
            if other.xlen != self.xlen:
                self._error(
                    Location(other.name, 1),
                    SourceError(
                        f"'{other.name}' is for RV{other.xlen}, "
                        f"'{self.objects[0].name}' for RV{self.xlen}"
                    ),
                )
        self.diagnostics.check()

    def _error(self, location: Location | None, problem: SourceError) -> None:
        self.diagnostics.error(location or Location("<link>", 1), "", problem)

    # --- Symbols

    def _drop_groups(self) -> None:
        """Of several COMDAT groups with one signature the first is kept."""
        seen: set[str] = set()
        for item in self.objects:
            again = {name for name, is_comdat in item.groups.items() if is_comdat and name in seen}
            seen.update(item.groups)
            self._dropped.update(id(s) for s in item.sections if s.group and s.group in again)

    def _collect_symbols(self) -> None:
        for item in self.objects:
            for symbol in item.symbols:
                if symbol.binding == "local" or symbol.kind == "undefined":
                    continue
                if symbol.section is not None and id(symbol.section) in self._dropped:
                    continue
                self._collect(symbol)

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
            self._error(
                symbol.used_at,
                SourceError(
                    f"symbol '{symbol.name}' is defined twice",
                    hint="make one of them local, or .weak",
                    notes=notes,
                ),
            )

    # --- Addresses

    def _collect_sections(self) -> None:
        found: dict[str, list[ObjectSection]] = {}
        for item in self.objects:
            for section in item.sections:
                if section.flags & ALLOC and section.size and id(section) not in self._dropped:
                    found.setdefault(output_name(section), []).append(section)
        commons = [s for s in self.globals.values() if s.kind == "common"]
        for symbol in commons:
            room = ObjectSection(
                "COMMON", ALLOC | WRITE, NOBITS, bytearray(), symbol.size, max(symbol.value, 1)
            )
            symbol.kind, symbol.section, symbol.value = "defined", room, 0
            found.setdefault(".bss", []).append(room)
        known = [name for name in OUTPUTS if name in found]
        others = [name for name in found if name not in OUTPUTS]
        names = sorted(known + others, key=lambda name: rank(name, found[name][0]))
        for name in names:
            output = self.outputs[name] = Output(name)
            parts = found[name]
            if name in BOUNDS:
                parts = sorted(parts, key=priority)
            elif name == ".sdata":
                parts = sorted(parts, key=lambda part: not part.name.startswith(".srodata"))
            for section in parts:
                output.add(section)
            most = MAX_NOBITS if output.type == NOBITS else 2 * MAX_BYTES
            if output.size > most:
                problem = SourceError(f"section '{name}' has {output.size} bytes, more than {most}")
                self._error(None, problem)
        self.diagnostics.check()

    def _place(self) -> None:
        at = self.base
        access = -1
        for output in self.outputs.values():
            rights = output.flags & (WRITE | EXEC)
            if access not in (-1, rights):
                at += -at % PAGE
            access = rights
            at = self.addresses.get(output.name, at)
            at += -at % output.alignment
            output.address = at
            for section, offset in output.parts:
                self.places[id(section)] = at + offset
            if not (output.flags & TLS and output.type == NOBITS):
                at += output.size
        if at > 1 << self.xlen:
            self._error(None, SourceError(f"the program ends at {at:#x}, beyond the address space"))

    def _provide(self) -> None:
        """Symbols that GNU ld's default script defines too, where nobody else does."""
        ends = {name: out.address + out.size for name, out in self.outputs.items()}
        starts = {name: out.address for name, out in self.outputs.items()}
        last = max(ends.values(), default=self.base)
        bss = starts.get(".sbss", starts.get(".bss", last))
        data = starts.get(".sdata", starts.get(".data", bss))
        provided = {
            "__global_pointer$": data + 0x800,
            "__DATA_BEGIN__": starts.get(".data", data),
            "__SDATA_BEGIN__": starts.get(".sdata", data),
            "_etext": ends.get(".text", self.base),
            "etext": ends.get(".text", self.base),
            "__etext": ends.get(".text", self.base),
            "_edata": ends.get(".sdata", ends.get(".data", bss)),
            "edata": ends.get(".sdata", ends.get(".data", bss)),
            "__bss_start": bss,
            "__BSS_END__": ends.get(".bss", ends.get(".sbss", last)),
            "_end": last,
            "end": last,
            "__dso_handle": 0,
        }
        for name in BOUNDS:
            provided[f"_{name.replace('.', '_')}_start"] = starts.get(name, last)
            provided[f"_{name.replace('.', '_')}_end"] = ends.get(name, last)
        tls = [o for o in self.outputs.values() if o.flags & TLS]
        self.tls_start = tls[0].address if tls else 0
        self.provided = {n: v for n, v in provided.items() if n not in self.globals}

    def address(self, symbol: ObjectSymbol, location: Location | None) -> int | None:
        """Where a symbol is; None for a weak one that nobody defines.

        Raises:
            SourceError: nobody defines it.
        """
        target = symbol
        if symbol.binding != "local":
            target = self.globals.get(symbol.name, symbol)
        if target.kind == "absolute":
            return target.value
        if target.section is not None:
            place = self.places.get(id(target.section))
            if place is not None:
                return place + target.value
            if id(target.section) not in self._dropped and target.section.flags & ALLOC:
                return self._empty_place(target.section) + target.value
            return 0
        for table in (self.absolute, self.provided):
            if symbol.name in table:
                return table[symbol.name]
        if symbol.binding == "weak":
            return None
        raise SourceError(
            f"symbol '{symbol.name}' is used and not defined",
            hint=did_you_mean(symbol.name, [n for n in self.globals if n != symbol.name]),
            text=symbol.name,
        )

    def _empty_place(self, section: ObjectSection) -> int:
        """The place of a section without bytes: a label in it may still be asked for."""
        output = self.outputs.get(output_name(section))
        return output.address if output is not None else self.base

    # --- Bytes

    def _section(self, output: Output) -> ProgramSection:
        data = bytearray(0 if output.type == NOBITS else output.size)
        for section, offset in output.parts:
            if output.type != NOBITS:
                data[offset : offset + section.size] = section.data or bytes(section.size)
            self._relocate(data, section, offset, output.address + offset)
        return ProgramSection(
            output.name,
            output.address,
            bytes(data),
            output.size,
            output.flags,
            output.type,
            output.alignment,
        )

    def _relocate(self, data: bytearray, section: ObjectSection, offset: int, address: int) -> None:
        highs: dict[int, int] | None = None
        for relocation in section.relocations:
            kind, place = relocation.kind, address + relocation.offset
            try:
                if kind.startswith("PCREL_LO12"):
                    if highs is None:
                        highs = self._highs(section)
                    value = self._low(relocation, highs, section)
                else:
                    value = self._value(relocation)
                    if kind.startswith("TPREL"):
                        value -= self.tls_start
                patch(data, offset + relocation.offset, kind, value, place, self.xlen)
            except SourceError as problem:
                self._error(relocation.location, problem)

    def _value(self, relocation: Relocation) -> int:
        if relocation.symbol is None:
            return relocation.addend
        return (self.address(relocation.symbol, relocation.location) or 0) + relocation.addend

    def _highs(self, section: ObjectSection) -> dict[int, int]:
        """The distance that each auipc of a section stands for, by its address."""
        start = self.places[id(section)]
        found = {}
        for relocation in section.relocations:
            if relocation.kind == "PCREL_HI20":
                place = start + relocation.offset
                try:
                    found[place] = self._value(relocation) - place
                except SourceError:
                    found[place] = 0  # the auipc itself is reported
        return found

    def _low(self, relocation: Relocation, highs: dict[int, int], section: ObjectSection) -> int:
        assert relocation.symbol is not None
        place = self.address(relocation.symbol, relocation.location)
        if place is None or place not in highs:
            raise SourceError(
                f"%pcrel_lo({relocation.symbol.name}) does not name an auipc with %pcrel_hi",
                hint="put a label at the auipc and name that label",
            )
        return highs[place]

    # --- The result

    def _program(self, sections: list[ProgramSection]) -> Program:
        symbols: dict[str, ProgramSymbol] = {}
        every: list[ProgramSymbol] = []
        for item in self.objects:
            for symbol in item.symbols:
                made = self._program_symbol(symbol)
                if made is None:
                    continue
                every.append(made)
                if made.binding != "local" or made.name not in self.globals:
                    symbols[made.name] = made
        for name, value in {**self.provided, **self.absolute}.items():
            symbols.setdefault(name, ProgramSymbol(name, value, binding="global"))
            every.append(symbols[name])
        lines: list[tuple[int, Location]] = []
        for output in self.outputs.values():
            for section, offset in output.parts:
                start = output.address + offset
                lines.extend((start + at, location) for at, location in section.lines)
        lines.sort(key=lambda line: line[0])
        extensions: dict[str, str] = {}
        for item in self.objects:
            extensions.update(item.extensions)
        flags = 0
        for item in self.objects:
            flags |= item.elf_flags
        return Program(
            self.xlen,
            self._entry(symbols),
            sections,
            symbols,
            every,
            lines,
            extensions,
            next((item.march for item in self.objects if item.march), ""),
            flags,
        )

    def _program_symbol(self, symbol: ObjectSymbol) -> ProgramSymbol | None:
        if symbol.kind not in ("defined", "absolute"):
            return None
        if symbol.binding != "local" and self.globals.get(symbol.name) is not symbol:
            return None
        if symbol.section is not None and id(symbol.section) in self._dropped:
            return None
        if symbol.section is not None and not symbol.section.flags & ALLOC:
            return None
        if symbol.name.startswith(".L") or symbol.name == "":
            return None
        address = self.address(symbol, None) or 0
        home = output_name(symbol.section) if symbol.section is not None else ""
        return ProgramSymbol(symbol.name, address, symbol.size, symbol.type, symbol.binding, home)

    def _entry(self, symbols: dict[str, ProgramSymbol]) -> int:
        found = symbols.get(self.entry)
        if found is not None:
            return found.address
        text = self.outputs.get(".text")
        return text.address if text is not None else 0


def link(
    objects: Iterable[ObjectFile],
    *,
    base: int = BASE,
    entry: str = "_start",
    addresses: Mapping[str, int] | None = None,
    defines: Mapping[str, int] | None = None,
) -> Program:
    """Links objects to a program; see `Linker`.

    Raises:
        AssemblyError: symbols are missing or defined twice, or something does not fit.
    """
    return Linker(objects, base=base, entry=entry, addresses=addresses, defines=defines).link()
