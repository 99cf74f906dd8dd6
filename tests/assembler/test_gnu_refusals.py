"""What must not be taken in silence: every line here is an error for GNU as, and for rvx."""

import pytest

from rvx.assembler import AssemblyError

from .conftest import ABIS, Gnu, own_object

DROPPED_OPERATORS = """
la a0, %hi(x)
la a0, %lo(x)
la a0, %lo(x) + 4
lla a0, %pcrel_hi(x)
lla a0, x@plt
call %lo(f)
tail %hi(f)
jump %lo(f), t0
jump f@plt, t0
j f@plt
jal f@plt
beqz a0, f@plt
csrrs a0, %lo(x), a0
li a0, %hi(x)
li a0, 4 + %lo(8)
sw a0, %hi(x)(a0)
addi a0, a0, 2 * %lo(x)
.word %lo(x)
"""
REGISTERS_AS_NUMBERS = """
.insn i 0x0b, 0, a0, a1, a2
.insn r 0x0b, 0, 0, a0, a1, 5
.insn r 0x0b, 0, a2, a0, a1, a2
.insn u 0x0b, a0, a1
.insn s 0x0b, 0, a0, 4(5)
.insn sb 0x0b, 0, a0, 1, 1f; 1:
addi a0, a0, a1
fence 1, rw
fence wr, rw
c.nop 0
lui a0, -11
lui a0, 1; lui a0, 2; lui a0, -11
"""
CHANGING_DISTANCES = """
a: call f; b: li a0, b - a
a: lla a0, f; b: li a0, b - a
a: nop; .balign 8; b: li a0, b - a
a: call f; b: .equ x, b - a; li a0, x
a: call f; b: lui a0, %hi(b - a)
a: call f; b: addi a0, a0, %lo(b - a)
a: call f; b: addi a0, a0, b - a
a: call f; b: lw a0, b - a(a0)
a: call f; b: .uleb128 b - a
a: call f; b: .insn i 0x0b, 0, a0, a0, b - a
"""
NO_SYMBOLS_FOR_IT = """
.comm c, 8; .set x, c
.comm c, 8; x = c + 4
.set x, c; .comm c, 8
.comm c, 8; .dtprelword c
.cfi_startproc; .cfi_val_encoded_addr 8, 0x1b, 12; .cfi_endproc
"""
NAMES_TAKEN = """
.equiv x, 5; .set x, 6
.equiv x, 5; x: nop
.equiv x, 8; .comm x, 8
x == 4; x: nop
x: nop; x = 5
.set x, 5; x: nop; .set x, 6
one: nop; .set x, one; j x; .set x, 1
.weakref x, y; x: nop
.weakref x, y; .set x, 3
.weakref x, y; .comm x, 4
.comm x, 8; .size x, . - x
.comm x, 8; .size x, nowhere
call a; .symver a, b@V1; .symver a, c@V2
.globl a; call a; .symver a, b@@V1
.symver a, b@V1, nonsense
"""
OUT_OF_RANGE = """
.word a + 0x100000000
.data; .half a - b + 0x10000
.ifgt 0x10000000000000000; .endif
.struct 0; .reloc 0, R_RISCV_NONE
.reloc 0, R_RISCV_32, 1f; nop; 1:
.attribute priv_spec, 2
.data; .byte 1; .balignw 4, 5
.byte 1, 2; .balignl 4, 5
.set x, -0x10000000000000000
.attribute 12, -1
.cfi_sections .debug_frame; .cfi_startproc; .cfi_endproc; .cfi_sections .eh_frame
"""
FOR_RV32 = """
tail 0x100000000
call a + 0x100000000
lui a0, %hi(a + 0x100000000)
lui a0, -0x100000000
lui a0, 0xffffffff
c.addi a0, 0xffffffff
c.li a0, 0xffffffff
c.andi a0, 0xffffffff
.insn ci C1, 1, a0, 0xffffffff
.insn u OP, a0, -0x100000000
"""
NUMBERED_LABELS = """
2147483648: nop
4294967297: nop; j 4294967297b
j 99999999999f; 99999999999: nop
99999999999999999999999: nop
"5": nop; j 5b
"""
FAR_AWAY = """
la a0, x + 0x80000000
lla a0, x - 0x80000001
x: nop; la a0, x + 0x100000000
.set y, x + 0x100000000; la a0, y
lw a0, x + 0x100000000
sw a0, x - 0x100000000, t0
flw fa0, x + 0x100000000, t0
la.tls.gd a0, x + 0x100000000
lui a0, %hi(x + 0x100000000)
lui a0, %tprel_hi(x - 0x100000000)
addi a0, a0, %lo(x + 0x100000000)
auipc a0, %pcrel_hi(x + 0x100000000)
j x + 0x100000000
beqz a0, x - 0x100000000
.insn j 0x6f, a0, x + 0x100000000
.dtprelword x + 0x100000000
"""
WITH_NAMES = """
.globl NAME
.weak NAME, a
.local NAME
.hidden NAME
.protected NAME
.internal NAME
.size NAME, 4
.type NAME, @function
.comm NAME, 4
.tls_common NAME, 4
.lcomm NAME, 4
.set NAME, 4
.equiv NAME, 4
.eqv NAME, 4
.lsym NAME, 4
.weakref NAME, b
.weakref b, NAME
.symver NAME, a@V
.variant_cc NAME
.ifdef NAME; .endif
.ifndef NAME; .endif
.cfi_startproc; .cfi_label NAME; .cfi_endproc
"""
NO_NAMES = ["5x", "5", "1f", "a+1", "-a", "%a", "a@b", "(a)", "a b", 'a"b"', '"a"b', "a~b", ""]
NO_LABEL_FOLLOWS = """
j 1f
1: beqz a0, 1f
la a0, 1f
.word 1f
.word 1f - 1b; 1:
.equ q, 1f
.eqv q, 1f
.reloc ., R_RISCV_NONE, 1f
.cfi_startproc; .cfi_personality 0, 1f; .cfi_endproc
"""
TOO_MUCH = """
.section .a; .previous x
.pushsection .a; .popsection x
.cfi_startproc; .cfi_endproc x
.cfi_startproc; .cfi_remember_state x; .cfi_endproc
.cfi_startproc; .cfi_remember_state; .cfi_restore_state 1; .cfi_endproc
.cfi_startproc; .cfi_signal_frame x; .cfi_endproc
.cfi_startproc; .cfi_window_save x; .cfi_endproc
.if 1; .endif x
.altmacro x
.noaltmacro x
.macro m a:vararg, b; .endm
"""
MADE_UP_FOR = {".size , 4", ".comm a+1, 4", ".tls_common a+1, 4"}
"""What GNU as takes: a comma is missing, or a name."""
OTHER_NAMES = """
.irp 5x, 1; .endr
.irpc "x", 123; .endr
.section a b
.section .a.5 "a"
.pushsection a b
.section .text.a, "axG", @progbits, a b, comdat
.symver a, @V
"""
LINES = [*DROPPED_OPERATORS.split("\n"), *REGISTERS_AS_NUMBERS.split("\n")]
LINES = [*LINES, *(NO_SYMBOLS_FOR_IT + NAMES_TAKEN + OUT_OF_RANGE).split("\n")]
LINES += (CHANGING_DISTANCES + NUMBERED_LABELS + FAR_AWAY + OTHER_NAMES).split("\n")
LINES += (NO_LABEL_FOLLOWS + TOO_MUCH).split("\n")
LINES = [line for line in LINES if line]


