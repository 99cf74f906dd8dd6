"""No source, however damaged, ends in a traceback, a hang or a flood of memory.

Inputs are made from hand-written sources, wrong ones and the output of compilers by moving, losing,
doubling and replacing lines and characters. The long run takes 100,000 of them, and an hour:

    pytest -m long tests/assembler/test_fuzz.py
"""

import random
import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvx.assembler import Assembler, AssemblyError, link
from rvx.assembler.source.expander import Limits
from rvx.extensions import change_arch, isa_for

from .test_clang import SOURCES as COMPILED
from .test_diagnostics import CASES
from .test_gnu_language import SOURCES

SEEDS = [
    *SOURCES.values(),
    *(source for source, _, _ in CASES),
    *(path.read_text() for path in COMPILED),
]
PIECES = (
    """
    .rept 1000000000|.rept 99999|.endr|.macro m a|.endm|m|.if 1|.else|.endif|.space 1<<62|.zero -1
    .balign 1<<31|.org 1<<60|.fill 1<<50,8|.align 31|.include "x"|.incbin "/dev/null"|.set x, x+1
    1:|1b|1f|%hi(|%lo(x)|(sp)|)|(((|"|'|/*|*/|#|//|;|,|\\a|\\@|=|==|.|+|-|<<|>>|@plt|@function
    0x|0b1|09|1e999|0x1p99999|nan|-inf|999999999999999999999999999|li a0, 1<<63|call|la a0|beq a0
    .cfi_startproc|.cfi_endproc|.uleb128 a-b|.section x,"aG",@progbits,g,comdat|.popsection
    .previous|.option push|.option pop|.insn r 0x33|.posit32 1|.int4 1|.float 1|.string "a
    .irp r,1,2|.irpc c,ab|.subsection 9999|.comm c,1<<40|.lcomm l,99999999999|.word a-b*c/d|.byte x
    j x|beqz a0, .+4096|.set a, b|.set b, a|.size f, g-h|.file 1 "f"|.loc 1 1|.end|.purgem m|.exitm
    .ifdef x|.dword . - 1b|.altmacro|LOCAL x|%x|<a b>|.struct 4|.reloc 0, R_RISCV_32, x
    .weakref a, b|.option arch, -c|.option arch, +zfh|.option arch, rv64i|.symver a, a@V
    .dtprelword x|.dcb.d 9999,1|.attribute arch, "rv64gc"|.string16 "x"|.variant_cc x
    .tls_common x, 8|.ident "x"|.error "x"|.fail 1
""".strip()
    .replace("\n", "|")
    .split("|")
)
LIMITS = Limits(seconds=2)
SECONDS, MEGABYTES = 30, 900
SHORT_RUN, LONG_RUN = 1500, 100_000


@pytest.fixture(scope="module")
def assemblers() -> list[Assembler]:
    return [
        Assembler(isa_for("rv64gc"), relax=True, select_arch=change_arch, limits=LIMITS),
        Assembler(isa_for("rv32gc"), debug=True, select_arch=change_arch, limits=LIMITS),
    ]


def mutated(rng: random.Random) -> str:
    """A seed, or two, with lines and characters moved, lost, doubled and replaced."""
    lines = rng.choice(SEEDS).split("\n")
    if rng.random() < 0.3:
        lines += rng.choice(SEEDS).split("\n")
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(lines))
        choice = rng.randrange(7)
        if choice == 0:
            lines.insert(at, rng.choice(PIECES))
        elif choice == 1:
            lines[at] += " " + rng.choice(PIECES)
        elif choice == 2:
            del lines[at]
            lines = lines or [""]
        elif choice == 3:
            lines.insert(rng.randrange(len(lines)), lines[at])
        elif lines[at]:
            text = lines[at]
            place = rng.randrange(len(text))
            if choice == 4:
                lines[at] = text[:place] + rng.choice(PIECES) + text[place:]
            elif choice == 5:
                lines[at] = text[:place] + text[place + 1 :]
            else:
                lines[at] = text[:place] + chr(rng.randrange(1, 300)) + text[place + 1 :]
    return "\n".join(lines)


def survives(assembler: Assembler, source: str) -> None:
    """Assembling and linking ends in a program or in diagnostics, soon."""
    start = time.process_time()
    found = None
    try:
        link([assembler.object(source, "fuzz.s")[0]])
    except AssemblyError as error:
        found = error.diagnostics
    assert found is None or (found and all(d.message for d in found)), source
    assert time.process_time() - start < SECONDS, source


def run(assemblers: list[Assembler], seed: int, count: int) -> None:
    rng = random.Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for index in range(count):
        source = mutated(rng)
        try:
            survives(assemblers[index % 2], source)
        except Exception as error:
            raise AssertionError(f"seed {seed}, input {index}: {error!r}\n{source}") from error
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) / 1024 < MEGABYTES


def test_damaged_sources(assemblers: list[Assembler]) -> None:
    run(assemblers, 1, SHORT_RUN)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_damaged_sources_for_long(assemblers: list[Assembler], seed: int) -> None:
    run(assemblers, seed, LONG_RUN // 10)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=12))
def test_pieces_in_any_order(parts: list[str]) -> None:
    survives(Assembler(isa_for("rv64gc"), limits=LIMITS), " ".join(parts))


@pytest.mark.parametrize(
    "source",
    [
        ".rept 1000000000\n.word 1\n.endr\n",
        ".rept 10000\n.rept 10000\nnop\n.endr\n.endr\n",
        ".macro m\nm\nm\n.endm\nm\n",
        ".word " + "(" * 5000 + "1" + ")" * 5000 + "\n",
        ".word " + "-" * 5000 + "1\n",
        ".word 1" + "+1" * 20000 + "\n",
        ".space 1 << 62\n",
        ".bss\n.space 1 << 50\n",
        ".org 1 << 62\n",
        "a: .space b - a\nb:\n",
        ".balign 1 << 31\n.byte 1\n.balign 1 << 31\n",
        ".float 1e99999999999\n",
        ".word 0x" + "f" * 100_000 + "\n",
        ".set x, a\n" + ".set x, x * b\n" * 3000 + ".word x\n",
        ".set x0, a\n" + "".join(f".set x{i + 1}, x{i} + x{i}\n" for i in range(3000)) + ".word x9",
        ".macro e x\n.ifnb \\x\n.irpc c, \\x\n.word 1\n.endr\n.endif\n.endm\ne "
        + "a" * 50_000
        + "\n",
    ],
    ids=range(16),
)
def test_bombs(assemblers: list[Assembler], source: str) -> None:
    survives(assemblers[0], source)
