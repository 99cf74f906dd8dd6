"""Xposit: encodings, names and pseudo-instructions, in the order of the published tables."""

from __future__ import annotations

import pytest

from rvx.assembler import assemble
from rvx.assembler.diagnostics import AssemblyError
from rvx.disassembler import format_instruction
from rvx.extensions import isa_for, load
from rvx.extensions.xposit import CORES
from rvx.isa import Isa, IsaError

CUSTOM_0 = ("xposit", "xposit64", "xpositstd", "xposit64std", "xpercival", "xpositlog")
CUSTOM_1 = ("xposit1", "xposit1p16", "xposit1p8")
RS2, RS1, RD = 31 << 20, 31 << 15, 31 << 7

# Mnemonic: match, the fields that hold no operand, and register files, of custom-0.
TABLE = {
    "padd.s": (0x0400000B, 0, "ppp"),
    "psub.s": (0x0C00000B, 0, "ppp"),
    "pmul.s": (0x1400000B, 0, "ppp"),
    "pdiv.s": (0x1C00000B, 0, "ppp"),
    "pmin.s": (0x2400000B, 0, "ppp"),
    "pmax.s": (0x2C00000B, 0, "ppp"),
    "psqrt.s": (0x3400000B, RS2, "pp"),
    "qmadd.s": (0x3C00000B, RD, "pp"),
    "qmsub.s": (0x4400000B, RD, "pp"),
    "qclr.s": (0x4C00000B, RS2 | RS1 | RD, ""),
    "qneg.s": (0x5400000B, RS2 | RS1 | RD, ""),
    "qround.s": (0x5C00000B, RS2 | RS1, "p"),
    "pcvt.w.s": (0x6400000B, RS2, "xp"),
    "pcvt.wu.s": (0x6C00000B, RS2, "xp"),
    "pcvt.l.s": (0x7400000B, RS2, "xp"),
    "pcvt.lu.s": (0x7C00000B, RS2, "xp"),
    "pcvt.s.w": (0x8400000B, RS2, "px"),
    "pcvt.s.wu": (0x8C00000B, RS2, "px"),
    "pcvt.s.l": (0x9400000B, RS2, "px"),
    "pcvt.s.lu": (0x9C00000B, RS2, "px"),
    "psgnj.s": (0xA400000B, 0, "ppp"),
    "psgnjn.s": (0xAC00000B, 0, "ppp"),
    "psgnjx.s": (0xB400000B, 0, "ppp"),
    "pmv.x.w": (0xBC00000B, RS2, "xp"),
    "pmv.w.x": (0xC400000B, RS2, "px"),
    "peq.s": (0xCC00000B, 0, "xpp"),
    "plt.s": (0xD400000B, 0, "xpp"),
    "ple.s": (0xDC00000B, 0, "xpp"),
}
# What llvm-xposit writes into rs2 although there is no operand.
LLVM_RS2 = {"pcvt.lu.s": 3, "pcvt.s.l": 2, "pcvt.s.lu": 3}
MEMORY_0 = {"plw": 0x100B, "psw": 0x300B, "pld": 0x500B, "psd": 0x600B}
MEMORY_1 = {"plw": 0x502B, "psw": 0x602B}
NUMBERS = {"rd": 7, "rs1": 15, "rs2": 20}


def isa_of(name: str, xlen: int = 64) -> Isa:
    return isa_for(f"rv{xlen}gc_{name}")


def words(text: str, isa: Isa) -> list[int]:
    data = assemble(".option norvc\n.text\n" + text, isa).section(".text").data
    return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]


def as_custom_1(match: int) -> int:
    return match & ~0x7FFF | 0x702B


def test_there_are_28_computing_instructions() -> None:
    assert len(TABLE) == 28
    assert [match >> 27 for match, _, _ in TABLE.values()] == list(range(28))


