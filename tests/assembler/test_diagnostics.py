"""What is said about wrong sources: the sentence, the place, what would be valid."""

import pytest

from rvx.assembler import AssemblyError
from rvx.assembler.diagnostics import MAX_ERRORS

from .conftest import program

CASES = [
    ("addd a0, a1, a2", "there is no instruction 'addd'", "did you mean 'add'"),
    ("frobnicate a0", "there is no instruction 'frobnicate'", "loaded are I"),
    ("add a0, a1", "'add' does not take 2 operands", "add rd, rs1, rs2"),
    ("add a0, a1, b7", "'b7' is not", ""),
    ("addi a0, a1, 5000", "operand 'imm' of 'addi': 5000 does not fit", "valid is -2048 to 2047"),
    ("fadd.s a0, fa1, fa2", "'a0' is not a register of file f", ""),
    ("fadd.s fa0, fa1, fa2, rxx", "'rxx' is not a rounding mode", "rne, rtz"),
    ("lw a0, 4(a9)", "'a9' is not a register of file x", "did you mean"),
    ("sw a0, sym", "needs a register for the address", "sw a0, sym, t0"),
    ("slli a0, a0, 64", "64 does not fit", "0 to 63"),
    ("li a0, sym", "'sym' is not a number that is known here", "use la"),
    ("li a0, 1 << 63 << 70 +", "is not complete", ""),
    ("addi a0, a0, %hi(x)", "'%hi' has no place in this operand", "%lo"),
    ("c.addi4spn a0, sp, 3", "3 does not fit", "multiples of 4"),
    ("c.lw t0, 0(a0)", "register t0 cannot stand here", ""),
    ("fence iorwx, w", "is not a set of accesses", "iorw"),
    ("csrr a0, mstatsu", "'mstatsu' is not a CSR", "did you mean 'mstatus'"),
    ("beq a0, a1, 1b", "there is no label '1:' before this line", "1f"),
    ("x: nop\nx: nop", "symbol 'x' is defined already", "defined here"),
    (".wrod 1", "there is no directive '.wrod'", "did you mean '.word'"),
    (".word 1 +", "is not complete", "an expression is expected"),
    (".word 08", "is octal", ""),
    (".byte sym", "an address does not fit 8 bits", ".word"),
    (".word 1 / 0", "division by zero", ""),
    (".word a * b", "cannot be left to the linker", "symbol - symbol"),
    (".align 40", "2 to the power 40", "0 to 31"),
    (".balign 3", "3 is not a power of two", "1, 2, 4"),
    (".space 1 << 62", "more than a section can hold", ".bss"),
    (".bss\n.space 1 << 62", "more than a section can hold", ""),
    (".space -1", "is negative", ""),
    (".fill 1 << 40", "more than a section can hold", ""),
    (".org 10\n.org 5", "cannot go back", ""),
    (".bss\n.word 1", "holds no bytes", ".zero"),
    (".rept 1000000000\nnop\n.endr", "more than 100000000 lines", ".fill"),
    (".rept 3\nnop", "this .rept has no .endr", ""),
    (".macro m\nm\n.endm\nm", "nested more than 100 deep", "calls itself"),
    (".macro m a:req\n.endm\nm", "needs a value for 'a'", ""),
    (".macro m a\n.endm\nm 1, 2", "takes 1 arguments, not 2", ""),
    (".macro m a\n.endm\nm 1,,", "takes 1 arguments, not 3", ""),
    (".macro m\n.endm\nm ,", "takes 0 arguments, not 2", ""),
    (".macro m\n.endm\n.macro m\n.endm", "is defined already", ".purgem"),
    (".endm", ".endm ends nothing", ""),
    (".if 1", "this .if has no .endif", ""),
    (".else", ".else has no .if", ""),
    (".if undefined_symbol\n.endif", "must be a number that is known here", "define"),
    ('.include "nowhere.s"', "there is no file 'nowhere.s'", ""),
    ('.incbin "nowhere.bin"', "there is no file 'nowhere.bin'", ""),
    (".option rcv", "there is no option 'rcv'", "did you mean 'rvc'"),
    (".option pop", "no .option push before", ""),
    (".popsection", "no .pushsection before", ""),
    ('.section x, "aZ"', "'Z' is not a flag", "valid are a w x"),
    ('.section x, "a", @nothing', "is not a type of a section", "@progbits"),
    ('.section x, "a", @0x1p99', "'@0x1p99' is not a type of a section", "@progbits"),
    (".p2align \u00b2", "must be a number that is known here", ""),
    ('.section x, "\u00b2"', "is not a flag", ""),
    (".cfi_startproc\n.cfi_offset \u00b2, 8\n.cfi_endproc", "is not a register that frames", ""),
    ('.file \u00b2 "x"', "makes no sense", ""),
    (".type f, @functoin", "is not a type of a symbol", "@function"),
    (".float 1.x", "is not a floating-point number", "inf or nan"),
    (".fp8 zero", "is not a floating-point number", ""),
    (".int4 9, 0", "9 does not fit .int4", "-8 to 7"),
    (".int4 1", "do not fill whole bytes", ""),
    (".posit32 0x12345678", "could be a number or a pattern", ".word"),
    (".ascii abc", "is not a string", ""),
    (".insn q 1, 2", "there is no instruction format 'q'", "valid are r"),
    (".insn 0x123456783", "does not fit 4 bytes", ""),
    (".cfi_endproc", "outside of a function", ".cfi_startproc"),
    (".cfi_startproc\nnop", "no .cfi_endproc", ""),
    (".cfi_startproc\n.cfi_label x\n.cfi_endproc\nx:", "symbol 'x' is defined already", ":2:"),
    (
        ".cfi_sections .eh_frame, .debug_frame\n.cfi_startproc\n.cfi_label x\n.cfi_endproc",
        "symbol 'x' is defined already",
        ":3:",
    ),
    (".loc 1 1", "there is no .file 1", ""),
    (".set x, x + 1\n.word x", "", ""),
    (".set a, b\n.set b, a\n.word a", "in terms of itself", ""),
    ("/* open", "comment is not closed", "*/"),
    ("%%%", "does not begin with an instruction", "a statement is"),
    (".uleb128 -1", "takes no negative number", ".sleb128"),
    (".struct 0\nunimp", "an instruction has no place in a record", ".text"),
    (".struct 0\n.word 1", "holds no bytes", ".zero"),
    (".weakref a, a", "would be a name for itself", ""),
    ("call a\n.weakref a, b", "is used before this line", "before the first use"),
    (".reloc 0, R_RISCV_HI21, x", "there is no relocation 'R_RISCV_HI21'", "did you mean 'HI20'"),
    (".reloc 8, R_RISCV_32, x", "lies outside of the section", ""),
    (".dtprelword 5", "takes the name of a thread-local symbol", ""),
    (".symver a, b", "names no version", "other@version"),
    (".nop 1", ".nop takes no operand", ""),
    ('.error "wrong"', "error: wrong", ""),
    (".err", ".err stands here", ""),
    ('.error ""', ".error stands here", ""),
    (".fail 3", ".fail 3 stands here", ""),
    (".abort\n.abort", "the rest is not assembled", ""),
    (".altmacro\n.macro m a\n.endm\nm <a", "a '<' in the arguments has no '>'", "!<"),
    (".option arch, +zfhh", "nothing here knows other extensions", "loaded are"),
    ('.file 70000 "a"', "a file has the number 70000", "0 to 65535"),
    ("tail a, b", "'tail' does not take 2 operands", "tail symbol"),
]


