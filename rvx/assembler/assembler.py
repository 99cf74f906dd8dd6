"""The way from source text to an object; `build` has the way on to a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from rvx.assembler.diagnostics import Diagnostics, SourceError
from rvx.assembler.directives import find, unknown
from rvx.assembler.directives.registry import REPEATABLE, Handler
from rvx.assembler.directives.symbols import assign
from rvx.assembler.elf.attributes import ARCH, PRIV_SPEC, PRIV_SPEC_MINOR, arch_string
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.forms import FormTable
from rvx.assembler.fragments.instructions import PSEUDO, emit_operands
from rvx.assembler.fragments.output import ABSOLUTE, Options
from rvx.assembler.fragments.pseudo import emit_symbol_access
from rvx.assembler.fragments.recording import Code, Recording, perform
from rvx.assembler.fragments.repetition import Repetition
from rvx.assembler.garbage import without_collector
from rvx.assembler.model.object import ObjectFile
from rvx.assembler.model.sections import DATA, INSTRUCTION, NOBITS, Section, Symbol, Value, packed
from rvx.assembler.object.resolve import resolve
from rvx.assembler.source.expander import Expander, Limits, TooManyLines
from rvx.assembler.source.grammar import parse_operands
from rvx.assembler.source.reader import Line, SourceText
from rvx.assembler.source.statements import Statement, is_label, parse_statement
from rvx.isa import Isa
from rvx.isa.operands import ROUNDING_MODES

_ROW = packed(1, 0)
_RVC, _RVE, _FLOAT_ABI = 0x1, 0x8, {"": 0x0, "f": 0x2, "d": 0x4, "q": 0x6}


class Assembler:
    """Assembles sources for one ISA.

    Args:
        isa: the instructions there are.
        march: the architecture string to note; made from the ISA if empty.
        abi: such as `lp64d`; if empty, the double-float one where there are doubles, else the soft.
        relax: whether the linker may relax; relocations are written accordingly.
        pic: whether `la` goes through the global offset table from the start.
        debug: whether to write line tables for the sources themselves.
        include_dirs: where `.include` and `.incbin` look.
        defines: symbols that have a value from the start.
        select_arch: gives the ISA that `.option arch, ...` asks for, from the one before.
        priv_spec: version of the privileged architecture, noted where code depends on it; the
            default is that of GNU as.
        limits: what macros and repetitions may take.
    """

    def __init__(
        self,
        isa: Isa,
        *,
        march: str = "",
        abi: str = "",
        relax: bool = False,
        pic: bool = False,
        debug: bool = False,
        include_dirs: Sequence[str | Path] = (),
        defines: Mapping[str, int] | None = None,
        select_arch: Callable[[Isa, str], Isa] | None = None,
        priv_spec: tuple[int, int] = (1, 11),
        limits: Limits | None = None,
    ) -> None:
        self.isa = isa
        self.march = march
        self.abi = abi
        self.relax = relax
        self.pic = pic
        self.debug = debug
        self.include_dirs = tuple(Path(folder) for folder in include_dirs)
        self.defines = dict(defines or {})
        self.select_arch = select_arch
        self.priv_spec = priv_spec
        self.limits = limits or Limits()
        self.forms = FormTable(isa)

    @without_collector
    def object(self, text: str, name: str) -> tuple[ObjectFile, Diagnostics]:
        """The object of a source text, and what was found on the way.

        Raises:
            AssemblyError: the source does not assemble.
        """
        assembly = self.assembly(text, name)
        assembly.pad_sections()
        made = resolve(assembly, name)
        assembly.forget_sections()
        known = {**self.isa.extensions, **assembly.extensions()}
        used = {name: e for name, e in known.items() if name in assembly.used_extensions}
        if any(e.vector_unit is not None for e in used.values()):
            # Which elements and registers there are is said by extensions without instructions.
            used |= {name: e for name, e in known.items() if e.vector_unit is not None}
        # As with GNU as, what holds at the end of the source is what it is for.
        isa, off = assembly.isa, set() if assembly.options.rvc else {"C"}
        standard = {
            name: e
            for name, e in isa.extensions.items()
            if name[0] != "X" and name not in isa.unasked | off
        }
        made.extensions = {name: e.version for name, e in used.items()}
        vlen = isa.vector.vlen if isa.vector is not None else 0
        arch = arch_string(isa.xlen, {**standard, **used}.values(), vlen)
        made.attributes.setdefault(ARCH, arch)
        if assembly.uses_privileged:
            major, minor = self.priv_spec
            made.attributes.setdefault(PRIV_SPEC, major)
            made.attributes.setdefault(PRIV_SPEC_MINOR, minor)
        made.march = self.march
        made.included = [str(path) for path in assembly.included]
        made.elf_flags = elf_flags(self.isa, self.abi) | int(assembly.uses_rvc)
        made.has_abi = bool(self.abi)
        return made, assembly.diagnostics

    def assembly(self, text: str, name: str) -> Assembly:
        """The sections and symbols of a source text, not laid out yet.

        Raises:
            AssemblyError: the source does not assemble.
        """
        has_rvc = "c.addi" in self.isa.instructions
        assembly = Assembly(
            isa=self.isa,
            options=Options(rvc=has_rvc, relax=self.relax, pic=self.pic),
            forms=self.forms,
            select_arch=self.select_arch,
        )
        # Compilers define this name for `.S` sources; so it may stand in `.if` of plain ones.
        assembly.assign("__riscv_xlen", Value(self.isa.xlen))
        assembly.symbol("__riscv_xlen").is_predefined = True
        for key, number in self.defines.items():
            assembly.assign(key, Value(number))
        if self.debug and ".loc" not in text:
            path = Path(name)
            assembly.line_table.is_own = True
            assembly.line_table.files[1] = (str(path.parent.absolute()), path.name)
        runner = _Runner(assembly, SourceText(text, name), self.include_dirs, self.limits)
        runner.run()
        assembly.find_file = Path
        assembly.included = runner.expander.included
        assembly.diagnostics.check()
        return assembly


class _Runner:
    """Carries statements out on an assembly."""

    def __init__(
        self, assembly: Assembly, source: SourceText, include_dirs: tuple[Path, ...], limits: Limits
    ) -> None:
        self.assembly = assembly
        self.source = source
        self.expander = Expander(
            assembly.constant,
            assembly.is_defined,
            self._report,
            include_dirs,
            limits=limits,
            take=self._take,
        )
        assembly.find_file = lambda name: self.expander.find_file(name, assembly.origin)
        self._repetitions: dict[tuple[Options, FormTable], Repetition] = {}
        self._options: Options | None = None
        self._forms: FormTable | None = None
        self._repetition = Repetition(frozenset())
        self._definitions = 0

    def run(self) -> None:
        """Assembles all lines; errors are taken down."""
        try:
            for line in self.expander.expand(self.source):
                self.assembly.go_to(line)
                try:
                    self._statement(line.text)
                except SourceError as problem:
                    self._report(line, problem)
        except TooManyLines as problem:
            self._report(problem.line, problem.problem)

    def _report(self, line: Line, problem: SourceError) -> None:
        self.assembly.diagnostics.error(line.location, line.source, problem)

    def _take(self) -> None:
        """Carries out the next rows of the source that are like earlier ones.

        What these were is no matter of the expander's, as long as no macro has been defined since.
        """
        source, assembly = self.source, self.assembly
        if source.is_inside:
            return
        if self._definitions != self.expander.definitions:
            self._definitions = self.expander.definitions
            self._repetitions.clear()
            self._options = None
        known = self._known()
        look_up, find, rows = known.texts.get, known.find, known.rows
        row_of = rows.get
        assembly.origin = origin = source.origin
        table, number = assembly.line_table, source.number << 32
        section: Section | None = None
        while True:
            # What a row does may lead elsewhere; as long as it does not, this holds.
            fragment = assembly.fragment
            data = fragment.data
            if section is not fragment.section:
                section = fragment.section
                found, has_places = section.statements, section.has_places
                add_fragment, add_offset = found.fragments.append, found.offsets.append
                add_origin, add_place = found.origins.append, found.places.append
                add_kind = found.kinds.append
                may_hold = section.type != NOBITS and section.name != ABSOLUTE
            is_simple = may_hold and not table.is_own
            for row in source.rows:
                number += _ROW
                code = row_of(row)
                if code is not None and is_simple:
                    if table.pending is not None:
                        table.mark(fragment)
                    add_fragment(fragment)
                    add_offset(len(data))
                    add_origin(origin)
                    add_place(number + 2)
                    add_kind(INSTRUCTION)
                    data += code
                    continue
                begun = row.lstrip()
                text = begun.rstrip()
                deed = look_up(text)
                if deed.__class__ is Code and is_simple:
                    if len(row) - len(begun) == 1:
                        rows[row] = deed
                    if table.pending is not None:
                        table.mark(fragment)
                    add_fragment(fragment)
                    add_offset(len(data))
                    add_origin(origin)
                    add_place(number + len(row) - len(begun) + 1)
                    add_kind(INSTRUCTION)
                    data += deed
                    continue
                symbols: list[Symbol] = []
                if deed is None:
                    if not text:
                        continue
                    if text[-1] == ":" and is_label(text):
                        assembly.place, assembly.source = number + len(row) - len(begun) + 1, row
                        try:
                            assembly.define_label(text[:-1])
                        except SourceError as problem:
                            self._report_here(problem)
                        continue
                    match = find(text, assembly)
                    if match is None:
                        source.number = number >> 32
                        source.put_back(row)
                        return
                    deed, symbols = match
                place = number + len(row) - len(begun) + 1
                if is_simple and deed.__class__ is not tuple:
                    is_code = deed.__class__ is Code
                    if is_code and table.pending is not None:
                        table.mark(fragment)
                    if is_code or has_places:
                        add_fragment(fragment)
                        add_offset(len(data))
                        add_origin(origin)
                        add_place(place)
                        add_kind(INSTRUCTION if is_code else DATA)
                    data += cast(bytes, deed)
                    continue
                assembly.place, assembly.source = place, row
                try:
                    perform(deed, assembly, symbols)
                except SourceError as problem:
                    self._report_here(problem)
                if assembly.fragment is not fragment:
                    break
            else:
                source.number = number >> 32
                return

    def _report_here(self, problem: SourceError) -> None:
        assembly = self.assembly
        assembly.diagnostics.error(assembly.location, assembly.source.rstrip("\r"), problem)

    def _statement(self, text: str) -> None:
        assembly = self.assembly
        known = self._known()
        deed = known.texts.get(text)
        if deed is not None:
            perform(deed, assembly, [])
            return
        if text[-1] == ":" and is_label(text):
            assembly.define_label(text[:-1])
            return
        match = known.find(text, assembly)
        if match is not None:
            perform(match[0], assembly, match[1])
            return
        self._learn(text)

    def _known(self) -> Repetition:
        """What is known of lines under the options and the instructions of now."""
        assembly = self.assembly
        if assembly.options is self._options and assembly.forms is self._forms:
            return self._repetition
        self._options, self._forms = key = (assembly.options, assembly.forms)
        known = self._repetitions.get(key)
        if known is None:
            isa = assembly.forms.isa
            modes = [*ROUNDING_MODES, *(mode.upper() for mode in ROUNDING_MODES)]
            reserved = frozenset([".", *isa.registers, *isa.csr_names, *modes])
            known = self._repetitions[key] = Repetition(reserved)
        self._repetition = known
        return known

    def _learn(self, text: str) -> None:
        """Carries a statement out, and takes down what it does if others may repeat it."""
        assembly = self.assembly
        statement = parse_statement(text)
        for label in statement.labels:
            assembly.define_label(label)
        head = statement.head
        if not head:
            return
        if head == "=":
            assign(assembly, statement.target, statement.rest)
            return
        handler = None
        if head[0] == ".":
            handler = find(head, assembly.isa)
            if handler is None:
                raise unknown(head)
        if statement.labels or not (handler is None or handler in REPEATABLE):
            self._carry_out(statement, handler)
            return
        recording = assembly.recording = Recording()
        findings = len(assembly.diagnostics.found)
        distances = (assembly.distances, assembly.final_distances)
        for each in distances:
            each.was_asked = False
        try:
            self._carry_out(statement, handler)
        finally:
            assembly.recording = None
        has_asked = any(each.was_asked for each in distances)
        if not has_asked and len(assembly.diagnostics.found) == findings:
            self._repetition.learn(text, recording, assembly)

    def _carry_out(self, statement: Statement, handler: Handler | None) -> None:
        assembly = self.assembly
        if handler is not None:
            handler(assembly, statement.head.lower(), statement.rest)
            return
        mnemonic = statement.head
        operands = parse_operands(statement.rest)
        if mnemonic not in assembly.forms.isa.instructions:
            mnemonic = mnemonic.lower()
        expander = PSEUDO.get(mnemonic)
        if expander is not None:
            expander(assembly, mnemonic, operands)
        elif not emit_symbol_access(assembly, mnemonic, operands):
            emit_operands(assembly, mnemonic, operands)


def elf_flags(isa: Isa, abi: str = "") -> int:
    """`e_flags`: whether there is compressed code, and where floats are passed.

    Args:
        isa: the instructions there are.
        abi: such as `lp64d`; if empty, the double-float one where there are doubles, else the soft.
    """
    flags = (_RVC if "c.addi" in isa.instructions else 0) | (_RVE if isa.has_half else 0)
    if not abi:
        # F alone does not make a single-float ABI: GNU as and GCC keep the soft one until told.
        return flags | _FLOAT_ABI["d" if "D" in isa.extensions else ""]
    if abi.endswith("e"):
        return flags | _RVE
    return flags | _FLOAT_ABI[abi[-1] if abi[-1] in "fdq" else ""]
