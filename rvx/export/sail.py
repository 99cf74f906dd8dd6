"""Extensions in Sail, the language of RISC-V's formal model (riscv/sail-riscv).

A file holds what the model's own files of instructions hold: for each instruction a clause of
`instruction`, of `encdec` or `encdec_compressed`, of `assembly` and of `execute`, and the clauses
by which the model knows the extension. Constructors begin with the extension's name: the model has
one union for all instructions there are.

A body becomes a function, with all functions that it calls; `execute` calls it with registers and
immediates. All values are `bits(64)`: as in rvx, registers of RV32 come sign-extended, and what is
written is cut to the width of the register. A function that accesses memory gives a `result`, whose
error is what the access has raised. One that may jump is given the next address, and gives back
where execution goes on, behind what the registers get.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rvx.bodies.kinds import Basic, Kind, Several
from rvx.bodies.problem import BodyProblem
from rvx.bodies.written import Made, Text
from rvx.disassembler.text import spelled
from rvx.export.cbody import Untranslatable, one_line, safe
from rvx.export.integerbody import (
    HELPERS,
    LOADS,
    STORES,
    Function,
    Functions,
    bare,
    bound,
    ends,
    identifier,
    performed,
)
from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import CsrKind, FrameKind, ImmediateKind, Operand, RegisterKind, VtypeKind
from rvx.isa.registers import F, V, X
from rvx.isa.syntax import Slot

_WORD = "bits(64)"
_LONGEST_TABLE = 6
"""Bits of an operand whose spellings are listed, where Sail has no mapping for them."""

_HELPERS = {
    "shift_left": "if n >_u 0x000000000000003F then zeros() else a << n",
    "shift_right": (
        "shift_bits_right_arith(a, if n >_u 0x000000000000003F then 0x000000000000003F else n)"
    ),
    "floor_divide": "to_bits_truncate(fdiv_int(signed(a), signed(n)))",
    "modulo": "to_bits_truncate(fmod_int(signed(a), signed(n)))",
    "absolute": "if a <_s 0x0000000000000000 then 0x0000000000000000 - a else a",
    "min": "if n <_s a then n else a",
    "max": "if n >_s a then n else a",
}
"""The helpers, of `a` and `n`.

Places are limited before they are used: the library of Sail makes numbers as long as they say.
"""

_REGISTERS = {
    X: ("regidx", "encdec_reg", "reg_name"),
    F: ("fregidx", "encdec_freg", "freg_name"),
    V: ("vregidx", "encdec_vreg", "vreg_name"),
}
"""The model's names for a file of 32 registers: their type, how they are stored and written."""
_COMPRESSED = {
    X: ("cregidx", "encdec_creg", "creg_name"),
    F: ("cfregidx", "encdec_cfreg", "cfreg_name"),
}
"""The same of the registers 8 to 15, which three bits name."""


def export(extensions: Sequence[Extension]) -> Export:
    """One file for each extension."""
    made = Export()
    for extension in extensions:
        written = _File(extension, made.left_out).written()
        if written:
            made.files[f"{extension.name}.sail"] = written
    return made


