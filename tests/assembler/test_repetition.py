"""Lines that repeat what earlier ones did, and many branches near their limits."""

import random

import pytest

from rvx.assembler import AssemblyError
from rvx.assembler.elf.relocatable import relocatable
from rvx.assembler.fragments.repetition import Repetition

from .conftest import Gnu, own_object, own_sections
from .whole_object import whole_object

NUMBERS = [0, 1, -1, 4, 8, 16, 31, 32, 63, -32, 124, 128, 252, 256, 504, 512, 1016, 2047, -2048]
NAMES = ["before", "behind", "elsewhere", "value", "weak_one", "alias", ".Llocal", "a0x", "rnex"]
NAMES += [".L2", ".L3", ".Lset"]
SHAPES = [
    *("addi {x}, {y}, {n}", "addi sp, sp, {n}", "addi {x}, sp, {n}", "addiw {x}, {x}, {n}"),
    *(
        "andi {x}, {x}, {n}",
        "li {x}, {n}",
        "ld {x}, {n}(sp)",
        "lw {x}, {n}({y})",
        "sd {x}, {n}({y})",
    ),
    *("lbu {x}, {n}({y})", "fld fa0, {n}({y})", "slli {x}, {x}, {n}", "srai {x}, {y}, {n}"),
    *("csrrwi {x}, fcsr, {n}", "lui {x}, {n}", "jalr {x}, {n}({y})", "add {x}, {x}, {n}"),
    *("beq {x}, {y}, {s}", "bnez {x}, {s}", "j {s}", "jal {s}", "call {s}", "tail {s}"),
    *("la {x}, {s}", "lla {x}, {s}+{n}", "lui {x}, %hi({s})", "addi {x}, {x}, %lo({s}+{n})"),
    *("lw {x}, %lo({s})({y})", "sw {x}, %lo({s})({y})", "lw {x}, {s}", "sw {x}, {s}, t0"),
    *("{x}.{n}:", ".word {s}", ".dword {s}+{n}", ".word {s}-{t}", ".half {n}", ".byte {n}, {n}"),
    *(
        "addi {x}, {y}, 0{n}&3",
        "addi {x}, {y}, {n}&7",
        "add {x}, {y}, {x}",
        "fadd.s fa0, fa1, fa2, rne",
    ),
    *(
        "mv {x}, {y}",
        "sub {x}, {x}, {y}",
        "xor {x}, {y}, {x}",
        "addw {y}, {x}, {n}",
        "sgt {x}, {y}, {x}",
    ),
    *("fmv.d fa0, fa{p}", "fcvt.d.l fa{p}, {x}", "fcvt.l.d {x}, fa{p}, rtz", "fcvt.w.s {y}, fa0"),
    *("ble {x}, {y}, {s}", "bltu {x}, {y}, {s}", "blez {x}, {s}", "beqz {y}, {s}"),
    *("bne {x}, zero, {s}", "bne {y}, {x}, {s}", "jal {x}, {s}", "bgeu {x}, {x}, {s}"),
    *("bgt {x}, {y}, {s}", ".zero {p}", ".zero {p}, {n}", ".size {s}, {p}", "fence r, rw"),
]
SWITCHES = [".option norvc", ".option rvc", ".option relax", ".option norelax", ".data", ".text"]
HEAD = """
    .set value, 20
    .weak weak_one
    .set alias, before
before: nop
.Llocal: nop
    .set .Lset, 24
.L2: nop
"""
TAIL = """
    .text
behind: nop
a0x: nop
"""


def _lines(rng: random.Random, count: int, switches: list[str]) -> list[str]:
    """Statements of few shapes, so that most repeat what another did."""
    shapes = rng.sample(SHAPES, 8)
    found = []
    for number in range(count):
        shape = rng.choice(shapes)
        text = shape.format(
            x=rng.choice(["a0", "a5", "t3", "s11"]),
            y=rng.choice(["a0", "s0", "t6"]),
            n=number if ":" in shape else rng.choice(NUMBERS),
            s=rng.choice(NAMES),
            t=rng.choice(NAMES),
            p=rng.randrange(8),
        )
        found.append(rng.choice(switches) if rng.random() < 0.02 else text)
    if rng.random() < 0.5:  # as compilers write them
        found = [f"\t{text.replace(' ', chr(9), 1).replace(', ', ',')}" for text in found]
    return found


def _accepted(lines: list[str]) -> list[str]:
    """Those of the lines that assemble, each tried alone, so that none repeats another."""
    kept = []
    for line in dict.fromkeys(lines):
        try:
            own_object(f"{HEAD}{line}\n{TAIL}", relax=True)
        except AssemblyError:
            continue
        kept.append(line)
    return [line for line in lines if line in kept]


