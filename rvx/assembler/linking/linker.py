"""Static linking of objects to a program, without relaxation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rvx.assembler.diagnostics import Diagnostics, Location, SourceError, did_you_mean
from rvx.assembler.elf.executable import PAGE, ProgramSection
from rvx.assembler.linking.alignment import align_code
from rvx.assembler.linking.archive import Archive
from rvx.assembler.linking.offsettable import KINDS as GOT_KINDS
from rvx.assembler.linking.offsettable import OffsetTable
from rvx.assembler.linking.outputs import (
    BOUNDS,
    OUTPUTS,
    Output,
    is_kept,
    output_name,
    priority,
    rank,
)
from rvx.assembler.linking.patch import REACHING, patch
from rvx.assembler.linking.symbols import Definitions
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol, Relocation
from rvx.assembler.model.sections import ALLOC, EXEC, MAX_BYTES, MAX_NOBITS, NOBITS, TLS, WRITE
from rvx.isa.registers import X

BASE = 0x80000000
ABI = 0xE
"""The bits of `e_flags` that say how arguments are passed: the float ABI, and RVE."""
DTV_OFFSET = 0x800
"""How far thread pointers of dynamic entries point behind the block (psABI)."""


def _abi(item: ObjectFile) -> str:
    width = {0: "soft", 2: "single", 4: "double", 6: "quad"}[item.elf_flags & 6]
    return f"{width}-float" + (" for RVE" if item.elf_flags & 8 else "")


class Linker:
    """Puts objects together.

    Args:
        objects: in order; the first definition of a weak or grouped symbol counts. Of an archive
            those members are taken that define what is missing.
        base: address of the first section.
        entry: symbol where the program starts.
        addresses: addresses of sections by name, where they are to be elsewhere.
        defines: values of absolute symbols.
    """

    def __init__(
        self,
        objects: Iterable[ObjectFile | Archive],
        *,
        base: int = BASE,
        entry: str = "_start",
        addresses: Mapping[str, int] | None = None,
        defines: Mapping[str, int] | None = None,
    ) -> None:
        self.base = base
        self.entry = entry
        self.addresses = dict(addresses or {})
        self.diagnostics = Diagnostics()
        self.definitions = Definitions(self._error)
        self.archives: list[Archive] = []
        for item in objects:
            if isinstance(item, Archive):
                self.archives.append(item)
            else:
                self.definitions.add(item)
        self.objects = self.definitions.objects
        self.globals = self.definitions.globals
        self.absolute = dict(defines or {})
        self.outputs: dict[str, Output] = {}
        self.places: dict[int, int] = {}

    def place(self) -> list[ProgramSection]:
        """Gives everything its address, and the sections of the program.

        Raises:
            AssemblyError: symbols are missing or defined twice, or something does not fit.
        """
        if self.archives:
            self.definitions.need(self.entry)
            self.definitions.search(self.archives)
        self._check_company()
        for item in self.objects:
            align_code(item)
        every = [s for s in self._sections() if s.flags & ALLOC]
        self.table = OffsetTable(every, self._target, self.xlen)
        self._collect_sections()
        self._place()
        self._provide()
        sections = [self._section(output) for output in self.outputs.values()]
        self.diagnostics.check()
        return sections

    def _check_company(self) -> None:
        self.xlen = self.objects[0].xlen if self.objects else 64
        for other in self.objects:
            if other.xlen != self.xlen:
                self._error(
                    Location(other.name, 1),
                    SourceError(
                        f"'{other.name}' is for RV{other.xlen}, "
                        f"'{self.objects[0].name}' for RV{self.xlen}"
                    ),
                )
        chosen = self._with_abi()
        for other in chosen[1:]:
            first = chosen[0]
            if (other.elf_flags ^ first.elf_flags) & ABI:
                problem = SourceError(
                    f"'{other.name}' is {_abi(other)}, '{first.name}' is {_abi(first)}: they pass "
                    "arguments in different registers; compile both with one -mabi"
                )
                self._error(Location(other.name, 1), problem)
        self.diagnostics.check()

    def _with_abi(self) -> list[ObjectFile]:
        """The objects with code whose ABI somebody has chosen."""
        return [
            item
            for item in self.objects
            if item.has_abi and any(s.flags & EXEC and s.size for s in item.sections)
        ]

    def elf_flags(self) -> int:
        """`e_flags` of the program: the ABI of the objects, and whether any has compressed code."""
        flags = 0
        for item in self._with_abi() or self.objects:
            flags |= item.elf_flags & ABI
        for item in self.objects:
            flags |= item.elf_flags & ~ABI
        return flags

    def _error(self, location: Location | None, problem: SourceError) -> None:
        self.diagnostics.error(location or Location("<link>", 1), "", problem)

    # --- Addresses

    def _collect_sections(self) -> None:
        found: dict[str, list[ObjectSection]] = {}
        for section in self._sections():
            if section.size and (section.flags & ALLOC or is_kept(section)):
                found.setdefault(output_name(section), []).append(section)
        if self.table.section.size:
            found.setdefault(self.table.section.name, []).append(self.table.section)
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

    def _sections(self) -> Iterator[ObjectSection]:
        """Those of all objects that no other object has brought already."""
        for item in self.objects:
            for section in item.sections:
                if not self.definitions.is_dropped(section):
                    yield section

    def _target(self, symbol: ObjectSymbol) -> ObjectSymbol:
        """The definition of a symbol that counts; the symbol itself if nobody defines it."""
        return symbol if symbol.binding == "local" else self.globals.get(symbol.name, symbol)

    def _place(self) -> None:
        at = self.base
        access = -1
        for output in self.outputs.values():
            if not output.flags & ALLOC:
                for section, offset in output.parts:
                    self.places[id(section)] = offset
                continue
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
        loaded = {name: out for name, out in self.outputs.items() if out.flags & ALLOC}
        ends = {name: out.address + out.size for name, out in loaded.items()}
        starts = {name: out.address for name, out in loaded.items()}
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
        target = self._target(symbol)
        if target.kind == "absolute":
            return target.value
        if target.section is not None:
            place = self.places.get(id(target.section))
            if place is not None:
                return place + target.value
            if not self.definitions.is_dropped(target.section) and target.section.flags & ALLOC:
                return self._empty_place(target.section) + target.value
            return 0
        for table in (self.absolute, self.provided):
            if symbol.name in table:
                return table[symbol.name]
        if symbol.binding == "weak":
            return None
        raise SourceError(
            f"symbol '{symbol.name}' is used and not defined",
            hint=_about(symbol.name, [n for n in self.globals if n != symbol.name]),
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
                    if self._is_missing(relocation):
                        kind = f"ABSOLUTE_{kind}"
                patch(data, offset + relocation.offset, kind, value, place, self.xlen)
            except SourceError as problem:
                self._error(relocation.location, problem)

    def _value(self, relocation: Relocation) -> int:
        kind, symbol = relocation.kind, relocation.symbol
        if symbol is None:
            return relocation.addend
        if kind in GOT_KINDS:
            return self.places[id(self.table.section)] + self.table.offset(relocation)
        if kind.startswith("TLS_DTPMOD"):
            return 1  # the program is the first module, and a static one the only one
        value = (self.address(symbol, relocation.location) or 0) + relocation.addend
        if "TPREL" in kind:
            value -= self.tls_start
        return value - DTV_OFFSET if "DTPREL" in kind else value

    def _is_missing(self, relocation: Relocation) -> bool:
        """Whether it is at an auipc and means address 0: a weak symbol that nobody defines."""
        symbol = relocation.symbol
        if symbol is None or relocation.kind not in REACHING or relocation.kind in GOT_KINDS:
            return False
        return self.address(symbol, relocation.location) is None

    def _highs(self, section: ObjectSection) -> dict[int, int]:
        """The distance that each auipc of a section stands for, by its address."""
        start = self.places[id(section)]
        found = {}
        for relocation in section.relocations:
            if relocation.kind == "PCREL_HI20" or relocation.kind in GOT_KINDS:
                place = start + relocation.offset
                try:
                    origin = 0 if self._is_missing(relocation) else place
                    found[place] = self._value(relocation) - origin
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


def _about(name: str, known: list[str]) -> str:
    """What to say about a symbol that is missing."""
    if name in X.numbers():
        return f"{name} is also a register; the address in it is written ({name})"
    return did_you_mean(name, known)