@dataclass
class _File:
    """Writes one file.

    Attributes:
        extension: that is written.
        left_out: takes what cannot be said.
        tables: mappings of operands that the model has none for: name by what is in it.
    """

    extension: Extension
    left_out: list[str]
    tables: dict[str, str] = field(default_factory=dict)

    def written(self) -> str:
        """The file; empty if none of the instructions can be said."""
        functions = _Functions(self.extension)
        clauses = []
        for made, name in _named(self.extension):
            reason = _unsaid(made)
            if reason:
                self.left_out.append(f"{made.mnemonic}: {reason}")
            else:
                clauses.append(self._clauses(made, name, functions))
        if not clauses:
            return ""
        known = _flag(self.extension.name)
        doc = one_line(self.extension.doc)
        head = "\n".join(
            [
                f"// {self.extension.name} {self.extension.version}: {doc}".rstrip(": "),
                "",
                f"enum clause extension = {known}",
                f'mapping clause extensionName = {known} <-> "{self.extension.name.lower()}"',
                f"function clause hartSupports({known}) = config extensions.{known[4:]}.supported",
                f"function clause currentlyEnabled({known}) = hartSupports({known})",
            ]
        )
        tables = [
            f"private mapping {name} : {head_and_rows}"
            for head_and_rows, name in self.tables.items()
        ]
        return "\n\n".join([head, *tables, *functions.parts, *clauses, ""]).rstrip("\n") + "\n"

    def _clauses(self, made: Instruction, name: str, functions: _Functions) -> str:
        fields = [_Field(operand) for operand in made.operands.values() if operand.field.pieces]
        parts, unused = _word(made, fields)
        fields.sort(key=lambda each: -each.highest)
        # Bits that the decoder does not look at come last, so that the word stays what it was.
        types = [*(each.type for each in fields), *(f"bits({width})" for _, width, _ in unused)]
        names = [*(each.name for each in fields), *(name for name, _, _ in unused)]
        whole = _call(name, names)
        owners = dict.fromkeys(made.owners)
        conditions = [f"currentlyEnabled({_flag(name)})" for name in owners if name != "I"]
        conditions = conditions or [f"currentlyEnabled({_flag(self.extension.name)})"]
        if len(made.xlens) == 1:
            conditions.append(f"xlen == {made.xlens[0]}")
        conditions += [each for one in fields for each in one.conditions()]
        lines = [f"// {one_line(made.doc)}"] if made.doc else []
        shown = ", ".join(types)
        lines.append(
            f"union clause instruction = {name} : {f'({shown})' if types else 'unit'}",
        )
        mapping = "encdec" if made.pattern.bits == 32 else "encdec_compressed"
        lines += [
            "",
            f"mapping clause {mapping} = {whole}",
            f"  <-> {' @ '.join(parts)}",
            f"  when {' & '.join(conditions)}",
            "",
        ]
        try:
            text = self._assembly(made)
            # What the decoder does not look at is as the assembler writes it.
            as_written = [*names[: len(fields)], *(digits for _, _, digits in unused)]
            lines += [f"mapping clause assembly = {_call(name, as_written)}", f"  <-> {text}"]
            lines += [f"  when xlen == {made.xlens[0]}"] if len(made.xlens) == 1 else []
        except Untranslatable as error:
            self.left_out.append(f"{made.mnemonic}: written without its assembly: {error}")
            lines.append(f"// The clause of assembly is left out: {error}")
        lines.append("")
        try:
            call = functions.body(made)
            lines += _execute(made, whole, call)
        except (Untranslatable, BodyProblem) as error:
            reason = " ".join(str(error).split())
            self.left_out.append(f"{made.mnemonic}: written without its meaning: {reason}")
            lines.append(f"// The clause of execute is left out: {reason}")
        return "\n".join(lines)

    # -- assembly ------------------------------------------------------------------------------

    def _assembly(self, made: Instruction) -> str:
        parts = [f'"{made.mnemonic}"']
        for i, slot in enumerate(made.syntax.slots):
            separator = "sep()" if i else "spc()"
            operand = made.operands.get(slot.name)
            if operand is not None and _may_be_left_out(operand):
                parts.append(self._table(operand, separator))
            else:
                parts += [separator, *self._slot(made, slot)]
        return " ^ ".join(parts)

    def _slot(self, made: Instruction, slot: Slot) -> list[str]:
        parts = [self._operand(made.operands[slot.name])] if slot.name else []
        if slot.base:
            parts += ['"("', self._operand(made.operands[slot.base]), '")"']
        return parts

    def _operand(self, operand: Operand) -> str:
        kind = operand.kind
        if not operand.field.pieces:
            assert isinstance(kind, RegisterKind)
            is_sp = kind.file is X and kind.numbers == (2,)
            return "sp_reg_name()" if is_sp else f'"{kind.file.abi[kind.numbers[0]]}"'
        one = _Field(operand)
        if one.known is not None:
            return f"{one.known[2]}({one.name})"
        if isinstance(kind, ImmediateKind) and not kind.bias and not kind.wrap:
            sign = "signed_" if kind.signed else ""
            return f"hex_bits_{sign}{operand.field.width}({one.whole})"
        if isinstance(kind, CsrKind) and operand.field.width == 12:
            return f"csr_name_map({one.name})"
        return self._table(operand, "")

    def _table(self, operand: Operand, separator: str) -> str:
        """A mapping that lists how each value is written."""
        one = _Field(operand)
        if isinstance(operand.kind, FrameKind | VtypeKind) or one.bits > _LONGEST_TABLE:
            raise Untranslatable(f"the model has no mapping for its operand '{operand.name}'")
        rows = []
        for stored in range(1 << one.bits):
            value = operand.decode(operand.field.insert(stored << operand.field.lsb))
            if not operand.is_valid(value):
                continue
            text = spelled(operand.kind, value)
            written = '""' if text is None else f'"{text}"'
            before = f"{separator} ^ " if separator and text is not None else ""
            rows.append(f"  0b{stored:0{one.bits}b} <-> {before}{written},")
        text = "\n".join([f"bits({one.bits}) <-> string = {{", *rows, "}"])
        if text not in self.tables:
            name = f"{identifier(self.extension.name).lower()}_{identifier(operand.kind.name)}"
            while name in self.tables.values():
                name += "_"
            self.tables[text] = name
        return f"{self.tables[text]}({one.name})"


