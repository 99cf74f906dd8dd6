"""Extensions as files of the repository riscv-opcodes, which its own parser and rvx read.

A file is of one register width, `rv_NAME`, `rv32_NAME` or `rv64_NAME`. Arguments that the
repository does not have are rows to be appended to its `arg_lut.csv`. What the format has no word
for, such as register files, stands in comments that rvx reads: `rvx.extensions.opcodes_file`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rvx.export.target import Export
from rvx.extensions.catalogue import declared
from rvx.extensions.opcodes_arguments import ARGUMENTS, EXTRA_KINDS, Argument
from rvx.extensions.opcodes_file import inferred_syntax
from rvx.isa import Extension, Instruction
from rvx.isa.instruction import Alias
from rvx.isa.operands import (
    CORE_KINDS,
    CsrKind,
    FenceKind,
    Kind,
    LambdaKind,
    MaskKind,
    Operand,
    RegisterKind,
    RoundingKind,
)
from rvx.isa.pattern import Field

_PREFIXES = {(32, 64): "rv", (32,): "rv32", (64,): "rv64"}


def export(extensions: Sequence[Extension]) -> Export:
    """One file for each extension and width, and rows for `arg_lut.csv` if any are needed."""
    made = Export()
    rows: dict[str, Argument] = {}
    for extension in extensions:
        for xlens, prefix in _PREFIXES.items():
            writer = _Writer(extension, {one.name: one for one in extensions}, made)
            text = writer.text(xlens, f"{prefix}_{extension.name.lower()}")
            if text:
                made.files[f"{prefix}_{extension.name.lower()}"] = text
                rows |= writer.arguments
    if rows:
        made.files["arg_lut.csv"] = "".join(
            f'"{name}", {one.msb}, {one.lsb}\n' for name, one in rows.items()
        )
    return made


Bits = dict[int, int]
"""Bit of the value by bit of the word."""


def _bits_of(field: Field) -> Bits:
    return {
        piece.word_lsb + i: piece.value_lsb + i for piece in field.pieces for i in range(piece.bits)
    }


def _bits_of_argument(argument: Argument) -> Bits:
    slices = argument.bits.partition("[")[2].rstrip("]") or f"{argument.msb - argument.lsb}:0"
    values: list[int] = []
    for part in slices.split("|"):
        high, _, low = part.partition(":")
        values += range(int(high), int(low or high) - 1, -1)
    return dict(zip(range(argument.msb, argument.lsb - 1, -1), values, strict=True))


_UNFIT = re.compile(r"zimm|imm8|zvt_.*|p_.*|.*mop_.*")
_WRITTEN = {name: one for name, one in ARGUMENTS.items() if not _UNFIT.fullmatch(name)}
"""The arguments that other extensions may use: the repository has them today, for any purpose."""
_OF_OPERAND: dict[str, dict[str, Argument]] = {}
for _name, _argument in _WRITTEN.items():
    _OF_OPERAND.setdefault(_argument.operand, {})[_name] = _argument
_BITS = {name: _bits_of_argument(one) for name, one in ARGUMENTS.items()}


def _sort_of(kind: Kind | None, name: str) -> str:
    """What has to agree between an operand and an argument."""
    if isinstance(kind, RegisterKind):
        if kind.is_indexed:
            return f"one of {kind.numbers}"
        return f"register, {kind.group}"
    for special in (RoundingKind, CsrKind, FenceKind, MaskKind, LambdaKind):
        if isinstance(kind, special):
            return special.__name__
    return "target" if name == "target" else "number"


def _sort_of_argument(argument: Argument) -> str:
    if argument.kind == "x*2":
        return "register, 2"
    kind = CORE_KINDS.get(argument.kind) or EXTRA_KINDS.get(argument.kind)
    return _sort_of(kind, argument.kind)


_SORTS = {name: _sort_of_argument(one) for name, one in ARGUMENTS.items()}


@dataclass
class _Writer:
    """Writes the file of one extension and width.

    Attributes:
        extension: what is exported.
        beside: the extensions that are exported together, by name.
        made: takes what cannot be said.
        arguments: those that the file needs, and riscv-opcodes does not have.
    """

    extension: Extension
    beside: Mapping[str, Extension]
    made: Export
    arguments: dict[str, Argument] = field(default_factory=dict)

    def text(self, xlens: tuple[int, ...], name: str) -> str:
        """The file; empty if nothing is of this width."""
        lines: list[str] = []
        for instruction in self.extension.instructions.values():
            if instruction.xlens == xlens:
                lines += self._instruction(instruction)
        for alias in self.extension.aliases:
            if set(xlens) <= set(alias.xlens):
                lines += self._alias(alias, xlens)
        if not lines:
            return ""
        head = [
            f"# {self.extension.name} {self.extension.version}: {self.extension.doc}".rstrip(": ")
        ]
        head += [
            f"# rvx: registers {file.name} {file.count} {file.bits}"
            for file in self.extension.register_files.values()
            if not file.is_core and not file.is_vector
        ]
        head += [
            f"# rvx: argument {name} {argument.bits}" for name, argument in self.arguments.items()
        ]
        return "\n".join([*head, "", *lines]) + "\n"

    def _instruction(self, made: Instruction) -> list[str]:
        if made.size > 4:
            self.made.left_out.append(
                f"{made.mnemonic}: riscv-opcodes has words of 16 and 32 bits, and this one has "
                f"{made.pattern.bits}"
            )
            return []
        words, names = self._words(made)
        fixed = _ranges(made.pattern.mask, made.pattern.match, made.pattern.bits)
        line = " ".join([made.mnemonic, *words, *fixed])
        wider = self._wider(made)
        other = self._at_64_bits(made)
        if wider is not None:
            of = self._at_64_bits(wider) or wider
            line = f"$pseudo_op {_file(of)}::{of.mnemonic} {line}"
        elif other is not None:
            # One name has one word for the repository's tools, whatever the register width.
            line = f"$pseudo_op {_file(other)}::{made.mnemonic} {made.mnemonic}_rv32 "
            line += " ".join([*words, *fixed])
        syntax = self._syntax(made, names)
        if not syntax or (
            other is None and syntax == inferred_syntax([made.mnemonic, *words], ARGUMENTS)
        ):
            return [line]
        return [f"# rvx: syntax {syntax}", line]

    def _at_64_bits(self, made: Instruction) -> Instruction | None:
        """What has the name of an instruction of RV32, and another word on RV64."""
        if made.xlens != (32,):
            return None
        return next(
            (
                other
                for other in self.extension.instructions.values()
                if other.mnemonic == made.mnemonic
                and other.xlens == (64,)
                and (other.pattern.mask, other.pattern.match)
                != (made.pattern.mask, made.pattern.match)
            ),
            None,
        )

    def _wider(self, made: Instruction) -> Instruction | None:
        """An instruction of the file whose words include those of this one.

        Two lines of the format may share no words, unless one of them is a `$pseudo_op`.
        """
        is_before = True
        for other in self.extension.instructions.values():
            if other is made:
                is_before = False
                continue
            is_part = made.pattern.mask & other.pattern.mask == other.pattern.mask
            if (
                is_part
                and other.xlens == made.xlens
                and (is_before or other.pattern.mask != made.pattern.mask)
                and made.pattern.match & other.pattern.mask == other.pattern.match
                and other.pattern.bits == made.pattern.bits
            ):
                # What that is a part of is one line, to which all of its parts refer.
                return self._wider(other) or other
        return None

    def _words(self, made: Instruction) -> tuple[list[str], dict[str, str]]:
        """The arguments, and what the operands are called by them."""
        words: list[str] = []
        names: dict[str, str] = {}
        for operand in made.operands.values():
            if not operand.field.pieces:
                continue
            found = self._arguments_of(operand, set(names.values()))
            names[operand.name] = {**ARGUMENTS, **self.arguments}[found[0]].operand
            words += found
        return words, names

    def _arguments_of(self, operand: Operand, taken: set[str]) -> list[str]:
        wanted = _bits_of(operand.field)
        sort = _sort_of(operand.kind, operand.kind.name)
        # All parts of a split value have to be of one operand of the format.
        owners = dict.fromkeys([operand.name, *_OF_OPERAND])
        best: tuple[int, list[str]] | None = None
        for owner in owners:
            if owner in taken:
                continue
            candidates = {
                name: one
                for name, one in _OF_OPERAND.get(owner, {}).items()
                if _SORTS[name] == sort and _BITS[name].items() <= wanted.items()
            }
            chosen = _cover(wanted, candidates, operand.kind.name)
            if chosen:
                is_other = owner != operand.name
                is_other_kind = candidates[chosen[0]].kind != operand.kind.name
                cost = 4 * is_other + 2 * is_other_kind + len(chosen)
                if best is None or cost < best[0]:
                    best = (cost, chosen)
        return best[1] if best else self._new_arguments(operand, wanted)

    def _new_arguments(self, operand: Operand, wanted: Bits) -> list[str]:
        names = []
        for high, low in _runs(wanted):
            slices = _slices([wanted[bit] for bit in range(high, low - 1, -1)])
            name = f"{self.extension.name.lower()}_{operand.name}_{high}_{low}"
            argument = Argument(
                operand.name, operand.kind.name, high, low, f"{operand.name}[{slices}]"
            )
            # The same bits of the word may hold other bits of a value in another instruction.
            while self.arguments.get(name, argument).bits != argument.bits:
                name += "_"
            self.arguments[name] = argument
            names.append(name)
        return names

    def _syntax(self, made: Instruction, names: Mapping[str, str]) -> str:
        """How it is written, in the names of the arguments; empty if that cannot be told."""
        own = {name for name, f in self.extension.register_files.items() if not f.is_core}
        parts = []
        for slot in made.syntax.slots:
            spelled = []
            for name in (slot.name, slot.base):
                if not name:
                    spelled.append("")
                    continue
                kind = made.operands[name].kind
                base = kind.name.partition("*")[0]
                if kind.name not in CORE_KINDS and base not in (*CORE_KINDS, *own):
                    self.made.left_out.append(
                        f"{made.mnemonic}: operands of kind '{kind.name}' are written as riscv-"
                        f"opcodes has them; its format has no such kind"
                    )
                    return ""
                spelled.append(f"{names.get(name, name)}:{kind.name}")
            parts.append(f"{spelled[0]}({spelled[1]})" if spelled[1] else spelled[0])
        return f"{made.mnemonic} {', '.join(parts)}".strip()

    def _alias(self, alias: Alias, xlens: tuple[int, ...]) -> list[str]:
        target = self._target(alias, alias.xlens)
        if target is None:
            # What it stands for may be another instruction at each width, as slli is.
            apart = [self._target(alias, (xlen,)) for xlen in alias.xlens]
            if None in apart and xlens == alias.xlens:
                self.made.left_out.append(
                    f"{alias.syntax.mnemonic}: it stands for '{alias.target}', which is not at hand"
                )
            target = self._target(alias, xlens) if None not in apart else None
        elif xlens != alias.xlens:
            return []
        if target is None or target.size > 4:
            return []
        if self._at_64_bits(target) is not None:
            self.made.left_out.append(
                f"{alias.syntax.mnemonic}: for '{alias.target}' it is in the file of RV64 only; a "
                f"name has one word there, and this has another one on RV32"
            )
            return []
        words: list[str] = []
        names: dict[str, str] = {}
        places: dict[str, list[str]] = {}
        mask, match = target.pattern.mask, target.pattern.match
        for operand in target.operands.values():
            bound = alias.bindings[operand.name]
            if isinstance(bound, int):
                mask |= operand.field.insert(-1)
                match |= operand.encode(bound)
                continue
            found = self._arguments_of(operand, set(names.values()))
            names[operand.name] = {**ARGUMENTS, **self.arguments}[found[0]].operand
            if bound in places:
                words += [f"{a}={b}" for a, b in zip(found, places[bound], strict=True)]
            else:
                places[bound] = found
                words += found
        fixed = _ranges(mask, match, target.pattern.bits)
        of = (target.extension == self.extension.name and self._wider(target)) or target
        return [
            f"$pseudo_op {_file(of)}::{of.mnemonic} "
            + " ".join([alias.syntax.mnemonic, *words, *fixed])
        ]

    def _target(self, alias: Alias, xlens: tuple[int, ...]) -> Instruction | None:
        own = [
            one for e in (self.extension, *self.beside.values()) for one in e.instructions.values()
        ]
        for made in [*own, *declared(alias.target)]:
            is_meant = made.mnemonic == alias.target and set(xlens) <= set(made.xlens)
            if is_meant and made.operands.keys() == alias.bindings.keys():
                return made
        return None


def _file(made: Instruction) -> str:
    return f"{_PREFIXES[made.xlens]}_{made.extension.lower()}"


def _cover(wanted: Bits, candidates: Mapping[str, Argument], kind: str) -> list[str]:
    """Arguments that hold these bits, from the highest on; empty if there are none."""
    chosen: list[str] = []
    left = set(wanted)
    while left:
        fits = [
            name
            for name, one in candidates.items()
            if one.msb == max(left) and set(_BITS[name]) <= left
        ]
        if not fits:
            return []
        chosen.append(
            min(fits, key=lambda name: (candidates[name].kind != kind, -len(_BITS[name])))
        )
        left -= set(_BITS[chosen[-1]])
    return chosen


def _runs(bits: Bits) -> Iterator[tuple[int, int]]:
    """Neighbouring bits of the word, as (highest, lowest)."""
    left = sorted(bits, reverse=True)
    while left:
        high = low = left.pop(0)
        while left and left[0] == low - 1:
            low = left.pop(0)
        yield high, low


def _slices(values: Sequence[int]) -> str:
    """Bits of a value from the word's highest on, as patterns spell them."""
    parts: list[tuple[int, int]] = []
    for value in values:
        if parts and parts[-1][1] == value + 1:
            parts[-1] = (parts[-1][0], value)
        else:
            parts.append((value, value))
    return "|".join(str(high) if high == low else f"{high}:{low}" for high, low in parts)


def _spelled(high: int, low: int, value: int, bits: int) -> list[str]:
    if bits == 32 and high > 1 and low == 0:
        return [*_spelled(high, 2, value >> 2, bits), *_spelled(1, 0, value & 3, bits)]
    where = str(high) if high == low else f"{high}..{low}"
    return [f"{where}={value:#x}" if value > 9 else f"{where}={value}"]


def _ranges(mask: int, match: int, bits: int) -> list[str]:
    """The fixed bits of a word, cut where its conventional fields begin."""
    found: list[str] = []
    high = bits - 1
    while high >= 0:
        if not mask >> high & 1:
            high -= 1
            continue
        low = high
        while low and mask >> low - 1 & 1 and not (bits == 32 and low in (7, 12, 15, 20, 25)):
            low -= 1
        found += _spelled(high, low, match >> low & (1 << high - low + 1) - 1, bits)
        high = low - 1
    return found
