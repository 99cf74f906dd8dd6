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
LINES = [*DROPPED_OPERATORS.split("\n"), *REGISTERS_AS_NUMBERS.split("\n")]
LINES = [*LINES, *NO_SYMBOLS_FOR_IT.split("\n")]
LINES = [line for line in (*LINES, *CHANGING_DISTANCES.split("\n")) if line]


@pytest.mark.parametrize("line", LINES)
def test_both_refuse(gnu: Gnu, line: str) -> None:
    with pytest.raises(AssemblyError) as refused:
        own_object(line, relax=True)
    assert all(each.message and "\n" not in each.message for each in refused.value.diagnostics)
    path = gnu.path(".s")
    path.write_text(line + "\n")
    flags = ["-march=rv64gc", f"-mabi={ABIS['rv64gc']}", "-o", str(gnu.path(".o"))]
    assert gnu.run("as", *flags, str(path)).returncode != 0


def test_distances_that_no_linker_changes_are_numbers() -> None:
    """GNU as refuses these too; they are right, and are listed on the page of differences."""
    made = own_object("a: nop; nop; b: li a0, b - a\n.option norelax\nc: call f; d: li a0, d - c")
    assert made.sections[0].data[4:6].hex() == "1145"
    assert made.sections[0].data[14:16].hex() == "2145"
