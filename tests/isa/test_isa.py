"""Sets of extensions: what goes together, what a word means, who may share words."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import pytest

from rvx.extensions import catalogue, isa_for, load
from rvx.isa import ClashError, Decoded, Extension, Isa, IsaError

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


def with_state(made: Extension) -> None:
    made.state("acc", 1)


def with_wider_state(made: Extension) -> None:
    made.state("acc", 2)


def with_registers(made: Extension) -> None:
    made.register_file("acc", count=4, bits=32)


def with_like_registers(made: Extension) -> None:
    made.register_file("w", count=2, bits=32, abi=("acc0", "acc1"))


def with_csr(made: Extension) -> None:
    made.csr("mine", 0x800)


def with_csr_there(made: Extension) -> None:
    made.csr("other", 0x800)


def with_csr_elsewhere(made: Extension) -> None:
    made.state("word", 1)
    made.csr("mine", 0x801, state="word")


CLASHES = [
    (with_state, with_state, "both declare the state 'acc'; choose another name, or let one of"),
    (with_state, with_wider_state, "both declare the state 'acc'; choose"),
    (with_state, with_registers, "both declare the register file 'acc'; choose"),
    (with_registers, with_registers, "both declare the register file 'acc'; choose"),
    (with_registers, with_like_registers, "both have a register 'acc0'; choose another name"),
    (with_csr, with_csr, "both declare the state 'mine'; choose"),
    (with_csr_elsewhere, with_csr, "both have a CSR 'mine'; choose another name"),
]


@pytest.mark.parametrize(("first", "second", "sentence"), CLASHES)
@pytest.mark.parametrize("is_turned", [False, True])
def test_state_of_two_extensions_does_not_collide_in_silence(
    first: Callable[[Extension], None],
    second: Callable[[Extension], None],
    sentence: str,
    is_turned: bool,
) -> None:
    one, two = extension("Xa"), extension("Xb")
    first(one)
    second(two)
    chosen = [two, one] if is_turned else [one, two]
    with pytest.raises(ClashError) as error:
        Isa(chosen)
    assert set(error.value.between) == {"Xa", "Xb"}
    names = " and ".join(made.name for made in chosen)
    same_kind = sentence.replace("register file 'acc'", "state 'acc'")
    assert str(error.value).startswith((f"{names} {sentence}", f"{names} {same_kind}"))


def test_two_csrs_at_one_address_are_refused() -> None:
    one, two = extension("Xa"), extension("Xb")
    with_csr(one)
    with_csr_there(two)
    with pytest.raises(ClashError) as error:
        Isa([one, two])
    assert str(error.value) == (
        "Xa 'mine' and Xb 'other' are both the CSR at 0x800; choose another address"
    )


@pytest.mark.parametrize("link", ["requires", "supersedes"])
def test_who_builds_on_an_extension_shares_its_state(link: str) -> None:
    one = extension("Xa")
    middle = extension("Xb", requires=["Xa"])
    top = extension("Xc", **{link: ["Xb"]})
    for made in (one, top):
        with_csr(made)
        with_state(made)
        with_like_registers(made)
    assert list(Isa([one, middle, top]).states) == ["mine", "acc"]
    other = extension("Xd", **{link: ["Xa"]})
    with_wider_state(other)
    with pytest.raises(ClashError, match=r"Xa and Xd both .* 'acc', and declare it differently"):
        Isa([one, other])


@pytest.mark.parametrize(
    ("name", "address", "sentence"),
    [
        ("mine", 0x001, "F 'fflags' and Xa 'mine' are both the CSR at 0x001; choose another"),
        ("mine", 0x003, "F 'fcsr' and Xa 'mine' are both the CSR at 0x003; choose another"),
        ("mine", 0x300, "Xa 'mine' is at 0x300, where Zicsr has the CSR 'mstatus'; choose an"),
        ("mstatus", 0x801, "Xa 'mstatus' at 0x801 has the name of a CSR of Zicsr at 0x300; choose"),
        ("fcsr", 0x801, "F and Xa both have a CSR 'fcsr'; choose another name"),
    ],
)
def test_csrs_of_the_standard_keep_their_places(name: str, address: int, sentence: str) -> None:
    one = extension("Xa", requires=["Zicsr"])
    one.state("word", 1)
    one.csr(name, address, state="word")
    with pytest.raises(ClashError) as error:
        Isa([*isa_for("rv64gc").extensions.values(), one])
    assert str(error.value).startswith(sentence)


def test_a_csr_that_is_only_named_may_be_held() -> None:
    one = extension("Xa", requires=["Zicsr"])
    one.csr("vxsat", 0x009, bits=1)
    isa = Isa([*isa_for("rv64gc").extensions.values(), one])
    assert isa.csrs["vxsat"].address == isa.csr_names["vxsat"]


@pytest.mark.parametrize(("name", "spelling"), [("a", "a0"), ("t", "t0"), ("ft", "ft0")])
def test_registers_of_the_base_keep_their_names(name: str, spelling: str) -> None:
    one = extension("Xa")
    one.register_file(name, count=4, bits=32)
    with pytest.raises(IsaError) as error:
        Isa([one])
    assert str(error.value) == (
        f"Xa: register '{spelling}' of the file '{name}' is a register of the base ISA; choose "
        f"another name"
    )


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
    shipped = [each for each in map(load, catalogue.SHIPPED) if each.instructions]
    base = [load(name) for name in "i zicsr".split()]
    without_floats = {
        each.name
        for each in shipped
        if any("F" in e.conflicts for e in catalogue.with_required([each]))
    }
    pairs = list(combinations(shipped, 2))
    if xlen == 32:  # The same words clash; what differs are a few dozen instructions.
        pairs = random.Random(32).sample(pairs, len(pairs) // 4)
    for one, two in pairs:
        floats = [] if {one.name, two.name} & without_floats else [load("f")]
        message = refusal(catalogue.with_required([*base, *floats, one, two]), xlen)
        if message is not None:
            for each in (one, two):
                names = {needed.name for needed in catalogue.with_required([each])}
                assert any(name in message for name in names), message
            # What is loaded by default is for RV64.
            is_left_out = {one.name.lower(), two.name.lower()} & catalogue.NOT_BY_DEFAULT
            assert is_left_out or xlen == 32, message


def refusal(extensions: list[Extension], xlen: int) -> str | None:
    try:
        Isa(extensions, xlen)
    except IsaError as error:
        return str(error)
    return None
