"""Operations in IDL as bodies of instructions, in Python that people may read and keep.

Statements become lines here; what their expressions become is in `rvx.udb.expressions`. The width
of registers is known, since a body is made for one; what is the same for both is shared by
`rvx.udb.extension`.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rvx.udb.expressions import Expressions, Local, NotInSubset, Variable
from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Declaration,
    Element,
    Execution,
    Expression,
    For,
    If,
    Member,
    Name,
    Slice,
    Statement,
    Type,
)
from rvx.udb.trees import assigned_in, beyond, reads, register_of, text_of, walk
from rvx.udb.values import (
    ATOM,
    BITOR,
    BITXOR,
    SIGN,
    SUM,
    TRUTH,
    Kind,
    Value,
    literal,
    moved,
    opposite,
    ranged,
)


@dataclass(frozen=True)
class Body:
    """A body in Python.

    Attributes:
        parameters: what it asks for.
        lines: of the function, indented by four.
        writes: operands that it returns, None where that is `rd` or nothing.
        imports: names that it uses, by module.
        kind: class of the instruction for counts.
        notes: where what is written was read as something else, each a part of a sentence.
    """

    parameters: tuple[str, ...]
    lines: tuple[str, ...]
    writes: tuple[str, ...]
    imports: frozenset[tuple[str, str]]
    kind: str
    notes: tuple[str, ...]


def make_body(
    operation: Sequence[Statement],
    variables: Mapping[str, Variable],
    xlen: int,
    *,
    extensions: Sequence[str] = (),
    is_strict: bool = False,
) -> Body:
    """The body of an operation.

    Args:
        operation: what it does.
        variables: the operands by name.
        xlen: 32 or 64.
        extensions: names of extensions that are there, for `implemented?`.
        is_strict: whether literals that are shifted or negated, sums of literals and fields, and
            parts of a register that are shifted to the left have as few bits as the language gives
            them. Operations of the database are written as if they had those of a register.

    Raises:
        NotInSubset: a part of it cannot be said; the message says which.
    """
    return _Maker(operation, variables, xlen, extensions, is_strict).body()


class _Maker(Expressions):
    def body(self) -> Body:
        lines, ends = self._block(self.operation, is_last=True)
        shared = self.shared
        results = [self.operands[name].parameter for name in shared.written]
        if results and not ends:
            lines.append(f"return {', '.join(results)}")
            shared.parameters |= set(results)
        while lines and lines[-1] == "return":
            lines.pop()
        if not shared.parameters & {"mem", "next_pc", "x_registers", "fault"} and not results:
            # What only orders accesses has nothing left to do.
            lines, shared.parameters, shared.imports = [], set(), set()
        kind = "alu"
        if shared.has_jump or shared.has_branch:
            kind = "branch" if shared.has_branch else "jump"
        elif shared.has_stores:
            kind = "store"
        elif shared.has_loads:
            kind = "load"
        return Body(
            tuple(sorted(shared.parameters, key=self._order)),
            tuple(f"    {line}" for line in lines),
            tuple(results),
            frozenset(shared.imports),
            kind,
            tuple(dict.fromkeys(shared.notes)),
        )

    def _order(self, name: str) -> tuple[int, str]:
        """Registers first, then numbers, then what else is asked for."""
        if name in _REQUESTS:
            return 2 + _REQUESTS.index(name), name
        registers = {one.parameter for one in self.operands.values() if one.is_register}
        return int(name.removesuffix("_number") not in registers), name

    # --- Statements

    def _block(self, statements: Sequence[Statement], is_last: bool) -> tuple[list[str], bool]:
        """The lines, and whether all ways through them end the body.

        Args:
            statements: of the block.
            is_last: whether nothing follows: what is written can be returned then.
        """
        lines: list[str] = []
        for i, one in enumerate(statements):
            made, ends = self._statement(one, is_last and i == len(statements) - 1)
            lines += made
            if ends:
                return lines, True
        return lines, False

    def _statement(self, one: Statement, is_last: bool) -> tuple[list[str], bool]:
        match one:
            case Declaration():
                return self._declared(one), False
            case Assignment(target=Name(name="$pc"), value=value):
                return self._jump(value), False
            case Assignment(target=target, value=value) if register_of(target) is not None:
                return self._written(target, value, is_last)
            case Assignment(target=Name(name=name), value=value):
                return self._assigned(name, value), False
            case Assignment(target=Element() | Slice() as target, value=value):
                return self._bits_assigned(target, value), False
            case Execution(call=Call() as call):
                return self._executed(call)
            case If():
                return self._if(one, is_last)
            case For():
                return self._for(one), False
            case Assignment(target=target):
                raise NotInSubset(beyond(target))
            case Execution(call=call):
                raise NotInSubset(beyond(call))
        raise NotInSubset("it has a statement that rvx does not read")

    def _type_kind(self, given: Type) -> Kind:
        match given.name:
            case "XReg":
                return Kind(self.xlen)
            case "U32":
                return Kind(32)
            case "U64":
                return Kind(64)
            case "Boolean":
                return TRUTH
            case "Bits":
                assert given.width is not None
                return Kind(self.constant(given.width))
        raise NotInSubset(f"it has a variable of type {given.name}")

    def _python_name(self, name: str) -> str:
        """What a variable is called: not as what the body asks for, or calls."""
        made = name
        taken = {one.parameter.partition(" ")[0] for one in self.operands.values()} | _TAKEN
        while keyword.iskeyword(made) or made in taken:
            made += "_"
        return made

    def _declared(self, one: Declaration) -> list[str]:
        kind = self._type_kind(one.type)
        lines = []
        for name in one.names:
            if one.value is None:
                value = Value("False", ATOM) if kind.is_truth else literal(0)
            elif self._is_only_register(name, one.value):
                # A number of a register that serves as nothing else has no line of its own.
                continue
            else:
                value = self.test(one.value) if kind.is_truth else self.low(one.value, kind.width)
            is_operand = value.text == name and not kind.is_truth
            text = name if is_operand else self._python_name(name)
            stored = Value(text, ATOM, value.least, value.most)
            if self.assigned.get(name, 0) > 1 or one.value is None:
                # It is never cut off where it is set: its low bits are right, and who needs more
                # than those cuts it off.
                stored = Value(text, ATOM)
            elif value.known is not None:
                stored = value
            self.locals[name] = Local(text, kind, stored)
            if stored.known is None and text != value.text:
                lines.append(f"{text} = {value.text}")
        return lines

    def _is_only_register(self, name: str, value: Expression) -> bool:
        alias = self._alias(name)
        return alias is value and self._operand_of(Name(name)) is not None and not self.uses_file

    def _assigned(self, name: str, node: Expression) -> list[str]:
        if name not in self.locals:
            raise NotInSubset(f"it assigns to '{name}', which is no variable of it")
        local = self.locals[name]
        if local.kind.is_truth:
            return [f"{local.text} = {self.test(node).text}"]
        return [f"{local.text} = {self.low(node, local.kind.width).text}"]

    def _bits_assigned(self, target: Element | Slice, node: Expression) -> list[str]:
        if not isinstance(target.value, Name) or target.value.name not in self.locals:
            raise NotInSubset(f"it assigns to {text_of(target)}")
        local = self.locals[target.value.name]
        low = target.index if isinstance(target, Element) else target.low
        width = 1 if isinstance(target, Element) else self._length(target.high, target.low)
        at = self._place(low)
        given = self._fit(self.low(node, width), Kind(width))
        mask, bits = moved(literal((1 << width) - 1), at), moved(given, at)
        kept = f"{local.text} & ~{mask.at(SIGN)}"
        return [f"{local.text} = {kept} | {bits.at(BITXOR)}"]

    def _written(
        self, target: Expression, node: Expression, is_last: bool
    ) -> tuple[list[str], bool]:
        index = register_of(target)
        assert index is not None
        operand = self._operand_of(index)
        if operand is None or self.uses_file:
            number = self._register_number(index)
            value = self._fit(self.low(node, self.xlen), Kind(self.xlen, True))
            self.shared.parameters.add("x_registers")
            line = f"x_registers[{number.text}] = {value.text}"
            if number.known == 0:
                return [], False
            # Who reads x0 later on has to get 0; what is written to it is dropped at the end.
            if number.least > 0 or not self._reads_after_writes(self.operation, False)[1]:
                return [line], False
            return [f"if {number.at(BITOR)} != 0:", f"    {line}"], False
        value = self.low(node, self.xlen)
        self.shared.written.setdefault(operand.name)
        if is_last and len(self._all_written()) == 1:
            return [f"return {value.text}"], True
        return [f"{operand.parameter} = {value.text}"], False

    def _all_written(self) -> set[str]:
        """The operands that the whole operation writes."""
        targets = (register_of(e.target) for e in walk(self.operation) if isinstance(e, Assignment))
        found = (self._operand_of(index) for index in targets if index is not None)
        return {one.name for one in found if one is not None}

    def _jump(self, node: Expression) -> list[str]:
        value = self.low(node, self.xlen)
        self.shared.parameters.add("next_pc")
        self.shared.has_jump = True
        # Distances are added as in any other body; addresses from registers have a sign on RV32.
        if self.xlen == 32 and not value.text.startswith("pc + "):
            value = self._fit(value, Kind(32))
        return [f"next_pc[0] = {value.text}"]

    def _executed(self, call: Call) -> tuple[list[str], bool]:
        match call:
            case Call(function="jump" | "jump_halfword", arguments=[target]):
                return self._jump(target), False
            case Call(function="write_memory" | "write_memory_xlen", arguments=[_, value, *_]):
                return self._store(call, value), False
            case Call(function="raise", arguments=[Member(name="IllegalInstruction"), *_]):
                return self._refused(), True
            case Call(function="raise", arguments=[Member(name=name), *_]):
                raise NotInSubset(f"it raises {name}")
            case Call(function=name) if name in _WITHOUT_EFFECT:
                return [], False
        raise NotInSubset(beyond(call))

    def _refused(self) -> list[str]:
        self.shared.parameters.add("fault")
        names = ("FAULT_ILLEGAL", "FAULT_KIND")
        self.shared.imports |= {("rvx.isa.memory", name) for name in names}
        results = "" if self.uses_file else ", ".join("0" for _ in self._all_written())
        return ["fault[FAULT_KIND] = FAULT_ILLEGAL", f"return {results}".rstrip()]

    def _store(self, call: Call, node: Expression) -> list[str]:
        bits = self._access_bits(call)
        self.shared.imports.add(("rvx.isa.memory", f"store_{bits}"))
        self.shared.has_stores = True
        lines = []
        if self.may_have_accessed:
            # After an access that is not good, nothing more may be stored.
            self.shared.parameters.add("fault")
            self.shared.imports |= {
                ("rvx.isa.memory", name) for name in ("FAULT_KIND", "FAULT_NONE")
            }
            results = "" if self.uses_file else ", ".join("0" for _ in self._all_written())
            lines = ["if fault[FAULT_KIND] != FAULT_NONE:", f"    return {results}".rstrip()]
        value = self.low(node, bits)
        address = self._address(call)
        return [*lines, f"store_{bits}(mem, {address}, {value.text})"]

    def _if(self, one: If, is_last: bool) -> tuple[list[str], bool]:
        known = self._decided(one.test)
        if known is not None:
            return self._block(one.then if known else one.otherwise, is_last)
        test = self.test(one.test)
        before, had = dict(self.locals), self.shared.has_jump
        then, ends = self._block(one.then, is_last)
        self.locals = dict(before)
        otherwise, also = self._block(one.otherwise, is_last)
        self.locals = before
        if self.shared.has_jump and not had:
            self.shared.has_branch = True
        if not then and not otherwise:
            return [], False
        if not then:
            test = opposite(test)
            then, otherwise, ends, also = otherwise, then, also, ends
        lines = [f"if {test.text}:", *(f"    {line}" for line in then)]
        if not otherwise:
            return lines, False
        if ends:
            # What follows a return needs no else.
            return [*lines, *otherwise], also
        if len(one.otherwise) == 1 and _is_one_if(otherwise):
            return [*lines, f"el{otherwise[0]}", *otherwise[1:]], False
        return [*lines, "else:", *(f"    {line}" for line in otherwise)], False

    def _for(self, one: For) -> list[str]:
        (name,) = one.first.names
        assert one.first.value is not None
        before = dict(self.locals)
        self.may_have_accessed |= any(
            isinstance(each, Call) and each.function.startswith(("read_memory", "write_memory"))
            for each in walk(one.body)
        )
        rounds = self._range(one, name)
        if rounds is None:
            raise NotInSubset(f"it has a loop that does not count up: {text_of(one.test)}")
        body, ends = self._block(one.body, is_last=False)
        self.locals = before
        if ends:
            raise NotInSubset("it has a loop that ends in its first round")
        if not body:
            return []
        return [rounds, *(f"    {line}" for line in body)]

    def _range(self, one: For, name: str) -> str | None:
        """The line of a loop that counts up to a number that stays as it is."""
        inside = assigned_in(one.body)
        match one.test, one.step:
            case (
                Binary(op="<" | "<=" as op, left=Name(name=tested), right=end),
                Assignment(
                    target=Name(name=stepped), value=Binary(op="+", left=Name(), right=step)
                ),
            ) if tested == stepped == name and name not in inside:
                pass
            case _:
                return None
        if any(isinstance(each, Name) and each.name in inside for each in walk((end,))):
            return None
        if any(reads(end)):
            return None
        kind = self._type_kind(one.first.type)
        assert one.first.value is not None
        first = self._fit(self.low(one.first.value, kind.width), kind)
        last, by = self._unsigned(end), self.exact(step).known
        if not by or first.least < 0 or last.least < 0:
            return None
        most = last.most - (op == "<")
        text = self._python_name(name)
        value = Value(text, ATOM, first.least, max(most, first.least))
        self.locals[name] = Local(text, kind, value)
        stop = (
            last.text
            if op == "<"
            else ranged(f"{last.at(SUM)} + 1", SUM, last.least + 1, last.most + 1).text
        )
        ends = [first.text, stop] if first.known != 0 or by != 1 else [stop]
        return f"for {text} in range({', '.join([*ends, *([str(by)] if by != 1 else [])])}):"


_WITHOUT_EFFECT = frozenset(
    (
        *("fence", "fence_tso", "pause", "delay", "memory_model_acquire", "memory_model_release"),
        *("sync_read_after_write_device", "sync_write_after_read_device", "assert"),
    )
)
"""What orders or delays accesses: here each has happened when the next one begins."""
_REQUESTS = ("mem", "pc", "next_pc", "x_registers", "fault")
_TAKEN = frozenset(
    (
        *(*_REQUESTS, "xlen", "frm", "fflags", "v", "repeat", "int", "range", "sext"),
        *("less_unsigned", "shift_right_logical", "clz64", "ctz64"),
    )
)


def _is_one_if(lines: Sequence[str]) -> bool:
    """Whether the lines are an `if` with what belongs to it, and nothing behind it."""
    return lines[0].startswith("if ") and all(
        line.startswith((" ", "else:", "elif ")) for line in lines[1:]
    )
