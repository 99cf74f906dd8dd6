"""Laid-out sections to an object: bytes, relocations, symbols."""

from __future__ import annotations

from array import array
from functools import lru_cache
from itertools import islice
from operator import le

from rvx.assembler.diagnostics import Location, SourceError
from rvx.assembler.elf.attributes import PRIVILEGED_TAGS, PRIVILEGED_VERSIONS
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.output import ABSOLUTE, nops
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.object import (
    LineRows,
    ObjectFile,
    ObjectSection,
    ObjectSymbol,
    Relocation,
    is_local_label,
)
from rvx.assembler.model.relocations import FIELDS, PARTS, width
from rvx.assembler.model.sections import (
    DATA,
    FINI_ARRAY,
    INIT_ARRAY,
    INSTRUCTION,
    MAX_BYTES,
    MAX_NOBITS,
    NOBITS,
    PADDING,
    PREINIT_ARRAY,
    TLS,
    Align,
    Branch,
    Fixup,
    Fragment,
    Leb128,
    Org,
    Request,
    Section,
    Space,
    Statements,
    Symbol,
    Value,
)
from rvx.assembler.object.framebytes import write_frames
from rvx.assembler.object.layout import lay_out
from rvx.assembler.object.linebytes import write_lines
from rvx.assembler.object.symbols import SymbolMaker
from rvx.isa import EncodingError
from rvx.records import replace

_JAL = 0x6F
_OF_DATA = {
    f"DATA{bits}": (bits, str(bits) if bits >= 32 else "", f"ADD{bits}", f"SUB{bits}")
    for bits in (8, 16, 32, 64)
}
"""Kinds of fixups: bits, the relocation for an address, and those for a distance."""
_OF_ANY_SIZE = frozenset(["CALL_PLT", "TPREL_ADD", "TLS_DTPREL64"])
"""Relocations of instructions and thread-local data whose addend may have more than 32 bits."""
_BRANCH_INVERT, _BRANCH_C_INVERT = 1 << 12, 1 << 13