@pytest.mark.parametrize(("source", "sentence", "hint"), CASES, ids=range(len(CASES)))
def test_sentences(source: str, sentence: str, hint: str) -> None:
    with pytest.raises(AssemblyError) as caught:
        program(source + "\n")
    text = str(caught.value)
    assert "test.s:" in text or "<" in text
    assert sentence in text
    assert hint in text


def test_many_errors_in_one_pass_with_places_and_carets() -> None:
    source = "nop\n  adddi a0, a0, 1\nret\n  li a0, nothing # comment\n.worrd 1\n"
    with pytest.raises(AssemblyError) as caught:
        program(source)
    found = caught.value.diagnostics
    assert [(d.location.line, d.location.column) for d in found] == [(2, 3), (4, 10), (5, 1)]
    lines = str(found[0]).splitlines()
    assert lines[0] == "test.s:2:3: error: there is no instruction 'adddi'"
    assert lines[1] == "    2 |   adddi a0, a0, 1"
    assert lines[2] == "      |   ^~~~~"
    assert found[1].as_dict()["text"] == "nothing"


def test_errors_in_macros_lead_back_to_the_call() -> None:
    source = (
        ".macro outer x\ninner \\x\n.endm\n.macro inner x\naddi a0, a0, \\x\n.endm\nouter 9999\n"
    )
    with pytest.raises(AssemblyError) as caught:
        program(source)
    (found,) = caught.value.diagnostics
    assert found.location.line == 5
    notes = [(note.location.line, note.message) for note in found.notes]
    assert notes == [
        (2, "in expansion of macro 'inner'"),
        (7, "in expansion of macro 'outer'"),
    ]


def test_it_stops_after_many_errors() -> None:
    with pytest.raises(AssemblyError) as caught:
        program("wrong\n" * 1000)
    assert len(caught.value.diagnostics) == MAX_ERRORS + 1


def test_line_markers_of_a_preprocessor_are_followed() -> None:
    with pytest.raises(AssemblyError) as caught:
        program('# 1 "test.s"\n# 40 "other.h" 1\nwrong\n# 2 "test.s" 2\nbad\n')
    places = [(d.location.file, d.location.line) for d in caught.value.diagnostics]
    assert places == [("other.h", 40), ("test.s", 2)]


def test_values_that_are_cut_are_warned_about() -> None:
    made = program(".data\n.byte 300\n")
    assert made.section(".data").data == b"\x2c"
    (warning,) = made.warnings
    assert str(warning).startswith("test.s:2:7: warning: 0x12c is cut to 0x2c to fit 1 bytes")
