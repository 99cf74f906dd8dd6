"""Pipelines that are worked out by hand, cycle by cycle."""

import pytest

from rvx.analysis.cycles import Cause, Estimate, load_core
from tests.analysis.cycles.conftest import CORE, Timed


def waits(found: Estimate) -> dict[str, int]:
    return {cause.name.lower(): n for cause, n in found.total.waits.items()}


CHAIN = """
a: fadd.d fa0, fa0, fa1
b: fadd.d fa0, fa0, fa1
c: fadd.d fa0, fa0, fa1
d: fadd.d fa0, fa0, fa1
"""
STREAM = """
a: fadd.d fa0, fa1, fa1
b: fadd.d fa2, fa1, fa1
c: fadd.d fa3, fa1, fa1
d: fadd.d fa4, fa1, fa1
"""


def test_a_dependent_chain_takes_its_latencies(timed: Timed) -> None:
    found = timed(CHAIN)
    # Starts at 0, 4, 8 and 12; the last result is there at 16.
    assert found.cycles == 16
    assert found.total.work == 4
    assert waits(found) == {"dependency": 9}
    assert found.drain == 3


def test_independent_instructions_start_one_a_cycle(timed: Timed) -> None:
    found = timed(STREAM)
    assert (found.cycles, found.drain, waits(found)) == (7, 3, {})
    assert found.utilisation("fpu") == 4 / 7


def test_a_load_is_waited_for(timed: Timed) -> None:
    found = timed("a: lw a0, 0(a1)\nb: add a2, a0, a0")
    assert (found.cycles, waits(found)) == (4, {"memory": 2})
    found = timed("a: lw a0, 0(a1)\nb: addi a3, a3, 1\nc: addi a4, a4, 1\nd: add a2, a0, a0")
    assert (found.cycles, waits(found)) == (4, {})


def test_x0_and_what_is_not_read_are_not_waited_for(timed: Timed) -> None:
    assert timed("a: lw zero, 0(a1)\nb: add a2, zero, a3").cycles == 3
    assert timed("a: lw a0, 0(a1)\nb: li a0, 1\nc: mv a2, a0").cycles == 3


def test_a_unit_that_is_no_pipeline_is_occupied(timed: Timed) -> None:
    found = timed("a: div a0, a1, a2\nb: div a3, a1, a2\nc: addi a4, a4, 1")
    # The second starts at 10, the addition at 11, and the quotient is there at 20.
    assert found.cycles == 20
    assert found.occupied["divider"] == 20
    assert found.total.work == 20


LOOP = "a: addi t0, t0, -1\nb: bnez t0, a\nc: addi t1, t1, 1"


def test_a_taken_branch_costs_its_penalty(timed: Timed) -> None:
    found = timed(LOOP, order="ababc")
    # a 0, b 1, two cycles lost, a 4, b 5, c 6.
    assert (found.cycles, waits(found)) == (7, {"branch": 2})
    assert timed(LOOP, order="abc").cycles == 3


def test_backward_branches_are_expected_to_be_taken(timed: Timed) -> None:
    core = CORE.replace('"never"', '"backward"\ntaken = 1')
    # A cycle lost behind each that is taken, two behind the last.
    assert timed(LOOP, core, "abababc").cycles == 7 + 1 + 1 + 2
    forward = "a: bnez t0, c\nb: addi t1, t1, 1\nc: addi t1, t1, 1"
    assert timed(forward, core, "abc").cycles == 3
    assert timed(forward, core, "ac").cycles == 2 + 2


def test_counters_learn(timed: Timed) -> None:
    core = CORE.replace('"never"', '"counters"\nentries = 4')
    # Expected not to be taken first, then as it went; the end of the loop is a surprise.
    assert timed(LOOP, core, "ab" * 5 + "c").cycles == 11 + 2 + 2


@pytest.mark.parametrize(
    ("jump", "lost"), [("jal ra, b", 1), ("jr a0", 3), ("ret", 2), ("jalr ra, 0(a0)", 3)]
)
def test_jumps_cost_what_the_table_says(timed: Timed, jump: str, lost: int) -> None:
    found = timed(f"a: {jump}\nc: nop\nb: addi t1, t1, 1", order="ab")
    assert (found.cycles, waits(found)) == (2 + lost, {"frontend": lost})


def test_two_a_cycle_where_there_are_two_ports(timed: Timed) -> None:
    source = "".join(f"{name}: addi a{n}, a{n}, 1\n" for n, name in enumerate("abcd"))
    wide = CORE.replace("width = 1", "width = 2")
    assert timed(source, wide).cycles == 4
    assert timed(source, wide.replace("[units.alu]", "[units.alu]\nports = 2")).cycles == 2
    chain = source.replace("a1", "a0")
    assert timed(chain, wide.replace("[units.alu]", "[units.alu]\nports = 2")).cycles == 3


def test_what_blocks_lets_nothing_start(timed: Timed) -> None:
    core = CORE.replace("interval = 10", "interval = 10\nblocks = true")
    assert timed("a: div a0, a1, a2\nb: addi a3, a3, 1", core).cycles == 11


