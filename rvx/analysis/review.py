"""Reviews an extension: clashes, what is unused, and bodies that differ when they are compiled."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from rvx import jit
from rvx.bodies import BodyProblem, form_of
from rvx.bodies.arithmetic import ERROR, HART_WORDS, PLACE, STOP, STOP_NOW, BodyRaised, Error
from rvx.bodies.form import HART, Form
from rvx.export.diagram import boxes
from rvx.extensions.catalogue import make_isa, with_required
from rvx.isa import DeclarationError, Extension, Instruction, Isa, IsaError, Memory
from rvx.isa.instruction import NUMBER, REQUESTS
from rvx.isa.isa import share_words
from rvx.isa.memory import EXECUTABLE, FAULT_WORDS, READABLE, WRITABLE
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind
from rvx.isa.pattern import DEFAULT_WIDTHS, Pattern, parse_pattern
from rvx.records import dataclass

ERROR_LEVEL, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """Something that an author should know.

    Attributes:
        level: `error` where it cannot work, `warning` where it is most likely not meant, `note`.
        about: a mnemonic, or the name of the extension.
        text: a sentence.
    """

    level: str
    about: str
    text: str


def review(
    extension: Extension, others: Iterable[Extension], operands: int = 200, seed: int = 0
) -> list[Finding]:
    """All that is found.

    Args:
        extension: what is reviewed.
        others: extensions that its words are compared with.
        operands: how many operands each body is performed with, interpreted and compiled; 0 to
            compile nothing.
        seed: of these operands.
    """
    others = [other for other in others if other.name != extension.name]
    found = [
        *_documentation(extension),
        *_unused(extension),
        *_opcodes(extension),
        *_clashes(extension, others),
    ]
    for xlen in (64, 32):
        own = [made for made in extension.instructions.values() if xlen in made.xlens]
        if own and (xlen == 64 or any(made.xlens == (32,) for made in own)):
            chosen = [made for made in own if xlen == 64 or made.xlens == (32,)]
            found += _bodies(extension, chosen, xlen, operands, seed)
    return found


# -- documentation, and what is declared for nothing -----------------------------------------------


def _documentation(extension: Extension) -> Iterator[Finding]:
    if not extension.doc:
        yield Finding(NOTE, extension.name, "it has no doc: a sentence that says what it is")
    if not extension.source:
        yield Finding(NOTE, extension.name, "it has no source: where it is published")
    for made in extension.instructions.values():
        if not made.doc:
            yield Finding(
                WARNING, made.mnemonic, "it has no description; write a docstring into its body"
            )
    for state in extension.states.values():
        if not state.doc:
            yield Finding(NOTE, extension.name, f"the state '{state.name}' has no doc")


def _unused(extension: Extension) -> Iterator[Finding]:
    asked: set[str] = set()
    files: set[str] = set()
    for made in extension.instructions.values():
        asked.update(made.requests)
        for name, operand in made.operands.items():
            if isinstance(operand.kind, RegisterKind):
                files.add(operand.kind.file.name)
            is_used = name in made.writes or name + NUMBER in made.requests
            is_used |= name in made.requests or not _is_value(operand)
            if made.body is not None and not is_used and "v" not in made.requests:
                yield Finding(
                    WARNING,
                    made.mnemonic,
                    f"its operand '{name}' is neither read nor written; ask for it in the body, or "
                    f"fix its bits in the pattern",
                )
        ignored = made.pattern.bits - made.pattern.mask.bit_count()
        ignored -= sum(piece.bits for f in made.pattern.fields.values() for piece in f.pieces)
        if ignored:
            yield Finding(
                NOTE, made.mnemonic, f"{ignored} bits of its word are ignored by the decoder"
            )
    held = {csr.state for csr in extension.csrs.values()}
    for name in extension.states.keys() - asked - held:
        yield Finding(WARNING, extension.name, f"no body asks for its state '{name}'")
    for name, file in extension.register_files.items():
        if name not in files and not file.is_core:
            yield Finding(WARNING, extension.name, f"no operand is of its register file '{name}'")


def _is_value(operand: Operand) -> bool:
    """Whether a body would ask for it: rounding modes and masks matter without that."""
    return isinstance(operand.kind, RegisterKind | ImmediateKind)


# -- words -----------------------------------------------------------------------------------------

CUSTOM = {
    0b0001011: "custom-0",
    0b0101011: "custom-1",
    0b1011011: "custom-2",
    0b1111011: "custom-3",
}
"""Major opcodes that the ISA manual leaves to everybody's own extensions."""
_STANDARD = (
    *("LOAD LOAD-FP custom-0 MISC-MEM OP-IMM AUIPC OP-IMM-32".split()),
    *("words of 48 bits,STORE,STORE-FP,custom-1,AMO,OP,LUI,OP-32,words of 64 bits".split(",")),
    *("MADD,MSUB,NMSUB,NMADD,OP-FP,OP-V,custom-2,words of 48 bits".split(",")),
    *("BRANCH,JALR,reserved,JAL,SYSTEM,OP-VE,custom-3,longer words".split(",")),
)
"""The manual's names for bits 6 to 2 of words of 32 bits."""