@pytest.mark.parametrize("line", LINES)
def test_both_refuse(gnu: Gnu, line: str) -> None:
    _both_refuse(gnu, line, "rv64gc")


@pytest.mark.parametrize("line", WITH_NAMES.strip().split("\n"))
def test_both_refuse_what_is_no_name(gnu: Gnu, line: str) -> None:
    lines = {line.replace("NAME", name) for name in NO_NAMES}
    for each in lines - MADE_UP_FOR:
        _both_refuse(gnu, each, "rv64gc")


@pytest.mark.parametrize("line", FOR_RV32.strip().split("\n"))
def test_both_refuse_for_rv32(gnu: Gnu, line: str) -> None:
    _both_refuse(gnu, line, "rv32gc")


def _both_refuse(gnu: Gnu, line: str, march: str) -> None:
    with pytest.raises(AssemblyError) as refused:
        own_object(line, march, relax=True)
    assert all(each.message and "\n" not in each.message for each in refused.value.diagnostics)
    path = gnu.path(".s")
    path.write_text(line + "\n")
    flags = [f"-march={march}", f"-mabi={ABIS[march]}", "-o", str(gnu.path(".o"))]
    assert gnu.run("as", *flags, str(path)).returncode != 0


def test_distances_that_no_linker_changes_are_numbers() -> None:
    """GNU as refuses these too; they are right, and are listed on the page of differences."""
    made = own_object("a: nop; nop; b: li a0, b - a\n.option norelax\nc: call f; d: li a0, d - c")
    assert made.sections[0].data[4:6].hex() == "1145"
    assert made.sections[0].data[14:16].hex() == "2145"