@pytest.mark.parametrize("name", [*CUSTOM_0, *CUSTOM_1])
def test_every_row_of_the_table_and_nothing_else(name: str) -> None:
    memory = MEMORY_1 if name in CUSTOM_1 else MEMORY_0
    if "64" not in name:
        memory = {key: match for key, match in memory.items() if key in ("plw", "psw")}
    made = {each.mnemonic: each for each in load(name).instructions.values()}
    assert set(made) == set(TABLE) | set(memory)
    for mnemonic, (row_match, absent, files) in TABLE.items():
        match = as_custom_1(row_match) if name in CUSTOM_1 else row_match
        pattern = made[mnemonic].pattern
        # Coprosit's decoder wants zeros in the fields without operands, PERCIVAL's any bits.
        operands = (RS2 | RS1 | RD) & ~absent
        ignored = absent if name in CUSTOM_0 else 0
        assert pattern.match == match, mnemonic
        assert pattern.mask == 0xFFFFFFFF & ~operands & ~ignored, mnemonic
        kinds = [operand.kind.file.name for operand in made[mnemonic].operands.values()]
        assert "".join(kinds) == files, mnemonic
        assert made[mnemonic].xlens == ((64,) if ".l" in mnemonic else (32, 64)), mnemonic
    for mnemonic, match in memory.items():
        assert made[mnemonic].pattern.match == match, mnemonic
        assert made[mnemonic].pattern.mask == 0x707F, mnemonic


@pytest.mark.parametrize("mnemonic", TABLE)
@pytest.mark.parametrize("name", ["xposit", "xposit64", "xposit1"])
def test_words_are_those_of_llvm_xposit(name: str, mnemonic: str) -> None:
    isa = isa_of(name)
    match = TABLE[mnemonic][0]
    operands, word = [], as_custom_1(match) if name in CUSTOM_1 else match
    for number, (operand, made) in enumerate(isa.instructions[mnemonic].operands.items(), 5):
        operands.append(f"{made.kind.file.name}{number}")
        word |= number << NUMBERS[operand]
    if name in CUSTOM_0:
        word |= LLVM_RS2.get(mnemonic, 0) << 20
    assert words(f"{mnemonic} {', '.join(operands)}", isa) == [word]


@pytest.mark.parametrize("mnemonic", [m for m, (_, absent, _) in TABLE.items() if absent])
def test_the_decoder_ignores_fields_without_operands_as_the_hardware_does(mnemonic: str) -> None:
    match, absent, _ = TABLE[mnemonic]
    for rubbish in (0, absent, absent & 0x0AAAAA80, absent & 0x00555580):
        found = isa_of("xposit").decode(match | rubbish)
        assert found is not None
        assert found.instruction.mnemonic == mnemonic
    strict = isa_of("xposit1")
    assert strict.decode(as_custom_1(match)) is not None
    assert strict.decode(as_custom_1(match) | absent & -absent) is None


@pytest.mark.parametrize("funct5", range(28, 32))
def test_reserved_operations_are_illegal(funct5: int) -> None:
    assert isa_of("xposit").decode(funct5 << 27 | 0x0400000B) is None
    assert isa_of("xposit1").decode(funct5 << 27 | 0x0400702B) is None


def test_other_formats_and_the_loads_of_a_quire_are_illegal() -> None:
    isa = isa_of("xposit64")
    assert [isa.decode(0x0000000B | fmt << 25) is None for fmt in range(4)] == [1, 1, 0, 1]
    assert isa.decode(0x0000200B) is None
    assert isa.decode(0x0000400B) is None
    assert isa.decode(0x0400700B) is None


@pytest.mark.parametrize(
    ("text", "custom_0", "custom_1"),
    [
        ("plw pa0, 8(a1)", 0x0085950B, 0x0085D52B),
        ("plw p10, (x11)", 0x0005950B, 0x0005D52B),
        ("psw ps11, -4(sp)", 0xFFB13E0B, 0xFFB16E2B),
        ("psw p27, (x2)", 0x01B1300B, 0x01B1602B),
    ],
)
def test_loads_and_stores(text: str, custom_0: int, custom_1: int) -> None:
    assert words(text, isa_of("xposit")) == [custom_0]
    assert words(text, isa_of("xposit1p8")) == [custom_1]