def _opcodes(extension: Extension) -> Iterator[Finding]:
    used: dict[str, list[str]] = {}
    for made in extension.instructions.values():
        if made.pattern.bits == 16:
            used.setdefault("words of 16 bits", []).append(made.mnemonic)
        elif made.pattern.bits == 32:
            key = made.pattern.match & 0x7F
            if made.pattern.mask & 0x7F == 0x7F and key not in CUSTOM:
                used.setdefault(_STANDARD[key >> 2], []).append(made.mnemonic)
    for name, mnemonics in used.items():
        listed = ", ".join(mnemonics[:3]) + (", ..." if len(mnemonics) > 3 else "")
        yield Finding(
            NOTE,
            extension.name,
            f"{listed} {'is' if len(mnemonics) == 1 else 'are'} among {name}, which standard "
            f"extensions use or may come to use; custom-0 to custom-3 stay free of them",
        )


def _clashes(extension: Extension, others: Sequence[Extension]) -> Iterator[Finding]:
    own = list(extension.instructions.values())
    taken = [one.pattern for one in (*own, *_all_of(others)) if one.pattern.bits == 32]
    for i, made in enumerate(own):
        for second in own[i + 1 :]:
            if set(made.xlens) & set(second.xlens) and share_words(made, second):
                yield Finding(
                    ERROR_LEVEL,
                    made.mnemonic,
                    f"it shares words with {second.mnemonic}, such as {_common(made, second)}; "
                    f"change one, or name the other under overlaps",
                )
        against: dict[str, list[Instruction]] = {}
        for other in others:
            if extension.name in other.supersedes or other.name in extension.supersedes:
                continue
            for second in other.instructions.values():
                if not set(made.xlens) & set(second.xlens):
                    continue
                if made.mnemonic == second.mnemonic or share_words(made, second):
                    against.setdefault(other.name, []).append(second)
        if against:
            yield _clash(made, against, taken)
    for other in others:
        for kind, ours, theirs in (
            ("state", extension.states, other.states),
            ("register file", extension.register_files, other.register_files),
            ("CSR", extension.csrs, other.csrs),
        ):
            for name in ours.keys() & theirs.keys() if other.name not in extension.requires else ():
                if ours[name] != theirs[name]:
                    yield Finding(
                        WARNING, extension.name, f"{other.name} has a {kind} '{name}', too"
                    )


def _all_of(extensions: Iterable[Extension]) -> list[Instruction]:
    return [made for one in extensions for made in one.instructions.values()]


def _clash(
    made: Instruction, against: dict[str, list[Instruction]], taken: list[Pattern]
) -> Finding:
    said, parts, named = [], [], []
    for name, seconds in against.items():
        if any(one.mnemonic == made.mnemonic for one in seconds):
            named.append(name)
        sharing = [one for one in seconds if share_words(made, one)]
        if sharing:
            listed = ", ".join(one.mnemonic for one in sharing[:3])
            listed += ", ..." if len(sharing) > 3 else ""
            parts.append(f"{listed} of {name}, such as {_common(made, sharing[0])}")
    is_standard = any(name[0].upper() != "X" for name in against)
    if named:
        have = "have" if len(named) > 1 else "has"
        said.append(f"{' and '.join(named)} {have} that mnemonic, too")
    if parts:
        said.append("it shares words with " + "; ".join(parts))
        free = free_pattern(made, taken)
        if free is not None:
            taken.append(free)  # the next proposal is another one
            said.append(f"free is '{free.text}'")
    return Finding(ERROR_LEVEL if is_standard else WARNING, made.mnemonic, "; ".join(said))


def _common(first: Instruction, second: Instruction) -> str:
    word = first.pattern.match | second.pattern.match
    return f"{word:#0{first.pattern.bits // 4 + 2}x}"


