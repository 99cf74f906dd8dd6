"""Extensions: where instructions, register files, state and CSRs are declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rvx.isa import loops, tiles
from rvx.isa.csr import Csr
from rvx.isa.errors import DeclarationError
from rvx.isa.instruction import (
    REQUESTS,
    Alias,
    Body,
    Instruction,
    docstring_of,
    make_alias,
    make_expansion,
    make_instruction,
)
from rvx.isa.operands import CORE_KINDS, LAST_ROUNDING_MODE, Kind, RegisterKind, register_kinds
from rvx.isa.real import Function, GatheredReal, Meaning, VectorReal
from rvx.isa.registers import VECTOR_BASE, RegisterFile, V
from rvx.records import dataclass, replace
from rvx.regex import regex

if TYPE_CHECKING:
    from rvx.isa.vector.declare import ElementFormat
    from rvx.isa.vector.unit import VectorUnit

AnyBody = TypeVar("AnyBody", bound=Body)


@dataclass(frozen=True)
class State:
    """Words of int64 that an extension owns, such as a quire.

    Attributes:
        name: what a body asks for; the body gets an int64 array of `words` elements.
        words: how many; all are 0 at reset.
        doc: what it holds, in a sentence.
        reset: words that are not 0 at reset, as pairs of position and value.
        loops: how many hardware loops it holds, see `rvx.isa.loops`.
        per_byte: how many more words there are for each byte of a vector register.
    """

    name: str
    words: int
    doc: str = ""
    reset: tuple[tuple[int, int], ...] = ()
    loops: int = 0
    per_byte: int = 0


class Extension:
    """A named, versioned set of instructions and the state they work on.

    Example::

        xmac = Extension("Xmac", version="0.1", doc="A saturating integer MAC")

        @xmac.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
        def smac(rd, rs1, rs2):
            \"\"\"rd = clip(rd + rs1 * rs2) to 32 bits.\"\"\"
            return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)

    Args:
        name: as the published source spells it; `-march` takes it in lower case.
        version: of the published source; it is noted in ELF files.
        doc: what it is, in a sentence.
        source: where it is published.
        requires: names of extensions that it builds on.
        conflicts: names of extensions that cannot be loaded together with it, with the reason.
        supersedes: names of extensions whose instructions it declares anew: where both are loaded,
            a mnemonic that both have is this extension's.
        last_rounding_mode: the largest value of frm that its instructions take: 4 is that of the
            base ISA, whose other values are reserved.
        vector_unit: the least vector unit that it needs, if it needs one.
        is_core: whether these are the ratified instructions that the CPU core knows, so that it may
            perform them instead of their bodies. It is for the base ISA that rvx ships: what is
            declared anew, under whatever name, is performed by its body.
    """

    def __init__(
        self,
        name: str,
        *,
        version: str,
        doc: str = "",
        source: str = "",
        requires: Iterable[str] = (),
        conflicts: dict[str, str] | None = None,
        supersedes: Iterable[str] = (),
        vector_unit: VectorUnit | None = None,
        is_core: bool = False,
        last_rounding_mode: int = LAST_ROUNDING_MODE,
    ) -> None:
        _check_names(f"requires of {name}", requires)
        _check_names(f"conflicts of {name}", {} if conflicts is None else conflicts)
        _check_names(f"supersedes of {name}", supersedes)
        self.name = name
        self.version = version
        self.doc = doc
        self.source = source
        self.requires = tuple(requires)
        self.conflicts = dict(conflicts or {})
        self.supersedes = tuple(supersedes)
        self.vector_unit = vector_unit
        self.is_core = is_core
        self.last_rounding_mode = last_rounding_mode
        self.register_files: dict[str, RegisterFile] = {}
        self.states: dict[str, State] = {}
        self.csrs: dict[str, Csr] = {}
        self.formats: dict[str, Any] = {}
        self.csr_names: dict[str, int] = {}
        self.printed_csr_names: dict[int, str] = {}
        self.instructions: dict[str, Instruction] = {}
        self.aliases: list[Alias] = []
        self._kinds: dict[str, Kind] = dict(CORE_KINDS)
        self.check()

    def check(self) -> None:
        """Checks what type hints say, since a user's file may set anything.

        Raises:
            DeclarationError: a part of it is of another type.
        """
        _check_text("the name", self.name, _NAME, "letters and digits that begin with a letter")
        _check_text(f"the version of {self.name}", self.version, _LINE, "a line, such as 0.1")
        _check_text(f"the doc of {self.name}", self.doc, _ANYTHING, "a text")
        _check_text(f"the source of {self.name}", self.source, _ANYTHING, "a text")
        for part, kind in _PARTS.items():
            found = getattr(self, part, None)
            is_fine = isinstance(found, dict) and all(isinstance(v, kind) for v in found.values())
            if not is_fine:
                raise DeclarationError(
                    f"{self.name}: {part} is filled by declarations; do not set it"
                )

    def __repr__(self) -> str:
        return f"<Extension {self.name} {self.version}: {len(self.instructions)} instructions>"

    def register_file(
        self,
        name: str,
        *,
        count: int,
        bits: int,
        abi: Collection[str] | None = None,
    ) -> RegisterFile:
        """Declares a register file of the extension's own; operands of it are written `rs1:NAME`.

        Args:
            name: letters; registers are NAME0, NAME1, ...
            count: how many registers.
            bits: width of one: up to 64, of which bodies get narrower values zero-extended, or a
                multiple of 64, of which they get the words.
            abi: the names to print, one a register; NAME0, NAME1, ... by default.
        """
        _check_text(f"a register file of {self.name}", name, _IDENTIFIER, "letters, such as p")
        if not all(type(size) is int for size in (count, bits)):
            raise DeclarationError(
                f"{self.name}: register file '{name}': count and bits are whole numbers, not "
                f"{count!r} and {bits!r}"
            )
        if name in self.states:
            raise DeclarationError(f"{self.name}: '{name}' is a state already; choose another name")
        names = tuple(abi or (f"{name}{i}" for i in range(count)))
        file = RegisterFile(name, count, bits, names)
        self._new_kind(name)
        self.register_files[name] = file
        self._kinds.update(register_kinds(file))
        return file

    def tile_file(self, name: str = "mt") -> RegisterFile:
        """Declares matrix state: 16 tiles that every element width sees in another shape.

        How large it is, the ISA says: the `edge` of its `VectorUnit`. Operands that are tiles are
        written `md:NAME`, and `md:NAME*2` or `md:NAME*4` where only every second or fourth one may
        stand; a body gets the number of a tile. A body that asks for NAME gets all of them, see
        `rvx.isa.tiles`.

        Args:
            name: letters; tiles are NAME0, NAME1, ...
        """
        _check_text(f"a tile file of {self.name}", name, _IDENTIFIER, "letters, such as mt")
        if name in self.states or name in REQUESTS:
            raise DeclarationError(f"{self.name}: '{name}' is a state already; choose another name")
        names = tuple(f"{name}{i}" for i in range(tiles.COUNT))
        file = RegisterFile(name, tiles.COUNT, 0, names, is_tiled=True)
        self._new_kind(name)
        self.register_files[name] = file
        self._kinds.update(register_kinds(file))
        return file

    def operand_kind(self, kind: Kind) -> None:
        """Declares a further operand kind, to be used in syntax strings of this extension."""
        self._new_kind(kind.name)
        self._kinds[kind.name] = kind

    def _new_kind(self, name: str) -> None:
        if name in self._kinds:
            raise DeclarationError(f"{self.name}: the operand kind '{name}' is taken")

    def state(
        self,
        name: str,
        words: int,
        doc: str = "",
        reset: Sequence[tuple[int, int]] = (),
        per_byte: int = 0,
    ) -> State:
        """Declares state words that bodies may ask for by name.

        Args:
            name: what a body asks for.
            words: how many.
            doc: what it holds, in a sentence.
            reset: words that are not 0 at reset, as pairs of position and value.
            per_byte: how many more there are for each byte of a vector register.
        """
        taken = [*REQUESTS, *self.states, *self.register_files]
        taken += [operand for made in self.instructions.values() for operand in made.operands]
        _check_text(f"a state of {self.name}", name, _IDENTIFIER, "a name that Python can have")
        if name in taken:
            raise DeclarationError(
                f"{self.name}: the name of state '{name}' is taken, as are "
                f"{', '.join(one for one in dict.fromkeys(taken) if one != name)}"
            )
        if type(words) is not int or not 1 <= words <= MOST_WORDS:
            raise DeclarationError(
                f"{self.name}: state '{name}' cannot have {words!r} words; "
                f"valid is 1 to {MOST_WORDS}"
            )
        self.states[name] = State(name, words, doc, tuple(reset), per_byte=per_byte)
        return self.states[name]

    def hardware_loops(self, name: str, count: int = 2, doc: str = "") -> State:
        """Declares hardware loops: a state of three words for each, which bodies fill.

        While the third word of a loop is not 0, whoever reaches the address in its second goes on
        at that in its first, and one is taken off the third (`rvx.isa.loops`).
        """
        if type(count) is not int or not 1 <= count <= loops.MOST:
            raise DeclarationError(
                f"{self.name}: {count!r} hardware loops; valid are 1 to {loops.MOST}"
            )
        made = self.state(name, count * loops.WORDS, doc or "start, end and rounds of each loop")
        self.states[name] = replace(made, loops=count)
        return self.states[name]

    def csr(
        self,
        name: str,
        address: int,
        *,
        state: str | None = None,
        word: int = 0,
        lsb: int = 0,
        bits: int = 64,
        doc: str = "",
        counts: int = 0,
        xlen: int | None = None,
    ) -> Csr:
        """Declares a CSR: a window of `bits` bits into a state word (a word of its own if none).

        Args:
            name: as written in assembly.
            address: 12 bits.
            state: the state that holds the bits.
            word: which word of it.
            lsb: position of the lowest bit within the word.
            bits: how many bits; no more than XLEN are accessed.
            doc: what it holds, in a sentence.
            counts: if not 0, it counts executed instructions, one for every so many.
            xlen: 32 or 64 where only that width has it.
        """
        _check_text(f"a CSR of {self.name}", name, _SPELLING, "a name such as fcsr")
        xlens = _widths(f"CSR '{name}' of {self.name}", xlen)
        made = Csr(name, address, state or name, lsb, bits, doc, word, counts, xlens)
        for other in self.csrs.values():
            if name == other.name or address == other.address:
                raise DeclarationError(
                    f"{self.name}: CSR '{name}' at {address:#05x}: there is '{other.name}' at "
                    f"{other.address:#05x} already"
                )
        if state is None and name not in self.states:
            self.state(name, 1, doc)
        if made.state not in self.states:
            raise DeclarationError(
                f"{self.name}: CSR '{name}' is a window into the state '{made.state}', which is "
                f"not declared; declare it before, or leave state out"
            )
        self.csrs[name] = made
        self.csr_name(name, address)
        return self.csrs[name]

    def format(self, name: str, codec: Any) -> None:
        """Gives a number format of the extension's a name, for tools and data directives.

        Args:
            name: letters, digits and `_`, in lower case; before any format of rvx of that name.
            codec: has `bits`, `encode` and `decode`, see `rvx.formats.number.own.Codec`.
        """
        _check_text(f"a format of {self.name}", name, _FORMAT, "lower case, such as log8")
        parts = ("bits", "encode", "decode")
        if name in self.formats or not all(hasattr(codec, part) for part in parts):
            raise DeclarationError(
                f"{self.name}: the name of format '{name}' must be new, and the format something "
                f"with {', '.join(parts)}, not {codec!r}"
            )
        self.formats[name] = codec

    def csr_name(self, name: str, address: int, *, is_printed: bool = True) -> None:
        """Names a CSR that the CPU core, or nobody, implements; `csr` does so for those of rvx."""
        self.csr_names[name] = address
        if is_printed:
            self.printed_csr_names[address] = name

    def instruction(
        self,
        syntax: str,
        bits: str,
        *,
        xlen: int | None = None,
        kind: str = "custom",
        writes: Collection[str] | None = None,
        overlaps: Collection[str] = (),
        doc: str = "",
        needs: Collection[str] = (),
        macs: int = 0,
        flops: int = 0,
        real: Meaning | None = None,
    ) -> Callable[[AnyBody], AnyBody]:
        """Declares an instruction; the decorated function is its meaning.

        The parameters of the body are requests, by name: a source operand gives the value of the
        register or the number; `rd` its old value (so the instruction reads and writes it); a
        register operand arrives as an int64 (x registers sign-extended, f registers as their 64
        bits, an extension's own registers zero-extended) and a rounding mode with `dyn` replaced
        by frm; see `REQUESTS` for the rest. What the body returns is written to `rd`, or to the
        operands that `writes` lists, one value each. A group of registers (`rd:x*2`) or a register
        of more than 64 bits arrives as an array of words, lowest first; where it is written, the
        body changes the words instead of returning something.

        Args:
            syntax: how it is written, such as `plw rd:p, imm(rs1)`.
            bits: its pattern, see `rvx.isa.pattern`.
            xlen: 32 or 64 where only that width has it.
            kind: class for counts.
            writes: the register operands that it writes, in the order in which that is done; `rd`
                if there is one.
            overlaps: mnemonics that share words with it on purpose.
            doc: instead of the docstring of the body.
            needs: names of further extensions without which an ISA does not have it.
            macs: how many multiply-accumulates it counts as; of a vector instruction, an element.
                Where `real` says what it means, that says it, too.
            flops: how many floating-point operations, likewise.
            real: what it means in real numbers, see `rvx.isa.real`.

        Raises:
            DeclarationError: with a sentence that says what does not fit.
        """

        def declare(body: AnyBody) -> AnyBody:
            self._add(
                syntax,
                bits,
                body,
                xlen=xlen,
                kind=kind,
                overlaps=overlaps,
                doc=doc,
                writes=writes,
                needs=needs,
                macs=macs,
                flops=flops,
                real=real,
            )
            return body

        return declare

    def vector(
        self,
        name: str,
        forms: str,
        funct6: str,
        *,
        space: str = "I",
        result: str = "v",
        is_ternary: bool = False,
        imm: str = "s",
        vm: int | None = None,
        may_overlap: bool | None = None,
        formats: Sequence[ElementFormat] = (),
        wide: Sequence[ElementFormat] = (),
        widths: Sequence[int] = (),
        is_ordered: bool = True,
        code: str = "00000",
        macs: int = 0,
        flops: int = 0,
        opcode: str = "1011011",
        kind: str = "vector",
        doc: str = "",
        real: Function | VectorReal | GatheredReal | None = None,
    ) -> Callable[[AnyBody], AnyBody]:
        """Declares a vector instruction for every form of its operands.

        The parameters of the decorated function are requests, by name. A function of elements asks
        for `a`, the element of vs2, `b`, that of vs1 or the scalar, `d`, the old one of vd, `m`,
        the bit of v0 where the mask is an operand; see `rvx.isa.vector.elementwise.PARAMETERS`.
        What it returns is cut off to the width of the result. A function of whole register groups
        asks for `vd`, `vs2` and `vs1`, which it indexes, and for `vl`; see
        `rvx.isa.vector.own.GROUP_PARAMETERS`. Both may ask for states of the extension. Masks,
        groups, tail, vstart and what is illegal follow from this.

        Elements are integers, sign-extended. With `formats` they are codes, and the function may
        ask for operations of the format too: `add`, `sub`, `mul`, `div`, `fma`, `sqrt`, `min`,
        `max`, `eq`, `lt`, `le` as in `sub(a, b, mode, flags)`, and `neg(a)` and `abs(a)`; with
        `wide` for those of the wide format as `wide_fma` and so on, and for `widen(a, mode, flags)`
        and `narrow(a, mode, flags)`.

        Args:
            name: of the mnemonics, up to the dot.
            forms: separated by spaces, such as `vv vx vi`, `vf`, `wv`, `vvm`; `v` has one operand,
                `vs` is a reduction, `-` has no source.
            funct6: six bits.
            space: `I`, `M` or `F`: what funct3 stands for, as in the vector extension.
            result: `v` for elements of SEW, `w` of twice and `q` of four times as many bits, `m`
                for a mask; empty if there is no vd.
            is_ternary: whether vd is an operand, and vs1 is written before vs2.
            imm: kind of the number of a form `vi`: `s` or `u`.
            vm: what the bit of the mask is, where nobody is to write it.
            may_overlap: whether vd may be a source as well; unless said, functions of elements
                allow it, and those of groups do not.
            formats: what elements are, one for each SEW that has the instruction.
            wide: what elements with more bits are, in the order of `formats`.
            widths: every SEW that has an instruction of integers; all of them by default.
            is_ordered: of a reduction, whether elements are combined one after the other; in any
                order it is eight lanes, and then a tree.
            code: what stands in the place of vs1 where there is no third operand.
            macs: how many multiply-accumulates an element counts as; by default what `real` says.
            flops: how many floating-point operations, likewise.
            opcode: the low seven bits; custom-2 by default, 1010111 is that of V.
            kind: class for counts.
            doc: instead of the docstring of the function.
            real: with `formats`, what it means in real numbers, of those of `d`, `a` and `b` that
                it asks for, as in `lambda d, a, b: (d, a * b)`; see `rvx.isa.real`.

        Raises:
            DeclarationError: with a sentence that says what does not fit.
        """
        from rvx.isa.vector.declare import OwnFormats, Shape, declare_own, make_unboxed
        from rvx.isa.vector.own import is_of_groups

        def declare_all(function: AnyBody) -> AnyBody:
            made = OwnFormats(formats, wide, widths)
            shape = Shape(
                result,
                is_ternary,
                imm,
                has_floats=made.has_flags,
                vm=vm,
                may_overlap=not is_of_groups(function) if may_overlap is None else may_overlap,
                opcode=opcode,
                kind=kind,
                code=code,
                is_ordered=is_ordered,
                macs=macs,
                flops=flops,
                scalars={fmt.bits: make_unboxed(fmt.bits) for fmt in formats} or None,
                is_of_machine=False,
            )
            text = doc or docstring_of(function)
            states = {state.name: state.words for state in self.states.values()}
            declare_own(self, name, forms, space, funct6, function, shape, made, states, text, real)
            return function

        return declare_all

    def encoding(
        self,
        syntax: str,
        bits: str,
        *,
        xlen: int | None = None,
        kind: str = "custom",
        overlaps: Collection[str] = (),
        doc: str = "",
    ) -> Instruction:
        """Declares an instruction that has no body: it assembles and disassembles."""
        return self._add(syntax, bits, None, xlen=xlen, kind=kind, overlaps=overlaps, doc=doc)

    def _add(
        self,
        syntax: str,
        bits: str,
        body: Body | None,
        *,
        xlen: int | None,
        kind: str,
        overlaps: Collection[str],
        doc: str,
        needs: Collection[str] = (),
        writes: Collection[str] | None = None,
        macs: int = 0,
        flops: int = 0,
        real: Meaning | None = None,
    ) -> Instruction:
        _check_names(f"needs of {self.name} '{syntax}'", needs)
        for what, text in (("syntax", syntax), ("pattern", bits)):
            if not isinstance(text, str):
                raise DeclarationError(
                    f"{self.name}: the {what} of an instruction must be text, not {text!r}"
                )
        made = make_instruction(
            syntax,
            bits,
            body,
            extension=self.name,
            kinds=self._kinds,
            state=[*self.states, *(f.name for f in self.register_files.values() if f.is_tiled)],
            xlens=_widths(f"{self.name} '{syntax}'", xlen),
            kind=kind,
            overlaps=overlaps,
            doc=doc,
            writes=writes,
            is_core=self.is_core,
            last_rounding_mode=self.last_rounding_mode,
            needs=needs,
            macs=macs,
            flops=flops,
            real=real,
        )
        if any(
            isinstance(operand.kind, RegisterKind) and operand.kind.file is V
            for operand in made.operands.values()
        ):
            self.register_files[V.name] = V
            if VECTOR_BASE not in (self.name, *self.requires):
                self.requires = (*self.requires, VECTOR_BASE)
        key = _key(made.mnemonic, xlen)
        if key in self.instructions:
            raise DeclarationError(f"{self.name}: instruction '{made.mnemonic}' is declared twice")
        self.instructions[key] = made
        return made

    def compressed(
        self,
        syntax: str,
        bits: str,
        expansion: str,
        *,
        of: Extension,
        shown_as: str = "",
        xlen: int | None = None,
        overlaps: Collection[str] = (),
    ) -> Instruction:
        """Declares a 16-bit instruction as the abbreviation of another, whose meaning it has.

        An ISA without the abbreviated instruction does not have the compressed one either, as C
        without D has no c.fld.

        Args:
            syntax: how it is written, such as `c.addi rd, imm`.
            bits: its pattern.
            expansion: what it stands for, such as `addi rd, rd, imm`.
            of: the extension that declares the expansion's instruction.
            shown_as: mnemonic of the alias of that instruction which the disassembler prints; its
                own, to be printed as it is.
            xlen: 32 or 64 where only that width has it.
            overlaps: mnemonics that share words with it on purpose.
        """
        target = of._find(expansion.split(maxsplit=1)[0], xlen)
        if target is None:
            raise DeclarationError(
                f"{self.name}: expansion '{expansion}': {of.name} has no such instruction"
            )
        doc = f"Expands to `{expansion}`."
        plain = self._add(
            syntax, bits, None, xlen=xlen, kind=target.kind, overlaps=overlaps, doc=doc
        )
        made = replace(plain, expansion=make_expansion(plain, expansion, target, shown_as))
        self.instructions[_key(made.mnemonic, xlen)] = made
        return made

    def _find(self, mnemonic: str, xlen: int | None) -> Instruction | None:
        found = self.instructions.get(mnemonic)
        return found or self.instructions.get(_key(mnemonic, xlen))

    def alias(
        self,
        syntax: str,
        expansion: str,
        *,
        of: Extension | None = None,
        is_printed: bool = True,
        xlen: int | None = None,
    ) -> Alias:
        """Declares another way to write an instruction.

        Args:
            syntax: how the alias is written, such as `mv rd, rs1`.
            expansion: the instruction it stands for, such as `addi rd, rs1, 0`, its operands in
                the order of the instruction's syntax.
            of: the extension that declares the instruction, if it is not this one.
            is_printed: whether the disassembler prints it.
            xlen: 32 or 64 where only that width has it.
        """
        mnemonic = expansion.split(maxsplit=1)[0]
        target = (of or self)._find(mnemonic, xlen)
        if target is None:
            raise DeclarationError(f"{self.name}: alias '{syntax}': no instruction '{mnemonic}'")
        xlens = _widths(f"alias '{syntax}' of {self.name}", xlen)
        made = make_alias(syntax, expansion, target, is_printed, xlens)
        self.aliases.append(made)
        return made


_PARTS = {
    "register_files": RegisterFile,
    "states": State,
    "csrs": Csr,
    "csr_names": int,
    "instructions": Instruction,
}
MOST_WORDS = 1 << 24
_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_SPELLING = regex(r"[A-Za-z_.][A-Za-z0-9_.]*")
_NAME = regex(r"[A-Za-z][A-Za-z0-9_]*")
_FORMAT = regex(r"[a-z_][a-z0-9_]*")
_LINE = regex(r"[ -~]+")
_ANYTHING = regex(r"(?s).*")


def _check_text(what: str, value: object, pattern: re.Pattern[str], valid: str) -> None:
    """Type hints are not checked, and what a user's file gives may be anything."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise DeclarationError(f"{what} must be {valid}, not {value!r}")


def _check_names(what: str, listed: object) -> None:
    is_listed = isinstance(listed, Iterable) and not isinstance(listed, str | bytes)
    if not is_listed or not all(isinstance(name, str) for name in listed):  # type: ignore[attr-defined]
        raise DeclarationError(
            f"{what} must be names of extensions, such as ('D',), not {listed!r}"
        )


def _widths(what: str, xlen: int | None) -> tuple[int, ...]:
    """The register widths that have something."""
    if xlen not in (None, 32, 64):
        raise DeclarationError(
            f"xlen of {what} must be 32 or 64, or nothing for both, not {xlen!r}"
        )
    return (xlen,) if xlen else (32, 64)


def _key(mnemonic: str, xlen: int | None) -> str:
    """An instruction's name within its extension: one that differs by XLEN stands there twice."""
    return mnemonic if xlen is None else f"{mnemonic}/{xlen}"