def test_loads_and_stores_of_64_bits() -> None:
    isa = isa_of("xposit64")
    assert words("pld pt0, 16(a0)\npld pt0, (a0)", isa) == [0x0105500B, 0x0005500B]
    assert words("psd pt1, 16(a0)\npsd pt1, (a0)", isa) == [0x0015680B, 0x0015600B]
    with pytest.raises(AssemblyError, match="pld"):
        words("pld pt0, 0(a0)", isa_of("xposit"))


@pytest.mark.parametrize(
    ("mnemonic", "second"),
    [("plw", 0x0002900B), ("psw", 0x0002B00B), ("pld", 0x0002D00B), ("psd", 0x0002E00B)],
)
def test_a_symbol_takes_a_register_for_its_address(mnemonic: str, second: int) -> None:
    text = f"here: nop\n{mnemonic} pt0, here, t0\n"
    made = words(text, isa_of("xposit64"))
    assert made[1] == 0x00000297  # auipc t0, 0
    # The low part is that of here, 4 bytes before the auipc.
    low = 0xFFC00000 if mnemonic in ("plw", "pld") else 0xFE000E00
    assert made[2] == second | low
    with pytest.raises(AssemblyError, match=f"write: {mnemonic} pt0, here, t0"):
        words(f"here: nop\n{mnemonic} pt0, here\n", isa_of("xposit64"))


@pytest.mark.parametrize(
    ("written", "means", "is_printed"),
    [
        ("pmv.s pa0, pa1", "psgnj.s pa0, pa1, pa1", True),
        ("pabs.s pa0, pa1", "psgnjx.s pa0, pa1, pa1", True),
        ("pneg.s pa0, pa1", "psgnjn.s pa0, pa1, pa1", True),
        ("pgt.s a0, pa1, pa2", "plt.s a0, pa2, pa1", False),
        ("pge.s a0, pa1, pa2", "ple.s a0, pa2, pa1", False),
        ("pmv.s.x pa0, a1", "pmv.w.x pa0, a1", False),
        ("pmv.x.s a0, pa1", "pmv.x.w a0, pa1", False),
    ],
)
@pytest.mark.parametrize("name", ["xposit", "xposit1"])
def test_aliases(name: str, written: str, means: str, is_printed: bool) -> None:
    isa = isa_of(name)
    (word,) = words(written, isa)
    assert words(means, isa) == [word]
    decoded = isa.decode(word)
    assert decoded is not None
    shown = format_instruction(decoded, isa)
    assert shown == (written if is_printed else means).replace(", ", ",")


def test_registers_have_two_names() -> None:
    abi = [f"pt{i}" for i in range(8)] + ["ps0", "ps1"] + [f"pa{i}" for i in range(8)]
    abi += [f"ps{i}" for i in range(2, 12)] + [f"pt{i}" for i in range(8, 12)]
    isa = isa_of("xposit")
    for number, name in enumerate(abi):
        expected = 0x5C00000B | number << 7
        assert words(f"qround.s {name}\nqround.s p{number}", isa) == [expected] * 2
        decoded = isa.decode(expected)
        assert decoded is not None
        assert format_instruction(decoded, isa) == f"qround.s {name}"


@pytest.mark.parametrize("name", [*CUSTOM_0, *CUSTOM_1])
def test_only_one_at_a_time(name: str) -> None:
    for other in {*CUSTOM_0, *CUSTOM_1} - {name}:
        with pytest.raises(IsaError, match="another width, encoding or meaning"):
            Isa([load("i"), load(name), load(other)])


def test_every_variant_is_listed() -> None:
    assert {name.lower() for name in CORES} == {*CUSTOM_0, *CUSTOM_1}


def test_conversions_of_64_bits_need_rv64() -> None:
    for name in ("xposit", "xposit1"):
        missing = set(isa_of(name).instructions) - set(isa_of(name, 32).instructions)
        assert {m for m in missing if m.startswith("p")} == {
            *("pcvt.l.s", "pcvt.lu.s", "pcvt.s.l", "pcvt.s.lu")
        }
