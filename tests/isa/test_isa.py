"""Sets of extensions: what goes together, what a word means, who may share words."""

from __future__ import annotations

import pytest

from rvx.extensions import catalogue, isa_for, load
from rvx.isa import Decoded, Extension, Isa, IsaError

BITS = "0000000 rs2 rs1 000 rd 0001011"
WIDE_BITS = "imm[6:0] rs2 rs1 000 rd 0001011"


def extension(name: str, *declared: tuple[str, str], **options: object) -> Extension:
    made = Extension(name, version="1.0", **options)  # type: ignore[arg-type]
    for syntax, bits in declared:
        made.encoding(syntax, bits)
    return made


def test_the_first_matching_instruction_is_decoded() -> None:
    isa = Isa([extension("Xa", ("foo rd, rs1, rs2", BITS))])
    decoded = isa.decode(0x00C5850B)
    assert decoded is not None
    assert decoded.instruction.mnemonic == "foo"
    assert decoded.values == {"rd": 10, "rs1": 11, "rs2": 12}
    assert isa.decode(0x02C5850B) is None
    assert isa.decode(0x8508) is None


def test_words_that_two_instructions_share_are_refused() -> None:
    one, two = (
        extension("Xa", ("foo rd, rs1, rs2", BITS)),
        extension("Xb", ("bar rd, rs1, rs2, imm", WIDE_BITS)),
    )
    with pytest.raises(IsaError) as error:
        Isa([one, two])
    assert str(error.value) == (
        "Xa 'foo' and Xb 'bar' share words, such as 0x0000000b; leave out one of the extensions, "
        "or list the other mnemonic under overlaps"
    )


def test_shared_words_may_be_allowed_and_mean_the_stricter_one() -> None:
    one = extension("Xa", ("foo rd, rs1, rs2", BITS))
    two = Extension("Xb", version="1.0")
    two.encoding("bar rd, rs1, rs2, imm", WIDE_BITS, overlaps=["foo"])
    isa = Isa([two, one])
    names = [isa.decode(word).instruction.mnemonic for word in (0x0000000B, 0x0200000B)]  # type: ignore[union-attr]
    assert names == ["foo", "bar"]


@pytest.mark.parametrize("order", [("Xa", "Xb"), ("Xb", "Xa")])
def test_an_extension_that_supersedes_another_has_the_mnemonics_of_both(
    order: tuple[str, str],
) -> None:
    made = {
        "Xa": extension("Xa", ("foo rd, rs1, rs2", BITS), ("qux rd", "0" * 20 + " rd 0101011")),
        "Xb": extension("Xb", ("foo rd, rs1, rs2", BITS), supersedes=["Xa"]),
    }
    isa = Isa([made[name] for name in order])
    assert isa.instructions["foo"].extension == "Xb"
    assert isa.instructions["qux"].extension == "Xa"
    decoded = isa.decode(0x00C5850B)
    assert decoded is not None
    assert decoded.instruction.extension == "Xb"


def test_reserved_operands_keep_patterns_apart() -> None:
    one = extension("Xa", ("c.foo sp, imm:s!0", "011 imm[5] 00010 imm[4:0] 01"))
    two = extension("Xb", ("c.bar rd:x!2, imm:s!0", "011 imm[5] rd imm[4:0] 01"))
    isa = Isa([one, two])
    for word, name in ((0x6105, "c.foo"), (0x6085, "c.bar")):
        decoded = isa.decode(word)
        assert decoded is not None
        assert decoded.instruction.mnemonic == name
    assert isa.decode(0x6101) is None, "0 is reserved in both"