def free_pattern(made: Instruction, taken: Iterable[Pattern]) -> Pattern | None:
    """A pattern of the same fields that shares no word with others; None if there is none.

    Tried are the major opcodes for own extensions, with each value of the bits that are fixed in
    funct3 and funct7.
    """
    pattern = made.pattern
    if pattern.bits != 32 or pattern.mask & 0x7F != 0x7F:
        return None
    wanted = pattern.match & 0x7F
    places = [bit for bit in (*range(12, 15), *range(25, 32)) if pattern.mask >> bit & 1]
    for opcode in sorted(CUSTOM, key=lambda one: one != wanted):
        near = [
            (one.mask & pattern.mask, one.match)
            for one in taken
            if one is not pattern and not (one.match ^ opcode) & one.mask & 0x7F
        ]
        for number in range(1 << len(places)):
            match = pattern.match & ~0x7F | opcode
            for i, bit in enumerate(places):
                match = match & ~(1 << bit) | (number >> i & 1) << bit
            if all((match ^ other) & mask for mask, other in near):
                return _with_match(made, match)
    return None


def _with_match(made: Instruction, match: int) -> Pattern:
    """The pattern of an instruction with other fixed bits."""
    parts = []
    for box in boxes(made):
        width = box.high - box.low + 1
        is_fixed = set(box.text) <= {"0", "1"}
        value = match >> box.low & (1 << width) - 1
        has_width = "[" in box.text or "(" in box.text or box.text in DEFAULT_WIDTHS
        field = box.text if has_width else f"{box.text}[{width - 1}:0]"
        parts.append(f"{value:0{width}b}" if is_fixed else field)
    return parse_pattern(" ".join(parts))


# -- bodies ----------------------------------------------------------------------------------------

HARD = (
    *(0, 1, -1, 2, 31, 32, 63, 64, 127, 128, 255, 1 << 31, (1 << 31) - 1, -(1 << 31)),
    *(1 << 32, (1 << 63) - 1, -(1 << 63), 0x3FF0 << 48, 0x7FF8 << 48),
)
DATA, ROOM = 0x1000, 4096
PATIENCE = 5.0
"""Seconds that an interpreted body may take for one set of operands."""
LONGEST = 60.0
"""Seconds after which no more operands are tried on a body."""


def _bodies(
    extension: Extension, chosen: Sequence[Instruction], xlen: int, operands: int, seed: int
) -> Iterator[Finding]:
    try:
        isa = make_isa([extension], xlen)
    except BodyProblem:
        isa = None  # each body says what is wrong with it below
    except (IsaError, DeclarationError) as error:
        yield Finding(ERROR_LEVEL, extension.name, f"it cannot be loaded: {error}")
        return
    isa = isa or Isa(with_required([extension]), xlen)
    for made in chosen:
        if made.body is None:
            if made.expansion is None:
                yield Finding(NOTE, made.mnemonic, "it has no body: it assembles, and cannot run")
            continue
        try:
            form = form_of(made, isa)
        except BodyProblem as error:
            yield Finding(ERROR_LEVEL, made.mnemonic, str(error))
            continue
        if form.prints:
            yield Finding(WARNING, made.mnemonic, f"its body is for looking only: {form.prints}")
        elif operands and "v" in made.requests:
            yield Finding(
                NOTE, made.mnemonic, "it has vectors: compiled and interpreted is not compared"
            )
        elif operands:
            yield from _compared(made, form, isa, operands, seed)


def _compared(
    made: Instruction, form: Form, isa: Isa, operands: int, seed: int
) -> Iterator[Finding]:
    draw = random.Random(f"{made.mnemonic} {seed}")
    compiled = jit.native(form.function)
    began = time.monotonic()
    for number in range(operands):
        if time.monotonic() - began > LONGEST:
            said = f"only {number} of {operands} operands were compared in {LONGEST:.0f} seconds"
            yield Finding(NOTE, made.mnemonic, said)
            return
        given = [_argument(name, made, isa, draw) for name in form.requests]
        values = ", ".join(
            f"{name} = {value}"
            for name, value in zip(form.requests, given, strict=True)
            if name in made.operands
        )
        first, second = _copied(given), _copied(given)
        hart = first[form.requests.index(HART)] if HART in form.requests else None
        with _stopped_late(hart):
            wanted = _performed(_interpreted(form), first, form.requests)
        if hart is not None and hart[ERROR] == Error.STOPPED:
            yield Finding(
                WARNING,
                made.mnemonic,
                f"its body has not ended after {PATIENCE:.0f} seconds, interpreted, for {values}; "
                f"--operands 0 compares nothing",
            )
            return
        try:
            got = _performed(compiled, second, form.requests)
        except Exception as error:  # numba raises what it likes where it does not take a body
            said = " ".join([line.strip() for line in str(error).splitlines() if line.strip()][:3])
            yield Finding(ERROR_LEVEL, made.mnemonic, f"its body cannot be compiled: {said}")
            return
        if wanted != got:
            yield Finding(
                ERROR_LEVEL,
                made.mnemonic,
                f"interpreted and compiled differ for {values}: {wanted[0]} and {got[0]}",
            )
            return