def _flag(extension: str) -> str:
    """What an extension is called in the model's list of them."""
    name = identifier(extension)
    return f"Ext_{name[:1].upper()}{name[1:]}"


def _named(extension: Extension) -> Iterable[tuple[Instruction, str]]:
    """The instructions with a name for each; a mnemonic may have several encodings."""
    prefix = identifier(extension.name).upper()
    forms = Counter(made.mnemonic for made in extension.instructions.values())
    taken: set[str] = set()
    made_of = list(extension.instructions.values())
    if any(made.overlaps for made in made_of):
        # The first clause that a word fits is the one: those with more fixed bits go before others.
        made_of.sort(key=lambda made: -made.pattern.mask.bit_count())
    for made in made_of:
        name = f"{prefix}_{identifier(made.mnemonic).upper()}"
        if forms[made.mnemonic] > 1 and len(made.xlens) == 1:
            name += f"_RV{made.xlens[0]}"
        plain, count = name, 2
        while name in taken:
            name, count = f"{plain}_{count}", count + 1
        taken.add(name)
        yield made, name


def _unsaid(made: Instruction) -> str:
    if made.pattern.bits not in (16, 32):
        return "the model has no words but those of 16 and 32 bits"
    for operand in made.operands.values():
        places = [piece.value_lsb + i for piece in operand.field.pieces for i in range(piece.bits)]
        if places and sorted(places) != list(range(operand.field.lsb, operand.field.width)):
            return f"'{operand.name}' leaves out bits in its middle, or has some of them twice"
    return ""


def _may_be_left_out(operand: Operand) -> bool:
    return hasattr(operand.kind, "default")


def _call(name: str, given: Sequence[str]) -> str:
    return f"{name}({', '.join(given)})"


# -- words -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Field:
    """An operand that stands in the word.

    Attributes:
        operand: which.
    """

    operand: Operand

    @property
    def name(self) -> str:
        """Its name in Sail, where `in`, `by` and many others are words of the language."""
        name = self.operand.name
        return f"{name}_" if name in _RESERVED else name

    @property
    def bits(self) -> int:
        """How many bits are stored."""
        return self.operand.field.width - self.operand.field.lsb

    @property
    def highest(self) -> int:
        """The highest bit of the word that belongs to it."""
        return max(piece.word_lsb + piece.bits for piece in self.operand.field.pieces)

    @property
    def known(self) -> tuple[str, str, str] | None:
        """What the model calls registers such as these: the type, and two mappings."""
        kind, pieces = self.operand.kind, self.operand.field.pieces
        if not isinstance(kind, RegisterKind) or len(pieces) != 1 or self.operand.field.lsb:
            return None
        if self.bits == 5 and not kind.is_indexed:
            return _REGISTERS.get(kind.file)
        if self.bits == 3 and kind.is_indexed and kind.numbers == tuple(range(8, 16)):
            return _COMPRESSED.get(kind.file)
        return None

    @property
    def type(self) -> str:
        """Its type in the union."""
        if self.known is not None:
            return self.known[0]
        return f"bits({self.bits})"

    @property
    def whole(self) -> str:
        """Its value, with the low bits that are not stored."""
        lsb = self.operand.field.lsb
        return f"{self.name} @ 0b{'0' * lsb}" if lsb else self.name

    def piece(self, high: int, low: int) -> str:
        """Some of the bits that are stored."""
        if self.known is not None:
            return f"{self.known[1]}({self.name})"
        if high - low + 1 == self.bits:
            return self.name
        return f"{self.name}[{high}]" if high == low else f"{self.name}[{high}..{low}]"

    def conditions(self) -> list[str]:
        """What is reserved, as a test that it is something else."""
        operand, every = self.operand, range(1 << self.bits)
        stored = self.name if self.known is None else f"{self.known[1]}({self.name})"
        tests, bad = [], set()
        for mask, match in operand.reserved:
            looked_at = operand.field.extract(mask) >> operand.field.lsb
            value = operand.field.extract(match) >> operand.field.lsb
            if looked_at == every[-1]:
                bad.add(value)
            else:
                digits = f"0b{looked_at:0{self.bits}b}"
                tests.append(f"({stored} & {digits}) != 0b{value:0{self.bits}b}")
        if self.known == _REGISTERS[X] and bad == {0}:
            return [*tests, f"{self.name} != zreg"]
        if self.bits > 1 and len(bad) == len(every) // 2:
            # Odd registers, or those from x16 on: one bit says it.
            for bit in range(self.bits):
                for digit in (0, 1):
                    if all(raw >> bit & 1 == digit for raw in bad):
                        return [*tests, f"{stored}[{bit}] == 0b{1 - digit}"]
        return [*tests, *(f"{stored} != 0b{raw:0{self.bits}b}" for raw in sorted(bad))]