def test_an_older_result_of_the_same_register_is_waited_for(timed: Timed) -> None:
    core = CORE.replace("width = 1", "width = 1\nwaits_for_result = true")
    assert timed("a: lw a0, 0(a1)\nb: li a0, 1", core).cycles == 4
    assert timed("a: lw a0, 0(a1)\nb: li a0, 1").cycles == 3


def test_states_are_waited_for(timed: Timed) -> None:
    core = CORE.replace('kinds = ["float"]', 'extensions = ["Xposit"]')
    source = "a: qmadd.s p1, p2\nb: qmadd.s p3, p4\nc: qround.s p5"
    # Each waits for the quire of the one before.
    assert timed(source, core, march="rv64i_xposit").cycles == 12
    free = core.replace("width = 1", 'width = 1\nfree_states = ["quire"]')
    assert timed(source, free, march="rv64i_xposit").cycles == 6


SNITCH = "rv32imafd_zicsr_xssr_xfrep"


def test_streams_and_repetition_keep_the_unit_busy(timed: Timed) -> None:
    source = """
    a: csrsi 0x7c0, 1
    b: frep.o t0, 2, 0, 0
    c: fmadd.d fa0, ft0, ft1, fa0
    d: fmadd.d fa1, ft0, ft1, fa1
    e: csrci 0x7c0, 1
    """
    core = load_core("snitch")
    found = timed(source, core, "ab" + "cd" * 50 + "e", march=SNITCH)
    # Two sums of latency four: two multiply-adds in four cycles.
    assert found.occupied["fpu"] == 100
    assert 200 <= found.cycles < 210
    unrolled = source + "    f: fmadd.d fa2, ft0, ft1, fa2\n    g: fmadd.d fa3, ft0, ft1, fa3\n"
    lines = unrolled.strip().splitlines()
    lines = [*lines[:4], *lines[5:], lines[4]]
    text = "\n".join(lines).replace("frep.o t0, 2", "frep.o t0, 4")
    found = timed(text, core, "ab" + "cdfg" * 25 + "e", march=SNITCH)
    # Four sums: one a cycle.
    assert found.occupied["fpu"] == 100
    assert 100 <= found.cycles < 110


def test_integer_instructions_run_beside_a_repetition(timed: Timed) -> None:
    source = """
    a: frep.o t0, 1, 0, 0
    b: fmadd.d fa0, fa1, fa2, fa0
    c: addi t1, t1, 1
    """
    core = load_core("snitch")
    alone = timed(source, core, "a" + "b" * 50, march=SNITCH)
    beside = timed(source, core, "a" + "b" * 50 + "c" * 150, march=SNITCH)
    # Handed over at 1, the first starts at 2, the last at 2 + 49 * 4, and is done four later.
    assert alone.cycles == beside.cycles == 202
    assert beside.instructions == 201
    by_address = list(beside.by_address.values())
    assert (by_address[2].executions, by_address[2].cycles) == (150, 0)


def test_a_full_queue_holds_the_core_up(timed: Timed) -> None:
    queue = '[queues.fq]\ndepth = 2\nlatency = 1\nfiles = ["f"]\nsource = "here"\n'
    core = CORE.replace("[units.fpu]", f'{queue}[units.fpu]\nqueue = "fq"')
    # Handed over at 0, 1 and 2; the fourth waits until the second has started, at 5.
    source = CHAIN + "e: addi t0, t0, 1\n"
    found = timed(source, core)
    assert found.by_address
    # Starts at 1, 5, 9 and 13, result at 17; the addition is issued at 6, beside them.
    assert found.cycles == 17
    assert [time.cycles for time in found.by_address.values()][-1] == 0


VECTOR = """
doc = "a vector unit of the tests"
unknown = []
computes = "vfpu"
[issue]
width = 1
source = "here"
[branches]
predictor = "never"
mispredicted = 0
jump = 0
jump_register = 0
source = "here"
[queues.vq]
depth = 4
latency = 0
in_order = false
files = ["v"]
source = "here"
[units.alu]
source = "here"
[units.vlsu]
queue = "vq"
bits = 128
chains = true
source = "here"
[units.vfpu]
queue = "vq"
bits = 128
chains = true
source = "here"
[[classes]]
name = "strided"
mnemonics = ["vlse*"]
unit = "vlsu"
latency = 5
elements = 1
source = "here"
[[classes]]
name = "loads"
kinds = ["load"]
unit = "vlsu"
latency = 5
source = "here"
[[classes]]
name = "vectors"
mnemonics = ["v*"]
unit = "vfpu"
latency = 3
source = "here"
[[classes]]
name = "others"
unit = "alu"
latency = 1
source = "here"
"""
E32_M4 = 0b010010
"""vtype: SEW 32, LMUL 4."""


