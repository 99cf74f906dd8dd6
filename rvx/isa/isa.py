"""A chosen set of extensions for one register width: the decoder and every lookup."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rvx.isa.bits import Word
from rvx.isa.csr import Csr
from rvx.isa.decoded import Decoded
from rvx.isa.errors import ClashError, IsaError
from rvx.isa.extension import Extension, State
from rvx.isa.instruction import Alias, Instruction
from rvx.isa.registers import F, RegisterFile, V, X
from rvx.isa.tiles import words_of
from rvx.records import replace

if TYPE_CHECKING:
    from rvx.isa.vector.unit import VectorUnit

HALF = "E"
"""The extension that leaves x16 to x31 out."""


class Isa:
    """The instructions of a set of extensions at one XLEN.

    Args:
        extensions: in the order of precedence; each name at most once.
        xlen: 32 or 64.
        vlen: bits of a vector register, where there are any; as few as the extensions allow if 0.
        elsewhere: gives the instructions of a mnemonic in extensions that are not here, for the
            sentence about a mnemonic that is not known.
        unasked: names of extensions that are here though nobody asked for them. The assembler does
            not choose their instructions for what is written otherwise.

    Attributes:
        vector: the vector unit; None if no extension has vector registers.
        csrs: those that rvx holds, by name.
        formats: number formats of extensions, by name, see `Extension.format`.
        has_half: whether there are but 16 x registers.
        csr_names: address of every named CSR; `printed_csr_names` has the names by address.

    Raises:
        IsaError: a required extension is missing, two do not go together, or two instructions
            share a word and neither allows it.
    """

    def __init__(
        self,
        extensions: Iterable[Extension],
        xlen: int = 64,
        vlen: int = 0,
        elsewhere: Callable[[str], Iterable[Instruction]] = lambda _: (),
        unasked: Collection[str] = (),
    ) -> None:
        if xlen not in (32, 64):
            raise IsaError(f"XLEN is 32 or 64, not {xlen}")
        self.xlen = xlen
        self._elsewhere = elsewhere
        self.unasked = frozenset(unasked)
        self.extensions = {extension.name: extension for extension in extensions}
        self.instructions: dict[str, Instruction] = {}
        self.aliases: dict[str, list[Alias]] = {}
        self.states: dict[str, State] = {}
        self.register_files: dict[str, RegisterFile] = {"x": X, "f": F}
        self.csrs: dict[str, Csr] = {}
        self.formats: dict[str, Any] = {}
        self.csr_names: dict[str, int] = {}
        self.printed_csr_names: dict[int, str] = {}
        self.has_half = HALF in self.extensions
        for extension in self.extensions.values():
            self._check_company(extension)
            self._take(extension)
        self.vector = self._vector_unit(vlen)
        self._check_states()
        self._check_loops()
        self._check_registers()
        self._check_csrs()
        self._drop_unexpandable()
        self._buckets = self._sorted_into_buckets()
        self._check_overlaps()

    def __repr__(self) -> str:
        return f"<Isa rv{self.xlen}: {' '.join(self.extensions)}>"

    def _check_company(self, extension: Extension) -> None:
        for name in extension.requires:
            if name not in self.extensions:
                raise IsaError(f"{extension.name} needs {name}, which is not loaded")
        for name, reason in extension.conflicts.items():
            if name in self.extensions:
                raise ClashError(
                    extension.name,
                    name,
                    f"{extension.name} and {name} cannot be loaded together: {reason}",
                )

    def _take(self, extension: Extension) -> None:
        for declared in extension.instructions.values():
            made = declared.with_half() if self.has_half else declared
            if self.xlen in made.xlens and all(name in self.extensions for name in made.needs):
                other = self.instructions.get(made.mnemonic, made)
                self.instructions[made.mnemonic] = self._preferred(other, made)
        for alias in extension.aliases:
            if self.xlen in alias.xlens:
                self.aliases.setdefault(alias.syntax.mnemonic, []).append(alias)
        self.register_files.update(extension.register_files)
        self.states.update(extension.states)
        # A later extension may widen a CSR of an earlier one, as Xsmallfloat does with fcsr.
        self.csrs.update(
            (name, csr) for name, csr in extension.csrs.items() if self.xlen in csr.xlens
        )
        self.csr_names.update(extension.csr_names)
        self.formats.update(extension.formats)
        self.printed_csr_names.update(extension.printed_csr_names)

    def _vector_unit(self, vlen: int) -> VectorUnit | None:
        """The vector unit, and its state and CSRs among those of the ISA."""
        if V.name not in self.register_files:
            return None
        from rvx.isa.vector.state import STATE
        from rvx.isa.vector.unit import VectorUnit, check_vlen, csrs, reset_words

        unit = VectorUnit(vlen)
        for extension in self.extensions.values():
            if extension.vector_unit is not None:
                unit = unit.joined(extension.vector_unit)
        check_vlen(vlen or unit.vlen, unit.vlen)
        self.states[STATE] = State(
            STATE, unit.words, "vl, vtype and the vector registers", reset_words(unit, self.xlen)
        )
        self.csrs.update({csr.name: csr for csr in csrs(unit)})
        for name, state in self.states.items():
            if state.per_byte:
                words = state.words + state.per_byte * unit.vlen // 8
                self.states[name] = replace(state, words=words)
        for file in self.tile_files.values():
            doc = f"tiles of {unit.edge} x {unit.edge} bytes"
            self.states[file.name] = State(file.name, words_of(unit.edge), doc)
        return unit

    @property
    def tile_files(self) -> dict[str, RegisterFile]:
        """The files of matrix state, by name."""
        return {name: file for name, file in self.register_files.items() if file.is_tiled}

    def _preferred(self, first: Instruction, second: Instruction) -> Instruction:
        """Which of two instructions with one mnemonic counts."""
        if first is second or first.extension in self.extensions[second.extension].supersedes:
            return second
        if second.extension in self.extensions[first.extension].supersedes:
            return first
        raise ClashError(
            first.extension,
            second.extension,
            f"{first.extension} and {second.extension} both declare '{first.mnemonic}'; "
            f"load one of them",
        )

    def _is_built_on(self, first: Extension, second: Extension) -> bool:
        """Whether one of the two requires or supersedes the other, and so may share its state."""
        return second.name in self._base_of(first) or first.name in self._base_of(second)

    def _base_of(self, extension: Extension) -> set[str]:
        found: set[str] = set()
        waiting = [extension]
        while waiting:
            one = waiting.pop()
            new = {*one.requires, *one.supersedes} - found
            found |= new
            waiting += [self.extensions[name] for name in new if name in self.extensions]
        return found

    @property
    def loops(self) -> State | None:
        """The state that holds the hardware loops, None if there are none."""
        return next((state for state in self.states.values() if state.loops), None)

    def _check_loops(self) -> None:
        owners = [
            (extension.name, state.name)
            for extension in self.extensions.values()
            for state in extension.states.values()
            if state.loops
        ]
        for name, state in owners[1:]:
            if state != owners[0][1]:
                raise ClashError(
                    owners[0][0],
                    name,
                    f"{owners[0][0]} and {name} both have hardware loops; load one of them",
                )

    def _check_states(self) -> None:
        """Bodies ask for states and registers by name: two of one name would be one, in silence."""
        owners: dict[str, tuple[Extension, State | RegisterFile]] = {}
        for extension in self.extensions.values():
            declared: list[State | RegisterFile] = list(extension.states.values())
            declared += extension.register_files.values()
            for made in declared:
                other, earlier = owners.setdefault(made.name, (extension, made))
                if other is extension:
                    continue
                is_shared = self._is_built_on(extension, other)
                if is_shared and made == earlier:
                    continue
                kind = "register file" if isinstance(made, RegisterFile) else "state"
                raise ClashError(
                    other.name,
                    extension.name,
                    f"{other.name} and {extension.name} both declare the {kind} '{made.name}'"
                    + (
                        ", and declare it differently; it has to be the same in both"
                        if is_shared
                        else f"; choose another name, or let one of them require the other, which "
                        f"then has the same {kind}"
                    ),
                )

    def _check_registers(self) -> None:
        """A spelling stands for one register."""
        core = {name for file in (X, F) for name in file.numbers()}
        owners: dict[str, Extension] = {}
        for extension in self.extensions.values():
            for file in extension.register_files.values():
                for name in file.numbers():
                    if name in core:
                        raise IsaError(
                            f"{extension.name}: register '{name}' of the file '{file.name}' is a "
                            f"register of the base ISA; choose another name"
                        )
                    other = owners.setdefault(name, extension)
                    if other is not extension and not self._is_built_on(extension, other):
                        raise ClashError(
                            other.name,
                            extension.name,
                            f"{other.name} and {extension.name} both have a register '{name}'; "
                            f"choose another name",
                        )

    def _check_csrs(self) -> None:
        """A CSR that rvx holds has its address and its name for itself.

        An extension that is built on another may declare a CSR of it anew, as Xsmallfloat does with
        fcsr, and any one may hold a CSR that Zicsr only names.
        """
        addresses: dict[int, tuple[Extension, str]] = {}
        names: dict[str, tuple[Extension, int]] = {}
        for extension in self.extensions.values():
            for csr in extension.csrs.values():
                other, name = addresses.setdefault(csr.address, (extension, csr.name))
                if other is not extension and not self._is_built_on(extension, other):
                    raise ClashError(
                        other.name,
                        extension.name,
                        f"{other.name} '{name}' and {extension.name} '{csr.name}' are both the CSR "
                        f"at {csr.address:#05x}; choose another address",
                    )
                other, _ = names.setdefault(csr.name, (extension, csr.address))
                if other is not extension and not self._is_built_on(extension, other):
                    raise ClashError(
                        other.name,
                        extension.name,
                        f"{other.name} and {extension.name} both have a CSR '{csr.name}'; choose "
                        f"another name",
                    )
        for extension in self.extensions.values():
            for name, address in extension.csr_names.items():
                holder, held = addresses.get(address, (extension, name))
                if held != name and name not in holder.csr_names:
                    raise ClashError(
                        holder.name,
                        extension.name,
                        f"{holder.name} '{held}' is at {address:#05x}, where {extension.name} has "
                        f"the CSR '{name}'; choose another address",
                    )
                holder, at = names.get(name, (extension, address))
                if at != address:
                    raise ClashError(
                        holder.name,
                        extension.name,
                        f"{holder.name} '{name}' at {at:#05x} has the name of a CSR of "
                        f"{extension.name} at {address:#05x}; choose another name",
                    )

    def _drop_unexpandable(self) -> None:
        """Leaves out compressed instructions of extensions that are not loaded.

        Where the abbreviated instruction is declared anew, with the same operands, the compressed
        one abbreviates that.
        """
        for mnemonic, made in list(self.instructions.items()):
            expansion = made.expansion
            if expansion is None:
                continue
            target = self.instructions.get(expansion.target.mnemonic)
            if target is None or target.operands.keys() != expansion.target.operands.keys():
                del self.instructions[mnemonic]
            elif target is not expansion.target:
                anew = replace(expansion, target=target)
                self.instructions[mnemonic] = replace(made, expansion=anew)

    def in_order(self, key: int) -> Sequence[Instruction]:
        """The instructions that `decode` asks, in its order.

        Args:
            key: the low two bits of a 16-bit word, the low seven of others.
        """
        return self._buckets.get(key, ())

    def _sorted_into_buckets(self) -> dict[int, list[Instruction]]:
        """Instructions by their low seven bits (two for 16-bit words), the strictest first."""
        buckets: dict[int, list[Instruction]] = {}
        for made in self.instructions.values():
            for key in _bucket_keys(made):
                buckets.setdefault(key, []).append(made)
        for entries in buckets.values():
            # Of two with the same bits, of which one says so, the extension's comes before a hint.
            entries.sort(key=lambda made: (-made.pattern.mask.bit_count(), not made.overlaps))
        return buckets

    def _check_overlaps(self) -> None:
        for entries in self._buckets.values():
            by_mask: dict[int, list[Instruction]] = {}
            for made in entries:
                by_mask.setdefault(made.pattern.mask, []).append(made)
            groups = list(by_mask.items())
            for i, (mask, group) in enumerate(groups):
                for other_mask, other in groups[i:]:
                    self._check_groups(group, other, mask & other_mask)

    def _check_groups(self, group: list[Instruction], other: list[Instruction], mask: int) -> None:
        """Checks the pairs that agree in the bits that both compare; few do."""
        agreeing: dict[int, list[Instruction]] = {}
        for first in group:
            agreeing.setdefault(first.pattern.match & mask, []).append(first)
        for second in other:
            for first in agreeing.get(second.pattern.match & mask, ()):
                if first is not second:
                    self._check_pair(first, second)

    def _check_pair(self, first: Instruction, second: Instruction) -> None:
        if not share_words(first, second):
            return
        word = first.pattern.match | second.pattern.match
        raise ClashError(
            first.extension,
            second.extension,
            f"{first.extension} '{first.mnemonic}' and {second.extension} '{second.mnemonic}' "
            f"share words, such as {word:#0{first.pattern.bits // 4 + 2}x}; leave out one of the "
            f"extensions, or list the other mnemonic under overlaps",
        )

    def who_has(self, mnemonic: str) -> str:
        """A sentence about the extensions that have a mnemonic which this ISA lacks, or nothing."""
        found: dict[str, str] = {}
        for made in self._elsewhere(mnemonic):
            # An extension may have a form for each width; that for this one counts.
            if self.xlen in made.xlens:
                found[made.extension] = ""
            else:
                found.setdefault(made.extension, f" for RV{made.xlens[0]}")
        if not found:
            return ""
        names = " and ".join(f"{name}{width}" for name, width in found.items())
        first = next(iter(found))
        how = f"; --march rv{self.xlen}gc_{first.lower()} loads it" if len(first) > 1 else ""
        fits = not any(found.values())
        return f"{names} {'has' if len(found) == 1 else 'have'} it{how if fits else ''}"

    def decode(self, word: Word) -> Decoded | None:
        """The instruction of a word, or None if it is not one of this ISA.

        Args:
            word: of as many bits as its low ones say, see `rvx.isa.bits.word_size`.
        """
        made = self.find(word)
        return None if made is None else Decoded(made, word, made.decode(word))

    def find(self, word: Word) -> Instruction | None:
        """What `decode` finds, without the values of the operands."""
        key = word & 0x7F if word & 3 == 3 else word & 3
        return next((made for made in self._buckets.get(key, ()) if made.accepts(word)), None)

    @cached_property
    def alignment(self) -> int:
        """Instructions begin at multiples of so many bytes: four where all are 32 bits wide."""
        return 2 if any(made.size % 4 for made in self.instructions.values()) else 4

    @cached_property
    def registers(self) -> dict[str, tuple[RegisterFile, int]]:
        """Every spelling of every register, with its file and number."""
        return {
            name: (file, number)
            for file in self.register_files.values()
            for name, number in file.numbers().items()
        }

    @cached_property
    def aliases_of(self) -> dict[str, list[Alias]]:
        """The aliases to print, by the mnemonic of the instruction that they stand for.

        The first that matches is printed: those with the most fixed operands come first (`ret`
        before `jr`), among equals those of the later extension (`frcsr` before `csrr`).
        """
        found: dict[str, list[Alias]] = {}
        for extension in reversed(self.extensions.values()):
            for alias in extension.aliases:
                if alias.is_printed and self.xlen in alias.xlens:
                    found.setdefault(alias.target, []).append(alias)
        for aliases in found.values():
            aliases.sort(key=lambda alias: -alias.fixed_operands)
        return found


def _bucket_keys(made: Instruction) -> list[int]:
    bits = 2 if made.pattern.bits == 16 else 7
    low = (1 << bits) - 1
    mask, match = made.pattern.mask & low, made.pattern.match & low
    return [key for key in range(low + 1) if key & mask == match]


def share_words(first: Instruction, second: Instruction) -> bool:
    """Whether there is a word that is both of two instructions, and neither says that it may be."""
    if not first.pattern.overlaps(second.pattern):
        return False
    if second.mnemonic in first.overlaps or first.mnemonic in second.overlaps:
        return False
    return not _is_disjoint_by_operands(first, second)


def _is_disjoint_by_operands(first: Instruction, second: Instruction) -> bool:
    """Whether reserved operand values keep two overlapping patterns apart.

    c.lui and c.addi16sp share a pattern, but c.lui does not take x2. It is enough that one of the
    two refuses every word that both patterns match.
    """
    mask = first.pattern.mask | second.pattern.mask
    word = first.pattern.match | second.pattern.match
    return any(
        not operand.field.insert(-1) & ~mask and not operand.is_valid(operand.decode(word))
        for made in (first, second)
        for operand in made.operands.values()
    )