_RESERVED = frozenset(
    "and as assert bitfield bool by cast catch clause config dec default do downto else end enum "
    "exit false foreach forall from function if in inc infix infixl infixr int let mapping match "
    "mutual nat newtype not operator order outcome overload private pure real ref register repeat "
    "return scattered string struct then throw to true try type undefined union unit until val var "
    "when where while with X PC sp ra t0 xlen".split()
)
"""Names that an operand may not have: words of the language, and constants that would match."""


def _word(
    made: Instruction, fields: Sequence[_Field]
) -> tuple[list[str], list[tuple[str, int, str]]]:
    """The word from its highest bit, and what the decoder does not look at.

    Of the latter name, width, and the digits that the assembler writes.
    """
    starts = {
        piece.word_lsb + piece.bits - 1: (one, piece)
        for one in fields
        for piece in one.operand.field.pieces
    }
    pattern = made.pattern
    parts: list[str] = []
    unused: list[tuple[str, int, str]] = []
    bit = pattern.bits - 1
    while bit >= 0:
        if bit in starts:
            one, piece = starts[bit]
            low = piece.value_lsb - one.operand.field.lsb
            parts.append(one.piece(low + piece.bits - 1, low))
            bit -= piece.bits
            continue
        low, is_fixed = bit, pattern.mask >> bit & 1
        while low and low - 1 not in starts and pattern.mask >> low - 1 & 1 == is_fixed:
            low -= 1
        width = bit - low + 1
        digits = f"0b{pattern.default >> low & (1 << width) - 1:0{width}b}"
        if is_fixed:
            parts.append(digits)
        else:
            parts.append(f"unused{len(unused)}")
            unused.append((f"unused{len(unused)}", width, digits))
        bit = low - 1
    return parts, unused


# -- meaning ---------------------------------------------------------------------------------


def _execute(made: Instruction, whole: str, function: str) -> list[str]:
    """The clause of `execute`, by the function of the body."""
    target = performed(made)
    call = _call(function, [_given(made, name) for name in target.requests if name != "mem"])
    names = [f"new_{name}" for name in target.results]
    stores = []
    for name, value in zip(target.results, names, strict=True):
        written = bound(made, name)
        if written != 0:
            stores.append(f"X({_number(written)}) = trunc({value});")
    lines = [*stores, "RETIRE_SUCCESS"]
    if "next_pc" in target.requests:
        names.append("target")
        lines = ["jump_to(trunc(target))"]
        if stores:
            # Registers are written where the jump has not raised.
            lines = [
                "match jump_to(trunc(target)) {",
                f"  Retire_Success() => {{ {' '.join(stores)} RETIRE_SUCCESS }},",
                "  failure => failure,",
                "}",
            ]
    head = f"function clause execute {whole} ="
    if "mem" in target.requests:
        shown = lines if len(lines) == 1 else ["{", *(f"  {line}" for line in lines), "}"]
        first, *rest = [f"  {line}" for line in shown]
        rest = [*rest[:-1], f"{rest[-1]},"] if rest else []
        first = f"  Ok({_tuple(names)}) => {first.strip()}{'' if rest else ','}"
        return [f"{head} match {call} {{", first, *rest, "  Err(e) => e,", "}"]
    if not names:
        return [f"{head} RETIRE_SUCCESS"]
    if len(names) == 1 and len(lines) == 2:
        # One register, and nothing else.
        return [f"{head} {{", f"  {lines[0].replace(names[0], call)}", f"  {lines[1]}", "}"]
    lines = [f"let {_tuple(names)} = {call};", *lines]
    return [f"{head} {{", *(f"  {line}" for line in lines), "}"]