class Resolver:
    """Makes the object of an assembly."""

    def __init__(self, assembly: Assembly, name: str) -> None:
        self.assembly = assembly
        self.object = ObjectFile(name, assembly.isa.xlen, 0)
        self._sections: dict[int, ObjectSection] = {}
        self._requests: dict[int, list[tuple[Request, int]]] = {}
        self._symbols = SymbolMaker(assembly, self.object, self._sections)
        self.symbol = self._symbols.symbol

    def resolve(self) -> ObjectFile:
        """The object; errors are taken down in the assembly's diagnostics."""
        assembly = self.assembly
        sections = list(assembly.sections.values())
        for section in sorted(sections, key=lambda section: section.depends_on_others):
            lay_out(section, assembly.distances, assembly.diagnostics)
        assembly.check_labels()
        for section in sections:
            self._check_size(section)
        total = sum(section.size for section in sections if section.type != NOBITS)
        if total > 2 * MAX_BYTES:
            problem = SourceError(f"the sections have {total} bytes, more than {2 * MAX_BYTES}")
            self._error(Location(self.object.name, 1), problem)
        assembly.diagnostics.check()
        sections += self._late_sections(sections)
        assembly.diagnostics.check()
        for section in sections:
            made = ObjectSection(
                section.name,
                section.flags,
                section.type,
                bytearray(),
                section.size,
                section.alignment,
                section.entry_size or self._pointers(section),
                section.group,
            )
            self._sections[id(section)] = made
            self.object.sections.append(made)
        for section in sections:
            self._sections[id(section)].link = self._linked(section)
        self._place_requests()
        for section in sections:
            self._fill(section, self._sections[id(section)])
        for symbol in (*assembly.symbols.values(), *assembly.hidden):
            if symbol.is_predefined or self._is_other_name(symbol):
                continue
            if symbol.name in assembly.weak_names and not symbol.is_defined:
                continue  # what directives say of a name of .weakref is nothing to the symbol
            # A weak name that nothing uses asks for nothing.
            is_wanted = symbol.is_mentioned and (
                symbol.binding != "weak" or symbol.is_directly_used
            )
            if symbol.is_defined or is_wanted:
                self.symbol(symbol)
        self._name_versions()
        self._check_relocations()
        for name, value, location in assembly.other_sizes:
            self._symbols.size(name, value, location)
        self._check_privileged()
        self.object.is_gnu = assembly.is_gnu
        self.object.groups = dict(assembly.groups)
        self.object.files = list(assembly.file_symbols)
        self.object.attributes = dict(assembly.attributes)
        return self.object

    def _name_versions(self) -> None:
        """Carries out `.symver`: a second name for what is defined here, another for the rest."""
        if not self.assembly.versions:
            return
        used = {id(one.symbol) for section in self.object.sections for one in section.relocations}
        elsewhere: dict[int, str] = {}
        for name, (target, fate) in self.assembly.versions.items():
            origin = self.assembly.symbol(target)
            made = self.symbol(origin)
            if not origin.is_defined:
                known = elsewhere.setdefault(id(made), name)
                problem = _why_no_version(target, name, known, is_used=id(made) in used)
                if problem is not None:
                    self._error(made.used_at or _nowhere(self.object), problem)
                made.name = name.replace("@@@", "@")
                if origin.binding == "local":
                    made.binding = "global"
                continue
            final = name.replace("@@@", "@@")
            if fate == "remove" or "@@@" in name:
                made.name = final
                continue
            versioned = replace(origin, name=final)
            self.assembly.hidden.append(versioned)
            self.symbol(versioned)
            if fate == "hidden":
                made.visibility = "hidden"
            elif fate == "local":
                made.binding = "local"
        # Versions of what nobody uses are versions of nothing.
        unused = elsewhere.keys() - used
        self.object.symbols = [one for one in self.object.symbols if id(one) not in unused]

    def _check_relocations(self) -> None:
        """Refuses relocations that the object cannot say."""
        replaced = self._symbols.replaced
        for section in self.object.sections if replaced or self.object.xlen == 32 else ():
            for one in section.relocations:
                if one.symbol is not None and id(one.symbol) in replaced:
                    name = replaced[id(one.symbol)]
                    problem = SourceError(
                        f"the linker needs to know '{name}', which is another place further down",
                        hint="give the place a label of its own",
                        text=name,
                    )
                    self._error(one.location or _nowhere(self.object), problem)
                elif self.object.xlen == 32 and not -(1 << 32) < one.addend < 1 << 32:
                    problem = SourceError(f"the number {one.addend} has more than 32 bits")
                    self._error(one.location or _nowhere(self.object), problem)

    def _check_privileged(self) -> None:
        """Refuses versions of the privileged specification that there are not."""
        location = self.assembly.privileged_at
        version = tuple(self.assembly.attributes.get(tag, 0) for tag in PRIVILEGED_TAGS)
        if location is None or version in PRIVILEGED_VERSIONS:
            return
        known = ", ".join(".".join(map(str, each)) for each in PRIVILEGED_VERSIONS if any(each))
        self._error(
            location,
            SourceError(
                f"there is no privileged specification {'.'.join(map(str, version))}",
                hint=f"valid are {known}; all three numbers count",
            ),
        )

    def _is_other_name(self, symbol: Symbol) -> bool:
        """Whether a symbol stands for one that another object defines; that one is written then."""
        if symbol.value is None or symbol.value.is_constant:
            return False
        try:
            value = self.assembly.distances.reduce(symbol.value)
        except SourceError:
            return False
        if value.plus is None or value.minus is not None or value.plus.is_defined:
            return False
        self.symbol(value.plus)
        return True

    def _linked(self, section: Section) -> ObjectSection | None:
        """The section that another one is ordered with."""
        if section.link in ("", "0"):
            return None
        home = self.assembly.sections.get(section.link)
        symbol = self.assembly.symbols.get(section.link)
        if symbol is not None and symbol.is_defined:
            place = self.assembly.distances.reduce(Value(0, symbol)).plus
            home = place.fragment.section if place is not None and place.fragment else None
        if home is None:
            problem = SourceError(
                f"section '{section.name}' is ordered with '{section.link}', which is not defined"
            )
            self._error(_first_location(section), problem)
            return None
        return self._sections[id(home)]

    def _pointers(self, section: Section) -> int:
        """The entry size of a section of pointers to functions, 0 for another."""
        is_array = section.type in (INIT_ARRAY, FINI_ARRAY, PREINIT_ARRAY)
        return self.assembly.isa.xlen // 8 if is_array else 0

    def _late_sections(self, known: list[Section]) -> list[Section]:
        """The sections that describe the code, and so are written when it is laid out."""
        assembly = self.assembly
        if assembly.frames.current is not None:
            problem = SourceError("the last .cfi_startproc has no .cfi_endproc")
            self._error(assembly.location, problem)
        names = write_frames(assembly, assembly.frames)
        names += write_lines(assembly, assembly.line_table)
        for name in names:
            section = assembly.sections[name]
            lay_out(section, assembly.distances, assembly.diagnostics)
        return [assembly.sections[name] for name in names if assembly.sections[name] not in known]

    def _check_size(self, section: Section) -> None:
        most = MAX_NOBITS if section.type == NOBITS else MAX_BYTES
        if section.size > most:
            self._error(
                _first_location(section),
                SourceError(
                    f"section '{section.name}' has {section.size} bytes, more than {most}",
                    hint="large blocks of zeros go to .bss",
                ),
            )

    def _error(self, location: Location, problem: SourceError) -> None:
        self.assembly.diagnostics.error(location, "", problem)

    # --- Bytes and relocations

    def _fill(self, section: Section, made: ObjectSection) -> None:
        for fragment in section.fragments:
            if section.type != NOBITS:
                made.data += fragment.data
                made.data += self._tail(fragment, made)
        found = section.statements
        starts = array(
            "Q",
            (
                fragment.address + offset
                for fragment, offset in zip(found.fragments, found.offsets, strict=True)
            ),
        )
        made.lines = LineRows(starts, found.origins, found.places)
        if PADDING in found.kinds:
            made.lines = made.lines.chosen([kind != PADDING for kind in found.kinds])
        made.marks = _marks(starts, found.kinds, section.size) if section.is_code else []
        section.statements = Statements()  # there are many, and nobody asks for them any more
        for fixup in section.fixups:
            try:
                self._fix(fixup, made)
            except SourceError as problem:
                self._error(fixup.location, problem)
        section.fixups = []
        for request, at in self._requests.get(id(section), ()):
            try:
                self._request(request, at, made)
            except SourceError as problem:
                self._error(request.location, problem)
        made.relocations.sort(key=lambda relocation: relocation.offset)

    def _tail(self, fragment: Fragment, made: ObjectSection) -> bytes:
        tail = fragment.tail
        if tail is None:
            return b""
        at = fragment.address + len(fragment.data)
        if isinstance(tail, Branch):
            return self._branch(tail, at, made)
        if isinstance(tail, Align):
            if tail.location is not None and tail.length % len(tail.fill or b"\0"):
                problem = SourceError(
                    f"the padding has {tail.length} bytes, into which a pattern of "
                    f"{len(tail.fill or b'')} does not go",
                    hint="align the place before, or pad with single bytes",
                )
                self._error(tail.location, problem)
            return _padding(tail)
        if isinstance(tail, Space):
            return tail.fill * (tail.length // len(tail.fill))
        if isinstance(tail, Org):
            return bytes([tail.fill]) * tail.length
        assert isinstance(tail, Leb128)
        number = self.assembly.distances.constant(tail.value) or 0
        data = bytearray(encode_leb128(number, tail.is_signed))
        while len(data) < tail.length:
            fill = 0x7F if number < 0 else 0
            data[-1] |= 0x80
            data.append(fill)
        return bytes(data)

    def _branch(self, tail: Branch, at: int, made: ObjectSection) -> bytes:
        """A branch in its settled length, with the distance filled in as far as it is known."""
        value = self._reduced(tail.target)
        symbol = self.symbol(value.plus) if value.plus is not None else None
        if symbol is not None and symbol.kind == "absolute":
            symbol = None
        known = 0
        if symbol is not None and symbol.kind in ("defined", "common"):
            known = symbol.value if symbol.kind == "defined" else symbol.size
        target = known + value.number

        try:
            _check_number(value.number, 32)
        except SourceError as problem:
            self._error(tail.location, problem)

        def field(kind: str, place: int) -> int:
            made.relocations.append(Relocation(place, kind, symbol, value.number, tail.location))
            return _field(kind, target - place) if symbol is not None else 0

        if tail.length == 2:
            kind = "RVC_JUMP" if tail.is_jump else "RVC_BRANCH"
            return (tail.word | field(kind, at)).to_bytes(2, "little")
        if tail.length == 4:
            kind = "JAL" if tail.is_jump else "BRANCH"
            return (tail.long_word | field(kind, at)).to_bytes(4, "little")
        if tail.length == 6:
            skip = tail.word ^ _BRANCH_C_INVERT | FIELDS["RVC_BRANCH"].insert(6)
            return skip.to_bytes(2, "little") + (_JAL | field("JAL", at + 2)).to_bytes(4, "little")
        skip = tail.long_word ^ _BRANCH_INVERT | FIELDS["BRANCH"].insert(8)
        return skip.to_bytes(4, "little") + (_JAL | field("JAL", at + 4)).to_bytes(4, "little")

    def _fix(self, fixup: Fixup, made: ObjectSection) -> None:
        at = fixup.fragment.address + fixup.offset
        if fixup.kind == "ALIGN":
            made.relocations.append(
                Relocation(at, "ALIGN", None, fixup.value.number, fixup.location)
            )
            return
        value = fixup.value
        names, plus, minus = _OF_DATA.get(fixup.kind), value.plus, value.minus
        if names is not None and plus is not None and value.tree is None and plus.value is None:
            # As most data is whose number is not known yet.
            width, address, add, subtract = names
            if minus is None and address:
                _check_number(value.number, width)
                made.relocations.append(
                    Relocation(at, address, self.symbol(plus), value.number, fixup.location)
                )
                return
            is_of_code = plus.fragment is None or plus.fragment.section.is_code
            if minus is not None and minus is not plus and minus.value is None and is_of_code:
                _check_number(value.number, width)
                made.relocations += (
                    Relocation(at, add, self.symbol(plus), value.number, fixup.location),
                    Relocation(at, subtract, self.symbol(minus), 0, fixup.location),
                )
                return
        value = self._reduced(value)
        if fixup.kind.startswith("DATA"):
            self._data(int(fixup.kind[4:]), value, at, made, fixup.location)
            return
        if fixup.kind.startswith("FIELD"):
            self._field(fixup, value, at, made)
            return
        if value.minus is not None or value.tree is not None:
            number = self.assembly.final_distances.constant(value)
            if number is None:
                raise SourceError(
                    "the address is a symbol plus or minus a number, not this expression"
                )
            value = Value(number)
        symbol = self.symbol(value.plus) if value.plus is not None else None
        if symbol is None and fixup.kind in PARTS:
            field, part = PARTS[fixup.kind]
            word = int.from_bytes(made.data[at : at + 4], "little") | field.insert(
                part(value.number)
            )
            made.data[at : at + 4] = word.to_bytes(4, "little")
            return
        if fixup.kind.startswith(("TPREL", "TLS")):
            if symbol is None:
                raise SourceError(f"{value.number} is not a thread-local symbol")
            is_elsewhere = symbol.section is not None and not symbol.section.flags & TLS
            if is_elsewhere or symbol.kind == "common":
                home = symbol.section.name if symbol.section is not None else "common memory"
                raise SourceError(
                    f"'{symbol.name}' is not thread-local: it stands in '{home}'",
                    hint="thread-local symbols stand in .tdata and .tbss",
                    text=symbol.name,
                )
            symbol.type = "tls"
        if fixup.kind not in _OF_ANY_SIZE:
            _check_number(value.number, 32)
        made.relocations.append(Relocation(at, fixup.kind, symbol, value.number, fixup.location))
        if fixup.is_relaxable and symbol is not None:
            made.relocations.append(Relocation(at, "RELAX", None, value.number, fixup.location))

    def _place_requests(self) -> None:
        """Finds out which section `.reloc` is about, and where in it."""
        for request in self.assembly.relocations:
            try:
                section, at = self._place_of(request)
            except SourceError as problem:
                self._error(request.location, problem)
            else:
                self._requests.setdefault(id(section), []).append((request, at))

    def _place_of(self, request: Request) -> tuple[Section, int]:
        place = self.assembly.distances.reduce(request.offset)
        section, at = request.section, place.number
        if place.plus is not None and place.minus is None and place.tree is None:
            home = place.plus.fragment
            if home is None:
                raise SourceError(".reloc needs a place in one of this source's sections")
            section, at = home.section, at + home.address + place.plus.offset
        elif not place.is_constant:
            raise SourceError(".reloc needs a place that is known when all addresses are")
        elif section.name == ABSOLUTE:
            raise SourceError(".reloc has no place in a record", hint="name a label of a section")
        if not 0 <= at <= section.size:
            raise SourceError(f"offset {at} lies outside of the section's {section.size} bytes")
        return section, at

    def _request(self, request: Request, at: int, made: ObjectSection) -> None:
        """A relocation that `.reloc` asks for."""
        value = self._reduced(request.value)
        if value.minus is not None or value.tree is not None:
            number = self.assembly.final_distances.constant(value)
            if number is None:
                raise SourceError("a relocation takes symbol + number, not this expression")
            value = Value(number)
        symbol = self.symbol(value.plus) if value.plus is not None else None
        addend = value.number
        if self.object.xlen == 32:
            addend = (addend + (1 << 31) & (1 << 32) - 1) - (1 << 31)
        is_own = symbol is not None and symbol.binding == "local" and is_local_label(symbol.name)
        if is_own and symbol is not None and symbol.section is not None:
            addend += symbol.value
            if at + width(request.kind) > made.size:
                raise SourceError(
                    f"the relocation needs {width(request.kind)} bytes, and the section ends before"
                )
            symbol = ObjectSymbol("", symbol.section, kind="defined", type="section")
        made.relocations.append(Relocation(at, request.kind, symbol, addend, request.location))

    def _reduced(self, value: Value) -> Value:
        """The value in terms of labels; a symbol that is set to a place stays that symbol."""
        reduced = self.assembly.final_distances.reduce(value)
        if reduced is value:
            return value
        is_place = reduced.plus is not None and reduced.minus is None and reduced.tree is None
        if is_place and reduced.plus is not None and not reduced.plus.is_defined:
            return reduced
        was_place = value.plus is not None and value.minus is None and value.tree is None
        return value if is_place and was_place else reduced

    def _data(
        self, bits: int, value: Value, at: int, made: ObjectSection, location: Location
    ) -> None:
        """A number in data: filled in if it is known for good, else left to the linker."""
        number = self._settled(value)
        if number is not None:
            _check_number(number, bits)
            made.data[at : at + bits // 8] = (number & (1 << bits) - 1).to_bytes(
                bits // 8, "little"
            )
            return
        if value.tree is not None or value.plus is None:
            raise SourceError(
                "this expression cannot be left to the linker",
                hint="it takes symbol + number, and symbol - symbol + number",
            )
        _check_number(value.number, bits)
        plus = self.symbol(value.plus)
        if value.minus is None:
            if bits not in (32, 64):
                raise SourceError(
                    f"an address does not fit {bits} bits", hint="use .word, .dword or a difference"
                )
            made.relocations.append(Relocation(at, str(bits), plus, value.number, location))
            return
        minus = self.symbol(value.minus)
        made.relocations.append(Relocation(at, f"ADD{bits}", plus, value.number, location))
        made.relocations.append(Relocation(at, f"SUB{bits}", minus, 0, location))

    def _settled(self, value: Value) -> int | None:
        """The number if no linker can change it: distances within code may still shrink."""
        if value.is_constant:
            return value.number
        plus, minus = value.plus, value.minus
        is_plain = value.tree is None and plus is not None and minus is not None
        if is_plain and plus is not minus:
            assert plus is not None
            plus = self.assembly.distances.reduce(Value(0, plus)).plus or plus
            if plus.fragment is None or plus.fragment.section.is_code:
                return None
        return self.assembly.final_distances.constant(value)

    def _field(self, fixup: Fixup, value: Value, at: int, made: ObjectSection) -> None:
        """A distance in a field that has no relocation of its own."""
        _, mnemonic, name = fixup.kind.split(":")
        instruction = self.assembly.isa.instructions[mnemonic]
        symbol = value.plus
        is_near = (
            symbol is not None
            and symbol.fragment is not None
            and symbol.fragment.section is fixup.fragment.section
            and value.minus is None
        )
        if not is_near:
            raise SourceError(
                f"the target of '{mnemonic}' must be a label of the same section",
                hint="no relocation exists for this field",
            )
        assert symbol is not None
        assert symbol.fragment is not None
        distance = symbol.fragment.address + symbol.offset + value.number - at
        try:
            bits = instruction.operands[name].encode(distance)
        except EncodingError as error:
            raise SourceError(f"'{mnemonic}': {error}") from None
        size = instruction.size
        word = int.from_bytes(made.data[at : at + size], "little") | bits
        made.data[at : at + size] = word.to_bytes(size, "little")


@lru_cache(maxsize=1 << 14)
def _field(kind: str, distance: int) -> int:
    """The bits of a branch that hold a distance."""
    return FIELDS[kind].insert(distance)


_INSTEAD = bytes.maketrans(bytes([PADDING]), bytes([INSTRUCTION]))


def _marks(starts: array[int], kinds: bytearray, end: int) -> list[tuple[int, str]]:
    """Where instructions follow data and data instructions, for disassemblers."""
    kinds = kinds.translate(_INSTEAD)
    if not all(map(le, starts, islice(starts, 1, None))):  # there are subsections
        # Of several at one place the last holds.
        order = sorted(range(len(starts)), key=starts.__getitem__)
        starts = array("Q", map(starts.__getitem__, order))
        kinds = bytearray(map(kinds.__getitem__, order))
    marks: list[tuple[int, str]] = []
    at = 0
    while 0 <= at < len(kinds):
        is_data = kinds[at] == DATA
        place, name = starts[at], "$d" if is_data else "$x"
        at = kinds.find(INSTRUCTION if is_data else DATA, at)
        if place == end:
            break  # nothing follows
        if marks and marks[-1][0] == place:
            marks.pop()
        if not marks or marks[-1][1] != name:
            marks.append((place, name))
    return marks


def _padding(tail: Align) -> bytes:
    if tail.fill is None:
        odd = tail.length % tail.nop_size
        if odd >= 2 and tail.nop_size == 4:
            return bytes(odd) + nops(tail.length - odd)
        return nops(tail.length)
    return tail.fill * (tail.length // len(tail.fill))


def _why_no_version(target: str, name: str, known: str, *, is_used: bool) -> SourceError | None:
    """What is wrong with a version of a symbol that another object defines."""
    if name != known:
        return SourceError(f"'{target}' has two versions: '{known}' and '{name}'", text=name)
    if is_used and "@@" in name and "@@@" not in name:
        return SourceError(
            f"'{name}' makes a version the usual one, and '{target}' is defined elsewhere",
            hint="write one @, or three",
            text=name,
        )
    return None


def _check_number(number: int, bits: int) -> None:
    if not -(1 << bits) < number < 1 << bits:
        raise SourceError(f"{number} does not fit {bits} bits")


def _nowhere(made: ObjectFile) -> Location:
    return Location(made.name, 1)


def _first_location(section: Section) -> Location:
    for fragment in section.fragments:
        if isinstance(fragment.tail, Space | Org):
            return fragment.tail.location
    return Location(section.name, 1)


def resolve(assembly: Assembly, name: str) -> ObjectFile:
    """The object of an assembly.

    Raises:
        AssemblyError: something in it does not resolve.
    """
    made = Resolver(assembly, name).resolve()
    assembly.diagnostics.check()
    return made
