"""ISA strings."""

import pytest

from rvx.extensions import isa_for, parse_march
from rvx.isa import IsaError


def test_g_stands_for_the_general_extensions() -> None:
    assert parse_march("rv64gc").names == (*tuple("imafd"), "zicsr", "zifencei", "c")
    assert parse_march("rv32imac").names == ("i", "m", "a", "c")
    assert parse_march("RV32IMAC").xlen == 32


def test_what_gcc_writes_is_read() -> None:
    text = "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0"
    march = parse_march(text)
    assert march.names == ("i", "m", "a", "f", "d", "c", "zicsr", "zifencei")
    assert march.versions["f"] == "2.2"
    assert march.versions["zicsr"] == "2.0"


def test_parts_are_left_out_beside_their_whole() -> None:
    assert parse_march("rv64i2p1_m2p0_zmmul1p0").names == ("i", "m")
    assert parse_march("rv64iac_zaamo_zalrsc_zca").names == ("i", "a", "c")
    assert parse_march("rv64i_zaamo_zca_zmmul").names == ("i", "zaamo", "zca", "zmmul")


def test_names_that_stand_for_several() -> None:
    assert parse_march("rv64ib").names == ("i", "zba", "zbb", "zbs")
    assert parse_march("rv64i_zkn").names[1:] == ("zbkb", "zbkc", "zbkx", "zkne", "zknd", "zknh")

    assert set(parse_march("rv64i_zk").names) == {*parse_march("rv64i_zkn").names, "zkr"}
    assert parse_march("rv32imf_zce").names[-5:] == ("zca", "zcb", "zcmp", "zcmt", "zcf")
    assert parse_march("rv64im_zce").names[-4:] == ("zca", "zcb", "zcmp", "zcmt")
    assert parse_march("rv64iv_zvkng").names[-4:] == ("zvkned", "zvknhb", "zvkb", "zvkg")
    assert parse_march("rv64iv_zvknha_zvksc").names[2:] == (
        *("zvknha", "zvksed", "zvksh", "zvkb", "zvbc"),
    )
    assert parse_march("rv64i_sstc_svpbmt_smstateen1p0").names == ("i",)


def test_profiles_are_isa_strings() -> None:
    assert parse_march("rva20u64").names == (*"imafdc", "zicsr")
    assert set(parse_march("rva22u64_zicond").names) > {"zba", "zbb", "zbs", "zicboz", "zicond"}
    for programs, systems in (("rva20u64", "rva20s64"), ("rva22u64", "rva22s64")):
        assert set(parse_march(systems).names) >= {*parse_march(programs).names, "zifencei"}
    assert {"zifencei", "svinval"} <= set(parse_march("rva22s64").names)
    # RVB23 has RVA23's instructions, but for vectors, halves and what belongs to them.
    rvb23, rva23 = (set(parse_march(name).names) for name in ("rvb23u64", "rva23u64"))
    assert rva23 - rvb23 == {"zfhmin", "v", "zvfhmin", "zvbb"}
    assert set(parse_march("rvb23s64").names) - rvb23 == {"zifencei", "svinval"}
    isa = isa_for("rva23u64")
    assert isa.vector is not None
    assert {"Zicond", "Zcb", "Zfa", "Zimop", "Zvbb"} <= set(isa.extensions)


@pytest.mark.parametrize(
    ("march", "said"),
    [
        ("rv64gch", "'h' in 'rv64gch' is not there: rvx has no hypervisor mode"),
        ("rv64gcq", "'q' in 'rv64gcq' is not there: rvx has no floating point of 128 bits"),
        ("rva23s64", "the profile 'rva23s64' is not there: rvx has no hypervisor mode; rva23u64"),
        ("rv64gc_shtvala", "there is no extension 'shtvala': rvx has no hypervisor mode"),
        ("rv64gc_zicfiss", "there is no extension 'zicfiss': rvx checks no control flow"),
        ("rv32gc_zilsd", "there is no extension 'zilsd': rvx has no loads and stores of pairs"),
        ("rv64gc_ssctr", "there is no extension 'ssctr': rvx keeps no record"),
    ],
)
def test_ratified_extensions_that_are_not_there_are_named(march: str, said: str) -> None:
    with pytest.raises(IsaError) as caught:
        isa_for(march)
    assert str(caught.value).startswith(said)


def test_promises_about_the_privileged_architecture_are_taken() -> None:
    march = "rv64gc_smepmp_sscounterenw_sv39_svvptc_ziccamoc_zama16b_sdtrig"
    assert parse_march(march).names == parse_march("rv64gc").names


def test_long_names_follow_an_underscore_and_stand_once() -> None:
    march = parse_march("rv64gc_zfh1p0_xposit_xvsq_xposit")
    assert march.names[-3:] == ("zfh", "xposit", "xvsq")
    assert march.versions == {"zfh": "1.0"}


def test_long_names_may_hold_digits() -> None:
    assert parse_march("rv64i_xmac8x").names == ("i", "xmac8x")
    assert parse_march("rv64i_xmac8x2p1").versions == {"xmac8x": "2.1"}


def test_names_that_end_in_digits_must_be_known() -> None:
    known = ("xposit", "xposit64", "xposit1p16")
    assert parse_march("rv64i_xposit1p16", known).names == ("i", "xposit1p16")
    assert parse_march("rv64i_xposit64", known).names == ("i", "xposit64")
    assert parse_march("rv64i_xposit641p0", known).versions == {"xposit64": "1.0"}
    assert parse_march("rv64i_xposit2", known).versions == {"xposit": "2"}
    assert parse_march("rv64i_xposit64").versions == {"xposit": "64"}


def test_extensions_without_instructions_are_accepted() -> None:
    assert parse_march("rv64i_zicntr_zihpm").names == ("i",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "arm",
            "'arm' is not an ISA string; it begins with rv32 or rv64, as in rv64gc_xposit, or with "
            "a profile: rvi20u32, rvi20u64, rva20u64, rva20s64, rva22u64, rva22s64, rva23u64, "
            "rvb23u64, rvb23s64",
        ),
        ("rv64", "'rv64' names no base; after rv64 comes i, e or g, as in rv64gc"),
        ("rv64mc", "'rv64mc' names no base; after rv64 comes i, e or g, as in rv64gc"),
        (
            "rv64iw",
            "'w' in 'rv64iw' is not an extension that rvx knows; single letters are "
            "i e m a f d c b v and g, and longer names follow an underscore",
        ),
        (
            "rv64i_x",
            "'x' in 'rv64i_x' is not the name of an extension; names are letters and digits "
            "and end in a letter, as zfh or xposit",
        ),
    ],
)
def test_what_cannot_be_read_is_said(text: str, sentence: str) -> None:
    with pytest.raises(IsaError) as error:
        parse_march(text)
    assert str(error.value) == sentence