@pytest.mark.parametrize(
    ("extensions", "sentence"),
    [
        (
            [extension("Xb", requires=["Xa"])],
            "Xb needs Xa, which is not loaded",
        ),
        (
            [extension("Xa"), extension("Xb", conflicts={"Xa": "both claim custom-3"})],
            "Xb and Xa cannot be loaded together: both claim custom-3",
        ),
        (
            [
                extension("Xa", ("foo rd, rs1, rs2", BITS)),
                extension("Xb", ("foo rd, rs1, rs2", BITS)),
            ],
            "Xa and Xb both declare 'foo'; load one of them",
        ),
    ],
)
def test_what_does_not_go_together_is_said(extensions: list[Extension], sentence: str) -> None:
    with pytest.raises(IsaError) as error:
        Isa(extensions)
    assert str(error.value) == sentence


def test_state_and_register_files_must_agree() -> None:
    one, two = extension("Xa"), extension("Xb")
    one.state("quire", 8)
    two.state("quire", 16)
    with pytest.raises(IsaError, match="Xb: state 'quire' is declared differently elsewhere"):
        Isa([one, two])
    three, four = extension("Xa"), extension("Xb")
    three.register_file("p", count=32, bits=32)
    four.register_file("p", count=32, bits=64)
    with pytest.raises(IsaError, match="Xb: register file 'p' is declared differently"):
        Isa([three, four])


def test_xlen_is_32_or_64() -> None:
    with pytest.raises(IsaError, match="XLEN is 32 or 64, not 128"):
        Isa([], 128)


def test_instructions_of_the_other_width_are_left_out() -> None:
    assert "ld" in isa_for("rv64i").instructions
    assert "ld" not in isa_for("rv32i").instructions
    assert isa_for("rv32i").decode(0x00003083) is None


def test_compressed_instructions_need_what_they_abbreviate() -> None:
    assert "c.fld" in isa_for("rv64idc").instructions
    assert "c.fld" not in isa_for("rv64ic").instructions
    assert isa_for("rv64ic").decode(0x2000) is None
    assert "c.flw" in isa_for("rv32ifc").instructions


def test_decoded_compressed_words_expand() -> None:
    isa = isa_for("rv64gc")
    decoded = isa.decode(0x852E)
    assert decoded is not None
    assert decoded.instruction.mnemonic == "c.mv"
    assert decoded.expanded == Decoded(
        isa.instructions["add"], 0x852E, {"rd": 10, "rs1": 0, "rs2": 11}
    )
    plain = isa.decode(0x00B50533)
    assert plain is not None
    assert plain.expanded is plain


def test_registers_by_every_spelling() -> None:
    registers = isa_for("rv64gc").registers
    for name, number in (("x8", 8), ("s0", 8), ("fp", 8), ("zero", 0), ("t6", 31)):
        assert registers[name][1] == number
        assert registers[name][0].name == "x"
    assert registers["fs0"][0].name == "f"
    assert registers["f8"] == registers["fs0"]


def test_csr_names() -> None:
    isa = isa_for("rv64gc")
    assert isa.csr_names["mscratch"] == 0x340
    assert isa.csr_names["pmpaddr63"] == 0x3EF
    assert isa.csr_names["hpmcounter3h"] == 0xC83
    assert isa.csr_names["mbadaddr"] == 0x343
    assert isa.printed_csr_names[0x343] == "mtval"
    assert {name for name in isa.csrs} >= {"fflags", "frm", "fcsr"}


@pytest.mark.parametrize("xlen", [32, 64])
def test_every_pair_of_shipped_extensions_goes_together_or_says_why(xlen: int) -> None:
    shipped = [load(name) for name in catalogue.SHIPPED]
    base = [load(name) for name in "i zicsr f".split()]
    for one in shipped:
        for two in shipped:
            chosen = {each.name: each for each in (*base, one, two)}
            needed = {name for each in chosen.values() for name in each.requires}
            chosen |= {name: load(name) for name in needed}
            message = refusal(list(chosen.values()), xlen)
            if message is not None:
                for each in (one, two):
                    assert any(name in message for name in (each.name, *each.requires)), message
                assert {one.name.lower(), two.name.lower()} & catalogue.NOT_BY_DEFAULT, message


def refusal(extensions: list[Extension], xlen: int) -> str | None:
    try:
        Isa(extensions, xlen)
    except IsaError as error:
        return str(error)
    return None