@pytest.mark.parametrize("seed", range(6))
def test_repeated_lines_do_what_lines_do_that_stand_alone(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _accepted(_lines(random.Random(seed), 150, SWITCHES))
    source = HEAD + "\n".join(lines) + TAIL
    repeated = own_sections(own_object(source, relax=True))
    monkeypatch.setattr(Repetition, "learn", lambda *_: None)
    assert repeated == own_sections(own_object(source, relax=True))


@pytest.mark.parametrize("seed", range(3))
def test_repeated_lines_are_those_of_gnu_as(gnu: Gnu, seed: int) -> None:
    lines = _accepted(_lines(random.Random(seed), 150, [".data", ".text"]))
    source = HEAD.replace(".set alias, before", "alias: nop") + "\n".join(lines) + TAIL
    assert own_sections(own_object(source, relax=True)) == gnu.sections(source, relax=True)


@pytest.mark.parametrize("seed", range(4))
def test_branches_near_their_limits(gnu: Gnu, seed: int) -> None:
    rng = random.Random(seed)
    lines = []
    for number in range(120):
        target = max(0, number + rng.randint(-9, 9))
        branch = rng.choice(["beqz a0,", "beq t3, t4,", "j", "blt a0, a1,", "jal", "bnez s0,"])
        lines.append(f".L{number}: {branch} .L{min(target, 119)}")
        lines += ["addi a0, a0, 1"] * rng.choice([0, 1, 3, 14, 15, 16, 100, 120, 250, 330])
        if rng.random() < 0.1:
            lines.append(f".balign {rng.choice([4, 8, 16])}")
    source = "\n".join(lines) + "\n"
    for relax in (False, True):
        own = own_sections(own_object(source, relax=relax))
        assert own == gnu.sections(source, relax=relax)


FRAMES = [
    *(".cfi_def_cfa_offset {n}", ".cfi_adjust_cfa_offset {n}", ".cfi_offset {x}, -{n}"),
    *(".cfi_rel_offset {x}, {n}", ".cfi_restore {x}", ".cfi_def_cfa {x}, {n}"),
    *(".cfi_remember_state", ".cfi_def_cfa_register {x}", ".cfi_undefined {x}, {y}"),
    *("addi sp, sp, -{n}", "beqz {x}, {f}", "call {f}", ".p2align {p}", ".balign 8"),
    *(".pushsection .data\n.dword {f}, {n}\n.popsection", ".weak {f}_w", ".dword {f}_w"),
    *('.section .rodata.{f}, "a"\n.string "{n} of {f}\\n"\n.previous', ".hidden {f}"),
]


def _functions(seed: int) -> str:
    """Functions as compilers write them, with their frames, sections, symbols and strings."""
    rng, rows = random.Random(seed), []
    for number in range(30):
        rows += [f'.section .text.{number % 4},"ax",@progbits', f".p2align {rng.randint(0, 3)}"]
        rows += [f".globl f{number}"] * rng.randint(0, 1)
        rows += [f".type f{number}, {rng.choice('@%')}function", f"f{number}:", ".cfi_startproc"]
        for _ in range(rng.randint(3, 12)):
            row = rng.choice(FRAMES).format(
                x=rng.choice(["ra", "s0", "s1", "a5"]),
                y=rng.choice(["t0", "s11"]),
                n=rng.choice([8, 16, 32, 48, 496]),
                f=f"f{rng.randrange(32)}",
                p=rng.randint(0, 4),
            )
            rows += row.split("\n")
            if row == ".cfi_remember_state":
                rows += ["nop", ".cfi_restore_state"]
        rows += ["ret", ".cfi_endproc", f".size f{number}, .-f{number}"]
    indent = rng.choice(["\t", "    ", "\t\t"])
    return "".join(f"{row}\n" if row[-1] == ":" else f"{indent}{row}\n" for row in rows)


@pytest.mark.parametrize("seed", range(4))
def test_repeated_directives_are_those_of_gnu_as(gnu: Gnu, seed: int) -> None:
    source = _functions(seed)
    ours = whole_object(relocatable(own_object(source, relax=True)))
    theirs = whole_object(gnu.object(source, "rv64gc").read_bytes())
    assert ours == theirs


def test_repeated_directives_do_what_they_do_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    source = _functions(9)
    repeated = whole_object(relocatable(own_object(source, relax=True)))
    monkeypatch.setattr(Repetition, "learn", lambda *_: None)
    assert repeated == whole_object(relocatable(own_object(source, relax=True)))


@pytest.mark.parametrize(
    "rows",
    [
        ".set x, 1\n.globl x\n.globl x\n.type x, @object\n.size x, 4\n",
        ".globl " + ", ".join(f"s{i}" for i in range(40)) + "\n",
        ".word " + ", ".join(f"s{i}" for i in range(40)) + "\n",
        ".type x, @common\n.type y, @common\n.comm y, 8, 8\n",
        ".comm c, 16\n.size c, 4\n.size d, 4\n.comm d, 8\nx: nop\n.size c, .-x\n",
        ".cfi_startproc\nlui a0, %hi(12)\n.cfi_undefined a0\n.cfi_endproc\n",
        ".type late, @common\nnop\nlate: nop\n",
        ".double - 1, +2, - 2.5e1\n",
        "nop\n.word\n.org . + 6\nnop\n.byte\n.dc.a\nnop\n",
    ],
)
def test_directives_about_symbols_of_any_kind(gnu: Gnu, rows: str) -> None:
    ours = whole_object(relocatable(own_object(rows, relax=True)))
    assert ours == whole_object(gnu.object(rows, "rv64gc").read_bytes())


def test_a_macro_takes_over_from_the_instruction_of_its_name() -> None:
    before = "\taddi a0, a0, 1\n\taddi a0, a0, 1\n\taddi a0, a0, 2\n"
    macro = ".macro addi x, y, z\n\tnop\n.endm\n"
    source = f"{before}{macro}{before}.purgem addi\n{before}"
    words = own_sections(own_object(source))[".text"][0]
    alone, nops = own_sections(own_object(before))[".text"][0], b"\x01\x00"
    assert words == alone + 3 * nops + alone


def test_mistakes_in_repeated_rows_have_their_places() -> None:
    source = "\tnop\n .bss\n\tnop\n.text\nx: nop\n  nop\nx:\n\t.cfi_endproc\n  .cfi_endproc\n"
    with pytest.raises(AssemblyError) as caught:
        own_object(source)
    found = [(each.location.line, each.location.column) for each in caught.value.diagnostics]
    assert found == [(3, 2), (7, 1), (8, 2), (9, 3)]
    with pytest.raises(AssemblyError) as caught:
        own_object(source.replace("\n", "\r\n"))
    assert "\r" not in str(caught.value)


def test_statements_on_a_row_and_comments_keep_their_order() -> None:
    rows = ["nop", "addi a0, a0, 1; nop", "nop # x", "/* a\n b */ nop; li a0, 1", "nop"]
    source = "\n".join(rows * 3) + "\n"
    plain = "nop\naddi a0, a0, 1\nnop\nnop\nnop\nli a0, 1\nnop\n" * 3
    assert own_sections(own_object(source)) == own_sections(own_object(plain))


@pytest.mark.parametrize("row", [".loc 1 2 3", ".zero 4", "call f", '.string "a"', ".size f, 4"])
def test_what_follows_a_statement_on_its_row(row: str) -> None:
    rows = [row, f"{row} # {row}", f"{row}; nop", f"{row}; {row}", f"{row} /* {row}", "*/", row]
    source = '.file 1 "a.c"\n.globl f\n' + "\n".join(rows * 3) + "\n"
    alone = [row, row, row, "nop", row, row, row, row]
    plain = '.file 1 "a.c"\n.globl f\n' + "\n".join(alone * 3) + "\n"
    assert own_sections(own_object(source)) == own_sections(own_object(plain))


def test_a_line_is_not_repeated_where_its_name_means_something_else() -> None:
    source = "lw a0, %lo(x)(a1)\n .set y, 8\n lw a0, %lo(y)(a1)\n lw a0, %lo(x)(a1)\n"
    (text,) = own_sections(own_object(source)).values()
    words, relocations = text
    assert [offset for offset, *_ in relocations] == [0, 8]
    assert words[4:8] == own_sections(own_object("lw a0, 8(a1)\n", march="rv64g"))[".text"][0]


def test_repeated_rows_stand_in_lines_of_their_own() -> None:
    rows = ["\tnop", "\tnop", " nop", "  nop", "nop", "\tnop ", "\tnop", "\tnop", "\t nop"] * 2
    source = "\n".join(["x:", *rows, ""])
    (text,) = (one for one in own_object(source).sections if one.name == ".text")
    places = [(place.line, place.column) for _, place in text.lines]
    assert places == [
        (number, len(row) - len(row.lstrip()) + 1) for number, row in enumerate(rows, 2)
    ]


def _outcome(source: str) -> object:
    """What a source becomes, or what is said about it."""
    try:
        return own_sections(own_object(source))
    except AssemblyError as error:
        return [(str(each.location), each.message) for each in error.diagnostics]


@pytest.mark.parametrize("head", ["j\t", "beq\ta0,a1,", ".word\t"])
def test_rows_that_end_like_others_but_for_their_symbol(
    head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = f".L1:\n\t{head}.L1\n\t{head}.L1\n"
    ends = ["", ",", "\t", " ,", ".", ".L1,", ".L1\t,", ".L\u0663", ".L1+", ".L1+4", ".L2"]
    sources = [f"{known}\t{head}{end}\n" for end in ends]
    repeated = [_outcome(source) for source in sources]
    assert any(isinstance(one, list) for one in repeated)
    monkeypatch.setattr(Repetition, "learn", lambda *_: None)
    assert repeated == [_outcome(source) for source in sources]