def test_vectors_take_as_many_cycles_as_they_are_wide(timed: Timed) -> None:
    source = "a: vfadd.vv v4, v8, v12\nb: vfadd.vv v16, v8, v12"
    # 64 elements of 32 bits at 128 bits a cycle: 16 cycles each.
    found = timed(source, VECTOR, vlen=512, vtype=(E32_M4, 64))
    assert found.occupied["vfpu"] == 32
    assert found.cycles == 16 + 3 + 15
    assert timed(source, VECTOR, vlen=512, vtype=(E32_M4, 5)).occupied["vfpu"] == 4
    wide = "a: vfwadd.vv v8, v4, v6"
    assert timed(wide, VECTOR, vlen=512, vtype=(0b010001, 32)).occupied["vfpu"] == 16


def test_chained_instructions_overlap(timed: Timed) -> None:
    source = "a: vle32.v v4, (a0)\nb: vfadd.vv v8, v4, v4"
    found = timed(source, VECTOR, vlen=512, vtype=(E32_M4, 64))
    # The sum starts at 5, behind the first element, and ends 3 behind the last, which is at 20.
    assert found.cycles == 20 + 3
    apart = VECTOR.replace("chains = true", "")
    found = timed(source, apart, vlen=512, vtype=(E32_M4, 64))
    assert found.cycles == 20 + 3 + 15
    assert waits(found) == {"memory": 4}


def test_a_slow_operand_slows_what_is_chained_to_it(timed: Timed) -> None:
    source = "a: vlse32.v v4, (a0), a1\nb: vfadd.vv v8, v4, v4\nc: vfadd.vv v12, v16, v16"
    found = timed(source, VECTOR, vlen=512, vtype=(E32_M4, 64))
    # One element a cycle: the last is there at 68; the unit is with it until then.
    assert found.occupied["vlsu"] == 64
    assert found.cycles == 68 + 3 + 15


@pytest.mark.parametrize(
    ("second", "waits_for_it"),
    [
        ("vfadd.vv v8, v20, v20", False),
        ("vfadd.vv v8, v4, v4", True),
        ("vfadd.vv v8, v7, v20", True),  # not aligned, but within the group all the same
        ("vfmacc.vv v4, v20, v24", True),
        ("vfmul.vv v4, v20, v24", False),
    ],
)
def test_groups_of_registers_are_dependencies(
    timed: Timed, second: str, waits_for_it: bool
) -> None:
    apart = VECTOR.replace("chains = true", "").replace("latency = 3", "latency = 50")
    source = f"a: vfadd.vv v4, v20, v20\nb: {second}"
    found = timed(source, apart, vlen=512, vtype=(E32_M4, 64))
    assert (waits(found).get("dependency", 0) > 0) == waits_for_it


def test_masks_are_operands(timed: Timed) -> None:
    apart = VECTOR.replace("chains = true", "").replace("latency = 3", "latency = 50")
    compare = "a: vmflt.vv v0, v20, v24\n"
    masked = timed(compare + "b: vfadd.vv v8, v20, v20, v0.t", apart, vtype=(0b010000, 4))
    bare = timed(compare + "b: vfadd.vv v8, v20, v20", apart, vtype=(0b010000, 4))
    assert masked.cycles - bare.cycles == 49


def test_more_words_than_the_table_began_with(timed: Timed) -> None:
    names = [f"x{number}" for number in range(700)]
    source = "\n".join(f"{name}: addi a0, a0, {n}" for n, name in enumerate(names))
    found = timed(source.replace("x0:", "a:"), CORE, ["a", *names[1:]])
    assert found.cycles == found.instructions == found.total.work == 700
    assert len(found.by_address) == 700
    assert all(one.cycles == 1 for one in found.by_address.values())


def test_compiled_and_interpreted_say_the_same(timed: Timed) -> None:
    said = []
    for is_compiled in (False, True):
        found = [
            timed(CHAIN, is_compiled=is_compiled),
            timed(LOOP, CORE.replace('"never"', '"counters"'), "ab" * 9, is_compiled=is_compiled),
            timed(
                "a: vlse32.v v4, (a0), a1\nb: vfadd.vv v8, v4, v4\nc: vse32.v v8, (a0)",
                VECTOR,
                vlen=512,
                vtype=(E32_M4, 64),
                is_compiled=is_compiled,
            ),
            timed(
                "a: frep.o t0, 1, 0, 0\nb: fmadd.d fa0, fa1, fa2, fa0\nc: addi t1, t1, 1",
                load_core("snitch"),
                "a" + "b" * 9 + "c" * 30,
                march=SNITCH,
                is_compiled=is_compiled,
            ),
        ]
        said.append([(one.cycles, one.by_address, one.occupied) for one in found])
    assert said[0] == said[1]


def test_all_cycles_are_somebodys(timed: Timed) -> None:
    found = timed(CHAIN + "e: fcvt.w.d a0, fa0\nf: addi a0, a0, 1\n")
    by_address = sum(time.cycles for time in found.by_address.values())
    assert by_address + found.drain == found.cycles
    assert found.total.cycles == by_address
    assert Cause.DEPENDENCY in found.total.waits
