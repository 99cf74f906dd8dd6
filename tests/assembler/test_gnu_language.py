"""Hand-written sources: sections and relocations as GNU as makes them."""

import pytest

from .conftest import Gnu, own_object, own_sections

SOURCES = {
    "numbers": """
        .data
        .byte 1, -1, 'a', '\\n', 0x7f, 0b101, 017
        .half 0x1234, -2
        .2byte 7
        .short 8
        .word 0x12345678, -1, 1 + 2 * 3, (1 + 2) * 3, 7 / 2, -7 / 2, 7 % 4, 1 << 4, 256 >> 4
        .long 0xff & 0x0f | 0x30 ^ 0x11, ~5, !5, !0, 3 == 3, 3 != 3, 2 < 3, 3 > 2, 2 >= 3
        .4byte 1 && 2, 0 || 0, 5 ! 3, 1 | 2 + 3, -1 >> 60
        .dword 0x123456789abcdef0, -5
        .quad 1 << 63, 1 - 2
        .8byte 9
        .octa 0x0123456789abcdef0123456789abcdef
        .uleb128 0
        .uleb128 127
        .uleb128 300
        .uleb128 123456789
        .sleb128 0
        .sleb128 -1
        .sleb128 64
        .sleb128 -64
        .sleb128 -65
        .sleb128 -123456
    """,
    "strings": r"""
        .section .rodata
        .ascii "abc", "def\n\t\\\"\101\x41"
        .string "one" "two", "three"
        .asciz ""
        .ascii "semi;colon # hash // slash /* star */"
    """,
    "floats": """
        .data
        .float 1.5, -2e-3, 1e10, 3.14159265358979, inf, nan, -inf, 0.1, 1e-40, -0.0
        .double 1.5, 0.1, 1e300, -1e-310, 2.2250738585072014e-308, 123456789.123456789
        .single 1
        .float16 1.5, 65504, 0.1
        .float 16777219, 0.333333333333333333333
    """,
    "fill": """
        .data
        .byte 1
        .zero 3
        .space 5, 0xaa
        .skip 2
        .fill 3, 2, 0x1234
        .fill 2
        .fill 2, 8, 0x11223344
        .balign 16, 0xff
        .byte 2
        .p2align 3
        .byte 3
        .align 2
        .balign 8, 0, 2
        .byte 4
        .org 128, 7
        .byte 5
    """,
    "code alignment": """
        nop
        .p2align 4
        c.nop
        .balign 8
        nop
        .byte 1
        .align 2
        addi a0, a0, 1
        .balign 16, 0
        ret
    """,
    "sections": """
        .text
        nop
        .section .rodata.str1.1, "aMS", @progbits, 1
        .string "x"
        .section .init_array, "aw"
        .dword f
        .section .text.f, "ax", @progbits
        f: ret
        .data 1
        .byte 2
        .data
        .byte 1
        .subsection 2
        .byte 3
        .pushsection .custom, "aw"
        .word 1
        .popsection
        .byte 4
        .text
        nop
        .previous
        .byte 5
        .bss
        .zero 100
        .section .tbss, "awT", @nobits
        .zero 8
        .section .text.g, "axG", @progbits, g, comdat
        g: ret
    """,
    "symbols": """
        .globl main
        .type main, @function
        main: call helper
        la a0, object
        la a1, undefined_one
        lla a2, object + 8
        .size main, . - main
        .weak helper
        .hidden object
        .set alias, object + 4
        .equ number, 40 + 2
        x = number * 2
        li a3, x
        la a4, alias
        li a5, number
        .comm shared, 24, 8
        .local private
        .comm private, 12, 4
        .lcomm other, 20
        la a6, private
        la a7, shared
        .data
        object: .dword object, main, alias, undefined_one + 4
        .word late - object, object2 - object
        .set late, object2
        object2: .half object2 - object
        .byte . - object
        .word forward
        .set forward, 77
    """,
    "relocations": """
        lui a0, %hi(symbol)
        addi a0, a0, %lo(symbol)
        lw a1, %lo(symbol + 4)(a0)
        sw a1, %lo(symbol)(a0)
        1: auipc a2, %pcrel_hi(symbol)
        addi a2, a2, %pcrel_lo(1b)
        ld a3, %pcrel_lo(1b)(a2)
        sd a3, %pcrel_lo(1b)(a2)
        lui a4, %tprel_hi(thread)
        add a4, a4, tp, %tprel_add(thread)
        lw a5, %tprel_lo(thread)(a4)
        sw a5, %tprel_lo(thread)(a4)
        2: auipc a5, %got_pcrel_hi(symbol)
        ld a5, %pcrel_lo(2b)(a5)
        la.tls.ie a0, thread
        la.tls.gd a0, thread
        lui a0, %hi(0x12345678)
        addi a0, a0, %lo(0x12345678)
        lw a0, symbol
        sw a0, symbol, t0
        fld fa0, symbol, t1
        fsw fa0, symbol + 4, t2
        lbu a0, symbol
        call symbol
        call symbol@plt
        call t0, symbol
        tail symbol
        jump symbol, t3
        .option pic
        la a0, symbol
        lla a0, symbol
        .option nopic
        .dword symbol
        .word symbol
    """,
    "branches": """
        start: beq a0, a1, 1f
        bnez a0, 1f
        bltz s0, start
        bgt a0, a1, start
        bleu a0, a1, 1f
        j start
        jal start
        jal t0, 1f
        1: beqz a5, 1b
        bne a3, zero, 2f
        .zero 300
        2: beqz a4, 1b
        bnez s2, 1b
        .zero 5000
        3: beq a0, a1, start
        bnez a0, start
        bgeu t0, t1, 1b
        j start
        blt a0, a1, other
        c.beqz a0, other
        c.j other
        j other
    """,
    "options": """
        .option push
        .option norvc
        addi a0, a0, 1
        ret
        .option pop
        addi a0, a0, 1
        .option norelax
        call f
        la a0, f
        .option relax
        call f
        .option arch, +c
        nop
    """,
    "macros": """
        .macro push reg, offset=0
        sd \\reg, \\offset(sp)
        .endm
        .macro each first:req, rest:vararg
        mv a0, \\first
        .ifnb \\rest
        each \\rest
        .endif
        .endm
        .macro unique
        label\\@: j label\\@
        .endm
        push ra
        push s0, 8
        push offset=16, reg=s1
        each a1, a2, a3
        unique
        unique
        .rept 3
        nop
        .endr
        .irp reg, a0, a1, a2
        addi \\reg, \\reg, 1
        .endr
        .irpc digit, 123
        li a\\digit, \\digit
        .endr
        .macro named name
        \\name\\()_start: nop
        .endm
        named first
        j first_start
        .purgem named
        .macro early x
        .if \\x
        .exitm
        .endif
        ebreak
        .endm
        early 1
        early 0
    """,
    "conditions": """
        .set n, 3
        .if n == 3
        li a0, 1
        .elseif n == 4
        li a0, 2
        .else
        li a0, 3
        .endif
        .ifdef n
        nop
        .endif
        .ifndef n
        ebreak
        .else
        .ifdef missing
        ebreak
        .endif
        .endif
        .ifc abc, abc
        li a1, 1
        .endif
        .ifgt n - 2
        li a2, 1
        .endif
        .ifeqs "a", "a"
        li a3, 1
        .endif
        .data
        begin: .zero 10
        .if . - begin == 10
        .byte 1
        .endif
    """,
    "comments": """
        # a comment
        nop # behind
        nop /* in */ ; nop ; nop
        /* over
           lines */ nop
        label: other: nop
        .ascii "a#b" ; nop
    """,
    "insn": """
        .insn r 0x33, 0, 0, a0, a1, fa2
        .insn r CUSTOM_0, 3, 1, a0, a1, a2
        .insn r MADD, 0, 1, fa0, fa1, fa2, fa3
        .insn r4 MADD, 0, 1, fa0, fa1, fa2, fa3
        .insn i 0x13, 0, a0, a1, -5
        .insn i 0x3, 2, a0, 4(a1)
        .insn s 0x23, 2, a0, 4(a1)
        1: .insn sb BRANCH, 0, a0, a1, 1b
        .insn b BRANCH, 1, a0, a1, 1b
        .insn u LUI, a0, 0x12345
        .insn uj JAL, a0, 1b
        .insn j JAL, a0, 1b
        .insn cr C2, 0x8, a0, a1
        .insn ci C1, 0, a0, 4
        .insn ciw C0, 0, a1, 1
        .insn css C2, 6, a0, 1
        .insn cl C0, 2, a0, 4(a1)
        .insn cs C0, 6, a0, 4(a1)
        .insn ca C1, 0x23, 0, a0, a1
        .insn cb C1, 6, a0, 1b
        .insn cj C1, 5, 1b
        .insn 0x00000013
        .insn 4, 0x00000013
        .insn 2, 0x0001
    """,
    "frames": """
        .cfi_sections .eh_frame, .debug_frame
        f: .cfi_startproc
        .cfi_personality 0x9b, DW.ref.personality
        .cfi_lsda 0x1b, .Ldata
        addi sp, sp, -16
        .cfi_adjust_cfa_offset 16
        .cfi_rel_offset ra, 8
        call g
        .cfi_remember_state
        nop
        .cfi_restore_state
        .cfi_escape 0x16, 1, 2
        .cfi_def_cfa s0, 16
        .cfi_def_cfa_register sp
        .cfi_undefined ra
        .cfi_same_value s1
        .cfi_register s2, s3
        .cfi_offset fs0, -24
        .cfi_offset 8, 20
        .cfi_val_offset 8, 20
        .space 300
        .cfi_restore 8
        .cfi_return_column 5
        .cfi_signal_frame
        .cfi_endproc
        h: .cfi_startproc
        nop
        .cfi_def_cfa_offset 32
        .cfi_endproc
        .Ldata: .word 1
    """,
}


