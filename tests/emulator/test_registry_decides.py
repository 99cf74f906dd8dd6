"""What is declared decides what runs: users' instructions, absent extensions, reserved words."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for
from rvx.isa import Extension

EXIT = "\n li a7, 93\n ecall\n"
WAYS: dict[str, dict[str, Any]] = {
    "region": {"tier": "region"},
    "inline": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "python": {"backend": "python"},
}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = request.param
    return chosen


def run(text: str, march: str, way: dict[str, Any], *extra: Extension) -> RunResult:
    isa = isa_for(march, extra=extra)
    program = assemble(f".globl _start\n_start: {text}", isa).to_elf()
    return Machine(program, isa, memory=1 << 16, **way).run()


def _doubling() -> Extension:
    ext = Extension("Xdbl", version="0.1")

    @ext.instruction("c.dbl rd:xc", "1000 0000 000 rd 00")
    def c_dbl(rd: int) -> int:
        """rd = 2 rd, where all standard words are reserved."""
        return 2 * rd

    return ext


def test_a_compressed_instruction_of_ones_own(way: dict[str, Any]) -> None:
    result = run(f"li a0, 21\n c.dbl a0 {EXIT}", "rv64gc", way, _doubling())
    assert result.exit_code == 42
    loop = "li a1, 100\n li a2, 0\n1: li a0, 21\n c.dbl a0\n add a2, a2, a0\n addi a1, a1, -1\n"
    result = run(f"{loop} bnez a1, 1b\n andi a0, a2, 255 {EXIT}", "rv64gc", way, _doubling())
    assert result.exit_code == 4200 % 256
    assert result.by_mnemonic["c.dbl"] == 100


def test_the_space_of_an_absent_extension_is_free(way: dict[str, Any]) -> None:
    ext = Extension("Xq", version="0.1")

    @ext.instruction("qmul rd, rs1, rs2", "0000001 rs2 rs1 000 rd 0110011")
    def qmul(rs1: int, rs2: int) -> int:
        """Where M has mul."""
        return rs1 * rs2 + 1000

    @ext.instruction("fx rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1010011")
    def fx(rs1: int, rs2: int) -> int:
        """Where F has fadd.s."""
        return rs1 + rs2

    text = "li a1, 7\n li a2, 3\n qmul a0, a1, a2\n fx a3, a1, a2\n add a0, a0, a3"
    assert run(text + EXIT, "rv64ic", way, ext).exit_code == 1031 % 256


def _approximate() -> Extension:
    ext = Extension("Xapprox", version="0.1", supersedes=("M", "I"))

    @ext.instruction("mul rd, rs1, rs2", "0000001 rs2 rs1 000 rd 0110011")
    def mul(rs1: int, rs2: int) -> int:
        """Without the low three bits."""
        return rs1 * rs2 & ~7

    @ext.instruction("add rd, rs1, rs2", "0000000 rs2 rs1 000 rd 0110011")
    def add(rs1: int, rs2: int) -> int:
        """One too many, unless it moves."""
        return rs1 + rs2 + (rs1 != 0 and rs2 != 0)

    return ext


def test_a_base_instruction_declared_anew_is_performed_by_its_body(way: dict[str, Any]) -> None:
    text = f"li a1, 7\n li a2, 3\n mul a0, a1, a2 {EXIT}"
    assert run(text, "rv64gc", way, _approximate()).exit_code == 16
    for add in ("add a0, a0, a1", "c.add a0, a1"):
        text = f"li a0, 20\n li a1, 7\n {add} {EXIT}"
        assert run(text, "rv64gc", way, _approximate()).exit_code == 28, add
        assert run(text, "rv64gc", way).exit_code == 27, add


@pytest.mark.parametrize(
    ("march", "word"),
    [
        ("rv64ia", ".word 0x02a50533"),  # mul a0, a0, a0
        ("rv64im", ".word 0x00b5252f"),  # amoadd.w a0, a1, (a0)
        ("rv64im", ".word 0xf2000053"),  # fmv.d.x ft0, zero
        ("rv64if", ".word 0xf2000053"),
        ("rv64ic", ".word 0x34001073"),  # csrw mscratch, zero
        ("rv64ic", ".word 0x0000100f"),  # fence.i
        ("rv64gc", ".half 0x9d61"),  # c.zext.b a0 of Zcb
        ("rv64gc", ".half 0x8000"),  # c.lbu of Zcb
        ("rv32gc", ".half 0x9c01"),  # c.subw of RV64
        ("rv64g", ".half 0x0505"),  # c.addi a0, 1
        ("rv64gc", ".half 0"),
    ],
)
def test_words_that_the_isa_does_not_have_trap(march: str, word: str, way: dict[str, Any]) -> None:
    result = run(f"li a0, 21\n nop\n {word}\n.balign 4\n {EXIT}", march, way)
    assert result.trap is not None
    assert result.trap.message.startswith("illegal instruction at 0x8000000")
    assert result.instructions == 2
    assert result.value == 21


@pytest.mark.parametrize("frm", range(8))
def test_reserved_rounding_modes_trap(frm: int, way: dict[str, Any]) -> None:
    text = f"li t0, {frm}\n fsrm t0\n fcvt.d.l fa0, t0\n fadd.d fa0, fa0, fa0\n li a0, 0 {EXIT}"
    for also in ("", "fadd.s fa1, fa2, fa3"):
        result = run(f"{text} {also}", "rv64gc", way)
        if frm <= 4:
            assert (result.exit_code, result.trap) == (0, None)
        else:
            assert result.trap is not None
            assert result.trap.message.endswith(f"frm holds {frm}, which is no rounding mode")


def test_wfi_does_not_wait(way: dict[str, Any]) -> None:
    assert run(f"wfi\n li a0, 0 {EXIT}", "rv64gc", way).exit_code == 0


@pytest.mark.parametrize("size", ["w", "d"])
def test_atomics_have_to_be_aligned(size: str, way: dict[str, Any]) -> None:
    for instruction in (f"amoadd.{size} a0, a3, (a1)", f"sc.{size} a0, a3, (a1)"):
        text = f"la a1, d + 1\n {instruction} {EXIT} .data\n .balign 8\nd: .dword 0, 0"
        trap = run(text, "rv64gc", way).trap
        assert trap is not None
        assert trap.message.startswith("misaligned store or atomic access at 0x8000000")
        assert f": {4 if size == 'w' else 8} bytes at 0x" in trap.message


@pytest.mark.parametrize(
    "jump",
    ["la a1, 1f + 2\n jalr a0, 0(a1)\n1: nop", ".word 0x0060056f", ".word 0x00000363"],
    ids=["jalr", "jal a0, 6", "beq zero, zero, 6"],
)
def test_without_compressed_instructions_targets_are_multiples_of_four(
    jump: str, way: dict[str, Any]
) -> None:
    text = f"li a0, 21\n {jump}\n nop\n nop {EXIT}"
    trap = run(text, "rv64g", way).trap
    assert trap is not None
    assert trap.message.startswith("jump to a misaligned address at 0x800000")
    result = run(text, "rv64g", way)
    assert result.value == 21, "nothing was written"


def test_half_of_an_instruction_that_looks_like_a_refused_word(way: dict[str, Any]) -> None:
    """A jump into the middle of lui reaches 0x8000, which is reserved, only in the second round."""
    text = """li a0, 0
        li a1, 2
        j 2f
    1:  lui a2, 0x80000
        addi a0, a0, 1
        addi a1, a1, -1
        beqz a1, 3f
    2:  j 1b
    3:  la a3, 1b + 2
        jr a3"""
    result = run(text, "rv64gc", way)
    assert result.trap is not None
    assert ", word 8000, which is no instruction" in result.trap.message
    assert result.value == 2


def test_reserved_words_written_at_run_time_trap(way: dict[str, Any]) -> None:
    text = f"""la a1, 1f
        li a2, 0x8000
        li a3, 2
    1:  c.addi a0, 1
        c.addi a3, -1
        sh a2, 0(a1)
        fence.i
        bnez a3, 1b {EXIT}"""
    isa = isa_for("rv64gc")
    source = f'.section .code, "awx"\n.globl _start\n_start: {text}'
    result = Machine(assemble(source, isa).to_elf(), isa, memory=1 << 16, **way).run()
    assert result.trap is not None
    assert ", word 8000, which is no instruction" in result.trap.message
    assert result.value == 1


def test_the_assembler_does_not_abbreviate_by_what_is_declared_anew(way: dict[str, Any]) -> None:
    ext = Extension("Xc", version="0.1", supersedes=("C",))

    @ext.instruction("c.addi rd, imm", "000 imm[5] rd imm[4:0] 01", writes=("rd",))
    def c_addi(rd: int, imm: int) -> int:
        """Adds twice."""
        return rd + 2 * imm

    @ext.instruction("c.mv rd, rs2", "1000 rd rs2 10", overlaps=("c.jr",))
    def c_mv(rs2: int) -> int:
        """Moves the negative."""
        return -rs2

    text = f"li a0, 5\n addi a0, a0, 1\n mv a1, a0\n c.addi a0, 10\n add a0, a0, a1\n nop {EXIT}"
    assert run(text, "rv64gc", way, ext).exit_code == 32
    assert run(text, "rv64gc", way).exit_code == 22


def triple(rd: int) -> int:
    """Tells how often it was performed."""
    return 3 * rd + 1


def nothing() -> None:
    """Does nothing."""


STEPS = {"sub", "bne", "ecall"}
"""What the loop around them is made of."""


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc"])
def test_every_base_instruction_declared_anew_is_performed_by_its_body(
    march: str, way: dict[str, Any]
) -> None:
    base = isa_for(march)
    anew = [
        made
        for made in base.instructions.values()
        if made.is_core and made.mnemonic not in STEPS and not made.mnemonic.startswith("c.")
    ]
    if way == WAYS["region"]:
        anew = anew[::9]  # A body is compiled for each instruction.
    ext = Extension("Xanew", version="0.1", supersedes={made.extension for made in anew})
    for made in anew:
        operands, bits = made.syntax.text, made.pattern.text
        body = triple if "rd" in made.operands else nothing
        ext.instruction(operands, bits, overlaps=made.overlaps)(body)
    isa = isa_for(march, extra=[ext])
    words, tripled = [], {"x": 0, "f": 0}
    for made in anew:
        mine = isa.instructions[made.mnemonic]
        word = mine.pattern.match
        for name, operand in mine.operands.items():
            word |= operand.field.insert(10 if name == "rd" else 1)
        found = isa.decode(word)
        assert found is not None
        assert found.instruction.extension == "Xanew", made.mnemonic
        words.append(f".word {word:#x}")
        rd = mine.operands.get("rd")
        if rd is not None:
            tripled[rd.kind.name[0]] += 1
    times = 300
    loop = "\n ".join([*words, "sub s0, s0, s1", "bne s0, zero, 1b", "ecall"])
    program = assemble(f".globl _start\n.option norvc\n_start:\n1: {loop}\n", isa)
    machine = Machine(program, isa, memory=1 << 16, **way)
    machine.set_register("s0", times)
    machine.set_register("s1", 1)
    machine.set_register("a7", 93)
    result = machine.run()
    assert result.trap is None
    assert len(words) > 10
    assert result.instructions == times * (len(words) + 2) + 1
    for register, file, width in (("a0", "x", isa.xlen), ("fa0", "f", 64)):
        expected = (3 ** (times * tripled[file]) - 1) // 2
        assert machine.register(register) % 2**width == expected % 2**width