def _tuple(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"({', '.join(items)})"


def _given(made: Instruction, name: str) -> str:
    """What a body asks for by a name."""
    match name:
        case "xlen":
            return "to_bits(64, xlen)"
        case "pc":
            return "zero_extend(64, PC)"
        case "next_pc":
            return "zero_extend(64, get_next_pc())"
    operand = bound(made, name)
    if performed(made).operands[name].is_register:
        return f"sign_extend(64, X({_number(operand)}))"
    if isinstance(operand, int):
        return _literal(operand)
    assert isinstance(operand.kind, ImmediateKind)
    kind = operand.kind
    value = f"{'sign' if kind.signed else 'zero'}_extend(64, {_Field(operand).whole})"
    if kind.wrap:
        value = f"({value} & 0x{(1 << kind.wrap) - 1:016X})"
    return f"({value} + 0x{kind.bias:016X})" if kind.bias else value


def _literal(number: int) -> str:
    return f"0x{number & (1 << 64) - 1:016X}"


def _number(operand: Operand | int) -> str:
    """The number of an x register."""
    if isinstance(operand, int):
        return f"encdec_reg(0b{operand:05b})"
    kind = operand.kind
    assert isinstance(kind, RegisterKind)
    if not operand.field.pieces:
        return f"encdec_reg(0b{kind.numbers[0]:05b})"
    one = _Field(operand)
    if one.known is not None:
        return one.name if one.known == _REGISTERS[X] else f"creg2reg_idx({one.name})"
    first = kind.numbers[0] if kind.is_indexed else 0
    width = operand.field.width
    value = one.whole if width == 5 else f"zero_extend(5, {one.whole})"
    return f"encdec_reg({value} + 0b{first:05b})" if first else f"encdec_reg({value})"


class _Functions(Functions):
    """The functions of one file."""

    def write(self, made: Made, text: Text, name: str) -> str:
        return _Function(self, made, text, name=name).written()

    def write_helper(self, helper: str, name: str) -> str:
        if helper in LOADS or helper in STORES:
            return _accessing(helper, name)
        listed = ", ".join(f"{each} : {_WORD}" for each in ("a", "n")[: HELPERS[helper]])
        return f"private function {name}({listed}) -> {_WORD} =\n  {_HELPERS[helper]}"


def _accessing(access: str, name: str) -> str:
    """A function that loads or stores by the model's way, with all that it may raise."""
    at = "Virtaddr(trunc(at))"
    listed, gives, done = f"at : {_WORD}", "unit", "_) => Ok(())"
    if access in LOADS:
        size = LOADS[access] // 8
        sign = "sign" if access.startswith("load_s") else "zero"
        value = "data" if size == 8 else f"{sign}_extend(64, data)"
        gives, done = _WORD, f"data) => Ok({value})"
        call = f"vmem_read_addr({at}, {size}, Load(Data), false, false, false)"
    else:
        size = STORES[access] // 8
        listed += f", value : {_WORD}"
        data = "value" if size == 8 else f"value[{size * 8 - 1} .. 0]"
        call = f"vmem_write_addr({at}, {size}, {data}, Store(Data), false, false, false)"
    return (
        f"private function {name}({listed}) -> {_reaching(gives)} =\n"
        f"  match {call} {{\n    Ok({done},\n    Err(e) => Err(e),\n  }}"
    )


def _reaching(gives: str) -> str:
    """The type of what a function gives that accesses memory."""
    return f"result({gives}, ExecutionResult)"


_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<_s",
    ast.LtE: "<=_s",
    ast.Gt: ">_s",
    ast.GtE: ">=_s",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


class _Function(Function):
    """One function in Sail.

    A function is an expression there: where the text ends by what it returns, that stands as it is,
    and a condition after which nothing follows has both its branches. Only out of loops there is a
    `return`.
    """

    INDENT = "  "
    _got = 0

    def written(self) -> str:
        """The function."""
        self.check()
        statements: list[ast.stmt] = self.text.tree.body
        if not ends(statements):
            if self.made.result is not Basic.NOTHING:
                raise Untranslatable("its body has an end without a value")
            statements = [*statements, ast.Return()]
        lines = self.tail(statements, 1)
        changed = self.declared & set(self.parameters)
        declared = [
            f"  var {safe(name)} : {_WORD} = {f'given_{name}' if name in changed else 'zeros()'};"
            for name in sorted(self.declared)
        ]
        listed = ", ".join(
            f"{f'given_{name}' if name in changed else safe(name)} : {_WORD}"
            for name in self.parameters
        )
        head = f"private function {self.name}({listed}) -> {self._gives} ="
        if not declared and len(lines) == 1:
            return "\n".join([head, *lines])
        return "\n".join([f"{head} {{", *declared, *lines, "}"])

    @property
    def _gives(self) -> str:
        """The type of what the function gives."""
        items = [*_types(self.made.result), *([_WORD] if self._jumps else [])]
        gives = _tuple(items) if items else "unit"
        return _reaching(gives) if self._reaches else gives

    @property
    def _jumps(self) -> bool:
        return "next_pc" in self.parameters

    @property
    def _reaches(self) -> bool:
        return any(self.is_memory(ast.Name(each.arg)) for each in self.text.tree.args.args)

    def given_back(self, value: ast.expr | None) -> str:
        match value:
            case None:
                items = []
            case ast.Tuple(elts=values):
                items = [bare(self.expr(each)) for each in values]
            case _:
                items = [bare(self.expr(value))]
        if len(items) != len(_types(self.made.result)):
            raise Untranslatable("it returns several registers from something that it calls")
        if self._jumps:
            items.append(self.named("next_pc"))
        text = _tuple(items)
        return f"Ok({text})" if self._reaches else text

    def reached(self, call: str, result: Kind) -> str:
        # What an access has raised ends each function on the way.
        failed = "Err(e) => return Err(e)"
        if result is Basic.NOTHING:
            return f"match {call} {{ Ok(_) => (), {failed} }}"
        self._got += 1
        value = f"match {call} {{ Ok(value) => value, {failed} }}"
        self.pending.append(f"let got{self._got} : {_WORD} = {value};")
        return f"got{self._got}"

    def tail(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        # A condition that gives a value is no statement.
        *lines, last = super().tail(statements, depth)
        return [*lines, last.removesuffix(";")]

    def ended(self, value: ast.expr | None, pad: str) -> list[str]:
        return [f"{pad}{self.given_back(value)}"]

    def literal(self, number: int) -> str:
        return _literal(number)

    def arithmetic(self, op: type[ast.operator], a: str, b: str) -> str:
        if op is ast.Mult:
            return f"to_bits_truncate(64, signed({bare(a)}) * signed({bare(b)}))"
        return f"({a} {_ARITHMETIC[op]} {b})"

    def shifted(self, to_left: bool, a: str, places: int) -> str:
        return f"({a} << {places})" if to_left else f"sail_arith_shiftright({a}, {places})"

    def inverted(self, a: str) -> str:
        return f"~({bare(a)})"

    def compared(self, op: type[ast.cmpop], a: str, b: str) -> str:
        return f"{a} {_COMPARED[op]} {b}"

    def all_or_any(self, is_all: bool, tests: Sequence[str]) -> str:
        return (" & " if is_all else " | ").join(f"({test})" for test in tests)

    def negated(self, test: str) -> str:
        return f"not({test})"

    def counted(self, test: str) -> str:
        return f"zero_extend(64, bool_to_bit({test}))"

    def chosen(self, test: str, then: str, otherwise: str) -> str:
        return f"(if {test} then {then} else {otherwise})"

    def conditional(
        self, test: str, then: Sequence[str], otherwise: Sequence[str], pad: str
    ) -> list[str]:
        lines = [f"{pad}if {test} then {{", *(then or [f"{pad}  ()"])]
        if otherwise:
            lines += [f"{pad}}} else {{", *otherwise]
        return [*lines, f"{pad}}};"]

    def repeated(self, test: str, body: Sequence[str], pad: str) -> list[str]:
        return [f"{pad}while {test} do {{", *(body or [f"{pad}  ()"]), f"{pad}}};"]

    def jump(self, node: ast.Break | ast.Continue) -> str:
        self.refuse(node)

    def returned(self, value: str | None) -> str:
        return f"return {value};"


def _types(result: object) -> list[str]:
    """The types of what a body gives."""
    if result is Basic.NOTHING:
        return []
    return [_WORD] * (len(result.items) if isinstance(result, Several) else 1)