@contextmanager
def _stopped_late(hart: Any) -> Iterator[None]:
    """Stops a body that takes long at the head of a loop, as Ctrl-C does in a run."""
    if hart is None:  # it has no loop that may be long
        yield
        return
    timer = threading.Timer(PATIENCE, hart.__setitem__, (STOP, STOP_NOW))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _interpreted(form: Form) -> Callable[..., Any]:
    """The interpreted form as the emulator calls it.

    Bytes of a memoryview are integers of Python, which do not wrap at 256; rvx's own bodies count
    on integers that wrap at 64 bits.
    """

    def call(*arguments: Any) -> Any:
        taken: list[Any] = []
        for one in arguments:
            if isinstance(one, Memory):
                taken.append(one._replace(ram=memoryview(one.ram)))  # type: ignore[arg-type]
            else:
                taken.append(np.int64(one) if form.is_own and isinstance(one, int) else one)
        with np.errstate(all="ignore"):
            return form.interpreted(*taken)

    return call


def _argument(name: str, made: Instruction, isa: Isa, draw: random.Random) -> Any:
    if name == HART:
        return np.zeros(HART_WORDS, np.int64)
    operand = made.operands.get(name)
    if operand is not None:
        return _operand(operand, isa, draw)
    if name == "mem":
        ram = np.frombuffer(draw.randbytes(ROOM), np.uint8).copy()
        pages = np.full(1, READABLE | WRITABLE | EXECUTABLE, np.uint8)
        bounds, fault = np.array([DATA, ROOM, -1]), np.zeros(FAULT_WORDS, np.int64)
        return Memory(ram, pages, bounds, fault, np.zeros(0, np.int64))
    if name not in isa.states and name.endswith(NUMBER):
        return draw.randrange(32)
    words = isa.states[name].words if name in isa.states else REQUESTS[name].words
    if words:
        return np.array([_number(draw) for _ in range(words)], np.int64)
    numbers = {"xlen": isa.xlen, "frm": draw.randrange(5), "pc": 4 * draw.randrange(1 << 20)}
    return numbers.get(name, draw.randrange(32))


def _operand(operand: Operand, isa: Isa, draw: random.Random) -> Any:
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        if kind.has_words:
            return np.array([_number(draw) for _ in range(kind.group * kind.file.words)], np.int64)
        value = _number(draw)
        if draw.random() < 0.2:
            value = DATA + draw.randrange(ROOM - 8)  # an address, if it is one
        bits = {"x": isa.xlen, "f": 64}.get(kind.file.name, 0)
        if not bits:
            return value & (1 << kind.file.bits) - 1 if kind.file.bits < 64 else value
        return ((value & (1 << bits) - 1) ^ 1 << bits - 1) - (1 << bits - 1)
    low, high = operand.range
    step = 1 << operand.field.lsb
    value = draw.choice([low, high, step * draw.randint(low // step, high // step)])
    return value if operand.is_valid(value) else low


def _number(draw: random.Random) -> int:
    value = draw.choice(HARD) if draw.random() < 0.4 else draw.getrandbits(64)
    return ((value & (1 << 64) - 1) ^ 1 << 63) - (1 << 63)


def _copied(given: Collection[Any]) -> list[Any]:
    def copy(one: Any) -> Any:
        if isinstance(one, Memory):
            return Memory(*(part.copy() for part in one))  # type: ignore[attr-defined]
        return one.copy() if hasattr(one, "copy") else one

    return [copy(one) for one in given]


def _performed(function: Any, given: list[Any], names: Sequence[str]) -> tuple[Any, ...]:
    """What comes of a call: the result, or what was raised, and all words afterwards."""
    result: Any
    try:
        result = function(*given)
        several = result if isinstance(result, tuple) else (result,)
        result = tuple(None if one is None else int(one) for one in several)
    except BodyRaised:
        hart = given[list(names).index(HART)]
        result = f"error {hart[ERROR]} at {hart[PLACE]}"
    words: list[Any] = []
    for one in given:
        for part in one if isinstance(one, Memory) else (one,):
            if isinstance(part, np.ndarray):
                words.append(part.tolist())
    return result, words
