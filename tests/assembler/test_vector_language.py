"""What the language has for vectors beyond plain instructions, as GNU as has it."""

import pytest

from rvx.assembler import AssemblyError
from rvx.extensions import isa_for

from .conftest import Gnu, own_object, own_sections

SOURCE = """
        vmsge.vx v4, v2, a0
        vmsgeu.vx v4, v2, a0, v0.t
        vmsge.vx v4, v2, a0, v0.t, v3
        vmsgeu.vx v0, v2, a0, v0.t, v3
        vmsge.vx v3, v2, a0, v0.t, v3
        vmslt.vi v4, v2, -15
        vmslt.vi v4, v2, 16, v0.t
        vmsltu.vi v4, v2, 0, v0.t
        vmsltu.vi v4, v2, 16
        vmsltu.vi v4, v2, -3
        vmsge.vi v4, v2, 1
        vmsgeu.vi v4, v2, 0
        vmsgeu.vi v4, v2, 1, v0.t
        vsetvli a0, a1, e8
        vsetvli a0, a1, e16, mf4
        vsetvli a0, a1, e32, ta
        vsetvli a0, a1, e64, m8, tu, ma
        vsetvli a0, a1, 0x7ff
        vsetivli a0, 31, e8, m1, ma
        vle32.v v8, 0(a0)
        vle1.v v3, (a0)
        vl4r.v v4, (a1)
        vmsgt.vv v1, v2, v3, v0.t
        vpopc.m a0, v1
        vfredsum.vs v1, v2, v3
        vncvt.x.x.w v2, v4, v0.t
"""


@pytest.mark.parametrize("march", ["rv64gcv", "rv32gcv"])
def test_pseudo_instructions_settings_and_old_names(gnu: Gnu, march: str) -> None:
    assert own_sections(own_object(SOURCE, march)) == gnu.sections(SOURCE, march)


def test_vectors_come_with_option_arch(gnu: Gnu) -> None:
    source = ".option push\n.option arch, +v\nvsetvli t0, a0, e8, m1, ta, ma\n.option pop\nnop\n"
    assert own_sections(own_object(source, "rv64gc")) == gnu.sections(source, "rv64gc")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("vsetvli a0, a1, e32, m3", "'m3' is not a vtype"),
        ("vsetvli a0, a1, ta, e32", "'ta, e32' is not a vtype"),
        ("vadd.vv v1, v2, v3, v1.t", "'v1.t' is not a mask"),
        ("vadd.vv v1, v2, a0", "'a0' is not a register of file v"),
        ("vmsge.vx v0, v2, a0, v0.t", "cannot write v0 while v0 is the mask"),
        ("vmslt.vi v1, v2, 17", "is not a bound that 'vmslt.vi' takes"),
        ("vle32.v v8, 4(a0)", "has an offset"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_refused_by_gnu(gnu: Gnu, line: str, sentence: str) -> None:
    from rvx.assembler import assemble

    with pytest.raises(AssemblyError) as error:
        assemble(f"_start: {line}\n", isa_for("rv64gcv"), name="test.s")
    assert sentence in str(error.value)
    source, out = gnu.path(".s"), gnu.path(".o")
    source.write_text(f"{line}\n")
    assert gnu.run("as", "-march=rv64gcv", str(source), "-o", str(out)).returncode != 0
