"""Descriptions of cores: those that come with rvx, and every mistake in one."""

import re
from pathlib import Path

import pytest

from rvx.analysis.cycles import CoreError, core_names, load_core
from rvx.extensions import isa_for
from tests.analysis.cycles.conftest import CORE, Timed


@pytest.mark.parametrize("name", core_names())
def test_every_core_can_be_read_and_has_sources(name: str) -> None:
    core = load_core(name)
    assert core.doc
    assert core.unknown
    parts = [core.issue, core.branches, *core.queues.values(), *core.units.values()]
    assert all(len(one.source) > 5 for one in [*parts, *core.classes])


@pytest.mark.parametrize("name", core_names())
def test_no_class_of_a_core_is_hidden_by_those_before(name: str) -> None:
    core = load_core(name)
    isas = [
        isa_for("rv32imafdc_zfh_xssr_xfrep_xsmallfloat_xexfma"),
        isa_for("rv64gcv_zfh_zvfh_zba_zbb_zbs_xposit"),
        isa_for("rv32imfc_xcvmac_xcvalu_xcvmem_xcvhwlp_xcvsimd"),
    ]
    used = {core.class_of(made).name for isa in isas for made in isa.instructions.values()}
    assert used >= {one.name for one in core.classes}


CHANGES = [
    (r'doc = ".*"', "", "core.toml has no doc; write doc = "),
    (r"width = 1", "width = 0", "width must be 1 to 65536, not 0"),
    (r"width = 1", "width = true", "width must be a whole number"),
    (r"width = 1", "breadth = 1", "has no key 'breadth'; known are width"),
    (r"width = 1", 'free_states = "quire"', "free_states must be a list"),
    (r"width = 1", "free_states = [1]", "free_states must be a list of texts, not [1]"),
    (r'"never"', '"perfect"', "predictor must be never or backward or counters, not 'perfect'"),
    (r'"never"', '"counters"\nentries = 3', "entries must be a power of two, not 3"),
    (r"mispredicted = 2", "mispredicted = -1", "mispredicted must be 0 to 65536, not -1"),
    (r"mispredicted = 2", "", "[branches] of"),
    (r'computes = "fpu"', 'computes = "gpu"', "there is no unit 'gpu'; there are alu, lsu, fpu"),
    (r'unit = "lsu"', 'unit = "ls"', "class 'loads' of [[classes]] 1"),
    (r"latency = 3", "latency = 0", "latency must be 1 to 65536, not 0"),
    (r"latency = 3", 'latency = "long"', "latency must be a whole number"),
    (r"latency = 3", "latency = 3\nlatencies = 3", "has no key 'latencies'"),
    (r"\[units.fpu\]", '[units.fpu]\nqueue = "fq"', "there is no queue 'fq'; there are none"),
    (r"\[units.fpu\]", "[units.fpu]\nports = 0", "ports must be 1 to 65536"),
    (r'name = "others"', 'name = "others"\nkinds = ["alu"]', "the last of [[classes]] is for what"),
    (r'latency = 1\nsource = "here"', "latency = 1", "has no source; write source = "),
    (r"\[issue\]", "issue = 3\n[other]", "must be a table of keys, not 3"),
    (r"\[issue\]", "[[issue", "is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), CHANGES)
def test_mistakes_have_sentences(timed: Timed, old: str, new: str, sentence: str) -> None:
    assert re.search(old, CORE)
    with pytest.raises(CoreError, match=re.escape(sentence)) as found:
        timed.core(re.sub(old, new, CORE, count=1))
    assert "core.toml" in str(found.value)


def test_a_core_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CoreError, match="there is no core 'z80'; known are"):
        load_core("z80")
    with pytest.raises(OSError, match="absent"):
        load_core(str(tmp_path / "absent.toml"))
    (tmp_path / "latin.toml").write_bytes(b"doc = '\xe9'")
    with pytest.raises(CoreError, match="is not text in UTF-8"):
        load_core(str(tmp_path / "latin.toml"))


def test_a_description_extends_another(timed: Timed, tmp_path: Path) -> None:
    own = """
    extends = "core.toml"
    doc = "the same with a quicker memory, and a unit for posits"
    [issue]
    width = 2
    [units.posits]
    source = "mine"
    [[classes]]
    name = "quick loads"
    mnemonics = ["lw"]
    unit = "lsu"
    latency = 2
    source = "mine"
    """
    base = timed.core(CORE)
    (tmp_path / "own.toml").write_text(own)
    core = load_core(str(tmp_path / "own.toml"))
    assert core.issue.width == 2
    assert core.branches == base.branches
    isa = isa_for("rv64i")
    assert core.class_of(isa.instructions["lw"]).latency == 2
    assert core.class_of(isa.instructions["ld"]).latency == 3
    assert timed("a: lw a0, 0(a1)\nb: add a2, a0, a0", core).cycles == 3

    (tmp_path / "own.toml").write_text('extends = "own.toml"')
    with pytest.raises(CoreError, match="extends itself"):
        load_core(str(tmp_path / "own.toml"))
    (tmp_path / "own.toml").write_text("extends = 3")
    with pytest.raises(CoreError, match="extends must be the name of a core or a path, not 3"):
        load_core(str(tmp_path / "own.toml"))


def test_what_a_core_does_not_know_is_said(timed: Timed) -> None:
    found = timed("a: padd.s p1, p2, p3\nb: add a0, a0, a0", march="rv64i_xposit")
    assert found.unclassified == ("padd.s",)
    known = CORE.replace('kinds = ["float"]', 'extensions = ["Xposit"]')
    assert timed("a: padd.s p1, p2, p3", known, march="rv64i_xposit").unclassified == ()
