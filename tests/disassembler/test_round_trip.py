"""Encode, decode, print, assemble: every declared instruction comes back as the same word."""

from __future__ import annotations

import contextlib
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.extensions import catalogue, isa_for, load
from rvx.isa import ClashError, Instruction, Isa, IsaError, Operand
from rvx.isa.operands import ImmediateKind, RegisterKind, RoundingKind

from .words import random_words

WORDS_PER_INSTRUCTION = 8


@cache
def isas() -> list[Isa]:
    """The default at both widths, and every extension that is not in it.

    Of the default everything is asked for: `sext.b` is not an instruction otherwise.
    """
    every = [catalogue.make_isa(isa_for().extensions.values(), 64), isa_for("rv32gc_zihintpause")]
    return [*every, *(beside_what_fits(name) for name in sorted(catalogue.NOT_BY_DEFAULT))]


def beside_what_fits(name: str) -> Isa:
    """An extension with the largest base that it does not clash with."""
    for base in ("rv64gc", "rv64imafc", "rv64imac"):
        with contextlib.suppress(ClashError, IsaError):
            return isa_for(base, [load(name)])
    return isa_for("rv32imac", [load(name)])


@cache
def declared() -> list[tuple[Isa, Instruction]]:
    return [(isa, made) for isa in isas() for made in isa.instructions.values()]


def values(operand: Operand) -> st.SearchStrategy[int]:
    match operand.kind:
        case RegisterKind() as kind:
            fits = [number for number in kind.numbers if operand.bits(number) is not None]
            return st.sampled_from(fits)
        case RoundingKind(modes=modes):
            return st.sampled_from(modes)
        case ImmediateKind(is_nonzero=is_nonzero, bias=bias, wrap=wrap):
            low, high = operand.range
            step = 1 << operand.field.lsb
            some = st.integers((low - bias) // step, (high - bias) // step)
            found = some.map(lambda value: value * step + bias)
            if wrap:
                found = found.map(lambda value: value % (1 << wrap))
            return found.filter(lambda value: value != 0) if is_nonzero else found
    return st.integers(*operand.range)


@given(st.data())
@settings(deadline=None, max_examples=500)
def test_encoding_and_decoding_are_inverse(data: st.DataObject) -> None:
    isa, made = data.draw(st.sampled_from(declared()))
    chosen = {name: data.draw(values(operand)) for name, operand in made.operands.items()}
    word = made.encode(chosen)
    assert made.decode(word) == chosen
    decoded = isa.decode(word)
    assert decoded is not None
    if decoded.instruction is not made:
        assert made.mnemonic in decoded.instruction.overlaps
    else:
        assert decoded.values == chosen
    assert decoded.instruction.encode(decoded.values) == word


@pytest.mark.parametrize("at", range(2 + len(catalogue.NOT_BY_DEFAULT)))
@pytest.mark.parametrize("aliases", [True, False], ids=["aliases", "no-aliases"])
def test_what_is_printed_assembles_to_the_same_words(at: int, aliases: bool) -> None:
    isa = isas()[at]
    rng = random.Random(f"{at} {aliases}")
    words, lines = [], [".option norvc"]
    for made in sorted(isa.instructions.values(), key=lambda made: -made.size):
        if made.size == 2:
            if aliases:
                break  # their long forms are compressed again where that is possible
            lines.append(".option rvc")
        for word in random_words(made, isa, rng, WORDS_PER_INSTRUCTION):
            decoded = isa.decode(word)
            assert decoded is not None
            words.append((word, made.size))
            lines.append(format_instruction(decoded, isa, aliases=aliases))
    program = assemble("\n".join([".text", *lines]), isa)
    expected = b"".join(word.to_bytes(size, "little") for word, size in words)
    text = next(section for section in program.sections if section.name == ".text")
    assert text.data == expected