@pytest.mark.parametrize("relax", [False, True], ids=["norelax", "relax"])
@pytest.mark.parametrize("name", SOURCES)
def test_source_equals_gnu(gnu: Gnu, name: str, relax: bool) -> None:
    source = SOURCES[name]
    ours = own_sections(own_object(source, relax=relax))
    theirs = gnu.sections(source, relax=relax)
    assert ours.keys() == theirs.keys()
    for section, (data, relocations) in theirs.items():
        assert ours[section][0].hex() == data.hex(), section
        assert ours[section][1] == relocations, section


@pytest.mark.parametrize("name", ["numbers", "branches", "code alignment", "comments", "floats"])
def test_source_equals_gnu_for_rv32(gnu: Gnu, name: str) -> None:
    source = SOURCES[name]
    assert own_sections(own_object(source, "rv32gc")) == gnu.sections(source, "rv32gc")


def test_csr_names(gnu: Gnu) -> None:
    names = "fflags frm fcsr cycle time instret mstatus mtvec mepc mcause mhartid misa satp sstatus"
    lines = [f"csrr a0, {name}\ncsrw {name}, a1" for name in names.split()]
    source = "\n".join([*lines, "csrrwi a0, 0x7c0, 5", "csrrs x0, 0xc00, x0", ""])
    assert own_sections(own_object(source)) == gnu.sections(source)
